//! Ben-Or's randomized consensus for processes that crash (Ben-Or, *Another advantage of free choice*, PODC 1983, protocol A; told and proved
//! by Aguilera and Toueg, *The correctness proof of Ben-Or's randomized consensus algorithm*, Distributed Computing 25, 2012).
//!
//! Of n processes t may crash, t < n/2. In each phase a process reports its value, waits for n - t reports and proposes what more than n/2 of
//! all report, or `?`; then it waits for n - t proposals, and decides on a value that enough of them propose, takes one that any of them
//! proposes, and else goes by a coin. It hears n - t of each and no more, its own first.

/// A value: 0 or 1.
pub type Bit = u8;

crate::declare::words! {
    /// What a process proposes.
    #[derive(Copy)]
    pub enum Vote {
        /// Nothing: it has not heard the same from more than half.
        Unsure => "?",
        /// What more than half of all have reported.
        For(value: Bit) => "{value}",
    }
}

/// What a process says in a phase.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Say {
    /// Its value.
    Report(Bit),
    /// Its proposal.
    Propose(Vote),
}

impl Say {
    /// Which half of a phase it belongs to.
    fn half(self) -> Half {
        match self {
            Say::Report(_) => Half::Reports,
            Say::Propose(_) => Half::Proposals,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Half {
    Reports,
    Proposals,
}

/// What proposals amount to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Settled {
    /// Enough of them agree.
    Decide(Bit),
    /// At least one names a value.
    Adopt(Bit),
    /// None does.
    Toss,
}

/// What a process goes by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rules {
    /// How many processes there are.
    pub n: u32,
    /// How many of them may crash.
    pub t: u32,
    /// How many proposals of one value decide: t + 1 as published, of which at least one is heard by everybody.
    pub enough: u32,
    /// A process goes on when it is told to ([`BenOr::go_on`]), and counts all that has come by then and not the first n - t: what it can do where
    /// messages have a bound on their time.
    pub timed: bool,
}

impl Rules {
    /// How many of each a process waits for.
    pub fn wait(self) -> usize {
        self.n.saturating_sub(self.t) as usize
    }

    /// What it proposes, having heard these reports.
    pub fn propose(self, reports: &[Bit]) -> Vote {
        let ones = reports.iter().filter(|value| **value == 1).count();
        let most = |count: usize| 2 * count > self.n as usize;
        match (most(reports.len() - ones), most(ones)) {
            (true, _) => Vote::For(0),
            (_, true) => Vote::For(1),
            _ => Vote::Unsure,
        }
    }

    /// What these proposals amount to; no two of them name different values.
    pub fn settle(self, votes: &[Vote]) -> Settled {
        let mut values = votes.iter().filter_map(|vote| match vote {
            Vote::For(value) => Some(*value),
            Vote::Unsure => None,
        });
        match values.next() {
            None => Settled::Toss,
            Some(value) if values.count() + 1 >= self.enough as usize => Settled::Decide(value),
            Some(value) => Settled::Adopt(value),
        }
    }
}

/// What became of something heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// It is one of those waited for.
    Counted,
    /// It waits for the process to come so far.
    Early,
    /// The process has heard enough of its kind, or takes part no longer.
    Late,
    /// The same was heard before.
    Again,
}

/// What a process does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Did {
    /// It begins a phase, and reports its value to all others.
    Report {
        /// The phase, from 1.
        phase: u32,
        /// Its value.
        value: Bit,
    },
    /// It has heard enough reports, and tells all others its proposal.
    Propose {
        /// The phase.
        phase: u32,
        /// The reports, its own first.
        heard: Vec<Bit>,
        /// Its proposal.
        vote: Vote,
    },
    /// It has heard enough proposals.
    Settle {
        /// The phase.
        phase: u32,
        /// The proposals, its own first.
        heard: Vec<Vote>,
        /// What they amount to.
        settled: Settled,
        /// The value that it has from now on.
        value: Bit,
    },
    /// It takes part no longer: it has gone on for a phase after it decided, in which everybody else decides.
    End,
}

/// Something heard.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Told {
    from: u16,
    phase: u32,
    say: Say,
}

/// A process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BenOr {
    rules: Rules,
    me: u16,
    phase: u32,
    half: Half,
    value: Bit,
    /// In which phase it last came to decide what it has not decided before, and what.
    decided: Option<(u32, Bit)>,
    ended: bool,
    /// What counts now or may later, in the order in which it came.
    told: Vec<Told>,
}

impl BenOr {
    /// A process that begins its first phase.
    pub fn new(rules: Rules, me: u16, value: Bit) -> (BenOr, Did) {
        let told = vec![Told { from: me, phase: 1, say: Say::Report(value) }];
        let process =
            BenOr { rules, me, phase: 1, half: Half::Reports, value, decided: None, ended: false, told };
        (process, Did::Report { phase: 1, value })
    }

    /// Its phase, from 1.
    pub fn phase(&self) -> u32 {
        self.phase
    }

    /// How many things said it keeps.
    pub fn kept(&self) -> usize {
        self.told.len()
    }

    /// It hears what another says in a phase; what it does then is added. Where no proposal names a value, `coin` is asked for one, by the phase
    /// and the value that it has.
    pub fn hear(
        &mut self,
        from: u16,
        phase: u32,
        say: Say,
        coin: &mut dyn FnMut(u32, Bit) -> Bit,
        did: &mut Vec<Did>,
    ) -> Heard {
        let (now, then) = ((self.phase, self.half), (phase, say.half()));
        if self.ended || then < now {
            return Heard::Late;
        }
        if self.told.iter().any(|told| (told.from, told.phase, told.say.half()) == (from, phase, say.half()))
        {
            return Heard::Again;
        }
        self.told.push(Told { from, phase, say });
        if then > now {
            return Heard::Early;
        }
        if !self.rules.timed {
            self.go_on(coin, did);
        }
        Heard::Counted
    }

    /// Goes on with what it has heard, as far as that is enough.
    pub fn go_on(&mut self, coin: &mut dyn FnMut(u32, Bit) -> Bit, did: &mut Vec<Did>) {
        while !self.ended && self.step(coin, did) {}
    }

    /// Goes on by half a phase, if it has heard enough.
    fn step(&mut self, coin: &mut dyn FnMut(u32, Bit) -> Bit, did: &mut Vec<Did>) -> bool {
        let phase = self.phase;
        let said = self.told.iter().filter(|told| (told.phase, told.say.half()) == (phase, self.half));
        let most = if self.rules.timed { usize::MAX } else { self.rules.wait() };
        let said: Vec<Say> = said.map(|told| told.say).take(most).collect();
        if said.len() < self.rules.wait() {
            return false;
        }
        if self.half == Half::Reports {
            let report = |say: &Say| match say {
                Say::Report(value) => Some(*value),
                Say::Propose(_) => None,
            };
            let heard: Vec<Bit> = said.iter().filter_map(report).collect();
            let vote = self.rules.propose(&heard);
            self.half = Half::Proposals;
            self.says(Say::Propose(vote));
            did.push(Did::Propose { phase, heard, vote });
            return true;
        }
        let proposal = |say: &Say| match say {
            Say::Propose(vote) => Some(*vote),
            Say::Report(_) => None,
        };
        let heard: Vec<Vote> = said.iter().filter_map(proposal).collect();
        let settled = self.rules.settle(&heard);
        self.value = match settled {
            Settled::Decide(value) | Settled::Adopt(value) => value,
            Settled::Toss => coin(phase, self.value),
        };
        // Who has decided, and goes on, only takes what it has.
        let settled = match settled {
            Settled::Decide(value) if self.decided.is_some_and(|(_, before)| before == value) => {
                Settled::Adopt(value)
            }
            settled => settled,
        };
        if let Settled::Decide(value) = settled {
            self.decided = Some((phase, value));
        }
        did.push(Did::Settle { phase, heard, settled, value: self.value });
        if self.decided.is_some_and(|(decided, _)| decided < phase) {
            self.ended = true;
            self.told = Vec::new();
            did.push(Did::End);
            return true;
        }
        (self.phase, self.half) = (phase + 1, Half::Reports);
        self.says(Say::Report(self.value));
        did.push(Did::Report { phase: self.phase, value: self.value });
        true
    }

    /// Hears itself, before all others, and forgets what counts no longer.
    fn says(&mut self, say: Say) {
        let now = (self.phase, self.half);
        self.told.retain(|told| (told.phase, told.say.half()) >= now);
        self.told.insert(0, Told { from: self.me, phase: self.phase, say });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const THREE: Rules = Rules { n: 3, t: 1, enough: 2, timed: false };

    fn no_coin(_: u32, _: Bit) -> Bit {
        panic!("nobody tosses a coin here")
    }

    #[test]
    fn more_than_half_of_all_make_a_proposal_and_enough_of_them_a_decision() {
        use Vote::{For, Unsure};
        assert_eq!([[0, 0], [0, 1], [1, 1]].map(|reports| THREE.propose(&reports)), [For(0), Unsure, For(1)]);
        // Three of four is more than n/2; two of four is not.
        let four = Rules { n: 4, ..THREE };
        assert_eq!([[0, 0, 1], [1, 1, 1]].map(|reports| four.propose(&reports)), [Unsure, For(1)]);
        assert_eq!(THREE.settle(&[Unsure, Unsure]), Settled::Toss);
        assert_eq!(THREE.settle(&[Unsure, For(1)]), Settled::Adopt(1));
        assert_eq!(THREE.settle(&[For(0), For(0)]), Settled::Decide(0));
        assert_eq!(Rules { enough: 1, ..THREE }.settle(&[For(0), Unsure]), Settled::Decide(0));
    }

    #[test]
    fn the_first_of_each_count_and_what_comes_later_is_late() {
        let (mut process, first) = BenOr::new(THREE, 0, 1);
        assert_eq!(first, Did::Report { phase: 1, value: 1 });
        let mut did = Vec::new();
        // A proposal that comes before its time waits.
        assert_eq!(process.hear(1, 1, Say::Propose(Vote::For(1)), &mut no_coin, &mut did), Heard::Early);
        assert_eq!(process.hear(1, 1, Say::Propose(Vote::For(1)), &mut no_coin, &mut did), Heard::Again);
        assert_eq!(process.hear(2, 1, Say::Report(1), &mut no_coin, &mut did), Heard::Counted);
        assert_eq!(did[0], Did::Propose { phase: 1, heard: vec![1, 1], vote: Vote::For(1) });
        let heard = vec![Vote::For(1); 2];
        assert_eq!(did[1], Did::Settle { phase: 1, heard, settled: Settled::Decide(1), value: 1 });
        assert_eq!(did[2], Did::Report { phase: 2, value: 1 });
        assert_eq!(process.hear(1, 1, Say::Report(0), &mut no_coin, &mut did), Heard::Late);
        // One more phase, and it is done.
        process.hear(1, 2, Say::Report(1), &mut no_coin, &mut did);
        process.hear(1, 2, Say::Propose(Vote::For(1)), &mut no_coin, &mut did);
        assert_eq!((did.len(), did.last()), (6, Some(&Did::End)));
        assert_eq!(process.hear(2, 3, Say::Report(1), &mut no_coin, &mut did), Heard::Late);
    }

    /// Who knows that nothing more will come counts all that has.
    #[test]
    fn a_process_with_a_bound_counts_all_that_came_in_time() {
        let (mut process, _) = BenOr::new(Rules { timed: true, ..THREE }, 0, 0);
        let mut did = Vec::new();
        for (from, value) in [(1, 1), (2, 0)] {
            assert_eq!(process.hear(from, 1, Say::Report(value), &mut no_coin, &mut did), Heard::Counted);
        }
        assert_eq!(did, []);
        process.go_on(&mut no_coin, &mut did);
        assert_eq!(did, [Did::Propose { phase: 1, heard: vec![0, 1, 0], vote: Vote::For(0) }]);
        // One that has crashed is not waited for.
        process.hear(1, 1, Say::Propose(Vote::For(0)), &mut no_coin, &mut did);
        process.go_on(&mut no_coin, &mut did);
        let heard = vec![Vote::For(0); 2];
        assert_eq!(did[1], Did::Settle { phase: 1, heard, settled: Settled::Decide(0), value: 0 });
    }

    proptest! {
        /// Whatever the order in which messages come, whoever falls silent (t of them at the most), whatever the coins: who decides decides
        /// alike, for good, and what somebody began with; and if a coin falls alike for all, everybody decides.
        #[test]
        fn any_order_of_messages_keeps_agreement(
            (n, t) in (3u32..=7).prop_flat_map(|n| (Just(n), 0..=(n - 1) / 2)),
            inputs: u16, coins: u64, order: Vec<u16>, silent in proptest::collection::vec((0u16..7, 0u32..40), 0..3),
        ) {
            let rules = Rules { n, t, enough: t + 1, timed: false };
            let input = |me: u16| u8::from(inputs >> me & 1 == 1);
            let mut processes: Vec<Option<BenOr>> = Vec::new();
            let mut letters: Vec<(u16, u16, u32, Say)> = Vec::new();
            let post = |from: u16, did: &Did, letters: &mut Vec<(u16, u16, u32, Say)>| {
                let (phase, say) = match did {
                    Did::Report { phase, value } => (*phase, Say::Report(*value)),
                    Did::Propose { phase, vote, .. } => (*phase, Say::Propose(*vote)),
                    _ => return,
                };
                letters.extend((0..n as u16).filter(|to| *to != from).map(|to| (from, to, phase, say)));
            };
            for me in 0..n as u16 {
                let (process, did) = BenOr::new(rules, me, input(me));
                processes.push(Some(process));
                post(me, &did, &mut letters);
            }
            // After so many messages these fall silent, t at the most.
            let mut left = t;
            let mut decided: Vec<Option<Bit>> = vec![None; n as usize];
            let (mut order, mut steps) = (order.into_iter().cycle(), 0u32);
            while !letters.is_empty() && steps < 4_000 {
                for (who, when) in &silent {
                    if *when == steps && left > 0 && usize::from(*who) < processes.len() && processes[usize::from(*who)].take().is_some() {
                        left -= 1;
                    }
                }
                let place = order.next().map_or(0, usize::from) % letters.len();
                let (from, to, phase, say) = letters.swap_remove(place);
                steps += 1;
                let Some(process) = processes[usize::from(to)].as_mut() else { continue };
                let mut did = Vec::new();
                // After some phases the coin is common, so that it ends.
                let mut coin = |phase: u32, _: Bit| {
                    let whose = if phase > 6 { 0 } else { u32::from(to) };
                    u8::from(coins.rotate_left(phase * 7 + whose) & 1 == 1)
                };
                process.hear(from, phase, say, &mut coin, &mut did);
                for did in &did {
                    post(to, did, &mut letters);
                    if let Did::Settle { settled: Settled::Decide(value), .. } = did {
                        let before = decided[usize::from(to)].replace(*value);
                        prop_assert!(before.is_none_or(|before| before == *value), "a decision is undone");
                    }
                }
            }
            let values: Vec<Bit> = decided.iter().flatten().copied().collect();
            prop_assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "{:?}", decided);
            prop_assert!(values.iter().all(|value| (0..n as u16).any(|me| input(me) == *value)), "validity");
            if letters.is_empty() {
                for (process, decided) in processes.iter().zip(&decided) {
                    prop_assert!(process.is_none() || decided.is_some(), "one that is up has not decided");
                }
            }
        }
    }
}
