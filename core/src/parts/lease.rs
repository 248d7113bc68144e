//! Leases: a lock that ends by itself (Gray, Cheriton, *Leases*, SOSP 1989). Grantor and holder each go by a clock of their own, and what is counted
//! here is counted by that of whoever asks.

/// A lease as its grantor knows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lease<H> {
    /// Who has it.
    pub holder: H,
    /// Its number, greater than those of all before it.
    pub token: u32,
    /// When it ends, in µs of the grantor's clock.
    pub until_us: i64,
}

/// The grantor of one lock: it numbers its grants, and forgets a holder whose lease is over.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Grantor<H> {
    lease: Option<Lease<H>>,
    last: u32,
}

impl<H: Copy + Eq> Grantor<H> {
    /// A free lock, whose next grant is numbered after `last`.
    pub fn new(last: u32) -> Grantor<H> {
        Grantor { lease: None, last }
    }

    /// A copy of another's, as it was told: who has it and for how long yet, in µs, and the number of the last grant.
    pub fn copied(now_us: i64, lease: Option<(H, u64)>, last: u32) -> Grantor<H> {
        let until = |left_us: u64| now_us.saturating_add_unsigned(left_us);
        let lease = lease.map(|(holder, left_us)| Lease { holder, token: last, until_us: until(left_us) });
        Grantor { lease, last }
    }

    /// The number of its last grant.
    pub fn last(&self) -> u32 {
        self.last
    }

    /// Somebody asks for it. Whoever has it has its lease anew, under the same number; another has it if it is free; else it is none.
    pub fn ask(&mut self, now_us: i64, holder: H, ttl_us: u64) -> Option<u32> {
        self.expire(now_us);
        if self.lease.is_none() {
            self.last += 1;
            let until_us = now_us.saturating_add_unsigned(ttl_us);
            self.lease = Some(Lease { holder, token: self.last, until_us });
        }
        if self.renew(now_us, holder, ttl_us) { self.lease.map(|lease| lease.token) } else { None }
    }

    /// Its holder has its lease anew; anybody else has not.
    pub fn renew(&mut self, now_us: i64, holder: H, ttl_us: u64) -> bool {
        self.expire(now_us);
        let Some(lease) = self.lease.as_mut().filter(|lease| lease.holder == holder) else { return false };
        lease.until_us = now_us.saturating_add_unsigned(ttl_us);
        true
    }

    /// It is let go by its holder; or, where it does not matter who asks, whoever has it.
    pub fn release(&mut self, whose: Option<H>) {
        self.lease = self.lease.filter(|lease| whose.is_some_and(|holder| holder != lease.holder));
    }

    /// A lease whose time is over ends.
    pub fn expire(&mut self, now_us: i64) {
        self.lease = self.lease.filter(|lease| lease.until_us > now_us);
    }

    /// It is counted anew from now on: what remains to a grantor whose clock was set to zero.
    pub fn restart(&mut self, now_us: i64, ttl_us: u64) {
        if let Some(lease) = &mut self.lease {
            lease.until_us = now_us.saturating_add_unsigned(ttl_us);
        }
    }

    /// The lease, if somebody has it.
    pub fn lease(&self) -> Option<&Lease<H>> {
        self.lease.as_ref()
    }
}

/// A lease as its holder knows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Held {
    /// When it was asked for, in µs of the holder's clock: it cannot have been granted before that.
    pub asked_us: i64,
    /// How long it is trusted from then on, in µs.
    pub for_us: u64,
}

impl Held {
    /// What is left of it, in µs; none of it once it is over.
    pub fn left_us(&self, now_us: i64) -> u64 {
        let until_us = self.asked_us.saturating_add_unsigned(self.for_us);
        u64::try_from(until_us.saturating_sub(now_us)).unwrap_or(0)
    }
}

/// What is left of a lease for clocks that differ in rate, as Redlock's libraries have it: a hundredth of it and 2 ms less.
pub fn less_drift_us(ttl_us: u64) -> u64 {
    ttl_us.saturating_sub(ttl_us / 100 + 2_000)
}

/// What is left of a lease for clocks whose rates differ from true time's by so many millionths at the most, as its holder has to count it: with its own
/// clock slow and the grantor's fast by that much, both are over at the same moment. L (1 - ρ) / (1 + ρ), rounded down.
pub fn safe_stop_us(ttl_us: u64, rate_bound_ppm: u64) -> u64 {
    const MILLION: u128 = 1_000_000;
    let bound = u128::from(rate_bound_ppm).min(MILLION);
    (u128::from(ttl_us) * (MILLION - bound) / (MILLION + bound)) as u64
}

/// A record that somebody holds, which is changed by compare-and-set on its version: a store that knows of no time (Kubernetes' `Lease`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Record<H> {
    /// Who holds it; none where it was let go.
    pub holder: Option<H>,
    /// How many have held it: the number of the holding.
    pub token: u32,
    /// How often it has been written.
    pub version: u32,
}

impl<H: Copy + Eq> Record<H> {
    /// A record that nobody has held.
    pub fn free() -> Record<H> {
        Record { holder: None, token: 0, version: 0 }
    }

    /// Somebody who has seen a version of it writes itself, or nobody, into it; says whether it was still that version.
    pub fn set(&mut self, version: u32, holder: Option<H>) -> bool {
        if version != self.version {
            return false;
        }
        self.token += u32::from(holder.is_some() && holder != self.holder);
        (self.holder, self.version) = (holder, version + 1);
        true
    }
}

/// A record as somebody has seen it, who judges by a clock of its own how long it has not changed (client-go's `leaderelection`: "a client only
/// acts on timestamps captured locally").
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Observed<H> {
    record: Record<H>,
    at_us: i64,
}

impl<H: Copy + Eq> Observed<H> {
    /// It sees the record for the first time.
    pub fn new(now_us: i64, record: Record<H>) -> Observed<H> {
        Observed { record, at_us: now_us }
    }

    /// It sees the record again.
    pub fn see(&mut self, now_us: i64, record: Record<H>) {
        if record != self.record {
            *self = Observed::new(now_us, record);
        }
    }

    /// As it was seen last.
    pub fn record(&self) -> Record<H> {
        self.record
    }

    /// Whether one may take it: it was let go, or has not changed for a whole lease.
    pub fn is_free(&self, now_us: i64, ttl_us: u64) -> bool {
        self.record.holder.is_none() || self.at_us.saturating_add_unsigned(ttl_us) <= now_us
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The holder's clock slow and the grantor's fast by the bound: both are over at once.
    #[test]
    fn a_safe_stop_comes_before_the_lease_is_over_for_any_two_rates_within_the_bound() {
        assert_eq!(safe_stop_us(10_000_000, 0), 10_000_000);
        assert_eq!(safe_stop_us(10_000_000, 10_000), 9_801_980);
        assert_eq!(safe_stop_us(10_000_000, 2_000_000), 0);
        for bound in [100u64, 10_000, 50_000, 200_000] {
            for (holder, grantor) in [(-1i64, 1i64), (0, 1), (-1, 0), (1, -1)] {
                let rate = |sign: i64| 1_000_000 + sign * bound as i64;
                let stops = safe_stop_us(10_000_000, bound) as i64 * 1_000_000 / rate(holder);
                assert!(stops <= 10_000_000 * 1_000_000 / rate(grantor), "{bound} {holder} {grantor}");
            }
        }
    }

    #[test]
    fn a_record_is_written_by_who_has_seen_it_as_it_is() {
        let mut record = Record::free();
        assert!(record.set(0, Some('a')) && !record.set(0, Some('b')));
        assert!(record.set(1, Some('a')) && record.set(2, None) && record.set(3, Some('b')));
        assert_eq!(record, Record { holder: Some('b'), token: 2, version: 4 });
    }

    #[test]
    fn an_observer_counts_from_when_it_saw_the_record_change() {
        let mut record = Record::free();
        record.set(0, Some('a'));
        let mut seen = Observed::new(500, record);
        assert!(!seen.is_free(599, 100) && seen.is_free(600, 100));
        seen.see(550, record);
        assert!(seen.is_free(600, 100), "it has not changed");
        record.set(1, Some('a'));
        seen.see(590, record);
        assert!(!seen.is_free(600, 100));
        record.set(2, None);
        seen.see(600, record);
        assert!(seen.is_free(600, 100), "it was let go");
    }

    #[test]
    fn one_has_it_at_a_time_and_each_grant_has_a_greater_number() {
        let mut lock = Grantor::new(32);
        assert_eq!(lock.ask(0, 'a', 100), Some(33));
        assert_eq!(lock.ask(99, 'b', 100), None);
        assert_eq!(lock.ask(100, 'b', 100), Some(34), "a lease is over at its end, not after it");
        assert!(!lock.renew(150, 'a', 100) && lock.renew(150, 'b', 100));
        assert_eq!(lock.ask(249, 'a', 100), None, "it was renewed at 150");
        assert_eq!(lock.ask(200, 'b', 100), Some(34), "who has it already has it anew");
        assert_eq!(lock.lease().map(|lease| lease.until_us), Some(300));
    }

    /// What was granted after the copy was made is granted again, under the same number.
    #[test]
    fn a_copy_knows_what_it_was_told() {
        let mut lock = Grantor::new(32);
        let mut copy = Grantor::copied(0, None, lock.last());
        assert_eq!((lock.ask(0, 'a', 100), copy.ask(50, 'b', 100)), (Some(33), Some(33)));
        let left = lock.lease().map(|lease| (lease.holder, 60));
        let mut copy = Grantor::copied(1_000, left, lock.last());
        assert_eq!((copy.ask(1_059, 'b', 100), copy.ask(1_060, 'b', 100)), (None, Some(34)));
    }

    #[test]
    fn who_does_not_hold_it_cannot_let_it_go_unless_nobody_looks() {
        let mut lock = Grantor::new(0);
        lock.ask(0, 'b', 100);
        lock.release(Some('a'));
        assert!(lock.lease().is_some());
        lock.release(None);
        assert!(lock.lease().is_none());
        lock.ask(0, 'b', 100);
        lock.release(Some('b'));
        assert!(lock.lease().is_none());
    }

    #[test]
    fn a_holder_counts_from_when_it_asked() {
        let held = Held { asked_us: 1_000, for_us: less_drift_us(10_000_000) };
        // Redlock's validity: 10 s of which 50 ms have gone by are 9,848 ms.
        assert_eq!(held.left_us(51_000), 9_848_000);
        assert_eq!(held.left_us(9_899_000), 0);
        assert_eq!(less_drift_us(1_000), 0);
    }
}
