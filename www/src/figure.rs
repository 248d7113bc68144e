//! Figures: numbers in a lesson's sentences that a run gives, `[61 s](figure:recovery_ms)`. Readers see the words; a test runs what they come from.
use anyhow::{Context, Result, bail, ensure};
use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};
use splitbrain::lab::{Detail, Lab};
use splitbrain::labs::LABS;
use splitbrain::link;
use splitbrain::scenario::Scenario;
use splitbrain::stats::Sample;

use crate::lesson::plain;

/// A number in a lesson, and what it is a number of.
///
/// `figure:TALLY` is a tally of the run of the widget above, `figure:b.TALLY` of the run on its right; `figure:TALLY/TALLY` is a ratio of two.
/// After them may stand `@64`, for the mean over seeds 0 to 63, and `:LINK`, for the run of another link. A link that is long stands at the end of
/// the lesson: `[61 s][drained]`, and there `[drained]: figure:recovery_ms@64:retry?…`.
#[derive(Debug, PartialEq)]
pub struct Figure {
    /// The number as readers see it, with its unit; its decimals tell how it was rounded.
    pub words: String,
    /// Where it comes from: what follows `figure:`.
    pub origin: String,
    tally: String,
    per: Option<String>,
    seeds: Option<u32>,
    link: String,
}

impl Figure {
    /// Reads what follows `figure:`; `above` is the link of the widget before it.
    pub fn parse(origin: &str, words: &str, above: Option<&str>) -> Result<Figure> {
        let (what, link) = match origin.split_once(':') {
            Some((what, link)) => (what, link),
            None => (
                origin,
                above.with_context(|| {
                    format!("figure:{origin}: no widget stands above, and no link is named")
                })?,
            ),
        };
        let (what, seeds) = match what.split_once('@') {
            Some((what, seeds)) => {
                let seeds = seeds.parse().ok().filter(|seeds| *seeds > 0);
                (
                    what,
                    Some(
                        seeds
                            .with_context(|| format!("figure:{origin}: after @ stands a number of seeds"))?,
                    ),
                )
            }
            None => (what, None),
        };
        let (tally, per) =
            what.split_once('/').map_or((what, None), |(tally, per)| (tally, Some(per.to_string())));
        let [words, origin, tally, link] = [words, origin, tally, link].map(str::to_string);
        Ok(Figure { words, origin, tally, per, seeds, link })
    }

    /// What the runs give, in the unit of the words.
    pub fn measured(&self) -> Result<f64> {
        let value = self.mean(&self.tally)?;
        let Some(per) = &self.per else {
            return Ok(value * self.factor()?);
        };
        Ok(value / self.mean(per)?)
    }

    /// What the words say is so many of the tally's printed unit.
    fn factor(&self) -> Result<f64> {
        let (_, _, unit) = number(&self.words)?;
        Ok(match (self.tally.ends_with("_ms"), unit) {
            (true, "ms") => 1.0,
            (true, "s") => 0.001,
            (true, _) => bail!("‘{}’: {} is a time, in s or ms", self.words, self.tally),
            (false, unit) if unit.starts_with('%') => 100.0,
            (false, _) => 1.0,
        })
    }

    /// Fails if the words are not what the runs give, rounded to as many decimals.
    pub fn check(&self) -> Result<()> {
        let (said, decimals, _) = number(&self.words)?;
        let measured = self.measured()?;
        let last = (0..decimals).fold(1.0, |last, _| last / 10.0);
        ensure!(
            (measured - said).abs() <= last * (0.5 + 1e-6),
            "‘{}’ is {measured:.4} (figure:{})",
            self.words,
            self.origin
        );
        Ok(())
    }

    /// The tally of the run as it is printed, or its mean over seeds.
    fn mean(&self, name: &str) -> Result<f64> {
        let (name, beside) = name.strip_prefix("b.").map_or((name, false), |name| (name, true));
        let (lab, mut scenario) = scenario(&self.link, beside)?;
        let spec = lab.meta().tallies.iter().find(|tally| tally.name == name);
        let spec = spec.with_context(|| format!("{} has no tally {name}", lab.meta().id))?;
        let seeds = self.seeds.map_or(scenario.seed..scenario.seed + 1, |seeds| 0..seeds);
        let mut sample = Sample::default();
        for seed in seeds {
            scenario.seed = seed;
            let value = lab.run(&scenario, Detail::Totals).tally(name);
            sample
                .add(value.with_context(|| {
                    format!("{} measured nothing under seed {seed}: {}", name, self.link)
                })?);
        }
        Ok(sample.summary().mean / spec.unit.divisor())
    }
}

/// The run of a link, or the one beside it.
fn scenario(text: &str, beside: bool) -> Result<(&'static dyn Lab, Scenario)> {
    let opened = link::parse(text, LABS);
    if let Some(problem) = opened.problems.first() {
        bail!("{text}: {}", problem.sentence);
    }
    let link = opened.link.with_context(|| format!("{text}: no lab"))?;
    let scenario = if beside {
        link.second.with_context(|| format!("{text}: no run beside it"))?
    } else {
        link.scenario
    };
    let lab =
        LABS.iter().find(|lab| lab.meta().id == scenario.lab).with_context(|| format!("{text}: no lab"))?;
    Ok((*lab, scenario))
}

/// The number that words begin with or contain, how many decimals it has, and what follows it.
fn number(words: &str) -> Result<(f64, usize, &str)> {
    let start =
        words.find(|c: char| c.is_ascii_digit()).with_context(|| format!("‘{words}’ has no number"))?;
    let rest = &words[start..];
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(rest.len());
    let digits = rest[..end].trim_end_matches(['.', ',']).replace(',', "");
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Ok((digits.parse().with_context(|| format!("‘{words}’ has no number"))?, decimals, rest[end..].trim()))
}

/// Takes the marks off the figures of a lesson, and lists them.
pub fn take<'a>(events: Vec<Event<'a>>) -> Result<(Vec<Event<'a>>, Vec<Figure>)> {
    let mut out = Vec::with_capacity(events.len());
    let mut figures = Vec::new();
    let mut above: Option<String> = None;
    // The place in `out` where the words of an open figure begin, and its origin.
    let mut open: Option<(usize, String)> = None;
    let mut block = None;
    for event in events {
        match &event {
            Event::Start(Tag::Link { dest_url, .. }) if dest_url.starts_with("figure:") => {
                open = Some((out.len(), dest_url["figure:".len()..].to_string()));
                continue;
            }
            Event::End(TagEnd::Link) if open.is_some() => {
                let (from, origin) = open.take().expect("it is open");
                figures.push(Figure::parse(&origin, &plain(&out[from..]), above.as_deref())?);
                continue;
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) if &**kind == "splitbrain" => {
                block = Some(out.len())
            }
            Event::End(TagEnd::CodeBlock) => {
                above = block.take().map(|from| plain(&out[from..]).trim().to_string()).or(above);
            }
            _ => {}
        }
        out.push(event);
    }
    Ok((out, figures))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(origin: &str, words: &str) -> Figure {
        Figure::parse(origin, words, Some("ping")).unwrap()
    }

    #[test]
    fn a_number_keeps_its_decimals_and_its_unit() {
        assert_eq!(number("about 1,000 calls").unwrap(), (1_000.0, 0, "calls"));
        assert_eq!(number("0.58 s").unwrap(), (0.58, 2, "s"));
        assert_eq!(number("14.4").unwrap(), (14.4, 1, ""));
        assert!(number("twice").is_err());
    }

    #[test]
    fn a_figure_names_its_tallies_seeds_and_run() {
        let long = figure("b.time_ms/time_ms@64:retry?clients=2", "2");
        assert_eq!(
            (long.tally.as_str(), long.per.as_deref(), long.seeds),
            ("b.time_ms", Some("time_ms"), Some(64))
        );
        assert_eq!(long.link, "retry?clients=2");
        assert_eq!(figure("sent", "2").link, "ping", "of the widget above");
        assert!(Figure::parse("sent", "2", None).is_err());
        assert!(Figure::parse("sent@no", "2", Some("ping")).is_err());
    }

    #[test]
    fn what_a_run_does_not_give_is_found() {
        let link = "retry?load=contention&clients=2&backoff=none&jitter_net=0&b.clients=4";
        let check = |origin: &str, words: &str| Figure::parse(origin, words, Some(link)).unwrap().check();
        for (origin, words) in [
            ("time_ms", "80 ms"),
            ("time_ms", "0.1 s"),
            ("b.time_ms", "160 ms"),
            ("b.calls/calls", "3.33 times"),
            ("calls@3", "3"),
            ("calls:retry?load=contention&clients=5&backoff=none&jitter_net=0", "15 writes"),
        ] {
            check(origin, words).unwrap_or_else(|why| panic!("{origin}, {words}: {why}"));
        }
        for (origin, words) in [
            ("time_ms", "81 ms"),
            ("time_ms", "80"),
            ("time_ms", "0.09 s"),
            ("calls", "4"),
            ("b.calls", "3"),
            ("cats", "3"),
        ] {
            assert!(check(origin, words).is_err(), "{origin}, {words}");
        }
    }
}
