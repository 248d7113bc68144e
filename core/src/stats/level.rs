//! A level that changes now and then (a queue, busy workers), and what it comes to in equal spans of time.

/// A level that changes now and then.
#[derive(Clone, Debug, Default)]
pub struct Level {
    value: i64,
    since_us: u64,
    /// For each bin the level's integral over its time, in µs.
    pub sums: Vec<i64>,
    /// For each bin the highest level.
    pub most: Vec<i64>,
}

impl Level {
    /// What it is now.
    pub fn now(&self) -> i64 {
        self.value
    }

    /// It changes by so much; bins are so long.
    pub fn add(&mut self, at_us: u64, bin_us: u64, by: i64) {
        while self.since_us < at_us {
            let place = (self.since_us / bin_us) as usize;
            let end_us = ((place as u64 + 1) * bin_us).min(at_us);
            self.grow(place);
            self.sums[place] += self.value * (end_us - self.since_us) as i64;
            self.since_us = end_us;
        }
        self.value += by;
        let place = (at_us / bin_us) as usize;
        self.grow(place);
        self.most[place] = self.most[place].max(self.value);
    }

    /// Has bins up to this one at the least.
    pub fn grow(&mut self, place: usize) {
        if self.sums.len() <= place {
            self.sums.resize(place + 1, 0);
            self.most.resize(place + 1, self.value);
        }
    }
}
