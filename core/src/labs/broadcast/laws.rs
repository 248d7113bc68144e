//! The eight promises: what reaches whom, in which order, and whether replicas are equal.

use super::account::{Account, Done};
use super::params::{App, Params, Via};
use crate::cast::{Cast, NodeId};
use crate::check::light::{Light, evidence};
use crate::lab::{Evidence, State, Verdict};
use crate::trace::Mark;

/// The lights, and what has been broken.
#[derive(Clone, Debug)]
pub struct Laws {
    params: Params,
    cast: Cast,
    reaches: Light,
    together: Light,
    even_dead: Light,
    once: Light,
    fifo: Light,
    cause: Light,
    same_order: Light,
    same_state: Light,
    /// Whether two processes have delivered two messages in different orders; where two speak, two others.
    pub disagree: bool,
}

/// How a run stands when it has ended.
pub struct End<'a> {
    /// When.
    pub at: Mark,
    /// Those that are up and have been since the start.
    pub live: &'a [NodeId],
    /// Nothing will happen any more.
    pub still: bool,
    /// What has happened to processes and messages.
    pub troubles: String,
}

impl Laws {
    /// Nothing has happened.
    pub fn new(params: &Params, cast: Cast) -> Laws {
        let kept = |id, why| Light::new(id, State::Kept, why);
        let open =
            |id| Light::new(id, State::Unknown, "The run is not over: what is on its way may still arrive.");
        Laws {
            params: params.clone(),
            cast,
            reaches: open("reaches"),
            together: open("together"),
            even_dead: open("even_dead"),
            once: kept("once", "Nobody has delivered a message twice."),
            fifo: kept("fifo", "Nobody has delivered a message before one that its sender sent earlier."),
            cause: kept("cause", "Nobody has delivered a message before one that could have caused it."),
            same_order: kept(
                "same_order",
                "No two processes have delivered two messages in different orders.",
            ),
            same_state: kept(
                "same_state",
                "No two replicas have differed after the same number of commands.",
            ),
            disagree: false,
        }
    }

    fn name(&self, process: usize) -> String {
        self.cast.name(NodeId(process as u16)).to_string()
    }

    fn names(&self, nodes: &[NodeId]) -> String {
        let names: Vec<String> = nodes.iter().map(|node| self.cast.name(*node).to_string()).collect();
        match names.split_last() {
            None => "nobody".to_owned(),
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
        }
    }

    /// A process has delivered a message; before, if it had.
    pub fn delivered(
        &mut self,
        at: Mark,
        process: usize,
        account: &Account,
        (place, before): (usize, Option<Mark>),
    ) {
        let (me, id) = (self.name(process), account.said[place].id);
        if let Some(before) = before {
            self.once.break_(at, || {
                let why = format!("{me} delivers {id} a second time: a copy of it came, and nobody asks whether it has been there.");
                (why, vec![evidence(before.record, format!("{me} delivers {id}")), evidence(at.record, "and again")])
            });
        } else {
            self.order_of_causes(at, process, account, place);
        }
        if before.is_none() {
            self.order_of_all(at, process, account, place);
        }
        if let Some(other) = account.diverges_from(process) {
            let (mine, theirs) = (
                *account.done[process].last().expect("it has just been"),
                account.done[other][account.done[process].len() - 1],
            );
            self.diverged(at, (process, mine), (other, theirs), account);
        }
    }

    /// FIFO and causal order.
    fn order_of_causes(&mut self, at: Mark, process: usize, account: &Account, place: usize) {
        let (me, said) = (self.name(process), &account.said[place]);
        let sender = self.name(usize::from(said.id.sender));
        let steps = |missing: usize| {
            let first = &account.said[missing];
            vec![
                evidence(
                    first.at.record,
                    format!("{} broadcasts {}", self.name(usize::from(first.id.sender)), first.id),
                ),
                evidence(said.at.record, format!("{sender} broadcasts {}", said.id)),
                evidence(at.record, format!("{me} delivers {}, and has not delivered {}", said.id, first.id)),
            ]
        };
        let (earlier, cause) =
            (account.missing(place, process, true), account.missing(place, process, false));
        let told = [earlier, cause].map(|missing| missing.map(|missing| (missing, steps(missing))));
        let [earlier, cause] = told;
        if let Some((missing, steps)) = earlier {
            let first = account.said[missing].id;
            self.fifo.break_(at, || (format!("{me} delivers {} and has not delivered {first}, which {sender} had broadcast before it.", said.id), steps));
        }
        if let Some((missing, steps)) = cause {
            let first = &account.said[missing];
            let how = match (first.id.sender == said.id.sender, first.delivered[usize::from(said.id.sender)])
            {
                (true, _) => format!("which {sender} had broadcast before it"),
                (false, Some((_, when))) if when.record <= said.at.record => {
                    format!("which {sender} had delivered before it broadcast {}", said.id)
                }
                _ => format!("which could have caused what {sender} had delivered"),
            };
            self.cause.break_(at, || {
                (format!("{me} delivers {} and has not delivered {}, {how}.", said.id, first.id), steps)
            });
        }
    }

    /// Total order.
    fn order_of_all(&mut self, at: Mark, process: usize, account: &Account, place: usize) {
        let Some((other, earlier)) = account.disagreement(place, process) else { return };
        self.disagree = true;
        let (me, them) = (self.name(process), self.name(other));
        let (first, last) = (&account.said[earlier], &account.said[place]);
        let when = |said: &super::account::Said, process: usize| {
            said.delivered[process].map_or(at.record, |(_, at)| at.record)
        };
        self.same_order.break_(at, || {
            let why = format!(
                "{me} delivers {} before {}, {them} {} before {}.",
                first.id, last.id, last.id, first.id
            );
            let mut steps = vec![
                evidence(when(last, other), format!("{them} delivers {}", last.id)),
                evidence(when(first, other), format!("{them} delivers {}", first.id)),
                evidence(when(first, process), format!("{me} delivers {}", first.id)),
                evidence(at.record, format!("{me} delivers {}", last.id)),
            ];
            crate::sorted::sort_by_key(&mut steps, |step| step.record);
            (why, steps)
        });
    }

    fn diverged(
        &mut self,
        at: Mark,
        (process, mine): (usize, Done),
        (other, theirs): (usize, Done),
        account: &Account,
    ) {
        let (me, them) = (self.name(process), self.name(other));
        let number = account.done[process].len();
        let id = |done: Done| account.said[done.said].id;
        let dice = self.params.app == App::Dice;
        let rolled =
            |done: Done| done.roll.map_or(String::new(), |roll| format!(", for which it rolls {roll}"));
        self.same_state.break_(at, || {
            let why = if mine.said == theirs.said && dice {
                let [mine, theirs] = [mine, theirs].map(|done| done.roll.unwrap_or_default());
                format!("Command {number} is {} at both, and {me} rolls {mine} for it where {them} rolled {theirs}: the same order, and another state.", id(account.done[process][number - 1]))
            } else {
                format!("Command {number} is {} at {me}{}, and {} at {them}{}.", id(mine), rolled(mine), id(theirs), rolled(theirs))
            };
            let mut steps = vec![
                evidence(theirs.record, format!("{them} carries out {} as command {number}", id(theirs))),
                evidence(mine.record, format!("{me} carries out {} as command {number}", id(mine))),
            ];
            crate::sorted::sort_by_key(&mut steps, |step| step.record);
            (why, steps)
        });
    }

    /// A message that some live process has not delivered, of those that all of them should have: its place, and who lacks it.
    fn lacking(
        &self,
        account: &Account,
        live: &[NodeId],
        should: impl Fn(usize) -> bool,
    ) -> Option<(usize, Vec<NodeId>)> {
        (0..account.said.len()).filter(|place| should(*place)).find_map(|place| {
            let lacks = |node: &&NodeId| account.said[place].delivered[node.index()].is_none();
            let who: Vec<NodeId> = live.iter().filter(lacks).copied().collect();
            (!who.is_empty()).then_some((place, who))
        })
    }

    /// Whether something that was broadcast by a live process, or delivered by anybody, is lacking at a live one.
    pub fn is_lacking(&self, account: &Account, live: &[NodeId]) -> bool {
        let is_live = |process: usize| live.iter().any(|node| node.index() == process);
        let should = |place: usize| {
            let said = &account.said[place];
            is_live(usize::from(said.id.sender)) || said.delivered.iter().any(Option::is_some)
        };
        self.lacking(account, live, should).is_some()
    }

    /// The run has ended: what has not arrived by now, and will never.
    pub fn judge(&mut self, account: &Account, end: &End<'_>) {
        let live = |process: usize| end.live.iter().any(|node| node.index() == process);
        let dead = |process: usize| !live(process);
        let sender = |place: usize| usize::from(account.said[place].id.sender);
        let sent = self.lacking(account, end.live, |place| live(sender(place))).map(|(place, lack)| {
            let first =
                format!("{} is up and has broadcast {}", self.name(sender(place)), account.said[place].id);
            self.never(account, end, (place, &lack), (account.said[place].at, first))
        });
        let delivered = |among: &dyn Fn(usize) -> bool, how: &str| {
            let by = |place: usize| account.said[place].first_by(among);
            let (place, lack) = self.lacking(account, end.live, |place| by(place).is_some())?;
            let (process, at) = by(place)?;
            let first = format!("{}, {how}, has delivered {}", self.name(process), account.said[place].id);
            Some(self.never(account, end, (place, &lack), (at, first)))
        };
        let together = delivered(&live, "which is up");
        let even_dead = delivered(&dead, "before it crashed").or_else(|| together.clone());
        let turn = |light: &mut Light, broken: Option<(String, Vec<Evidence>)>, kept: &str| match broken {
            Some(broken) if end.still => light.break_(end.at, || broken),
            Some(_) => {}
            None => light.turn(end.at, State::Kept, || (kept.to_owned(), Vec::new())),
        };
        turn(&mut self.reaches, sent, "All live processes have delivered what live ones have broadcast.");
        turn(&mut self.together, together, "What one live process has delivered, all have.");
        turn(&mut self.even_dead, even_dead, "What any process has delivered, all live ones have.");
    }

    /// Why a message should be where it will never be: what came first, and who lacks it.
    fn never(
        &self,
        account: &Account,
        end: &End<'_>,
        (place, lack): (usize, &[NodeId]),
        (at, first): (Mark, String),
    ) -> (String, Vec<Evidence>) {
        let said = &account.said[place];
        let why = format!("{first}; {} will never deliver it. {}", self.names(lack), self.because(end));
        let broadcasts = format!("{} broadcasts {}", self.name(usize::from(said.id.sender)), said.id);
        let steps = vec![
            evidence(said.at.record, broadcasts),
            evidence(at.record, first),
            evidence(end.at.record, "the last that happens"),
        ];
        (why, steps)
    }

    /// Why nothing more will come.
    fn because(&self, end: &End<'_>) -> String {
        let dead = usize::from(self.cast.servers) - end.live.len();
        let sequencer =
            self.params.sequencer_place().is_some_and(|place| end.live.iter().all(|node| node.0 != place));
        let waits = match self.params.orders_by() {
            Some(Via::Sequencer | Via::Numbers) if sequencer => " Nobody gives numbers any more.",
            Some(Via::Lamport) if dead > 0 => " All wait for a later stamp of a process that is down.",
            Some(Via::Skeen) if dead > 0 => {
                " A stamp that a process was to propose or to tell does not come."
            }
            Some(Via::Token) if dead > 0 => " The token went down with a process.",
            Some(Via::Consensus) => " No more than half are up: nothing can be agreed on.",
            _ => "",
        };
        format!("{}: nothing is under way any more.{waits}", end.troubles)
    }

    /// Which of the orders were broken: FIFO, causal.
    pub fn broken(&self) -> [bool; 2] {
        [&self.fifo, &self.cause].map(|light| light.state() == State::Broken)
    }

    /// The lights, in the order of the lab's promises.
    pub fn verdicts(self) -> Vec<Verdict> {
        let lights = [
            self.reaches,
            self.together,
            self.even_dead,
            self.once,
            self.fifo,
            self.cause,
            self.same_order,
            self.same_state,
        ];
        lights.map(Light::verdict).into()
    }
}
