//! What the settings amount to, in a few sentences.

use super::params::{Acks, Channel, Commit, Effects, Full, Load, Params, Switch};
use crate::counted::counted;
use crate::time::DurationUs;

/// The sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let mut all = match params.channel {
        Channel::Request => vec!["A producer knows that its message is processed, and waits until it is; it sends it once more when it hears nothing.".to_owned()],
        Channel::Pubsub => vec!["Each subscriber that is there gets a copy, once; who is not there misses it.".to_owned()],
        Channel::Queue => queue(params),
        Channel::Log => log(params),
    };
    let load = load(params);
    all.extend(load);
    if params.effect == Effects::Keyed {
        all.push("What comes twice takes effect once: the store knows by its name what it has taken.".into());
    }
    all
}

/// How much there is to do, where it is more than can be done.
fn load(params: &Params) -> Option<String> {
    if params.load != Load::Steady || params.rate == 0 {
        return None;
    }
    // Of a queue, each message is asked for and written; what else comes is there before it is needed.
    let ways = if params.channel == Channel::Queue { 4.0 } else { 2.0 };
    let mean_us = params.work.mean_us()? + ways * params.delay.mean_us()?;
    let sharing = match params.channel {
        Channel::Pubsub => 1,
        Channel::Log => params.consumers.min(params.partitions),
        Channel::Request | Channel::Queue => params.consumers,
    };
    let load =
        f64::from(params.rate) / 1e6 * f64::from(params.producers) * mean_us / 1e6 / f64::from(sharing);
    let percent = (load * 100.0) as u64;
    (percent > 100).then(|| {
        format!("There is more to do than can be done: {percent} % of what {} can, so what waits grows without end.", counted(sharing, "consumer"))
    })
}

fn queue(params: &Params) -> Vec<String> {
    let done = match params.commit {
        Commit::Before => "A message is deleted before it is worked at: who goes down then loses it.",
        _ => "A message is deleted once it is processed: who goes down before has it come again.",
    };
    let order = if params.fifo == Switch::On {
        "Of a key one message after the other is received."
    } else {
        "Consumers take what is oldest, and end in any order."
    };
    let mut all = vec![done.to_owned(), order.to_owned()];
    if let Some(mean_us) = params.work.mean_us().filter(|mean_us| *mean_us * 2.0 > params.visibility as f64) {
        all.push(format!(
            "A message shows again after {}, and the work takes {} on average: many are worked at twice.",
            DurationUs(params.visibility),
            DurationUs(mean_us as u64)
        ));
    }
    if params.limit > 0 {
        all.push(match params.full {
            Full::Block => "When the queue is full its producers wait.".into(),
            Full::Drop => {
                "When the queue is full it drops its oldest message, though that was accepted.".into()
            }
            Full::Refuse => "When the queue is full what comes is refused.".into(),
        });
    }
    all
}

fn log(params: &Params) -> Vec<String> {
    let spare = 3 - params.minisr;
    let accepted = match (params.acks, params.unclean) {
        (Acks::None, _) => "A message counts as accepted once it is sent, whether or not it arrives.".to_owned(),
        (Acks::One, _) => "A message is accepted once its leader has it: with the leader it may be lost.".to_owned(),
        (Acks::All, Switch::On) => "A message is accepted once all in sync have it; but one that is not in sync may come to lead, and does not have it.".to_owned(),
        (Acks::All, Switch::Off) => format!(
            "A message is accepted once all in sync have it, {} at the least; {} may be down before messages are refused.",
            counted(params.minisr, "replica"),
            counted(spare, "broker")
        ),
    };
    let done = match params.commit {
        Commit::After => {
            "Offsets are committed after the work: who goes down before has it done again.".to_owned()
        }
        Commit::Before => {
            "Offsets are committed before the work: who goes down then loses what it had taken up.".to_owned()
        }
        Commit::Interval => format!(
            "Offsets are committed every {}: what came since is done again after a crash.",
            DurationUs(params.every)
        ),
    };
    let mut all = vec![accepted, done];
    if params.idempotent == Switch::On && !params.stamps() {
        all.push("Producers are not idempotent: that takes acks=all.".into());
    }
    if params.consumers > params.partitions {
        let idle = params.consumers - params.partitions;
        all.push(format!(
            "{} without a partition: a partition has one reader.",
            if idle == 1 { "1 consumer is".to_owned() } else { format!("{idle} consumers are") }
        ));
    }
    all
}
