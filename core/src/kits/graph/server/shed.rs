//! What a server sheds of its line: for others, or because it has waited too long.

use super::super::declared::Line;
use super::*;
use crate::parts::queue::{Full, Waiting};

impl Server {
    /// The lane of a request in line: where nothing goes by class, all are in one.
    pub(super) fn lane(line: &Line, frame: &Frame) -> u8 {
        let by_class = line.order == Discipline::ByClass || line.full == Full::DropLowest;
        if by_class { frame.about.class } else { 0 }
    }

    /// There is no place in line for a request: whether another goes for it.
    pub(super) fn makes_room(&mut self, frame: &Frame, at: &mut At<'_>) -> bool {
        let gone = match self.tier(at).0.line.full {
            Full::Refuse => None,
            Full::DropOldest => self.line.drop_oldest(),
            Full::DropLowest => self.line.drop_lowest(frame.about.class),
        };
        let Some(gone) = gone else { return false };
        self.throw_out(gone, Swept::Dropped, at);
        at.out.serve(frame.op, frame.of.path as u16);
        true
    }

    /// Work on a request would begin that has waited so long: whether it is shed instead.
    pub(super) fn sheds(&mut self, waited_us: u64, at: &At<'_>) -> bool {
        let now_us = at.now_us();
        self.codel.as_mut().is_some_and(|codel| codel.sheds(waited_us, now_us))
    }

    /// A request that is out of the line is refused after all.
    pub(super) fn throw_out(&mut self, gone: Waiting<u32>, why: Swept, at: &mut At<'_>) {
        let Some(frame) = self.forget(gone.item, at) else { return };
        at.out.serve(frame.op, frame.of.path as u16);
        at.out.mark(Mark::Swept { tier: self.tier, why, count: 1 });
        at.follow(frame.of.hop, frame.of.path, Passing::Leaves);
        if !frame.replied {
            self.answer(&frame, Reply::Refused { after_us: 0 }, at);
        }
    }
}
