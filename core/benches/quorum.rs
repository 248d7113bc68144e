//! The quorum lab: what a slider costs without the picture, at both levels of detail, and a second of a sweep.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use splitbrain::lab::Detail;
use splitbrain::labs::LABS;
use splitbrain::link;
use splitbrain::many::Part;
use std::hint::black_box;

fn quorum(c: &mut Criterion) {
    let mut group = c.benchmark_group("quorum");
    for text in [
        "quorum",
        "quorum?w=1&r=1&do=1s:cut:n1-n2.n3,2s:heal",
        "quorum?n=9&w=5&r=5&clients=20&rate=20&keys=8",
    ] {
        let scenario = link::parse(text, LABS).link.expect("a link to a lab").scenario;
        let lab = link::find_lab(LABS, scenario.lab).expect("a lab of the list");
        let records = lab.run(&scenario, Detail::Full).trace.records().len();
        group.throughput(Throughput::Elements(records as u64)).sample_size(20);
        group.bench_function(format!("{text}, Full"), |b| {
            b.iter(|| lab.run(black_box(&scenario), Detail::Full).digest)
        });
        group.bench_function(format!("{text}, Totals"), |b| {
            b.iter(|| lab.run(black_box(&scenario), Detail::Totals).digest)
        });
    }
    let probe =
        link::parse("quorum?load=probe&w=1&r=1&legs=disk", LABS).link.expect("a link to a lab").scenario;
    let lab = link::find_lab(LABS, probe.lab).expect("a lab of the list");
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("probe, 1,000 seeds", |b| {
        b.iter(|| Part::run(lab, black_box(&probe), 0..1_000).seeds)
    });
    group.finish();
}

criterion_group!(benches, quorum);
criterion_main!(benches);
