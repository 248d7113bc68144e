//! Whether one write may rightly stand where another stood.

use super::{Rules, WriteId, Writes};
use crate::cast::NodeId;
use crate::sorted::{Map, Set};

/// The writes of a key, by client, in order.
pub(super) type ByClient = Map<NodeId, Vec<WriteId>>;

/// Whether `other` may rightly stand where `write` stood: it came later; where concurrent writes are kept as siblings, an overlapping one
/// must have seen it, or something that had. None where that hangs on what lies between them.
pub(super) fn follows_at_once(
    rules: &Rules,
    writes: &Writes,
    write: WriteId,
    other: WriteId,
) -> Option<bool> {
    let (first, second) = (&writes[&write], &writes[&other]);
    if write == other || first.acked.is_some_and(|acked| acked < second.invoked) {
        return Some(true);
    }
    let older = second.acked.is_some_and(|acked| acked < first.invoked);
    (!rules.siblings || older).then_some(!older)
}

/// Whether `other` has seen `write`, or something that had, and so on; all of it asked for before `other`. Of each client a write has
/// been seen by all of its writes from some one on: so each is looked at once, and the oldest first, which most have seen. Besides, what a
/// coordinator found that asks before it writes has been seen by that one write.
pub(super) fn has_seen(writes: &Writes, by_client: &ByClient, write: WriteId, other: WriteId) -> bool {
    let (client, asked) = (writes[&other].client, writes[&other].invoked);
    let mut from: Vec<usize> = by_client
        .values()
        .map(|own| own.partition_point(|between| writes[between].invoked < asked))
        .collect();
    let mut front = vec![write];
    let mut finders = Set::new();
    while let Some(earlier) = front.pop() {
        let earlier = &writes[&earlier];
        if earlier.lineage.finders.contains(&other) {
            return true;
        }
        let before = |finder: &&WriteId| writes[*finder].invoked < asked;
        let found = earlier.lineage.finders.iter().filter(before).copied();
        front.extend(found.filter(|finder| finders.insert(*finder)));
        // Whether a client's write has seen this one: its own earlier one, one that it has read, or one that was acknowledged before it asked.
        let always = |client: NodeId| earlier.lineage.readers.contains(&client);
        let since = |client: NodeId, invoked| {
            (client == earlier.client && earlier.invoked < invoked)
                || earlier.acked.is_some_and(|acked| acked < invoked)
        };
        if always(client) || since(client, asked) {
            return true;
        }
        for ((client, own), from) in by_client.iter().zip(&mut from) {
            let until = *from;
            let unseen = |between: &WriteId| !since(*client, writes[between].invoked);
            *from = if always(*client) { 0 } else { own[..until].partition_point(unseen) };
            front.extend(own[*from..until].iter().rev());
        }
    }
    false
}
