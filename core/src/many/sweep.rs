//! A sweep: a scenario under many seeds, for each cell of a grid of parameters; parts merge to the very figures of the whole.

use crate::lab::{Detail, Lab, State};
use crate::link::{MAX_CELLS, Over};
use crate::params::Param;
use crate::scenario::{Problem, Scenario};
use crate::stats::Sample;
use std::ops::Range;

/// The most seeds of one sweep.
pub const MAX_SEEDS: u32 = 10_000_000;

/// One cell of a sweep's grid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The parameters that vary, and their values here as links write them.
    pub over: Vec<(&'static str, String)>,
    /// The scenario; its seed is replaced by each seed of the sweep.
    pub scenario: Scenario,
}

/// The cells of a grid, the last parameter varying fastest. A cell whose parameters contradict each other is refused.
///
/// # Errors
/// That there are too many; or the first problem of the first cell that may not run, with the cell's values in its sentence.
pub fn cells(lab: &dyn Lab, scenario: &Scenario, overs: &[Over]) -> Result<Vec<Cell>, Problem> {
    let twice = |(place, over): (usize, &Over)| {
        overs[..place].iter().any(|other| other.key == over.key).then_some(over.key)
    };
    if let Some(key) = overs.iter().enumerate().find_map(twice) {
        return Err(Problem::key(
            "over",
            format!("{key} is varied twice; write all its values as one range"),
        ));
    }
    let counts = overs.iter().map(|over| over.values().len());
    let count = counts.fold(1, usize::saturating_mul);
    if count > MAX_CELLS {
        let sentence = format!(
            "the sweep has {count} cells, and {MAX_CELLS} are the most; vary fewer parameters, or take larger steps"
        );
        return Err(Problem::key("over", sentence));
    }
    let mut cells = vec![Cell { over: Vec::new(), scenario: scenario.clone() }];
    for over in overs {
        let place = lab.params().iter().position(|p| p.key == over.key).expect("a sweep varies a parameter");
        let param: &Param = &lab.params()[place];
        cells = cells
            .iter()
            .flat_map(|cell| {
                over.values().into_iter().map(move |value| {
                    let mut cell = cell.clone();
                    cell.over.push((param.key, param.print(&value)));
                    cell.scenario.values[place] = value;
                    cell
                })
            })
            .collect();
    }
    for cell in &cells {
        if let Some(problem) = cell.scenario.problems(lab).into_iter().next() {
            let at: Vec<String> = cell.over.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let sentence = match at.is_empty() {
                true => problem.sentence,
                false => format!("at {}: {}", at.join(", "), problem.sentence),
            };
            return Err(Problem { place: problem.place, sentence });
        }
    }
    Ok(cells)
}

/// What some seeds of a cell came to.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// How many runs.
    pub seeds: u32,
    /// How many of them met a limit.
    pub limits: u32,
    /// The values of each tally, in the lab's order; runs that measured nothing add none.
    pub tallies: Vec<Sample>,
    /// For each promise, in the lab's order: how many runs ended unknown, kept, broken.
    pub verdicts: Vec<[u32; 3]>,
    /// For each promise: the least seed that broke it.
    pub first_broken: Vec<Option<u32>>,
}

impl Part {
    /// Runs a cell under seeds.
    pub fn run(lab: &dyn Lab, scenario: &Scenario, seeds: Range<u32>) -> Part {
        let mut part = Part::empty(lab);
        let mut scenario = scenario.clone();
        // A cue that comes too late is told of every run alike, and is no limit that some of them met.
        let told = usize::from(scenario.told_too_late().is_some());
        for seed in seeds {
            scenario.seed = seed;
            let outcome = lab.run(&scenario, Detail::Totals);
            part.seeds += 1;
            part.limits += u32::from(outcome.limits.len() > told);
            for (sample, tally) in part.tallies.iter_mut().zip(&outcome.tallies) {
                tally.value.into_iter().for_each(|value| sample.add(value));
            }
            for (i, verdict) in outcome.verdicts.iter().enumerate() {
                let state = verdict.last().state;
                let broke = verdict.break_().is_some();
                part.verdicts[i][if broke { State::Broken as usize } else { state as usize }] += 1;
                if broke {
                    part.first_broken[i].get_or_insert(seed);
                }
            }
        }
        part
    }

    /// Nothing run yet.
    pub fn empty(lab: &dyn Lab) -> Part {
        let meta = lab.meta();
        Part {
            seeds: 0,
            limits: 0,
            tallies: vec![Sample::default(); meta.tallies.len()],
            verdicts: vec![[0; 3]; meta.promises.len()],
            first_broken: vec![None; meta.promises.len()],
        }
    }

    /// Adds what other seeds came to. The order of merging makes no difference.
    pub fn merge(&mut self, other: &Part) {
        self.seeds += other.seeds;
        self.limits += other.limits;
        self.tallies.iter_mut().zip(&other.tallies).for_each(|(a, b)| a.merge(b));
        for (a, b) in self.verdicts.iter_mut().zip(&other.verdicts) {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        }
        for (a, b) in self.first_broken.iter_mut().zip(&other.first_broken) {
            *a = match (*a, *b) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
    }

    /// How many runs ended with a promise in a state; a promise that broke once counts as broken.
    pub fn count(&self, lab: &dyn Lab, promise: &str, state: State) -> Option<u32> {
        let i = lab.meta().promises.iter().position(|p| p.id == promise)?;
        Some(self.verdicts[i][state as usize])
    }
}
