//! Labs of services: what a run costs without the picture, by event.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use splitbrain::lab::Detail;
use splitbrain::labs::LABS;
use splitbrain::link;
use std::hint::black_box;

fn graph(c: &mut Criterion) {
    let mut group = c.benchmark_group("graph");
    for (name, text) in [
        (
            "a crowd",
            "retry?clients=5000&arrivals=closed&think=exp-5s&capacity=1200&trouble_at=10s&trouble_for=3s&for=60s",
        ),
        ("a few clients", "retry?rate=200&capacity=300&trouble_for=200ms&timeout=120ms&for=60s"),
        ("a chain", "retry?load=chain&capacity=100&error=0.3&for=60s"),
        (
            "a fleet with breakers",
            "breaker?callers=200&rate=2000&workers=100&trouble_for=12s&trip=consecutive&failures=3&open_for=3s&open_calls_limit=300&for=20s",
        ),
    ] {
        let scenario = link::parse(text, LABS).link.expect("a link to a lab").scenario;
        let lab = link::find_lab(LABS, scenario.lab).expect("a lab of the list");
        let records = lab.run(&scenario, Detail::Full).trace.records().len();
        group.throughput(Throughput::Elements(records as u64)).sample_size(20);
        group.bench_function(name, |b| b.iter(|| lab.run(black_box(&scenario), Detail::Totals).digest));
    }
    group.finish();
}

criterion_group!(benches, graph);
criterion_main!(benches);
