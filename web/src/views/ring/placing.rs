//! What the run's facts tell of partitioning at the cursor: who owns what, before and after a change, and what moves.

use crate::scene::Role;
use crate::views::Look;
use splitbrain::cast::{NodeId, Sort};
use splitbrain::params::Value;
use splitbrain::trace::{Fact, FactKey, Stretches};

/// A node and what it has.
#[derive(Clone, Debug)]
pub struct Member {
    /// Which.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// `in`, `out`, `joining` or `leaving`.
    pub state: String,
    /// Rows that it owns now.
    pub rows: i64,
    /// Before the change that is shown, and after it.
    pub rows_before: i64,
    /// After it; as before where there is no change.
    pub rows_after: i64,
    /// Its fair share of the rows: by weight among those who are members after the change, or now where there is none.
    pub fair: f64,
    /// What is asked of it, as a share of what it can do.
    pub load: f64,
    /// Requests that wait at it.
    pub waiting: i64,
    /// Its stretches before.
    pub before: Stretches,
    /// Its stretches after.
    pub after: Stretches,
}

impl Member {
    /// Its colour: that of its number among the servers.
    pub fn role(&self) -> Role {
        Role::series(self.node.index())
    }
}

/// Partitioning at the cursor.
#[derive(Clone, Debug)]
pub struct Placing {
    /// Those that are members before or after the change.
    pub members: Vec<Member>,
    /// `steady`, `planned`, `moving` or `moved`.
    pub phase: String,
    /// How much of the change has come, in hundredths.
    pub moved: i64,
    /// What the change moves: giver, taker, rows.
    pub moves: Vec<(NodeId, NodeId, i64)>,
    /// Places of some rows.
    pub sample: Vec<u16>,
    /// The strategy's word and label.
    pub strategy: (&'static str, &'static str),
    /// How many rows there are.
    pub rows: i64,
}

impl Placing {
    /// Reads it; none where the lab has no partitions.
    pub fn of(look: &Look<'_>) -> Option<Placing> {
        let facts = look.lab.meta().facts;
        let name = |word: &str| facts.iter().position(|fact| fact.name == word).map(|at| at as u8);
        let (rows, moves) = (name("rows")?, name("moves")?);
        let trace = &look.outcome.trace;
        // Before the first record the nodes are shown as they come up.
        let up = look.outcome.cast.len().saturating_sub(1) as u32;
        let record = look.cursor.record_id(trace).map_or(up, |id| id.max(up));
        let fact = |node: NodeId, fact: Option<u8>| trace.fact_at(node, FactKey { name: fact?, index: 0 }, record);
        let int = |node: NodeId, which: Option<u8>| match fact(node, which) {
            Some(Fact::Int(n)) => Some(*n),
            _ => None,
        };
        let text = |node: NodeId, which: Option<u8>| match fact(node, which) {
            Some(Fact::Text(text)) => text,
            Some(Fact::Word(word)) => *word,
            _ => "",
        };
        let router = look.outcome.cast.of(Sort::Coordinator).next()?;
        let phase = text(router, name("role"));
        let changes = phase != "steady";
        let stretches = |node: NodeId, which: Option<u8>| match fact(node, which) {
            Some(Fact::Stretches(stretches)) => stretches.clone(),
            _ => Stretches::default(),
        };
        let member = |node: NodeId| {
            let now = int(node, Some(rows)).unwrap_or(0);
            let before = stretches(node, name("stretches before"));
            let after = if changes { stretches(node, name("stretches after")) } else { before.clone() };
            Member {
                node,
                name: look.name(node),
                state: text(node, name("role")).to_owned(),
                rows: now,
                rows_before: int(node, name("rows before")).filter(|_| changes).unwrap_or(now),
                rows_after: int(node, name("rows after")).filter(|_| changes).unwrap_or(now),
                fair: int(node, name("weight")).unwrap_or_else(|| configured_weight(look, node)) as f64,
                load: int(node, name("load")).unwrap_or(0) as f64 / 1e6,
                waiting: int(node, name("waiting")).unwrap_or(0),
                before,
                after,
            }
        };
        let members = look.outcome.cast.of(Sort::Server).map(member);
        let takes_part = |m: &Member| m.state != "out" || m.rows_before + m.rows_after > 0 && m.rows + m.rows_after > 0;
        let total = match look.scenario.value(look.lab, "keys") {
            Some(Value::Int(n)) => *n,
            _ => return None,
        };
        let mut members: Vec<Member> = members.filter(takes_part).collect();
        share_out(&mut members, total);
        Some(Placing {
            members,
            moved: int(router, name("moved")).unwrap_or(0),
            moves: moves_of(look, text(router, Some(moves))),
            sample: text(router, name("sample")).split(' ').filter_map(|p| u16::from_str_radix(p, 16).ok()).collect(),
            strategy: strategy(look)?,
            rows: total,
            phase: phase.to_owned(),
        })
    }

    /// Whether a change is planned, under way or over.
    pub fn changes(&self) -> bool {
        self.phase != "steady"
    }

    /// The indexes among the members of who owns places, which ascend: each before and after.
    pub fn owners(&self, places: &[u16]) -> Vec<[Option<usize>; 2]> {
        let mut owners = vec![[None; 2]; places.len()];
        let mut own = |side: usize, member: usize, first: u16, last: u16| {
            let from = places.partition_point(|place| *place < first);
            let within = places[from..].iter().take_while(|place| **place <= last).count();
            for owner in &mut owners[from..from + within] {
                owner[side].get_or_insert(member);
            }
        };
        for (i, member) in self.members.iter().enumerate() {
            for (side, stretches) in [&member.before, &member.after].into_iter().enumerate() {
                for (first, last) in stretches.iter().copied() {
                    if first <= last {
                        own(side, i, first, last);
                    } else {
                        own(side, i, first, u16::MAX);
                        own(side, i, 0, last);
                    }
                }
            }
        }
        owners
    }

    /// What the change comes to, in a few words.
    pub fn progress(&self) -> String {
        match self.phase.as_str() {
            "planned" => "will move".into(),
            "moving" => format!("move, {} % done", self.moved),
            _ => "have moved".into(),
        }
    }

    /// Rows (or their copies) that the change moves.
    pub fn moving(&self) -> i64 {
        self.moves.iter().map(|(_, _, rows)| rows).sum()
    }

    /// How many members there are before, and after.
    pub fn sizes(&self) -> (usize, usize) {
        let count = |rows: fn(&Member) -> i64| self.members.iter().filter(|m| rows(m) > 0).count();
        (count(|m| m.rows_before), count(|m| m.rows_after))
    }
}

/// What a node weighs as long as nobody asks for anything else.
fn configured_weight(look: &Look<'_>, node: NodeId) -> i64 {
    let int = |key: &str| match look.scenario.value(look.lab, key) {
        Some(Value::Int(n)) => *n,
        _ => 1,
    };
    if (node.index() as i64) < int("big") { int("weight") } else { 1 }
}

/// Gives every member its fair share, of what it weighs.
fn share_out(members: &mut [Member], rows: i64) {
    let weights: f64 = members.iter().filter(|m| m.rows_after > 0).map(|m| m.fair).sum();
    for member in members {
        member.fair = if member.rows_after > 0 { rows as f64 * member.fair / weights.max(1.0) } else { 0.0 };
    }
}

fn strategy(look: &Look<'_>) -> Option<(&'static str, &'static str)> {
    let param = look.lab.params().iter().find(|param| param.key == "strategy")?;
    match (&param.kind, look.scenario.value(look.lab, "strategy")) {
        (splitbrain::params::Kind::Choice { words, .. }, Some(Value::Choice(at))) => {
            let word = words.get(usize::from(*at))?;
            Some((word.word, word.label))
        }
        _ => None,
    }
}

fn moves_of(look: &Look<'_>, text: &str) -> Vec<(NodeId, NodeId, i64)> {
    let node = |name: &str| look.outcome.cast.find(name.parse().ok()?);
    let read = |part: &str| {
        let (pair, rows) = part.split_once(':')?;
        let (from, to) = pair.split_once('-')?;
        Some((node(from)?, node(to)?, rows.parse().ok()?))
    };
    text.split(' ').filter_map(read).collect()
}

/// A share in hundredths: 25 %, and 2.5 % when it is small.
pub fn percent(part: i64, whole: i64) -> String {
    let share = if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 };
    if share < 9.95 && share > 0.0 { format!("{share:.1} %") } else { format!("{share:.0} %") }
}

/// A count with its thousands parted.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let parted: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|c| std::str::from_utf8(c).expect("digits")).collect();
    parted.join(",")
}
