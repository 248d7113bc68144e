//! How each sort of holding looks.

use crate::scene::Role;
use crate::views::legend::Sign;
use splitbrain::lab::shows::{Holding, Tenure};

/// What was given to somebody.
pub const GIVEN: Role = Role::NodeUp;

/// The signs, and what each is.
pub fn entries(tenure: &Tenure) -> Vec<(Sign, String)> {
    let given = tenure.granted.map(|grants| (Sign::Box(GIVEN), grants.about.to_owned()));
    let held = tenure
        .held
        .iter()
        .map(|Holding { about, tone, .. }| (Sign::Box((*tone).into()), (*about).to_owned()));
    let still = tenure.still.map(|_| (Sign::Box(Role::NodePaused), "paused".to_owned()));
    let both = tenure.exclusive.then(|| (Sign::Hatch, "two at once".to_owned()));
    let deeds = tenure
        .deeds
        .into_iter()
        .flat_map(|deed| [(Sign::Good, deed.good.to_owned()), (Sign::Bad, deed.bad.to_owned())]);
    given.into_iter().chain(held).chain(still).chain(both).chain(deeds).collect()
}
