//! Who held what from when to when: a lane for each node, a bar for each lock, lease, office or doubt, those that overlap one under the other; above
//! them who was given it, on them what was done with it, and where two hold at once what is meant for one.

mod around;
mod legend;

use super::stretch::Stretch;
use super::{Look, Picture, grid};
use crate::scene::{Anchor, Mark, Role, Scene, Shape, mark};
use crate::text_width::fit_text;
use splitbrain::cast::NodeId;
use splitbrain::lab::Shows;
use splitbrain::lab::shows::{FactId, Grants, Tenure};
use splitbrain::tell::{SpanKind, spans};
use splitbrain::trace::{Fact, NONE};

/// The panel's title.
pub const TITLE: &str = "Who holds what";

/// Something that nodes hold for a time.
pub fn needs(shows: &Shows) -> bool {
    !shows.tenures.is_empty()
}

/// The most nodes that have a lane.
const MAX_LANES: usize = 9;
/// The most bars of a lane that stand one under the other; what overlaps even these shares the last.
const MAX_DEEP: usize = 4;
const LEFT: f64 = 36.0;
const BAR: f64 = 15.0;
const GAP: f64 = 12.0;

/// A node holds something from a moment to another.
struct Bar {
    node: NodeId,
    index: u16,
    /// The place of how it is held; past them all where it is what was given to somebody.
    how: usize,
    /// What is written on it.
    label: String,
    from_us: u64,
    to_us: u64,
    /// The record that began it.
    record: u32,
    /// It had not ended when the run did.
    open: bool,
    /// How far down in its lane it stands.
    deep: usize,
}

/// Draws the lanes over the run, or around the cursor where there are too many bars to be told apart.
pub fn draw(look: &Look<'_>) -> Picture {
    let shows = look.shows();
    let Some(tenure) = shows.tenures.first() else {
        return grid::only_words(look, "tenure", TITLE, "Nobody holds anything for a time in this run.");
    };
    let nodes: Vec<NodeId> =
        look.outcome.cast.of(tenure.sort).filter(|node| look.sees(*node)).take(MAX_LANES).collect();
    // Of a sort that gives, who never tells of a holder gives nothing.
    let gives = |node: &NodeId, grants: &Grants| {
        look.outcome.trace.history(*node, grants.holder.key()).next().is_some()
    };
    let givers = tenure
        .granted
        .iter()
        .flat_map(|grants| look.outcome.cast.of(grants.sort).filter(move |node| gives(node, grants)))
        .filter(|node| look.sees(*node));
    let givers: Vec<NodeId> = givers.take(MAX_LANES).collect();
    let mut all = bars(look, tenure, &nodes);
    all.extend(tenure.granted.iter().flat_map(|grants| granted(look, tenure, grants, &givers)));
    splitbrain::sorted::sort_by_key(&mut all, |bar| (bar.from_us, bar.record, bar.node, bar.index));
    let most = look.width as usize / 30;
    let mut stretch = Stretch::whole(look, LEFT);
    if all.len() > most {
        let (from_us, to_us) = around(look, &all, most);
        stretch = stretch.part(from_us, to_us);
        all.retain(|bar| bar.from_us <= stretch.to_us && bar.to_us >= stretch.from_us);
    }
    pack(&mut all, &stretch);
    let width = f64::from(look.width);
    let (legend, top) = super::legend::draw(legend::entries(tenure), width);
    let mut y = top + 8.0;
    let mut lanes = Vec::new();
    for node in givers.iter().chain(&nodes) {
        let deep = all.iter().filter(|bar| bar.node == *node).map(|bar| bar.deep + 1).max().unwrap_or(1);
        lanes.push((*node, y, deep as f64 * BAR));
        y += deep as f64 * BAR + GAP;
    }
    let bottom = y.max(top + 40.0) - 4.0;
    let mut scene = Scene::new(format!("{}-tenure", look.id), width, bottom + 26.0, tenure.title);
    scene.marks.extend(legend);
    scene.marks.extend(around::bands(look, tenure, &stretch, &lanes, (top, bottom)));
    for (node, y, height) in &lanes {
        let middle = y + height / 2.0;
        let line = Shape::line((LEFT, middle), (stretch.right, middle));
        scene.push(mark(format!("lane{}", node.0), Role::Grid, line));
        let name = Shape::text(LEFT - 8.0, middle + 4.5, look.name(*node), Anchor::End).sized(13.0).bold();
        scene.push(mark(format!("name{}", node.0), Role::Ink, name));
    }
    for bar in &all {
        let Some((_, y, _)) = lanes.iter().find(|(node, ..)| *node == bar.node) else { continue };
        let y = y + bar.deep as f64 * BAR;
        let shared = around::shared(tenure, &stretch, bar, &all, y);
        scene.push(draw_bar(look, tenure, &stretch, bar, y, shared));
    }
    scene.marks.extend(around::deeds(look, tenure, &stretch, &lanes));
    scene.marks.extend(stretch.axis(look, top + 2.0, bottom));
    scene.describe(describe(look, tenure, &all)).into()
}

/// When a node went down.
fn crashes(look: &Look<'_>) -> Vec<(NodeId, u64)> {
    let down = spans(look.scenario, look.outcome).into_iter().filter_map(|span| match span.kind {
        SpanKind::Down(node) => Some((node, span.from_us)),
        _ => None,
    });
    down.collect()
}

/// The bars of a fact of a node: for each change that begins one, how it is held and what is written on it.
fn bars_of(
    look: &Look<'_>,
    down: &[(NodeId, u64)],
    (node, fact, index): (NodeId, FactId, u16),
    begins: impl Fn(&Fact, u32) -> Option<(usize, String)>,
) -> Vec<Bar> {
    let trace = &look.outcome.trace;
    let at_us = |record: u32| trace.get(record).map_or(0, |record| record.at_us);
    let changes: Vec<_> = trace.history(node, fact.at(index)).collect();
    let bar = |(i, change): (usize, &&splitbrain::trace::Change)| {
        let (how, label) = begins(&change.value, change.record)?;
        let from_us = at_us(change.record);
        let next = changes.get(i + 1).map(|next| at_us(next.record));
        let crash = down.iter().filter(|(who, at)| *who == node && *at >= from_us).map(|(_, at)| *at).min();
        let to_us = next.into_iter().chain(crash).min();
        let (open, to_us) = (to_us.is_none(), to_us.unwrap_or(look.outcome.ended_us));
        Some(Bar { node, index, how, label, from_us, to_us, record: change.record, open, deep: 0 })
    };
    changes.iter().enumerate().filter_map(bar).collect()
}

/// The number that a node told last, up to a record.
fn number(look: &Look<'_>, node: NodeId, fact: Option<FactId>, record: u32) -> Option<i64> {
    let told =
        look.outcome.trace.history(node, fact?.key()).filter(|change| change.record <= record).last()?;
    match told.value {
        Fact::Int(number) => Some(number),
        _ => None,
    }
}

/// What each node held, as it reported it; what it held when it went down it holds no longer.
fn bars(look: &Look<'_>, tenure: &Tenure, nodes: &[NodeId]) -> Vec<Bar> {
    let down = crashes(look);
    let mut bars = Vec::new();
    for node in nodes {
        for (index, place) in tenure.places.iter().enumerate() {
            bars.extend(bars_of(look, &down, (*node, tenure.state, index as u16), |value, record| {
                let Fact::Word(word) = value else { return None };
                let how = tenure.held.iter().position(|held| held.word == *word)?;
                let number = number(look, *node, tenure.number, record).map(|number| number.to_string());
                Some((how, [place.clone(), number.unwrap_or_default()].join(" ").trim().to_owned()))
            }));
        }
    }
    splitbrain::sorted::sort_by_key(&mut bars, |bar| (bar.from_us, bar.record, bar.node, bar.index));
    bars
}

/// Whom each of those who give it had as holder.
fn granted(look: &Look<'_>, tenure: &Tenure, grants: &Grants, givers: &[NodeId]) -> Vec<Bar> {
    let down = crashes(look);
    let of = |giver: &NodeId| {
        bars_of(look, &down, (*giver, grants.holder, 0), |value, record| {
            let Fact::Node(holder) = value else { return None };
            let number = number(look, *giver, grants.number, record)
                .map_or(String::new(), |number| format!(": {number}"));
            Some((tenure.held.len(), format!("{}{number}", look.name(*holder))))
        })
    };
    givers.iter().flat_map(of).collect()
}

/// The time in which as many bars begin as can be told apart, two thirds of them before the cursor.
fn around(look: &Look<'_>, bars: &[Bar], most: usize) -> (u64, u64) {
    let middle = bars.partition_point(|bar| bar.from_us <= look.cursor.at_us);
    let from = middle.saturating_sub(most * 2 / 3).min(bars.len() - most);
    let first_us = bars[from].from_us;
    let last_us = bars.get(from + most).map_or(look.ended_us(), |bar| bar.from_us);
    (first_us.min(look.cursor.at_us), last_us.max(look.cursor.at_us))
}

/// Gives each bar the first row of its lane that is free where it stands. Those of one thing, one after the other, share a row.
fn pack(bars: &mut [Bar], stretch: &Stretch) {
    let mut rows: Vec<(NodeId, usize, f64, u16, u64)> = Vec::new();
    for bar in bars {
        let (from, to) = (stretch.x(bar.from_us), stretch.x(bar.to_us).max(stretch.x(bar.from_us) + 2.0));
        let goes_on = |row: &(NodeId, usize, f64, u16, u64)| {
            row.0 == bar.node && (row.2 <= from || row.3 == bar.index && row.4 <= bar.from_us)
        };
        let free = (0..MAX_DEEP)
            .find(|deep| rows.iter().rfind(|row| row.0 == bar.node && row.1 == *deep).is_none_or(goes_on));
        bar.deep = free.unwrap_or(MAX_DEEP - 1);
        rows.push((bar.node, bar.deep, to, bar.index, bar.to_us));
    }
}

fn draw_bar(
    look: &Look<'_>,
    tenure: &Tenure,
    stretch: &Stretch,
    bar: &Bar,
    y: f64,
    shared: Option<Mark>,
) -> Mark {
    let (from, to) = (stretch.x(bar.from_us), stretch.x(bar.to_us));
    let (role, about) = match (tenure.held.get(bar.how), &tenure.granted) {
        (Some(held), _) => (held.tone.into(), held.about),
        (None, grants) => (legend::GIVEN, grants.map_or("", |grants| grants.about)),
    };
    let room = (to - from).max(2.0);
    let mut parts = vec![mark("bar", role, Shape::rect(from, y, room, BAR - 3.0, 2.0))];
    let is_shared = shared.is_some();
    parts.extend(shared);
    let words = fit_text(&bar.label, 12.0, room - 6.0);
    if words == bar.label && !words.is_empty() {
        let words = Shape::text(from + 3.0, y + BAR - 5.5, words, Anchor::Start);
        parts.push(mark("words", Role::Ink, if is_shared { words.halo() } else { words }));
    }
    let until =
        if bar.open { "to the end of the run".into() } else { format!("until {}", look.moment(bar.to_us)) };
    let label = if bar.label.is_empty() { String::new() } else { format!(", {}", bar.label) };
    let title = format!("{}{label}: {about}, from {} {until}", look.name(bar.node), look.moment(bar.from_us));
    let bar_mark = mark(format!("bar{}-{}-{}", bar.record, bar.node.0, bar.index), role, Shape::Group(parts))
        .title(title)
        .emphasis(look.emphasis(&[bar.record]));
    if bar.record == NONE { bar_mark } else { bar_mark.on_click(format!("goto record {}", bar.record)) }
}

/// What is held at the cursor.
fn describe(look: &Look<'_>, tenure: &Tenure, bars: &[Bar]) -> String {
    let now = look.cursor.at_us;
    let held = bars.iter().filter(|bar| bar.from_us <= now && (bar.open || now < bar.to_us)).map(|bar| {
        let about = tenure.held.get(bar.how).map(|held| held.about);
        let about = about.or(tenure.granted.map(|grants| grants.about)).unwrap_or_default();
        let of = if bar.how < tenure.held.len() {
            look.name(bar.node)
        } else {
            format!("by {}", look.name(bar.node))
        };
        let label = if bar.label.is_empty() { String::new() } else { format!("{}, ", bar.label) };
        format!("{of}: {label}{about}")
    });
    let held: Vec<String> = held.take(12).collect();
    let held = if held.is_empty() { "nobody holds anything".to_owned() } else { held.join("; ") };
    format!("{}. At {}: {held}.", tenure.title, look.moment(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::lab::Detail;
    use splitbrain::labs::LABS;
    use splitbrain::trace::Cursor;

    fn look_at(text: &str, see: impl FnOnce(&Look<'_>, &Tenure)) {
        let link = splitbrain::link::parse(text, LABS).link.unwrap();
        let lab = splitbrain::labs::find(link.scenario.lab).unwrap();
        let outcome = lab.run(&link.scenario, Detail::Full);
        let cursor = Cursor::at(&outcome.trace, 0);
        let look = Look::plain(lab, &link.scenario, &outcome, cursor, 720);
        see(&look, &look.shows().tenures[0]);
    }

    /// The bars of a run: whose, what, from and to in ms.
    fn drawn(text: &str) -> Vec<(u16, u16, usize, u64, u64)> {
        let mut told = Vec::new();
        look_at(text, |look, tenure| {
            let nodes: Vec<NodeId> = look.outcome.cast.of(tenure.sort).collect();
            let of = |bar: &Bar| (bar.node.0, bar.index, bar.how, bar.from_us / 1_000, bar.to_us / 1_000);
            told = bars(look, tenure, &nodes).iter().map(of).collect();
        });
        told
    }

    #[test]
    fn a_bar_goes_from_where_it_was_taken_to_where_it_was_let_go_or_who_held_it_went_down() {
        let link = "lock?op=blind&delay=10ms&work=100ms&rate=0&for=1s&do=100ms:ask:c1:update";
        assert_eq!(drawn(link), [(2, 0, 0, 120, 250)]);
        assert_eq!(drawn(&format!("{link},130ms:crash:c1")), [(2, 0, 0, 120, 130)]);
    }

    #[test]
    fn the_bars_of_two_states_follow_each_other() {
        let link = "commit?orders=0&n=2&latency=10ms&for=1s&do=100ms:ask:c1:order";
        let (first, second) =
            ([(0, 0, 0, 120, 125), (1, 0, 0, 120, 125)], [(0, 0, 1, 125, 150), (1, 0, 1, 125, 150)]);
        assert_eq!(drawn(link), [first, second].concat());
    }

    /// Who gave it says to whom and under which number, from its own side: before its client knows, and until its lease is over.
    #[test]
    fn what_was_given_stands_above_with_its_number() {
        let link = "lock?op=blind&delay=10ms&ttl=1s&rate=0&for=3s&do=100ms:ask:c1:update,130ms:crash:c1";
        look_at(link, |look, tenure| {
            let grants = tenure.granted.unwrap();
            let bars = granted(look, tenure, &grants, &[NodeId(0)]);
            let told: Vec<_> =
                bars.iter().map(|bar| (bar.label.as_str(), bar.from_us / 1_000, bar.to_us / 1_000)).collect();
            assert_eq!(told, [("c1: 33", 110, 1_110)]);
        });
    }

    /// Two consumers at two partitions are no two at one.
    #[test]
    fn two_at_once_is_told_of_the_same_thing() {
        let log = "messaging?channel=log&rate=0&partitions=2&session=1s&for=5s";
        for (link, both) in [(log.to_owned(), false), (format!("{log}&do=1s:pause:k1:3s"), true)] {
            look_at(&link, |look, tenure| {
                let nodes: Vec<NodeId> = look.outcome.cast.of(tenure.sort).collect();
                let bars = bars(look, tenure, &nodes);
                let stretch =
                    Stretch { from_us: 0, to_us: 5_000_000, left: 0.0, right: 1_000.0, moments: Vec::new() };
                let told = bars.iter().any(|bar| around::shared(tenure, &stretch, bar, &bars, 0.0).is_some());
                assert_eq!(told, both, "{link}");
            });
        }
    }

    #[test]
    fn what_overlaps_stands_one_under_the_other() {
        let bar = |index, from_us, to_us| Bar {
            node: NodeId(0),
            index,
            how: 0,
            label: String::new(),
            from_us,
            to_us,
            record: 0,
            open: false,
            deep: 0,
        };
        let stretch = Stretch { from_us: 0, to_us: 1_000, left: 0.0, right: 1_000.0, moments: Vec::new() };
        let mut bars =
            [bar(0, 0, 500), bar(1, 100, 300), bar(0, 500, 600), bar(2, 550, 700), bar(3, 800, 900)];
        pack(&mut bars, &stretch);
        assert_eq!(bars.map(|bar| bar.deep), [0, 1, 0, 1, 0]);
    }
}
