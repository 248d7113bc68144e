//! Which panels and groups of controls there are, and which stand open at first.

use super::App;
use crate::views::{self, VIEWS};
use splitbrain::scenario::Scenario;

/// Panels of the widget itself, beside the views: id and title.
pub const PANELS: [(&str, &str); 6] = [
    ("timeline", "Timeline"),
    ("verdicts", "Promises"),
    ("controls", "Controls"),
    ("script", "Script"),
    ("challenges", "Challenges"),
    ("saved", "Saved runs"),
];

/// How many of [`PANELS`] are open where nobody says otherwise.
const OPEN_PANELS: usize = 4;

/// Views that every lab has.
pub(crate) const EVERYWHERE: [&str; 2] = ["inspector", "transcript"];

/// Views that judge a run: not for a reader who is to judge it.
const JUDGING: [&str; 2] = ["operations", "stamps"];

/// How many groups of controls stand open from the first.
const OPEN_GROUPS: usize = 2;

/// For which of all views these scenarios' runs have what they draw: asked many times in a frame, worked out once for what the controls say.
pub(super) struct Offer {
    scenarios: Vec<Scenario>,
    views: Vec<bool>,
}

impl App {
    /// The views that this lab offers, in its order, and those that every lab has; of them those for which one of the runs has what they draw.
    pub(crate) fn views(&self) -> impl Iterator<Item = &'static views::View> {
        let own = self.lab.meta().views;
        let all = own.iter().chain(EVERYWHERE.iter().filter(|id| !own.contains(id)));
        let shown = all.filter(|id| !(self.hides_lights() && JUDGING.contains(id)));
        let place = |id: &&str| VIEWS.iter().position(|view| view.id == *id);
        shown.filter_map(place).filter(|place| self.offers(*place)).map(|place| &VIEWS[place])
    }

    /// Whether a run of what the controls say has what this view draws.
    fn offers(&self, place: usize) -> bool {
        let scenarios = || std::iter::once(&self.link().scenario).chain(&self.link().second);
        let mut offer = self.offer.borrow_mut();
        let known = offer.as_ref().filter(|offer| offer.scenarios.iter().eq(scenarios()));
        if let Some(known) = known {
            return known.views[place];
        }
        let shows: Vec<_> = scenarios().map(|scenario| self.lab.shows(scenario)).collect();
        let views: Vec<bool> = VIEWS.iter().map(|view| shows.iter().any(view.needs)).collect();
        let offered = views[place];
        *offer = Some(Offer { scenarios: scenarios().cloned().collect(), views });
        offered
    }

    /// Whether a panel is open.
    pub(crate) fn is_open(&self, id: &str) -> bool {
        self.open.contains(&id)
    }

    /// The panel's id as a constant, if there is such a panel here.
    pub(crate) fn known_panel(&self, id: &str) -> Option<&'static str> {
        let own = self.own_panels().map(|(panel, _)| panel);
        own.chain(self.views().map(|view| view.id)).find(|panel| *panel == id)
    }

    /// The panels of [`PANELS`] that there are here: id and title.
    pub(crate) fn own_panels(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let has = |id: &str| match id {
            "challenges" => !self.lab.challenges().is_empty() && !self.hides_lights(),
            "verdicts" => !self.hides_lights(),
            _ => true,
        };
        PANELS.iter().copied().filter(move |(id, _)| has(id))
    }

    /// The panels that the link opens, or the lab's own choice.
    pub(super) fn panels_at_first(&self) -> Vec<&'static str> {
        let named: Vec<&'static str> =
            self.link().view.panels.iter().filter_map(|id| self.known_panel(id)).collect();
        if !named.is_empty() && !self.unfolded {
            return named;
        }
        let views = self.views().map(|view| view.id).take(2);
        let own = views.chain(PANELS.iter().take(OPEN_PANELS).filter_map(|(id, _)| self.known_panel(id)));
        let mut open = named;
        for id in own {
            if !open.contains(&id) {
                open.push(id);
            }
        }
        open
    }

    /// The first groups of controls are open, and those in which something differs from its default.
    pub(super) fn groups_at_first(&self) -> Vec<&'static str> {
        let params = self.lab.params();
        let mut groups: Vec<&'static str> = params.iter().map(|param| param.group).collect();
        groups.dedup();
        let changed = |group: &str| {
            let mut members =
                params.iter().zip(&self.link().scenario.values).filter(|(p, _)| p.group == group);
            members.any(|(param, value)| *value != param.default())
        };
        let opens =
            |(place, group): (usize, &'static str)| (place < OPEN_GROUPS || changed(group)).then_some(group);
        groups.into_iter().enumerate().filter_map(opens).collect()
    }
}
