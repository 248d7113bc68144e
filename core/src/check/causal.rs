//! Causal memory (Ahamad, Neiger, Burns, Kohli and Hutto: Causal memory, 1995) and PRAM (Lipton and Sandberg 1988).

use super::history::History;
use super::judgement::{Broken, Judgement};
use super::view::{Precedence, Views};

/// Whether each client can have an order of its operations and all writes that agrees with cause and effect. Read values must have been written once.
pub fn judge(history: &History) -> Judgement {
    judge_views(history, |views, causes, client| views.can_see(client, causes.clone()))
}

/// The same, agreeing only with each client's own order: writes of two clients may be seen in any order. Causes still come before effects.
pub fn judge_pram(history: &History) -> Judgement {
    judge_views(history, |views, _, client| {
        let mut orders = Precedence::new(views.nodes.len());
        for (before, after) in views.client_order(|_| true) {
            assert!(orders.add(before, after), "the orders of clients have no circle");
        }
        views.can_see(client, orders)
    })
}

fn judge_views(
    history: &History,
    judge: impl Fn(&Views, &Precedence, u32) -> Result<(), Broken>,
) -> Judgement {
    let views = match Views::new(history) {
        Ok(views) => views,
        Err(judgement) => return judgement,
    };
    let judged = views
        .causes()
        .and_then(|causes| views.clients().into_iter().try_for_each(|client| judge(&views, &causes, client)));
    judged.map_or_else(Judgement::Broken, |()| Judgement::Kept { orders: Vec::new() })
}
