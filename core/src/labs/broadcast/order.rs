//! How a process takes part in what brings all to one order.

use super::consensus::Agreed;
use super::message::{Body, Message};
use super::params::Via;
use crate::parts::causal::{HoldBack, Rule};
use crate::parts::total::{History, Id, Numbered, Sequencer, Skeen};

/// What a process keeps for it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Order {
    /// There is no one order.
    Free,
    /// Messages go to the sequencer, which sends them to all with a number.
    Sequencer {
        /// What the sequencer has numbered.
        gives: Sequencer,
        /// What has come with a number.
        numbered: Numbered<Message>,
    },
    /// Messages go to all, and the sequencer tells all their numbers.
    Numbers {
        /// What the sequencer has numbered.
        gives: Sequencer,
        /// Messages and numbers that have come.
        numbered: Numbered<Message>,
    },
    /// All propose stamps, of which the greatest counts.
    Skeen(Skeen<Message>),
    /// Lamport stamps, and a later one from everybody.
    History {
        /// What each process has said, to be heard in its order.
        links: HoldBack<(u16, Body)>,
        /// The queue by stamps.
        history: History<Message>,
    },
    /// A token goes round.
    Token {
        /// What waits for the token here.
        queue: Vec<Message>,
        /// What has come with a number.
        numbered: Numbered<Message>,
    },
    /// All agree on each place.
    Consensus(Box<Agreed>),
}

impl Order {
    /// Nothing has come yet.
    pub fn new(via: Option<Via>, me: u16, processes: u32) -> Order {
        let (gives, numbered) = (Sequencer::default(), Numbered::default());
        match via {
            None => Order::Free,
            Some(Via::Sequencer) => Order::Sequencer { gives, numbered },
            Some(Via::Numbers) => Order::Numbers { gives, numbered },
            Some(Via::Skeen) => Order::Skeen(Skeen::new(me, processes)),
            Some(Via::Lamport) => Order::History {
                links: HoldBack::new(Rule::Fifo, processes),
                history: History::new(me, processes),
            },
            Some(Via::Token) => Order::Token { queue: Vec::new(), numbered },
            Some(Via::Consensus) => Order::Consensus(Box::new(Agreed::new(me, processes))),
        }
    }

    /// What waits for its turn.
    pub fn waiting(&self) -> Vec<Id> {
        let ids = |messages: &mut dyn Iterator<Item = &Message>| messages.map(|message| message.id).collect();
        match self {
            Order::Free => Vec::new(),
            Order::Sequencer { numbered, .. } | Order::Numbers { numbered, .. } => {
                ids(&mut numbered.waiting())
            }
            Order::Skeen(skeen) => ids(&mut skeen.waiting()),
            Order::History { history, .. } => ids(&mut history.waiting()),
            Order::Consensus(agreed) => ids(&mut agreed.waiting()),
            Order::Token { queue, numbered } => ids(&mut queue.iter().chain(numbered.waiting())),
        }
    }
}
