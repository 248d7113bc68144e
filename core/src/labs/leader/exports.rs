//! The settings as the flags of Kubernetes' components.

use super::params::{Judge, Mechanism, Params, Stop};
use crate::lab::{Export, Lines};
use crate::time::DurationUs;

/// The flags, where a lease is judged by those who want it.
pub fn exports(params: &Params) -> Vec<Export> {
    if params.mechanism != Mechanism::Lease || params.judge != Judge::Observer {
        return Vec::new();
    }
    let mut lines = Lines::of(&["kube-controller-manager \\", "  --leader-elect=true \\"], "");
    lines.say(format!("  --leader-elect-lease-duration={} \\", DurationUs(params.lease)));
    lines.say(format!("  --leader-elect-renew-deadline={} \\", DurationUs(params.deadline)));
    lines.say(format!("  --leader-elect-retry-period={}", DurationUs(params.renew)));
    let mut notes =
        vec!["Who does not lead looks every 1 to 2.2 retry periods: that cannot be set apart.".to_owned()];
    if params.stop != Stop::Deadline {
        notes.push("A leader gives up by the deadline for renewing, and by nothing else.".into());
    }
    if params.lease <= params.deadline || params.deadline.saturating_mul(5) <= params.renew.saturating_mul(6)
    {
        notes.push("client-go refuses this: the lease must be longer than the deadline, and that longer than 1.2 retry periods.".into());
    }
    vec![Export { id: "kubernetes", tool: "Kubernetes", file: "flags", text: lines.text, notes }]
}
