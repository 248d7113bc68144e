//! The controller of a log's brokers (who leads which partition, who is in sync), and the coordinator of its consumers, which Kafka spreads over brokers.

use super::item::{At, Row};
use super::message::{Decided, Deed, Msg, Speech, Timer};
use super::meta::fact;
use super::params::Switch;
use super::protocol::{Config, Kept};
use crate::cast::{NodeId, Sort};
use crate::parts::consumer_group::{Group, Heard};
use crate::parts::partition_log::elect;
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::sorted::Map;
use crate::trace::Fact;

/// How long the first of a group is waited with for others.
const FIRST_US: u64 = 100_000;

/// What it has decided: on its disk, and so are the group and its offsets.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Decisions {
    partitions: Vec<Decided>,
    version: u32,
    group: Group<(NodeId, u32)>,
    /// By broker: which of its boots has been heard of, and whether it is up.
    brokers: Map<NodeId, (u32, bool)>,
}

/// The controller's state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Controller {
    kept: Decisions,
    heard_us: Map<NodeId, i64>,
    /// What it will say once what it has decided is on its disk.
    says: Vec<(NodeId, Msg)>,
}

impl Protocol for Controller {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, ctx: &Ctx, out: &mut Out<Speech>) -> Controller {
        let mut kept = match disk {
            Some(Kept::Decisions(kept)) => kept.clone(),
            _ => Decisions::default(),
        };
        kept.group.restart(ctx.monotonic_us);
        let mut controller = Controller { kept, heard_us: Map::new(), says: Vec::new() };
        for broker in config.cast.of(Sort::Server) {
            controller.heard_us.insert(broker, ctx.monotonic_us);
            controller.kept.brokers.entry(broker).or_insert((0, true));
        }
        out.fact(fact::ROLE, 0, Fact::Word("coordinator"));
        controller.grow(config, config.params.partitions);
        controller.look(config, ctx, out);
        controller.say(out);
        out.set_timer(Timer::Fence, Range::exactly((config.params.detect / 4).max(1)));
        controller
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let now_us = ctx.monotonic_us;
        match input {
            Input::Timer(Timer::Fence) => {
                let silent = |heard_us: i64| heard_us.saturating_add_unsigned(config.params.detect) <= now_us;
                let silent: Vec<NodeId> = self
                    .heard_us
                    .iter()
                    .filter(|(_, heard_us)| silent(**heard_us))
                    .map(|(node, _)| *node)
                    .collect();
                for broker in silent {
                    self.stands(config, broker, false);
                }
                out.set_timer(Timer::Fence, Range::exactly((config.params.detect / 4).max(1)));
            }
            Input::Deliver { from, msg } => self.hear(config, (from, msg), ctx, out),
            _ => {}
        }
        self.look(config, ctx, out);
        self.say(out);
    }
}

impl Controller {
    fn say(&mut self, out: &mut Out<Speech>) {
        out.persist(Kept::Decisions(self.kept.clone()));
        out.serve_none();
        for (to, msg) in self.says.drain(..) {
            out.send(to, msg);
        }
    }

    fn hear(&mut self, config: &Config, (from, msg): (NodeId, Msg), ctx: &Ctx, out: &mut Out<Speech>) {
        let (now_us, group) = (ctx.monotonic_us, &mut self.kept.group);
        match msg {
            Msg::Alive { boot, version } => {
                self.heard_us.insert(from, now_us);
                let (before, up) = self.kept.brokers.get(&from).copied().unwrap_or((boot, false));
                if boot > before {
                    // It has been down, whether or not that was noticed.
                    self.kept.brokers.insert(from, (boot, up));
                    self.stands(config, from, false);
                }
                if !up || boot > before {
                    self.stands(config, from, true);
                }
                if version < self.kept.version || boot > before {
                    for decided in &self.kept.partitions {
                        self.says.push((from, Msg::Lead(decided.clone())));
                    }
                }
            }
            Msg::Alter { partition, version, isr } => {
                let up = |node: &NodeId| self.kept.brokers.get(node).is_some_and(|(_, up)| *up);
                let isr: Vec<NodeId> = isr.0.into_iter().filter(up).collect();
                let Some(decided) = self.kept.partitions.get_mut(usize::from(partition)) else { return };
                if decided.version == version && decided.leader == Some(from) && isr.contains(&from) {
                    if isr != decided.isr {
                        decided.isr = isr;
                        return self.publish(config, partition);
                    }
                    // Whoever it asked for is down: it stays as it is.
                    self.says.push((from, Msg::Lead(decided.clone())));
                }
            }
            Msg::Grow { partitions } if partitions as usize > self.kept.partitions.len() => {
                self.grow(config, partitions);
                group_again(&mut self.kept.group, now_us, out);
                for producer in config.cast.of(Sort::Client) {
                    self.says.push((producer, Msg::Topic { partitions }));
                }
            }
            Msg::Join { member } => {
                // What it was given has not come to it: nobody else need join again for that.
                if !group.rebalances() && group.members().any(|known| known == (from, member)) {
                    let given = given(group, (from, member));
                    return self.says.push((from, given));
                }
                if !group.rebalances() {
                    out.mark(Deed::Rebalances);
                }
                group.join(now_us, (from, member), FIRST_US);
            }
            Msg::Beat { member, generation } => {
                let heard = group.heartbeat(now_us, (from, member), generation);
                self.says.push((from, Msg::Heard { member, generation, heard }));
            }
            Msg::Commit { member, generation, offsets } => {
                let pairs: Vec<(u32, u32)> =
                    offsets.0.iter().map(|at| (at.partition.into(), at.offset)).collect();
                let heard = group.commit((from, member), generation, &pairs);
                if heard == Heard::Fine {
                    for At { partition, offset } in offsets.0 {
                        out.fact(fact::OFFSET, partition, Fact::Int(offset.into()));
                        out.mark(Deed::Committed(partition, offset));
                    }
                }
                self.says.push((from, Msg::Committed { member, generation, heard }));
            }
            _ => {}
        }
    }

    /// The topic has so many partitions at the least; their leaders go round.
    fn grow(&mut self, config: &Config, partitions: u32) {
        for partition in self.kept.partitions.len() as u16..partitions as u16 {
            let isr: Vec<NodeId> = config.cast.of(Sort::Server).collect();
            let leader = Some(config.broker(partition));
            self.kept.partitions.push(Decided { partition, epoch: 1, leader, isr, version: 0 });
            self.publish(config, partition);
        }
    }

    fn publish(&mut self, config: &Config, partition: u16) {
        self.kept.version += 1;
        let Some(decided) = self.kept.partitions.get_mut(usize::from(partition)) else { return };
        decided.version = self.kept.version;
        for broker in config.cast.of(Sort::Server) {
            self.says.push((broker, Msg::Lead(decided.clone())));
        }
    }

    /// A broker is down, or is up again: who leads may change, and who is in sync.
    fn stands(&mut self, config: &Config, broker: NodeId, up: bool) {
        let Some(known) = self.kept.brokers.get_mut(&broker) else { return };
        known.1 = up;
        let unclean = config.params.unclean == Switch::On;
        for partition in 0..self.kept.partitions.len() as u16 {
            let replicas: Vec<NodeId> =
                (0..config.cast.servers).map(|number| config.broker(partition + number)).collect();
            let is_up = |node: NodeId| self.kept.brokers.get(&node).is_some_and(|(_, up)| *up);
            let decided = &mut self.kept.partitions[usize::from(partition)];
            let keeps = decided.leader.filter(|leader| is_up(*leader));
            let (leader, isr) = match keeps {
                Some(leader) => {
                    (Some(leader), decided.isr.iter().copied().filter(|node| is_up(*node)).collect())
                }
                None => elect(&replicas, &decided.isr, is_up, unclean),
            };
            if (leader, &isr) != (decided.leader, &decided.isr) {
                decided.epoch += u32::from(leader != decided.leader);
                (decided.leader, decided.isr) = (leader, isr);
                self.publish(config, partition);
            }
        }
    }

    /// Looks after the group: sessions that are over, a rebalance that ends.
    fn look(&mut self, config: &Config, ctx: &Ctx, out: &mut Out<Speech>) {
        let (now_us, params, group) = (ctx.monotonic_us, &config.params, &mut self.kept.group);
        let before = group.rebalances();
        group.expire(now_us, params.session);
        if group.rebalances() && !before {
            out.mark(Deed::Rebalances);
        }
        let partitions = self.kept.partitions.len() as u32;
        if let Some(moved) = group.complete(now_us, partitions, params.assignor()) {
            let generation = group.generation();
            out.fact(fact::GENERATION, 0, Fact::Int(generation.into()));
            let members: Vec<(NodeId, u32)> = group.members().collect();
            let idle = members.iter().filter(|member| group.owns(**member).is_empty()).count();
            out.mark(Deed::Generation(moved as u32, idle as u32));
            for member in members {
                self.says.push((member.0, given(group, member)));
            }
        }
        match group.next_us(now_us, params.session) {
            Some(next_us) => {
                out.set_timer(Timer::Group, Range::exactly(next_us.saturating_sub(now_us).max(1) as u64))
            }
            None => out.cancel(Timer::Group),
        }
    }
}

/// What a member reads in this generation.
fn given(group: &Group<(NodeId, u32)>, (node, member): (NodeId, u32)) -> Msg {
    let owns = group.owns((node, member)).iter();
    let owns = owns.map(|(_, p)| At { partition: *p as u16, offset: group.offset(*p) }).collect();
    Msg::Given { member, generation: group.generation(), owns: Row(owns) }
}

/// All are to join again.
fn group_again(group: &mut Group<(NodeId, u32)>, now_us: i64, out: &mut Out<Speech>) {
    if !group.rebalances() {
        out.mark(Deed::Rebalances);
    }
    group.rebalance(now_us);
}
