//! The views: each a file, each one pure function from what a run came to and where the reader looks, to a picture.

mod badge;
#[cfg(test)]
mod fits;
mod gauge;
mod grid;
mod kinds;
mod labels;
mod legend;
#[cfg(test)]
mod offers;
mod stretch;
mod values;

use crate::markup::Element;
use crate::scene::{Anchor, Emphasis, Mark, Role, Scene, Shape, mark};
use crate::text_width::wrap_at_most;
use splitbrain::cast::{Name, NodeId};
use splitbrain::lab::shows::SeriesKey;
use splitbrain::lab::{End, Lab, Operation, Outcome, Shows};
use splitbrain::scenario::Scenario;
use splitbrain::stats::Series;
use splitbrain::tell::{Conditions, Difference, Transcript};
use splitbrain::time::moment;
use splitbrain::trace::{Cursor, Record, RecordKind};

/// How far on along a client's lane its going down is looked for.
const LOOK_AHEAD: usize = 500;
/// How far back from the cursor what was told last is looked for.
const LOOK_BACK: usize = 200;

/// What a view is given: a run, and how the reader looks at it.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// Begins every id in the picture, so that several widgets share a page.
    pub id: &'a str,
    /// The lab.
    pub lab: &'static dyn Lab,
    /// What was run.
    pub scenario: &'a Scenario,
    /// What it came to.
    pub outcome: &'a Outcome,
    /// Where in the run the reader is.
    pub cursor: Cursor,
    /// Units to lay out for: 280, 360, 720 or 1200; 12 px text stays 12 px.
    pub width: u32,
    /// What the reader has in focus.
    pub focus: Focus,
    /// The records that answer "why?", in order: these are lit and the rest dimmed. Empty when nothing is asked.
    pub lit: &'a [u32],
    /// Show only what this node can know.
    pub eyes: Option<NodeId>,
    /// The part of the run that space-time shows.
    pub window: Window,
    /// The moment at which charts are read, in µs, where the reader points at one.
    pub probe_us: Option<u64>,
    /// The run that is shown beside this one: pictures of both have one scale.
    pub beside: Option<Beside<'a>>,
}

/// The run that is shown beside another.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// What was run.
    pub scenario: &'a Scenario,
    /// What it came to.
    pub outcome: &'a Outcome,
    /// Whether it is the first of the two.
    pub is_first: bool,
    /// Where the two first differ, the first run first.
    pub parts: Option<Difference>,
}

impl<'a> Look<'a> {
    /// The whole of a run in true time at a cursor, with nothing in focus, nothing asked and nothing beside it.
    pub fn plain(
        lab: &'static dyn Lab,
        scenario: &'a Scenario,
        outcome: &'a Outcome,
        cursor: Cursor,
        width: u32,
    ) -> Look<'a> {
        Look {
            id: "plain",
            lab,
            scenario,
            outcome,
            cursor,
            width,
            focus: Focus::None,
            lit: &[],
            eyes: None,
            window: Window { from_us: 0, to_us: outcome.ended_us, warped: false },
            probe_us: None,
            beside: None,
        }
    }

    /// A node's name.
    pub fn name(&self, node: NodeId) -> String {
        self.outcome.cast.name(node).to_string()
    }

    /// What there is to draw of the run, beside its records.
    pub fn shows(&self) -> Shows {
        self.lab.shows(self.scenario)
    }

    /// A series of the run.
    pub fn series(&self, key: SeriesKey) -> Option<&'a Series> {
        self.outcome.series(key.0)
    }

    /// The run in words.
    pub fn transcript(&self) -> Transcript<'a> {
        Transcript::of(self.lab, self.scenario, self.outcome)
    }

    /// A moment in words.
    pub fn moment(&self, at_us: u64) -> String {
        moment(at_us, self.ended_us())
    }

    /// When the run has ended, and the one beside it: axes of time reach so far.
    pub fn ended_us(&self) -> u64 {
        self.outcome.ended_us.max(self.beside.map_or(0, |beside| beside.outcome.ended_us))
    }

    /// The same look at the run beside this one, by itself.
    pub fn other(&self) -> Option<Look<'a>> {
        let Beside { scenario, outcome, .. } = self.beside?;
        let eyes = self.eyes.and_then(|eyes| outcome.cast.find(self.outcome.cast.name(eyes)));
        let cursor = Cursor::at(&outcome.trace, self.cursor.at_us);
        Some(Look { scenario, outcome, cursor, eyes, lit: &[], beside: None, ..*self })
    }

    /// Who is down, paused or slow, and what is cut, at the cursor.
    pub fn conditions(&self) -> Conditions {
        Conditions::at(self.scenario, self.outcome, self.cursor)
    }

    /// Whether the reader may see what concerns this node alone.
    pub fn sees(&self, node: NodeId) -> bool {
        self.eyes.is_none_or(|eyes| eyes == node)
    }

    /// Lit when any of these records is, dim when only others are.
    pub fn emphasis(&self, records: &[u32]) -> Emphasis {
        match self.lit {
            [] => Emphasis::Plain,
            lit if records.iter().any(|record| lit.contains(record)) => Emphasis::Lit,
            _ => Emphasis::Dim,
        }
    }

    /// What a client asked for, as pictures say it: `put x 7`.
    pub fn asked(&self, operation: &Operation) -> String {
        self.outcome.asked(operation).replace('.', " ")
    }

    /// A moment beside a mark: to the millisecond, and finer only in a run so short that its moments would read alike.
    pub fn short_moment(&self, at_us: u64) -> String {
        moment(
            at_us,
            if self.ended_us() < 100_000 { self.ended_us() } else { self.ended_us().max(1_000_000) },
        )
    }

    /// When an operation was over for its client: answered, given up because the client went down, or not before the run ended.
    pub fn ends_us(&self, operation: &Operation) -> u64 {
        if let Some(returned) = operation.returned {
            return returned.at_us;
        }
        let trace = &self.outcome.trace;
        let lane = trace.lane(operation.client);
        let from =
            lane.partition_point(|place| trace.records()[*place as usize].id <= operation.invoked.record);
        let after = lane[from..].iter().map(|place| &trace.records()[*place as usize]);
        let mut given_up =
            after.take(LOOK_AHEAD).filter(|r| r.kind == RecordKind::Abandon && r.op == operation.number);
        given_up.next().map_or(self.outcome.ended_us, |record| record.at_us)
    }

    /// Whether the operation is over at the cursor: what became of it is no secret any more.
    pub fn has_ended(&self, operation: &Operation) -> bool {
        match operation.returned {
            Some(returned) => self.cursor.record_id(&self.outcome.trace) >= Some(returned.record),
            None => operation.end != End::Open && self.ends_us(operation) <= self.cursor.at_us,
        }
    }

    /// Whether the reader may see this record: with eyes, only what the node itself did or was told. That a message died, it is not,
    /// and of its own crash it knows nothing.
    pub fn knows(&self, record: &Record) -> bool {
        let told = !matches!(record.kind, RecordKind::Lose | RecordKind::Act | RecordKind::Crash);
        self.sees(record.node) && (told || self.eyes.is_none())
    }

    /// The last record that tells something. That a timer fires or a node boots matters by what it brings about, and is told only where nothing
    /// else has happened for long.
    fn last_told(&self) -> Option<&'a Record> {
        let records = &self.outcome.trace.records()[..self.cursor.index as usize];
        let tells = |record: &&Record| !matches!(record.kind, RecordKind::Timer | RecordKind::Boot);
        let told = records.iter().rev().take(LOOK_BACK).find(tells);
        told.or_else(|| records.last().filter(|last| last.at_us > 0))
    }

    /// The last record that has happened, as a sentence; or that nothing has. With eyes, the last that the node knows of.
    pub fn now(&self) -> String {
        let (transcript, trace) = (self.transcript(), &self.outcome.trace);
        let last = match self.eyes {
            None => self.last_told().map(|record| (self.cursor.at_us, record)),
            Some(eyes) => {
                let lane = trace.lane(eyes);
                let upto = lane.partition_point(|place| *place < self.cursor.index);
                let mut mine = lane[..upto].iter().rev().map(|place| &trace.records()[*place as usize]);
                mine.find(|record| self.knows(record)).map(|record| (record.at_us, record))
            }
        };
        match last {
            Some((at_us, record)) if transcript.is_narration(record) => self.moment(at_us),
            Some((at_us, record)) => format!("{}: {}", self.moment(at_us), transcript.sentence(record)),
            None => format!("{}: nothing has happened yet", self.moment(self.cursor.at_us)),
        }
    }
}

/// What the reader has in focus. Nodes go by their names: of two runs, each has its own cast.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Focus {
    /// Nothing.
    #[default]
    None,
    /// A node.
    Node(Name),
    /// The link between two nodes.
    Link(Name, Name),
    /// A record, by its number.
    Record(u32),
    /// An operation, by its number.
    Operation(u32),
}

/// The part of a run that space-time shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Window {
    /// From, in µs.
    pub from_us: u64,
    /// To, in µs.
    pub to_us: u64,
    /// Equal room for each moment at which something happens, instead of true time.
    pub warped: bool,
}

/// A view's picture: what is drawn, and what stands below it for those who cannot see it or want the figures.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The drawing; views in words have none.
    pub scene: Option<Scene>,
    /// Words and tables: the whole of a view in words, or the text equivalent of the drawing.
    pub text: Option<Element>,
}

impl From<Scene> for Picture {
    fn from(scene: Scene) -> Picture {
        Picture { scene: Some(scene), text: None }
    }
}

impl From<Element> for Picture {
    fn from(text: Element) -> Picture {
        Picture { scene: None, text: Some(text) }
    }
}

/// A view: how links and labs name it, what readers call it, and its function.
pub struct View {
    /// Its id.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Whether a run has what it draws: it is offered only then.
    pub needs: fn(&Shows) -> bool,
    /// Draws it.
    pub draw: fn(&Look<'_>) -> Picture,
}

/// Lists the views: for each word a file of that name with `TITLE`, `needs` and `draw`; `as` another id by which links know it.
macro_rules! views {
    (@id $file:ident) => { stringify!($file) };
    (@id $file:ident $id:ident) => { stringify!($id) };
    ($($file:ident $(as $id:ident)?),* $(,)?) => {
        $(pub mod $file;)*
        /// Every view, in the order in which panels stand.
        pub const VIEWS: &[View] = &[
            $(View { id: views!(@id $file $($id)?), title: $file::TITLE, needs: $file::needs, draw: $file::draw }),*
        ];
    };
}

views! {
    stamps, stage, logs, spacetime, operations, slots, strip, overlap, partitions as ring, rounds, orders, load, fleet, tail, services, states, tenure, beliefs, flow, budget, traffic, matrix, red, usage, heat, waterfall, export,
    charts, inspector, transcript
}

/// The height of a line of [`head`].
const HEAD_LINE: f64 = 15.0;

/// What stands at the top of a picture of that width, in so many lines at the most.
fn head(words: &str, width: f64, most: usize) -> Vec<Mark> {
    let lines = wrap_at_most(words, 12.0, width - 12.0, most);
    let line = |(i, line)| Shape::text(6.0, 13.0 + HEAD_LINE * i as f64, line, Anchor::Start);
    let named = |(i, shape)| mark(format!("head{i}"), Role::InkSoft, shape);
    lines.into_iter().enumerate().map(line).enumerate().map(named).collect()
}

/// What a view needs that draws records, figures or settings alone: nothing that a run might not have.
pub fn any_run(_: &Shows) -> bool {
    true
}

/// The view of that id.
pub fn find(id: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.id == id)
}
