//! Runs to begin with.

use crate::lab::{Preset, preset};

/// An answer is lost, and the retry is answered from the table.
pub const K1: &str = "idempotency?servers=1&for=2s&do=0ms:drop:k1-c1:answer";
/// The same without keys.
pub const NO_KEY: &str = "idempotency?servers=1&keys=none&for=2s&do=0ms:drop:k1-c1:answer";
/// A key for each attempt.
pub const NEW_KEY: &str = "idempotency?servers=1&newkey=attempt&for=2s&do=0ms:drop:k1-c1:answer";
/// Tables in memory, and the retry goes to another server.
pub const MEMORY: &str = "idempotency?keys=memory&for=2s&do=0ms:drop:k1-c1:answer";
/// A table in memory, and its server goes down after it has answered.
pub const FORGOTTEN: &str =
    "idempotency?servers=1&keys=memory&for=2s&do=0ms:drop:k1-c1:answer,300ms:crash:k1,400ms:start:k1";
/// The server goes down after the effect, before the row.
pub const BETWEEN: &str = "idempotency?servers=1&record=after&for=3s&do=82ms:crash:k1,200ms:start:k1";
/// The same, with row and effect in one transaction.
pub const ATOMIC: &str = "idempotency?servers=1&for=3s&do=82ms:crash:k1,200ms:start:k1";
/// The row is written first, and the server goes down.
pub const BEFORE: &str = "idempotency?servers=1&record=before&for=2s&do=50ms:crash:k1,200ms:start:k1";
/// A double click, and nobody says that the key is in progress.
pub const RACE: &str = "idempotency?load=double-click&gap=20ms&record=after&inflight=ignore&for=2s";
/// A double click, and the second is refused.
pub const REFUSED: &str = "idempotency?load=double-click&gap=20ms&for=2s";
/// Another payload under the same key.
pub const PAYLOAD: &str =
    "idempotency?load=own&servers=1&for=2s&do=100ms:ask:c1:send.10,500ms:ask:c1:reuse.20";
/// The same, and nobody compares.
pub const UNCOMPARED: &str =
    "idempotency?load=own&servers=1&fingerprint=off&for=2s&do=100ms:ask:c1:send.10,500ms:ask:c1:reuse.20";
/// A retry after the row is pruned.
pub const PRUNED: &str =
    "idempotency?servers=1&ttl=1s&backoff=fixed&initial=2s&for=4s&do=0ms:drop:k1-c1:answer";
/// The server goes down after the provider has the money.
pub const OUTSIDE: &str = "idempotency?servers=1&outside=plain&for=3s&do=82ms:crash:k1,200ms:start:k1";
/// The same, and the provider is given the key.
pub const KEYED: &str = "idempotency?servers=1&outside=keyed&for=3s&do=82ms:crash:k1,200ms:start:k1";
/// The same, and the provider is asked first.
pub const LOOKUP: &str = "idempotency?servers=1&outside=lookup&for=3s&do=82ms:crash:k1,200ms:start:k1";
/// The row says that the money is taken.
pub const PHASES: &str =
    "idempotency?servers=1&record=phases&outside=plain&for=3s&do=92ms:crash:k1,200ms:start:k1";
/// Two read a stock of ten, and each writes nine.
pub const STOCK: &str = "idempotency?load=stock&method=put&window=40ms&for=2s";
/// The same with If-Match.
pub const IF_MATCH: &str = "idempotency?load=stock&method=putif&window=40ms&for=2s";
/// A late copy of an older write.
pub const LATE: &str = "idempotency?load=late&method=put&gap=1.5s&held=2.5s&keys=none&for=4s";
/// A 412 for one's own success.
pub const OWN_412: &str =
    "idempotency?method=putif&servers=1&keys=none&on412=report&for=2s&do=0ms:drop:k1-c1:answer";
/// A second DELETE.
pub const DELETE: &str = "idempotency?method=delete&servers=1&keys=none&for=2s&do=0ms:drop:k1-c1:answer";
/// Nobody takes over a row in progress.
pub const STUCK: &str = "idempotency?servers=1&lease=0ms&for=6s&do=50ms:crash:k1,200ms:start:k1";
/// A row is taken over too early.
pub const SHORT_LEASE: &str = "idempotency?record=after&lease=300ms&work=2s&for=6s";
/// A saved failure.
pub const SAVED_500: &str = "idempotency?servers=1&fails=0.5&attempts=3&seed=3&for=2s";

/// The presets.
pub static PRESETS: &[Preset] = &[
    preset(
        "k1",
        "The same key",
        "The answer is lost; the retry bears the same key, and is told the saved answer.",
        K1,
    ),
    preset(
        "nokey",
        "No key",
        "The same, and the server looks at no key: the customer is charged twice.",
        NO_KEY,
    ),
    preset(
        "newkey",
        "A key for each attempt",
        "The client makes a new key for its retry; no table in the world knows it again.",
        NEW_KEY,
    ),
    preset(
        "memory",
        "In each server's memory",
        "The retry goes to a server that has never seen the key.",
        MEMORY,
    ),
    preset(
        "forgotten",
        "A restart",
        "There is one server; it has answered, goes down and comes up with an empty table.",
        FORGOTTEN,
    ),
    preset(
        "between",
        "Between effect and row",
        "The charge is in the database, and the server goes down before it can say so in the table.",
        BETWEEN,
    ),
    preset("atomic", "One transaction", "The same crash: charge and row are there together.", ATOMIC),
    preset(
        "before",
        "The row first",
        "The row says done, the server goes down in its work, and the retry is told a success.",
        BEFORE,
    ),
    preset(
        "race",
        "A double click",
        "Both copies find no row, for nobody writes that one is being executed.",
        RACE,
    ),
    preset(
        "refused",
        "The second is refused",
        "The same click: the row is in progress, and the second copy gets 409.",
        REFUSED,
    ),
    preset(
        "payload",
        "Another payload",
        "The client uses its key for another amount, and gets 422.",
        PAYLOAD,
    ),
    preset(
        "uncompared",
        "Nobody compares",
        "The same: it is told that 10 were charged, and takes it for its 20.",
        UNCOMPARED,
    ),
    preset(
        "pruned",
        "Pruned too early",
        "Keys live for a second, and the retry comes after two and a half.",
        PRUNED,
    ),
    preset(
        "outside",
        "A call outside",
        "The provider has the money, the server goes down, and who goes on calls the provider again.",
        OUTSIDE,
    ),
    preset("keyed", "The provider has keys", "The same: the call outside carries the key, too.", KEYED),
    preset(
        "lookup",
        "The provider is asked",
        "It has no keys, but it can say whether it has the money for an order.",
        LOOKUP,
    ),
    preset(
        "phases",
        "A recovery point",
        "The row says that the money is taken: whoever goes on does not call again.",
        PHASES,
    ),
    preset("stock", "Two read ten", "Each takes one and writes nine; one of the two sales is lost.", STOCK),
    preset(
        "ifmatch",
        "If it is still so",
        "The second PUT gets 412, reads nine, and writes eight.",
        IF_MATCH,
    ),
    preset("late", "A late copy", "c1's first copy was held up, and puts 1 where c2 has written 2.", LATE),
    preset(
        "own-412",
        "A 412 for oneself",
        "The PUT was done, its answer lost; the retry gets 412 and is taken for a failure.",
        OWN_412,
    ),
    preset("delete", "Deleted twice", "204, which was lost; then 404. x is gone in either case.", DELETE),
    preset(
        "stuck",
        "In progress for ever",
        "A server went down in its work, and nobody may take its row over.",
        STUCK,
    ),
    preset(
        "short-lease",
        "Taken over too early",
        "The work takes two seconds, and after 0.3 the row is another's.",
        SHORT_LEASE,
    ),
    preset(
        "saved-500",
        "A saved 500",
        "The first try failed, and so its retries are told: the outcome is one.",
        SAVED_500,
    ),
];
