//! What is remembered in the reader's browser, where it may be: which challenges were reached. Each is one text of lines.

use super::Effect;

/// What is kept. Where the browser keeps nothing, it lasts as long as the widget.
#[derive(Clone, Default, Debug)]
pub(crate) struct Kept {
    /// The challenges that were reached: `quorum/fresh`.
    pub done: Vec<String>,
    /// Whether the browser keeps it beyond this page.
    pub lasts: bool,
}

impl Kept {
    /// Takes in a text that was kept, by this page before or by another one now.
    pub fn take(&mut self, name: &str, text: &str) {
        if name == "done" {
            // A bound against what other hands may have written there: far more than there are challenges.
            self.done = text.lines().filter(|line| !line.is_empty()).take(1_000).map(String::from).collect();
        }
    }

    /// What has the page keep the text of that name as it is now.
    pub fn effect(&self, name: &'static str) -> Effect {
        Effect::Keep { name, text: self.done.join("\n") }
    }
}
