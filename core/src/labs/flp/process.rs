//! A process: Ben-Or's part, what it reports, and who it says it to.

use super::message::{Msg, Speech, Timer};
use super::meta::fact;
use super::params::{Coin, Params};
use super::scheduler;
use crate::cast::NodeId;
use crate::kits::ensemble;
use crate::parts::benor::{BenOr, Bit, Did, Heard, Say, Settled, Vote};
use crate::sim::dice::{Purpose, Range};
use crate::sim::{Ctx, Input, Out, Protocol, Sent};
use crate::trace::Fact;

/// What a coin is drawn for.
const COIN: Purpose = Purpose::Protocol(0);

/// What all processes know.
pub type Config = ensemble::Config<Params>;

/// A process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Process {
    /// It has not begun.
    Waits,
    /// It takes part.
    Runs(BenOr),
    /// It has crashed and forgotten all: this is the crash-stop model.
    Out,
}

/// A value in a word.
fn word(value: Bit) -> Fact {
    Fact::Word(if value == 0 { "0" } else { "1" })
}

/// The place of a phase among facts.
fn place(phase: u32) -> u16 {
    u16::try_from(phase).unwrap_or(u16::MAX)
}

/// What was heard, in the order in which it came.
fn listed<T: ToString>(heard: &[T]) -> Fact {
    Fact::Text(heard.iter().map(T::to_string).collect::<Vec<_>>().join(" ").into())
}

/// What proposals came to, in words.
fn outcome(settled: Settled, value: Bit, coin: Coin) -> &'static str {
    match (settled, coin, value) {
        (Settled::Decide(_), _, 0) => "decides 0",
        (Settled::Decide(_), ..) => "decides 1",
        (Settled::Adopt(_), _, 0) => "takes 0",
        (Settled::Adopt(_), ..) => "takes 1",
        (Settled::Toss, Coin::Keep, 0) => "keeps 0",
        (Settled::Toss, Coin::Keep, _) => "keeps 1",
        (Settled::Toss, _, 0) => "coin: 0",
        (Settled::Toss, ..) => "coin: 1",
    }
}

/// Tells what the process has done, and sends what it says.
fn carry_out(config: &Config, me: NodeId, did: &Did, out: &mut Out<Speech>) {
    let broadcast = |phase: u32, say: Say, out: &mut Out<Speech>| {
        config.tell_others(me, &Msg::of(phase, say), out);
    };
    match did {
        Did::Report { phase, value } => {
            out.fact(fact::PHASE, 0, Fact::Int(i64::from(*phase)));
            out.fact(fact::VALUE, 0, word(*value));
            out.fact(fact::BEGINS, place(*phase), word(*value));
            broadcast(*phase, Say::Report(*value), out);
        }
        Did::Propose { phase, heard, vote } => {
            out.show(fact::REPORTS, place(*phase), || listed(heard));
            let vote_word = match vote {
                Vote::Unsure => Fact::Word("?"),
                Vote::For(value) => word(*value),
            };
            out.fact(fact::PROPOSES, place(*phase), vote_word);
            broadcast(*phase, Say::Propose(*vote), out);
        }
        Did::Settle { phase, heard, settled, value } => {
            out.show(fact::PROPOSALS, place(*phase), || listed(heard));
            out.fact(fact::OUTCOME, place(*phase), Fact::Word(outcome(*settled, *value, config.params.coin)));
            if let Settled::Decide(value) = settled {
                out.fact(fact::STATE, 0, Fact::Word(if *value == 0 { "decided 0" } else { "decided 1" }));
                out.fact(fact::DECISION, place(*phase), word(*value));
                out.fact(fact::VALUE, 0, word(*value));
            }
        }
        Did::End => out.note(|| "takes part no longer: all others decide in this phase".to_owned()),
    }
}

impl Protocol for Process {
    type Config = Config;
    type Speech = Speech;

    fn boot(_: &Config, _: Option<&()>, ctx: &Ctx, out: &mut Out<Speech>) -> Process {
        if ctx.epoch > 0 {
            out.fact(fact::STATE, 0, Fact::Word("out"));
            out.note(|| "has forgotten what it said, and takes no further part".to_owned());
            return Process::Out;
        }
        out.fact(fact::STATE, 0, Fact::Word("undecided"));
        out.set_timer(Timer::Begin, Range::exactly(0));
        Process::Waits
    }

    fn weight(&self) -> u64 {
        match self {
            Process::Runs(benor) => 12 * benor.kept() as u64,
            Process::Waits | Process::Out => 0,
        }
    }

    fn step(&mut self, config: &Config, input: Input<Speech>, ctx: &Ctx, out: &mut Out<Speech>) {
        match (&mut *self, input) {
            (Process::Waits, Input::Timer(Timer::Begin)) => {
                let (benor, did) = BenOr::new(config.params.rules(), ctx.me.0, config.params.input(ctx.me.0));
                *self = Process::Runs(benor);
                carry_out(config, ctx.me, &did, out);
            }
            (Process::Runs(benor), input) => {
                let coin = config.params.coin;
                let mut toss = |phase: u32, value: Bit| match coin {
                    Coin::Own => (ctx.die(COIN, u64::from(phase)) & 1) as Bit,
                    Coin::Common => (ctx.common_die(COIN, u64::from(phase)) & 1) as Bit,
                    Coin::Keep => value,
                };
                let mut did = Vec::new();
                match input {
                    Input::Deliver { from, msg } => {
                        let (phase, say) = msg.said();
                        match benor.hear(from.0, phase, say, &mut toss, &mut did) {
                            Heard::Counted => {}
                            Heard::Early => out.note(|| "it waits: the receiver is not so far".to_owned()),
                            Heard::Late => out.note(|| "too late to count".to_owned()),
                            Heard::Again => out.note(|| "the same again".to_owned()),
                        }
                        if config.params.rules().timed {
                            // What else comes at this moment counts, too.
                            out.set_timer(Timer::Heard, Range::exactly(0));
                        }
                    }
                    Input::Timer(Timer::Heard) => benor.go_on(&mut toss, &mut did),
                    _ => {}
                }
                for did in &did {
                    carry_out(config, ctx.me, did, out);
                }
            }
            _ => {}
        }
    }

    fn schedules(config: &Config) -> bool {
        scheduler::schedules(&config.params)
    }

    fn schedule(config: &Config, seed: u32, sent: &[Sent<'_, Speech>]) -> Vec<u64> {
        scheduler::delays(&config.params, seed, sent)
    }
}
