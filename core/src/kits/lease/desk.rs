//! Whoever grants a lease: what it knows of its grants, what it reports of them, and until when it waits.

use crate::cast::NodeId;
use crate::parts::lease::Grantor;
use crate::parts::sessions::{Entry, Sessions};
use crate::sim::{Out, Range, Speech};
use crate::trace::Fact;

/// The shortest time for which a service waits for a lease to end, in µs.
const LAST_US: u64 = 10;

/// Who holds: a client, by its own number for it. To Redis it is the random value of a key, to ZooKeeper a session.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Holder {
    /// Who.
    pub client: NodeId,
    /// Its number for it.
    pub hold: u32,
}

/// What a service knows of its grants, and writes down.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Book {
    /// One lease.
    Lease(Grantor<Holder>),
    /// Sessions that stand in line.
    Queue(Sessions<Holder>),
}

/// How a service reports what it has granted: the places of its facts.
#[derive(Clone, Copy, Debug)]
pub struct DeskFacts {
    /// Who holds it; the word `free` where nobody does.
    pub holder: u8,
    /// The number of that grant, where it has one that all agree on.
    pub grant: Option<u8>,
}

/// A service's grants, and whom it has reported as holder.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Desk {
    book: Book,
    told: Option<(Holder, u32)>,
}

impl Desk {
    /// A service comes up with what it knows. A clock that begins anew with its machine cannot tell what is left of a lease.
    pub fn boot(mut book: Book, now_us: i64, ttl_us: u64, forgets: bool) -> Desk {
        match &mut book {
            Book::Lease(grantor) if forgets => grantor.restart(now_us, ttl_us),
            Book::Lease(_) => {}
            Book::Queue(sessions) => sessions.restart(now_us, ttl_us),
        }
        Desk { book, told: None }
    }

    /// What it is to write down.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// It has what another has granted, and tells nobody of it.
    pub fn learn(&mut self, book: Book) {
        self.book = book;
    }

    /// It grants no more: it has nobody as holder, as far as it tells.
    pub fn withdraw<S: Speech>(&mut self, facts: DeskFacts, out: &mut Out<S>) {
        if self.told.take().is_some() {
            out.fact(facts.holder, 0, Fact::Word("free"));
        }
    }

    /// The sessions that it keeps, if it does.
    pub fn sessions(&self) -> Option<&Sessions<Holder>> {
        match &self.book {
            Book::Lease(_) => None,
            Book::Queue(sessions) => Some(sessions),
        }
    }

    /// Leases and sessions end whose time is over.
    pub fn expire(&mut self, now_us: i64) {
        match &mut self.book {
            Book::Lease(grantor) => grantor.expire(now_us),
            Book::Queue(sessions) => sessions.expire(now_us),
        }
    }

    /// Somebody asks for it, or stands in line; gives the number of the grant if it has it.
    pub fn acquire(&mut self, now_us: i64, holder: Holder, ttl_us: u64) -> Option<u32> {
        match &mut self.book {
            Book::Lease(grantor) => grantor.ask(now_us, holder, ttl_us),
            Book::Queue(sessions) => {
                sessions.keep(now_us, holder, ttl_us);
                sessions.create(holder);
                let mine = |entry: &Entry<Holder>| entry.session == holder;
                sessions.first().filter(mine).map(|entry| entry.revision)
            }
        }
    }

    /// Somebody asks for its lease or session anew; says whether it has it still.
    pub fn renew(&mut self, now_us: i64, holder: Holder, ttl_us: u64) -> bool {
        match &mut self.book {
            Book::Lease(grantor) => grantor.renew(now_us, holder, ttl_us),
            Book::Queue(sessions) => {
                let has = sessions.has(&holder);
                if has {
                    sessions.keep(now_us, holder, ttl_us);
                }
                has
            }
        }
    }

    /// Somebody lets it go: of a lease only its holder may, if it `looks`; of a session, who has it.
    pub fn release(&mut self, holder: Holder, looks: bool) {
        match &mut self.book {
            Book::Lease(grantor) => grantor.release(looks.then_some(holder)),
            Book::Queue(sessions) => sessions.close(&holder),
        }
    }

    /// Whoever holds it, and the number of its grant.
    pub fn holds(&self) -> Option<(Holder, u32)> {
        match &self.book {
            Book::Lease(grantor) => grantor.lease().map(|lease| (lease.holder, lease.token)),
            Book::Queue(sessions) => sessions.first().map(|entry| (entry.session, entry.revision)),
        }
    }

    /// Whom it has reported last, and under which number.
    pub fn told(&self) -> Option<(Holder, u32)> {
        self.told
    }

    /// Reports who holds it, if that is another; says whether it is.
    pub fn report<S: Speech>(&mut self, facts: DeskFacts, out: &mut Out<S>) -> bool {
        let holds = self.holds();
        let news = holds != self.told;
        if news {
            self.told = holds;
            if let Some(((_, token), grant)) = holds.zip(facts.grant) {
                out.fact(grant, 0, Fact::Int(token.into()));
            }
            let holder = holds.map_or(Fact::Word("free"), |(holder, _)| Fact::Node(holder.client));
            out.fact(facts.holder, 0, holder);
        }
        news
    }

    /// Waits until a lease or a session may be over.
    pub fn await_end<S: Speech>(&self, now_us: i64, timer: S::Timer, out: &mut Out<S>) {
        let end_us = match &self.book {
            Book::Lease(grantor) => grantor.lease().map(|lease| lease.until_us),
            Book::Queue(sessions) => sessions.next_end_us(),
        };
        match end_us {
            Some(end_us) => {
                let span_us = u64::try_from(end_us.saturating_sub(now_us)).unwrap_or(0);
                out.serve_none();
                // A drifting clock's last microsecond may be none of true time.
                out.set_timer(timer, Range::exactly(span_us.max(LAST_US)));
            }
            None => out.cancel(timer),
        }
    }
}
