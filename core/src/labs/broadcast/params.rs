//! What a reader may set in the lab broadcast.

pub use crate::params::Switch;
use crate::params::{choice, decimal, dist, duration, int};
use crate::parts::{causal, reach};
use crate::sim::dist::Dist;

crate::choice! {
    /// Who broadcasts what.
    pub enum Load {
        Chat = "chat" "anybody, at random times",
        One = "one" "n1, once",
        Pair = "pair" "n1, twice",
        Triangle = "triangle" "n1 asks, n2 answers",
        Two = "two" "n1 and n2, once each",
    }
}
crate::choice! {
    /// Whom a broadcast reaches when its sender dies.
    pub enum Reach {
        Best = "best" "whom its sender still sent it to",
        Reliable = "reliable" "all, if a live process delivers it",
        Uniform = "uniform" "all, if any process delivers it",
    }
}
crate::choice! {
    /// How all come to one order.
    pub enum Via {
        Sequencer = "sequencer" "a sequencer, which passes messages on",
        Numbers = "numbers" "a sequencer, which gives numbers",
        Skeen = "skeen" "the greatest stamp that anybody proposes",
        Lamport = "lamport" "Lamport stamps, acknowledged by all",
        Token = "token" "a token: who has it gives numbers",
        Consensus = "consensus" "consensus on each place, which survives crashes",
    }
}
crate::choice! {
    /// What replicas do with what is delivered.
    pub enum App { Log = "log" "write it down", Dice = "dice" "roll a die for it" }
}
crate::choice! {
    /// Who rolls the die.
    pub enum Resolve { Replica = "replica" "each replica", Sender = "sender" "the sender, for all" }
}

crate::params! {
    /// What a reader may set.
    pub struct Params {
        "Processes" {
            n: u32 = int(2, 7, 4, "processes"), "Processes", "How many processes there are: each broadcasts and delivers.";
            load: Load = choice(Load::WORDS, 0), "Load", "Who broadcasts of itself.";
            count: u32 = int(1, 200, 8, "broadcasts"), "Broadcasts", "Of a chat: how many there are, of all together.";
            rate: u32 = int(1, 1_000, 100, "per second"), "Rate", "Of a chat: how many are broadcast in a second, by all together.";
            gap: u64 = duration(0, 60_000_000, 10_000), "Gap", "Of two broadcasts: how long after the first the second comes.";
        }
        "Broadcast" {
            reach: Reach = choice(Reach::WORDS, 0), "Reach", "Whom a broadcast reaches when processes die.";
            fifo: Switch = choice(Switch::WORDS, 0), "FIFO", "Messages of one sender wait for those it sent before.";
            causal: Switch = choice(Switch::WORDS, 0), "Causal", "A message waits for all that its sender had delivered or sent before.";
            total: Switch = choice(Switch::WORDS, 0), "Total", "All deliver in one order.";
            via: Via = choice(Via::WORDS, 0), "Order by", "How all come to one order.";
            sequencer: u32 = int(1, 7, 3, ""), "Sequencer", "Which process is the sequencer, or by consensus the first leader, by its number.";
            patience: u64 = duration(3_000, 60_000_000, 150_000), "Patience", "By consensus: a process that hears no leader for so long, or up to twice as long, wants to lead.";
        }
        "Replicas" {
            app: App = choice(App::WORDS, 0), "Commands", "What a replica does with a message that it delivers.";
            resolve: Resolve = choice(Resolve::WORDS, 0), "Roll at", "Who rolls the die of a command.";
        }
        "Network" {
            leg: Dist = dist("exp-10ms"), "Delay", "How long a message is under way.", moves_luck;
            link_fifo: Switch = choice(Switch::WORDS, 0), "Links in order", "Messages of one link arrive in the order in which they were sent, as over TCP.", moves_luck;
            loss: u32 = decimal(0, 1_000_000, 0, "of messages"), "Loss", "How many messages the network loses; nobody sends one again.", moves_luck;
            token_hop: u64 = duration(1_000, 1_000_000, 10_000), "Token's hop", "How long the token is under way from one process to the next.", moves_luck;
        }
    }
}

impl Params {
    /// How all come to one order, if they do.
    pub fn orders_by(&self) -> Option<Via> {
        (self.total == Switch::On).then_some(self.via)
    }

    /// The sequencer's place among the processes, where there is one.
    pub fn sequencer_place(&self) -> Option<u16> {
        let place = self.sequencer as u16 - 1;
        matches!(self.orders_by(), Some(Via::Sequencer | Via::Numbers)).then_some(place)
    }

    /// The place of the process that leads first, where all agree on each place.
    pub fn leads_first(&self) -> Option<u16> {
        (self.orders_by() == Some(Via::Consensus)).then_some(self.sequencer as u16 - 1)
    }

    /// What a message waits for.
    pub fn rule(&self) -> causal::Rule {
        match (self.causal, self.fifo) {
            (Switch::On, _) => causal::Rule::Causal,
            (Switch::Off, Switch::On) => causal::Rule::Fifo,
            (Switch::Off, Switch::Off) => causal::Rule::None,
        }
    }

    /// How far a broadcast goes.
    pub fn how_far(&self) -> reach::Reach {
        match self.reach {
            Reach::Best => reach::Reach::Best,
            Reach::Reliable => reach::Reach::Reliable,
            Reach::Uniform => reach::Reach::Uniform,
        }
    }
}
