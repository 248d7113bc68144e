//! Trouble at a service: its turns, when it is over, and what that does to the work.

use super::*;

/// How often a service looks whether little enough comes to it to be well again.
const LOOK_US: u64 = 1_000_000;

/// A service comes up: who comes back from a crash meets the trouble that is ahead, or the rest of it.
pub(super) fn foresee(at: &mut At<'_>) -> Option<Spell> {
    let (now_us, spell) = (at.now_us(), at.config.trouble_of(at.ctx.me)?.turn(at.now_us()));
    let told = at.config.trouble_of(at.ctx.me).is_some_and(|trouble| trouble.told);
    if spell.from_us < now_us && spell.holds(now_us) && told {
        tell(spell.kind, at.out);
    }
    expect(spell, at);
    Some(spell)
}

/// A spell is ahead, or has begun.
fn expect(spell: Spell, at: &mut At<'_>) {
    let now_us = at.now_us();
    if now_us <= spell.from_us {
        at.out.set_timer(Timer::TroubleBegins, Range::exactly(spell.from_us - now_us));
    }
    if now_us <= spell.to_us {
        at.out.set_timer(Timer::TroubleEnds, Range::exactly(spell.to_us - now_us));
    }
}

fn tell(kind: Kind, out: &mut Out<Speech>) {
    let role = match kind {
        Kind::Silence | Kind::Mute => "silent",
        Kind::Refusal => "refusing",
        Kind::Errors(_) => "failing",
        Kind::Shard(_) => "a shard down",
        Kind::Slow(_) => "slow",
        Kind::Alarm => "alarmed",
        // It is as well as ever.
        Kind::Burst(_) => return,
    };
    out.fact(fact::ROLE, 0, Fact::Word(role));
}

impl Server {
    /// The trouble that there is now.
    pub(super) fn trouble(&self, now_us: u64) -> Option<Spell> {
        self.spell.filter(|spell| spell.holds(now_us))
    }

    /// The trouble that is now, was or is to come, if it is one that strikes a request like this.
    pub(super) fn spell_of(&self, frame: &Frame, at: &At<'_>) -> Option<Spell> {
        let whose = at.config.trouble_of(at.ctx.me)?.whose;
        self.spell.filter(|_| whose.is(frame.about, frame.of.hop))
    }

    /// Tells those who judge that the trouble has struck a request, where nobody else is told.
    pub(super) fn tell_struck(&self, at: &mut At<'_>) {
        if at.config.trouble_of(at.ctx.me).is_some_and(|trouble| !trouble.told) {
            at.out.mark(Mark::Watched(Watched::Struck { tier: self.tier }));
        }
    }

    /// The trouble that strikes a request now.
    pub(super) fn struck(&self, frame: &Frame, at: &At<'_>) -> Option<Spell> {
        let spell = self.trouble(at.now_us())?;
        let whose = at.config.trouble_of(at.ctx.me)?.whose;
        whose.is(frame.about, frame.of.hop).then_some(spell)
    }

    /// A refusal begins with a restart: what is here is refused too.
    pub(super) fn trouble_begins(&mut self, at: &mut At<'_>) {
        let Some(Spell { to_us, kind, .. }) = self.spell else { return };
        self.mark_trouble(true, at);
        self.came = 0;
        if at.config.trouble_of(at.ctx.me).is_some_and(|trouble| trouble.told) {
            tell(kind, at.out);
        }
        if kind != Kind::Refusal {
            return;
        }
        let begun = |frame: &Frame| !matches!(frame.stage, Stage::Line(_) | Stage::Delayed);
        let mut all: Vec<(bool, u32)> =
            self.frames.iter().map(|(serial, frame)| (!begun(frame), serial)).collect();
        crate::sorted::sort(&mut all);
        let told = self.tier(at).0.desk.tells_after;
        let after_us = if told { to_us.saturating_sub(at.now_us()) } else { 0 };
        for (_, serial) in all {
            if let Some(frame) = self.frames.get(serial) {
                at.out.serve(frame.op, frame.of.path as u16);
            }
            if let Some(frame) = self.take_away(serial, Ending::Refused, at).filter(|frame| !frame.replied) {
                self.answer(&frame, Reply::Refused { after_us }, at);
            }
        }
    }

    /// A turn of the trouble is over: another may come, or it goes on for as long as too much comes here.
    pub(super) fn trouble_ends(&mut self, at: &mut At<'_>) {
        let Some(trouble) = at.config.trouble_of(at.ctx.me) else { return };
        let (now_us, spell, next) = (at.now_us(), self.spell, trouble.turn(at.now_us()));
        // The count covers the last second: looks are a second apart, and the first comes at the end.
        let came = u64::from(std::mem::take(&mut self.came)) * 1_000_000;
        let is_well = trouble.recover_below == 0
            || now_us > trouble.end_us() && came < u64::from(trouble.recover_below);
        if now_us >= trouble.end_us() && !is_well {
            let to_us = now_us.saturating_add(LOOK_US);
            self.spell = spell.map(|spell| Spell { from_us: spell.from_us, to_us, kind: spell.kind });
            at.out.set_timer(Timer::TroubleEnds, Range::exactly(LOOK_US));
            return self.delay(at);
        }
        self.mark_trouble(false, at);
        if trouble.told {
            at.out.fact(fact::ROLE, 0, Fact::Word(self.tier(at).0.name));
        }
        if next.from_us > now_us {
            self.spell = Some(next);
            expect(next, at);
            self.delay(at);
        }
    }

    /// What is in work hears of a spell that nobody knew of when it was begun.
    fn delay(&mut self, at: &mut At<'_>) {
        let Some(spell) = self.spell.filter(|spell| matches!(spell.kind, Kind::Silence | Kind::Slow(_)))
        else {
            return;
        };
        let whose = at.config.trouble_of(at.ctx.me).map(|trouble| trouble.whose).unwrap_or_default();
        let strikes = |frame: &Frame| frame.stage == Stage::Work && whose.is(frame.about, frame.of.hop);
        let at_work = self.frames.iter().filter(|(_, frame)| strikes(frame));
        let mut all: Vec<u32> = at_work.map(|(serial, _)| serial).collect();
        crate::sorted::sort(&mut all);
        let now_us = at.now_us();
        for serial in all {
            let Some(frame) = self.frames.get_mut(serial) else { continue };
            frame.due_us = spell.late_us(now_us, frame.due_us);
            at.out.serve(frame.op, frame.of.path as u16);
            at.out.set_timer(Timer::Finish(serial), Range::exactly(frame.due_us.saturating_sub(now_us)));
        }
    }

    /// The first of those that are in trouble tells of it.
    fn mark_trouble(&self, on: bool, at: &mut At<'_>) {
        let which = at.config.trouble_of(at.ctx.me).and_then(|trouble| trouble.instance).unwrap_or(0);
        if at.config.instance(at.ctx.me) == which {
            at.out.mark(Mark::Trouble { on });
        }
    }
}
