//! The overlap: N replicas, the W that a write waits for, the R that a read waits for, and what they must have in common.

use super::{Look, Picture, grid};
use crate::scene::{Anchor, Dash, Emphasis, Mark, Role, Scene, Shape, mark};
use crate::text_width::{bold_text_width, wrap_at_most, wrap_text};
use splitbrain::cast::{NodeId, Sort};
use splitbrain::lab::{End, MessageRole, Operation, Shows};
use splitbrain::lab::shows::{Set as Quorum, Sets};
use splitbrain::trace::{RecordKind, Trace};
use splitbrain::sorted::Set;

/// The panel's title.
pub const TITLE: &str = "Overlap";

/// The most circles.
const MAX_N: usize = 12;
/// The most records of an operation that are looked through for its acknowledgements.
const MAX_RECORDS: usize = 4_000;

/// Sets that writes and reads wait for.
pub fn needs(shows: &Shows) -> bool {
    shows.sets.is_some()
}

/// Draws the sets: in general, and of the latest write and read.
pub fn draw(look: &Look<'_>) -> Picture {
    let width = f64::from(look.width);
    let Some(sets) = look.shows().sets else {
        return grid::only_words(look, "overlap", TITLE, "Nothing waits for a set of nodes in this run.");
    };
    let Sets { writes, reads, .. } = sets;
    let sentences = formulas(&sets);
    let formulas: Vec<(Role, String)> = sentences
        .iter()
        .flat_map(|(role, sentence)| wrap_text(sentence, 13.0, width - 16.0).into_iter().map(|line| (*role, line)))
        .collect();
    // Room for two lines each where the paper is narrow, so that nothing moves when a sentence changes.
    let top = if width < 600.0 { 234.0 } else { 192.0 };
    let mut scene = Scene::new(format!("{}-overlap", look.id), width, top + 144.0, TITLE);
    scene.marks.extend(worst_case(width, &sets));
    for (i, (role, line)) in formulas.into_iter().enumerate() {
        let shape = Shape::text(8.0, 142.0 + 19.0 * i as f64, line, Anchor::Start).sized(13.0);
        scene.push(mark(format!("formula{i}"), role, shape));
    }
    let (write, read) = (latest(look, true), latest(look, false));
    let reached = [("write", writes, write), ("read", reads, read)].map(|(what, set, operation)| {
        let members = operation.map(|o| answered(look, o, set.size as usize)).unwrap_or_default();
        Reached { what, letter: set.letter, operation, members }
    });
    let said = actual(look, &mut scene, top, &sets, &reached);
    let lead = sentences.iter().map(|(_, sentence)| sentence.as_str()).collect::<Vec<_>>().join(" ");
    scene.describe(format!("{lead} {said}")).into()
}

/// N circles in a row; W from the left, R from the right: no two such sets share fewer.
fn worst_case(width: f64, sets: &Sets) -> Vec<Mark> {
    let [shown, w, r] = [sets.all, sets.writes, sets.reads].map(|set| set.size as usize);
    let shown = shown.clamp(1, MAX_N);
    let step = ((width - 40.0) / shown as f64).min(72.0);
    let left = width / 2.0 - step * shown as f64 / 2.0;
    let x = |i: usize| left + step * (i as f64 + 0.5);
    let radius = (step * 0.36).min(18.0);
    let mut marks = Vec::new();
    let (w, r) = (w.min(shown), r.min(shown));
    marks.extend(bracket(sets.writes.letter, Role::Series1, x(0) - radius - 6.0, x(w.max(1) - 1) + radius + 6.0, 22.0, true));
    marks.extend(bracket(sets.reads.letter, Role::Series2, x(shown - r.max(1)) - radius - 6.0, x(shown - 1) + radius + 6.0, 112.0, false));
    for i in 0..shown {
        let (writes, reads) = (i < w, i + r >= shown);
        marks.extend(member(&format!("all{i}"), (x(i), 67.0), radius, sets, (writes, reads)));
    }
    marks
}

/// A set as a bracket with its letter.
fn bracket(letter: &str, role: Role, from: f64, to: f64, y: f64, above: bool) -> Vec<Mark> {
    let (tip, text) = if above { (y + 14.0, y + 2.0) } else { (y - 14.0, y + 10.0) };
    let points = vec![(from, tip), (from, (y + tip) / 2.0), (to, (y + tip) / 2.0), (to, tip)];
    vec![
        mark(format!("bracket-{letter}"), role, Shape::path(points)).emphasis(Emphasis::Lit),
        mark(format!("letter-{letter}"), Role::Ink, Shape::text((from + to) / 2.0, text, letter, Anchor::Middle).sized(14.0).bold()),
    ]
}

/// A replica: its letters tell which sets it is in; one in both has a second rim.
fn member(key: &str, at: (f64, f64), r: f64, sets: &Sets, (writes, reads): (bool, bool)) -> Vec<Mark> {
    let both = writes && reads;
    let role = match (writes, reads) {
        (true, true) => Role::NodeLead,
        (false, false) => Role::Client,
        _ => Role::NodeUp,
    };
    let letters = [(writes, sets.writes.letter), (reads, sets.reads.letter)];
    let letters: String = letters.iter().filter(|(is_in, _)| *is_in).map(|(_, letter)| *letter).collect();
    let mut parts = vec![mark("disc", role, Shape::circle(0.0, 0.0, r))];
    if both {
        parts.insert(0, mark("rim", role, Shape::circle(0.0, 0.0, r + 3.0)));
    }
    if !letters.is_empty() && bold_text_width(&letters, 12.0) < 2.0 * r {
        parts.push(mark("letters", Role::Ink, Shape::text(0.0, 4.5, letters, Anchor::Middle).bold()));
    }
    let title = match (writes, reads) {
        (true, true) => "in both",
        (true, false) => "in the write set",
        (false, true) => "in the read set",
        (false, false) => "in neither",
    };
    vec![mark(key, role, Shape::Group(parts)).at(at.0, at.1).title(title)]
}

fn formulas(sets: &Sets) -> Vec<(Role, String)> {
    let Sets { all: Quorum { letter: all, size: n }, writes: Quorum { letter: write, size: w }, reads: Quorum { letter: read, size: r } } = *sets;
    let shared = i64::from(w) + i64::from(r) - i64::from(n);
    let meets = match shared {
        1.. => (
            Role::Kept,
            format!("✓ {write} + {read} − {all} = {w} + {r} − {n} = {shared}: every read set meets every write set."),
        ),
        _ => (
            Role::Broken,
            format!("✕ {write} + {read} = {w} + {r} ≤ {all} = {n}: a read set may miss a write set altogether."),
        ),
    };
    let writes = match 2 * w > n {
        true => (Role::Kept, format!("✓ {write} = {w} > {all}/2 = {}: two write sets always meet.", half(n))),
        false => (Role::Broken, format!("✕ {write} = {w} ≤ {all}/2 = {}: two writes may not meet.", half(n))),
    };
    vec![meets, writes]
}

fn half(n: u32) -> String {
    if n.is_multiple_of(2) { (n / 2).to_string() } else { format!("{}.5", n / 2) }
}

/// The latest write or read that ended well before the cursor.
fn latest<'a>(look: &Look<'a>, writes: bool) -> Option<&'a Operation> {
    let operations = &look.outcome.operations;
    let upto = operations.partition_point(|o| o.invoked.at_us <= look.cursor.at_us);
    let done = |o: &&Operation| {
        o.end == End::Ok
            && o.effect.is_some_and(|effect| effect.writes == writes)
            && o.returned.is_some_and(|returned| returned.at_us <= look.cursor.at_us)
    };
    // Operations that began later may have ended earlier, but few are open at once.
    operations[..upto].iter().rev().take(100).filter(done).max_by_key(|o| o.returned)
}

/// The servers whose acknowledgements or answers came before the operation returned, the first `most` of them.
fn answered(look: &Look<'_>, operation: &Operation, most: usize) -> Set<NodeId> {
    let trace: &Trace = &look.outcome.trace;
    let (Some(from), Some(returned)) = (trace.index_of(operation.invoked.record), operation.returned) else {
        return Set::new();
    };
    let kinds = look.lab.meta().kinds;
    let records = trace.records()[from..].iter().take(MAX_RECORDS).take_while(|r| r.id <= returned.record);
    let is_server = |node: NodeId| look.outcome.cast.sort(node).0 == Sort::Server;
    let mut set = Set::new();
    for record in records.filter(|r| r.op == operation.number && r.kind == RecordKind::Deliver) {
        let member = match kinds.get(usize::from(record.message)).map(|kind| kind.role) {
            // A server that coordinates answers itself without a message.
            Some(MessageRole::Request) if is_server(record.node) => record.node,
            Some(MessageRole::Ack) if is_server(record.peer) => record.peer,
            _ => continue,
        };
        if set.len() < most {
            set.insert(member);
        }
    }
    set
}

/// The set that the latest write or read reached.
struct Reached<'a> {
    what: &'static str,
    letter: &'static str,
    operation: Option<&'a Operation>,
    members: Set<NodeId>,
}

/// The sets of the latest write and read, on the servers by name.
fn actual(look: &Look<'_>, scene: &mut Scene, top: f64, sets: &Sets, reached: &[Reached<'_>; 2]) -> String {
    let (width, n) = (f64::from(look.width), sets.all.size as usize);
    scene.push(mark("rule", Role::Grid, Shape::dashed((8.0, top - 4.0), (width - 8.0, top - 4.0), Dash::Solid)));
    let mut sentences = Vec::new();
    for (i, Reached { what, letter, operation, members }) in reached.iter().enumerate() {
        let words = match operation {
            None => format!("No {what} has ended yet."),
            Some(o) => {
                let names: Vec<String> = members.iter().map(|node| look.name(*node)).collect();
                format!("{letter} = {{{}}} by the latest {what}, {}.", names.join(", "), look.asked(o))
            }
        };
        let line = wrap_at_most(&words, 12.0, width - 16.0, 1).remove(0);
        let shape = Shape::text(8.0, top + 16.0 + 18.0 * i as f64, line, Anchor::Start);
        scene.push(mark(format!("set-{letter}"), Role::Ink, shape));
        sentences.push(words);
    }
    let servers: Vec<NodeId> = look.outcome.cast.of(Sort::Server).take(n.max(1)).take(MAX_N).collect();
    let step = ((width - 40.0) / servers.len().max(1) as f64).min(72.0);
    let left = width / 2.0 - step * servers.len() as f64 / 2.0;
    for (i, server) in servers.iter().enumerate() {
        let (writes, reads) = (reached[0].members.contains(server), reached[1].members.contains(server));
        let (x, radius) = (left + step * (i as f64 + 0.5), (step * 0.34).min(18.0));
        let name = look.name(*server);
        scene.marks.extend(member(&format!("now-{name}"), (x, top + 76.0), radius, sets, (writes, reads)));
        let shape = Shape::text(x, top + 114.0, name, Anchor::Middle);
        scene.push(mark(format!("label{i}"), Role::Ink, if writes && reads { shape.bold() } else { shape }));
    }
    if reached.iter().all(|set| set.operation.is_some()) {
        let both = reached[0].members.iter().filter(|node| reached[1].members.contains(node));
        let shared: Vec<String> = both.map(|node| look.name(*node)).collect();
        let words = match shared.is_empty() {
            true => "They have no replica in common.".to_owned(),
            false => format!("They share {}.", shared.join(", ")),
        };
        let role = if shared.is_empty() { Role::Broken } else { Role::Kept };
        scene.push(mark("shared", role, Shape::text(width / 2.0, top + 134.0, words.clone(), Anchor::Middle).bold()));
        sentences.push(words);
    }
    sentences.join(" ")
}
