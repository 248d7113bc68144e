//! Causal memory (Ahamad, Neiger, Burns, Kohli and Hutto: Causal memory, 1995) and PRAM (Lipton and Sandberg 1988).

use super::judgement::Judgement;
use super::view::{Precedence, Views};
use crate::history::History;

/// Whether each client can have an order of its operations and all writes that agrees with cause and effect. Read values must have been written once.
pub fn judge(history: &History) -> Judgement {
    judge_views(history, |_, causes| causes)
}

/// The same, agreeing only with each client's own order: writes of two clients may be seen in any order. Causes still come before effects.
pub fn judge_pram(history: &History) -> Judgement {
    judge_views(history, |views, _| {
        let mut orders = Precedence::new(views.nodes.len());
        for (before, after) in views.client_order(|_| true) {
            assert!(orders.add(before, after), "the orders of clients have no circle");
        }
        orders
    })
}

/// `precedence` says what every client's order must agree with, given what comes before what by cause and effect.
fn judge_views(history: &History, precedence: impl Fn(&Views, Precedence) -> Precedence) -> Judgement {
    let views = match Views::new(history) {
        Ok(views) => views,
        Err(judgement) => return judgement,
    };
    let judged = views.causes().and_then(|causes| {
        let precedence = precedence(&views, causes);
        views.clients().into_iter().try_for_each(|client| views.can_see(client, precedence.clone()))
    });
    judged.map_or_else(Judgement::Broken, |()| Judgement::Kept { orders: Vec::new() })
}
