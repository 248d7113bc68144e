//! What the settings amount to, in sentences under the controls.

use super::params::{Fault, Layer, Load, Params, Policy, Sees};
use super::shows::theory;
use crate::parts::waiting;
use crate::time::DurationUs;

/// The live sentences.
pub fn sentences(params: &Params) -> Vec<String> {
    let mut said = Vec::new();
    if params.load == Load::Balls {
        let d = if params.policy == Policy::P2c { params.choices } else { 1 };
        let drawn = matches!(params.policy, Policy::P2c | Policy::Random);
        // What takes long to work out is not worked out while a slider moves.
        if drawn && params.balls <= 200 && params.servers <= 200 {
            let most = waiting::fullest(params.balls, params.servers, d);
            said.push(format!("By the exact chain the fullest server gets {most:.2} calls on average."));
        }
        return said;
    }
    said.extend(waits(params));
    if params.layer == Layer::L4 {
        let cv = waiting::spread(params.servers, params.connections);
        said.push(format!(
            "{} connections that are put anywhere differ by √((n − 1)/c) = {cv:.2} of the mean from server to server.",
            params.connections
        ));
    }
    if params.sees == Sees::Stale {
        let times = params.stale as f64 / params.work_us();
        said.push(format!("What a balancer sees is up to {times:.1} service times old."));
    }
    if params.check > 0 && params.fault != Fault::None {
        let (i, f) = (params.check, u64::from(params.unhealthy));
        let after = DurationUs((f - 1).saturating_mul(i).saturating_add(i / 2));
        said.push(format!("Checks find a bad server (f − 1)i + i/2 = {after} after it turns bad, on average, where they fail at once."));
    }
    said
}

/// What theory says of a call's time.
fn waits(params: &Params) -> Option<String> {
    if params.load != Load::Open {
        return None;
    }
    let (n, r) = (params.servers * params.workers, f64::from(params.utilisation) / 1e6);
    if r >= 1.0 {
        return Some(
            "More work comes than all servers can do: the queues grow as long as the run does.".into(),
        );
    }
    let service = params.work_us() / 1e3;
    let ms = |times: f64| format!("{:.1} ms", times * service);
    let best = format!("One line before all servers would take {} (M/M/{n})", ms(waiting::mmn(n, r)));
    Some(match theory(params) {
        Some((name, mean)) => {
            format!("By theory a call takes {} at a server on average ({name}). {best}.", ms(mean))
        }
        None => format!("{best}, chance alone {} (M/M/1).", ms(waiting::mm1(r))),
    })
}
