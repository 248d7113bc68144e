//! What a request is about.

use super::declared::Class;
use super::observe::Context;

/// What a request is about: it travels with every call that is made for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct About {
    /// Which of the graph's classes it is of.
    pub class: Class,
    /// Whose it is, of those who share the graph.
    pub tenant: u8,
    /// Whether it is its client's own mistake, which can never succeed.
    pub bad: bool,
    /// What it asks for.
    pub key: u32,
    /// Which trace it belongs to, where there is one.
    pub context: Context,
}

impl About {
    /// The same under another class.
    pub fn under(self, class: Option<Class>) -> About {
        About { class: class.unwrap_or(self.class), ..self }
    }
}
