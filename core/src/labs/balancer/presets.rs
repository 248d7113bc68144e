//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "round-robin",
        "Each in turn",
        "Ten servers that are busy for nine tenths of the time. A turn is a turn, however long the queue.",
        "balancer",
    ),
    preset(
        "random",
        "At random",
        "No memory at all: ten queues, each of which is M/M/1.",
        "balancer?policy=random",
    ),
    preset(
        "two-choices",
        "The better of two",
        "Two servers are drawn, and the one with fewer open calls is taken.",
        "balancer?policy=p2c",
    ),
    preset(
        "shortest",
        "The least loaded",
        "One balancer that sees all calls: least connections is the shortest queue.",
        "balancer?policy=least",
    ),
    preset(
        "fifty-balancers",
        "Least connections, fifty times",
        "Fifty balancers see a fiftieth each: of most servers they know nothing.",
        "balancer?policy=least&balancers=50",
    ),
    preset(
        "stale-herd",
        "A herd behind a stale hint",
        "All follow the queues as they were told up to ten service times ago: who was empty is swamped.",
        "balancer?policy=least&sees=stale",
    ),
    preset(
        "stale-p2c",
        "Two choices on stale hints",
        "The same old figures, but who has drawn other servers goes elsewhere.",
        "balancer?policy=p2c&sees=stale",
    ),
    preset(
        "two-slow",
        "Two servers at half speed",
        "Round robin gives the slow ones as much as the others, which is more than they can do. Beside it two choices.",
        "balancer?utilisation=0.8&slower=2&b.policy=p2c",
    ),
    preset(
        "fastest-wins",
        "Send it to the fastest",
        "All calls go to the server that answered fastest, until it does not.",
        "balancer?policy=lrt",
    ),
    preset(
        "black-hole",
        "A server that fails fast",
        "n2 fails every call at once, so it never has any open: least connections sends it nearly all.",
        "balancer?load=closed&clients=10&think=0ms&latency=250us&policy=least&proxy=0ms&work=99ms&fault=fast-fail",
    ),
    preset(
        "black-hole-eject",
        "Ejected",
        "The same, with ejection after five failures in a row.",
        "balancer?load=closed&clients=10&think=0ms&latency=250us&policy=least&proxy=0ms&work=99ms&eject=5&fault=fast-fail",
    ),
    preset(
        "checks",
        "A dead server, and checks",
        "n2 answers nothing from the first second on. Three checks in a row must fail.",
        "balancer?utilisation=0.7&policy=p2c&timeout=1s&check=200ms&check_timeout=100ms&fault=dead",
    ),
    preset(
        "panic",
        "All servers look bad",
        "What the checks ask about fails, and the servers do not. Without panic all are taken out; beside it with Envoy's threshold.",
        "balancer?utilisation=0.7&policy=p2c&check=200ms&check_timeout=100ms&panic=0&fault=alarm&bad=all&fault_for=3s&b.panic=50",
    ),
    preset(
        "l4-l7",
        "A hundred connections, or their requests",
        "Layer 4 puts connections, layer 7 requests. Both at random.",
        "balancer?utilisation=0.6&layer=l4&policy=random&b.layer=l7",
    ),
    preset(
        "l4-idle-host",
        "The host that came back",
        "n2 was down for a second. Its connections went elsewhere, and nobody brings them back.",
        "balancer?utilisation=0.6&connections=20&layer=l4&timeout=1s&servers=3&check=100ms&check_timeout=50ms&do=2s:crash:n2,3s:start:n2",
    ),
    preset(
        "cold-newcomer",
        "Cold, and at once in turn",
        "n2 comes back with cold caches, five times as slow, and gets its full turn.",
        "balancer?utilisation=0.7&timeout=1s&warm=3s&check=100ms&check_timeout=50ms&do=1s:crash:n2,2s:start:n2",
    ),
    preset(
        "slow-start",
        "Slow start",
        "The same, with a weight that grows over three seconds.",
        "balancer?utilisation=0.7&timeout=1s&warm=3s&check=100ms&check_timeout=50ms&slow_start=3s&do=1s:crash:n2,2s:start:n2",
    ),
    preset(
        "balls",
        "Balls into bins",
        "A thousand calls that never end, over a thousand servers at random; beside it the better of two.",
        "balancer?load=balls&latency=0ms&policy=random&proxy=0ms&servers=1000&for=2s&b.policy=p2c",
    ),
];
