//! What nodes of a graph report.

use super::mark::Ending;

crate::declare::facts! {
    QUEUE "queue" Face "How many requests wait at the server.";
    BUSY "busy" Inspector "How many of its workers are busy.";
    ROLE "role" Role "What it is, or does.";
    BUDGET "budget" Inspector "What is left of its retry budget, in retries or tokens.", in Thousandths;
    LATE "late" Inspector "Answers that came when it did not wait for them any more.";
    EXPIRED "expired" Inspector "Requests that the server threw away because their deadline had passed.";
    STATE "state" Face "The state of a breaker: closed, open or half-open; one before each callee, or for each of its instances or shards." of breaker;
    UNTIL "until" Inspector "After which moment an open breaker will admit a trial call, or when a half-open one goes on by itself; 0 where neither is set." of breaker;
    CAUSE "cause" Inspector "Why the breaker made its last transition." of breaker;
    THREADS "threads" Inspector "Threads of a pool that are held." of pool;
    WAITING "waiting" Inspector "Calls that wait for a thread of that pool." of pool;
    TIMEOUT "timeout" Inspector "The time that the last call to a callee was given." of callee, in Us;
    RESULT "result" Inspector "What an attempt took, by callee and by how it ended: told where a breaker or a pool may keep it." of result, in Us;
    CONTENT "content" Inspector "What a cache holds, in the order in which it goes: keys with their versions.";
    HAND "hand" Inspector "The entry at which a cache looks next for one to throw out.";
    LOOKED "looked" Inspector "What the last request for a key came to at a cache.";
    VICTIM "victim" Inspector "The entry that a cache threw out last, since the last request.";
    VERSION "version" Inspector "The version of a key in the store.";
    BELIEVED "believed" Inspector "What it believes of each instance that it may call: well, unwell by checks, ejected for failures." of instance;
    LIFE "life" Face "Whether it is off, starting, ready or draining, where a controller says so.";
    WANTED "wanted" Face "How many instances a controller wants.";
}

/// Results are numbered by callee times this, and how the attempt ended.
pub const RESULTS: u16 = 16;

fn breaker(index: u16) -> String {
    format!("breaker {}", index + 1)
}

fn pool(index: u16) -> String {
    format!("pool {}", index + 1)
}

fn callee(index: u16) -> String {
    format!("callee {}", index + 1)
}

fn result(index: u16) -> String {
    let ending = Ending::ALL.get(usize::from(index % RESULTS)).map_or("", |ending| ending.word());
    format!("{}, {ending}", callee(index / RESULTS))
}

fn instance(index: u16) -> String {
    format!("instance {}", index + 1)
}
