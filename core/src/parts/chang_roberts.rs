//! Election on a ring in which messages go one way (Chang and Roberts, *An improved algorithm for decentralized extrema-finding in circular
//! configurations of processes*, CACM 1979): a process passes on greater numbers than its own and swallows lesser ones, so the greatest comes
//! around. It takes it that nobody fails.

/// What goes around the ring.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Say {
    /// This one might lead.
    Candidate(u16),
    /// This one does.
    Elected(u16),
}

/// What a process does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It says something to the next.
    Pass(Say),
    /// It leads.
    Lead,
    /// It takes another for the leader.
    Follow(u16),
}

/// A process, by its number.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Around {
    me: u16,
    /// It has said something of the election that is under way.
    takes_part: bool,
    /// It may lead.
    stands: bool,
}

impl Around {
    /// A process in no election.
    pub fn new(me: u16) -> Around {
        Around { me, takes_part: false, stands: true }
    }

    /// It begins an election, or begins it anew.
    pub fn elect(&mut self) -> Vec<Effect> {
        if !self.stands {
            return Vec::new();
        }
        self.takes_part = true;
        vec![Effect::Pass(Say::Candidate(self.me))]
    }

    /// Something comes from the one before.
    pub fn hear(&mut self, say: Say) -> Vec<Effect> {
        match say {
            Say::Candidate(id) if id == self.me && self.stands => {
                self.takes_part = false;
                vec![Effect::Lead, Effect::Pass(Say::Elected(self.me))]
            }
            Say::Candidate(id) if id == self.me => Vec::new(),
            Say::Candidate(id) if id > self.me || !self.stands => {
                self.takes_part = true;
                vec![Effect::Pass(say)]
            }
            Say::Candidate(_) if self.takes_part => Vec::new(),
            Say::Candidate(_) => self.elect(),
            Say::Elected(id) if id == self.me => Vec::new(),
            Say::Elected(id) => {
                self.takes_part = false;
                vec![Effect::Follow(id), Effect::Pass(say)]
            }
        }
    }

    /// It may lead from now on, or may not.
    pub fn stand(&mut self, stands: bool) {
        if self.stands != stands {
            (self.stands, self.takes_part) = (stands, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// The messages when all of a ring in this order begin at once: of candidates, and in all.
    fn count(order: &[u16]) -> (u32, u32) {
        let mut ring: Vec<Around> = order.iter().map(|id| Around::new(*id)).collect();
        let mut sent: VecDeque<(usize, Say)> = VecDeque::new();
        let (mut candidates, mut all, mut leads) = (0, 0, None);
        let mut doing: Vec<(usize, Effect)> = Vec::new();
        for (place, process) in ring.iter_mut().enumerate() {
            doing.extend(process.elect().into_iter().map(|effect| (place, effect)));
        }
        loop {
            for (place, effect) in doing.drain(..) {
                match effect {
                    Effect::Pass(say) => {
                        all += 1;
                        candidates += u32::from(matches!(say, Say::Candidate(_)));
                        sent.push_back(((place + 1) % order.len(), say));
                    }
                    Effect::Lead => leads = Some(order[place]),
                    Effect::Follow(id) => assert_eq!(leads, Some(id)),
                }
            }
            let Some((place, say)) = sent.pop_front() else { break };
            doing = ring[place].hear(say).into_iter().map(|effect| (place, effect)).collect();
        }
        assert_eq!(leads, order.iter().max().copied());
        (candidates, all)
    }

    /// All orders of five: least 2n - 1, most n(n+1)/2, n·H(n) on average; and n more to tell it.
    #[test]
    fn messages_are_between_the_least_and_the_most_and_n_harmonic_on_average() {
        let mut orders = vec![vec![0u16]];
        for id in 1..5u16 {
            let more = orders.iter().flat_map(|order| {
                (0..=order.len()).map(move |at| [&order[..at], &[id], &order[at..]].concat())
            });
            orders = more.collect();
        }
        let counts: Vec<u32> = orders.iter().map(|order| count(order).0).collect();
        assert_eq!((counts.len(), counts.iter().min(), counts.iter().max()), (120, Some(&9), Some(&15)));
        // 5 (1 + 1/2 + 1/3 + 1/4 + 1/5) = 137/12.
        assert_eq!(counts.iter().sum::<u32>() * 12, 120 * 137);
        assert_eq!(count(&[0, 1, 2, 3, 4]), (9, 14));
        assert_eq!(count(&[4, 3, 2, 1, 0]), (15, 20));
    }

    #[test]
    fn who_stands_down_passes_on_whoever_comes() {
        let mut last = Around::new(4);
        last.stand(false);
        assert_eq!(last.elect(), []);
        assert_eq!(last.hear(Say::Candidate(2)), [Effect::Pass(Say::Candidate(2))]);
        assert_eq!(last.hear(Say::Candidate(4)), []);
    }
}
