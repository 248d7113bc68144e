//! A process: what it broadcasts, what it holds back, what it delivers and in which order.

use super::consensus::Agreed;
use super::message::{Body, Message, Msg, Packet, Request, Speech, Timer};
use super::meta::fact;
use super::order::Order;
use super::params::{App, Load, Params, Resolve, Via};
use super::plan;
use super::step::Step;
use crate::cast::NodeId;
use crate::kits::ensemble;
use crate::parts::causal::{Arrived, HoldBack, Rule, Stamp};
use crate::parts::reach::{Heard, Reached};
use crate::parts::total::Id;
use crate::sim::dice::Purpose;
use crate::sim::{Ctx, Input, Out, Protocol, Range};
use crate::trace::Fact;

/// What all processes know.
pub type Config = ensemble::Config<Params>;

/// What a replica rolls for a command, and what a sender does.
const ROLLS: Purpose = Purpose::Protocol(0);
/// See there.
const SENDER_ROLLS: Purpose = Purpose::Protocol(1);
/// So many of the last commands stand on a replica's face.
const ON_ITS_FACE: usize = 4;

/// A process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Process {
    /// It takes part.
    Runs(Box<Member>),
    /// It has crashed and forgotten all: this is the crash-stop model.
    Out,
}

/// A process that takes part.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Member {
    reached: Reached,
    hold: HoldBack<Message>,
    order: Order,
    /// How many messages it has broadcast.
    sent: u32,
    /// When it has yet to broadcast, in µs from the start, the next last.
    due_us: Vec<u64>,
    /// By process: how many of its messages have been delivered here.
    delivered: Vec<u32>,
    /// The last commands that were carried out.
    last: Vec<(Id, u8)>,
    /// How many messages had to wait for others, and how many wait.
    held: u32,
    waiting: usize,
    /// Answers that it owes.
    owes: u32,
}

impl Member {
    fn new(config: &Config, me: u16) -> Member {
        let params = &config.params;
        Member {
            reached: Reached::new(params.how_far(), me, params.n),
            hold: HoldBack::new(params.rule(), params.n),
            order: Order::new(params.orders_by(), me, params.n),
            sent: 0,
            due_us: Vec::new(),
            delivered: vec![0; params.n as usize],
            last: Vec::new(),
            held: 0,
            waiting: 0,
            owes: 0,
        }
    }

    /// Broadcasts the next message.
    fn say(&mut self, step: &mut Step<'_>) {
        self.sent += 1;
        let params = &step.config.params;
        let id = Id { sender: step.me(), number: self.sent };
        let knew = if params.rule() == Rule::Causal { self.delivered.clone() } else { Vec::new() };
        let by_sender = params.app == App::Dice && params.resolve == Resolve::Sender;
        let roll = by_sender.then(|| step.rolled(SENDER_ROLLS, self.sent));
        let message = Message { id, knew, roll };
        step.out.fact(fact::BROADCASTS, place(self.sent - 1), Fact::Text(id.to_string().into()));
        match (&mut self.order, params.sequencer_place()) {
            (Order::Sequencer { .. }, Some(sequencer)) if sequencer != step.me() => {
                step.out.send(NodeId(sequencer), Msg::Submit(message));
            }
            (Order::Sequencer { .. }, _) => self.pass(message, step),
            (Order::Token { queue, .. }, _) => queue.push(message),
            (Order::Consensus(agreed), _) => {
                let out = agreed.say(message, step);
                self.deliver(out, step);
            }
            (Order::History { history, .. }, _) => {
                let stamp = history.stamp();
                self.spread(Body::Data(message, stamp), step);
            }
            (Order::Free | Order::Numbers { .. } | Order::Skeen(_), _) => {
                self.spread(Body::Data(message, 0), step);
            }
        }
    }

    /// Says something to all. Where it counts at once it is taken here before anybody is sent it.
    fn spread(&mut self, body: Body, step: &mut Step<'_>) {
        let (label, takes) = self.reached.begin();
        let packet = Packet { label, body };
        if takes {
            self.take(packet.clone(), step);
        }
        step.config.tell_others(step.ctx.me, &Msg::of(packet), step.out);
    }

    /// A copy of what is said to all has come.
    fn hear(&mut self, from: NodeId, packet: Packet, step: &mut Step<'_>) {
        let Heard { takes, passes_on } = self.reached.hear(from.0, packet.label);
        if takes {
            self.take(packet.clone(), step);
        }
        if passes_on {
            step.config.tell_others(step.ctx.me, &Msg::Relay(packet), step.out);
        }
    }

    /// What is said to all counts here.
    fn take(&mut self, packet: Packet, step: &mut Step<'_>) {
        let mut out = Vec::new();
        let Packet { label, body } = packet;
        match (&mut self.order, body) {
            (Order::History { links, .. }, body) => {
                // Stamps are worth something only in the order in which they were sent.
                let mut through = Vec::new();
                let stamp = Stamp { sender: label.0, number: label.1, knew: &[] };
                links.take(stamp, (label.0, body), &mut through);
                for (from, body) in through {
                    self.hear_stamp(from, body, step);
                }
            }
            (Order::Numbers { numbered, .. }, Body::Data(message, _)) => {
                numbered.message(message.id, message.clone(), &mut out);
                if step.config.params.sequencer_place() == Some(step.me()) {
                    self.pass(message, step);
                }
            }
            (_, Body::Data(message, _)) => self.pass(message, step),
            (
                Order::Sequencer { numbered, .. } | Order::Token { numbered, .. },
                Body::Order(number, message),
            ) => {
                let id = message.id;
                numbered.message(id, message, &mut out);
                numbered.number(number, id, &mut out);
                self.held += u32::from(out.is_empty());
            }
            (Order::Numbers { numbered, .. }, Body::Number(number, id)) => {
                numbered.number(number, id, &mut out)
            }
            (Order::Skeen(skeen), Body::Final(id, count, by)) => skeen.settle(id, (count, by), &mut out),
            _ => {}
        }
        self.deliver(out, step);
    }

    /// A message or an acknowledgement with a stamp, in the order in which its process sent them.
    fn hear_stamp(&mut self, from: u16, body: Body, step: &mut Step<'_>) {
        let Order::History { history, .. } = &mut self.order else { return };
        let mut out = Vec::new();
        let answer = match body {
            Body::Data(message, stamp) => history.message(from, stamp, message, &mut out),
            Body::Ack(stamp) => {
                history.acknowledged(from, stamp, &mut out);
                None
            }
            _ => None,
        };
        self.deliver(out, step);
        if let Some(stamp) = answer {
            self.spread(Body::Ack(stamp), step);
        }
    }

    /// A message has come to where it waits for those before it; what may pass is delivered, or given its place in the order.
    fn pass(&mut self, message: Message, step: &mut Step<'_>) {
        let mut through = Vec::new();
        let Id { sender, number } = message.id;
        let knew = message.knew.clone();
        let arrived = self.hold.take(Stamp { sender, number, knew: &knew }, message, &mut through);
        self.held += u32::from(arrived == Arrived::Waits);
        for message in through {
            let id = message.id;
            match &mut self.order {
                Order::Free => self.deliver(vec![message], step),
                Order::Sequencer { gives, .. } => {
                    if let Some(number) = gives.number(id) {
                        self.spread(Body::Order(number, message), step);
                    }
                }
                Order::Numbers { gives, .. } => {
                    if let Some(number) = gives.number(id) {
                        self.spread(Body::Number(number, id), step);
                    }
                }
                Order::Skeen(skeen) => match skeen.receive(id, message) {
                    Some(stamp) if id.sender == step.me() => self.proposed(id, step.me(), stamp, step),
                    Some(stamp) => step.out.send(NodeId(id.sender), Msg::proposal(id, stamp)),
                    None => {}
                },
                Order::Token { .. } | Order::History { .. } | Order::Consensus(_) => {}
            }
        }
    }

    /// A stamp has been proposed for one of its messages.
    fn proposed(&mut self, id: Id, from: u16, stamp: (u64, u16), step: &mut Step<'_>) {
        let Order::Skeen(skeen) = &mut self.order else { return };
        if let Some((count, by)) = skeen.proposed(id, from, stamp) {
            self.spread(Body::Final(id, count, by), step);
        }
    }

    /// It has the token: it gives numbers to what it has to say, and passes the token on.
    fn hold_token(&mut self, mut next: u32, step: &mut Step<'_>) {
        let Order::Token { queue, .. } = &mut self.order else { return };
        for message in std::mem::take(queue) {
            self.spread(Body::Order(next, message), step);
            next += 1;
        }
        let after = (step.me() + 1) % step.config.params.n as u16;
        step.out.send(NodeId(after), Msg::Token { next });
    }

    /// Something has come that concerns consensus.
    fn agree(&mut self, step: &mut Step<'_>, hear: impl FnOnce(&mut Agreed, &mut Step<'_>) -> Vec<Message>) {
        if let Order::Consensus(agreed) = &mut self.order {
            let out = hear(agreed, step);
            self.deliver(out, step);
        }
    }

    /// A message for the sequencer, or the leader.
    fn submitted(&mut self, message: Message, step: &mut Step<'_>) {
        match &mut self.order {
            Order::Consensus(_) => self.agree(step, |agreed, step| agreed.submitted(message, step)),
            _ => self.pass(message, step),
        }
    }

    /// Delivers messages, each a command for the replica here.
    fn deliver(&mut self, messages: Vec<Message>, step: &mut Step<'_>) {
        for message in messages {
            let (id, count) = (message.id, self.delivered.iter().sum::<u32>());
            if let Some(delivered) = self.delivered.get_mut(usize::from(id.sender)) {
                *delivered += 1;
            }
            let params = &step.config.params;
            let roll = message.roll.unwrap_or_else(|| step.rolled(ROLLS, count));
            if params.app == App::Dice {
                step.out.fact(fact::ROLLS, place(count), Fact::Int(i64::from(roll)));
            }
            step.out.fact(fact::DELIVERS, place(count), Fact::Text(id.to_string().into()));
            self.last.push((id, roll));
            if self.last.len() > ON_ITS_FACE {
                self.last.remove(0);
            }
            let word = |(id, roll): &(Id, u8)| match params.app {
                App::Log => id.to_string(),
                App::Dice => roll.to_string(),
            };
            let mut words: Vec<String> = self.last.iter().map(word).collect();
            if count as usize >= ON_ITS_FACE {
                words.insert(0, "…".to_owned());
            }
            step.out.fact(fact::STATE, 0, Fact::Text(words.join(" ").into()));
            let asks = id == Id { sender: 0, number: 1 };
            self.owes += u32::from(params.load == Load::Triangle && step.me() == 1 && asks);
        }
    }

    /// The end of a step: what it owes, and what it shows.
    fn end(&mut self, held: u32, step: &mut Step<'_>) {
        while self.owes > 0 {
            self.owes -= 1;
            self.say(step);
        }
        if self.held != held {
            step.out.fact(fact::HELD, 0, Fact::Int(i64::from(self.held)));
        }
        let waiting: Vec<Id> =
            self.hold.waiting().map(|message| message.id).chain(self.order.waiting()).collect();
        if waiting.len() != self.waiting {
            self.waiting = waiting.len();
            let words = || Fact::Text(waiting.iter().map(Id::to_string).collect::<Vec<_>>().join(" ").into());
            step.out.show(fact::WAITS, 0, words);
        }
    }

    /// Tells how much it has yet to say, and waits for the next.
    fn await_turn(&self, spoke_us: u64, step: &mut Step<'_>) {
        step.out.fact(fact::PLANNED, 0, Fact::Int(self.due_us.len() as i64));
        if let Some(next_us) = self.due_us.last() {
            step.out.set_timer(Timer::Say, Range::exactly(next_us.saturating_sub(spoke_us)));
        }
    }
}

/// A place among facts.
fn place(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

impl Protocol for Process {
    type Config = Config;
    type Speech = Speech;

    fn boot(config: &Config, _: Option<&()>, ctx: &Ctx, out: &mut Out<Speech>) -> Process {
        let params = &config.params;
        if ctx.epoch > 0 {
            out.fact(fact::ROLE, 0, Fact::Word("out"));
            out.note(|| "has forgotten what it delivered, and takes no further part".to_owned());
            return Process::Out;
        }
        let role = if params.sequencer_place() == Some(ctx.me.0) { "sequencer" } else { "member" };
        out.fact(fact::ROLE, 0, Fact::Word(role));
        let mut member = Member::new(config, ctx.me.0);
        member.due_us = plan::due_us(params, ctx);
        let mut step = Step { config, ctx, out };
        member.await_turn(0, &mut step);
        if let (Some(Via::Token), Some(after_us)) = (params.orders_by(), plan::token_us(params, ctx)) {
            step.out.set_timer(Timer::Token, Range::exactly(after_us));
        }
        if let (Some(first), Order::Consensus(agreed)) = (params.leads_first(), &mut member.order) {
            agreed.boot(NodeId(first), &mut step);
        }
        Process::Runs(Box::new(member))
    }

    fn weight(&self) -> u64 {
        match self {
            Process::Runs(member) => {
                let agreed = if let Order::Consensus(agreed) = &member.order { agreed.kept() } else { 0 };
                24 * member.reached.kept() as u64 + 64 * member.waiting as u64 + 160 * agreed as u64
            }
            Process::Out => 0,
        }
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        let Process::Runs(member) = self else { return };
        let held = member.held;
        let mut step = Step { config, ctx, out };
        match input {
            Input::Timer(Timer::Say) => {
                let spoke_us = member.due_us.pop().unwrap_or_default();
                member.say(&mut step);
                member.await_turn(spoke_us, &mut step);
            }
            Input::Timer(Timer::Token) => member.hold_token(1, &mut step),
            Input::Timer(timer) => member.agree(&mut step, |agreed, step| agreed.due(timer, step)),
            Input::Ask(Request::Say) => member.say(&mut step),
            Input::Deliver { from, msg } => match msg {
                Msg::Data(packet)
                | Msg::Relay(packet)
                | Msg::Order(packet)
                | Msg::Number(packet)
                | Msg::Final(packet)
                | Msg::Ack(packet) => member.hear(from, packet, &mut step),
                Msg::Submit(message) => member.submitted(message, &mut step),
                Msg::Accept(says)
                | Msg::Accepted(says)
                | Msg::Chosen(says)
                | Msg::Prepare(says)
                | Msg::Promise(says)
                | Msg::Beat(says) => member.agree(&mut step, |agreed, step| agreed.hear(from, says, step)),
                Msg::Proposal { id, count, by } => member.proposed(id, from.0, (count, by), &mut step),
                Msg::Token { next } => member.hold_token(next, &mut step),
            },
        }
        member.end(held, &mut step);
    }
}
