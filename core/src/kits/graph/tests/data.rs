//! Caches and stores.

use super::*;
use crate::parts::{evict, ttl};

const SET: Class = 2;
const DELETE: Class = 3;
/// The tiers of [`shop`], and its hops.
const CACHE: TierId = TierId(0);
const STORE: TierId = TierId(1);
const TO_STORE: HopId = HopId(1);

fn policy(herd: Herd) -> CachePolicy {
    CachePolicy {
        evict: evict::Policy::Lru,
        size: 2,
        ttl: ttl::Policy::default(),
        herd,
        lease_us: 500 * MS,
        wait_us: 5 * MS,
        newer: false,
        behind: None,
        warm: 0,
        warm_die: 0,
    }
}

/// People, a service that reads and writes by cache-aside, a cache for two keys, a store whose work takes 10 ms.
fn shop(
    policy: CachePolicy,
    read: impl Fn(HopId, HopId) -> Vec<Step>,
    write: impl Fn(HopId, HopId) -> Vec<Step>,
) -> Graph {
    let mut graph = Graph::new(&["get", "put", "set", "delete"]);
    let cache = graph.tier(Tier { role: Role::Cache(policy), ..Tier::new("cache", Sort::Server, 1) });
    let store = graph.tier(Tier {
        role: Role::Store,
        work: Dist::constant_us(10 * MS),
        ..Tier::new("store", Sort::Server, 1)
    });
    let app = graph.tier(Tier::new("app", Sort::Coordinator, 1));
    let people = graph.tier(Tier::new("people", Sort::Client, 3));
    let again = Again { attempts: 50, ..Again::NEVER };
    let to_cache = graph.hop(Hop { again, ..Hop::new(app, cache, 100 * MS) });
    let to_store = graph.hop(Hop::new(app, store, 1_000 * MS));
    let outer = graph.hop(Hop::new(people, app, 2_000 * MS));
    graph.route_of(cache, GET, vec![Step::Look(Vec::new())]);
    graph.route_of(cache, SET, vec![Step::Keep]);
    graph.route_of(cache, DELETE, vec![Step::Forget]);
    graph.route_of(store, GET, vec![Step::WORK, Step::Read]);
    graph.route_of(store, PUT, vec![Step::WORK, Step::Write]);
    graph.route(people, vec![Step::Call(outer)]);
    graph.route_of(app, GET, read(to_cache, to_store));
    graph.route_of(app, PUT, write(to_cache, to_store));
    graph
}

fn aside(cache: HopId, store: HopId) -> Vec<Step> {
    vec![Step::Call(cache), Step::Else(vec![Step::Call(store), Step::CallAs(cache, SET)])]
}

fn then_delete(cache: HopId, store: HopId) -> Vec<Step> {
    vec![Step::Call(store), Step::CallAs(cache, DELETE)]
}

fn shopped(herd: Herd, script: &[(u64, &str)]) -> Watch {
    watch(shop(policy(herd), aside, then_delete), MS, 3_000 * MS, script, 1)
}

/// The versions that were answered, each with when in ms.
fn got(watch: &Watch) -> Vec<(u64, u32)> {
    let version = |response: &Response| match response {
        Response::Got { version } => *version,
        _ => NO_VERSION,
    };
    watch.ends.iter().map(|(at_us, _, response)| (at_us / MS, version(response))).collect()
}

#[test]
fn a_miss_is_fetched_and_kept_and_a_write_deletes() {
    let script = [
        (0, "ask:c1:get.x"),
        (100 * MS, "ask:c1:get.x"),
        (200 * MS, "ask:c2:put.x"),
        (300 * MS, "ask:c1:get.x"),
    ];
    let watch = shopped(Herd::None, &script);
    // Client, cache, store with its work, cache, client; then client and cache; then store and cache.
    assert_eq!(got(&watch), [(2 + 2 + 12 + 2, 0), (104, 0), (200 + 2 + 12 + 2, 1), (318, 1)]);
    let of = |what| watch.total(Count::Data(CACHE, what));
    assert_eq!((of(Data::Hit), of(Data::Miss), of(Data::Filled), of(Data::Dropped)), (1, 2, 2, 1));
    assert_eq!(
        (watch.total(Count::Data(STORE, Data::Read)), watch.total(Count::Data(STORE, Data::Wrote))),
        (2, 1)
    );
    assert_eq!(watch.total(Count::TryOver(HopId(0), Ending::Missed)), 2, "a miss is not tried again");
}

#[test]
fn the_oldest_goes_and_acts_take_what_they_name() {
    let asks =
        ["get.x", "get.y", "get.z", "get.x", "evict.x", "get.x", "poison.x", "get.x", "flush", "get.x"];
    let text: Vec<String> = asks
        .iter()
        .map(
            |asked| {
                if asked.starts_with("get") { format!("ask:c1:{asked}") } else { format!("ask:n1:{asked}") }
            },
        )
        .collect();
    let script: Vec<(u64, &str)> =
        (0..).map(|at| at * 100 * MS).zip(text.iter().map(String::as_str)).collect();
    let watch = shopped(Herd::None, &script);
    let of = |what| watch.total(Count::Data(CACHE, what));
    assert_eq!((of(Data::Evicted), of(Data::Flushed)), (3, 1), "x for z, y for x, and x as it was asked");
    assert_eq!((of(Data::Hit), of(Data::Miss)), (1, 6));
    assert_eq!(got(&watch).iter().filter(|(_, version)| *version == POISON).count(), 1);
}

/// Three who miss the same at once: each fetches it, or one.
#[test]
fn a_herd_is_many_fetches_or_one() {
    let script = [(0, "ask:c1:get.x"), (MS, "ask:c2:get.x"), (2 * MS, "ask:c3:get.x")];
    let fetches = |watch: &Watch| watch.total(Count::Data(STORE, Data::Asked));
    let none = shopped(Herd::None, &script);
    assert_eq!(fetches(&none), 3);
    for herd in [Herd::Lock, Herd::Lease] {
        let watch = shopped(herd, &script);
        assert_eq!((fetches(&watch), got(&watch).len()), (1, 3), "{herd:?}");
        assert!(watch.total(Count::Data(CACHE, Data::Wait)) > 1);
    }
    let single = |cache, store| vec![Step::Single(aside(cache, store))];
    let watch = watch(shop(policy(Herd::None), single, then_delete), MS, 3_000 * MS, &script, 1);
    assert_eq!((fetches(&watch), got(&watch)), (1, vec![(18, 0); 3]), "all are answered when one is");
}

/// When the one who fetches fails, those that waited fail with it, and the next fetches anew.
#[test]
fn a_fetch_that_fails_fails_for_all() {
    let single = |cache, store| vec![Step::Single(aside(cache, store))];
    let mut graph = shop(policy(Herd::None), single, then_delete);
    graph.hops[usize::from(TO_STORE.0)].time.timeout_us = 5 * MS;
    let script = [(0, "ask:c1:get.x"), (MS, "ask:c2:get.x"), (100 * MS, "ask:c3:get.x")];
    let watch = watch(graph, MS, 3_000 * MS, &script, 1);
    assert_eq!(watch.total(Count::Data(STORE, Data::Asked)), 2);
    assert!(watch.ends.len() == 3 && watch.ends.iter().all(|(_, _, response)| *response != Response::Done));
}

/// A read that lies around a write brings an old value: it is kept, or refused where its lease was taken back.
#[test]
fn a_stale_set_is_kept_without_leases() {
    let last = |herd| {
        let mut graph = shop(policy(herd), aside, then_delete);
        // A step between the read and the set, in which the whole write has room.
        let app = TierId(2);
        graph.tiers[2].work = Dist::constant_us(50 * MS);
        graph.routes.retain(|route| route.tier != app || route.class != Some(GET));
        let (cache, store) = (HopId(0), TO_STORE);
        let fetch = vec![Step::Call(store), Step::WORK, Step::CallAs(cache, SET)];
        graph.route_of(app, GET, vec![Step::Call(cache), Step::Else(fetch)]);
        let script = [(0, "ask:c1:get.x"), (20 * MS, "ask:c2:put.x"), (500 * MS, "ask:c3:get.x")];
        let watch = watch(graph, MS, 3_000 * MS, &script, 1);
        (got(&watch).last().copied(), watch.total(Count::Data(CACHE, Data::Refused)))
    };
    assert_eq!(last(Herd::None), (Some((504, 0)), 0), "the old value stands, for ever");
    assert_eq!(last(Herd::Lease), (Some((568, 1)), 1));
}

/// Read-through and write-through: the cache fetches, and keeps what it writes.
#[test]
fn a_cache_may_fetch_and_write_itself() {
    let read = |cache, _| vec![Step::Call(cache)];
    let write = |cache, _| vec![Step::Call(cache)];
    let mut graph = shop(policy(Herd::None), read, write);
    let inner = graph.hop(Hop::new(CACHE, STORE, 1_000 * MS));
    graph.routes.retain(|route| route.tier != CACHE);
    graph.route_of(CACHE, GET, vec![Step::Look(vec![Step::Call(inner)])]);
    graph.route_of(CACHE, PUT, vec![Step::Call(inner), Step::Keep]);
    let script = [(0, "ask:c1:get.x"), (100 * MS, "ask:c1:put.x"), (200 * MS, "ask:c1:get.x")];
    let watch = watch(graph, MS, 3_000 * MS, &script, 1);
    assert_eq!(got(&watch), [(2 + 2 + 12, 0), (116, 1), (204, 1)]);
}

/// Writes behind: acknowledged at once, written once for several, lost with the cache.
#[test]
fn what_is_written_behind_is_written_once_or_lost() {
    let call = |cache, _| vec![Step::Call(cache)];
    let graph = || {
        let mut graph = shop(policy(Herd::None), call, call);
        let hop = graph.hop(Hop::new(CACHE, STORE, 1_000 * MS));
        graph.routes.retain(|route| route.tier != CACHE);
        graph.route_of(CACHE, GET, vec![Step::Look(vec![Step::Call(hop)])]);
        graph.route_of(CACHE, PUT, vec![Step::Put]);
        let Role::Cache(policy) = &mut graph.tiers[0].role else { panic!("a cache") };
        policy.behind = Some(Behind { hop, class: PUT, every_us: 500 * MS });
        graph
    };
    let puts = [
        (0, "ask:c1:put.x"),
        (100 * MS, "ask:c2:put.x"),
        (200 * MS, "ask:c1:get.x"),
        (800 * MS, "ask:c1:put.x"),
    ];
    let whole = watch(graph(), MS, 3_000 * MS, &puts, 1);
    assert_eq!(got(&whole)[..3], [(4, 1), (104, 2), (204, 2)]);
    assert_eq!(whole.total(Count::Data(STORE, Data::Wrote)), 2, "three writes");
    let mut crash = puts.to_vec();
    crash.extend([
        (900 * MS, "crash:n1"),
        (1_000 * MS, "start:n1"),
        (1_500 * MS, "ask:c1:get.x"),
        (1_600 * MS, "ask:c1:put.x"),
    ]);
    let lost = watch(graph(), MS, 3_000 * MS, &crash, 1);
    assert_eq!(lost.total(Count::Data(STORE, Data::Wrote)), 2);
    let (read, written) = (got(&lost)[4].1, got(&lost)[5].1);
    assert!(
        read == 2 && written > 3,
        "the third write is gone, and no version is given twice: {read}, {written}"
    );
}

#[test]
fn a_copy_lives_for_its_time() {
    let read = |life_us, stale_us, herd| {
        let policy =
            CachePolicy { ttl: ttl::Policy { life_us, jitter: 0, stale_us }, warm: 1, ..policy(herd) };
        let script = [
            (50 * MS, "ask:c1:get.x"),
            (150 * MS, "ask:c1:get.x"),
            (151 * MS, "ask:c2:get.x"),
            (400 * MS, "ask:c1:get.x"),
        ];
        watch(shop(policy, aside, then_delete), MS, 3_000 * MS, &script, 1)
    };
    let of = |watch: &Watch| {
        [Data::Hit, Data::Stale, Data::Miss].map(|what| watch.total(Count::Data(CACHE, what)))
    };
    assert_eq!(of(&read(0, 0, Herd::None)), [4, 0, 0]);
    assert_eq!(of(&read(100 * MS, 0, Herd::None)), [1, 0, 3]);
    assert_eq!(
        of(&read(100 * MS, 100 * MS, Herd::Stale)),
        [1, 1, 2],
        "one brings another, and the next is served the old one"
    );
}

#[test]
fn steps_about_data_are_where_there_is_some() {
    let refused = |change: fn(&mut Graph)| {
        let mut graph = shop(policy(Herd::None), aside, then_delete);
        change(&mut graph);
        Config::new(graph).is_err()
    };
    assert!(!refused(|_| ()));
    assert!(refused(|graph| graph.tiers[0].role = Role::Service));
    assert!(refused(|graph| graph.tiers[1].role = Role::Service));
    assert!(refused(|graph| graph.tiers[1].instances = 2));
    assert!(refused(|graph| graph.routes[0].steps = vec![Step::Read]));
    assert!(refused(|graph| {
        let Role::Cache(policy) = &mut graph.tiers[0].role else { return };
        policy.behind = Some(Behind { hop: HopId(0), class: PUT, every_us: 1 });
    }));
}
