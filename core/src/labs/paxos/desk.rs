//! Where clients are served: the machine behind the log, and who waits for which slot.

use super::config::Config;
use super::message::{Msg, Speech};
use super::request::{Decree, Machine, Request, Response, Value};
use crate::cast::NodeId;
use crate::kits::object::{Command, Waiting, command_words, serve};
use crate::parts::paxos::Slot;
use crate::parts::raft::{Asking, Machine as _, Sessions};
use crate::sim::Out;
use crate::sorted::Map;

/// The machine, and who waits.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Desk {
    machine: Machine,
    waiting: Map<Slot, Waiting>,
}

impl Desk {
    /// An empty machine that remembers each client's last command, and nobody who waits.
    pub fn new() -> Desk {
        Desk { machine: Sessions::new(true, true), waiting: Map::new() }
    }

    /// What a client asks for, as the log holds it.
    pub fn asking(config: &Config, waiting: &Waiting, serial: u32, request: Request) -> Asking<Command> {
        let client = config.cast.sort(waiting.client).1;
        let words = command_words(request, client, waiting.number).into();
        Asking { client: waiting.client, number: serial, command: Command { request, words } }
    }

    /// A client waits for what a slot comes to hold.
    pub fn wait(&mut self, slot: Slot, waiting: Waiting) {
        self.waiting.insert(slot, waiting);
    }

    /// A slot's value is known, and all before it: the machine takes it, and whoever waits for it is told.
    pub fn learned(&mut self, slot: Slot, value: &Value, out: &mut Out<Speech>) {
        let waiting = self.waiting.remove(&slot);
        let Some(Decree::Command(asking)) = value else {
            return waiting.into_iter().for_each(|waiting| redirect(&waiting, None, out));
        };
        let (taken, _) = self.machine.apply(asking);
        let Some(waiting) = waiting else { return };
        // Where the slot holds another's command, its own may be elsewhere.
        if waiting.client != asking.client {
            return redirect(&waiting, None, out);
        }
        let serving = out.serving();
        waiting.serve(out);
        let response = Response::Done(taken);
        out.send(waiting.client, Msg::Done { number: waiting.number, response });
        serve(serving, 0, out);
    }

    /// The server no longer leads: who waits is told so, and asks elsewhere. What it asked for may yet be chosen.
    pub fn close(&mut self, leader: Option<NodeId>, out: &mut Out<Speech>) {
        for waiting in std::mem::take(&mut self.waiting).into_values() {
            redirect(&waiting, leader, out);
        }
    }

    /// What the machine holds for a key.
    pub fn value(&self, key: u16) -> Option<u32> {
        self.machine.store.get(key)
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }
}

/// A client is told that another leads, if it is known who.
pub fn redirect(waiting: &Waiting, leader: Option<NodeId>, out: &mut Out<Speech>) {
    let serving = out.serving();
    waiting.serve(out);
    out.send(waiting.client, Msg::Redirect { number: waiting.number, leader });
    serve(serving, 0, out);
}
