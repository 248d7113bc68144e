//! What the settings amount to, in sentences under the controls.

use super::params::{CLASSES, Decide, Params, Stand, Tail};
use crate::counted::count;
use crate::kits::graph::SERIES_EACH;
use crate::params::{Switch, format_decimal};
use crate::parts::sampler::{th, threshold};

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let mut said = vec![series(params), head(params)];
    said.extend(memory(params));
    said.extend(blind(params));
    said
}

fn series(params: &Params) -> String {
    let (possible, classes) = (count(params.series_possible() as i64), CLASSES.len());
    format!(
        "With these labels there may come to be {possible} series: {SERIES_EACH} for each set of labels, of {} services and {classes} classes.",
        params.services
    )
}

/// What is kept at the head.
fn head(params: &Params) -> String {
    let p = f64::from(params.head) / 1e6;
    let share = |share: f64| format_decimal((share * 1e6 + 0.5) as i64);
    let (any, whole) = match params.decide {
        Decide::Each => (1.0 - (1.0 - p) * (1.0 - p) * (1.0 - p), p * p * p),
        Decide::Parent | Decide::Consistent => (p, p),
    };
    if params.instrumented < params.services || params.propagate == Switch::Off {
        return format!("Who decides keeps a share of {} (th:{}).", share(p), th(threshold(params.head)));
    }
    format!(
        "Of a path of three services any span is kept with {}, all three with {}; a threshold of th:{}.",
        share(any),
        share(whole),
        th(threshold(params.head))
    )
}

/// How long the memory of the tail lasts.
fn memory(params: &Params) -> Option<String> {
    if params.tail == Tail::Off {
        return None;
    }
    let head = if params.decide == Decide::Each { 1.0 } else { f64::from(params.head) / 1e6 };
    let rate = f64::from(params.rate) / 1e6 * head;
    let (needs, wait) = (rate * params.decision_wait as f64 / 1e6, params.decision_wait as f64 / 1e6);
    let holds = f64::from(params.num_traces) / rate.max(1e-9);
    Some(match needs <= f64::from(params.num_traces) {
        true => format!("{needs:.0} traces wait at a time; memory would last for {holds:.1} s."),
        false => format!(
            "Memory is full after {holds:.1} s, and a decision takes {wait:.1} s: traces are thrown away before anybody looks."
        ),
    })
}

/// How few requests are seen all along.
fn blind(params: &Params) -> Option<String> {
    let (n, w) = (u64::from(params.services), u64::from(params.instrumented));
    if params.stand != Stand::Random || w >= n {
        return None;
    }
    // All three services of a path are among those chosen.
    let all = (w * w.saturating_sub(1) * w.saturating_sub(2)) as f64 / (n * (n - 1) * (n - 2)) as f64;
    Some(format!(
        "{w} of {n} services by chance see all of a path of three with {}.",
        format_decimal((all * 1e6 + 0.5) as i64)
    ))
}
