//! `cargo dev sweep`: a link under many seeds and a grid of parameters, on all cores.
use std::process::ExitCode;

use anyhow::Result;
use rayon::prelude::*;
use serde_json::{Map, Value, json};
use splitbrain::lab::{Detail, Lab, State, Unit};
use splitbrain::link::Over;
use splitbrain::many::{Cell, MAX_SEEDS, Part, cells};
use splitbrain::scenario::Scenario;
use splitbrain::stats::Summary;

use crate::opened::{self, BadInput, Opened};

/// Runs a link under seeds 0 to N-1, and over a grid of parameters.
#[derive(clap::Args)]
pub struct Args {
    /// The link; its own seed is ignored
    link: String,
    /// How many seeds
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SEEDS)))]
    seeds: u32,
    /// A parameter to vary, as in `w=1..3` or `t=0ms..50ms..10ms`; may be given several times
    #[arg(long, value_name = "KEY=FROM..TO[..STEP]")]
    over: Vec<String>,
    /// As JSON, format 1
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As comma-separated values: one line for each cell
    #[arg(long)]
    csv: bool,
}

/// Sweeps and prints the figures.
pub fn run(args: &Args) -> Result<ExitCode> {
    let Opened { lab, link } = opened::open(&args.link)?;
    let overs = match args.over.is_empty() {
        true => Ok(link.envelope.over.clone()),
        false => args.over.iter().map(|text| Over::parse(&text.replacen('=', ":", 1), lab)).collect(),
    };
    let overs: Vec<Over> = overs.map_err(BadInput)?;
    let cells = cells(lab, &link.scenario, &overs).map_err(|problem| BadInput(problem.sentence))?;
    may_take(lab, &cells, args.seeds, MAX_WORK)?;
    let swept: Vec<(Cell, Part)> = cells
        .into_iter()
        .map(|cell| {
            let part = all_cores(lab, &cell.scenario, args.seeds);
            (cell, part)
        })
        .collect();
    if args.json {
        let cells: Vec<Value> = swept.iter().map(|(cell, part)| to_json(lab, cell, part)).collect();
        println!("{}", serde_json::to_string_pretty(&json!({ "format": 1, "cells": cells }))?);
    } else if args.csv {
        print!("{}", to_csv(lab, &swept));
    } else {
        swept.iter().for_each(|(cell, part)| print!("{}", to_text(lab, cell, part)));
    }
    Ok(ExitCode::SUCCESS)
}

/// The most work of a sweep or a search, in small events: tens of minutes on two cores.
pub(crate) const MAX_WORK: u64 = 2_000_000_000;

/// Refuses a sweep that would take longer than anybody waits: by what the first run of each cell takes.
fn may_take(lab: &'static dyn Lab, cells: &[Cell], seeds: u32, most: u64) -> Result<(), BadInput> {
    let mut each = 0;
    for cell in cells {
        let first = Scenario { seed: 0, ..cell.scenario.clone() };
        let left = most.saturating_sub(each * u64::from(seeds)) / u64::from(seeds);
        each += lab.run_within(&first, Detail::Totals, left).map_or(most, |(_, work)| work);
        if each.saturating_mul(u64::from(seeds)) > most {
            return Err(BadInput(format!(
                "the sweep is more work than {most} events, the most for one, by what the first run of each cell takes: ask for fewer --seeds, shorten its runs, or vary less"
            )));
        }
    }
    Ok(())
}

/// Runs a scenario under seeds 0 to n-1 on all cores. The figures do not depend on how the seeds were shared out.
pub fn all_cores(lab: &dyn Lab, scenario: &Scenario, seeds: u32) -> Part {
    const CHUNK: u32 = 64;
    (0..seeds.div_ceil(CHUNK))
        .into_par_iter()
        .fold(
            || Part::empty(lab),
            |mut part, chunk| {
                part.merge(&Part::run(lab, scenario, chunk * CHUNK..(chunk * CHUNK + CHUNK).min(seeds)));
                part
            },
        )
        .reduce(
            || Part::empty(lab),
            |mut a, b| {
                a.merge(&b);
                a
            },
        )
}

const STATISTICS: [&str; 6] = ["mean", "sd", "p50", "p95", "p99", "p999"];

/// The statistics of a tally in its printed unit, in the order of [`STATISTICS`]; none where nothing was measured.
fn statistics(unit: Unit, summary: &Summary) -> Option<[f64; 6]> {
    let unit = unit.divisor();
    let quantiles = [summary.p50, summary.p95, summary.p99, summary.p999].map(|q| q as f64 / unit);
    let [p50, p95, p99, p999] = quantiles;
    (summary.count > 0).then_some([summary.mean / unit, summary.sd / unit, p50, p95, p99, p999])
}

fn to_json(lab: &dyn Lab, cell: &Cell, part: &Part) -> Value {
    let over: Map<String, Value> = cell.over.iter().map(|(k, v)| (k.to_string(), json!(v))).collect();
    let mut tallies = Map::new();
    for (spec, sample) in lab.meta().tallies.iter().zip(&part.tallies) {
        let figures = statistics(spec.unit, &sample.summary());
        let figure = |i: usize| figures.map_or(Value::Null, |f| json!(f[i]));
        let by_name = STATISTICS.iter().enumerate().map(|(i, name)| (name.to_string(), figure(i)));
        tallies.insert(spec.name.into(), Value::Object(by_name.collect()));
    }
    let verdicts: Map<String, Value> = lab
        .meta()
        .promises
        .iter()
        .zip(&part.verdicts)
        .map(|(promise, counts)| {
            let count = |state: State| counts[state as usize];
            let counts = json!({
                "kept": count(State::Kept), "broken": count(State::Broken), "unknown": count(State::Unknown),
            });
            (promise.id.to_string(), counts)
        })
        .collect();
    json!({ "over": over, "seeds": part.seeds, "limits": part.limits, "tallies": tallies, "verdicts": verdicts })
}

fn to_csv(lab: &dyn Lab, swept: &[(Cell, Part)]) -> String {
    let mut head: Vec<String> = swept[0].0.over.iter().map(|(key, _)| key.to_string()).collect();
    head.extend(["seeds".into(), "limits".into()]);
    let tallies = lab.meta().tallies.iter();
    head.extend(tallies.flat_map(|t| STATISTICS.iter().map(move |s| format!("{}_{s}", t.name))));
    let promises = lab.meta().promises.iter();
    head.extend(promises.flat_map(|p| ["kept", "broken", "unknown"].map(|s| format!("{}_{s}", p.id))));
    let mut text = head.join(",") + "\n";
    for (cell, part) in swept {
        let mut line: Vec<String> = cell.over.iter().map(|(_, value)| value.clone()).collect();
        line.extend([part.seeds.to_string(), part.limits.to_string()]);
        for (spec, sample) in lab.meta().tallies.iter().zip(&part.tallies) {
            match statistics(spec.unit, &sample.summary()) {
                Some(figures) => line.extend(figures.map(|f| f.to_string())),
                None => line.extend(STATISTICS.map(|_| String::new())),
            }
        }
        for counts in &part.verdicts {
            line.extend([State::Kept, State::Broken, State::Unknown].map(|s| counts[s as usize].to_string()));
        }
        text += &(line.join(",") + "\n");
    }
    text
}

fn to_text(lab: &dyn Lab, cell: &Cell, part: &Part) -> String {
    let at: Vec<String> = cell.over.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut text = format!("{} {} seeds", at.join(" "), part.seeds).trim_start().to_string();
    if part.limits > 0 {
        text += &format!(", {} met a limit", part.limits);
    }
    text += &format!("\n  {:<18}", "");
    text += &STATISTICS.map(|name| format!("{name:>12}")).concat();
    text += "\n";
    for (spec, sample) in lab.meta().tallies.iter().zip(&part.tallies) {
        if let Some(figures) = statistics(spec.unit, &sample.summary()) {
            text += &format!("  {:<18}{}\n", spec.name, figures.map(|f| format!("{f:>12.4}")).concat());
        }
    }
    for (i, promise) in lab.meta().promises.iter().enumerate() {
        let count = |state: State| part.verdicts[i][state as usize];
        let (kept, broken, unknown) = (count(State::Kept), count(State::Broken), count(State::Unknown));
        text += &format!("  {:<18} kept {kept}, broken {broken}, unknown {unknown}", promise.id);
        if let Some(seed) = part.first_broken[i] {
            text += &format!("; first broken by seed {seed}");
        }
        text += "\n";
    }
    text + "\n"
}
