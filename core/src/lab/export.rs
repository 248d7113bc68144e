//! A scenario's settings as the configuration of a tool that people run.

use crate::time::Decimal;

/// A scenario's settings as a tool's configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// Its id among the lab's exports: a word.
    pub id: &'static str,
    /// The tool.
    pub tool: &'static str,
    /// The file it belongs in.
    pub file: &'static str,
    /// The configuration; what the tool cannot express is said in comments, or in `notes` where the format has none.
    pub text: String,
    /// What the tool cannot express.
    pub notes: Vec<String>,
}

/// A configuration line by line, with comments that begin with `#`.
pub(crate) struct Lines {
    /// What there is so far.
    pub text: String,
    /// Stands before comments.
    pub indent: &'static str,
}

impl Lines {
    /// Begins with these lines.
    pub fn of(head: &[&str], indent: &'static str) -> Lines {
        Lines { text: head.iter().map(|line| format!("{line}\n")).collect(), indent }
    }

    /// Adds a line.
    pub fn say(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    /// Adds a comment on what cannot be said, where that is so.
    pub fn note(&mut self, wrong: bool, words: &str) {
        if wrong {
            let indent = self.indent;
            self.say(format!("{indent}# {words}"));
        }
    }
}

/// Seconds as a decimal: `0.1`.
pub(crate) fn seconds(us: u64) -> impl std::fmt::Display {
    Decimal(us, 1_000_000)
}

/// As Spring reads it: a whole number of milliseconds, or of microseconds where it is finer.
pub(crate) fn spring_duration(us: u64) -> String {
    if us.is_multiple_of(1_000) { format!("{}ms", us / 1_000) } else { format!("{us}us") }
}

/// Why 1 ms stands in resilience4j's configuration of a retry for no wait (its issues 1456 and 1559).
pub(crate) const NO_WAIT: &str = "1ms stands for no wait: 0ms ends an asynchronous call's retries, and old versions (to 1.7.0) take it for 500ms";
