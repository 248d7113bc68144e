//! What a node is: it asks, the kernel acts.

use crate::cast::NodeId;
use crate::chance::dice::{Purpose, Range, die};
use crate::history::{Answer, Call};
use crate::outcome::{Effect, End};
use crate::trace::{Fact, FactKey};
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::str::FromStr;

/// What messages, timers and disks are: values that can be compared and shown.
pub trait Value: Clone + Eq + Hash + Debug + Send + Sync + 'static {}
impl<T: Clone + Eq + Hash + Debug + Send + Sync + 'static> Value for T {}

/// What the nodes of a system say, ask, wait for and write down: its vocabulary, apart from who uses it, so that a role needs to know no
/// other, and may serve in more than one system.
pub trait Speech: Copy + Eq + Hash + Debug + Send + Sync + 'static {
    /// What nodes say to each other.
    type Msg: Value + Display + Kinded;
    /// The names of a node's timers.
    type Timer: Value + Ord + Display;
    /// What clients and the script ask for; its text form is the one in links and stories.
    type Request: Value + Display + FromStr<Err = String> + Asked;
    /// What clients are told.
    type Response: Value + Display + Told;
    /// What a crash leaves.
    type Disk: Value;
    /// What nodes tell observers of what they do, for counting; [`Never`] where nobody counts by it.
    type Mark: Copy + Debug + Send + Sync + 'static;

    /// A message's latency class: index into [`crate::sim::Network::classes`].
    #[inline]
    fn class(_msg: &Self::Msg) -> u8 {
        0
    }
    /// What a message refers to, in bytes and roughly, but alike on every machine; none where all messages are small.
    #[inline]
    fn weight(_msg: &Self::Msg) -> u64 {
        0
    }
    /// What a disk refers to that grows with what happens, in bytes and roughly, but alike on every machine; it is copied whenever it is
    /// written.
    fn disk_weight(_disk: &Self::Disk) -> u64 {
        0
    }
}

/// A node of a distributed system. State, messages and timers are values without floats, so that they can be
/// compared, explored and shown. A lab with several sorts of node is one enum that delegates.
pub trait Protocol: Clone + Eq + Hash + Debug + Sized + 'static {
    /// What all nodes know from the start.
    type Config;
    /// What they say.
    type Speech: Speech;

    /// A node comes up, from its disk if it has one.
    fn boot(config: &Self::Config, disk: Option<&Disk<Self>>, ctx: &Ctx, out: &mut Out<Self::Speech>)
    -> Self;
    /// A node handles an input.
    fn step(
        &mut self,
        config: &Self::Config,
        input: Input<Self::Speech>,
        ctx: &Ctx,
        out: &mut Out<Self::Speech>,
    );
    /// What a node refers to that grows with what happens, in bytes and roughly, but alike on every machine: asked for now and then, so that
    /// memory has a limit.
    fn weight(&self) -> u64 {
        0
    }
    /// Whether the lab itself says how long messages are under way, by [`Protocol::schedule`]; else dice do.
    #[inline]
    fn schedules(_config: &Self::Config) -> bool {
        false
    }
    /// How long each message is under way, in µs, of those that were sent at one moment: asked once all is over that was to come at that moment
    /// when the first of them was sent. So a scheduler has seen what everybody says before it lets anybody hear of it. It may keep messages
    /// waiting and cannot lose them. What the script doubles comes a second time by dice.
    fn schedule(_config: &Self::Config, _seed: u32, sent: &[Sent<'_, Self::Speech>]) -> Vec<u64> {
        vec![0; sent.len()]
    }
}

/// A message that a scheduler may keep waiting ([`Protocol::schedule`]).
#[derive(Debug)]
pub struct Sent<'a, S: Speech> {
    /// Who sent it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// What it says.
    pub msg: &'a S::Msg,
}

/// A node whose state is kept apart, so that an enum of roles is no larger than its small ones.
impl<P: Protocol> Protocol for Box<P> {
    type Config = P::Config;
    type Speech = P::Speech;

    fn boot(config: &P::Config, disk: Option<&Disk<P>>, ctx: &Ctx, out: &mut Out<P::Speech>) -> Box<P> {
        Box::new(P::boot(config, disk, ctx, out))
    }

    fn step(&mut self, config: &P::Config, input: Input<P::Speech>, ctx: &Ctx, out: &mut Out<P::Speech>) {
        (**self).step(config, input, ctx, out);
    }

    fn weight(&self) -> u64 {
        (**self).weight()
    }

    fn schedules(config: &P::Config) -> bool {
        P::schedules(config)
    }

    fn schedule(config: &P::Config, seed: u32, sent: &[Sent<'_, P::Speech>]) -> Vec<u64> {
        P::schedule(config, seed, sent)
    }
}

/// What a crash of a node leaves.
pub type Disk<P> = <<P as Protocol>::Speech as Speech>::Disk;

/// Messages come in kinds, which decide how they look.
pub trait Kinded {
    /// Index into the lab's `kinds`.
    fn kind(&self) -> u8;
}

/// Requests tell what they do to data, for pictures.
pub trait Asked {
    /// The key that it touches and whether it writes; none where that makes no sense.
    fn effect(&self) -> Option<Effect> {
        None
    }
    /// What it asks of a register; none where that makes no sense.
    fn call(&self) -> Option<Call> {
        None
    }
}

/// Answers tell how an operation ended.
pub trait Told {
    /// Well, with an error, or not known.
    fn end(&self) -> End;
    /// What a register's client is told; none where its operation may or may not have taken effect.
    fn answer(&self) -> Option<Answer> {
        None
    }
    /// What it refers to, as [`Speech::weight`] tells it of messages.
    fn weight(&self) -> u64 {
        0
    }
}

/// What a node may be given.
#[derive(Clone, Debug)]
pub enum Input<S: Speech> {
    /// A message arrived.
    Deliver {
        /// Who sent it.
        from: NodeId,
        /// What it says.
        msg: S::Msg,
    },
    /// A timer fired.
    Timer(S::Timer),
    /// The script asks for something.
    Ask(S::Request),
}

/// What a node may look at: who it is, its own clock, and dice.
#[derive(Clone, Copy, Debug)]
pub struct Ctx {
    /// Which node this is.
    pub me: NodeId,
    /// The node's own clock, in µs: skewed, drifting, sometimes jumping. Never the true time.
    pub clock_us: i64,
    /// The same clock as if nobody had ever set it, in µs: for durations. It drifts as the other does.
    pub monotonic_us: i64,
    /// How often this node has booted, from 0.
    pub epoch: u32,
    /// The operation that the input serves: dice that go by it stay the same whatever else is done.
    pub op: Option<OpKey>,
    pub(crate) seed: u32,
    /// The node's number for dice ([`crate::cast::Cast::luck`]).
    pub(crate) luck: u16,
}

impl Ctx {
    /// The number of a client's first operation after this boot: those of other boots are others, so that each keeps luck of its own. A
    /// script has boots for ten bits at the most, and a run has fewer operations than the 22 bits that are left count.
    pub fn first_number(&self) -> u32 {
        (self.epoch << 24) + ((self.epoch >> 8) << 22)
    }

    /// A die that all nodes see alike: a coin that they have in common.
    pub fn common_die(&self, purpose: Purpose, number: u64) -> u64 {
        die(self.seed, purpose, u64::MAX, number)
    }

    /// A die of this node's own: the same purpose and number give the same value in every run of the seed.
    pub fn die(&self, purpose: Purpose, number: u64) -> u64 {
        die(self.seed, purpose, u64::from(self.luck), number)
    }
}

/// The operation that something serves: of a client, by that client's own number, and which attempt at it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OpKey {
    /// Whose operation.
    pub client: NodeId,
    /// The client's own number for it.
    pub number: u32,
}

/// Something that a node asks of the kernel.
#[derive(Debug)]
pub(crate) enum Ask<S: Speech> {
    Send { to: NodeId, msg: S::Msg, op: u32, attempt: u16 },
    SetTimer { name: S::Timer, after: Range, op: u32, attempt: u16 },
    Cancel { name: S::Timer },
    Persist(S::Disk),
    Invoke { key: OpKey, op: u32, request: S::Request },
    Complete { op: u32, response: S::Response },
    Fact { key: FactKey, value: Fact, op: u32 },
    Show { key: FactKey, value: Fact, op: u32 },
    Mark { mark: S::Mark, op: u32 },
}

/// Where a node puts what it asks. What is put here serves the operation and attempt of the input that is being
/// handled, unless [`Out::serve`] says otherwise.
#[derive(Debug)]
pub struct Out<S: Speech> {
    /// In order; taken out one by one as they are carried out.
    pub(crate) asks: Vec<Option<Ask<S>>>,
    pub(crate) op: u32,
    pub(crate) attempt: u16,
    pub(crate) next_op: u32,
    pub(crate) words_wanted: bool,
    /// The work of what was just done beyond that of a small event, in those.
    pub(crate) work: u64,
    me: NodeId,
}

/// A handle to an operation: its number in the run. Messages inherit it, so that a coordinator may keep it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OpId(pub u32);

impl<S: Speech> Out<S> {
    pub(crate) fn new(words_wanted: bool) -> Out<S> {
        Out {
            asks: Vec::new(),
            op: crate::trace::NONE,
            attempt: 0,
            next_op: 0,
            words_wanted,
            work: 0,
            me: crate::trace::NOBODY,
        }
    }

    #[inline]
    pub(crate) fn begin(&mut self, me: NodeId, op: u32, attempt: u16) {
        (self.me, self.op, self.attempt) = (me, op, attempt);
    }

    /// Sends a message.
    pub fn send(&mut self, to: NodeId, msg: S::Msg) {
        self.asks.push(Some(Ask::Send { to, msg, op: self.op, attempt: self.attempt }));
    }

    /// Sets a timer that takes a span of the node's own clock, drawn by a die; setting it again replaces it.
    #[inline]
    pub fn set_timer(&mut self, name: S::Timer, after: Range) {
        self.asks.push(Some(Ask::SetTimer { name, after, op: self.op, attempt: self.attempt }));
    }

    /// Takes a timer back; nothing happens when it is not set.
    pub fn cancel(&mut self, name: S::Timer) {
        self.asks.push(Some(Ask::Cancel { name }));
    }

    /// Writes the disk: what a crash leaves.
    pub fn persist(&mut self, disk: S::Disk) {
        self.asks.push(Some(Ask::Persist(disk)));
    }

    /// The number that the next operation of the run will have.
    pub fn next_operation(&self) -> OpId {
        OpId(self.next_op)
    }

    /// Begins an operation of this client, under the client's own number, which decides its luck. What follows serves it.
    pub fn invoke(&mut self, number: u32, request: S::Request) -> OpId {
        self.op = self.next_op;
        self.attempt = 0;
        self.next_op += 1;
        self.asks.push(Some(Ask::Invoke { key: OpKey { client: self.me, number }, op: self.op, request }));
        OpId(self.op)
    }

    /// Ends an operation with an answer.
    pub fn complete(&mut self, op: OpId, response: S::Response) {
        self.asks.push(Some(Ask::Complete { op: op.0, response }));
    }

    /// What follows serves this operation and attempt (0 is the first try).
    pub fn serve(&mut self, op: OpId, attempt: u16) {
        (self.op, self.attempt) = (op.0, attempt);
    }

    /// What follows serves no operation: background work.
    pub fn serve_none(&mut self) {
        (self.op, self.attempt) = (crate::trace::NONE, 0);
    }

    /// The operation that is being served, if any.
    pub fn serving(&self) -> Option<OpId> {
        (self.op != crate::trace::NONE).then_some(OpId(self.op))
    }

    /// Reports a fact, which observers and the digest take in: `name` is an index into the lab's `facts`, `index` tells which of many.
    #[inline]
    pub fn fact(&mut self, name: u8, index: u16, value: Fact) {
        self.asks.push(Some(Ask::Fact { key: FactKey { name, index }, value, op: self.op }));
    }

    /// Shows a fact to readers alone: it is made only where somebody reads, and neither observers nor the digest know of it.
    #[inline]
    pub fn show(&mut self, name: u8, index: u16, value: impl FnOnce() -> Fact) {
        if self.words_wanted {
            self.asks.push(Some(Ask::Show { key: FactKey { name, index }, value: value(), op: self.op }));
        }
    }

    /// Tells observers what is done, at every level of detail: it is no record, and the digest knows nothing of it. It is told with the last
    /// record there is: of what was sent, invoked or completed just before, else of what is being handled.
    #[inline]
    pub fn mark(&mut self, mark: S::Mark) {
        self.asks.push(Some(Ask::Mark { mark, op: self.op }));
    }

    /// Tells that what is being done looks through or copies so many bytes: a run has a limit on its work, too, of which its events alone
    /// say little where one of them goes through thousands of things.
    #[inline]
    pub fn goes_through(&mut self, bytes: u64) {
        self.work += bytes / super::limits::BYTES_IN_AN_EVENT;
    }

    /// Whether anybody reads what is shown.
    pub fn words_wanted(&self) -> bool {
        self.words_wanted
    }

    /// Says something worth reading in the transcript. Costs nothing where nobody reads.
    pub fn note(&mut self, words: impl FnOnce() -> String) {
        self.show(FactKey::NOTE.name, FactKey::NOTE.index, || Fact::Text(words().into()));
    }
}

/// What a protocol that has no messages, timers, requests or answers uses for them: a type without values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Never {}

impl Display for Never {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl FromStr for Never {
    type Err = String;

    fn from_str(_: &str) -> Result<Never, String> {
        Err("nothing can be asked here".into())
    }
}

impl Kinded for Never {
    fn kind(&self) -> u8 {
        match *self {}
    }
}

impl Asked for Never {}

impl Told for Never {
    fn end(&self) -> End {
        match *self {}
    }
}
