//! What the settings amount to, in words.

use super::params::{Judge, Load, Mechanism, Params, Stop, Watch};
use crate::time::{Decimal, DurationUs};

/// The live sentences under the controls.
pub fn sentences(params: &Params) -> Vec<String> {
    let mut all = match params.mechanism {
        Mechanism::Lease | Mechanism::Sequence => held(params),
        Mechanism::Bully => {
            let n = u64::from(params.n);
            vec![
                format!(
                    "With the greatest down, an election takes {} messages if the second notices it, and {} if the least does.",
                    n - 1,
                    (n - 1) * (n - 1) + n - 2
                ),
                "Nobody numbers leaders: who is cut off from a greater one leads, too.".into(),
            ]
        }
        Mechanism::Ring => {
            let n = u64::from(params.n);
            vec![
                format!(
                    "Where all begin at once, between {} and {} messages find the greatest number, by the order on the ring, and {n} more tell of it.",
                    2 * n - 1,
                    n * (n + 1) / 2
                ),
                "Nobody numbers leaders.".into(),
            ]
        }
    };
    match params.load {
        Load::Steady => {}
        Load::Failover => {
            all.push("The leader dies at a random moment; the run ends when another leads.".into())
        }
        Load::Resign => {
            all.push("The leader steps down at a random moment; the run ends when another leads.".into());
        }
    }
    all
}

/// Of leases and sessions: what clocks may do, and how long a failover takes.
fn held(params: &Params) -> Vec<String> {
    const MILLION: u128 = 1_000_000;
    let (lease, ppm) = (u128::from(params.lease), u128::from(params.rate_bound));
    let stop = match params.stop {
        Stop::OwnClock => {
            let both_us = 2 * ppm * lease * MILLION / (MILLION * MILLION - ppm * ppm);
            format!(
                "A leader gives up at the end of its lease by its own clock: with clocks that are off by {ppm} ppm, two may lead for up to {}.",
                DurationUs(both_us as u64)
            )
        }
        Stop::Margin => format!(
            "A leader gives up {} before its lease is over: within {ppm} ppm, no two clocks let two lead. A pause does.",
            DurationUs(params.lease - params.trusted_us().unwrap_or(params.lease))
        ),
        Stop::Deadline => {
            let stops_us = params.trusted_us().unwrap_or(params.lease).max(1);
            let hundredths = params.lease.saturating_mul(100) / stops_us;
            format!(
                "A leader gives up {} after its last renewal, and its lease lasts {}: one clock may be {} times as fast as the other.",
                DurationUs(stops_us),
                DurationUs(params.lease),
                Decimal(hundredths, 100)
            )
        }
        Stop::Never => "A leader that is cut off leads on until it hears that it does not.".into(),
    };
    let found = match (params.mechanism, params.judge, params.watch) {
        (Mechanism::Lease, Judge::Store, _) => format!(
            "When a leader dies its lease has between {} and {} to go; then the next that looks has it.",
            DurationUs(params.lease.saturating_sub(params.renew)),
            DurationUs(params.lease)
        ),
        (Mechanism::Lease, Judge::Observer, _) => format!(
            "When a leader dies, the others wait for {} from when they saw its last renewal.",
            DurationUs(params.lease)
        ),
        (_, _, Watch::Before) => "Each watches the entry before its own: when one goes, one wakes up.".into(),
        (_, _, Watch::First) => format!(
            "All watch the first entry: when it goes, up to {} wake up, and one of them leads.",
            params.n - 1
        ),
    };
    vec![stop, found]
}
