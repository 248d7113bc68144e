//! The only files that touch the page: a tree is mounted, patched, and listened to.

pub mod create;
pub mod events;
mod names;
pub mod patch;

use crate::diff::diff;
use crate::event::{Field, Handled, UiEvent};
use crate::markup::Element;
use events::Listeners;
use wasm_bindgen::JsCast;

/// A tree that lives in the page.
pub struct Mount {
    live: web_sys::Element,
    tree: Element,
    root: web_sys::Node,
    listeners: Option<Listeners>,
}

impl Mount {
    /// Puts a tree into `host`, an element or a shadow root, instead of whatever is there.
    pub fn new(host: &web_sys::Node, tree: Element) -> Mount {
        let live = create::element(&patch::document(), &tree, false);
        host.set_text_content(None);
        host.append_child(&live).expect("a host takes children");
        let mut mount = Mount { live, tree, root: host.clone(), listeners: None };
        mount.settle(Field::Overwrite);
        mount.keep_in_step();
        mount
    }

    /// Listens: `handle` is called with every event that an element of the tree asks for; never while it runs, nor
    /// for what a patch itself sets off, so that it may borrow its widget mutably.
    pub fn listen(&mut self, handle: impl FnMut(UiEvent) -> Handled + 'static) {
        self.listeners = Some(Listeners::new(&self.live, handle));
    }

    /// Shows `tree` instead of the tree before. Focus and selected text survive where their element does.
    pub fn show(&mut self, tree: Element, field: Field) {
        let patches = diff(&self.tree, &tree);
        if !patches.is_empty() {
            let focus = patch::Focus::of(&self.root);
            events::unheard(|| {
                patch::apply(&self.live, &patches, focus.field(field));
                focus.restore(&self.root);
            });
            self.keep_in_step();
        }
        self.tree = tree;
    }

    /// Scrolls what is listed in a box of its own to the line at the cursor; the page stays where it is.
    fn keep_in_step(&self) {
        let Ok(lines) = self.live.query_selector_all(".sb-words li[aria-current]") else { return };
        for line in (0..lines.length()).filter_map(|i| lines.item(i)?.dyn_into::<web_sys::Element>().ok()) {
            let Ok(Some(list)) = line.closest(".sb-words") else { continue };
            let (line, view) = (line.get_bounding_client_rect(), list.get_bounding_client_rect());
            if line.top() < view.top() || line.bottom() > view.bottom() {
                let to_middle = line.top() - view.top() - view.height() / 2.0;
                list.set_scroll_top(list.scroll_top() + to_middle as i32);
            }
        }
    }

    /// Makes every form control show what the tree says, whatever the reader left in it: called when an entry is
    /// complete (`change`), since a value that was refused differs from the tree without any patch.
    pub fn settle(&mut self, field: Field) {
        let focus = patch::Focus::of(&self.root);
        patch::settle(&self.live, focus.field(field));
    }
}
