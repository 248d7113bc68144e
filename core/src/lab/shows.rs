//! What a run shows of itself beside its records: which series are a service's rate, which facts a machine's state or a partition's rows. Views
//! read this, by typed ids; none knows a lab, a parameter's key or a fact's name.

mod beliefs;
mod fleet;
mod load;
mod logs;
mod machine;
mod matrix;
mod orders;
mod placement;
mod rounds;
mod slots;
mod spans;
mod stamps;
mod tenure;
#[cfg(test)]
mod tests;

pub use crate::outcome::Ending;
pub use beliefs::{Beliefs, Observers, Taken, Tells, Truth};
pub use fleet::{Believed, Fleet, FleetState, Form, Tail};
pub use load::{
    Budget, Crowd, Edge, Fate, Flow, Guard, HeatMap, Layer, Line, Question, Service, Station, TierBox,
    Topology, Traffic,
};
pub use logs::Logs;
pub use machine::{Arm, Deadline, Machine, MachineState, Tone, Way};
pub use matrix::{Matrix, MatrixColumn, MatrixRow};
pub use orders::Orders;
pub use placement::{Heavy, Held, Partition, Phase, Set, Sets, Space, Standing};
pub use rounds::{Outlook, RoundLine, Rounds};
pub use slots::Slots;
pub use spans::{Attempts, Spans};
pub use stamps::{Order, Pairs, StampClock, Stamped, Stamps};
pub use tenure::{Deed, Grants, Holding, Tenure};

use crate::stats::Name;
use crate::trace::FactKey;

/// What there is to draw of a run. A view costs a look-up, however long the run; what a lab does not have is left empty, and views that need it
/// are not offered.
#[derive(Clone, Debug, Default)]
pub struct Shows {
    /// Services, as their users see them: rate, errors, duration (RED).
    pub services: Vec<Service>,
    /// Where work waits and is done, in the order in which it passes: utilisation, saturation, errors (USE).
    pub stations: Vec<Station>,
    /// Who calls whom; without it stations are drawn lane by lane.
    pub topology: Option<Topology>,
    /// What the work of a time came to.
    pub traffic: Vec<Traffic>,
    /// Those who ask: their number, and the series that count those whose call waits for an answer and those that sleep before a retry.
    pub crowd: Option<Crowd>,
    /// A budget that limits retries.
    pub budget: Option<Budget>,
    /// The questions that decide on a retry.
    pub flow: Option<Flow>,
    /// Counts in rows and columns.
    pub matrix: Option<Matrix>,
    /// State machines that nodes run.
    pub machines: Vec<Machine>,
    /// Sets of nodes that writes and reads wait for.
    pub sets: Option<Sets>,
    /// Rows that are spread over nodes.
    pub partition: Option<Partition>,
    /// Logs that servers keep alike.
    pub logs: Option<Logs>,
    /// What a cache holds.
    pub slots: Option<Slots>,
    /// Rounds that processes go through.
    pub rounds: Option<Rounds>,
    /// In which order each process takes in the same things; one for each stream of them.
    pub orders: Vec<Orders>,
    /// How a call is followed through its attempts.
    pub spans: Option<Spans>,
    /// How long calls took, over time.
    pub heat: Option<HeatMap>,
    /// What nodes hold from when to when.
    pub tenures: Vec<Tenure>,
    /// What nodes take each other for, and what is true.
    pub beliefs: Option<Beliefs>,
    /// Events of processes, stamped by clocks.
    pub stamps: Option<Stamps>,
    /// Like instances beside each other.
    pub fleet: Option<Fleet>,
    /// How long the slowest calls take.
    pub tail: Option<Tail>,
}

/// A series of the run, by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeriesKey(pub Name);

impl SeriesKey {
    /// The series of these names.
    pub fn all(names: &[&'static str]) -> Vec<SeriesKey> {
        names.iter().map(|name| SeriesKey((*name).into())).collect()
    }
}

/// A figure of the run, by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TallyKey(pub &'static str);

/// What nodes report, by its place among the lab's facts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FactId(pub u8);

impl FactId {
    /// The fact of a node that has it once.
    pub fn key(self) -> FactKey {
        self.at(0)
    }

    /// The fact of a node that has several, by its index.
    pub fn at(self, index: u16) -> FactKey {
        FactKey { name: self.0, index }
    }
}
