//! The flight recorder: which link was being run and for which widget, so that a panic can name them. Nothing else reads it.

use splitbrain::link::Link;
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

thread_local! {
    static RUNNING: RefCell<Option<Link>> = const { RefCell::new(None) };
}

/// The number of the widget that works now, or worked last; 0 for none.
static WORKING: AtomicU32 = AtomicU32::new(0);

/// Notes what is about to be run.
pub fn running(link: &Link) {
    RUNNING.with(|slot| *slot.borrow_mut() = Some(link.clone()));
}

/// What was run last.
pub fn last() -> Option<Link> {
    RUNNING.with(|slot| slot.try_borrow().ok().and_then(|link| link.clone()))
}

/// Notes for which widget work begins; 0 where it is for none.
#[inline(always)]
pub fn working(number: u32) {
    WORKING.store(number, Ordering::Relaxed);
}

/// The number of the widget that worked last. Part of its caller: what fetches the rest of a module may call nothing of the rest.
#[inline(always)]
pub fn worker() -> u32 {
    WORKING.load(Ordering::Relaxed)
}
