//! A request as clients send it, and what is answered.

use std::fmt;

/// An idempotency key: the operation that it names, and where a client makes one for each try, which. A client would send a random UUID; that two
/// are never alike is checked by arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    /// The operation's number in the run.
    pub op: u32,
    /// The try's, from 1, where each has a key of its own; else 0.
    pub attempt: u16,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "K{}", self.op.saturating_add(1))?;
        if self.attempt > 0 { write!(f, ".{}", self.attempt) } else { Ok(()) }
    }
}

/// How many keys pictures show.
pub const SHOWN: u16 = 12;
/// Of a client that makes a key for each try, how many of an operation's.
const TRIES: u16 = 4;

impl Key {
    /// Its place in pictures, if it has one.
    pub fn place(self, each_attempt: bool) -> Option<u16> {
        let op = u16::try_from(self.op).ok()?;
        let place = if each_attempt && self.attempt <= TRIES {
            op.checked_mul(TRIES)?.checked_add(self.attempt.saturating_sub(1))?
        } else if each_attempt {
            return None;
        } else {
            op
        };
        (place < SHOWN).then_some(place)
    }

    /// The key of a place.
    pub fn at(place: u16, each_attempt: bool) -> Key {
        if each_attempt {
            Key { op: u32::from(place / TRIES), attempt: place % TRIES + 1 }
        } else {
            Key { op: place.into(), attempt: 0 }
        }
    }
}

/// A method of HTTP.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verb {
    /// Reads x.
    Get,
    /// Charges.
    Post,
    /// Sets x.
    Put,
    /// Removes x.
    Delete,
    /// Adds to x.
    Patch,
}

impl Verb {
    /// As HTTP writes it.
    pub fn word(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Delete => "DELETE",
            Verb::Patch => "PATCH",
        }
    }

    /// Whether several of the same are meant to do what one does (RFC 9110 §9.2.2).
    pub fn is_idempotent(self) -> bool {
        matches!(self, Verb::Get | Verb::Put | Verb::Delete)
    }
}

/// A request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Call {
    /// The client's number for it.
    pub serial: u32,
    /// Which try, from 0.
    pub attempt: u16,
    /// The operation's number in the run: what a customer calls an order.
    pub order: u32,
    /// The field Idempotency-Key.
    pub key: Option<Key>,
    /// The method.
    pub verb: Verb,
    /// What it is about.
    pub value: i32,
    /// The field If-Match: a version.
    pub if_match: Option<u32>,
}

impl Call {
    /// What tells its payload from others.
    pub fn fingerprint(&self) -> u64 {
        (self.verb as u64) << 32 | u64::from(self.value.cast_unsigned())
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verb {
            Verb::Get => f.write_str("GET x")?,
            Verb::Post => write!(f, "POST charge {}", self.value)?,
            Verb::Put => write!(f, "PUT x = {}", self.value)?,
            Verb::Delete => f.write_str("DELETE x")?,
            Verb::Patch => write!(f, "PATCH x {:+}", self.value)?,
        }
        if let Some(version) = self.if_match {
            write!(f, ", if v{version}")?;
        }
        match self.key {
            Some(key) => write!(f, ", {key}"),
            None => Ok(()),
        }
    }
}

/// An answer: its status, and what it says was done.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Outcome {
    /// The status code.
    pub status: u16,
    /// The number of the change in the database; 0 where there is none, or none is known.
    pub receipt: u32,
}

impl Outcome {
    /// An answer that says of no change.
    pub const fn status(status: u16) -> Outcome {
        Outcome { status, receipt: 0 }
    }

    /// Whether it tells of a success.
    pub fn is_success(self) -> bool {
        self.status < 300
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, receipt) = (self.status, self.receipt);
        match status {
            400 => f.write_str("400: no key"),
            404 => f.write_str("404: nothing there"),
            409 => f.write_str("409: in progress"),
            412 => f.write_str("412: another version"),
            422 => f.write_str("422: another payload"),
            428 => f.write_str("428: no If-Match"),
            500 => f.write_str("500"),
            _ if receipt > 0 => write!(f, "{status}, no. {receipt}"),
            _ => write!(f, "{status}"),
        }
    }
}
