//! The bully algorithm: of all that are up the one with the greatest number leads (Garcia-Molina, *Elections in a distributed computing system*, IEEE
//! Transactions on Computers, 1982, in the form of three messages in which textbooks have it). It takes it that who does not answer in time is down.

/// What processes say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Say {
    /// To the greater ones: is any of you up?
    Election,
    /// To who asked: I am, leave it to me.
    Ok,
    /// To the lesser ones: I lead.
    Coordinator,
}

/// What a process waits for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wait {
    /// That a greater one answers.
    Answer,
    /// That a greater one, which has answered, says that it leads.
    Announcement,
}

/// What a process does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// It says something to the process of that number.
    Send(u16, Say),
    /// It waits, and for nothing else.
    Wait(Wait),
    /// It waits no more.
    Rest,
    /// It leads.
    Lead,
    /// It takes another for the leader.
    Follow(u16),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Stage {
    Rests,
    Asks,
    Hopes,
}

/// A process, by its number from 0.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Bully {
    me: u16,
    n: u16,
    stage: Stage,
    leader: Option<u16>,
    /// It takes part in elections.
    stands: bool,
}

impl Bully {
    /// Process `me` of `n`, which knows of no leader.
    pub fn new(me: u16, n: u16) -> Bully {
        Bully { me, n, stage: Stage::Rests, leader: None, stands: true }
    }

    /// It holds an election, unless it holds one already.
    pub fn elect(&mut self) -> Vec<Effect> {
        if self.stage != Stage::Rests {
            return Vec::new();
        }
        self.leader = None;
        if !self.stands {
            return Vec::new();
        }
        if self.me + 1 == self.n {
            return self.lead();
        }
        self.stage = Stage::Asks;
        let asks = (self.me + 1..self.n).map(|greater| Effect::Send(greater, Say::Election));
        asks.chain([Effect::Wait(Wait::Answer)]).collect()
    }

    fn lead(&mut self) -> Vec<Effect> {
        (self.stage, self.leader) = (Stage::Rests, Some(self.me));
        let tells = (0..self.me).map(|lesser| Effect::Send(lesser, Say::Coordinator));
        [Effect::Rest].into_iter().chain(tells).chain([Effect::Lead]).collect()
    }

    /// Another says something.
    pub fn hear(&mut self, from: u16, say: Say) -> Vec<Effect> {
        match say {
            Say::Election if !self.stands => Vec::new(),
            Say::Election if self.leader == Some(self.me) => vec![Effect::Send(from, Say::Coordinator)],
            Say::Election => {
                let mut effects = vec![Effect::Send(from, Say::Ok)];
                effects.extend(self.elect());
                effects
            }
            Say::Ok if self.stage == Stage::Asks => {
                self.stage = Stage::Hopes;
                vec![Effect::Wait(Wait::Announcement)]
            }
            Say::Ok => Vec::new(),
            Say::Coordinator if from < self.me && self.stands => match self.leader == Some(self.me) {
                true => vec![Effect::Send(from, Say::Coordinator)],
                false => self.elect(),
            },
            Say::Coordinator if self.leader == Some(from) && self.stage == Stage::Rests => Vec::new(),
            Say::Coordinator => {
                (self.stage, self.leader) = (Stage::Rests, Some(from));
                vec![Effect::Rest, Effect::Follow(from)]
            }
        }
    }

    /// It has waited long enough: nobody greater is up, or the greater one that was has died since.
    pub fn waited(&mut self) -> Vec<Effect> {
        match self.stage {
            Stage::Rests => Vec::new(),
            Stage::Asks => self.lead(),
            Stage::Hopes => {
                self.stage = Stage::Rests;
                self.elect()
            }
        }
    }

    /// It takes part in elections from now on, or does not.
    pub fn stand(&mut self, stands: bool) {
        if self.stands != stands {
            (self.stands, self.stage, self.leader) = (stands, Stage::Rests, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// The messages of an election that process `first` begins, those above `up` being down, by sort; and who leads.
    fn count(n: u16, up: u16, first: u16) -> ([u32; 3], u16) {
        let mut all: Vec<Bully> = (0..n).map(|me| Bully::new(me, n)).collect();
        let (mut sent, mut leads, mut counts) = (VecDeque::new(), 0, [0; 3]);
        let mut doing: Vec<(u16, Effect)> =
            all[usize::from(first)].elect().into_iter().map(|e| (first, e)).collect();
        let mut waits = vec![false; usize::from(n)];
        loop {
            for (me, effect) in doing.drain(..) {
                match effect {
                    Effect::Send(to, say) => {
                        counts[say as usize] += 1;
                        sent.push_back((me, to, say));
                    }
                    Effect::Wait(wait) => waits[usize::from(me)] = wait == Wait::Answer,
                    Effect::Rest => waits[usize::from(me)] = false,
                    Effect::Lead => leads = me,
                    Effect::Follow(_) => {}
                }
            }
            if let Some((from, to, say)) = sent.pop_front() {
                if to < up {
                    doing = all[usize::from(to)].hear(from, say).into_iter().map(|e| (to, e)).collect();
                }
            } else if let Some(me) = waits.iter().position(|waits| *waits) {
                doing = all[me].waited().into_iter().map(|e| (me as u16, e)).collect();
            } else {
                return (counts, leads);
            }
        }
    }

    /// With process n down and i detecting it, m = n - i: m(m+1)/2 elections, m(m-1)/2 answers, n - 2 announcements.
    #[test]
    fn an_election_takes_as_many_messages_as_are_counted_by_hand() {
        for n in 3..9u32 {
            for i in 1..n {
                let m = n - i;
                let expected = [m * (m + 1) / 2, m * (m - 1) / 2, n - 2];
                assert_eq!(
                    count(n as u16, n as u16 - 1, i as u16 - 1),
                    (expected, n as u16 - 2),
                    "{i} of {n}"
                );
            }
        }
    }

    #[test]
    fn who_stands_down_answers_nobody_and_follows_a_lesser_one() {
        let mut last = Bully::new(4, 5);
        last.stand(false);
        assert_eq!(last.hear(1, Say::Election), []);
        assert_eq!(last.hear(3, Say::Coordinator), [Effect::Rest, Effect::Follow(3)]);
        last.stand(true);
        assert!(last.hear(3, Say::Coordinator).contains(&Effect::Lead), "it bullies");
    }
}
