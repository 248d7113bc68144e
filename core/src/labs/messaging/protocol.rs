//! Who plays which part: brokers n1…, consumers k1…, then the store that they write to and a log's coordinator, producers c1….

use super::broker::Broker;
use super::controller::{Controller, Decisions};
use super::desk::Desk;
use super::inbox::Inbox;
use super::item::Item;
use super::message::Speech;
use super::params::{Channel, LateAck, Params, Switch};
use super::place::Disk;
use super::producer::Producer;
use super::reader::Reader;
use super::store::{Known, Store};
use super::worker::Worker;
use crate::cast::{Cast, NodeId, Sort};
use crate::kits::object::Numbers;
use crate::parts::visibility::{Queue, Rules};

/// How many brokers keep a log.
pub const BROKERS: u16 = 3;
/// How long who was refused waits before it asks again (`retry.backoff.ms`).
pub const BACKOFF_US: u64 = 100_000;
/// How long an answer is waited for while there is nothing to be had (`fetch.max.wait.ms`).
pub const WAIT_US: u64 = 500_000;
/// How long a consumer waits for a message of a queue before it asks again (`WaitTimeSeconds`).
pub const LONG_POLL_US: u64 = 1_000_000;
/// How long a FIFO queue remembers deduplication ids.
pub const DEDUPLICATION_US: u64 = 300_000_000;

/// What every node knows.
#[derive(Clone, Debug)]
pub struct Config {
    /// The reader's settings.
    pub params: Params,
    /// Who takes part.
    pub cast: Cast,
    /// How producers number what they send.
    pub numbers: Numbers,
    /// When they stop, in µs of their clocks.
    pub stop_us: u64,
}

/// Who takes part.
pub fn cast(params: &Params) -> Cast {
    let (servers, others) = match params.channel {
        Channel::Request => (0, 1),
        Channel::Queue | Channel::Pubsub => (1, 1),
        Channel::Log => (BROKERS, 2),
    };
    Cast { servers, coordinators: params.consumers as u16 + others, clients: params.producers as u16 }
}

impl Config {
    /// How many consumers there are.
    pub fn consumers(&self) -> u16 {
        self.params.consumers as u16
    }

    /// A consumer, by its number from 0.
    pub fn consumer(&self, number: u32) -> NodeId {
        self.cast.coordinator((number % self.params.consumers) as u16)
    }

    /// The store that consumers write to.
    pub fn store(&self) -> NodeId {
        self.cast.coordinator(self.consumers())
    }

    /// The controller of a log's brokers, and its consumers' coordinator.
    pub fn controller(&self) -> NodeId {
        self.cast.coordinator(self.consumers() + 1)
    }

    /// The broker of a queue or a topic; of a log the one that a partition is asked for first.
    pub fn broker(&self, number: u16) -> NodeId {
        self.cast.server(number % self.cast.servers.max(1))
    }

    /// Which of the subscribers a consumer is: the first, where all share the work.
    pub fn subscriber(&self, consumer: NodeId) -> u16 {
        if self.params.channel == Channel::Pubsub { self.cast.sort(consumer).1 } else { 0 }
    }

    /// What the queue goes by.
    pub fn rules(&self) -> Rules {
        let params = &self.params;
        Rules {
            visibility_us: params.visibility,
            most_receives: params.receives,
            old_receipts: params.lateack == LateAck::Deletes,
            fifo_us: (params.fifo == Switch::On).then_some(DEDUPLICATION_US),
        }
    }
}

/// What a crash leaves.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Kept {
    /// Of a queue.
    Queue(Queue<Item>),
    /// Of a log's broker.
    Logs(Disk),
    /// Of the controller.
    Decisions(Decisions),
    /// Of the store.
    Known(Known),
    /// Of a producer: how many messages it has sent, by key.
    Numbers(Vec<u32>),
}

impl Kept {
    /// What it takes, in bytes and roughly.
    pub fn weight(&self) -> u64 {
        match self {
            Kept::Queue(queue) => queue.weight(),
            Kept::Logs(disk) => disk.weight(),
            Kept::Known(known) => known.weight(),
            Kept::Decisions(_) | Kept::Numbers(_) => 0,
        }
    }
}

crate::declare::roles! {
    /// A node.
    pub enum Node of Config, Speech, for |config, me| {
        /// Keeps a queue, or passes copies on.
        Desk(Desk) => Sort::Server if config.params.channel != Channel::Log,
        /// Keeps logs.
        Broker(Box<Broker>) => Sort::Server,
        /// Takes what consumers write.
        Store(Store) => Sort::Coordinator if me == config.store(),
        /// Controls brokers, and coordinates the group.
        Controller(Box<Controller>) => Sort::Coordinator if config.cast.sort(me).1 > config.consumers(),
        /// Reads a log.
        Reader(Box<Reader>) => Sort::Coordinator if config.params.channel == Channel::Log,
        /// Works for a queue.
        Worker(Worker) => Sort::Coordinator if config.params.channel == Channel::Queue,
        /// Is called, or a subscriber.
        Inbox(Inbox) => Sort::Coordinator,
        /// Sends.
        Producer(Box<Producer>) => Sort::Client,
    }
}
