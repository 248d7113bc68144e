//! Live nodes made from a tree.

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
