//! Tables of the published rules, and schedules that look for what they do not keep.

use super::*;
use proptest::prelude::*;

fn log(epochs: &[u32]) -> PartitionLog<usize> {
    let mut log = PartitionLog::new();
    for (value, epoch) in epochs.iter().enumerate() {
        log.append(*epoch, value);
    }
    log
}

/// KIP-101: a follower cuts off what its leader does not have, by epochs and not by its own high watermark.
#[test]
fn a_follower_truncates_to_where_it_agrees_with_its_leader() {
    for (leader, follower, diverges, left) in [
        (&[1, 1, 1][..], &[1, 1][..], None, 2),
        (&[1, 1, 2], &[1, 1, 1], Some((1, 2)), 2),
        (&[1, 1, 2], &[1, 1, 1, 1], Some((1, 2)), 2),
        (&[1, 3, 3], &[1, 2, 2], Some((1, 1)), 1),
        (&[1, 1, 3], &[1, 2], Some((1, 2)), 1),
        (&[], &[1, 1], Some((0, 0)), 0),
        (&[2, 2], &[], None, 0),
    ] {
        let (leader, mut follower) = (log(leader), log(follower));
        assert_eq!(
            leader.diverges(follower.end(), follower.last_epoch()),
            diverges,
            "{leader:?} {follower:?}"
        );
        if let Some(at) = diverges {
            follower.truncate(at);
        }
        assert_eq!(follower.end(), left, "{leader:?} {follower:?}");
    }
}

#[test]
fn what_is_committed_grows_and_is_cut_with_the_log() {
    let mut one = log(&[1, 1, 1]);
    assert_eq!([one.commit(2), one.commit(1), one.commit(9)], [true, false, true]);
    assert_eq!(one.high_watermark(), 3);
    assert_eq!(one.read(1, one.high_watermark(), 1).len(), 1);
    assert_eq!((one.read(3, 9, 5).len(), one.read(9, 12, 5).len()), (0, 0));
    let (at, gone) = one.truncate((1, 1));
    assert_eq!((at, gone.len(), one.high_watermark()), (1, 2, 1));
}

#[test]
fn the_high_watermark_is_what_all_in_sync_have() {
    let mut sync = InSync::new('a', vec!['a', 'b', 'c'], "abc".chars(), 0, 0);
    sync.fetched('b', 3, 5, 1);
    sync.fetched('c', 1, 5, 1);
    assert_eq!((sync.high_watermark(5), sync.end('c')), (1, 1));
    // c falls out after the lag, and is counted on until the controller has said so.
    for now_us in [5, 10] {
        sync.fetched('b', 5, 5, now_us);
        sync.fetched('c', 1, 5, now_us);
    }
    assert_eq!(sync.change(1, 10, 11), None);
    sync.fetched('b', 5, 5, 12);
    assert_eq!(sync.change(1, 12, 11), Some(vec!['a', 'b']));
    assert_eq!(sync.high_watermark(5), 1);
    sync.told(vec!['a', 'b']);
    assert_eq!((sync.high_watermark(5), sync.isr().len()), (5, 2));
    // It comes back once it has caught up; from when it is asked for, it is counted on.
    sync.fetched('c', 4, 5, 13);
    assert_eq!(sync.change(5, 13, 11), None);
    sync.fetched('c', 5, 5, 14);
    assert_eq!(sync.change(5, 14, 11), Some(vec!['a', 'b', 'c']));
    assert_eq!((sync.high_watermark(6), sync.change(5, 14, 11)), (5, None));
    sync.ask_again();
    assert!(sync.change(5, 14, 11).is_some());
}

#[test]
fn who_leads_is_in_sync_unless_the_election_may_be_unclean() {
    for (isr, up, unclean, leader, left) in [
        ("abc", "abc", false, Some('a'), "abc"),
        ("abc", "bc", false, Some('b'), "bc"),
        ("ac", "bc", false, Some('c'), "c"),
        ("a", "bc", false, None, "a"),
        ("a", "bc", true, Some('b'), "b"),
        ("ab", "b", true, Some('b'), "b"),
        ("ab", "", true, None, "ab"),
    ] {
        let isr: Vec<char> = isr.chars().collect();
        let elected = elect(&['a', 'b', 'c'], &isr, |node| up.contains(node), unclean);
        assert_eq!(elected, (leader, left.chars().collect()), "{isr:?}, up {up}");
    }
}

/// Three replicas, of which the one that leads may go down whenever it likes; disks stay.
fn run(steps: &[(u8, u8)], min_isr: usize, unclean: bool) -> Result<(), String> {
    let replicas = [0u8, 1, 2];
    let (mut logs, mut up) = (vec![log(&[]); 3], [true; 3]);
    let (mut epoch, mut leader, mut isr) = (1, Some(0u8), replicas.to_vec());
    let mut sync = InSync::new(0, isr.clone(), replicas.into_iter(), 0, 0);
    let mut acked: Vec<usize> = Vec::new();
    for (time, (what, who)) in steps.iter().enumerate() {
        let (now_us, who) = (time as i64, who % 3);
        let at = usize::from(who);
        match (what % 8, leader) {
            (0 | 1, Some(leader)) if isr.len() >= min_isr => {
                logs[usize::from(leader)].append(epoch, time);
            }
            (2..=4, Some(leader)) if who != leader && up[at] => {
                let lead = logs[usize::from(leader)].clone();
                match lead.diverges(logs[at].end(), logs[at].last_epoch()) {
                    Some(end) => drop(logs[at].truncate(end)),
                    None => {
                        sync.fetched(who, logs[at].end(), lead.end(), now_us);
                        for record in lead.read(logs[at].end(), u32::MAX, 2) {
                            logs[at].append(record.epoch, record.value);
                        }
                        let committed = sync.high_watermark(lead.end());
                        if let Some(new) = sync.change(committed, now_us, 6) {
                            sync.told(new.clone());
                            isr = new;
                        }
                    }
                }
            }
            (5 | 6, _) => {
                up[at] = what % 8 == 6;
                if !up[at] || leader.is_none() {
                    let elected = elect(&replicas, &isr, |node| up[usize::from(node)], unclean);
                    isr = elected.1;
                    sync.told(isr.clone());
                    if elected.0 != leader {
                        epoch += 1;
                        leader = elected.0;
                        if let Some(leader) = leader {
                            sync = InSync::new(
                                leader,
                                isr.clone(),
                                replicas.into_iter(),
                                logs[usize::from(leader)].end(),
                                now_us,
                            );
                        }
                    }
                }
            }
            _ => {}
        }
        if let Some(leader) = leader {
            let lead = &mut logs[usize::from(leader)];
            lead.commit(sync.high_watermark(lead.end()));
            if isr.len() >= min_isr {
                acked.extend(
                    lead.records()[..lead.high_watermark() as usize].iter().map(|record| record.value),
                );
            }
            let has = |value: &usize| {
                logs[usize::from(leader)].records().iter().any(|record| record.value == *value)
            };
            if let Some(lost) = acked.iter().find(|value| !has(value)) {
                return Err(format!("{lost} is lost at step {time}"));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::anything::cases(600)))]

    /// What all in-sync replicas have had is never lost with a leader, as long as disks stay.
    #[test]
    fn what_is_acknowledged_by_all_in_sync_stays(steps in proptest::collection::vec((0u8..8, 0u8..3), 0..120)) {
        prop_assert_eq!(run(&steps, 2, false), Ok(()));
        prop_assert_eq!(run(&steps, 1, false), Ok(()));
    }
}

/// With an unclean election it is: all but the first fall out of sync, the first appends and goes down, and another leads.
#[test]
fn an_unclean_election_loses_what_was_acknowledged() {
    let steps = [(5, 1), (5, 2), (0, 0), (6, 2), (5, 0)];
    assert_eq!(run(&steps, 1, false), Ok(()), "nobody leads until the first is back");
    assert!(run(&steps, 1, true).is_err());
}
