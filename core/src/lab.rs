//! What a lab is: its data (meta, parameters, presets, promises, claims, challenges, fidelity) and its one function, `run`.

use crate::acts::Act;
use crate::cast::{Cast, NodeId};
use crate::check::{Answer, Call};
use crate::params::Param;
use crate::scenario::{Problem, Scenario};
use crate::stats::Series;
use crate::trace::{Mark, Trace};

/// A lab: data, and one pure function from scenario to outcome.
pub trait Lab: Sync {
    /// What it is called, where it belongs, what it shows.
    fn meta(&self) -> &'static Meta;
    /// Its controls.
    fn params(&self) -> &'static [Param];
    /// Who takes part in a scenario.
    fn cast(&self, scenario: &Scenario) -> Cast;
    /// What is wrong between parameters (`w` greater than `n`); single values have been checked.
    fn problems(&self, _scenario: &Scenario) -> Vec<Problem> {
        Vec::new()
    }
    /// What is wrong with an act here: an unknown request or kind of message.
    fn act_problem(&self, scenario: &Scenario, act: &Act) -> Option<String>;
    /// The live sentences under the controls: what these settings amount to.
    fn sentences(&self, _scenario: &Scenario) -> Vec<String> {
        Vec::new()
    }
    /// Scenarios worth opening.
    fn presets(&self) -> &'static [Preset];
    /// Sentences that the book or common belief makes, each with the run that proves or refutes it.
    fn claims(&self) -> &'static [Claim] {
        &[]
    }
    /// Goals to reach by editing a scenario.
    fn challenges(&self) -> &'static [Challenge] {
        &[]
    }
    /// Published numbers that the model must reproduce.
    fn fidelity(&self) -> &'static [Fidelity] {
        &[]
    }
    /// Runs a scenario. Infallible: the scenario has been validated.
    fn run(&self, scenario: &Scenario, detail: Detail) -> Outcome;
}

/// How much of a run is recorded. Digest, tallies and verdicts are the same at every level.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Detail {
    /// Every record.
    Full,
    /// Records of every k-th operation of each client, and of the script.
    Sample {
        /// The k.
        every: u32,
    },
    /// No records.
    Totals,
}

/// The parts of the book.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BookPart {
    /// How a lab is added: not of the book.
    Example,
    /// Part I.
    Communication,
    /// Part II.
    Coordination,
    /// Part III.
    Scalability,
    /// Part IV.
    Resiliency,
    /// Part V.
    Maintainability,
}

/// What a lab is called, where it belongs, what it shows.
#[derive(Debug)]
pub struct Meta {
    /// Its id in links: lower-case letters.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// One sentence for cards and previews.
    pub summary: &'static str,
    /// Part of the book.
    pub part: BookPart,
    /// Chapters of the book that it goes with.
    pub chapters: &'static [&'static str],
    /// The views that it offers, by id; the first are open by default.
    pub views: &'static [&'static str],
    /// What its nodes report.
    pub facts: &'static [FactSpec],
    /// The kinds of its messages.
    pub kinds: &'static [MessageSpec],
    /// What it counts and measures.
    pub tallies: &'static [TallySpec],
    /// What it promises.
    pub promises: &'static [Promise],
    /// Requests that a reader may make of a node.
    pub requests: &'static [RequestSpec],
    /// How long its default run is, in µs.
    pub horizon_us: u64,
    /// What is modelled, as published.
    pub modelled: &'static [&'static str],
    /// What is left out.
    pub left_out: &'static [&'static str],
    /// Raised whenever the same link gives another run.
    pub revision: u32,
    /// What each revision changed.
    pub changelog: &'static [&'static str],
}

/// Something that nodes report while they run.
#[derive(Debug)]
pub struct FactSpec {
    /// Its name for people.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub about: &'static str,
    /// How pictures use it.
    pub show: Show,
}

/// How pictures use a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Show {
    /// On the node's face: its value there, one for each index.
    Face,
    /// The node's role or state, by word.
    Role,
    /// In the inspector only.
    Inspector,
}

/// A kind of message.
#[derive(Debug)]
pub struct MessageSpec {
    /// Its word, in pictures and in `drop:n1-n2:word`.
    pub word: &'static str,
    /// What it asks or tells, in a sentence.
    pub about: &'static str,
    /// Its role in pictures: requests, answers and background work look different.
    pub role: MessageRole,
}

/// How a kind of message looks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MessageRole {
    /// A client's request.
    Request,
    /// The answer to it.
    Response,
    /// Carries a write inwards.
    Write,
    /// Carries a read inwards.
    Read,
    /// Agrees to something.
    Ack,
    /// Repairs, hands off, synchronises.
    Repair,
    /// Anything periodic.
    Background,
}

/// A figure that a run gives.
#[derive(Debug)]
pub struct TallySpec {
    /// Its name, which also tells its unit: see [`tally_unit`].
    pub name: &'static str,
    /// What it counts or measures, in a sentence.
    pub about: &'static str,
}

/// Names of tallies that are ratios, or their ends: kept in millionths.
const RATIOS: [&str; 5] = ["_share", "_over_mean", "_per_query", "cv", "cv2"];

/// By how much a tally's whole number is divided where it is printed: 1,000 for names that end in `_ms` (kept in µs, printed in
/// milliseconds), a million for ratios, 1 for counts.
pub fn tally_unit(name: &str) -> f64 {
    if name.ends_with("_ms") {
        1_000.0
    } else if RATIOS.iter().any(|end| name.ends_with(end)) {
        1_000_000.0
    } else {
        1.0
    }
}

/// A promise, named twice: as a developer asks it and as the literature calls it.
#[derive(Debug)]
pub struct Promise {
    /// Its id in links, tests and JSON.
    pub id: &'static str,
    /// The developer's question.
    pub question: &'static str,
    /// The field's term.
    pub term: &'static str,
}

/// A request that a reader may make of a node, for menus.
#[derive(Debug)]
pub struct RequestSpec {
    /// As links write it, such as `put.x.3`.
    pub example: &'static str,
    /// In words.
    pub about: &'static str,
}

/// A scenario worth opening.
#[derive(Debug)]
pub struct Preset {
    /// Its id: the static page's name.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// One sentence: what it shows.
    pub sentence: &'static str,
    /// The link.
    pub link: &'static str,
}

/// A sentence that is often said, with its verdict and its proof.
#[derive(Debug)]
pub struct Claim {
    /// Its id.
    pub id: &'static str,
    /// The sentence, in at most twenty words.
    pub sentence: &'static str,
    /// Whether it is so.
    pub holds: Holds,
    /// The run that proves it.
    pub link: &'static str,
    /// The promise that decides it.
    pub promise: &'static str,
    /// How it is proved.
    pub proof: Proof,
}

/// Whether a claim is so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// It is.
    Yes,
    /// It is under a condition.
    If(&'static str),
    /// It is not.
    No(&'static str),
}

/// How a claim is proved by runs.
#[derive(Clone, Copy, Debug)]
pub enum Proof {
    /// The link's run ends with the promise in this state.
    Run(State),
    /// Among this many seeds none breaks the promise.
    NoneOf {
        /// Number of seeds.
        seeds: u32,
    },
    /// Among this many seeds, so many at least break it.
    SomeOf {
        /// Number of seeds.
        seeds: u32,
        /// How many break it at the least.
        at_least: u32,
    },
    /// A function of the lab's own shows it, and says what it measured.
    Shown(fn() -> Result<String, String>),
}

/// A goal to reach by editing a scenario.
#[derive(Debug)]
pub struct Challenge {
    /// Its id.
    pub id: &'static str,
    /// What to reach.
    pub prompt: &'static str,
    /// A guess to make first: the question and the answers to choose from, the right one first.
    pub guess: Option<(&'static str, &'static [&'static str])>,
    /// Where to start.
    pub start: &'static str,
    /// Whether it is reached.
    pub goal: fn(&Scenario, &Outcome) -> bool,
    /// A hint.
    pub hint: &'static str,
    /// A link that reaches it: tests run it.
    pub solution: &'static str,
    /// What was to be learnt.
    pub learn: &'static str,
}

/// A published number, theorem or table that the model must reproduce.
#[derive(Debug)]
pub struct Fidelity {
    /// Its id.
    pub id: &'static str,
    /// What is claimed.
    pub claim: &'static str,
    /// Where it is published.
    pub source: &'static str,
    /// How it is checked.
    pub check: Check,
}

/// How a published number is checked.
#[derive(Debug)]
pub enum Check {
    /// A statistic of a tally over seeds 0 to n-1 of a link, within four standard errors.
    Sweep {
        /// The scenario.
        link: &'static str,
        /// The tally.
        tally: &'static str,
        /// Which statistic of it.
        statistic: Statistic,
        /// The published value, in the tally's printed unit.
        expected: f64,
        /// The published value's own standard error; 0 for closed forms.
        error: f64,
        /// How many seeds.
        seeds: u32,
        /// How many in the quick run of tests and of the page.
        quick: u32,
    },
    /// Exact: returns what was measured, or what differs.
    Exact(fn() -> Result<String, String>),
}

/// A statistic over runs, and where its standard error comes from (REFERENCES: within 4 SE).
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Statistic {
    /// A mean; its error is the sample's sd / sqrt n.
    Mean,
    /// A proportion p; its error is sqrt(p(1-p)/n).
    Proportion,
    /// The quantile at `per_mille` / 1000, whose standard error over n seeds is `spread` / sqrt n.
    Quantile {
        /// Which, in thousandths.
        per_mille: u32,
        /// Its standard error times sqrt n: sqrt(p(1-p)) / density there.
        spread: f64,
    },
    /// Never more than this.
    AtMost,
    /// At least this.
    AtLeast,
    /// Just this in every run.
    Always,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Who took part.
    pub cast: Cast,
    /// What happened, as far as it was recorded.
    pub trace: Trace,
    /// The operations of clients, in order of invocation; empty in `Totals`.
    pub operations: Vec<Operation>,
    /// Figures, in the order of the lab's tallies.
    pub tallies: Vec<Tally>,
    /// Values over time, for charts.
    pub series: Vec<Series>,
    /// One for each promise, in the lab's order.
    pub verdicts: Vec<Verdict>,
    /// A hash of everything that happened: the same everywhere.
    pub digest: u64,
    /// Limits that the run met, as sentences.
    pub limits: Vec<String>,
    /// When it ended, in µs.
    pub ended_us: u64,
}

/// A figure of a run; `None` where there was nothing to measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tally {
    /// Its name among the lab's tallies.
    pub name: &'static str,
    /// The value; in which unit, the name tells: see [`tally_unit`].
    pub value: Option<i64>,
}

/// An operation of a client, for pictures and checkers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Its number in the run, which its records carry.
    pub number: u32,
    /// Who asked.
    pub client: NodeId,
    /// What, in words.
    pub request: String,
    /// The answer, in words; none while it is open or when it was abandoned.
    pub response: Option<String>,
    /// How it ended.
    pub end: End,
    /// When it was invoked.
    pub invoked: Mark,
    /// When it returned.
    pub returned: Option<Mark>,
    /// Its effect on data, for pictures: read or write of a key; none for other requests.
    pub effect: Option<Effect>,
    /// What it asked of a register, for checkers; none where it is no matter of registers.
    pub call: Option<Call>,
    /// What it was told, for checkers.
    pub answer: Option<Answer>,
}

/// What an operation does to data.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Effect {
    /// Which key.
    pub key: u16,
    /// Whether it writes.
    pub writes: bool,
}

/// The name of a data key in pictures and requests, by its number: x, y, z, u, v, w, p, q, then k8, k9, …
pub fn key_name(key: u16) -> String {
    const FIRST: [&str; 8] = ["x", "y", "z", "u", "v", "w", "p", "q"];
    FIRST.get(usize::from(key)).map_or_else(|| format!("k{key}"), |name| (*name).to_owned())
}

/// How an operation ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum End {
    /// Not yet.
    Open,
    /// Well.
    Ok,
    /// With an error that its client saw.
    Failed,
    /// Its client gave up or went down: it may or may not have taken effect.
    Unknown,
}

/// What a promise's light shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum State {
    /// Not decided (yet).
    Unknown,
    /// Kept so far.
    Kept,
    /// Broken.
    Broken,
}

impl State {
    /// The state as JSON and links write it.
    pub fn word(self) -> &'static str {
        match self {
            State::Unknown => "unknown",
            State::Kept => "kept",
            State::Broken => "broken",
        }
    }
}

/// A light and its history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The promise's id.
    pub promise: &'static str,
    /// Every change of the light, in order; the first is its state at the start.
    pub changes: Vec<VerdictChange>,
}

/// A change of a light.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerdictChange {
    /// When, and at which record.
    pub at: Mark,
    /// What the light shows from then on.
    pub state: State,
    /// Why, in a sentence.
    pub why: String,
    /// The steps of the argument: each a record and what it contributes.
    pub evidence: Vec<Evidence>,
}

/// One step of an argument.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// The record.
    pub record: u32,
    /// What it contributes, in a sentence.
    pub says: String,
}

impl Verdict {
    /// The state after everything up to record `id`.
    pub fn at(&self, id: Option<u32>) -> &VerdictChange {
        let count = id.map_or(1, |id| self.changes.partition_point(|c| c.at.record <= id).max(1));
        &self.changes[count - 1]
    }

    /// The last state.
    pub fn last(&self) -> &VerdictChange {
        self.changes.last().expect("a light shows something from the start")
    }

    /// The first change to broken.
    pub fn break_(&self) -> Option<&VerdictChange> {
        self.changes.iter().find(|c| c.state == State::Broken)
    }
}

impl Outcome {
    /// A tally by name; `None` when there is none or it measured nothing.
    pub fn tally(&self, name: &str) -> Option<i64> {
        self.tallies.iter().find(|t| t.name == name).and_then(|t| t.value)
    }

    /// A verdict by promise.
    pub fn verdict(&self, promise: &str) -> Option<&Verdict> {
        self.verdicts.iter().find(|v| v.promise == promise)
    }

    /// The first eight hexadecimal digits of the digest, as shared links carry them.
    pub fn digest_word(&self) -> String {
        format!("{:016x}", self.digest)[..8].to_string()
    }
}
