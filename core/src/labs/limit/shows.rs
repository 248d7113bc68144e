//! What there is to draw of this lab's runs: what became of what was asked, by moment and by tenant, and what a limiter has left.

use super::config::{ADMIT, ASK, GATEWAYS, config};
use super::params::{By, Counters, Params, Which};
use crate::kits::graph::{Charts, Count, Ending, Level, LevelOf, Stop, TierId, gauges};
use crate::lab::Shows;
use crate::lab::shows::{Fate, Flow, Layer, Matrix, MatrixColumn, MatrixRow, Question, SeriesKey, Traffic};
use crate::parts::backoff::Backoff;
use crate::stats::Name;

/// What is charted of a run, and what pictures show of it.
pub fn charts(params: &Params) -> (Charts, Shows) {
    let (mut charts, mut shows) = gauges(&config(params));
    shows.traffic.insert(0, traffic(params, &mut charts));
    shows.matrix = (params.tenants > 1).then(|| matrix(params, &mut charts));
    shows.flow = Some(flow(params, &mut charts));
    if let Some((tier, size)) = room(params) {
        charts.share("room left at the limiter", LevelOf::Tier(tier, Level::Room), size);
    }
    if params.aimd().is_some() {
        charts.most("limit on those under way", "requests", LevelOf::Tier(GATEWAYS, Level::Limit));
    }
    charts.most("under way", "requests", LevelOf::Tier(GATEWAYS, Level::Inside));
    (charts, shows)
}

/// Where the limiters are, and how much room all of them have.
fn room(params: &Params) -> Option<(TierId, u32)> {
    let shared = params.counters == Counters::Shared;
    let policy = if shared { params.policy() } else { params.policy_of_a_gateway() }?;
    let each = match params.limiter {
        Which::None | Which::Leaky => return None,
        Which::Fixed | Which::Log | Which::Counter => policy.limit,
        Which::Bucket | Which::Gcra => policy.burst,
    };
    let keys = if params.by == By::Tenant { params.tenants } else { 1 };
    let places = if shared { 1 } else { params.gateways };
    // The store is the last of the tiers.
    let tier = if shared { TierId(3) } else { GATEWAYS };
    Some((tier, each.saturating_mul(keys).saturating_mul(places)))
}

fn traffic(params: &Params, charts: &mut Charts) -> Traffic {
    let tries = |how| Count::TryOver(ASK, how);
    let asked = charts.rate("asked", [Count::Tried(ASK)]);
    let good = charts.rate("answered", [tries(Ending::Done), tries(Ending::Known)]);
    let refused = charts.rate("refused", [tries(Ending::Refused)]);
    let failed = charts.rate("failed", [tries(Ending::Failed), tries(Ending::TimedOut)]);
    charts.rate("let through", [Count::Tried(ADMIT)]);
    let per_s = u64::from(params.limit) * 1_000_000 / params.window.max(1);
    let limit = (params.limiter != Which::None)
        .then(|| charts.given("limit", "a second", move |_, _| i64::try_from(per_s).unwrap_or(i64::MAX)));
    let layer = |series, label, fate| Layer { series, label, fate };
    Traffic {
        title: "What became of what was asked",
        layers: vec![
            layer(good, "answered", Fate::Good),
            layer(failed, "failed or too late", Fate::Failed),
            layer(refused, "refused", Fate::Refused),
        ],
        capacity: limit,
        offered: Some(asked),
    }
}

fn matrix(params: &Params, charts: &mut Charts) -> Matrix {
    let column = |name, fate, share_of| MatrixColumn { name, fate, share_of };
    let row = |charts: &mut Charts, tenant: u8| {
        let mut count = |what, count| charts.so_far(Name::of_one("gauge: tenant ", tenant + 1, what), count);
        let counts: Vec<SeriesKey> = vec![
            count(" asked", Count::Asked(ASK, tenant)),
            count(" got", Count::Granted(ASK, tenant)),
            count(" refused", Count::Rejected(ASK, tenant)),
        ];
        MatrixRow { name: format!("tenant {}", tenant + 1), counts }
    };
    Matrix {
        title: "What each tenant asked for and got",
        row: "tenant",
        rows_are: "tenants",
        columns: vec![
            column("asked", None, None),
            column("answered", Some(Fate::Good), Some(0)),
            column("refused", Some(Fate::Refused), Some(0)),
        ],
        rows: (0..params.tenants as u8).map(|tenant| row(charts, tenant)).collect(),
    }
}

/// The questions that decide on a retry, in the order in which a client asks them.
fn flow(params: &Params, charts: &mut Charts) -> Flow {
    let [calls, attempts, succeeded, timed_out, refused, errors, retries, gave_up] = [
        ("flow: calls", Count::Called(ASK)),
        ("flow: attempts", Count::Tried(ASK)),
        ("flow: succeeded", Count::Stopped(ASK, Stop::Over)),
        ("flow: timed out", Count::TryOver(ASK, Ending::TimedOut)),
        ("flow: refused", Count::TryOver(ASK, Ending::Refused)),
        ("flow: errors", Count::TryOver(ASK, Ending::Failed)),
        ("flow: retries", Count::Retried(ASK)),
        ("flow: attempts used up", Count::Stopped(ASK, Stop::Attempts)),
    ]
    .map(|(name, count)| charts.so_far(name, count));
    let question = Question { asks: "attempts left?", no: "attempts used up", gave_up };
    Flow {
        calls,
        attempts,
        succeeded,
        failed: vec![("timed out", timed_out), ("refused", refused), ("errors", errors)],
        retries,
        questions: vec![question],
        ladder: ladder(params),
    }
}

/// The ladder of delays: what the luckiest and the unluckiest die make of each.
fn ladder(params: &Params) -> Vec<(u64, u64)> {
    const MOST: u32 = 12;
    let policy = params.backoff_policy();
    let (mut least, mut most) = (Backoff::new(policy), Backoff::new(policy));
    (1..params.attempts.min(MOST + 1)).map(|_| (least.next_us(0), most.next_us(u64::MAX))).collect()
}
