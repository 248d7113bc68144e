//! The only input there is: a lab, a seed, parameters, a script, a horizon; and the door at which it is checked.

use crate::acts::Act;
use crate::lab::Lab;
use crate::params::{Param, Value};
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
    /// The lab's default scenario: default parameters, seed 1, no script.
    pub fn of(lab: &dyn Lab) -> Scenario {
        Scenario {
            lab: lab.meta().id,
            seed: 1,
            values: lab.params().iter().map(Param::default).collect(),
            cues: Vec::new(),
            horizon_us: lab.meta().horizon_us,
        }
    }

    /// The value of a parameter by its key.
    pub fn value(&self, lab: &dyn Lab, key: &str) -> Option<&Value> {
        lab.params().iter().position(|p| p.key == key).map(|i| &self.values[i])
    }

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

    /// Everything that is wrong with it for this lab; empty when it may run. Past this door nothing fails.
    pub fn problems(&self, lab: &dyn Lab) -> Vec<Problem> {
        let mut problems = lab.problems(self);
        let (longest_us, id) = (lab.longest_us(), lab.meta().id);
        if self.horizon_us == 0 || self.horizon_us > longest_us {
            let most = DurationUs(longest_us);
            problems.push(Problem::key("for", format!("a run of {id} lasts from 1us to {most}")));
        }
        if self.cues.len() > MAX_CUES {
            let count = self.cues.len();
            let sentence = format!("the script has {count} cues; {MAX_CUES} are the most");
            problems.push(Problem::key("do", sentence));
            return problems;
        }
        let cast = lab.cast(self);
        for (i, cue) in self.cues.iter().enumerate() {
            let mut add = |sentence: String| problems.push(Problem { place: Place::Cue(i), sentence });
            if cue.at_us > longest_us {
                add(format!("a cue comes within {}, the longest that {id} runs", DurationUs(longest_us)));
            }
            if let Some(name) = cue.act.stranger(&cast) {
                let names: Vec<String> = cast.nodes().take(24).map(|n| cast.name(n).to_string()).collect();
                add(format!("there is no {name} here; the nodes are {}", names.join(", ")));
            } else if let Some(sentence) = (cue.act.cut_problem(&cast))
                .or_else(|| kind_problem(lab, &cue.act))
                .or_else(|| lab.act_problem(self, &cue.act))
            {
                add(sentence);
            }
        }
        problems
    }
}

/// What is wrong with the kind of message that an act names.
fn kind_problem(lab: &dyn Lab, act: &Act) -> Option<String> {
    let word = act.message_kind()?;
    let words: Vec<&str> = lab.meta().kinds.iter().map(|kind| kind.word).collect();
    let known = words.join(", ");
    (!words.contains(&word)).then(|| format!("there is no message ‘{word}’ here; the kinds are {known}"))
}
