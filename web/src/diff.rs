//! What has to change to turn one tree into another: a list of steps that visits changed elements only.

use crate::markup::{Element, Node};
use splitbrain::sorted::Map;

/// One step. A cursor stands on an element, at first on the root; indexes count the children of the element under
/// the cursor (texts included) as they are at that moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Patch<'a> {
    /// The cursor goes to a child.
    Enter(usize),
    /// The cursor goes back to the parent.
    Leave,
    /// Sets an attribute of the element under the cursor.
    Set(&'static str, &'a str),
    /// Removes an attribute.
    Unset(&'static str),
    /// A child which is a text now says this.
    Text(usize, &'a str),
    /// A child is taken out.
    Remove(usize),
    /// A child is taken from its place and put where it has the index `to`.
    Move {
        /// Its index now.
        from: usize,
        /// Its index after it has been taken out and put back.
        to: usize,
    },
    /// A new child comes at an index.
    Insert(usize, &'a Node),
}

/// The steps that turn `old` into `new`. Both roots have the same tag: the root itself is never replaced.
///
/// A child is the same child when tag, key and its count among siblings of that tag and key agree; so elements
/// with keys may change their order, and those without are matched in order. A mark of a picture that goes becomes one that comes, where that
/// is all it is: to make a mark anew, the page is called for each of its attributes and parts.
pub fn diff<'a>(old: &Element, new: &'a Element) -> Vec<Patch<'a>> {
    assert_eq!(old.tag(), new.tag(), "the root of a tree keeps its tag");
    let mut patches = Vec::new();
    diff_element(old, new, &mut patches);
    patches
}

fn diff_element<'a>(old: &Element, new: &'a Element, out: &mut Vec<Patch<'a>>) {
    diff_attributes(old, new, out);
    let (before, after) = (old.child_nodes(), new.child_nodes());
    let same = before.len() == after.len() && before.iter().zip(after).all(|(a, b)| kind(a) == kind(b));
    if same {
        for (index, (a, b)) in before.iter().zip(after).enumerate() {
            diff_child(index, a, b, out);
        }
    } else {
        diff_children(before, after, out);
    }
}

fn diff_attributes<'a>(old: &Element, new: &'a Element, out: &mut Vec<Patch<'a>>) {
    for (name, _) in old.attributes() {
        if new.attribute(name).is_none() {
            out.push(Patch::Unset(name));
        }
    }
    for (index, (name, value)) in new.attributes().iter().enumerate() {
        // Nearly always the same attributes come in the same order.
        let before = match old.attributes().get(index) {
            Some((known, value)) if known == name => Some(value.as_ref()),
            _ => old.attribute(name),
        };
        if before != Some(value.as_ref()) {
            out.push(Patch::Set(name, value));
        }
    }
}

fn diff_child<'a>(index: usize, old: &Node, new: &'a Node, out: &mut Vec<Patch<'a>>) {
    match (old, new) {
        (Node::Text(a), Node::Text(b)) if a != b => out.push(Patch::Text(index, b)),
        (Node::Element(a), Node::Element(b)) => {
            let start = out.len();
            out.push(Patch::Enter(index));
            diff_element(a, b, out);
            if out.len() == start + 1 {
                out.pop();
            } else {
                out.push(Patch::Leave);
            }
        }
        _ => {}
    }
}

/// What a child is, its count aside.
fn kind(node: &Node) -> (&'static str, Option<&str>) {
    match node {
        Node::Text(_) => ("", None),
        Node::Element(element) => (element.tag(), element.key_text()),
    }
}

/// Every child's identity: its kind, and how many of that kind came before.
fn identities(nodes: &[Node]) -> Vec<(&'static str, Option<&str>, u32)> {
    let mut counts = Map::new();
    nodes
        .iter()
        .map(|node| {
            let (tag, key) = kind(node);
            let count = counts.entry((tag, key)).or_insert(0);
            *count += 1;
            (tag, key, *count)
        })
        .collect()
}

/// Whether an element is a mark that nothing but the tree knows of: no script moves it, and the keyboard can't be on it.
fn is_mere_mark(element: &Element) -> bool {
    let own =
        matches!(element.tag(), "g" | "path" | "polygon" | "polyline" | "text" | "circle" | "rect" | "title")
            && element.attribute("data-m").is_none()
            && element.attribute("data-stop").is_none();
    own && element.child_nodes().iter().all(|child| match child {
        Node::Text(_) => true,
        Node::Element(child) => is_mere_mark(child),
    })
}

/// For each new child the old one that it is made of.
fn sources(old: &[Node], new: &[Node]) -> Vec<Option<usize>> {
    let old_ids: Map<_, usize> = identities(old).into_iter().zip(0..).collect();
    let mut sources: Vec<Option<usize>> = identities(new).iter().map(|id| old_ids.get(id).copied()).collect();
    let mut goes = vec![true; old.len()];
    for source in sources.iter().flatten() {
        goes[*source] = false;
    }
    let mere = |node: &Node| match node {
        Node::Element(element) if is_mere_mark(element) => Some(element.tag()),
        _ => None,
    };
    let mut left = Map::new();
    for (index, node) in old.iter().enumerate().rev().filter(|(index, _)| goes[*index]) {
        if let Some(tag) = mere(node) {
            left.entry(tag).or_insert_with(Vec::new).push(index);
        }
    }
    for (source, node) in sources.iter_mut().zip(new).filter(|(source, _)| source.is_none()) {
        *source = mere(node).and_then(|tag| left.get_mut(&tag)?.pop());
    }
    sources
}

fn diff_children<'a>(old: &[Node], new: &'a [Node], out: &mut Vec<Patch<'a>>) {
    let sources = sources(old, new);
    let mut stays = vec![false; old.len()];
    for source in sources.iter().flatten() {
        stays[*source] = true;
    }
    // From the end, so that the indexes of those still to go stay right.
    for index in (0..old.len()).rev().filter(|index| !stays[*index]) {
        out.push(Patch::Remove(index));
    }
    let mut live: Vec<usize> = (0..old.len()).filter(|index| stays[*index]).collect();
    let mut keeps_place = vec![false; old.len()];
    for source in longest_increasing(&sources.iter().flatten().copied().collect::<Vec<_>>()) {
        keeps_place[source] = true;
    }
    // `live` is the list as it is now, `at` the place where the next new child belongs. Children that will move
    // later may stand before it meanwhile.
    let mut at = 0;
    for (index, source) in sources.iter().enumerate() {
        match source {
            None => {
                live.insert(at, usize::MAX);
                out.push(Patch::Insert(at, &new[index]));
            }
            Some(source) => {
                // Movers that stand in front of the next child that keeps its place are passed over.
                while keeps_place[*source] && live[at] != *source {
                    at += 1;
                }
                if !keeps_place[*source] {
                    let from = live.iter().position(|known| known == source).expect("every source is live");
                    live.remove(from);
                    let to = if from < at { at - 1 } else { at };
                    live.insert(to, *source);
                    if from != to {
                        out.push(Patch::Move { from, to });
                    }
                    at = to;
                }
            }
        }
        at += 1;
    }
    for (index, source) in sources.iter().enumerate() {
        if let Some(source) = source {
            diff_child(index, &old[*source], &new[index], out);
        }
    }
}

/// A longest increasing subsequence of distinct numbers (patience sorting): the children that can stay where they are.
fn longest_increasing(numbers: &[usize]) -> Vec<usize> {
    let mut tails: Vec<usize> = Vec::new();
    let mut previous = vec![usize::MAX; numbers.len()];
    for (index, number) in numbers.iter().enumerate() {
        let pile = tails.partition_point(|tail| numbers[*tail] < *number);
        if pile > 0 {
            previous[index] = tails[pile - 1];
        }
        if pile == tails.len() {
            tails.push(index);
        } else {
            tails[pile] = index;
        }
    }
    let mut longest = Vec::with_capacity(tails.len());
    let mut next = tails.last().copied();
    while let Some(index) = next {
        longest.push(numbers[index]);
        next = Some(previous[index]).filter(|index| *index != usize::MAX);
    }
    longest.reverse();
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::el;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// A stand-in for the page: what patches do to it is what `dom::patch` does to live nodes.
    #[derive(Clone, Debug, PartialEq)]
    enum Model {
        Text(String),
        Element {
            made: &'static str,
            tag: &'static str,
            attributes: BTreeMap<String, String>,
            children: Vec<Model>,
        },
    }

    /// `made` says which tree an element was created for; two models differ when it does.
    fn model(node: &Node, made: &'static str) -> Model {
        match node {
            Node::Text(text) => Model::Text(text.clone()),
            Node::Element(element) => Model::Element {
                made,
                tag: element.tag(),
                attributes: element
                    .attributes()
                    .iter()
                    .map(|(n, v)| (n.to_string(), v.to_string()))
                    .collect(),
                children: element.child_nodes().iter().map(|child| model(child, made)).collect(),
            },
        }
    }

    fn apply<'p>(node: &mut Model, patches: &mut impl Iterator<Item = Patch<'p>>) {
        let Model::Element { attributes, children, .. } = node else {
            panic!("the cursor stands on elements")
        };
        while let Some(patch) = patches.next() {
            match patch {
                Patch::Enter(index) => apply(&mut children[index], patches),
                Patch::Leave => return,
                Patch::Set(name, value) => drop(attributes.insert(name.to_owned(), value.to_owned())),
                Patch::Unset(name) => drop(attributes.remove(name).expect("it was there")),
                Patch::Text(index, text) => children[index] = Model::Text(text.to_owned()),
                Patch::Remove(index) => drop(children.remove(index)),
                Patch::Move { from, to } => {
                    let child = children.remove(from);
                    children.insert(to, child);
                }
                Patch::Insert(index, node) => children.insert(index, model(node, "new")),
            }
        }
    }

    fn patched(old: &Element, new: &Element) -> Model {
        let mut page = model(&Node::Element(old.clone()), "old");
        apply(&mut page, &mut diff(old, new).into_iter());
        page
    }

    /// Every `made` the same, for comparing shapes alone.
    fn unmarked(model: Model) -> Model {
        match model {
            Model::Element { tag, attributes, children, .. } => Model::Element {
                made: "",
                tag,
                attributes,
                children: children.into_iter().map(unmarked).collect(),
            },
            text => text,
        }
    }

    fn trees() -> impl Strategy<Value = Element> {
        let attributes = prop::collection::vec((prop::sample::select(vec!["a", "b", "c"]), "[xy]"), 0..3);
        let leaf = (prop::sample::select(vec!["p", "g"]), prop::option::of("[k-p]"), attributes.clone())
            .prop_map(start);
        let tree = leaf.prop_recursive(3, 60, 9, move |inner| {
            let child = prop_oneof![3 => inner.prop_map(Node::Element), 1 => "[t-v]".prop_map(Node::Text)];
            (prop::option::of("[k-p]"), attributes.clone(), prop::collection::vec(child, 0..9))
                .prop_map(|(key, attributes, children)| start(("g", key, attributes)).children(children))
        });
        tree.prop_map(|tree| el("main").child(tree))
    }

    fn start((tag, key, attributes): (&'static str, Option<String>, Vec<(&'static str, String)>)) -> Element {
        let element =
            attributes.into_iter().fold(el(tag), |element, (name, value)| element.attr(name, value));
        match key {
            Some(key) => element.key(key),
            None => element,
        }
    }

    proptest! {
        #[test]
        fn patches_turn_old_into_new(old in trees(), new in trees()) {
            let wanted = unmarked(model(&Node::Element(new.clone()), "new"));
            prop_assert_eq!(unmarked(patched(&old, &new)), wanted);
        }

        #[test]
        fn what_keeps_its_key_is_moved_and_never_made_again(
            old in Just((0..12).collect::<Vec<u32>>()).prop_shuffle(),
            new in Just((0..12).collect::<Vec<u32>>()).prop_shuffle(),
        ) {
            let list = |order: &[u32]| el("ul").children(order.iter().map(|n| el("li").key(n.to_string()).child(n.to_string())));
            let (old, new) = (list(&old), list(&new));
            prop_assert_eq!(patched(&old, &new), model(&Node::Element(new.clone()), "old"));
        }
    }

    #[test]
    fn equal_trees_need_nothing_and_only_changed_nodes_are_visited() {
        let list = |lit: &'static str| {
            el("div").child(el("p").child("same")).child(el("p").child(el("b").class(lit)).child("same"))
        };
        assert_eq!(diff(&list("x"), &list("x")), []);
        let new = list("y");
        let steps = [Patch::Enter(1), Patch::Enter(0), Patch::Set("class", "y"), Patch::Leave, Patch::Leave];
        assert_eq!(diff(&list("x"), &new), steps);
    }

    #[test]
    fn a_mark_that_goes_becomes_one_that_comes_unless_something_else_knows_it() {
        let mark = |key: &'static str| el("path").key(key).attr("d", key);
        let shown = |mark: Element| el("svg").child(el("g").key("stays")).child(mark);
        let new = shown(mark("b"));
        assert_eq!(diff(&shown(mark("a")), &new), [Patch::Enter(1), Patch::Set("d", "b"), Patch::Leave]);
        for known in
            [mark("a").attr("data-m", "0,0,0,1,1,1"), mark("a").attr("data-stop", "0"), el("a").key("a")]
        {
            assert_eq!(
                diff(&shown(known), &new),
                [Patch::Remove(1), Patch::Insert(1, &new.child_nodes()[1])]
            );
        }
    }

    #[test]
    fn moving_the_last_to_the_front_is_one_step() {
        let list = |order: [&'static str; 4]| el("ul").children(order.map(|key| el("li").key(key)));
        let new = list(["d", "a", "b", "c"]);
        assert_eq!(diff(&list(["a", "b", "c", "d"]), &new), [Patch::Move { from: 3, to: 0 }]);
    }
}
