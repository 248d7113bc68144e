//! The laws over replicas by their definition, which looks through all writes at every event, held against what is kept up instead; and
//! what keeping up costs.

use super::*;
use crate::cast::Cast;
use crate::check::fate::Fates;
use proptest::prelude::*;

const SERVERS: usize = 3;
const STEPS: usize = key::MAX_STEPS;

/// What the definition speaks of.
#[derive(Default)]
struct Plain {
    held: Vec<Vec<WriteId>>,
    replaced_by: Map<WriteId, Vec<WriteId>>,
    seen: Set<(NodeId, WriteId)>,
    acked: Vec<WriteId>,
    lost: Set<WriteId>,
    unsettled: Map<WriteId, Mark>,
    /// Up to when each server has forgotten what it had seen.
    forgot: Vec<Option<Mark>>,
    /// What each vacant server forgot last.
    vacated: Vec<Option<WriteId>>,
    forgotten: Set<WriteId>,
}

impl Plain {
    fn is_settled(&self, writes: &Writes, owners: &[NodeId], write: WriteId) -> bool {
        let same_set =
            |a: &[WriteId], b: &[WriteId]| a.len() == b.len() && a.iter().all(|write| b.contains(write));
        let same =
            owners.windows(2).all(|pair| same_set(&self.held[pair[0].index()], &self.held[pair[1].index()]));
        same || owners.iter().all(|owner| self.is_covered(writes, write, owner.index()))
    }

    fn is_covered(&self, writes: &Writes, write: WriteId, server: usize) -> bool {
        let (mut met, mut front) = (Set::from_iter([write]), vec![write]);
        for _ in 0..=STEPS {
            if front.iter().any(|write| self.has(writes, *write, server)) {
                return true;
            }
            let later = front.iter().filter_map(|write| self.replaced_by.get(write)).flatten().copied();
            front = later.filter(|later| met.insert(*later)).collect();
        }
        let nobody_holds = !self.held.iter().flatten().any(|held| *held == write);
        self.vacated[server].is_some() && (writes[&write].value.is_none() || nobody_holds)
    }

    fn has(&self, writes: &Writes, write: WriteId, server: usize) -> bool {
        let above = |other: &WriteId| {
            writes[other].rank.zip(writes[&write].rank).is_some_and(|(other, mine)| other > mine)
        };
        self.knows(writes, write, server) || self.held[server].iter().any(above)
    }

    fn knows(&self, writes: &Writes, write: WriteId, server: usize) -> bool {
        let fate = writes[&write].fates.all()[server];
        fate.has_seen() && fate.mark() > self.forgot[server]
    }

    fn settle(&mut self, writes: &Writes, owners: &[NodeId]) {
        let all: Vec<WriteId> = self.unsettled.keys().copied().collect();
        for write in
            all.into_iter().filter(|write| self.is_settled(writes, owners, *write)).collect::<Vec<_>>()
        {
            self.unsettled.remove(&write);
        }
    }

    fn judge_lost(&mut self, rules: &Rules, writes: &Writes, write: WriteId) {
        let is_sent = |fate: &Fate| matches!(fate, Fate::Sent(_));
        let is_alive =
            writes[&write].fates.all().iter().any(is_sent) || !writes[&write].lineage.keepers.is_empty();
        if writes[&write].acked.is_none() || is_alive {
            return;
        }
        let held: Vec<WriteId> = self.held.iter().flatten().copied().collect();
        let follows =
            |write: WriteId, other: WriteId| other == write || self.follows(rules, writes, write, other);
        let is_deletion = writes[&write].value.is_none();
        let is_deleted = held.iter().all(|other| writes[other].value.is_none());
        let stands = |write: WriteId| {
            (is_deleted && writes[&write].value.is_none()) || held.iter().any(|other| follows(write, *other))
        };
        // A deletion that has lived its life stood in its place; where that has been undone, it is the deletion that is lost.
        let was_deleted = self.forgotten.iter().any(|deletion| {
            let later = *deletion != write && (!is_deletion || *deletion > write);
            later && follows(write, *deletion) && (writes[deletion].acked.is_some() || stands(*deletion))
        });
        if !stands(write) && !was_deleted {
            self.lost.insert(write);
        }
    }

    fn follows(&self, rules: &Rules, writes: &Writes, write: WriteId, other: WriteId) -> bool {
        let (first, second) = (&writes[&write], &writes[&other]);
        if first.acked.is_some_and(|acked| acked < second.invoked) {
            return true;
        }
        let older = second.acked.is_some_and(|acked| acked < first.invoked);
        if !rules.siblings || older {
            return !older;
        }
        let (mut met, mut front) = (Set::from_iter([write]), vec![write]);
        while let Some(earlier) = front.pop() {
            if self.has_seen(writes, earlier, other) {
                return true;
            }
            for (between, _) in writes.iter().filter(|(_, between)| between.invoked < second.invoked) {
                if self.has_seen(writes, earlier, *between) && met.insert(*between) {
                    front.push(*between);
                }
            }
        }
        false
    }

    fn has_seen(&self, writes: &Writes, earlier: WriteId, later: WriteId) -> bool {
        let (first, second) = (&writes[&earlier], &writes[&later]);
        (first.client == second.client && first.invoked < second.invoked)
            || self.seen.contains(&(second.client, earlier))
            || first.acked.is_some_and(|acked| acked < second.invoked)
    }
}

fn rules(siblings: bool) -> Rules {
    Rules {
        cast: Cast { servers: SERVERS as u16, coordinators: 0, clients: 3 },
        keys: &["x"],
        owners: vec![(0..SERVERS as u16).map(NodeId).collect()],
        staleness_us: 10,
        settle_us: 10,
        siblings,
        by_clock: !siblings,
    }
}

/// Both, fed with the same.
struct Both {
    rules: Rules,
    deeds: Deeds,
    writes: Writes,
    plain: Plain,
    kept: Replicas,
    now: u32,
}

impl Both {
    fn new(siblings: bool) -> Both {
        let plain = Plain {
            held: vec![Vec::new(); SERVERS],
            forgot: vec![None; SERVERS],
            vacated: vec![None; SERVERS],
            ..Plain::default()
        };
        let rules = rules(siblings);
        let deeds = Deeds::new(rules.cast);
        Both { kept: Replicas::new(&rules), rules, deeds, writes: Map::new(), plain, now: 0 }
    }

    fn at(&mut self) -> Mark {
        self.now += 1;
        Mark { at_us: u64::from(self.now), record: self.now }
    }

    /// A client asks for the next write; ranks come in whatever order, or not at all.
    fn begin(&mut self, client: u16, rank: Option<u64>) -> WriteId {
        let (write, invoked, client) = (self.writes.len() as u32, self.at(), NodeId(SERVERS as u16 + client));
        let (value, rank) = ((!write.is_multiple_of(5)).then_some(write), rank.map(|rank| (rank, 0)));
        let (acked, failed, read, stamped) = (None, None, None, None);
        let (fates, lineage) = (Fates::new(SERVERS), Lineage::default());
        let written =
            Written { client, key: 0, value, invoked, acked, failed, read, rank, stamped, fates, lineage };
        self.writes.insert(write, written);
        self.kept.begins(&self.rules, 0, client, write);
        write
    }

    fn end(&mut self, write: WriteId) {
        let at = self.at();
        if self.writes[&write].acked.is_none() {
            self.writes.get_mut(&write).unwrap().acked = Some(at);
            self.plain.acked.push(write);
            self.plain.judge_lost(&self.rules, &self.writes, write);
            self.kept.acknowledged(&self.rules, &self.writes, &self.deeds, write, at);
        }
    }

    fn read(&mut self, write: WriteId, client: u16) {
        let client = NodeId(SERVERS as u16 + client);
        self.plain.seen.insert((client, write));
        self.writes.get_mut(&write).unwrap().lineage.readers.insert(client);
    }

    fn fate(&mut self, write: WriteId, server: usize, fate: fn(Mark) -> Fate) {
        let at = self.at();
        self.kept.fate(
            &self.rules,
            &mut self.writes,
            &self.deeds,
            write,
            NodeId(server as u16),
            fate(at),
            at,
        );
        let owners = &self.rules.owners[0];
        if let Fate::Took(_) = fate(at) {
            let vacated = self.plain.vacated[server].take();
            self.plain.held[server].push(write);
            if !self.plain.is_settled(&self.writes, owners, write) {
                self.plain.unsettled.entry(write).or_insert(at);
            }
            // What it had deleted has come back.
            let lacks = |deletion: &WriteId| {
                let ranked = [write, *deletion].iter().all(|write| self.writes[write].rank.is_some());
                let follows =
                    || *deletion == write || self.plain.follows(&self.rules, &self.writes, *deletion, write);
                !self.plain.is_settled(&self.writes, owners, *deletion)
                    && !self.plain.is_covered(&self.writes, *deletion, server)
                    && (ranked || !follows())
            };
            if let Some(deletion) = vacated.filter(lacks) {
                self.plain.unsettled.entry(deletion).or_insert(at);
            }
            for deletion in self.plain.forgotten.iter().copied().collect::<Vec<_>>().into_iter().rev().take(3)
            {
                self.plain.judge_lost(&self.rules, &self.writes, deletion);
            }
        }
        if matches!(fate(at), Fate::Took(_) | Fate::Refused(_)) {
            self.plain.settle(&self.writes, owners);
        }
        if matches!(fate(at), Fate::Lost(..) | Fate::Refused(_) | Fate::LetGo(_)) {
            self.plain.judge_lost(&self.rules, &self.writes, write);
        }
    }

    fn drop(&mut self, write: WriteId, server: usize) {
        let at = self.at();
        self.kept.dropped(&self.rules, &mut self.writes, &self.deeds, write, NodeId(server as u16), at);
        self.plain.held[server].retain(|held| *held != write);
        match self.plain.held[server].last().copied() {
            Some(last) => self.plain.replaced_by.entry(write).or_default().push(last),
            None => {
                (self.plain.forgot[server], self.plain.vacated[server]) = (Some(at), Some(write));
                if self.writes[&write].value.is_none() {
                    self.plain.forgotten.insert(write);
                }
            }
        }
        self.plain.settle(&self.writes, &self.rules.owners[0]);
        for write in [write].into_iter().chain(self.plain.acked.clone().into_iter().rev().take(3)) {
            self.plain.judge_lost(&self.rules, &self.writes, write);
        }
    }

    fn wipe(&mut self, server: usize) {
        let (at, node) = (self.at(), NodeId(server as u16));
        let knew = |write: &WriteId| self.plain.knows(&self.writes, *write, server);
        let kept = |write: &WriteId| self.writes[write].lineage.keepers.contains(&node);
        let gone: Vec<WriteId> =
            self.writes.keys().copied().filter(|write| knew(write) || kept(write)).collect();
        let knew: Vec<WriteId> = gone.iter().copied().filter(knew).collect();
        self.kept.wiped(&self.rules, &mut self.writes, &self.deeds, node, at);
        self.plain.held[server].clear();
        self.plain.forgot[server] = Some(at);
        for write in gone {
            if knew.contains(&write) {
                self.plain.unsettled.entry(write).or_insert(at);
            }
            self.plain.judge_lost(&self.rules, &self.writes, write);
        }
        self.plain.settle(&self.writes, &self.rules.owners[0]);
    }

    fn rank(&mut self, write: WriteId, rank: u64) {
        let before = self.writes.get_mut(&write).unwrap().rank.replace((rank, 0));
        self.kept.ranked(&self.writes, write, before);
    }

    /// The writes that the laws keep as unsettled, and those that count as lost.
    fn kept(&self) -> (Vec<(WriteId, Mark)>, &Set<WriteId>) {
        let mut unsettled: Vec<(WriteId, Mark)> = self.kept.keys[0].waiting(&self.writes).collect();
        unsettled.sort_unstable();
        (unsettled, &self.kept.lost)
    }

    fn plain(&self) -> (Vec<(WriteId, Mark)>, &Set<WriteId>) {
        (self.plain.unsettled.iter().map(|(write, since)| (*write, *since)).collect(), &self.plain.lost)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::anything::cases(1_500)))]

    /// Whatever happens, possible or not: what is kept up is what the definition says, after every event.
    #[test]
    fn what_is_kept_up_is_what_the_definition_says(
        siblings: bool, ranked: bool, wild: bool,
        events in proptest::collection::vec((0u8..16, any::<u8>(), 0..SERVERS, 0u16..3), 1..120),
    ) {
        let mut both = Both::new(siblings);
        for (what, which, server, client) in events {
            let rank = |write: u32| if wild { u64::from(which % 7) } else { u64::from(write) };
            let count = both.writes.len() as u32;
            if what < 3 || count == 0 {
                // Some get their rank later.
                both.begin(client, (ranked && which % 4 > 0).then(|| rank(count)));
                continue;
            }
            // Late ones are the likelier, as in a run.
            let write = count - 1 - u32::from(which) % count.min(if which > 200 { 40 } else { 4 });
            match what {
                3 => both.end(write),
                4 => both.read(write, client),
                5 => both.fate(write, server, Fate::Sent),
                6 => both.fate(write, server, |at| Fate::Lost(at, crate::trace::Loss::Cut, None)),
                7 | 8 => both.fate(write, server, Fate::Refused),
                9 if which % 4 == 0 => both.fate(write, server, Fate::Hinted),
                9 if which % 4 == 1 => both.fate(write, server, Fate::LetGo),
                10 if which % 8 == 0 => both.wipe(server),
                11 if wild && ranked => both.rank(write, u64::from(which % 5)),
                11 if ranked && both.writes[&write].rank.is_none() => both.rank(write, rank(write)),
                12 | 13 => {
                    let oldest = both.plain.held[server].first().copied();
                    if let Some(oldest) = oldest {
                        both.drop(oldest, server);
                    }
                }
                _ => both.fate(write, server, Fate::Took),
            }
            prop_assert_eq!(both.kept(), both.plain());
        }
    }
}

/// What so many writes cost of which one server gets none, so that none is settled: each comes to the others and replaces the last one.
fn cost(count: u32, ranked: bool) -> u64 {
    let mut both = Both::new(!ranked);
    let mut last = None;
    for _ in 0..count {
        let rank = ranked.then(|| u64::from(both.now));
        let write = both.begin(0, rank);
        let at = both.at();
        for server in [0, 1] {
            for fate in [Fate::Sent(at), Fate::Took(at)] {
                both.kept.fate(&both.rules, &mut both.writes, &both.deeds, write, NodeId(server), fate, at);
            }
            if let Some(last) = last {
                both.kept.dropped(&both.rules, &mut both.writes, &both.deeds, last, NodeId(server), at);
            }
        }
        both.writes.get_mut(&write).unwrap().acked = Some(at);
        both.kept.acknowledged(&both.rules, &both.writes, &both.deeds, write, at);
        last = Some(write);
    }
    assert_eq!(both.kept.keys[0].unsettled as u32, count);
    // Then it gets the last, which stands for all.
    let (write, at) = (count - 1, both.at());
    both.kept.fate(&both.rules, &mut both.writes, &both.deeds, write, NodeId(2), Fate::Took(at), at);
    assert_eq!(both.kept.keys[0].unsettled, 0);
    both.kept.keys[0].cost.get()
}

/// By the definition twice as many writes cost four times as much.
#[test]
fn a_write_costs_the_same_however_many_there_are() {
    for ranked in [true, false] {
        let (few, many) = (cost(500, ranked), cost(1_000, ranked));
        assert!(many < few * 5 / 2 && many < 1_000 * 100, "500 writes cost {few}, 1,000 {many}");
    }
}
