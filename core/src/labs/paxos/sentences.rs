//! What the settings amount to.

use super::params::{Backoff, Forget, Params, Pick, Protocol, Switch};

/// In sentences: which quorums must meet, and do they; and what breaks.
pub fn sentences(params: &Params) -> Vec<String> {
    let quorums = params.quorums();
    let (n, q1, q2) = (quorums.n, quorums.q1, quorums.q2);
    if params.protocol == Protocol::Vr {
        return vr(params);
    }
    let mut sentences = vec![match (quorums.meet(), (q1 + q2).saturating_sub(n)) {
        (true, 1) => format!(
            "{q1} promises and {q2} votes of {n}: two such sets share at least one server, so whoever prepares meets a vote for what was chosen."
        ),
        (true, shared) => format!(
            "{q1} promises and {q2} votes of {n}: two such sets share at least {shared} servers, so whoever prepares meets votes for what was chosen."
        ),
        (false, _) => format!(
            "{q1} promises and {q2} votes of {n} need have nobody in common: whoever prepares may miss what was chosen."
        ),
    }];
    let (first, then) = (n.saturating_sub(q1), n.saturating_sub(q2));
    if first != then {
        sentences.push(format!("A ballot begins with {first} down, and values are chosen with {then} down."));
    }
    if params.protocol == Protocol::Single
        && params.proposers > 1
        && params.leader == Switch::Off
        && params.backoff == Backoff::None
    {
        sentences
            .push("Who is overtaken tries again at once: proposers may overtake each other for ever.".into());
    }
    sentences.extend(match params.pick {
        Pick::Highest => None,
        Pick::Any => Some("A proposer takes any vote that it is told of: an old one may stand against what was chosen since.".to_owned()),
        Pick::Own => Some("A proposer does not care what was voted for: it replaces what was chosen.".to_owned()),
    });
    if params.accept_lower == Switch::On {
        sentences.push("Acceptors vote below their promise: an old ballot may be chosen after a later one has looked and found nothing.".into());
    }
    sentences.extend(match params.forget {
        Forget::None => None,
        Forget::Promise => Some(
            "A restart takes the promise: the acceptor votes in a ballot that it promised not to.".to_owned(),
        ),
        Forget::Vote | Forget::All => {
            Some("A restart takes the vote: whoever prepares may not meet what was chosen.".to_owned())
        }
    });
    sentences
}

/// The same of Viewstamped Replication.
fn vr(params: &Params) -> Vec<String> {
    let quorums = params.quorums();
    let (n, q1, q2) = (quorums.n, quorums.q1, quorums.q2);
    let mut sentences = vec![if quorums.meet() {
        format!(
            "{q2} of {n} replicas have what is committed, and a new primary is given {q1} logs: one of these has it."
        )
    } else {
        format!(
            "{q2} of {n} replicas have what is committed, and a new primary is given {q1} logs: it may be in none of these."
        )
    }];
    sentences.push(match params.forget {
        Forget::None => {
            "A replica has no disk: who has crashed stays out, for recovery is left out here.".into()
        }
        _ => "Who has crashed comes back with an empty log, and takes part as if it had never been there."
            .into(),
    });
    sentences.extend(match params.pick {
        Pick::Highest => None,
        Pick::Any => Some(
            "A new primary takes the first log that it is given: it may lack what was committed.".to_owned(),
        ),
        Pick::Own => Some("A new primary goes by its own log: it may lack what was committed.".to_owned()),
    });
    if params.accept_lower == Switch::On {
        sentences.push("Replicas take operations of a view that they have left: these are committed, and not in the new view.".into());
    }
    sentences
}
