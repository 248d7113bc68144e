//! What a request does at a tier, step by step.

use super::declared::Class;
use super::mark::{HopId, TierId};
use super::parts::Parts;

/// What a request does at a tier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Route {
    /// Where.
    pub tier: TierId,
    /// Of which class; none: of each that has no route of its own there.
    pub class: Option<Class>,
    /// One after the other, until one fails.
    pub steps: Vec<Step>,
}

/// A step of a route.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Such a share of the tier's work.
    Work(u32),
    /// A call.
    Call(HopId),
    /// A call that is of this class, whatever the request is of.
    CallAs(HopId, Class),
    /// A call on one of these, by chance.
    One(Vec<HopId>),
    /// Calls on all of these at once; it fails with the first that does.
    All(Vec<HopId>),
    /// So many calls at once; on after so many good answers. It fails when these cannot be had any more.
    Fan {
        /// On this hop.
        hop: HopId,
        /// How many.
        times: u16,
        /// How many must go well.
        need: u16,
    },
    /// Calls at once, each for a part of the whole.
    Parts(Parts),
    /// Calls on these one after the other, until one goes well.
    Any(Vec<HopId>),
    /// Only if the step before has failed, but not by the caller's mistake: then it has not.
    Else(Vec<Step>),
    /// A call by which the callee decides whether this request may come in: its refusal is a refusal here, and says when to come again.
    Admit(HopId),
    /// Only if the step before has failed, but not by a refusal of its callee's: then it has not.
    Down(Vec<Step>),
    /// The limiter of the tier's desk, where the route asks it.
    Limit,
    /// The answer; what comes after is done when nobody waits. As the first step it is given as soon as the request is in line.
    Reply,
    /// At a cache: a copy of what is asked for; where there is none these, and what they bring is kept. Where these are none, a miss is the answer.
    Look(Vec<Step>),
    /// At a cache: what the request brings is kept.
    Keep,
    /// At a cache: a write is taken in, which the store is to have later.
    Put,
    /// At a cache: the copy is deleted.
    Forget,
    /// At a store: the version of the key.
    Read,
    /// At a store: the next version of the key, or the one that the request brings.
    Write,
    /// These, once for all requests for a key that are here at a time: the others wait, and go on as this comes out.
    Single(Vec<Step>),
}

impl Step {
    /// All of the tier's work.
    pub const WORK: Step = Step::Work(1_000_000);
}
