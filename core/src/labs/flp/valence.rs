//! What can still be decided: for three processes, by search over whom each hears. All are at the beginning of a phase, of which nothing counts
//! but their values: eight configurations.

use super::params::{Coin, Params};
use crate::parts::benor::{Bit, Rules, Settled, Vote};

/// How many configurations there are: each process's value is a bit.
pub const CONFIGURATIONS: usize = 8;

/// What may become of a phase: the next configuration, and what somebody decides in it, 1 for a 0 and 2 for a 1.
pub type Step = (u8, u8);

/// A process's value.
fn value(configuration: u8, me: usize) -> Bit {
    configuration >> me & 1
}

/// What a process hears of what all say: its own, and of the others those that the bits of `choice` point at; all where nobody may be missing.
fn heard<T: Copy>(said: [T; 3], me: usize, choice: u32, rules: Rules) -> Vec<T> {
    let others = [(me + 1) % 3, (me + 2) % 3];
    match rules.t {
        0 => vec![said[me], said[others[0]], said[others[1]]],
        _ => vec![said[me], said[others[(choice >> me & 1) as usize]]],
    }
}

/// All that may become of a phase. `toss` says what a process may take where no proposal names a value: by its place, its value, and whose
/// proposal it has heard beside its own.
pub fn steps(
    rules: Rules,
    configuration: u8,
    toss: impl Fn(usize, Bit, usize) -> &'static [Bit],
) -> Vec<Step> {
    let mut all = Vec::new();
    for choice in 0..64u32 {
        let values = [0, 1, 2].map(|me| value(configuration, me));
        let votes: [Vote; 3] = [0, 1, 2].map(|me| rules.propose(&heard(values, me, choice, rules)));
        let mut ends: Vec<Step> = vec![(0, 0)];
        for (me, own) in values.iter().enumerate() {
            let proposals = heard(votes, me, choice >> 3, rules);
            let whom = (me + 1 + (choice >> 3 >> me & 1) as usize) % 3;
            let (takes, decides): (&[Bit], u8) = match rules.settle(&proposals) {
                Settled::Decide(value) => (if value == 0 { &[0] } else { &[1] }, 1 << value),
                Settled::Adopt(value) => (if value == 0 { &[0] } else { &[1] }, 0),
                Settled::Toss => (toss(me, *own, whom), 0),
            };
            let each = |(next, decided): Step| {
                takes.iter().map(move |value| (next | value << me, decided | decides))
            };
            ends = ends.into_iter().flat_map(each).collect();
        }
        all.extend(ends);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// What can be decided from each configuration, by the steps that may be taken from it.
pub fn reachable(steps: &[Vec<Step>]) -> [u8; CONFIGURATIONS] {
    let mut can = [0; CONFIGURATIONS];
    loop {
        let before = can;
        for (configuration, steps) in steps.iter().enumerate() {
            can[configuration] = steps.iter().fold(can[configuration], |can_here, (next, decided)| {
                can_here | decided | before[usize::from(*next)]
            });
        }
        if can == before {
            return can;
        }
    }
}

/// What can still be decided from each configuration under these settings: 1 for a 0, 2 for a 1, 3 for either (the configuration is bivalent).
/// None where there are not three processes.
pub fn valence(params: &Params) -> Option<[u8; CONFIGURATIONS]> {
    if params.n != 3 {
        return None;
    }
    let mut rules = params.rules();
    if rules.timed {
        // Nobody is missing, unless it has crashed.
        rules.t = 0;
    }
    let of = |configuration: u8| match params.coin {
        Coin::Own => steps(rules, configuration, |_, _, _| &[0, 1]),
        Coin::Keep => steps(rules, configuration, |_, own, _| if own == 0 { &[0] } else { &[1] }),
        // All see one face.
        Coin::Common => {
            let mut both = steps(rules, configuration, |_, _, _| &[0]);
            both.extend(steps(rules, configuration, |_, _, _| &[1]));
            both
        }
    };
    Some(reachable(&(0..CONFIGURATIONS as u8).map(of).collect::<Vec<_>>()))
}

/// The family of deterministic rules for three processes, of which one may crash: each says by twelve bits what a process takes where no proposal
/// names a value, by its place, its value, and which of the others it has heard. Counts those from which under some schedule nobody ever
/// decides, and those in which two decide differently.
pub fn family() -> (u32, u32) {
    let rules = Rules { n: 3, t: 1, enough: 2, timed: false };
    let (mut endless, mut disagree) = (0, 0);
    for rule in 0..4_096u32 {
        let toss = |me: usize, own: Bit, whom: usize| -> &'static [Bit] {
            let other = usize::from(whom == (me + 2) % 3);
            if rule >> (me * 4 + usize::from(own) * 2 + other) & 1 == 0 { &[0] } else { &[1] }
        };
        let steps: Vec<Vec<Step>> = (0..CONFIGURATIONS as u8).map(|of| steps(rules, of, toss)).collect();
        let can = reachable(&steps);
        // A decision that any later one contradicts, or one of the same phase.
        let contradicts = |(next, decided): &Step| *decided != 0 && (decided | can[usize::from(*next)]) == 3;
        disagree += u32::from(steps.iter().flatten().any(contradicts));
        // From these nobody need ever decide: what is left when those are taken out that must.
        let mut undecided = [true; CONFIGURATIONS];
        for _ in 0..CONFIGURATIONS {
            let before = undecided;
            for (configuration, steps) in steps.iter().enumerate() {
                undecided[configuration] =
                    steps.iter().any(|(next, decided)| *decided == 0 && before[usize::from(*next)]);
            }
        }
        endless += u32::from(undecided.contains(&true));
    }
    (endless, disagree)
}
