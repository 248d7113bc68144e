//! Tests of distributions: the text both ways, and samples against closed forms.

use super::*;
use crate::chance::dice::{Purpose, die};
use proptest::prelude::*;

fn dist(text: &str) -> Dist {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

const FORMS: [&str; 11] = [
    "10ms",
    "uniform-30ms-40ms",
    "exp-10ms",
    "normal-10ms-2ms",
    "normal-1ms-2ms",
    "lognormal-10ms-0.5",
    "pareto-1.05ms-3.51",
    "mix-0.38-pareto-1.05ms-3.51-exp-5.46ms",
    "shift-75ms-exp-1ms",
    "table-0-1ms-50-3ms-99.9-20ms",
    "mix-0.25-table-5-1ms-50-3ms-100-20ms-10ms",
];

#[test]
fn the_canonical_text_is_what_was_read() {
    for text in
        FORMS.into_iter().chain(["pareto-1.05ms-1.51", "exp-602.41us", "mix-1-0ms-shift-0ms-mix-0-1us-2m"])
    {
        assert_eq!(dist(text).to_string(), text);
    }
    assert_eq!(dist("exp-0.25ms").to_string(), "exp-250us");
}

#[test]
fn what_is_wrong_gets_a_sentence_with_what_would_be_right() {
    for (text, part) in [
        ("", "a distribution is missing"),
        ("ten", "“ten” is not a distribution; write a time"),
        ("10", "“10” has no unit"),
        ("exp", "the text ends too early; right is exp-MEAN"),
        ("exp-0ms", "the mean is 0; it must be above 0"),
        ("exp-1e99", "“1e99” is not a duration"),
        ("exp-5ms-3ms", "“3ms” is left over after exp-5ms"),
        ("uniform-4ms-3ms", "right is uniform-3ms-4ms"),
        ("mix-38-1ms-2ms", "the chance “38” is out of range; it goes from 0 to 1"),
        (
            "mix-0.3-1ms",
            "is missing; write a time such as 10ms, or start with uniform, exp, normal, lognormal, pareto, mix, shift or table (in mix-",
        ),
        ("mix-0.3-1ms-", "a distribution is missing"),
        ("pareto-1ms-x", "the shape “x” is not a number"),
        ("lognormal-1ms-0.1234567", "at most 6 decimals"),
        ("table-0-3ms-50-1ms", "their times may not fall"),
        ("table-50-1ms-50-1ms", "quantiles must rise"),
        ("table-101-1ms", "it goes from 0 to 100"),
        ("shift-1ms-shift-1ms-shift-1ms-shift-1ms-shift-1ms-1ms", "more than 4 deep"),
        ("exp-2000000s", "too long; the longest time is"),
    ] {
        let why = text.parse::<Dist>().expect_err(text);
        assert!(why.contains(part), "{text}: {why}");
    }
    let long: String = (0..65).map(|i| format!("-{i}-1ms")).collect();
    assert!(format!("table{long}").parse::<Dist>().is_err_and(|why| why.contains("more than 64")));
}

/// Samples agree with the closed forms: the mean within 4 standard errors, and the share below each quantile likewise (rounded to 1 µs, which
/// is far below the spread of each).
#[test]
fn samples_have_the_mean_and_the_quantiles_of_the_closed_form() {
    let n = 40_000u32;
    for text in FORMS {
        let dist = dist(text);
        let samples: Vec<f64> = (0..n).map(|i| dist.sample_us(die(i, Purpose::Delay, 3, 1)) as f64).collect();
        let mean = samples.iter().sum::<f64>() / f64::from(n);
        let variance = samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
        let error = 4.0 * libm::sqrt(variance / f64::from(n)) + 0.05;
        let expected = dist.mean_us().expect("these have means");
        assert!((mean - expected).abs() < error, "{text}: mean {mean}, expected {expected} within {error}");
        for chance in [0.01, 0.1, 0.5, 0.9, 0.99, 0.999] {
            let x = dist.quantile_us(chance);
            let share = samples.iter().filter(|&&s| s <= x + 0.5).count() as f64 / f64::from(n);
            let exact = dist.share_up_to(x + 0.5);
            let error = 4.0 * libm::sqrt(exact * (1.0 - exact) / f64::from(n)) + 1e-4;
            assert!((share - exact).abs() <= error, "{text}: {share} up to p{chance}, expected {exact}");
            assert!(exact >= chance - 1e-9, "{text}: quantile {chance}");
        }
    }
}

#[test]
fn quantiles_of_closed_form() {
    let near = |text: &str, chance: f64, us: f64| {
        let got = dist(text).quantile_us(chance);
        assert!((got - us).abs() < us * 1e-9, "{text} p{chance}: {got}, expected {us}");
    };
    near("exp-10ms", 0.99, 10_000.0 * libm::log(100.0));
    near("pareto-1.05ms-1.51", 0.999, 1_050.0 * libm::pow(1_000.0, 1.0 / 1.51));
    near("lognormal-10ms-0.5", 0.5, 10_000.0);
    near("uniform-30ms-40ms", 0.25, 32_500.0);
    near("table-0-1ms-50-3ms-99.9-20ms", 0.25, 2_000.0);
    near("table-0-1ms-50-3ms-99.9-20ms", 0.9999, 20_000.0);
    near("shift-75ms-10ms", 0.5, 85_000.0);
}

#[test]
fn the_far_ends_saturate() {
    assert_eq!(dist("pareto-1ms-0.01").sample_us(0), MAX_US);
    assert_eq!(dist("pareto-1ms-1").mean_us(), None);
    assert_eq!(dist("mix-0.5-1ms-pareto-1ms-0.9").mean_us(), None);
    assert_eq!(dist("mix-1-1ms-pareto-1ms-0.9").mean_us(), Some(1_000.0));
    assert!(dist("exp-1ms").sample_us(u64::MAX) <= 1);
}

pub(crate) fn any_dist() -> impl Strategy<Value = Dist> {
    let ns = 1..=MAX_US * 1_000;
    let part = 0..=MILLION;
    let leaf = prop_oneof![
        ns.clone().prop_map(|ns| Dist::Constant { ns }),
        (ns.clone(), ns.clone()).prop_map(|(a, b)| Dist::Uniform { from_ns: a.min(b), to_ns: a.max(b) }),
        ns.clone().prop_map(|mean_ns| Dist::Exponential { mean_ns }),
        (ns.clone(), ns.clone()).prop_map(|(mean_ns, sd_ns)| Dist::Normal { mean_ns, sd_ns }),
        (ns.clone(), part.clone())
            .prop_map(|(median_ns, sigma_millionths)| Dist::LogNormal { median_ns, sigma_millionths }),
        (ns.clone(), 10_000..=3 * MILLION)
            .prop_map(|(scale_ns, shape_millionths)| Dist::Pareto { scale_ns, shape_millionths }),
        (proptest::collection::btree_set(part.clone(), 1..8), ns.clone()).prop_map(|(quantiles, ns)| {
            Dist::Table { points: quantiles.into_iter().map(|q| (q, ns / 2 + q)).collect() }
        }),
    ];
    leaf.prop_recursive(MAX_DEPTH as u32, 16, 2, move |inner| {
        prop_oneof![
            (part.clone(), inner.clone(), inner.clone()).prop_map(|(chance_millionths, a, b)| {
                Dist::Mixture { chance_millionths, first: Box::new(a), otherwise: Box::new(b) }
            }),
            (ns.clone(), inner).prop_map(|(by_ns, of)| Dist::Shift { by_ns, of: Box::new(of) }),
        ]
    })
}

proptest! {
    #[test]
    fn printing_and_reading_is_the_identity(dist in any_dist()) {
        prop_assert_eq!(dist.to_string().parse::<Dist>(), Ok(dist));
    }

    #[test]
    fn no_text_makes_it_panic(text in "((mix|exp|table|shift|pareto|normal|0|0.5|1ms|99|2s|9e9|x)-?){0,12}") {
        let _ = text.parse::<Dist>();
    }

    #[test]
    fn every_sample_is_within_the_limit(dist in any_dist(), die in any::<u64>()) {
        prop_assert!(dist.sample_us(die) <= MAX_US);
    }
}
