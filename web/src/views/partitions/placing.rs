//! What the run's facts tell of partitioning at the cursor: who owns what, before and after a change, and what moves.

use crate::scene::Role;
use crate::views::Look;
use splitbrain::cast::NodeId;
use splitbrain::lab::shows::{FactId, Heavy, Phase, Space, Standing};
use splitbrain::trace::{Fact, Stretches};

/// A node and what it has.
#[derive(Clone, Debug)]
pub struct Member {
    /// Which.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// Where it stands; none before it has said so.
    pub standing: Option<Standing>,
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
    /// How far the change is, if there is one.
    pub phase: Phase,
    /// How much of the change has come, in hundredths.
    pub moved: i64,
    /// What the change moves: giver, taker, rows.
    pub moves: Vec<(NodeId, NodeId, i64)>,
    /// Places of some rows.
    pub sample: Vec<u16>,
    /// What rows are placed in.
    pub space: Space,
    /// How a row finds its node.
    pub by: &'static str,
    /// How many rows there are.
    pub rows: i64,
    /// By which share more than is fair a node may hold: ε.
    pub slack: f64,
}

impl Placing {
    /// Reads it; none where the lab has no partitions.
    pub fn of(look: &Look<'_>) -> Option<Placing> {
        let partition = look.shows().partition?;
        let (held, router) = (partition.held, partition.router);
        let trace = &look.outcome.trace;
        // Before the first record the nodes are shown as they come up.
        let up = look.outcome.cast.len().saturating_sub(1) as u32;
        let record = look.cursor.record_id(trace).map_or(up, |id| id.max(up));
        let fact = |node: NodeId, fact: FactId| trace.fact_at(node, fact.key(), record);
        let int = |node: NodeId, which: FactId| match fact(node, which) {
            Some(Fact::Int(n)) => Some(*n),
            _ => None,
        };
        let text = |node: NodeId, which: FactId| match fact(node, which) {
            Some(Fact::Text(text)) => text,
            Some(Fact::Word(word)) => *word,
            _ => "",
        };
        let stretches = |node: NodeId, which: FactId| match fact(node, which) {
            Some(Fact::Stretches(stretches)) => stretches.clone(),
            _ => Stretches::default(),
        };
        let phase = meaning(partition.phases, text(router, partition.phase)).unwrap_or(Phase::Planned);
        let changes = phase != Phase::Steady;
        let member = |node: NodeId| {
            let now = int(node, held.now).unwrap_or(0);
            let before = stretches(node, held.stretches_before);
            let after = if changes { stretches(node, held.stretches_after) } else { before.clone() };
            Member {
                node,
                name: look.name(node),
                standing: meaning(partition.standings, text(node, held.standing)),
                rows: now,
                rows_before: int(node, held.before).filter(|_| changes).unwrap_or(now),
                rows_after: int(node, held.after).filter(|_| changes).unwrap_or(now),
                fair: int(node, held.weight).unwrap_or_else(|| configured_weight(look, node, partition.heavy)) as f64,
                load: int(node, held.load).unwrap_or(0) as f64 / 1e6,
                waiting: int(node, held.waiting).unwrap_or(0),
                before,
                after,
            }
        };
        let members = look.outcome.cast.of(partition.sort).map(member);
        let is_out = |m: &Member| m.standing == Some(Standing::Out);
        let takes_part = |m: &Member| !is_out(m) || m.rows_before + m.rows_after > 0 && m.rows + m.rows_after > 0;
        let mut members: Vec<Member> = members.filter(takes_part).collect();
        let rows = i64::from(partition.rows);
        share_out(&mut members, rows);
        let sample = text(router, partition.sample).split(' ');
        Some(Placing {
            members,
            moved: int(router, partition.moved).unwrap_or(0),
            moves: moves_of(look, text(router, partition.moves)),
            sample: sample.filter_map(|p| u16::from_str_radix(p, 16).ok()).collect(),
            space: partition.space,
            by: partition.by,
            rows,
            slack: f64::from(partition.slack_millionths) / 1e6,
            phase,
        })
    }

    /// The most rows that a node is to hold.
    pub fn bound(&self, member: &Member) -> f64 {
        libm::ceil((1.0 + self.slack) * member.fair)
    }

    /// Whether a change is planned, under way or over.
    pub fn changes(&self) -> bool {
        self.phase != Phase::Steady
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
        match self.phase {
            Phase::Planned => "will move".into(),
            Phase::Moving => format!("move, {} % done", self.moved),
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

/// What a word means.
fn meaning<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
}

/// What a node weighs as long as nobody asks for anything else.
fn configured_weight(look: &Look<'_>, node: NodeId, heavy: Heavy) -> i64 {
    let number = look.outcome.cast.sort(node).1;
    if u32::from(number) < heavy.nodes { i64::from(heavy.weight) } else { 1 }
}

/// Gives every member its fair share, of what it weighs.
fn share_out(members: &mut [Member], rows: i64) {
    let weights: f64 = members.iter().filter(|m| m.rows_after > 0).map(|m| m.fair).sum();
    for member in members {
        member.fair = if member.rows_after > 0 { rows as f64 * member.fair / weights.max(1.0) } else { 0.0 };
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
