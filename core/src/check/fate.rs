//! What becomes of a write at one server, and how it is told.

use crate::cast::NodeId;
use crate::trace::{Loss, Mark};

/// What became of a write at one server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Nobody has sent it there.
    Unsent,
    /// It is under way.
    Sent(Mark),
    /// The message died; by the act of which record, where it was one.
    Lost(Mark, Loss, Option<u32>),
    /// It came, and the server kept what it had.
    Refused(Mark),
    /// It came, and the server kept what it had, although that had not seen it: nothing stands for it there.
    Ignored(Mark),
    /// The server has it.
    Took(Mark),
    /// The server keeps it for another.
    Hinted(Mark),
    /// The server kept it for another, or was to, and does not any more.
    LetGo(Mark),
    /// The server had it and gave it up for another.
    Dropped(Mark),
    /// The server had it, or kept it for another, and lost its disk.
    Wiped(Mark),
    /// The server had it and forgot it: a tombstone whose lifetime was over.
    Forgotten(Mark),
}

/// What became of a write at every server, and what had at any moment before: a read is judged by what a replica had when it answered, not by
/// what has come to it since.
#[derive(Clone, Debug)]
pub struct Fates {
    now: Vec<Fate>,
    /// The last thing that each server itself had done with it, whatever messages with it were sent there since.
    own: Vec<Fate>,
    /// Every change in order: at which server, the record, to what.
    past: Vec<(NodeId, u32, Fate)>,
}

impl Fates {
    /// Nobody has sent the write anywhere yet.
    pub(super) fn new(servers: usize) -> Fates {
        Fates { now: vec![Fate::Unsent; servers], own: vec![Fate::Unsent; servers], past: Vec::new() }
    }

    /// What has become of it by now; none for who is no server.
    pub fn of(&self, server: NodeId) -> Option<Fate> {
        self.now.get(server.index()).copied()
    }

    /// What has become of it by now, at all servers.
    pub(super) fn all(&self) -> &[Fate] {
        &self.now
    }

    /// What had become of it when that record was written.
    pub(super) fn at(&self, server: NodeId, record: u32) -> Option<Fate> {
        let by_then = |(of, changed, _): &&(NodeId, u32, Fate)| *of == server && *changed <= record;
        let last = self.past.iter().rev().find(by_then);
        last.map_or(self.of(server).map(|_| Fate::Unsent), |(_, _, fate)| Some(*fate))
    }

    /// What a server had done with it before messages with it were sent there once more, if it had given it up or lost it: that they die
    /// changes nothing.
    pub(super) fn but_for_messages(&self, server: NodeId) -> Option<Fate> {
        let gone = |fate: &Fate| matches!(fate, Fate::Dropped(_) | Fate::Wiped(_) | Fate::Forgotten(_));
        self.own.get(server.index()).copied().filter(gone)
    }

    /// Whether a server took it at that record, whatever it has done with it since.
    pub(super) fn took_at(&self, server: NodeId, record: u32) -> bool {
        let takes = |(of, changed, fate): &(NodeId, u32, Fate)| {
            *of == server && *changed == record && matches!(fate, Fate::Took(_))
        };
        self.past.iter().rev().any(takes)
    }

    /// The acts that killed messages with it, up to a record.
    pub(super) fn acts_until(&self, record: u32) -> impl Iterator<Item = u32> + '_ {
        let by_then = move |(_, changed, _): &&(NodeId, u32, Fate)| *changed <= record;
        self.past.iter().filter(by_then).filter_map(|(_, _, fate)| fate.act())
    }

    /// Whether it was then that a server had it for the first time.
    pub(super) fn is_first(&self, at: Mark) -> bool {
        let first = self.past.iter().find(|(_, _, fate)| matches!(fate, Fate::Took(_)));
        first.is_some_and(|(_, record, _)| *record == at.record)
    }

    /// Whether a server took it once more, after it had given it up or lost it; as of a record.
    pub(super) fn taken_again(&self, server: NodeId, record: u32) -> Option<Mark> {
        let by_then = |(of, changed, fate): &(NodeId, u32, Fate)| {
            (*of == server && *changed <= record).then_some(*fate)
        };
        let mut gone = false;
        let mut again = None;
        for fate in self.past.iter().filter_map(by_then) {
            match fate {
                Fate::Took(at) if gone => again = Some(at),
                Fate::Took(_) => {}
                Fate::Dropped(_) | Fate::Forgotten(_) | Fate::Wiped(_) => (gone, again) = (true, None),
                _ => {}
            }
        }
        again
    }

    /// Something else has become of it.
    pub(super) fn set(&mut self, server: NodeId, at: Mark, fate: Fate) {
        if let Some(place) = self.now.get_mut(server.index()) {
            *place = fate;
            if !matches!(fate, Fate::Sent(_) | Fate::Lost(..)) {
                self.own[server.index()] = fate;
            }
            self.past.push((server, at.record, fate));
        }
    }
}

impl Fate {
    /// In words: what there is to say of `server` and the write ("it"), under timestamps or where concurrent writes are siblings. `winner` is
    /// what it was refused or given up for, and why that wins, as far as it is known.
    pub fn tell(&self, server: &str, siblings: bool, winner: Option<&str>) -> String {
        match self {
            Fate::Unsent => format!("{server} had not been sent it"),
            Fate::Sent(_) => format!("{server} had not received it yet: it was on its way"),
            Fate::Lost(_, loss, _) => format!("{server} had not received it: {}", loss.missed()),
            Fate::Refused(_) if siblings => {
                format!("{server} had received it and kept what it had, whose vector covers it")
            }
            Fate::Refused(_) => {
                format!("{server} had received it and kept {}", winner.unwrap_or("what it had, which wins"))
            }
            Fate::Ignored(_) => {
                let kept = winner.unwrap_or("what it had, whose vector covers it");
                format!(
                    "{server} had received it and kept {kept}, although that was written without having seen it"
                )
            }
            Fate::Took(_) => format!("{server} had it"),
            Fate::Hinted(_) => format!("{server} kept it for another"),
            Fate::LetGo(_) => format!("{server} did not keep it for another any more"),
            Fate::Dropped(_) => {
                format!("{server} had given it up for {}", winner.unwrap_or("what replaced it"))
            }
            Fate::Wiped(_) => format!("{server} had it and lost its disk"),
            Fate::Forgotten(_) => format!("{server} had forgotten it: the tombstone's lifetime was over"),
        }
    }

    /// In words, for who looks back from now on a write that the server lacks.
    pub(super) fn tell_lack(&self, server: &str, siblings: bool, winner: Option<&str>) -> String {
        match self {
            Fate::Unsent => "nobody has sent it there".into(),
            Fate::Sent(_) => "it is still on its way".into(),
            Fate::Lost(..) => {
                format!("{}, and nothing brought it again", self.tell(server, siblings, winner))
            }
            Fate::Hinted(_) => format!("{server} only keeps it for another"),
            _ => format!("{}, and nothing has brought it since", self.tell(server, siblings, winner)),
        }
    }

    /// When it became so.
    pub fn mark(&self) -> Option<Mark> {
        match self {
            Fate::Unsent => None,
            Fate::Sent(at)
            | Fate::Lost(at, ..)
            | Fate::Refused(at)
            | Fate::Ignored(at)
            | Fate::Took(at)
            | Fate::Hinted(at)
            | Fate::LetGo(at)
            | Fate::Dropped(at)
            | Fate::Wiped(at)
            | Fate::Forgotten(at) => Some(*at),
        }
    }

    /// The record of it.
    pub fn record(&self) -> Option<u32> {
        self.mark().map(|at| at.record)
    }

    /// The act that made it so, where one did: a cut, a crash, a dropped message.
    pub(super) fn act(&self) -> Option<u32> {
        match self {
            Fate::Lost(_, _, act) => *act,
            _ => None,
        }
    }

    /// Whether the server has seen it, whatever it did with it.
    pub(super) fn has_seen(&self) -> bool {
        matches!(self, Fate::Took(_) | Fate::Refused(_) | Fate::Dropped(_) | Fate::Forgotten(_))
    }
}
