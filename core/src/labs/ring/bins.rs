//! Requests over time, counted in bins: rate, errors and duration of all, and how busy and how full each of the first nodes is.

use crate::stats::{Level, Series, rounded};

/// The most nodes that are watched one by one.
pub const NODES: usize = 8;
/// Names of the series of all requests: answered, refused, what an answer took on average, and at the most.
pub const ALL: [&str; 4] =
    ["gauge: answered", "gauge: refused", "gauge: mean time of a request", "gauge: slowest request"];

macro_rules! each_node {
    ($what:literal) => {
        [
            concat!("gauge: n1 ", $what),
            concat!("gauge: n2 ", $what),
            concat!("gauge: n3 ", $what),
            concat!("gauge: n4 ", $what),
            concat!("gauge: n5 ", $what),
            concat!("gauge: n6 ", $what),
            concat!("gauge: n7 ", $what),
            concat!("gauge: n8 ", $what),
        ]
    };
}
/// Requests that come to each of the first nodes.
pub const ARRIVALS: [&str; NODES] = each_node!("arrivals");
/// The time that each is busy.
pub const BUSY: [&str; NODES] = each_node!("utilisation");
/// How many wait at each.
pub const WAITING: [&str; NODES] = each_node!("waiting");
/// How many each refuses.
pub const REFUSED: [&str; NODES] = each_node!("refused");

/// The requests that ended in a bin.
#[derive(Clone, Copy, Debug, Default)]
struct Requests {
    answered: u32,
    refused: u32,
    sum_us: u64,
    slowest_us: u64,
}

/// What is at a node.
#[derive(Clone, Debug, Default)]
struct Place {
    /// Whether it works; how many wait behind the one that it works on.
    busy: Level,
    waiting: Level,
    present: i64,
    came: Vec<u32>,
    refused: Vec<u32>,
}

/// The bins of a run.
#[derive(Clone, Debug)]
pub struct Bins {
    bin_us: u64,
    requests: Vec<Requests>,
    nodes: Vec<Place>,
}

impl Bins {
    /// Some eighty bins or more for a run of this length.
    pub fn new(horizon_us: u64, nodes: usize) -> Bins {
        let bin_us = match horizon_us {
            0..=10_000_000 => 50_000,
            10_000_001..=120_000_000 => 500_000,
            _ => 5_000_000,
        };
        Bins { bin_us, requests: Vec::new(), nodes: vec![Place::default(); nodes.min(NODES)] }
    }

    /// A request has ended after so long.
    pub fn ended(&mut self, at_us: u64, refused: bool, took_us: u64) {
        let place = (at_us / self.bin_us) as usize;
        if self.requests.len() <= place {
            self.requests.resize(place + 1, Requests::default());
        }
        let bin = &mut self.requests[place];
        if refused {
            bin.refused += 1;
        } else {
            (bin.answered, bin.sum_us) = (bin.answered + 1, bin.sum_us + took_us);
            bin.slowest_us = bin.slowest_us.max(took_us);
        }
    }

    /// A request, or a part of one, has come to a node.
    pub fn came(&mut self, at_us: u64, node: usize) {
        let bin_us = self.bin_us;
        let Some(place) = self.nodes.get_mut(node) else { return };
        count(&mut place.came, at_us / bin_us);
        place.change(at_us, bin_us, 1);
    }

    /// It has left.
    pub fn left(&mut self, at_us: u64, node: usize, refused: bool) {
        let bin_us = self.bin_us;
        let Some(place) = self.nodes.get_mut(node) else { return };
        if refused {
            count(&mut place.refused, at_us / bin_us);
        }
        place.change(at_us, bin_us, -1);
    }

    /// What was at a node is gone.
    pub fn crashed(&mut self, at_us: u64, node: usize) {
        let bin_us = self.bin_us;
        if let Some(place) = self.nodes.get_mut(node) {
            let present = place.present;
            place.change(at_us, bin_us, -present);
        }
    }

    /// The series.
    pub fn series(&mut self, ended_us: u64) -> Vec<Series> {
        let bin_us = self.bin_us;
        let last = (ended_us.saturating_sub(1) / bin_us) as usize;
        let line = |name: &'static str, unit, value: &dyn Fn(usize) -> Option<i64>| {
            let points: Vec<(u64, i64)> = (0..=last).filter_map(|i| Some((i as u64 * bin_us, value(i)?))).collect();
            Series { name: name.into(), unit, points: points.into() }
        };
        let rate = |n: u32| Some(rounded(u64::from(n) * 1_000_000, bin_us));
        let bin = |i: usize| self.requests.get(i).copied().unwrap_or_default();
        let mut all = vec![
            line(ALL[0], "a second", &|i| rate(bin(i).answered)),
            line(ALL[1], "a second", &|i| rate(bin(i).refused)),
            line(ALL[2], "us", &|i| bin(i).sum_us.checked_div(u64::from(bin(i).answered)).map(|us| us as i64)),
            line(ALL[3], "us", &|i| Some(bin(i).slowest_us as i64).filter(|_| bin(i).answered > 0)),
        ];
        for (n, node) in self.nodes.iter_mut().enumerate() {
            for level in [&mut node.busy, &mut node.waiting] {
                level.add(ended_us, bin_us, 0);
                level.grow(last);
            }
            let node = &*node;
            let at = |counts: &[u32], i: usize| rate(counts.get(i).copied().unwrap_or(0));
            all.push(line(ARRIVALS[n], "a second", &|i| at(&node.came, i)));
            all.push(line(BUSY[n], "%", &|i| Some(rounded(node.busy.sums[i].max(0) as u64 * 100, bin_us))));
            all.push(line(WAITING[n], "requests", &|i| Some(node.waiting.most[i])));
            all.push(line(REFUSED[n], "a second", &|i| at(&node.refused, i)));
        }
        all
    }
}

impl Place {
    fn change(&mut self, at_us: u64, bin_us: u64, by: i64) {
        let before = self.present;
        self.present = (before + by).max(0);
        let waiting = |present: i64| (present - 1).max(0);
        self.busy.add(at_us, bin_us, self.present.min(1) - before.min(1));
        self.waiting.add(at_us, bin_us, waiting(self.present) - waiting(before));
    }
}

fn count(counts: &mut Vec<u32>, place: u64) {
    let place = place as usize;
    if counts.len() <= place {
        counts.resize(place + 1, 0);
    }
    counts[place] += 1;
}
