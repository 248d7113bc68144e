//! The four session guarantees (Terry et al.: Session guarantees for weakly consistent replicated data, 1994), as what a history shows of them.
//!
//! A history shows reads and not replicas; so a guarantee counts as broken when no order of all writes, for some client, agrees with just what that guarantee asks. The order
//! of writes shows only to a client that reads: monotonic writes and writes-follow-reads are judged by clients whose own reads do not go back in time,
//! and are not blamed for those that do. PRAM is the first three together, causal memory all four (Brzeziński, Sobaniec and Wawrzyniak 2004).

use super::judgement::{Broken, Judgement};
use super::view::{Edge, Precedence, Saw, Views};
use crate::history::History;

/// A client's read sees each write that it made before to that key, or what replaced it.
pub fn read_your_writes(history: &History) -> Judgement {
    judge(history, |views, client| {
        let own = |i: &usize| views.nodes[*i].client == client;
        let mine: Vec<usize> = (0..views.nodes.len()).filter(own).collect();
        let mut edges = Vec::new();
        for (place, &read) in mine.iter().enumerate().filter(|(_, read)| views.nodes[**read].reads()) {
            let earlier = mine[..place].iter().filter(|&&write| {
                let write = &views.nodes[write];
                write.writes() && write.is_settled() && write.key == views.nodes[read].key
            });
            edges.extend(earlier.map(|&write| (write, read)));
        }
        see(views, client, edges)
    })
}

/// A client's read sees nothing older than its read before.
pub fn monotonic_reads(history: &History) -> Judgement {
    judge(history, |views, client| see(views, client, reads_in_order(views, client)))
}

/// Each client's writes are seen in the order in which it made them.
pub fn monotonic_writes(history: &History) -> Judgement {
    let writes = |views: &Views| views.client_order(|node| node.writes());
    judge(history, |views, client| see_unless_reads_go_back(views, client, writes(views)))
}

/// What a client had seen before it wrote comes before that write in everybody's eyes.
pub fn writes_follow_reads(history: &History) -> Judgement {
    judge(history, |views, client| {
        let mut edges = Vec::new();
        for (read, node) in views.nodes.iter().enumerate().filter(|(_, node)| node.reads()) {
            let Saw::Write(seen) = node.saw else { continue };
            let later = (read..views.nodes.len())
                .filter(|&write| views.nodes[write].client == node.client && views.nodes[write].writes());
            edges.extend(later.map(|write| (seen, write)));
        }
        see_unless_reads_go_back(views, client, edges)
    })
}

fn reads_in_order(views: &Views, client: u32) -> Vec<Edge> {
    views.client_order(|node| node.client == client && node.reads())
}

fn see_unless_reads_go_back(views: &Views, client: u32, edges: Vec<Edge>) -> Result<(), Broken> {
    let mut all = reads_in_order(views, client);
    if see(views, client, all.clone()).is_err() {
        return Ok(());
    }
    all.extend(edges);
    see(views, client, all)
}

fn see(views: &Views, client: u32, edges: Vec<Edge>) -> Result<(), Broken> {
    let mut precedence = Precedence::new(views.nodes.len());
    for (before, after) in edges {
        if !precedence.add(before, after) {
            return Err(views.circle(client, after));
        }
    }
    views.can_see(client, precedence)
}

fn judge(history: &History, judge: impl Fn(&Views, u32) -> Result<(), Broken>) -> Judgement {
    let views = match Views::new(history) {
        Ok(views) => views,
        Err(judgement) => return judgement,
    };
    let judged = views.clients().into_iter().try_for_each(|client| judge(&views, client));
    judged.map_or_else(Judgement::Broken, |()| Judgement::Kept { orders: Vec::new() })
}
