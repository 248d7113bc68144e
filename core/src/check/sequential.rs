//! Sequential consistency (Lamport 1979), and the same for each key by itself, which is cache coherence (Goodman 1989).

use super::judgement::{Broken, Judgement, Undecided, Why};
use super::linearizable::step;
use super::search::{Found, Order, Search, Values, drop_idle};
use super::view::Views;
use crate::history::{Effect, History, INITIAL};
use crate::sorted::{Map, Set};

/// Whether one order of all operations agrees with each client's own. Operations of a client that overlap count in the order of their invocations; one whose outcome is
/// unknown comes after what its client had done, and holds back nothing.
pub fn judge(history: &History, budget: u64) -> Judgement {
    let mut spent = 0;
    match one_order(history, &history.in_order(), budget, &mut spent) {
        Ok(order) => Judgement::Kept { orders: vec![order] },
        Err(judgement) => judgement,
    }
}

/// Whether for each key one order of its operations agrees with each client's own, and no read comes before its cause.
pub fn judge_cache(history: &History, budget: u64) -> Judgement {
    // Where values are written twice, who read from whom is open, and so is a circle.
    if let Ok(views) = Views::new(history)
        && let Err(broken) = views.causes()
    {
        return Judgement::Broken(broken);
    }
    let mut spent = 0;
    let orders: Result<Vec<Vec<usize>>, Judgement> = history
        .by_key()
        .values()
        .map(|places| one_order(history, places, budget.saturating_sub(spent), &mut spent))
        .collect();
    orders.map_or_else(|judgement| judgement, |orders| Judgement::Kept { orders })
}

struct Item {
    op: usize,
    client: u32,
    key: u32,
    effect: Effect,
}

fn one_order(
    history: &History,
    places: &[usize],
    budget: u64,
    spent: &mut u64,
) -> Result<Vec<usize>, Judgement> {
    let item = |&op: &usize| {
        let it = &history.ops()[op];
        Some(Item { op, client: it.client, key: it.key, effect: it.effect()? })
    };
    // In order of invocation, for the clients' orders; then those that must be placed first, as the search wants them.
    let mut items: Vec<(usize, Item)> = places.iter().filter_map(item).enumerate().collect();
    crate::sorted::sort_by_key(&mut items, |(place, item)| (!item.effect.required, *place));
    let required = items.iter().filter(|(_, item)| item.effect.required).count();
    drop_idle(&mut items, required, |(_, item)| (item.key, item.effect));
    let mut registers = Map::new();
    let mut values = Values::default();
    let mut holding = Vec::new();
    for (_, item) in &items {
        registers.entry(item.key).or_insert_with(|| {
            let register = holding.len() as u32;
            holding.push(values.number(register, Some(INITIAL)));
            register
        });
    }
    let steps = items.iter().map(|(_, item)| step(&item.effect, registers[&item.key], &mut values)).collect();
    let order = ClientOrder::new(&items, required);
    let mut search = Search::new(steps, required, order, holding, values.values.len());
    let found = search.run(budget);
    *spent += search.spent;
    let named = |steps: &[u32]| steps.iter().map(|&step| items[step as usize].1.op).collect::<Vec<usize>>();
    match found {
        Some(Found::Order) => Ok(named(&search.placed())),
        None => Err(Judgement::Unknown(Undecided::Budget { spent: *spent })),
        Some(Found::Nothing) => {
            let best = search.furthest.as_ref().expect("a search that finds nothing came somewhere");
            let item = &items[best.first_missing as usize].1;
            let holds = best.registers[registers[&item.key] as usize];
            let written =
                |value| items.iter().any(|(_, i)| i.key == item.key && i.effect.makes == Some(value));
            let why = match item.effect.needs {
                Some(None) => Why::Siblings,
                Some(Some(value)) if value != INITIAL && !written(value) => Why::NeverWritten,
                _ => Why::NoOrder { holds: values.values[holds as usize].unwrap_or(INITIAL) },
            };
            Err(Judgement::Broken(Broken { op: item.op, order: named(&best.order), view: None, why }))
        }
    }
}

/// The order of each client: a step may come next when the one before it, of its client, is placed.
struct ClientOrder {
    open: Set<u32>,
    followers: Vec<Vec<u32>>,
}

impl ClientOrder {
    fn new(items: &[(usize, Item)], required: usize) -> ClientOrder {
        let mut by_place: Vec<(usize, u32)> =
            items.iter().enumerate().map(|(step, (place, _))| (*place, step as u32)).collect();
        crate::sorted::sort(&mut by_place);
        let mut order = ClientOrder { open: Set::new(), followers: vec![Vec::new(); items.len()] };
        let mut last: Map<u32, u32> = Map::new();
        for (_, step) in by_place {
            let client = items[step as usize].1.client;
            match last.get(&client) {
                Some(&before) => order.followers[before as usize].push(step),
                None => {
                    order.open.insert(step);
                }
            }
            if (step as usize) < required {
                last.insert(client, step);
            }
        }
        order
    }
}

impl Order for ClientOrder {
    fn open(&self, open: &mut Vec<u32>) -> Option<u32> {
        open.extend(&self.open);
        None
    }

    fn place(&mut self, step: u32) {
        self.open.remove(&step);
        self.open.extend(self.followers[step as usize].iter().copied());
    }

    fn unplace(&mut self, step: u32) {
        for follower in &self.followers[step as usize] {
            self.open.remove(follower);
        }
        self.open.insert(step);
    }
}
