//! The only input there is: a lab, a seed, parameters, a script, a horizon; and the door at which it is checked.

use crate::acts::Act;
use crate::params::Value;
use crate::time::DurationUs;

/// The most cues that a script may have.
pub const MAX_CUES: usize = 1_000;
/// The longest horizon where a lab has none of its own ([`Lab::longest_us`]): an hour of virtual time.
pub const MAX_HORIZON_US: u64 = 3_600_000_000;

/// One line of the script: at a moment, an act.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Cue {
    /// Virtual time, in µs.
    pub at_us: u64,
    /// What is done then.
    pub act: Act,
}

/// Everything that decides a run. Two equal scenarios have equal outcomes, everywhere and for ever.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Scenario {
    /// The lab's id.
    pub lab: &'static str,
    /// The luck.
    pub seed: u32,
    /// One value for each of the lab's parameters, in the order of its table.
    pub values: Vec<Value>,
    /// The script, in order of time; cues of one moment keep their order.
    pub cues: Vec<Cue>,
    /// When the run ends, in µs of virtual time.
    pub horizon_us: u64,
}

/// Where a problem is, so that it can be shown beside its cause.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// The link as a whole.
    Link,
    /// The lab's name.
    Lab,
    /// A key of the link: a parameter, `seed`, `for`, `at`, …
    Key(String),
    /// A cue of the script, counted from 0.
    Cue(usize),
}

/// Something wrong with what a reader gave: where, and a sentence that says what is wrong and what would be right.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Problem {
    /// Where it is.
    pub place: Place,
    /// What is wrong, and what would be right.
    pub sentence: String,
}

impl Problem {
    /// A problem with a key of the link.
    pub fn key(key: &str, sentence: impl Into<String>) -> Problem {
        Problem { place: Place::Key(key.into()), sentence: sentence.into() }
    }
}

impl Scenario {
    /// Puts a cue where its time belongs, after those of the same moment; returns its place.
    pub fn insert(&mut self, cue: Cue) -> usize {
        let place = self.cues.partition_point(|c| c.at_us <= cue.at_us);
        self.cues.insert(place, cue);
        place
    }

    /// What to tell of cues that come too late for anything to come of them: after the run's end they never happen, and what is done at its
    /// very end has no time to be answered. No problem, for such links are about, and another horizon gives these cues their meaning.
    pub fn told_too_late(&self) -> Option<String> {
        let idle = |cue: &&Cue| match cue.at_us == self.horizon_us {
            true => !cue.act.is_narration(),
            false => cue.at_us > self.horizon_us,
        };
        let mut late = self.cues.iter().filter(idle);
        let (first, others) = (late.next()?, late.count());
        let (act, at, end) = (first.act.sentence(), DurationUs(first.at_us), DurationUs(self.horizon_us));
        let and = match others {
            0 => String::new(),
            1 => " The same goes for one other cue.".to_owned(),
            _ => format!(" The same goes for {others} other cues."),
        };
        Some(format!("Nothing comes of “{act}”: it is due at {at}, and the run ends at {end}.{and}"))
    }
}
