//! What there is to draw of this lab's runs: what looks into the cache came to, its content, and what any graph has.

use super::config::{CACHE, CLIENTS, STORE};
use super::params::{Evict, Params};
use crate::kits::graph::{Charts, Config, Count, Data, Ending, fact, gauges};
use crate::lab::Shows;
use crate::lab::shows::{FactId, Fate, Layer, Slots, TallyKey, Traffic};

/// What is charted of a run, and what pictures show of it.
pub fn charts(params: &Params, config: &Config) -> (Charts, Shows) {
    let (mut charts, mut shows) = gauges(config);
    let mut rate = |name: &'static str, what| charts.rate(name, [Count::Data(CACHE, what)]);
    let (hits, stale) = (rate("hits", Data::Hit), rate("stale copies", Data::Stale));
    let (misses, waits) = (rate("misses", Data::Miss), rate("looks again", Data::Wait));
    rate("evictions", Data::Evicted);
    charts.rate("asked of the store", [Count::First(STORE), Count::Again(STORE)]);
    let failed = [Ending::TimedOut, Ending::Failed, Ending::Refused].map(|how| Count::CallOver(CLIENTS, how));
    charts.rate("requests that fail", failed);
    let layer = |series, label, fate| Layer { series, label, fate };
    let looks = Traffic {
        title: "What looks into the cache came to",
        layers: vec![
            layer(hits, "hits", Fate::Good),
            layer(stale, "old copies, while another is fetched", Fate::Degraded),
            layer(misses, "misses", Fate::Refused),
            layer(waits, "told to look again", Fate::Late),
        ],
        capacity: None,
        offered: None,
    };
    shows.traffic.insert(0, looks);
    for service in &mut shows.services {
        if service.name == "application" {
            service.p99 = Some(TallyKey("read_p99_ms"));
        }
    }
    let node = |tier| config.nodes(tier).next();
    if let (Some(node), Some(store)) = (node(CACHE), node(STORE)) {
        shows.slots = Some(Slots {
            node,
            size: params.size,
            content: FactId(fact::CONTENT),
            looked: FactId(fact::LOOKED),
            victim: FactId(fact::VICTIM),
            hand: (params.evict == Evict::Sieve).then_some(FactId(fact::HAND)),
            store,
            version: FactId(fact::VERSION),
            order: order(params.evict),
        });
    }
    (charts, shows)
}

/// How the content lies, in words.
fn order(evict: Evict) -> &'static str {
    match evict {
        Evict::Lru => "the least recently used goes first",
        Evict::Fifo => "the oldest goes first",
        Evict::Random => "any may go",
        Evict::Clock => "the oldest goes first, unless it was used lately (•)",
        Evict::Lfu => "the least often used goes first",
        Evict::Sieve => "from the hand on, the first that was not used lately (•) goes",
        Evict::WTinyLfu => {
            "probation, protected and window; a newcomer stays if it was asked for more often than who would go"
        }
    }
}
