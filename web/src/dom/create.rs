//! Live nodes made from a tree, and static HTML taken over as if it had been.

use crate::markup::{Element, Node};
use wasm_bindgen::{JsCast, intern};
use web_sys::Document;

const SVG: &str = "http://www.w3.org/2000/svg";

/// Makes a live element with everything in it.
pub fn element(document: &Document, tree: &Element, within_svg: bool) -> web_sys::Element {
    let within_svg = within_svg || tree.tag() == "svg";
    let live = if within_svg {
        document.create_element_ns(Some(intern(SVG)), intern(tree.tag()))
    } else {
        document.create_element(intern(tree.tag()))
    }
    .expect("tags are names of elements");
    for (name, value) in tree.attributes() {
        live.set_attribute(intern(name), value).expect("attributes have names");
    }
    for child in tree.child_nodes() {
        live.append_child(&node(document, child, within_svg)).expect("an element takes children");
    }
    live
}

/// Makes a live node.
pub fn node(document: &Document, tree: &Node, within_svg: bool) -> web_sys::Node {
    match tree {
        Node::Text(text) => document.create_text_node(text).unchecked_into(),
        Node::Element(tree) => element(document, tree, within_svg).unchecked_into(),
    }
}

/// Takes over an element that was printed from a tree like this: false when its shape differs, in which case it is
/// to be replaced; otherwise attributes and texts are corrected where they differ.
pub fn adopt(live: &web_sys::Element, tree: &Element) -> bool {
    if !has_shape(live, tree) {
        return false;
    }
    correct(live, tree);
    true
}

fn has_shape(live: &web_sys::Node, tree: &Element) -> bool {
    if !live.node_name().eq_ignore_ascii_case(tree.tag()) {
        return false;
    }
    let mut next = live.first_child();
    for child in tree.child_nodes() {
        let Some(found) = next else { return false };
        let fits = match child {
            Node::Text(_) => found.node_type() == web_sys::Node::TEXT_NODE,
            Node::Element(tree) => has_shape(&found, tree),
        };
        if !fits {
            return false;
        }
        next = found.next_sibling();
    }
    next.is_none()
}

fn correct(live: &web_sys::Element, tree: &Element) {
    for name in live.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if tree.attribute(&name).is_none() {
            live.remove_attribute(&name).expect("it has a name");
        }
    }
    for (name, value) in tree.attributes() {
        if live.get_attribute(name).as_deref() != Some(value) {
            live.set_attribute(name, value).expect("attributes have names");
        }
    }
    let mut next = live.first_child();
    for child in tree.child_nodes() {
        let Some(found) = next else { return };
        next = found.next_sibling();
        match child {
            Node::Text(text) if found.node_value().as_deref() != Some(text) => {
                found.set_node_value(Some(text))
            }
            Node::Text(_) => {}
            Node::Element(tree) => correct(found.unchecked_ref(), tree),
        }
    }
}
