//! What the settings amount to, in sentences under the controls.

use super::params::{Cancel, Limiter, Need, Params, Queues, Shape, Switch};
use crate::params::format_decimal;
use crate::parts::fanout;
use crate::sim::dist::Dist;

/// The live sentences.
pub fn sentences(p: &Params) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(slow(p));
    said.extend(whole(p));
    said.extend(times(p));
    said.extend(copies(p));
    said.extend(retries(p));
    said.extend(limit(p));
    said
}

/// Millionths as per cent, of a chance.
fn percent(chance: f64) -> String {
    let permyriad = (chance * 1e4 + 0.5) as i64;
    format!("{} %", format_decimal(permyriad * 10_000))
}

/// The chance that a page meets a leaf in a bad moment.
fn slow(p: &Params) -> Option<String> {
    let (share, n) = (f64::from(p.slow_share) / 1e6, p.fan);
    (p.slow_share > 0 && p.need == Need::All).then(|| {
        format!(
            "A call meets a leaf in a bad moment {} of the time, a page of {n} parts 1 − (1 − p)^n = {}.",
            percent(share),
            percent(fanout::any_slow(share, n))
        )
    })
}

/// The chance that a page is whole.
fn whole(p: &Params) -> Option<String> {
    let each = f64::from(p.availability) / 1e6;
    (p.availability < 1_000_000 && p.app_attempts == 1 && p.mesh == Switch::Off && !p.seconds()).then(|| {
        format!(
            "With leaves at {} each a page of {} parts is whole {} of the time.",
            percent(each),
            p.fan,
            percent(fanout::enough(each, p.fan, p.fan))
        )
    })
}

/// How long a page takes for its parts alone.
fn times(p: &Params) -> Option<String> {
    let work = p.work();
    let plain = matches!(work, Dist::Exponential { .. })
        && !p.seconds()
        && p.queues == Queues::Off
        && p.store == Switch::Off;
    if !plain || p.need == Need::Essential || p.fan < 2 {
        return None;
    }
    let ms = |times: f64| format!("{:.1} ms", times * p.work_us() / 1e3);
    let (n, k) = (p.fan, p.needed());
    Some(match p.shape {
        Shape::Sequence => format!(
            "{n} parts one after the other take {} on average, at once {}.",
            ms(f64::from(n)),
            ms(fanout::kth_mean(n, n))
        ),
        Shape::Parallel => {
            let which = if k < n { format!("{k} of {n} parts are") } else { format!("All {n} parts are") };
            format!(
                "{which} there after {} on average, and after {} in 99 of 100 pages; one part takes {}.",
                ms(fanout::kth_mean(n, k)),
                ms(fanout::kth_quantile(n, k, 0.99)),
                ms(1.0)
            )
        }
    })
}

/// Where second requests stop helping.
fn copies(p: &Params) -> Option<String> {
    if !p.seconds() || p.queues == Queues::Off {
        return p.seconds().then(|| {
            "Nobody waits for another here: a second request costs nothing, and so it always helps."
                .to_owned()
        });
    }
    let (r, d) = (f64::from(p.utilisation) / 1e6, p.copies);
    if p.cancel == Cancel::Done {
        let free = "The losers are called back: where times have no memory a second request adds no work.";
        return Some(free.to_owned());
    }
    if d == 1 {
        let busiest = 2.0 * r;
        return Some(match busiest < 1.0 {
            true => format!("If every call were hedged the servers would be busy for {}.", percent(busiest)),
            false => format!(
                "If every call were hedged there would be {} of the work that servers can do: once all are, they stay so.",
                percent(busiest)
            ),
        });
    }
    let below = percent(fanout::copies_help_below(d));
    Some(match fanout::copies(d, r) {
        Some(_) => format!(
            "{d} copies make {} of a load of {}; they help below 1/(k + 1) = {below}.",
            percent(f64::from(d) * r),
            percent(r)
        ),
        None => format!(
            "{d} copies make {} of a load of {}, which is more than servers can do.",
            percent(f64::from(d) * r),
            percent(r)
        ),
    })
}

/// How retries multiply.
fn retries(p: &Params) -> Option<String> {
    let tries = p.tries_at_the_end();
    let mesh = if p.mesh == Switch::On { p.mesh_attempts } else { 1 };
    (tries > 1).then(|| {
        let hops = if p.store == Switch::On { "two hops" } else { "one hop" };
        format!(
            "{} of an application times {mesh} of a sidecar, over {hops}: up to {tries} requests at the end for each part.",
            p.app_attempts
        )
    })
}

/// Whom the limit hits.
fn limit(p: &Params) -> Option<String> {
    let asks = p.pages_per_s();
    let all = p.greedy + p.clients - 1;
    let first = asks * f64::from(p.greedy) / f64::from(all.max(1));
    let limit = f64::from(p.limit) / 1e6;
    match p.limiter {
        Limiter::None => None,
        Limiter::Client => Some(format!(
            "The first client asks {first:.0} times a second, and is let in {:.0} times.",
            first.min(limit)
        )),
        Limiter::All => {
            let all = limit * f64::from(p.clients);
            (asks > all).then(|| {
                format!("Clients ask {asks:.0} times a second and are let in {all:.0} times: everybody is refused alike, {}.", percent(1.0 - all / asks))
            })
        }
    }
}
