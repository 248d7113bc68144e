//! The history of operations: a row for each client, a bar from invocation to return, and the checker's answer to what has happened up to the
//! cursor drawn into it.

use super::badge::Badge;
use super::labels::Labels;
use super::stretch::Stretch;
use super::{Focus, Look, Picture};
use crate::scene::{Anchor, Curve, Dash, Emphasis, Mark, Role, Scene, Shape, joined, mark};
use crate::text_width::{BOLD, bold_text_width, text_width, wrap_at_most};
use std::cell::RefCell;
use std::rc::Rc;
use splitbrain::cast::{NodeId, Sort};
use splitbrain::check::{Judgement, Names, linearizable};
use splitbrain::lab::{End, Operation, key_name};
use splitbrain::trace::Mark as When;
use splitbrain::sorted::Map;

pub use super::any_run as needs;

/// The panel's title.
pub const TITLE: &str = "Operations";

/// The most operations of a picture: a run with more shows those around the cursor.
const MAX_OPERATIONS: usize = 60;
/// The most rows.
const MAX_ROWS: usize = 12;
/// A longer history is not judged here: its light says what came out.
const MAX_JUDGED: usize = 1_000;
/// Steps that the checker may take for a picture; ordinary histories take a few for each operation.
const BUDGET: u64 = 20_000;
const ROW: f64 = 50.0;
/// Two lines of words, the key and the first row's words stand above.
const TOP: f64 = 66.0;
/// Outcomes whose answers are kept: those of two runs beside each other, and those before.
const KEPT: usize = 4;

/// How the words on the bars are to be read.
const KEY: &str = "x←4 (box): 4 written. x=4 (round): 4 read.";

thread_local! {
    /// The latest answers: the checker is asked once for an outcome, not at each redraw.
    static ANSWERS: RefCell<Vec<(Question, Rc<Answer>)>> = const { RefCell::new(Vec::new()) };
}

/// What decides an answer: the lab, everything that happened (its digest), how many operations have begun and ended at the cursor, and whether
/// somebody in it looks on.
type Question = (&'static str, u64, usize, usize, bool);

/// The checker's answer about what has happened of an outcome.
fn answer(look: &Look<'_>) -> Rc<Answer> {
    let begun = look.outcome.operations.iter().take_while(|operation| has_begun(look, operation));
    let (begun, ended) = begun.fold((0, 0), |(begun, ended), o| (begun + 1, ended + usize::from(look.has_ended(o))));
    let question = (look.lab.meta().id, look.outcome.digest, begun, ended, look.eyes.is_some());
    ANSWERS.with_borrow_mut(|answers| {
        if let Some((_, answer)) = answers.iter().find(|(asked, _)| *asked == question) {
            return answer.clone();
        }
        let answer = Rc::new(judge(look, begun));
        answers.truncate(KEPT - 1);
        answers.insert(0, (question, answer.clone()));
        answer
    })
}

/// Whether the operation has been asked for at the cursor.
fn has_begun(look: &Look<'_>, operation: &Operation) -> bool {
    look.cursor.record_id(&look.outcome.trace) >= Some(operation.invoked.record)
}

/// What the checker says, by place among the outcome's operations.
struct Answer {
    /// For each operation that has one, the moment at which it takes effect in the order that was found.
    points: Map<usize, u64>,
    /// The orders, one for each key.
    orders: Vec<Vec<usize>>,
    /// The operation that fits nowhere, and why.
    misfit: Option<(usize, String)>,
    words: String,
}

/// Draws the operations of the run, or those around the cursor.
pub fn draw(look: &Look<'_>) -> Picture {
    let operations = &look.outcome.operations;
    let clients = rows(look);
    let answer = answer(look);
    let (from, to) = range(look);
    let shown = &operations[from..to];
    let widest = clients.iter().map(|client| bold_text_width(&look.name(*client), 13.0)).fold(0.0, f64::max);
    let stretch = Stretch::whole(look, (widest + 10.0).max(if look.width < 600 { 30.0 } else { 44.0 }));
    // Operations last a hundredth of the time between them: each beginning and end has the same room.
    // The same moments for both of two runs beside each other.
    let mut moments = ends_and_beginnings(look);
    moments.extend(look.other().iter().flat_map(ends_and_beginnings));
    let stretch = match (moments.iter().min().copied(), moments.iter().max().copied()) {
        (Some(first_us), Some(last_us)) => stretch.part(first_us.saturating_sub(1), last_us).warped(moments),
        _ => stretch,
    };
    let bottom = TOP + ROW * clients.len().max(1) as f64;
    let height = bottom + 30.0;
    let mut scene = Scene::new(format!("{}-operations", look.id), f64::from(look.width), height, TITLE);
    let verdict_role = match (&answer.misfit, answer.orders.is_empty()) {
        (Some(_), _) => Role::Broken,
        (None, false) => Role::Kept,
        (None, true) => Role::Unknown,
    };
    // Bold words are wider than they are measured.
    let room = f64::from(look.width) - 16.0;
    let said = wrap_at_most(&answer.words, 12.0, room / BOLD, 2).into_iter().map(|line| (verdict_role, line));
    // Only reads and writes are shortened.
    let shortened = shown.iter().any(|operation| operation.effect.is_some());
    let key = shortened.then(|| (Role::InkSoft, KEY.to_owned()));
    for (i, (role, line)) in said.chain(key).enumerate() {
        let shape = Shape::text(8.0, 14.0 + 15.0 * i as f64, line, Anchor::Start);
        scene.push(mark(format!("head{i}"), role, if role == verdict_role { shape.bold() } else { shape }));
    }
    for (i, client) in clients.iter().enumerate() {
        let y = TOP + ROW * i as f64 + 28.0;
        let name = look.name(*client);
        scene.push(mark(format!("lane-{name}"), Role::Grid, Shape::line((stretch.left, y), (stretch.right, y))));
        let shape = Shape::text(stretch.left - 8.0, y - 4.0, name.clone(), Anchor::End).sized(13.0).bold();
        scene.push(mark(format!("name-{name}"), Role::Ink, shape));
    }
    let mut labels = Labels::new(MAX_OPERATIONS, f64::from(look.width), height);
    let row = |client: NodeId| clients.iter().position(|c| *c == client).map(|i| TOP + ROW * i as f64 + 28.0);
    let mut words = Vec::new();
    for (place, operation) in operations.iter().enumerate().take(to).skip(from) {
        if let Some(y) = row(operation.client) {
            let misfit = answer.misfit.as_ref().is_some_and(|misfit| misfit.0 == place);
            let (bar, said) = bar(look, &stretch, operation, y, misfit, &mut labels);
            scene.push(bar);
            words.extend(said);
            let reason = Badge::of(look, operation).and_then(|badge| reason(look, &stretch, operation, y, &badge, &mut labels));
            words.extend(reason);
        }
    }
    scene.marks.extend(threads(look, &answer, &stretch, (from, to), &row));
    // Above the threads, so that none strikes them through.
    scene.marks.extend(words);
    scene.marks.extend(stretch.axis(look, TOP - 4.0, bottom));
    let sentence = describe(look, &answer, (from, to));
    scene.describe(sentence).into()
}

/// The moments at which operations that are drawn begin and end.
fn ends_and_beginnings(look: &Look<'_>) -> Vec<u64> {
    let (from, to) = range(look);
    look.outcome.operations[from..to].iter().flat_map(|o| [o.invoked.at_us, look.ends_us(o)]).collect()
}

fn rows(look: &Look<'_>) -> Vec<NodeId> {
    let cast = &look.outcome.cast;
    let mut rows: Vec<NodeId> = cast.of(Sort::Client).take(MAX_ROWS).collect();
    // Labs without clients ask by other nodes.
    for operation in look.outcome.operations.iter().take(MAX_OPERATIONS) {
        if cast.sort(operation.client).0 != Sort::Client && rows.len() < MAX_ROWS && !rows.contains(&operation.client) {
            rows.push(operation.client);
        }
    }
    rows.retain(|row| look.sees(*row));
    splitbrain::sorted::sort(&mut rows);
    rows
}

/// The operations that are drawn: all, or as many as can be read around the one in focus or the cursor.
fn range(look: &Look<'_>) -> (usize, usize) {
    let operations = &look.outcome.operations;
    let most = match look.width {
        0..600 => 14,
        600..1000 => 32,
        _ => MAX_OPERATIONS,
    };
    if operations.len() <= most {
        return (0, operations.len());
    }
    let at_cursor = operations.partition_point(|o| o.invoked.at_us <= look.cursor.at_us);
    let middle = match look.focus {
        Focus::Operation(number) => operations.partition_point(|o| o.number < number),
        _ => at_cursor,
    };
    let from = middle.saturating_sub(most * 2 / 3).min(operations.len() - most);
    (from, from + most)
}

/// What there is to say of the first so many operations, as far as they have ended at the cursor.
fn judge(look: &Look<'_>, begun: usize) -> Answer {
    let so_far = |operation: &Operation| match look.has_ended(operation) {
        true => operation.clone(),
        false => Operation { returned: None, response: None, answer: None, end: End::Open, ..operation.clone() },
    };
    let silent = |words: &str| Answer {
        points: Map::new(),
        orders: Vec::new(),
        misfit: None,
        words: words.to_owned(),
    };
    if look.outcome.operations.is_empty() {
        return silent("No operations were recorded.");
    }
    if look.eyes.is_some() {
        return silent("Nobody taking part can see the whole history.");
    }
    let operations: Vec<Operation> = look.outcome.operations[..begun].iter().map(so_far).collect();
    if operations.len() > MAX_JUDGED {
        return silent("Too many operations to draw an order of all of them: see the light.");
    }
    if begun == 0 {
        return silent("Nothing has been asked yet.");
    }
    let (history, places) = Operation::history(&operations);
    if places.is_empty() {
        return silent("These operations are no reads and writes of a register.");
    }
    let client = |client: u32| look.outcome.cast.name(NodeId(client as u16)).to_string();
    let names = Names { client: &client, key: &|key| key_name(key as u16) };
    let ordered = |order: &[usize]| order.iter().map(|i| places[*i]).collect::<Vec<usize>>();
    match linearizable::judge(&history, BUDGET) {
        Judgement::Kept { orders } => {
            let orders: Vec<Vec<usize>> = orders.iter().map(|order| ordered(order)).collect();
            let points = orders.iter().flat_map(|order| points(&operations, order)).collect();
            let words = "One order fits all answers so far: each dot is the moment at which its operation takes effect.";
            Answer { points, orders, misfit: None, words: words.into() }
        }
        Judgement::Broken(broken) => {
            let order = ordered(&broken.order);
            let points = points(&operations, &order).into_iter().collect();
            let why = broken.sentence(&history, &names);
            // What a light says need not be said again.
            let mut said = look.outcome.verdicts.iter().flat_map(|verdict| &verdict.changes);
            let words = match said.any(|change| change.why == why) {
                true => "No order fits: the operation marked ✕ can be placed nowhere.",
                false => &why,
            };
            let words = words.to_owned();
            Answer { points, orders: vec![order], misfit: Some((places[broken.op], why)), words }
        }
        Judgement::Unknown(why) => silent(&why.to_string()),
    }
}

/// The earliest moments at which the operations of an order can take effect, one after another.
fn points(operations: &[Operation], order: &[usize]) -> Vec<(usize, u64)> {
    let mut now = When::default();
    let mut points = Vec::new();
    for place in order {
        now = now.max(operations[*place].invoked);
        points.push((*place, now.at_us));
    }
    points
}

/// An operation's bar, and its words where they have room.
fn bar(look: &Look<'_>, stretch: &Stretch, operation: &Operation, y: f64, misfit: bool, labels: &mut Labels) -> (Mark, Option<Mark>) {
    let (from, to) = (stretch.x(operation.invoked.at_us), stretch.x(look.ends_us(operation)));
    let writes = operation.effect.is_some_and(|effect| effect.writes);
    let ended = look.has_ended(operation);
    let (role, sign) = match operation.end {
        _ if !has_begun(look, operation) => (Role::Grid, ""),
        _ if !ended => (Role::OpUnknown, ""),
        End::Ok => (Role::OpOk, ""),
        End::Failed => (Role::OpFailed, " ✕"),
        End::Unknown | End::Open => (Role::OpUnknown, " ?"),
    };
    let width = (to - from).max(4.0);
    let mut parts = vec![mark("bar", role, Shape::rect(from, y - 8.0, width, 16.0, if writes { 1.0 } else { 8.0 }))];
    if ended && !matches!(operation.end, End::Ok) {
        // A hatch: seen without colour.
        let count = (width / 7.0).min(8.0) as usize;
        for i in 0..count {
            let x = from + 4.0 + (width - 8.0) * i as f64 / count as f64;
            parts.push(mark(format!("hatch{i}"), role, Shape::line((x, y + 7.0), (x + 5.0, y - 7.0))));
        }
    }
    let words = format!("{}{sign}", short_words(look, operation, writes, ended));
    let taken = text_width(&words, 12.0);
    let x = (from + width / 2.0 - taken / 2.0).clamp(stretch.left - 2.0, (stretch.right + 8.0 - taken).max(stretch.left));
    let key = format!("op{}", operation.number);
    let lit = look.emphasis(&[operation.invoked.record, operation.returned.map_or(u32::MAX, |r| r.record)]);
    let said = labels.take(x - 3.0, y - 23.0, taken + 6.0, 13.0).then(|| {
        let shape = Shape::text(x, y - 12.0, words, Anchor::Start).halo();
        mark(format!("{key}-words"), Role::Ink, shape).emphasis(lit)
    });
    if misfit {
        let rim = |by: f64| Shape::rect(from - by, y - 8.0 - by, width + 2.0 * by, 16.0 + 2.0 * by, 4.0);
        parts.insert(0, mark("misfit", Role::Broken, rim(5.0)));
        parts.insert(1, mark("misfit-gap", Role::Paper, rim(2.5)));
        parts.push(mark("cross", Role::Broken, Shape::Cross { x: from + width / 2.0, y, r: 5.0 }));
    }
    if look.focus == Focus::Operation(operation.number) {
        parts.push(mark("focus", Role::Focus, Shape::line((from, y + 12.0), (from + width, y + 12.0))).emphasis(Emphasis::Lit));
    }
    let asked = look.asked(operation);
    let open = || match operation.end {
        End::Open => "still open at the end of the run".to_owned(),
        _ => "outcome unknown".to_owned(),
    };
    let told = match ended {
        true => look.outcome.told(operation).unwrap_or_else(open),
        false if has_begun(look, operation) => "not answered yet".to_owned(),
        false => "not asked yet".to_owned(),
    };
    let misfit = if misfit { "; fits nowhere" } else { "" };
    let bar = joined(key, role, parts)
        .title(format!("{}: {asked}, {told}{misfit}", look.name(operation.client)))
        .on_click(format!("focus op {}", operation.number))
        .emphasis(lit);
    (bar, said)
}

/// What went wrong with an operation, under its end.
fn reason(
    look: &Look<'_>,
    stretch: &Stretch,
    operation: &Operation,
    y: f64,
    badge: &Badge,
    labels: &mut Labels,
) -> Option<Mark> {
    let (from, to) = (stretch.x(operation.invoked.at_us), stretch.x(look.ends_us(operation)));
    let room = (f64::from(look.width) - badge.width() - 2.0).max(2.0);
    let places = [to - badge.width(), from, (from + to - badge.width()) / 2.0];
    let at = badge.place(&places.map(|x| (x.clamp(2.0, room), y + 9.0)), labels)?;
    Some(badge.draw(format!("op{}-badge", operation.number), at))
}

/// "x←3" for a write, "x=3" for a read that gave 3.
fn short_words(look: &Look<'_>, operation: &Operation, writes: bool, ended: bool) -> String {
    let asked = look.outcome.asked(operation);
    match operation.effect {
        Some(effect) if writes => {
            let value = asked.rsplit('.').next().filter(|_| asked.matches('.').count() > 1);
            format!("{}←{}", key_name(effect.key), value.unwrap_or("–"))
        }
        Some(effect) if ended && operation.end == End::Ok => {
            format!("{}={}", key_name(effect.key), look.outcome.told(operation).unwrap_or_default())
        }
        Some(effect) => key_name(effect.key),
        None => look.asked(operation),
    }
}

/// The orders as threads through their points.
fn threads(
    look: &Look<'_>,
    answer: &Answer,
    stretch: &Stretch,
    (from, to): (usize, usize),
    row: &dyn Fn(NodeId) -> Option<f64>,
) -> Vec<Mark> {
    let operations = &look.outcome.operations;
    let mut marks = Vec::new();
    for (i, order) in answer.orders.iter().enumerate() {
        let drawn = order.iter().filter(|place| (from..to).contains(place));
        let points: Vec<(f64, f64)> = drawn
            .filter_map(|place| Some((stretch.x(*answer.points.get(place)?), row(operations[*place].client)?)))
            .collect();
        if points.len() < 2 {
            continue;
        }
        let line = Shape::Path { points: points.clone(), curve: Curve::Straight, dash: Dash::nth(i), closed: false };
        marks.push(mark(format!("order{i}"), Role::InkSoft, line).title("the order in which operations take effect"));
        marks.push(mark(format!("points{i}"), Role::Ink, Shape::Dots { points, r: 3.0 }));
    }
    marks
}

fn describe(look: &Look<'_>, answer: &Answer, (from, to): (usize, usize)) -> String {
    let all = look.outcome.operations.len();
    let which = if to - from == all { format!("{all} operations") } else { format!("{} of {all} operations", to - from) };
    let why = answer.misfit.as_ref().filter(|(_, why)| *why != answer.words);
    let why = why.map(|(_, why)| format!(" {why}")).unwrap_or_default();
    format!("{which}. {}{why}", answer.words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::lab::Detail;
    use splitbrain::trace::Cursor;

    #[test]
    fn nothing_is_told_of_an_end_before_it_has_come() {
        let lab = splitbrain::labs::find("quorum").unwrap();
        let link = "quorum?w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal";
        let scenario = &splitbrain::link::parse(link, &[lab]).link.unwrap().scenario;
        let outcome = &lab.run(scenario, Detail::Full);
        let at = |at_us: u64| Look::plain(lab, scenario, outcome, Cursor::at(&outcome.trace, at_us), 720);
        let misfit = answer(&at(outcome.ended_us)).misfit.clone().expect("no order fits in the end");
        let returned = outcome.operations[misfit.0].returned.expect("it was answered").at_us;
        assert!(answer(&at(returned - 1)).misfit.is_none() && answer(&at(0)).misfit.is_none());
        for at_us in [0, 500_000, returned - 1, outcome.ended_us] {
            let look = at(at_us);
            let scene = draw(&look).scene.unwrap();
            let bars = outcome.operations.iter().filter_map(|operation| {
                let key = format!("op{}", operation.number);
                Some((operation, scene.marks.iter().find(|mark| mark.key == key)?.title.as_deref()?))
            });
            for (operation, title) in bars {
                let is_told = !title.ends_with("not answered yet") && !title.ends_with("not asked yet");
                assert_eq!(is_told, look.has_ended(operation), "{title} at {at_us}");
            }
            assert_eq!(scene.description.contains("can be placed nowhere"), at_us == outcome.ended_us);
        }
    }
}
