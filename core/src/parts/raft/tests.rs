//! The published tables, as data.

mod changes;
mod cluster;
mod figures;
mod search;

use super::*;
use cluster::Count;

const ME: NodeId = NodeId(0);
const OTHER: NodeId = NodeId(1);

fn log(terms: &[Term]) -> Log<u32> {
    Log::of(terms.iter().map(|term| Entry { term: *term, payload: Payload::Command(*term) }))
}

/// One of three servers with that log, in the term of its last entry.
fn server(terms: &[Term]) -> Raft<Count> {
    let current_term = terms.last().copied().unwrap_or(0);
    let persistent = Persistent { current_term, log: log(terms), ..Persistent::default() };
    Raft::new(ME, persistent, Members::of((0..3).map(NodeId)), Count::default())
}

fn answer(out: Vec<Effect<Count>>) -> Rpc<Count> {
    let sent = out.into_iter().filter_map(|effect| match effect {
        Effect::Send(_, rpc) => Some(rpc),
        _ => None,
    });
    sent.last().expect("it answers")
}

#[test]
fn votes_are_granted_to_logs_that_are_as_up_to_date() {
    let table: &[(&[Term], (Term, Index), bool)] = &[
        (&[1], (1, 1), true),
        (&[1], (1, 2), true),
        (&[1, 1], (1, 1), false),
        (&[1], (2, 1), true),
        (&[1, 1], (2, 1), true),
        (&[2], (1, 2), false),
        (&[2, 2], (1, 1), false),
    ];
    for (terms, (last_log_term, last_log_index), granted) in table {
        let ask = |rules: &Rules| {
            let mut out = Vec::new();
            let request = Rpc::RequestVote {
                term: 5,
                last_log_index: *last_log_index,
                last_log_term: *last_log_term,
                pre: false,
            };
            let mut voter = server(terms);
            voter.receive(rules, 0, (OTHER, request), &mut out);
            let resets = out.contains(&Effect::ResetElection);
            let Rpc::Vote { term: 5, granted, .. } = answer(out) else { panic!("a vote, or none") };
            assert_eq!(
                resets,
                granted.is_ok(),
                "the timer is reset when a vote is granted, not when it is asked for"
            );
            assert_eq!(voter.persistent.voted_for, granted.is_ok().then_some(OTHER));
            granted
        };
        assert_eq!(ask(&Rules::PAPER).is_ok(), *granted, "{terms:?}");
        assert!(*granted || ask(&Rules::PAPER) == Err(Refusal::LogBehind));
        assert_eq!(
            ask(&Rules { up_to_date: false, ..Rules::PAPER }),
            Ok(()),
            "the broken rule asks for nothing"
        );
    }
}

#[test]
fn a_vote_is_given_once_a_term_and_never_in_an_earlier_one() {
    let mut voter = server(&[1]);
    let mut ask = |from, term| {
        let mut out = Vec::new();
        voter.receive(
            &Rules::PAPER,
            0,
            (from, Rpc::RequestVote { term, last_log_index: 1, last_log_term: 1, pre: false }),
            &mut out,
        );
        let Rpc::Vote { granted, .. } = answer(out) else { panic!("a vote, or none") };
        granted
    };
    let third = NodeId(2);
    assert_eq!(ask(OTHER, 2), Ok(()));
    assert_eq!(ask(OTHER, 2), Ok(()), "it may be asked again");
    assert_eq!(ask(third, 2), Err(Refusal::VotedFor(OTHER)));
    assert_eq!(ask(third, 1), Err(Refusal::StaleTerm));
    assert_eq!(ask(third, 3), Ok(()));
}

#[test]
fn entries_are_taken_where_logs_meet() {
    /// The index before and its term, what is sent, and the log after it.
    type Case = ((Index, Term), &'static [Term], &'static [Term]);
    let table: &[Case] = &[
        ((2, 2), &[3], &[1, 2, 3]),
        ((1, 1), &[3, 4], &[1, 3, 4]),
        // What is there already is not cut off: the message may be an old one.
        ((0, 0), &[1], &[1, 2]),
        ((0, 0), &[3], &[3]),
        // Where they do not meet, nothing changes.
        ((2, 1), &[3], &[1, 2]),
        ((3, 2), &[3], &[1, 2]),
    ];
    for ((prev_log_index, prev_log_term), new, after) in table {
        let entries: Arc<[Entry<u32>]> = log(new).from(1, 9);
        let (mut follower, mut out) = (server(&[1, 2]), Vec::new());
        let meets = [(0, 0), (1, 1), (2, 2)].contains(&(*prev_log_index, *prev_log_term));
        let append = Rpc::AppendEntries {
            term: 5,
            prev_log_index: *prev_log_index,
            prev_log_term: *prev_log_term,
            entries,
            leader_commit: 0,
            round: 1,
        };
        follower.receive(&Rules::PAPER, 0, (OTHER, append), &mut out);
        assert_eq!(follower.log().terms(), *after, "{prev_log_index} {new:?}");
        let match_index = prev_log_index + new.len() as Index;
        match answer(out) {
            Rpc::Appended { match_index: told, .. } => assert!(meets && told == match_index),
            Rpc::Refused { .. } => assert!(!meets),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_leader_commits_by_counting_only_what_is_of_its_own_term() {
    for (own_term, committed) in [(true, [0, 0, 3]), (false, [1, 2, 3])] {
        let rules = Rules { own_term, ..Rules::PAPER };
        for (acknowledged, committed) in (1..).zip(committed) {
            let (mut leader, mut out) = (server(&[1, 2]), Vec::new());
            leader.election_timeout(&rules, 0, &mut out);
            leader.receive(&rules, 0, (OTHER, Rpc::Vote { term: 3, pre: false, granted: Ok(()) }), &mut out);
            assert_eq!((leader.term(), leader.log().terms()), (3, vec![1, 2, 3]), "with an entry of its own");
            leader.stored(&rules, 0, 3, &mut out);
            leader.receive(
                &rules,
                0,
                (OTHER, Rpc::Appended { term: 3, match_index: acknowledged, round: 1 }),
                &mut out,
            );
            assert_eq!(
                leader.volatile.commit_index, committed,
                "own term {own_term}, {acknowledged} acknowledged"
            );
        }
    }
}

#[test]
fn a_leader_counts_itself_only_once_its_own_log_is_stored() {
    let (mut leader, mut out) = (server(&[]), Vec::new());
    leader.election_timeout(&Rules::PAPER, 0, &mut out);
    leader.receive(&Rules::PAPER, 0, (OTHER, Rpc::Vote { term: 1, pre: false, granted: Ok(()) }), &mut out);
    leader.receive(&Rules::PAPER, 0, (OTHER, Rpc::Appended { term: 1, match_index: 1, round: 1 }), &mut out);
    assert_eq!(leader.volatile.commit_index, 0);
    leader.stored(&Rules::PAPER, 0, 1, &mut out);
    assert_eq!(leader.volatile.commit_index, 1);
}

/// The rules of the election timer: reset by a leader of the current term, at an election of one's own and when a vote is granted; never by what
/// is stale; and who steps down needs one that runs.
#[test]
fn the_election_timer_is_reset_by_what_shows_progress() {
    let heartbeat = |term| Rpc::AppendEntries {
        term,
        prev_log_index: 0,
        prev_log_term: 0,
        entries: Arc::new([]),
        leader_commit: 0,
        round: 1,
    };
    let snapshot = |term| {
        let snapshot = Snapshot {
            last_index: 1,
            last_term: 1,
            members: Members::of([ME, OTHER]),
            machine: Count::default(),
        };
        Rpc::InstallSnapshot { term, snapshot: Arc::new(snapshot), round: 1 }
    };
    let vote = |term| Rpc::RequestVote { term, last_log_index: 0, last_log_term: 0, pre: false };
    let table = [
        (heartbeat(3), true),
        (heartbeat(4), true),
        (heartbeat(2), false),
        (snapshot(3), true),
        (snapshot(2), false),
        (vote(2), false),
        // It has a longer log, so it adopts the term and refuses.
        (vote(4), false),
        (Rpc::Refused { term: 2, prev_log_index: 1, hint: Some((0, 0)), round: 1 }, false),
    ];
    for (rpc, resets) in table {
        let mut out = Vec::new();
        server(&[3]).receive(&Rules::PAPER, 0, (OTHER, rpc.clone()), &mut out);
        assert_eq!(out.contains(&Effect::ResetElection), resets, "{rpc:?}");
    }
    let (mut leader, mut out) = (server(&[3]), Vec::new());
    leader.election_timeout(&Rules::PAPER, 0, &mut out);
    assert!(out.contains(&Effect::ResetElection));
    leader.receive(&Rules::PAPER, 0, (OTHER, Rpc::Vote { term: 4, pre: false, granted: Ok(()) }), &mut out);
    assert!(leader.leads() && out.contains(&Effect::StopElection));
    out.clear();
    leader.receive(&Rules::PAPER, 0, (OTHER, vote(5)), &mut out);
    assert!(!leader.leads() && out.contains(&Effect::ResetElection) && out.contains(&Effect::StopHeartbeat));
}

#[test]
fn a_log_keeps_its_indexes_however_it_is_cut() {
    let terms: Vec<Term> = (0..300).map(|i| 1 + i / 70).collect();
    let mut whole = log(&terms);
    let copy = whole.clone();
    whole.compact(130);
    assert_eq!(
        (whole.base(), whole.get(130), whole.term(130), whole.last_index()),
        (130, None, copy.term(130), 300)
    );
    assert_eq!(whole.terms(), copy.terms()[130..]);
    assert_eq!(whole.truncate(200), 101);
    assert_eq!((whole.last_index(), whole.terms()), (199, copy.terms()[130..199].to_vec()));
    whole.push(Entry { term: 9, payload: Payload::Noop });
    assert_eq!((whole.last_term(), whole.last_index(), whole.term(199)), (9, 200, copy.term(199)));
    whole.compact(200);
    assert_eq!((whole.terms(), whole.term(200), whole.truncate(1)), (vec![], Some(9), 0));
    whole.push(Entry { term: 10, payload: Payload::Noop });
    assert_eq!(whole.terms(), [10]);
    assert_eq!(copy.last_index(), 300, "copies are their own");
}
