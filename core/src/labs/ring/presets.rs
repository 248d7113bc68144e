//! Scenarios worth opening.

use crate::lab::{Preset, preset};

/// All of them.
pub static PRESETS: &[Preset] = &[
    preset(
        "modulo",
        "3 → 4 nodes by modulo",
        "Three of four rows move, most of them between nodes that were there before.",
        "ring?strategy=modulo&for=5s&at=0ms",
    ),
    preset(
        "ring",
        "3 → 4 nodes on the ring",
        "A quarter of the rows moves, every one to the new node.",
        "ring?at=0ms",
    ),
    preset(
        "beside",
        "Modulo beside the ring",
        "The same rows, requests and luck: what hash modulo N moves, and what consistent hashing moves.",
        "ring?strategy=modulo&for=5s&at=0ms&b.strategy=ring",
    ),
    preset(
        "router",
        "The book's router",
        "Four shards by the first hexadecimal digit: 0-3, 4-7, 8-B, C-F.",
        "ring?strategy=range&nodes=4&add=0&key=prefix16&at=0ms",
    ),
    preset(
        "two-50",
        "2 → 4 nodes at 50 % utilisation",
        "Half of the rows moves; each node has headroom for it, and p99 stays within its limit.",
        "ring?nodes=2&add=2&vnodes=128&data=60&bandwidth=15&for=5s",
    ),
    preset(
        "two-90",
        "2 → 4 nodes at 90 % utilisation",
        "The same move without headroom: what it takes makes every old node's queue grow until the move is over.",
        "ring?nodes=2&add=2&vnodes=128&data=60&utilisation=0.9&bandwidth=15&for=5s",
    ),
    preset(
        "sixteen-50",
        "16 → 32 nodes at 50 % utilisation",
        "Again one half moves: eight times the bytes, by eight times the nodes, in a like time.",
        "ring?nodes=16&add=16&vnodes=128&data=60&capacity=20&bandwidth=15&p99_limit=1.2s&for=5s",
    ),
    preset(
        "sixteen-90",
        "16 → 32 nodes at 90 % utilisation",
        "With sixteen queues one is always unlucky: p99 breaks as it does with two.",
        "ring?nodes=16&add=16&vnodes=128&data=60&utilisation=0.9&capacity=20&bandwidth=15&p99_limit=1.2s&for=6s",
    ),
    preset(
        "together",
        "Orders beside their users",
        "Orders are placed by their user: a user with all orders is one query to one shard.",
        "ring?nodes=6&add=0&query=join&at=0ms",
    ),
    preset(
        "apart",
        "Orders apart from their users",
        "Orders are placed by their own id: the same join asks most nodes, and the load is several times what it was.",
        "ring?nodes=6&add=0&query=join&tables=apart&utilisation=0.15&at=0ms",
    ),
    preset(
        "leave",
        "One node leaves at peak",
        "At 80 % utilisation n3 hands over its rows and goes: four nodes get what five could just bear.",
        "ring?nodes=5&add=0&vnodes=128&utilisation=0.8&p99_limit=300ms&for=5s&do=1s:ask:k1:leave.n3",
    ),
    preset(
        "hot",
        "A hot row",
        "Two of five requests want one row: its node drowns while the others idle, and no strategy helps.",
        "ring?nodes=5&add=0&popularity=hot&hot=0.4&at=4s",
    ),
    preset(
        "split",
        "The hot row split into 16",
        "Writes go to one of sixteen keys: the load is even again, and each read asks most nodes.",
        "ring?nodes=5&add=0&vnodes=128&popularity=hot&hot=0.4&split=16&at=4s",
    ),
    preset(
        "country",
        "Partitioned by country_code",
        "A third of the world's people are in two countries, and 249 keys cannot be spread any finer.",
        "ring?nodes=8&add=0&vnodes=128&key=country_code&at=0ms",
    ),
    preset(
        "bounded",
        "Bounded loads",
        "Eight points a node make an uneven ring; with bounded loads a full node passes rows on to the next.",
        "ring?strategy=bounded&nodes=8&vnodes=8&epsilon=0.1&at=0ms",
    ),
    preset(
        "bounded-weights",
        "Bounded loads with weights",
        "The first two of five nodes have three times the weight of the others: each node is bounded at 1.1 times its own fair share.",
        "ring?strategy=bounded&nodes=5&add=0&epsilon=0.1&big=2&weight=3&at=0ms",
    ),
    preset(
        "maglev",
        "Maglev's table",
        "One of ten nodes leaves a table of 1,021 places. All have equally many places, but 13 % of the rows move where a tenth would do.",
        "ring?strategy=maglev&nodes=10&add=-1&table=1021&for=5s&at=0ms",
    ),
    preset(
        "gap",
        "A gap in jump hash's list",
        "n2 of four leaves and all behind it move up, as in a client that drops a server from its list: two thirds of the rows move.",
        "ring?strategy=jump&nodes=4&add=0&gap=move_up&for=6s&do=1s:ask:k1:leave.n2",
    ),
    preset(
        "reweighed",
        "A node gets three times the weight",
        "n2 of three is to have three of five rows: what moves, moves to it. Its machine stays as it is, and nine tenths busy.",
        "ring?add=0&vnodes=128&for=5s&do=1s:ask:k1:weight.n2.3",
    ),
    preset(
        "big",
        "Two big nodes and three small",
        "A node of twice the capacity gets twice the points, and so twice the rows.",
        "ring?nodes=5&vnodes=128&big=2&at=0ms",
    ),
];
