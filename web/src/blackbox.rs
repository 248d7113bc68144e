//! The flight recorder: which link was being run, so that a panic can name it. Nothing reads it but the panic hook.

use splitbrain::link::Link;
use std::cell::RefCell;

thread_local! {
    static RUNNING: RefCell<Option<Link>> = const { RefCell::new(None) };
}

/// Notes what is about to be run.
pub fn running(link: &Link) {
    RUNNING.with(|slot| *slot.borrow_mut() = Some(link.clone()));
}

/// What was run last.
pub fn last() -> Option<Link> {
    RUNNING.with(|slot| slot.try_borrow().ok().and_then(|link| link.clone()))
}
