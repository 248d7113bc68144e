//! Patches carried out on live nodes, with care for the field that the reader is in.

use super::{create, names};
use crate::diff::Patch;
use crate::event::Field;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Node};

/// The page's document.
pub fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a widget lives in a page")
}

/// Carries patches out. `kept` is the field whose text and thumb are left alone.
pub fn apply(root: &Element, patches: &[Patch], kept: Option<&Element>) {
    let document = document();
    let mut parents: Vec<Element> = Vec::new();
    let mut live = root.clone();
    for patch in patches {
        match *patch {
            Patch::Enter(index) => {
                let child: Element = child_at(&live, index).unchecked_into();
                parents.push(std::mem::replace(&mut live, child));
            }
            Patch::Leave => live = parents.pop().expect("every Leave has its Enter"),
            Patch::Set(name, value) => {
                names::set(&live, name, value);
                set_property(&live, name, Some(value), kept);
            }
            Patch::Unset(name) => {
                names::unset(&live, name);
                set_property(&live, name, None, kept);
            }
            Patch::Text(index, text) => {
                child_at(&live, index).set_node_value(Some(text));
            }
            Patch::Remove(index) => {
                live.remove_child(&child_at(&live, index)).expect("it is a child");
            }
            Patch::Move { from, to } => {
                let child = live.remove_child(&child_at(&live, from)).expect("it is a child");
                put(&live, &child, to);
            }
            Patch::Insert(index, tree) => {
                let within_svg = live.namespace_uri().is_some_and(|name| name.ends_with("svg"));
                put(&live, &create::node(&document, tree, within_svg), index);
            }
        }
    }
}

/// Makes form controls under `root` show what their attributes say.
pub fn settle(root: &Element, kept: Option<&Element>) {
    let controls = root.query_selector_all("input, select, option").expect("a fixed selector");
    for index in 0..controls.length() {
        let Some(control) = controls.item(index).and_then(|node| node.dyn_into::<Element>().ok()) else {
            continue;
        };
        match control.tag_name().as_str() {
            "INPUT" => {
                let kind = control.get_attribute("type").unwrap_or_default();
                if kind == "checkbox" || kind == "radio" {
                    set_property(&control, "checked", control.get_attribute("checked").as_deref(), kept);
                } else if let Some(value) = control.get_attribute("value") {
                    set_property(&control, "value", Some(&value), kept);
                }
            }
            "SELECT" => {
                if let Some(value) = control.get_attribute("value") {
                    set_property(&control, "value", Some(&value), kept);
                }
            }
            "OPTION" if control.has_attribute("selected") => {
                set_property(&control, "selected", Some(""), kept)
            }
            _ => {}
        }
    }
}

/// Attributes are only the first value of a form control: what it shows now is a property.
fn set_property(live: &Element, name: &str, value: Option<&str>, kept: Option<&Element>) {
    let wanted: JsValue = match name {
        "value" => {
            if !matches!(live.tag_name().as_str(), "INPUT" | "SELECT") || kept == Some(live) {
                return;
            }
            value.unwrap_or("").into()
        }
        "checked" | "selected" | "indeterminate" => value.is_some().into(),
        _ => return,
    };
    let name = JsValue::from_str(name);
    // Writing an equal value would still move the caret.
    if Reflect::get(live, &name).ok().as_ref() != Some(&wanted) {
        Reflect::set(live, &name, &wanted).expect("a form control has this property");
    }
}

fn child_at(live: &Node, index: usize) -> Node {
    live.child_nodes().item(index as u32).expect("the page has the shape of the tree")
}

fn put(live: &Node, child: &Node, index: usize) {
    let before = live.child_nodes().item(index as u32);
    live.insert_before(child, before.as_ref()).expect("an element takes children");
}

/// What has the focus, to be given it again when a patch moved it; when the patch took it away, what was around it gets it.
pub struct Focus {
    element: Option<Element>,
    /// What can take the focus around it, from the nearest.
    around: Vec<Element>,
}

impl Focus {
    /// What has the focus in the document or shadow root that `root` is in.
    pub fn of(root: &Node) -> Focus {
        let element = active(root);
        let mut around = Vec::new();
        let mut outer = element.as_ref().filter(|element| root.contains(Some(element))).cloned();
        while let Some(parent) = outer.and_then(|element| element.parent_element()) {
            if parent.has_attribute("tabindex") {
                around.push(parent.clone());
            }
            outer = Some(parent);
        }
        Focus { element, around }
    }

    /// The field to be kept, under a rule.
    pub fn field(&self, field: Field) -> Option<&Element> {
        self.element.as_ref().filter(|_| field == Field::Keep)
    }

    /// Gives the focus back when its element has lost it. Without it, keys would no longer reach the widget.
    pub fn restore(&self, root: &Node) {
        let Some(element) = &self.element else { return };
        let stays = element.is_connected() && root.contains(Some(element));
        let heir = match stays {
            true => Some(element),
            false => self.around.iter().find(|outer| outer.is_connected() && root.contains(Some(outer))),
        };
        let Some(heir) = heir.filter(|heir| active(root).as_ref() != Some(heir)) else { return };
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // SVG elements have `focus` as HTML elements do; the binding has it for the latter.
        let target: &web_sys::HtmlElement = heir.unchecked_ref();
        let _ = target.focus_with_options(&options);
    }
}

fn active(root: &Node) -> Option<Element> {
    let active = Reflect::get(&root.get_root_node(), &"activeElement".into()).ok();
    active.and_then(|active| active.dyn_into().ok())
}
