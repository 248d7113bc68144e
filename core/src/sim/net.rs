//! The network: how long a message takes, whether it is lost or doubled. Which links are cut is in [`crate::trace::World`].

use crate::cast::{Cast, NodeId};
use crate::chance::dice::{Purpose, die, happens};
use crate::chance::dist::Dist;
use crate::sorted::Map;

/// What the network is like: the same for the whole run, but for cuts.
#[derive(Clone, Debug)]
pub struct Network {
    /// The latency of each class of message ([`super::Kinded::class`]), one way.
    pub classes: Vec<Dist>,
    /// The zone of each node; empty when there is one zone.
    pub zones: Vec<u16>,
    /// What a message takes besides, from zone to zone: row by row, in µs.
    pub zone_extra_us: Vec<u64>,
    /// The chance that a message is lost, in millionths.
    pub loss_millionths: u64,
    /// The same for each class of message alone, in millionths; classes without an entry have no more than that.
    pub class_loss_millionths: Vec<u64>,
    /// The chance that a message comes twice, in millionths.
    pub duplicate_millionths: u64,
    /// Whether messages of one link arrive in the order in which they were sent.
    pub fifo: bool,
}

impl Network {
    /// One zone, one class, nothing lost.
    pub fn plain(latency: Dist) -> Network {
        Network {
            classes: vec![latency],
            zones: Vec::new(),
            zone_extra_us: Vec::new(),
            loss_millionths: 0,
            class_loss_millionths: Vec::new(),
            duplicate_millionths: 0,
            fifo: false,
        }
    }
}

/// What decides the luck of one message: who it is, among all that this seed could ever send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Luck {
    who: u64,
    number: u64,
}

impl Luck {
    /// A message of an operation: by link, kind, operation and attempt. Two messages alike in all of these share their luck.
    pub(crate) fn of_operation(link: Link, kind: u8, client: u16, number: u32, attempt: u16) -> Luck {
        let who = link.0 | u64::from(client) << 16 | u64::from(kind) << 8 | 1;
        Luck { who, number: u64::from(number) << 16 | u64::from(attempt) }
    }

    /// A message of no operation: by link, kind and count.
    pub(crate) fn of_count(link: Link, kind: u8, count: u64) -> Luck {
        Luck { who: link.0 | u64::from(kind) << 8, number: count }
    }
}

/// A link as dice know it: by its ends' numbers for dice ([`Cast::luck`]), in the upper half of the word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link(u64);

/// What becomes of a message, but for cuts: when each copy arrives, and whether it dies by chance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Passage {
    pub(crate) delay_us: u64,
    pub(crate) lost: bool,
    pub(crate) second_delay_us: Option<u64>,
}

/// The network at work.
#[derive(Debug)]
pub(crate) struct Net {
    network: Network,
    cast: Cast,
    side: usize,
    counts: Vec<Map<(NodeId, u8), u64>>,
    last_arrival_us: Map<(NodeId, NodeId), u64>,
}

impl Net {
    pub(crate) fn new(network: Network, cast: &Cast) -> Net {
        assert!(network.zones.is_empty() || network.zones.len() == cast.len(), "each node has a zone");
        let side = network.zones.iter().max().map_or(1, |z| usize::from(*z) + 1);
        assert!(
            network.zones.is_empty() || network.zone_extra_us.len() == side * side,
            "one extra from zone to zone"
        );
        let counts = vec![Map::new(); cast.len()];
        Net { network, cast: *cast, side, counts, last_arrival_us: Map::new() }
    }

    /// The link between two nodes, for dice.
    #[inline]
    pub(crate) fn link(&self, from: NodeId, to: NodeId) -> Link {
        Link(u64::from(self.cast.luck(from)) << 48 | u64::from(self.cast.luck(to)) << 32)
    }

    /// The luck of the next message of this link and kind that serves no operation.
    #[inline]
    pub(crate) fn count(&mut self, from: NodeId, to: NodeId, kind: u8) -> Luck {
        let count = self.counts[from.index()].entry((to, kind)).or_default();
        *count += 1;
        let count = *count;
        Luck::of_count(self.link(from, to), kind, count)
    }

    /// Throws the message's dice. `slow` multiplies its delay.
    pub(crate) fn pass(
        &mut self,
        seed: u32,
        from: NodeId,
        to: NodeId,
        class: u8,
        luck: Luck,
        slow: u32,
    ) -> Passage {
        let net = &self.network;
        let die = |purpose| die(seed, purpose, luck.who, luck.number);
        let dist = &net.classes[usize::from(class).min(net.classes.len() - 1)];
        let extra_us = if net.zones.is_empty() { 0 } else { self.extra_us(from, to) };
        let delay = |purpose| {
            let us = dist.sample_us(die(purpose)).saturating_add(extra_us);
            // In wasm a multiplication that may overflow is one of 128 bits.
            if slow == 1 { us } else { us.saturating_mul(u64::from(slow)) }
        };
        let of_class = net.class_loss_millionths.get(usize::from(class)).copied().unwrap_or(0);
        let loss_millionths = net.loss_millionths.max(of_class);
        let lost = loss_millionths > 0 && happens(die(Purpose::Loss), loss_millionths);
        let twice =
            net.duplicate_millionths > 0 && happens(die(Purpose::Duplicate), net.duplicate_millionths);
        Passage {
            delay_us: delay(Purpose::Delay),
            lost,
            second_delay_us: twice.then(|| delay(Purpose::DuplicateDelay)),
        }
    }

    fn extra_us(&self, from: NodeId, to: NodeId) -> u64 {
        let (a, b) = (self.network.zones[from.index()], self.network.zones[to.index()]);
        self.network.zone_extra_us[usize::from(a) * self.side + usize::from(b)]
    }

    /// When a message that would arrive at `at_us` does arrive, on links that keep order.
    #[inline]
    pub(crate) fn in_order(&mut self, from: NodeId, to: NodeId, at_us: u64) -> u64 {
        if !self.network.fifo {
            return at_us;
        }
        let last = self.last_arrival_us.entry((from, to)).or_default();
        *last = at_us.max(*last);
        *last
    }
}
