//! Scenarios worth a look.

use crate::lab::{Preset, preset};

/// The presets.
pub static PRESETS: &[Preset] = &[
    preset(
        "fifty",
        "Fifty milliseconds",
        "Three services, each used by 40 %: a call takes 50 ms.",
        "deadline?at=1.5s",
    ),
    preset(
        "thirty",
        "Fifty become thirty thousand",
        "The last service hangs; every caller waits for 30 seconds, and so do people.",
        "deadline?trouble=hang&trouble_for=1m&for=45s&at=40s&view=heat",
    ),
    preset(
        "threads",
        "The pool is full",
        "In little more than a second all threads of the first service wait for the last. Calls that do not need it die, too.",
        "deadline?rate=50&bystanders=0.2&trouble=hang&trouble_for=20s&at=6s&view=services",
    ),
    preset(
        "equal",
        "Who gives up first?",
        "Ten seconds for everybody: the outermost began first and gives up first; the others work for nobody.",
        "deadline?rate=5&timeout=10s&total=10s&trouble=hang&trouble_for=20s&for=25s&at=22.4s",
    ),
    preset(
        "carried",
        "The deadline travels",
        "The same trouble; everybody knows until when somebody waits, and what is late is thrown away.",
        "deadline?rate=5&rule=deadline&total=10s&carry=duration&expired=drop&cancel=on&trouble=hang&trouble_for=20s&for=25s&at=22.4s",
    ),
    preset(
        "eight",
        "A slow hop of eight seconds",
        "Six services, one takes 8 s: a call takes 8.25 s, not six times eight.",
        "deadline?hops=6&rate=0.1&arrivals=regular&capacity=20&service=constant&latency=0ms&trouble=slow&slowdown=160&trouble_at=0ms&trouble_for=60m&for=1m&at=25s",
    ),
    preset(
        "half",
        "Half of what is left",
        "Five callers in a row, each with half of the time of the one before: the last has 312 ms of 10 s.",
        "deadline?hops=6&rate=1&rule=half-left&total=10s&carry=duration&trouble=hang&trouble_for=30s&for=20s&at=9s",
    ),
    preset(
        "three-halves",
        "Three halves",
        "Half of the time for each of three calls, one after the other: 143 % of it.",
        "deadline?hops=4&shape=sequence&rate=0.5&arrivals=regular&capacity=4.2&service=constant&narrow=1&narrow_capacity=1000&rule=half-each&total=500ms&carry=duration&at=2.8s",
    ),
    preset(
        "narrow",
        "Always too late",
        "The last service can do 90 of 100 a second: it is busy all the time, and every answer is late.",
        "deadline?rate=100&capacity=200&service=constant&narrow=3&threads=10000&rule=deadline&timeout=500ms&total=500ms&carry=duration&for=1m&at=40s&view=heat",
    ),
    preset(
        "predict",
        "What cannot be done is refused",
        "The same service asks on arrival whether it can be in time: 90 of 100 are.",
        "deadline?rate=100&capacity=200&service=constant&narrow=3&threads=10000&rule=deadline&timeout=500ms&total=500ms&carry=duration&expired=predict&for=1m&at=40s&view=heat",
    ),
    preset(
        "hedge",
        "A hedge",
        "What has no answer after 30 ms is tried at another of ten copies; the other try is called back.",
        "deadline?hops=1&rate=500&latency=0ms&copies=10&hedge=after&at=4s",
    ),
    preset(
        "hedge-storm",
        "A storm of hedges",
        "Nobody is called back: hedges make lines, lines make hedges.",
        "deadline?hops=1&rate=700&latency=0ms&copies=10&hedge=after&hedge_cancel=off&for=20s&at=18s&view=heat",
    ),
    preset(
        "skewed",
        "A deadline by a wrong clock",
        "A deadline as a time of the clock, and one clock that is two seconds ahead: all is expired when it comes.",
        "deadline?rule=deadline&total=500ms&carry=clock&expired=drop&for=6s&do=2s:clock:n2:2s&at=4s",
    ),
];
