//! Scenarios worth a look.

use crate::lab::{Preset, preset};

/// The presets, in the order in which they are best played.
pub static PRESETS: &[Preset] = &[
    preset(
        "find-slow",
        "Find what is slow",
        "Something is slow from 4 s to 14 s. Which service, and for whom? Metrics, then a slow trace, then lines.",
        "observe?head=1&tail=both&log=all&fault=slow&seed=7",
    ),
    preset(
        "find-error",
        "Find what fails",
        "Some requests fail. RED says on which hop, a trace where it began, the lines for whom.",
        "observe?head=1&tail=errors&seed=14",
    ),
    preset(
        "find-tenant",
        "Find whose trouble it is",
        "All is nearly well on the dashboard, and one tenant complains. Which, and where?",
        "observe?head=1&tail=both&log=all&fault=tenant&seed=10",
    ),
    preset(
        "find-retry-storm",
        "Find who retries",
        "The store is asked for more than ever, and people do not ask for more. Who does?",
        "observe?head=1&tail=errors&fault=storm&seed=13",
    ),
    preset(
        "head",
        "Head beside tail",
        "One trace in ten from its beginning, or all of them and then those with an error: what is there of the faulty ones?",
        "observe?b.head=1&b.tail=errors",
    ),
    preset(
        "each",
        "Each for itself",
        "Each service keeps one request in ten by its own die, or by the trace's random bits: torn traces, or whole ones.",
        "observe?decide=each&fault=none&b.decide=consistent",
    ),
    preset(
        "biased",
        "Counting what was kept",
        "Every error and one in a hundred of the rest: of the traces that are there most have failed.",
        "observe?head=1&tail=errors&weights=off",
    ),
    preset(
        "user-label",
        "A label for every user",
        "Metrics that tell users apart: a series for everybody who ever came.",
        "observe?labels=user",
    ),
    preset(
        "blind",
        "No context travels",
        "Each service begins a trace of its own: of every request there are pieces, and nothing that joins them.",
        "observe?propagate=off&head=1",
    ),
    preset(
        "scrape",
        "A spike between two scrapes",
        "For two seconds ten times as much is asked. Asked every 15 s, the dashboard shows twice as much for a quarter of a minute.",
        "observe?services=4&rate=20&head=0.01&scrape=15s&fault=spike&fault_at=20s&for=1m",
    ),
    preset(
        "four-of-forty",
        "Four services of forty",
        "Four write spans, where every request passes, or anywhere. The context goes through the other 36.",
        "observe?services=40&instrumented=4&head=1&b.stand=random",
    ),
    preset(
        "forgets",
        "A memory that is too small",
        "Traces are to wait 3 s for their decision, and memory is full after less than one.",
        "observe?head=1&tail=errors&num_traces=50",
    ),
    preset(
        "unjoined",
        "Lines that name no trace",
        "The same errors, the same traces, and nothing leads from one to the other.",
        "observe?head=1&tail=errors&correlation=off",
    ),
];
