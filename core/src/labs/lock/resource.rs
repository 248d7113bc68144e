//! The resource that the lock is to protect. The guard is here, and nowhere else.

use super::message::{Msg, Speech};
use super::meta::fact;
use super::protocol::{Config, Kept, ROLE};
use crate::cast::NodeId;
use crate::parts::fence::Fence;
use crate::sim::{Ctx, Input, Out, Protocol};
use crate::trace::Fact;

/// What the resource holds, on disk.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Store {
    value: u32,
    fence: Fence,
}

/// The resource's state: all of it is on disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Resource(Store);

impl Protocol for Resource {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, _: &Ctx, out: &mut Out<Speech>) -> Resource {
        let store = match disk {
            Some(Kept::Resource(store)) => *store,
            _ => Store { value: 0, fence: Fence::new(config.params.guard) },
        };
        out.fact(ROLE, 0, Fact::Word("resource"));
        let resource = Resource(store);
        resource.report(out);
        resource
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        let Input::Deliver { from, msg } = input else { return };
        match msg {
            Msg::Read { number, token } => {
                let answer = match self.0.fence.read(token.0) {
                    Ok(()) => Msg::Value { number, value: self.0.value, version: self.0.fence.version() },
                    Err(why) => Msg::Refused { number, why },
                };
                out.persist(Kept::Resource(self.0));
                self.report(out);
                out.send(from, answer);
            }
            Msg::Write { number, token, value, read } => {
                let answer = match self.0.fence.write(token.0, read) {
                    Ok(()) => {
                        self.0.value = value;
                        out.persist(Kept::Resource(self.0));
                        self.report(out);
                        self.verdict(config, from, "taken", out);
                        Msg::Taken { number }
                    }
                    Err(why) => {
                        self.verdict(config, from, "refused", out);
                        Msg::Refused { number, why }
                    }
                };
                out.send(from, answer);
            }
            _ => {}
        }
    }
}

impl Resource {
    fn report(&self, out: &mut Out<Speech>) {
        out.fact(fact::VALUE, 0, Fact::Int(self.0.value.into()));
        out.fact(fact::VERSION, 0, Fact::Int(self.0.fence.version().into()));
        if let Some(token) = self.0.fence.highest() {
            out.fact(fact::TOKEN, 0, Fact::Int(token.into()));
        }
    }

    fn verdict(&self, config: &Config, client: NodeId, word: &'static str, out: &mut Out<Speech>) {
        out.fact(fact::WRITE, config.cast.sort(client).1, Fact::Word(word));
    }
}
