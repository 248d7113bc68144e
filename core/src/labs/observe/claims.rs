//! What the book and common belief say about metrics, logs and traces, each with the run that proves or refutes it.

use super::fidelity::outcome;
use crate::lab::{Claim, Detail, Holds, Outcome, Proof, State};

/// A tally of a run; none is a fault of the claim.
fn tally(run: &Outcome, name: &str) -> i64 {
    run.tally(name).unwrap_or(-1)
}

fn totals(link: &str, seed: u32) -> Outcome {
    outcome(link, seed, Detail::Totals)
}

fn said(kept: bool, words: String) -> Result<String, String> {
    if kept { Ok(words) } else { Err(words) }
}

fn labels_explode() -> Result<String, String> {
    let series = |labels: &str| tally(&totals(&format!("observe?labels={labels}"), 1), "series");
    let [route, instance, tenant, user] = ["route", "instance", "tenant", "user"].map(series);
    let words = format!(
        "{route} series by route, {instance} by instance, {tenant} by tenant, {user} by user, and growing"
    );
    said(route <= 504 && instance <= 1_008 && tenant <= 6_048 && user > 30_000, words)
}

fn signals_weigh() -> Result<String, String> {
    let run = totals("observe?head=0.01&log=all", 1);
    let [traces, logs, metrics] =
        ["traces_bytes", "logs_bytes", "metrics_bytes"].map(|name| tally(&run, name));
    let all = tally(&totals("observe?head=1&log=all", 1), "traces_bytes");
    let words = format!(
        "{traces} bytes of traces at 1 %, {logs} of a line for each request and service, {metrics} of metrics; {all} of all traces"
    );
    said(traces < logs && metrics < logs && all > logs, words)
}

fn one_percent_misses() -> Result<String, String> {
    let link = "observe?head=0.01&share=0.5&fault_for=2s&for=12s";
    let runs: Vec<Outcome> = (0..40)
        .map(|seed| totals(link, seed))
        .filter(|run| (1..=20).contains(&tally(run, "faulty")))
        .collect();
    let found = runs.iter().filter(|run| tally(run, "faulty_kept_share") > 0).count();
    let words = format!("of {} runs with up to 20 faulty requests {found} have a trace of one", runs.len());
    said(runs.len() >= 20 && found * 3 <= runs.len(), words)
}

fn tears(decide: &str) -> [i64; 2] {
    let run = totals(&format!("observe?decide={decide}&fault=none"), 1);
    ["torn_share", "traces_kept_share"].map(|name| tally(&run, name))
}

fn each_tears() -> Result<String, String> {
    let ([torn, any], [whole, kept]) = (tears("each"), tears("consistent"));
    let words = format!("millionths torn: {torn} of {any} that have any span; consistent {whole} of {kept}");
    said(torn > 980_000 && whole == 0 && (60_000..140_000).contains(&kept), words)
}

fn memory_forgets() -> Result<String, String> {
    let kept =
        |more: &str| tally(&totals(&format!("observe?head=1&tail=errors{more}"), 1), "faulty_kept_share");
    let (enough, small) = (kept(""), kept("&num_traces=50"));
    let words = format!(
        "millionths of the faulty requests with a trace: {enough}, with a memory for 50 traces {small}"
    );
    said(enough == 1_000_000 && small < 900_000, words)
}

fn counting_is_biased() -> Result<String, String> {
    // One run keeps some sixty of the rest: their weights differ by chance.
    let seeds = 16;
    let mut sums = [0; 3];
    for seed in 0..seeds {
        let run = totals("observe?head=1&tail=errors&tail_rest=0.05", seed);
        let names = ["error_seen_share", "error_weighed_share", "error_true_share"];
        sums.iter_mut().zip(names).for_each(|(sum, name)| *sum += tally(&run, name));
    }
    let [seen, weighed, truth] = sums.map(|sum| sum / i64::from(seeds));
    let words = format!(
        "millionths that fail: {seen} of the traces, {weighed} weighed, {truth} of the requests; means of {seeds} runs"
    );
    said(seen > 3 * truth && (weighed - truth).abs() * 4 < truth, words)
}

fn forty_need_their_places() -> Result<String, String> {
    let run = |stand: &str, more: &str| {
        totals(&format!("observe?services=40&instrumented=4&stand={stand}{more}&head=1"), 1)
    };
    let seen = |run: &Outcome| tally(run, "traces_kept_share");
    let (entry, random) = (run("entry", ""), run("random", ""));
    let torn = |run: &Outcome| tally(run, "torn_share");
    let lost = run("entry", "&propagate=off");
    let words = format!(
        "millionths of the requests of which something is seen: {} at the entry, {} at random; torn without a context: {}",
        seen(&entry),
        seen(&random),
        torn(&lost)
    );
    said(
        seen(&entry) == 1_000_000 && seen(&random) < 990_000 && torn(&entry) == 0 && torn(&lost) > 900_000,
        words,
    )
}

/// The lines of a run in which a service says that it has failed by itself.
fn origins(run: &Outcome) -> Vec<String> {
    let watcher = run.cast.node(crate::cast::Sort::Coordinator, 0);
    let key = crate::trace::FactKey::NOTE;
    let notes = run.trace.history(watcher, key).map(|change| match &change.value {
        crate::trace::Fact::Text(words) => words.to_string(),
        _ => String::new(),
    });
    notes.filter(|line| line.contains("failed here")).collect()
}

fn pyramid_descends() -> Result<String, String> {
    let mut all = 0;
    for seed in 0..6 {
        let link = "observe?head=1&tail=errors";
        let run = outcome(link, seed, Detail::Full);
        let params = super::Params::of(&crate::link::own(&super::LAB, link).values);
        let hidden = params.hidden(seed).ok_or("there is a fault")?;
        let lines = origins(&run);
        let from = format!("ERROR s{} ", hidden.service);
        if lines.is_empty() || !lines.iter().all(|line| line.starts_with(&from)) {
            return Err(format!("seed {seed}: the lines lead elsewhere: {:?}", lines.first()));
        }
        all += lines.len();
    }
    Ok(format!("all of {all} lines that tell of a cause are of the service that has it"))
}

/// The claims.
pub static CLAIMS: &[Claim] = &[
    Claim {
        id: "cardinality",
        sentence: "Metrics are cheap: low cardinality.",
        holds: Holds::If(
            "no label is one of many: by user there is a set of series for everybody who ever came",
        ),
        link: "observe?labels=user",
        promise: "cheap",
        proof: Proof::Shown(labels_explode),
    },
    Claim {
        id: "expensive",
        sentence: "Traces are the most expensive signal.",
        holds: Holds::No("sampled at 1 % they weigh less than a line for every request"),
        link: "observe?head=0.01&log=all",
        promise: "cheap",
        proof: Proof::Shown(signals_weigh),
    },
    Claim {
        id: "one-percent",
        sentence: "Sample one percent, and you will see what goes wrong.",
        holds: Holds::No("ten faulty requests leave a trace with 9.6 %"),
        link: "observe?head=0.01",
        promise: "found",
        proof: Proof::Shown(one_percent_misses),
    },
    Claim {
        id: "each",
        sentence: "If each service samples a tenth, a tenth of the traces is there.",
        holds: Holds::No(
            "of a path of three one in a thousand is whole; by the trace's random bits one in ten",
        ),
        link: "observe?decide=each&fault=none",
        promise: "whole",
        proof: Proof::Shown(each_tears),
    },
    Claim {
        id: "tail",
        sentence: "Tail sampling sees every error.",
        holds: Holds::If("its memory lasts until the decision, and traces are shorter than its wait"),
        link: "observe?head=1&tail=errors&num_traces=50",
        promise: "joined",
        proof: Proof::Shown(memory_forgets),
    },
    Claim {
        id: "count",
        sentence: "Count the errors in the traces that you keep.",
        holds: Holds::No("those are kept because they are errors; each counts for one over its probability"),
        link: "observe?head=1&tail=errors&weights=off",
        promise: "unbiased",
        proof: Proof::Shown(counting_is_biased),
    },
    Claim {
        id: "forty",
        sentence: "A team with four well-instrumented services can debug a system of forty.",
        holds: Holds::If("they stand where every request passes, and the context goes through the other 36"),
        link: "observe?services=40&instrumented=4&propagate=off&head=1",
        promise: "whole",
        proof: Proof::Shown(forty_need_their_places),
    },
    Claim {
        id: "pyramid",
        sentence: "Metrics tell that something is wrong, traces where, logs why.",
        holds: Holds::Yes,
        link: "observe?head=1&tail=errors",
        promise: "joined",
        proof: Proof::Shown(pyramid_descends),
    },
    Claim {
        id: "spikes",
        sentence: "A dashboard shows spikes.",
        holds: Holds::No(
            "ten times the load for 2 s reads as 2.2 times at a scrape of 15 s; a gauge misses it with 87 %",
        ),
        link: "observe?services=4&rate=20&head=0.01&scrape=15s&fault=spike&fault_at=20s&for=1m",
        promise: "cheap",
        proof: Proof::Shown(super::fidelity::check_spike),
    },
    Claim {
        id: "lines",
        sentence: "Logs and traces side by side are enough.",
        holds: Holds::If("each line names its trace"),
        link: "observe?head=1&tail=errors&correlation=off",
        promise: "joined",
        proof: Proof::Run(State::Broken),
    },
];
