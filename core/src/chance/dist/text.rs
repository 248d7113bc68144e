//! The text of a distribution: `mix-0.38-pareto-1.05ms-1.51-exp-5.46ms`, read with sentences for what is wrong, and printed canonically.

use super::{Dist, MAX_DEPTH, MAX_POINTS};
use crate::chance::dice::MILLION;
use crate::time::{Decimal, DecimalFault, DurationNs, parse_decimal, parse_duration_ns};
use std::fmt;
use std::str::FromStr;

/// A sigma above this has a mean 268,000 times its median: a slip of the pen.
const MAX_SIGMA: u64 = 5 * MILLION;
/// A Pareto shape above this is a constant.
const MAX_SHAPE: u64 = 1_000 * MILLION;

impl FromStr for Dist {
    type Err = String;

    fn from_str(text: &str) -> Result<Dist, String> {
        let mut words = Words { rest: Some(text), form: "a distribution" };
        let dist = words.dist(0)?;
        match words.rest {
            None => Ok(dist),
            Some(rest) => Err(format!(
                "“{rest}” is left over after {dist}; leave it out, or combine two distributions: mix-0.5-{dist}-10ms"
            )),
        }
    }
}

impl fmt::Display for Dist {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let time = |ns: &u64| DurationNs(*ns);
        let part = |millionths: &u64| Decimal(*millionths, MILLION);
        match self {
            Dist::Constant { ns } => write!(f, "{}", time(ns)),
            Dist::Uniform { from_ns, to_ns } => write!(f, "uniform-{}-{}", time(from_ns), time(to_ns)),
            Dist::Exponential { mean_ns } => write!(f, "exp-{}", time(mean_ns)),
            Dist::Normal { mean_ns, sd_ns } => write!(f, "normal-{}-{}", time(mean_ns), time(sd_ns)),
            Dist::LogNormal { median_ns, sigma_millionths } => {
                write!(f, "lognormal-{}-{}", time(median_ns), part(sigma_millionths))
            }
            Dist::Pareto { scale_ns, shape_millionths } => {
                write!(f, "pareto-{}-{}", time(scale_ns), part(shape_millionths))
            }
            Dist::Mixture { chance_millionths, first, otherwise } => {
                write!(f, "mix-{}-{first}-{otherwise}", part(chance_millionths))
            }
            Dist::Shift { by_ns, of } => write!(f, "shift-{}-{of}", time(by_ns)),
            Dist::Table { points } => {
                f.write_str("table")?;
                points.iter().try_for_each(|(quantile, ns)| {
                    write!(f, "-{}-{}", Decimal(*quantile, MILLION / 100), time(ns))
                })
            }
        }
    }
}

/// The words of the text, between its hyphens, and the form that is being read, for the sentences.
struct Words<'a> {
    rest: Option<&'a str>,
    form: &'static str,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.rest.map(|rest| rest.split_once('-').map_or(rest, |(word, _)| word))
    }

    fn next(&mut self) -> Result<&'a str, String> {
        let rest = self.rest.ok_or_else(|| format!("the text ends too early; right is {}", self.form))?;
        let (word, rest) = rest.split_once('-').map_or((rest, None), |(word, rest)| (word, Some(rest)));
        self.rest = rest;
        Ok(word)
    }

    fn time(&mut self) -> Result<u64, String> {
        let word = self.next()?;
        parse_duration_ns(word).map_err(|why| format!("{why} (in {})", self.form))
    }

    fn time_above_0(&mut self, what: &str) -> Result<u64, String> {
        match self.time()? {
            0 => Err(format!("{what} is 0; it must be above 0 (in {})", self.form)),
            ns => Ok(ns),
        }
    }

    /// A decimal number, in parts of which `one` make one.
    fn number(&mut self, what: &str, one: u64, least: u64, most: u64) -> Result<u64, String> {
        let word = self.next()?;
        let fault = |why: String| Err(format!("{what} “{word}” {why} (in {})", self.form));
        match parse_decimal(word, one) {
            Ok(value) if (least..=most).contains(&value) => Ok(value),
            Ok(_) | Err(DecimalFault::TooLarge) => fault(format!(
                "is out of range; it goes from {} to {}",
                Decimal(least, one),
                Decimal(most, one)
            )),
            Err(DecimalFault::TooFine) => {
                fault(format!("is too fine; it has at most {} decimals", one.ilog10()))
            }
            Err(DecimalFault::NotANumber) => fault("is not a number; write one such as 0.5".to_string()),
        }
    }

    fn dist(&mut self, depth: usize) -> Result<Dist, String> {
        if depth > MAX_DEPTH {
            return Err(format!(
                "distributions are nested more than {MAX_DEPTH} deep; make it simpler, or paste a table of quantiles"
            ));
        }
        let outer = self.form;
        let word = self.peek().unwrap_or("");
        let Some(form) = form_of(word) else {
            if word.starts_with(|c: char| c.is_ascii_digit()) {
                return Ok(Dist::Constant { ns: self.time()? });
            }
            return Err(unknown(word, outer));
        };
        self.next()?;
        self.form = form;
        let dist = self.known(word, depth)?;
        self.form = outer;
        Ok(dist)
    }

    fn known(&mut self, word: &str, depth: usize) -> Result<Dist, String> {
        Ok(match word {
            "uniform" => {
                let (from_ns, to_ns) = (self.time()?, self.time()?);
                if from_ns > to_ns {
                    return Err(format!(
                        "the least value {} is above the greatest {}; right is uniform-{1}-{0}",
                        DurationNs(from_ns),
                        DurationNs(to_ns)
                    ));
                }
                Dist::Uniform { from_ns, to_ns }
            }
            "exp" => Dist::Exponential { mean_ns: self.time_above_0("the mean")? },
            "normal" => Dist::Normal { mean_ns: self.time()?, sd_ns: self.time()? },
            "lognormal" => Dist::LogNormal {
                median_ns: self.time_above_0("the median")?,
                sigma_millionths: self.number("the sigma", MILLION, 0, MAX_SIGMA)?,
            },
            "pareto" => Dist::Pareto {
                scale_ns: self.time_above_0("the scale")?,
                shape_millionths: self.number("the shape", MILLION, MILLION / 100, MAX_SHAPE)?,
            },
            "mix" => Dist::Mixture {
                chance_millionths: self.number("the chance", MILLION, 0, MILLION)?,
                first: Box::new(self.dist(depth + 1)?),
                otherwise: Box::new(self.dist(depth + 1)?),
            },
            "shift" => Dist::Shift { by_ns: self.time()?, of: Box::new(self.dist(depth + 1)?) },
            "table" => Dist::Table { points: self.points()? },
            _ => unreachable!("form_of knows this word"),
        })
    }

    fn points(&mut self) -> Result<Vec<(u64, u64)>, String> {
        let mut points: Vec<(u64, u64)> = Vec::new();
        // A quantile is a bare number; a time has a unit and a distribution a name, so that a table may stand within a mixture.
        while points.is_empty() || self.peek().is_some_and(is_bare_number) {
            let quantile = self.number("the quantile", MILLION / 100, 0, MILLION)?;
            let ns = self.time()?;
            if let Some(&(before, lower_ns)) = points.last()
                && (before >= quantile || lower_ns > ns)
            {
                return Err(format!(
                    "{}-{} comes after {}-{} in the table; quantiles must rise and their times may not fall",
                    Decimal(quantile, MILLION / 100),
                    DurationNs(ns),
                    Decimal(before, MILLION / 100),
                    DurationNs(lower_ns)
                ));
            }
            if points.len() == MAX_POINTS {
                return Err(format!("the table has more than {MAX_POINTS} quantiles; leave some out"));
            }
            points.push((quantile, ns));
        }
        Ok(points)
    }
}

fn is_bare_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn form_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "uniform" => "uniform-LEAST-GREATEST, such as uniform-30ms-40ms",
        "exp" => "exp-MEAN, such as exp-10ms",
        "normal" => "normal-MEAN-DEVIATION, such as normal-10ms-2ms",
        "lognormal" => "lognormal-MEDIAN-SIGMA, such as lognormal-10ms-0.5",
        "pareto" => "pareto-SCALE-SHAPE, such as pareto-1.05ms-1.51",
        "mix" => "mix-CHANCE-ONE-OTHER, such as mix-0.38-1ms-exp-5ms",
        "shift" => "shift-BY-DISTRIBUTION, such as shift-75ms-exp-1ms",
        "table" => "table-QUANTILE-TIME-…, such as table-0-1ms-50-3ms-99.9-20ms",
        _ => return None,
    })
}

fn unknown(word: &str, outer: &str) -> String {
    let what = if word.is_empty() {
        "a distribution is missing".to_string()
    } else {
        format!("“{word}” is not a distribution")
    };
    let within = if outer == "a distribution" { String::new() } else { format!(" (in {outer})") };
    format!(
        "{what}; write a time such as 10ms, or start with uniform, exp, normal, lognormal, pareto, mix, shift or table{within}"
    )
}
