//! Peers: processes of one sort that speak to each other, and whom nobody asks for anything on behalf of a client.
//!
//! A lab keeps its messages, its process and its laws. Its process knows a [`Config`] and tells all others by it, its run is begun by [`begin`], and
//! its meter holds [`Peers`], which know who has been up since the start and whether anything is still under way.

mod peers;

pub use peers::Peers;

use crate::cast::{Cast, NodeId, Sort};
use crate::lab::{Course, Detail, Tally, Verdict};
use crate::scenario::Scenario;
use crate::sim::{self, Network, Observer, Out, Protocol, Setup, Speech};
use crate::stats::Series;
use crate::words::MessageSpec;

/// So many peers, and nobody else.
pub fn cast(peers: u32) -> Cast {
    Cast { servers: peers as u16, coordinators: 0, clients: 0 }
}

/// What all nodes know: what the reader has set, and who takes part.
#[derive(Clone, Debug)]
pub struct Config<P> {
    /// The reader's settings.
    pub params: P,
    /// Who takes part.
    pub cast: Cast,
}

impl<P> Config<P> {
    /// All peers but this one, in their order.
    pub fn others(&self, me: NodeId) -> impl Iterator<Item = NodeId> + use<P> {
        self.cast.of(Sort::Server).filter(move |peer| *peer != me)
    }

    /// Sends a message to all other peers, in their order: who crashes in the middle of it has told the first of them.
    pub fn tell_others<S: Speech>(&self, me: NodeId, msg: &S::Msg, out: &mut Out<S>) {
        for peer in self.others(me) {
            out.send(peer, msg.clone());
        }
    }
}

/// Watches peers, and says in the end what the run came to.
pub trait Meter<S: Speech>: Observer<S> + 'static {
    /// Figures in the order of the lab's meta, charts, and the lights.
    fn results(self) -> (Vec<Tally>, Vec<Series>, Vec<Verdict>);
}

/// What a run of peers is made of.
pub struct Ensemble<'a, P> {
    /// The reader's settings.
    pub params: P,
    /// Who takes part.
    pub cast: Cast,
    /// What lies between them.
    pub network: Network,
    /// What each input costs a peer, in µs.
    pub work_us: u64,
    /// The lab's kinds of message.
    pub kinds: &'static [MessageSpec],
    /// Seed, script and horizon.
    pub scenario: &'a Scenario,
}

/// Begins a run of peers.
pub fn begin<N, P, M>(ensemble: Ensemble<'_, P>, meter: M, detail: Detail) -> Box<dyn Course>
where
    N: Protocol<Config = Config<P>>,
    P: 'static,
    M: Meter<N::Speech>,
{
    let Ensemble { params, cast, network, work_us, kinds, scenario } = ensemble;
    let setup = Setup {
        cast,
        network,
        work_us: if work_us == 0 { Vec::new() } else { vec![work_us; usize::from(cast.servers)] },
        kinds,
        scenario,
        config: Config { params, cast },
    };
    sim::begin::<N, M>(setup, meter, detail, |run, meter| {
        let (tallies, series, verdicts) = meter.results();
        run.outcome(tallies, series, verdicts)
    })
}
