//! What each observer takes each subject for, and what is true, as a run goes on.

use super::Look;
use splitbrain::cast::NodeId;
use splitbrain::lab::shows::{Beliefs, FactId, Observers, Taken, Tells, Truth};
use splitbrain::tell::{SpanKind, spans};
use splitbrain::trace::{Fact, FactKey};

/// What an observer takes a subject for.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Which of the words of its sort; 0 where there is but one.
    pub word: usize,
    /// The record that told it.
    pub record: u32,
    /// Since when, in µs.
    pub since_us: u64,
    /// It is not so.
    pub wrong: bool,
}

/// An observer.
#[derive(Clone, Debug)]
pub struct Row {
    /// Who.
    pub node: NodeId,
    /// How it tells.
    pub tells: Tells,
    /// It is down, and thinks nothing.
    pub is_down: bool,
    /// What it takes each subject for.
    pub cells: Vec<Option<Cell>>,
}

/// All observers at a moment, and what is true.
#[derive(Clone, Debug)]
pub struct Known {
    /// The columns.
    pub subjects: Vec<NodeId>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Which subjects are up.
    pub up: Vec<bool>,
    /// The one of whom it is true, by its place; of truths that are of one.
    pub one: Option<usize>,
    /// Whom each of those who grant it has as holder.
    gave: Vec<(NodeId, Option<usize>)>,
    /// Which subjects say so of themselves, and the number that each told last.
    says: Vec<bool>,
    numbers: Vec<Option<i64>>,
    /// Who said so last, or under the greatest number.
    latest: Option<(i64, usize)>,
    said: i64,
}

/// What an observer's belief is about a whole run.
pub struct History {
    /// As it is at the cursor.
    pub now: Known,
    /// From which moments on how many cells were wrong, in order.
    pub steps: Vec<(u64, usize)>,
}

/// Something that changes what is thought, or what is true.
enum News<'a> {
    Told(NodeId, FactKey, &'a Fact),
    Down(NodeId),
    Up(NodeId),
}

/// After the records of its moment.
const LAST: u32 = u32::MAX;

impl History {
    /// The whole of a run, and what it is at the cursor, with so many rows and columns at the most.
    pub fn of(look: &Look<'_>, beliefs: &Beliefs, most: usize) -> History {
        let mut known = Known::new(look, beliefs, most);
        let (mut now, mut steps) = (None, vec![(0, 0)]);
        let (cursor_us, record) = (look.cursor.at_us, look.cursor.record_id(&look.outcome.trace));
        let has_come = |at_us: u64, of: u32| {
            at_us < cursor_us
                || at_us == cursor_us && (of == LAST || record.is_some_and(|record| of <= record))
        };
        let events = events(look, beliefs, &known);
        for (i, (at_us, record, news)) in events.iter().enumerate() {
            if now.is_none() && !has_come(*at_us, *record) {
                now = Some(known.clone());
            }
            known.take(beliefs, (*at_us, *record), news);
            // What changes again at the same moment never was.
            if events.get(i + 1).is_none_or(|(next_us, ..)| next_us > at_us) {
                let wrong = known.wrong();
                if steps.last().is_some_and(|(_, before)| *before != wrong) {
                    steps.push((*at_us, wrong));
                }
            }
        }
        History { now: now.unwrap_or(known), steps }
    }

    /// The most that were wrong at once.
    pub fn most(&self) -> usize {
        self.steps.iter().map(|(_, wrong)| *wrong).max().unwrap_or(0)
    }
}

/// All that changes what is thought or true, in the order in which it happens.
fn events<'a>(look: &Look<'a>, beliefs: &Beliefs, known: &Known) -> Vec<(u64, u32, News<'a>)> {
    let trace = &look.outcome.trace;
    let mut keys: Vec<(NodeId, FactKey)> = Vec::new();
    let telling: Vec<NodeId> = match beliefs.truth {
        Truth::Granted { .. } => known.gave.iter().map(|(giver, _)| *giver).collect(),
        Truth::Latest { .. } => known.subjects.clone(),
        Truth::Up(_) => Vec::new(),
    };
    for fact in beliefs.truth.facts() {
        keys.extend(telling.iter().map(|node| (*node, fact.key())));
    }
    for row in &known.rows {
        let fact = row.tells.fact();
        match row.tells {
            Tells::Each(..) => {
                keys.extend((0..known.subjects.len()).map(|place| (row.node, fact.at(place as u16))));
            }
            _ if telling.contains(&row.node) && beliefs.truth.facts().contains(&fact) => {}
            _ => keys.push((row.node, fact.key())),
        }
    }
    let mut events = Vec::new();
    for (node, key) in keys {
        events.extend(trace.history(node, key).map(|change| {
            let at_us = trace.get(change.record).map_or(0, |record| record.at_us);
            (at_us, change.record, News::Told(node, key, &change.value))
        }));
    }
    for span in spans(look.scenario, look.outcome) {
        if let SpanKind::Down(node) = span.kind {
            events.push((span.from_us, LAST, News::Down(node)));
            if span.to_us < look.outcome.ended_us {
                events.push((span.to_us, 0, News::Up(node)));
            }
        }
    }
    splitbrain::sorted::sort_by_key(&mut events, |(at_us, record, _)| (*at_us, *record));
    events
}

impl Known {
    fn new(look: &Look<'_>, beliefs: &Beliefs, most: usize) -> Known {
        let cast = &look.outcome.cast;
        let subjects: Vec<NodeId> = cast.of(beliefs.subjects).take(most).collect();
        let row = |tells: Tells, node: NodeId| Row {
            node,
            tells,
            is_down: false,
            cells: vec![None; subjects.len()],
        };
        let of = |of: &Observers| {
            let tells = of.tells;
            cast.of(of.sort).take(most).map(move |node| (tells, node)).collect::<Vec<_>>()
        };
        let rows = beliefs.observers.iter().flat_map(of).filter(|(_, node)| look.sees(*node));
        let gave = match beliefs.truth {
            Truth::Granted { by, .. } => cast.of(by).map(|giver| (giver, None)).collect(),
            _ => Vec::new(),
        };
        let count = subjects.len();
        Known {
            rows: rows.map(|(tells, node)| row(tells, node)).collect(),
            subjects,
            up: vec![true; count],
            one: None,
            gave,
            says: vec![false; count],
            numbers: vec![None; count],
            latest: None,
            said: 0,
        }
    }

    /// How many cells are wrong.
    pub fn wrong(&self) -> usize {
        self.rows.iter().flat_map(|row| &row.cells).flatten().filter(|cell| cell.wrong).count()
    }

    /// The place of a node among the subjects.
    fn place(&self, node: NodeId) -> Option<usize> {
        self.subjects.iter().position(|subject| *subject == node)
    }

    fn take(&mut self, beliefs: &Beliefs, (at_us, record): (u64, u32), news: &News<'_>) {
        let before = self.one;
        let whose = match *news {
            News::Told(node, key, value) => {
                self.learns(beliefs.truth, node, FactId(key.name), value);
                self.thinks(node, key, value, (at_us, record));
                Some(node)
            }
            News::Down(node) | News::Up(node) => {
                self.goes(node, matches!(news, News::Up(_)));
                None
            }
        };
        self.find_one(beliefs.truth);
        let (one, up) = (self.one, &self.up);
        // Where what is true has not changed, only who told something may be wrong now.
        let concerns = |row: &&mut Row| one != before || whose.is_none_or(|whose| whose == row.node);
        for row in self.rows.iter_mut().filter(concerns) {
            let words: &[Taken] = if let Tells::Each(_, words) = row.tells { words } else { &[] };
            for (place, cell) in row.cells.iter_mut().enumerate() {
                let Some(cell) = cell else { continue };
                cell.wrong = match beliefs.truth {
                    Truth::Up(of) => {
                        words.get(cell.word).is_some_and(|word| of.contains(&word.word)) != up[place]
                    }
                    _ => one != Some(place),
                };
            }
        }
    }

    /// A node goes down, or comes up with nothing that it thought.
    fn goes(&mut self, node: NodeId, up: bool) {
        for row in self.rows.iter_mut().filter(|row| row.node == node) {
            row.is_down = !up;
            row.cells.fill(None);
        }
        if let Some(place) = self.place(node) {
            (self.up[place], self.says[place]) = (up, false);
        }
        for (_, holder) in self.gave.iter_mut().filter(|(giver, _)| *giver == node) {
            *holder = None;
        }
    }

    /// Something by which the truth goes.
    fn learns(&mut self, truth: Truth, node: NodeId, told: FactId, value: &Fact) {
        match (truth, self.place(node)) {
            (Truth::Granted { holder, enough, .. }, _) if told == holder => {
                let of = if let Fact::Node(subject) = value { self.place(*subject) } else { None };
                for (_, holder) in self.gave.iter_mut().filter(|(giver, _)| *giver == node) {
                    *holder = of;
                }
                if of.is_some() && self.grants(of) >= enough {
                    self.one = of;
                }
            }
            (Truth::Latest { number: Some(number), .. }, Some(place)) if told == number => {
                self.numbers[place] = if let Fact::Int(number) = value { Some(*number) } else { None };
            }
            (Truth::Latest { fact, word, .. }, Some(place)) if told == fact => {
                self.says[place] = *value == Fact::Word(word);
                if self.says[place] {
                    self.said += 1;
                    let order = self.numbers[place].unwrap_or(self.said);
                    if self.latest.is_none_or(|(before, _)| order >= before) {
                        self.latest = Some((order, place));
                    }
                }
            }
            _ => {}
        }
    }

    /// How many have it as holder.
    fn grants(&self, of: Option<usize>) -> usize {
        self.gave.iter().filter(|(_, holder)| *holder == of).count()
    }

    /// Of whom it is true now.
    fn find_one(&mut self, truth: Truth) {
        match truth {
            Truth::Granted { enough, .. } => {
                let enough = |place: &usize| self.grants(Some(*place)) >= enough;
                self.one = self.one.filter(enough).or_else(|| (0..self.subjects.len()).find(enough));
            }
            Truth::Latest { .. } => {
                let latest = self.latest.map(|(_, place)| place);
                self.one = latest.filter(|place| self.says[*place] && self.up[*place]);
            }
            Truth::Up(_) => {}
        }
    }

    /// An observer tells what it thinks.
    fn thinks(&mut self, node: NodeId, key: FactKey, value: &Fact, (since_us, record): (u64, u32)) {
        let (mine, is) = (self.place(node), |word| Cell { word, record, since_us, wrong: false });
        let one = if let Fact::Node(subject) = value { self.place(*subject) } else { None };
        for row in self.rows.iter_mut().filter(|row| row.node == node && row.tells.fact().0 == key.name) {
            let (place, cell) = match row.tells {
                Tells::One(..) => (one, Some(is(0))),
                Tells::Itself(_, word, _) => (mine.filter(|_| *value == Fact::Word(word)), Some(is(0))),
                Tells::Each(_, words) => {
                    let known = words.iter().position(|word| *value == Fact::Word(word.word));
                    (Some(usize::from(key.index)), known.map(is))
                }
            };
            if !matches!(row.tells, Tells::Each(..)) {
                row.cells.fill(None);
            }
            if let Some(place) = place.filter(|place| *place < row.cells.len()) {
                row.cells[place] = cell;
            }
        }
    }
}
