//! The resource that the lock is to protect.

use super::message::{Msg, Speech};
use super::meta::fact;
use super::protocol::{Config, Kept, ROLE};
use crate::kits::lease::{Guarded, GuardedFacts};
use crate::sim::{Ctx, Input, Out, Protocol};
use crate::trace::Fact;

/// How it reports itself.
const FACTS: GuardedFacts =
    GuardedFacts { value: fact::VALUE, version: fact::VERSION, token: fact::TOKEN, write: fact::WRITE };

/// The resource's state: all of it is on disk.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Resource(Guarded);

impl Protocol for Resource {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, disk: Option<&Kept>, _: &Ctx, out: &mut Out<Speech>) -> Resource {
        let resource = match disk {
            Some(Kept::Resource(resource)) => *resource,
            _ => Guarded::new(config.params.guard),
        };
        out.fact(ROLE, 0, Fact::Word("resource"));
        resource.report(FACTS, out);
        Resource(resource)
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, _: &Ctx, out: &mut Out<Speech>) {
        let Input::Deliver { from, msg } = input else { return };
        let answer = match msg {
            Msg::Read { number, token } => match self.0.read(token.0, FACTS, out) {
                Ok((value, version)) => Msg::Value { number, value, version },
                Err(why) => Msg::Refused { number, why },
            },
            Msg::Write { number, token, value, read } => {
                let writer = config.cast.sort(from).1;
                match self.0.write((writer, token.0), (value, read), FACTS, out) {
                    Ok(()) => Msg::Taken { number },
                    Err(why) => Msg::Refused { number, why },
                }
            }
            _ => return,
        };
        out.send(from, answer);
    }
}
