//! What is known of a node at a moment, in words: what the script has done to it, and its facts by name.

use super::Transcript;
use crate::cast::NodeId;
use crate::trace::{Cursor, Fact, FactKey, World};

/// A fact of a node as it stands at a moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Which.
    pub key: FactKey,
    /// Its name.
    pub name: String,
    /// Its value in words: of a list its items.
    pub value: String,
    /// The record during which it became so.
    pub since: u32,
}

impl Transcript<'_> {
    /// What is the case with a node: "up", or "down, cut off from n2". Of its cuts the first `most_cuts` are named.
    pub fn state(&self, node: NodeId, world: &World, most_cuts: usize) -> String {
        let cast = &self.outcome().cast;
        let mut state = Vec::new();
        if !world.is_up(node) {
            state.push("down".to_owned());
        }
        if let Some(paused) = world.paused.get(&node) {
            state.push(format!("paused until {}", self.moment(paused.until_us)));
        }
        state.extend(world.slow.get(&node).map(|slow| format!("{} times as slow as usual", slow.factor)));
        let is_cut = |other: &NodeId| world.is_cut(node, *other) || world.is_cut(*other, node);
        let cut: Vec<String> =
            cast.nodes().filter(is_cut).take(most_cuts).map(|other| cast.name(other).to_string()).collect();
        if !cut.is_empty() {
            state.push(format!("cut off from {}", cut.join(", ")));
        }
        if state.is_empty() { "up".to_owned() } else { state.join(", ") }
    }

    /// The facts of a node at the cursor, in the order of their keys.
    pub fn facts(&self, node: NodeId, cursor: Cursor) -> impl Iterator<Item = Standing> {
        let trace = &self.outcome().trace;
        let now = cursor.record_id(trace);
        trace.fact_keys(node).filter_map(move |key| {
            let change = trace.change_at(node, key, now?)?;
            let value = match &change.value {
                Fact::List(_) => trace.list_at(node, key, now?).join(", "),
                value => self.fact_value(key, value),
            };
            let name = if key == FactKey::NOTE { "says".to_owned() } else { self.fact_name(node, key) };
            Some(Standing { key, name, value, since: change.record })
        })
    }
}
