//! Load balancing: which of several like instances a request goes to, by what the balancer believes of each. What it believes, and since when, is
//! its affair: the same rule on other figures is another balancer.

#[cfg(test)]
mod tests;

use crate::sim::dice::{MILLION, below, remix};

/// How an instance is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Policy {
    /// Any, in proportion to the weights.
    Random,
    /// One after the other; with unequal weights smoothly in between, as nginx does it.
    RoundRobin,
    /// The one with the least load for its weight: least connections where load is the balancer's own, the shortest queue where it is the
    /// server's. Of those that have alike, the next in turn.
    LeastOutstanding,
    /// The same, and of those that have alike any: join the shortest queue.
    Shortest,
    /// Of so many that are drawn, each another, the one with the least load for its weight; of those alike the first (Azar et al. 1994,
    /// Mitzenmacher 1996). Up to 16 are drawn.
    Choices(u8),
    /// The same, each drawn from all, so that one may be drawn twice, as in the theorem on balls and bins.
    Draws(u8),
    /// Any, in proportion to one through its mean response time.
    WeightedResponse,
    /// The one whose answers come fastest; one that has not answered yet first.
    LeastResponse,
    /// By the request's key: the instance with the highest hash of both (rendezvous), so that a key stays where it is while its instance does.
    Hash,
}

/// What a balancer believes of an instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct View {
    /// Requests that are there.
    pub load: u32,
    /// Its weight in millionths, at least 1.
    pub weight: u32,
    /// Its mean response time in µs; none before its first answer.
    pub response_us: Option<u64>,
    /// Whether it may be chosen.
    pub usable: bool,
}

impl View {
    /// A usable instance of which nothing is known.
    pub const NEW: View = View { load: 0, weight: MILLION as u32, response_us: None, usable: true };

    /// What its load would be with one more request, for its weight.
    fn filled(&self) -> u64 {
        (u64::from(self.load) + 1) * 1_000 * MILLION / u64::from(self.weight.max(1))
    }

    /// The weight of its response time: the shorter, the more. One that has not answered yet counts as the fastest that there may be.
    fn speed(&self) -> u64 {
        u64::from(self.weight) * 1_000 / self.response_us.unwrap_or(1_000).max(1)
    }
}

/// A balancer's memory of its own choices.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Balance {
    policy: Policy,
    /// Whose turn it is among equals.
    turn: u32,
    /// Round robin: how much each instance is owed.
    owed: Vec<i64>,
}

impl Balance {
    /// One for so many instances, that begins with this one.
    pub fn new(policy: Policy, many: usize, first: u32) -> Balance {
        let turn = if many == 0 { 0 } else { first % many as u32 };
        let round = policy == Policy::RoundRobin;
        let behind = |place: usize| ((place + many - turn as usize) % many) as i64;
        Balance {
            policy,
            turn,
            owed: (0..if round { many } else { 0 }).map(|place| -behind(place)).collect(),
        }
    }

    /// The instance that the next request goes to; none where none is usable. There are as many views as there were instances. The die and the
    /// key are the request's.
    pub fn pick(&mut self, views: &[View], key: u64, die: impl FnOnce() -> u64) -> Option<usize> {
        let usable = views.iter().filter(|view| view.usable).count();
        match usable {
            0 => return None,
            1 => return views.iter().position(|view| view.usable),
            _ => {}
        }
        match self.policy {
            Policy::Random => by_weight(views, |view| view.weight.into(), die()),
            Policy::RoundRobin => self.smooth(views),
            Policy::LeastOutstanding => self.least(views, View::filled),
            Policy::Shortest => shortest(views, die()),
            Policy::LeastResponse => self.least(views, |view| view.response_us.unwrap_or(0)),
            Policy::WeightedResponse => by_weight(views, View::speed, die()),
            Policy::Choices(many) => emptiest(views, others(usable, many, die())),
            Policy::Draws(many) => {
                let die = die();
                let draw = |which: u64| below(remix(die, which), usable as u64) as usize;
                emptiest(views, (0..u64::from(many.max(1))).map(draw))
            }
            Policy::Hash => {
                let all = (0..views.len()).filter(|place| views[*place].usable);
                all.max_by_key(|place| remix(key, *place as u64))
            }
        }
    }

    /// The least of the usable ones; of those alike the next in turn.
    fn least(&mut self, views: &[View], by: impl Fn(&View) -> u64) -> Option<usize> {
        let (many, turn) = (views.len(), self.turn as usize);
        let in_turn = (0..many).map(|step| (turn + step) % many).filter(|place| views[*place].usable);
        let place = in_turn.min_by_key(|place| by(&views[*place]))?;
        self.turn = ((place + 1) % many) as u32;
        Some(place)
    }

    /// Each gains its weight, and who is owed most pays for all (nginx's smooth weighted round robin).
    fn smooth(&mut self, views: &[View]) -> Option<usize> {
        let (mut best, mut total): (Option<usize>, i64) = (None, 0);
        for (place, view) in views.iter().enumerate().filter(|(_, view)| view.usable) {
            let owed = self.owed.get_mut(place)?;
            *owed += i64::from(view.weight);
            total += i64::from(view.weight);
            best = Some(best.filter(|best| self.owed[*best] >= self.owed[place]).unwrap_or(place));
        }
        self.owed[best?] -= total;
        best
    }
}

/// The least loaded of the usable ones; of those alike any.
fn shortest(views: &[View], die: u64) -> Option<usize> {
    let usable = || views.iter().enumerate().filter(|(_, view)| view.usable);
    let least = usable().map(|(_, view)| view.filled()).min()?;
    let alike = || usable().filter(|(_, view)| view.filled() == least);
    alike().nth(below(die, alike().count() as u64) as usize).map(|(place, _)| place)
}

/// The most that are drawn without one coming twice.
const MOST_DRAWN: usize = 16;

/// So many different numbers below `usable`, in the order in which they are drawn.
fn others(usable: usize, many: u8, die: u64) -> impl Iterator<Item = usize> {
    let many = usize::from(many).clamp(1, MOST_DRAWN).min(usable);
    let mut drawn = [0; MOST_DRAWN];
    for which in 0..many {
        let die = if which == 0 { die } else { remix(die, which as u64 - 1) };
        let mut place = below(die, (usable - which) as u64) as usize;
        // Past those that were drawn, from the least of them on.
        let mut before = [usize::MAX; MOST_DRAWN];
        before[..which].copy_from_slice(&drawn[..which]);
        crate::sorted::sort(&mut before[..which]);
        for other in &before[..which] {
            place += usize::from(place >= *other);
        }
        drawn[which] = place;
    }
    drawn.into_iter().take(many)
}

/// Of usable instances, by their numbers among those, the least loaded; of those alike the first.
fn emptiest(views: &[View], numbers: impl Iterator<Item = usize>) -> Option<usize> {
    numbers.map(|number| nth(views, number)).min_by_key(|place| views[*place].filled())
}

/// The usable instance of that number among the usable ones.
fn nth(views: &[View], number: usize) -> usize {
    let mut usable = (0..views.len()).filter(|place| views[*place].usable);
    usable.clone().nth(number).or_else(|| usable.next_back()).unwrap_or(0)
}

/// One of the usable ones by chance, in proportion to a weight.
fn by_weight(views: &[View], weight: impl Fn(&View) -> u64, die: u64) -> Option<usize> {
    let usable = || views.iter().enumerate().filter(|(_, view)| view.usable);
    let total: u64 = usable().map(|(_, view)| weight(view)).sum();
    if total == 0 {
        return Some(nth(views, below(die, usable().count() as u64) as usize));
    }
    let mut left = below(die, total);
    let mut at = None;
    for (place, view) in usable() {
        at = Some(place);
        match left.checked_sub(weight(view)) {
            None => break,
            Some(rest) => left = rest,
        }
    }
    at
}

/// The weight of an instance that has been back for a time, in millionths: `max(least, (t / window)^(1 / aggression))` (Envoy, slow start). Times
/// are in µs, the aggression and the least in millionths; 0 for the window is none.
pub fn slow_start(back_us: u64, window_us: u64, aggression: u32, least: u32) -> u32 {
    if back_us >= window_us {
        return MILLION as u32;
    }
    let share = back_us as f64 / window_us as f64;
    let power = MILLION as f64 / f64::from(aggression.max(1));
    ((libm::pow(share, power) * MILLION as f64) as u32).max(least).max(1)
}

/// A mean that forgets: of each new value it takes so many thousandths.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ewma {
    /// In thousandths of the unit.
    milli: Option<u64>,
}

impl Ewma {
    /// Nothing has been measured.
    pub const NEW: Ewma = Ewma { milli: None };

    /// One more value.
    pub fn add(&mut self, value: u64, permille: u32) {
        let (new, share) = (u128::from(value) * 1_000, u128::from(permille.min(1_000)));
        let mean = self.milli.map_or(new, |old| (u128::from(old) * (1_000 - share) + new * share) / 1_000);
        self.milli = Some(u64::try_from(mean).unwrap_or(u64::MAX));
    }

    /// The mean; none before the first value.
    pub fn value(&self) -> Option<u64> {
        self.milli.map(|milli| milli / 1_000)
    }
}
