//! What the settings amount to, in sentences under the controls.

use super::params::{Evict, Herd, Load, Params, Strategy};
use crate::parts::evict;
use crate::sim::dice::MILLION;
use crate::time::{Decimal, DurationUs};

/// What many more keys than this come to takes longer to work out than a slider may.
const MANY: u32 = 10_000;

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    [hits(params), stampede(params), lost(params)].into_iter().flatten().collect()
}

/// A share in thousandths.
fn share(of: f64) -> String {
    Decimal((of * 1_000.0 + 0.5) as u64, 1_000).to_string()
}

/// What Che's approximation expects of the settings, and what the store is then asked.
fn hits(p: &Params) -> Option<String> {
    if p.ttl > 0 || p.load == Load::Shift || p.keys > MANY {
        return None;
    }
    let popularity = p.popularity();
    let size = p.size as usize;
    let (expected, best) = match (p.load, p.evict) {
        (Load::Loop, _) if p.size >= p.keys => (1.0, 1.0),
        (Load::Loop, Evict::Random | Evict::WTinyLfu) => return None,
        (Load::Loop, _) => (0.0, f64::from(p.size - 1) / f64::from((p.keys - 1).max(1))),
        (_, Evict::Lru) => (evict::che(&popularity, size), evict::top(&popularity, size)),
        (_, Evict::Fifo | Evict::Random) => (evict::fifo(&popularity, size), evict::top(&popularity, size)),
        _ => {
            return Some(format!(
                "No policy can hit more than {} of these reads.",
                share(evict::top(&popularity, size))
            ));
        }
    };
    let reads = u64::from(p.rate) * (MILLION - u64::from(p.writes)) / MILLION;
    let misses = (reads as f64 * (1.0 - expected) / 1e6 + 0.5) as u64;
    let writes = u64::from(p.rate) * u64::from(p.writes) / MILLION / MILLION;
    Some(format!(
        "Without writes {} of the reads hit, at most {}: {misses} misses and {writes} writes a second, and a store that can do {}.",
        share(expected),
        share(best),
        u64::from(p.store_rate) / MILLION
    ))
}

/// How many fetch a key whose copy goes while so many ask for it.
fn stampede(p: &Params) -> Option<String> {
    let hottest = if p.keys > MANY { None } else { p.popularity().first().copied() }?;
    let reads = u64::from(p.rate) * (MILLION - u64::from(p.writes)) / MILLION;
    let fetch_us = p.store().1 as f64 + 2.0 * p.latency.mean_us()?;
    let herd = 1.0 + reads as f64 / 1e6 * hottest * fetch_us / 1e6;
    match p.herd {
        Herd::None if herd >= 1.5 => {
            let herd = Decimal((herd * 10.0 + 0.5) as u64, 10);
            Some(format!("When the most wanted key is gone, {herd} requests fetch it."))
        }
        Herd::Coalesce if p.apps > 1 && !p.reads_through() => Some(format!(
            "Each of {} applications fetches a key once: up to {} at the same time.",
            p.apps, p.apps
        )),
        _ => None,
    }
}

/// What a crash of the cache costs where it writes behind.
fn lost(p: &Params) -> Option<String> {
    (p.strategy == Strategy::WriteBehind).then(|| {
        format!(
            "A write is acknowledged up to {} before the store has it; a crash of the cache loses it.",
            DurationUs(p.flush_every)
        )
    })
}
