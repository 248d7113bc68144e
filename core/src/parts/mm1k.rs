//! How much of a server's work is in time, in closed form: one worker, requests at random, work at random (M/M/1/K), callers who wait so long and no
//! longer. K counts the one in work: those that may wait, and one.

/// A server and those who call it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Station {
    /// Requests a second.
    pub rate: f64,
    /// What it finishes a second, always busy.
    pub capacity: f64,
    /// How long callers wait, in seconds.
    pub patience: f64,
}

impl Station {
    /// How likely so many are there, in line and in work, at any time; from 0 to K.
    fn chances(&self, k: u32) -> Vec<f64> {
        // From the greater end on, so that nothing overflows.
        let load = self.rate / self.capacity;
        let weight =
            |n: u32| libm::pow(load, if load > 1.0 { f64::from(n) - f64::from(k) } else { n.into() });
        let weights: Vec<f64> = (0..=k).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|weight| weight / sum).collect()
    }

    /// The share that is refused where K may be there: the loss of M/M/1/K.
    pub fn loss(&self, k: u32) -> f64 {
        self.chances(k).pop().unwrap_or(1.0)
    }

    /// First come, first served: how many a second are done in time. One who finds n there is done after n + 1 works: Σ λ π_n P(Erlang(n + 1, μ) ≤ D),
    /// over n < K.
    pub fn goodput(&self, k: u32) -> f64 {
        let mean = self.capacity * self.patience;
        // P(Erlang(n + 1) ≤ D) is that of more than n events of a Poisson process.
        let (mut event, mut more) = (libm::exp(-mean), 1.0);
        let mut in_time = 0.0;
        for (n, chance) in (0..k).zip(self.chances(k)) {
            more -= event;
            event *= mean / f64::from(n + 1);
            in_time += chance * more.max(0.0);
        }
        self.rate * in_time
    }

    /// The number of places, in line and in work, with which that is most.
    pub fn best_k(&self) -> u32 {
        let most = (4.0 * self.capacity * self.patience) as u32 + 2;
        let better =
            |best: (u32, f64), k: u32| if self.goodput(k) > best.1 { (k, self.goodput(k)) } else { best };
        (1..most).fold((1, 0.0), better).0
    }

    /// The newest first, without a limit, and more comes than can be done: the share of what is done that is in time. One who comes waits for the
    /// one in work and for all who come meanwhile, a busy period, which may never end; then for its own work.
    ///
    /// At each tick of a clock of rate λ + μ somebody comes or is done; so the busy period is a walk, and ticks are a Poisson process.
    pub fn newest_first_in_time(&self) -> f64 {
        let ticks = (self.rate + self.capacity) * self.patience;
        let up = self.rate / (self.rate + self.capacity);
        let most = (ticks + 12.0 * libm::sqrt(ticks) + 20.0) as usize;
        // Those before it, at each place; at place 0 its own work is under way, which others' coming leaves alone.
        let mut before = vec![0.0; most + 2];
        before[1] = 1.0;
        let (mut done, mut in_time, mut chance) = (0.0, 0.0, libm::exp(-ticks));
        for tick in 0..most {
            in_time += done * chance;
            chance *= ticks / (tick + 1) as f64;
            let mut next = vec![0.0; most + 2];
            done += before[0] * (1.0 - up);
            next[0] += before[0] * up;
            for (place, there) in before.iter().enumerate().take(tick + 2).skip(1) {
                next[place - 1] += there * (1.0 - up);
                next[place + 1] += there * up;
            }
            before = next;
        }
        in_time * self.rate / self.capacity
    }
}

/// What a burst leaves to be done later, if all wait: requests, the longest wait in seconds, and how long it takes after its end, in seconds.
/// The rate before and after, the rate of the burst, how long it lasts, and what is done a second.
pub fn levelling(rate: f64, burst: f64, lasts: f64, capacity: f64) -> (f64, f64, f64) {
    let backlog = ((burst - capacity) * lasts).max(0.0);
    (backlog, backlog / capacity, backlog / (capacity - rate))
}

/// A line without a limit, first come, first served: from when on nobody who comes is in time, in seconds, as the line grows by ρ − 1 for each second.
pub fn all_late_after(station: &Station) -> f64 {
    station.patience / (station.rate / station.capacity - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: Station = Station { rate: 150.0, capacity: 100.0, patience: 0.2 };
    const LESS: Station = Station { rate: 120.0, ..BUSY };

    fn near(measured: f64, expected: f64, digits: f64) {
        assert!((measured - expected).abs() <= digits, "{measured}, not {expected}");
    }

    #[test]
    fn in_time_by_the_number_of_places() {
        for (k, goodput) in
            [(1, 60.0), (5, 95.19), (10, 99.185), (15, 94.06), (20, 67.45), (25, 29.39), (40, 0.195)]
        {
            near(BUSY.goodput(k), goodput, 0.005);
        }
        near(LESS.goodput(12), 97.28, 0.005);
        near(BUSY.loss(11), 0.3359, 0.00005);
        assert_eq!((BUSY.best_k(), LESS.best_k()), (10, 12));
        near(Station { rate: 50.0, ..BUSY }.goodput(200), 50.0, 0.05);
        near(BUSY.goodput(100_000), 0.0, 1e-9);
    }

    #[test]
    fn the_newest_first_is_a_defective_busy_period() {
        near(BUSY.newest_first_in_time(), 0.9864, 0.00005);
        near(LESS.newest_first_in_time(), 0.9418, 0.00005);
    }

    #[test]
    fn a_burst_is_levelled() {
        assert_eq!(levelling(60.0, 300.0, 10.0, 100.0), (2_000.0, 20.0, 50.0));
        near(all_late_after(&BUSY), 0.4, 1e-12);
    }
}
