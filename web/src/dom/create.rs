//! Live nodes made from a tree.

use super::names;
use crate::markup::{Element, Node};
use wasm_bindgen::JsCast;
use web_sys::Document;

/// Makes a live element with everything in it.
pub fn element(document: &Document, tree: &Element, within_svg: bool) -> web_sys::Element {
    let within_svg = within_svg || tree.tag() == "svg";
    let live = names::create(document, tree.tag(), within_svg);
    for (name, value) in tree.attributes() {
        names::set(&live, name, value);
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
