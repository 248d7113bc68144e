//! What a cache holds, and who goes next.

use super::FactId;
use crate::cast::NodeId;

/// The slots of a cache.
#[derive(Clone, Copy, Debug)]
pub struct Slots {
    /// The cache.
    pub node: NodeId,
    /// How many there are.
    pub size: u32,
    /// Its entries in the order in which the policy looks at them, as a list of words: a name, a version that begins with `v`, perhaps a `•` where it
    /// was used lately, and after a bar the number of its key.
    pub content: FactId,
    /// The name of the entry at which a hand stands, where there is one; empty where it stands at the first.
    pub hand: Option<FactId>,
    /// What the last request for a key came to: `hit` or `miss`, and the name.
    pub looked: FactId,
    /// The name of the entry that was thrown out last, since the last look; empty without one.
    pub victim: FactId,
    /// Whose copies they are.
    pub store: NodeId,
    /// There, the number of a key's version, by the key.
    pub version: FactId,
    /// How the entries lie, in words.
    pub order: &'static str,
}
