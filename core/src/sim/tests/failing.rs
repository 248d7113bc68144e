//! Who is to fail in mid-send does so at the message that was said, and what it asked for after that does not happen.

use super::*;

/// Asked to, a node sends to each of three others and writes to its disk between them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Caster;

impl Protocol for Caster {
    type Config = ();
    type Speech = Hops;

    fn boot(_: &(), disk: Option<&u32>, _: &Ctx, out: &mut Out<Hops>) -> Self {
        out.fact(0, 0, Fact::Int(disk.copied().unwrap_or(0).into()));
        Caster
    }

    fn step(&mut self, _: &(), input: Input<Hops>, ctx: &Ctx, out: &mut Out<Hops>) {
        if let Input::Ask(wish) = input {
            let op = out.invoke(ctx.first_number(), wish);
            for number in 1..4 {
                out.send(NodeId(number), Hop);
                out.persist(number.into());
            }
            out.complete(op, Wish);
            out.set_timer(Tick, Range::exactly(1_000));
            let next = out.invoke(ctx.first_number() + 1, Wish);
            out.complete(next, Wish);
        }
    }
}

fn cast_by(script: &str, detail: Detail) -> Run {
    let cues = script.split(',').map(|cue| {
        let (at, act) = cue.split_once(':').unwrap();
        Cue { at_us: crate::time::parse_duration_us(at).unwrap(), act: act.parse::<Act>().unwrap() }
    });
    let scenario =
        Scenario { lab: "cast", seed: 7, values: vec![], cues: cues.collect(), horizon_us: 100_000 };
    let setup = Setup {
        config: (),
        cast: Cast { servers: 4, coordinators: 0, clients: 0 },
        network: Network::plain("1ms".parse().unwrap()),
        work_us: vec![],
        kinds: KINDS,
        scenario: &scenario,
    };
    run::<Caster, _>(setup, &mut Blind, detail)
}

#[test]
fn who_fails_in_mid_send_does_nothing_more_of_that_step() {
    let script = "1ms:fail:n1:hop:2,2ms:ask:n1:wish,20ms:start:n1,30ms:ask:n1:wish";
    let run = cast_by(script, Detail::Full);
    let of = |kind: RecordKind| run.trace.records().iter().filter(move |r| r.kind == kind);
    let sent: Vec<(u64, NodeId)> = of(RecordKind::Send).map(|r| (r.at_us / 1_000, r.peer)).collect();
    let [first, second, third] = [1, 2, 3].map(NodeId);
    assert_eq!(sent, [(2, first), (2, second), (30, first), (30, second), (30, third)]);
    let crash = of(RecordKind::Crash).next().expect("it crashed");
    assert_eq!((crash.at_us, crash.node, crash.peer), (2_000, NodeId(0), second));
    let cue = run.trace.get(crash.cause).expect("it was kept");
    assert_eq!((cue.kind, cue.at_us), (RecordKind::Act, 1_000), "the script has brought it about");
    assert_eq!(of(RecordKind::Crash).count(), 1, "once");
    // What was sent arrives; the disk has what was written between the two; the operation has no end, and the next was never begun.
    assert_eq!(arrivals_ms(&run, 2), [3.0, 31.0]);
    let held: Vec<_> = run.trace.changes().iter().filter(|change| change.node == NodeId(0)).collect();
    assert_eq!(held.iter().map(|change| &change.value).collect::<Vec<_>>(), [&Fact::Int(0), &Fact::Int(1)]);
    assert_eq!(of(RecordKind::Abandon).map(|r| (r.op, r.cause)).collect::<Vec<_>>(), [(0, crash.id)]);
    assert_eq!(of(RecordKind::Invoke).map(|r| r.op).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(of(RecordKind::Timer).count(), 1, "only the second time");
    assert_eq!(run.digest, cast_by(script, Detail::Totals).digest);
    // Another's messages do not count, nor those of a kind that it does not send.
    let other = cast_by("1ms:fail:n2:any:1,2ms:ask:n1:wish,10ms:ask:n1:wish", Detail::Full);
    assert!(losses(&other).is_empty());
}
