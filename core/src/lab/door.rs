//! The door: what a scenario is to a lab, and everything that is wrong with it. Past it nothing fails.

use super::Lab;
use crate::acts::Act;
use crate::params::{Param, Value};
use crate::scenario::{MAX_CUES, Place, Problem, Scenario};
use crate::time::DurationUs;

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
