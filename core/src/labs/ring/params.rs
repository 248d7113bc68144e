//! What a reader may set in the lab ring.

use crate::params::{choice, decimal, dist, duration, int};
use crate::sim::dist::Dist;

crate::choice! {
    /// How a key finds its node.
    pub enum Strategy {
        Modulo = "modulo" "hash modulo N",
        Ring = "ring" "consistent hashing, on a ring",
        Rendezvous = "rendezvous" "rendezvous hashing",
        Jump = "jump" "jump hash",
        Bounded = "bounded" "a ring with bounded loads",
        Range = "range" "ranges of keys",
        Directory = "directory" "a directory of slots",
        Maglev = "maglev" "Maglev's table",
    }
}
crate::choice! {
    /// What becomes of jump hash's list when a node in the middle of it leaves.
    pub enum Gap {
        Last = "last" "the last node takes its place",
        MoveUp = "move_up" "all behind it move up by one",
    }
}
crate::choice! {
    /// How many places Maglev's table has: a prime.
    pub enum Table {
        Small = "1021" "1,021 places",
        Middle = "4093" "4,093 places",
        Large = "65537" "65,537 places, Envoy's default",
    }
}
crate::choice! {
    /// Where the further copies of a key are.
    pub enum Copies {
        Distinct = "distinct" "on the next different nodes",
        Points = "points" "at the next points, whosever they are",
    }
}
crate::choice! {
    /// By what a row is placed.
    pub enum Field {
        UserId = "user_id" "user_id: random, one for each row",
        CountryCode = "country_code" "country_code: as many as the world has, sized as its people",
        Date = "date" "date: the day of the order",
        Tenant = "tenant" "tenant: the n-th has 1/n of the first one's rows",
        Prefix16 = "prefix16" "prefix16: the first hexadecimal digit of the id",
    }
}
crate::choice! {
    /// How requests choose among rows.
    pub enum Popularity {
        Uniform = "uniform" "all rows alike",
        Zipf = "zipf" "Zipf: the n-th row as 1/n^s",
        Hot = "hot" "one row is hot",
    }
}
crate::choice! {
    /// What is asked.
    pub enum Query {
        Point = "point" "one row, by its key",
        Range = "range" "a stretch of keys",
        Second = "second" "rows by another column",
        Join = "join" "a user with all orders",
    }
}
crate::choice! {
    /// Where the orders of a user are.
    pub enum Tables {
        Together = "together" "placed by their user: beside the user",
        Apart = "apart" "placed by their own id",
    }
}

/// The greatest weight that a node may have.
pub const MAX_WEIGHT: u32 = 16;

crate::params! {
    /// Everything that a reader may set.
    pub struct Params {
        "Placement" {
            strategy: Strategy = choice(Strategy::WORDS, 1), "Strategy", "How a key finds its node.";
            nodes: u32 = int(1, 128, 3, "nodes"), "Nodes", "How many nodes there are at first.";
            add: i64 = int(-127, 128, 1, "nodes"), "Change", "How many nodes join, or leave when below 0.";
            vnodes: u32 = int(1, 512, 32, "points"), "Virtual nodes", "Points of each node on the ring; strategies without a ring have none.";
            epsilon: u32 = decimal(10_000, 4_000_000, 250_000, ""), "ε", "A node may hold (1 + ε) times its fair share of the rows: what `bounded` enforces, and what the promise asks of all.";
            replicas: u32 = int(1, 7, 1, "copies"), "Copies", "How many copies of each row there are.";
            copies: Copies = choice(Copies::WORDS, 0), "Further copies", "Where they go: right, or as a careless walk along the ring has it.";
            big: u32 = int(0, 128, 0, "nodes"), "Big nodes", "How many of the first nodes are big.";
            weight: u32 = int(1, MAX_WEIGHT as i64, 2, "times"), "Weight", "A big node has this many times the capacity and, on a ring, by rendezvous and in Maglev's table, the share of the rows.";
            gap: Gap = choice(Gap::WORDS, 0), "A gap", "What becomes of jump hash's list when a node in the middle of it leaves.";
            table: Table = choice(Table::WORDS, 2), "Table", "How many places Maglev's table has: the more, the less moves for nothing.";
        }
        "Rows" {
            keys: u32 = int(1, 1_000_000, 10_000, "rows"), "Rows", "How many rows are placed.";
            key: Field = choice(Field::WORDS, 0), "Partition key", "By which of its fields a row is placed.";
            tenants: u32 = int(1, 10_000, 100, "tenants"), "Tenants", "How many there are, for the key tenant.";
            data: u32 = int(1, 100_000, 20, "MB"), "Data", "Megabytes on each of the first nodes, copies not counted.";
        }
        "Requests" {
            popularity: Popularity = choice(Popularity::WORDS, 0), "Popularity", "How requests choose among rows.";
            zipf: u32 = decimal(0, 3_000_000, 1_000_000, ""), "Zipf's s", "Popularity of the n-th row is 1/n^s.";
            hot: u32 = decimal(0, 1_000_000, 300_000, "of requests"), "Hot share", "How many of the requests want the hot row.";
            split: u32 = int(1, 64, 1, "pieces"), "Split the hot row", "Over how many keys it is spread: each write goes to one, a read must ask all.";
            reads: u32 = decimal(0, 1_000_000, 100_000, "of requests"), "Reads", "How many of the requests for a row that has been split read it, and so ask all its pieces.";
            today: u32 = decimal(0, 1_000_000, 800_000, "of requests"), "Today", "How many of the requests are about today's rows, where the key is a date.";
            query: Query = choice(Query::WORDS, 0), "Queries", "What is asked.";
            span: u32 = decimal(100, 1_000_000, 20_000, "of all keys"), "Stretch", "How much of the key space a range query covers.";
            tables: Tables = choice(Tables::WORDS, 0), "Orders", "Where the orders of a user are.";
            orders: u32 = int(1, 100, 5, "orders"), "Orders of a user", "How many a join fetches.";
        }
        "Capacity and moving" {
            utilisation: u32 = decimal(0, 2_000_000, 500_000, ""), "Utilisation", "Requests offered, as a share of what the first nodes can serve when each asks one node.";
            capacity: u32 = int(1, 10_000, 60, "a second"), "Capacity", "Requests that a node serves in a second.";
            bandwidth: u32 = int(1, 10_000, 10, "MB a second"), "Move bandwidth", "How fast a node gives or takes data.";
            disk: u32 = int(1, 10_000, 50, "MB a second"), "Node's bandwidth", "What a node could do in all: moving takes its share away from requests.";
            when: u64 = duration(0, 3_600_000_000, 1_000_000), "Change at", "When the nodes join or leave.";
            leg: Dist = dist("0.5ms"), "Network", "How long a message takes.";
        }
        "Promises" {
            p99_limit: u64 = duration(1_000, 3_600_000_000, 500_000), "p99 limit", "99 of 100 requests are to take at most this while data moves.";
            skew_limit: u32 = decimal(1_000_000, 100_000_000, 2_000_000, "times"), "Skew limit", "The busiest node is to have at most this many times its fair share of the requests.";
        }
    }
}

impl Params {
    /// The weight of a node, by its number.
    pub fn weight_of(&self, node: u32) -> u32 {
        if node < self.big { self.weight } else { 1 }
    }

    /// How many places Maglev's table has.
    pub fn table_size(&self) -> u32 {
        match self.table {
            Table::Small => 1_021,
            Table::Middle => 4_093,
            Table::Large => 65_537,
        }
    }

    /// Whether the strategy gives big nodes more rows.
    pub fn knows_weights(&self) -> bool {
        match self.strategy {
            Strategy::Ring | Strategy::Bounded | Strategy::Rendezvous | Strategy::Maglev => true,
            Strategy::Modulo | Strategy::Jump | Strategy::Range | Strategy::Directory => false,
        }
    }

    /// Whether keys stay in their order instead of being hashed.
    pub fn is_ordered(&self) -> bool {
        self.strategy == Strategy::Range
    }

    /// Whether a key's place is a point of the ring.
    pub fn has_ring(&self) -> bool {
        matches!(self.strategy, Strategy::Ring | Strategy::Bounded)
    }
}
