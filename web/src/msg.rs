//! What can be said to a widget: messages, and their text form as elements, keys and host pages write it.

use crate::app::slice::Slice;
use crate::number::parse_number;
use crate::views::Focus;
use splitbrain::cast::Name;
use splitbrain::link::At;

/// A message. Elements carry it as text in `data-on-…` attributes; what the event brings (the text of a field) follows as its value.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Msg {
    /// Play from here; from the start when it has ended.
    Play,
    /// Stop playing, at a time within the stretch that was being played.
    Pause(Option<u64>),
    /// Play or pause.
    Toggle,
    /// In a narrated run, to the next stop of its script; to the one before.
    GoOn,
    GoBack,
    /// The stretch being played has come to its end.
    Arrive,
    /// So many events forward, or back.
    Step(i32),
    /// To the next (1) or previous (-1) message.
    StepMessage(i32),
    /// To the next (1) or previous (-1) change of a light.
    StepVerdict(i32),
    /// To a stop of the timeline.
    Seek(usize),
    ToStart,
    ToEnd,
    /// To a record or a time of the first run.
    GoTo(At),
    /// To a record of the second run.
    GoToSecond(u32),
    /// The place of a speed among [`crate::app::play::SPEEDS`].
    Speed(usize),
    /// The next faster (1) or slower (-1) speed.
    SpeedBy(i32),
    /// Play true time instead of event by event.
    TrueTime(bool),
    /// Give a parameter a value, as text; `done` once the reader has let go.
    Set {
        key: String,
        text: String,
        done: bool,
    },
    /// Give a parameter the value at a place of its slider.
    Slide {
        key: String,
        place: usize,
        done: bool,
    },
    /// Put a parameter, the seed or the horizon back to its default.
    Reset(String),
    ResetAll,
    Seed(String),
    Horizon(String),
    /// Do something now, keeping later cues, or dropping what comes after.
    Do {
        act: String,
        drop_later: bool,
    },
    /// Take a cue out.
    CueRemove(usize),
    /// Give a cue another time, as text.
    CueTime(usize, String),
    /// Drag a cue on the timeline to after a stop; `done` once the reader has let go.
    CueDrag {
        cue: usize,
        stop: usize,
        done: bool,
    },
    /// Move a cue on the timeline by so many gaps between events.
    CueNudge(usize, i32),
    CueLetGo,
    /// The form for a new cue: the act's word, its time, one of its fields; and its end.
    DraftWord(String),
    DraftTime(String),
    DraftField(usize, String),
    DraftAdd,
    Undo,
    Redo,
    Focus(Focus),
    /// Close the menu of the node or link in focus.
    MenuClose,
    /// Said in the second of two runs, and about it.
    InSecond(Box<Msg>),
    /// Light what led to a record.
    WhyRecord(u32),
    /// Light the evidence of a promise's light.
    WhyPromise(String),
    WhyClose,
    Eyes(Option<Name>),
    /// Open or close a panel.
    Panel(String),
    /// The panel in front on a narrow page.
    Tab(String),
    /// Open or close a group of controls.
    Group {
        name: String,
        open: bool,
    },
    /// Closer (below 1) or further, about the place on which the pointer is, from 0 to 1.
    Zoom {
        factor: f64,
        about: f64,
    },
    /// Along the run, in windows.
    Pan(f64),
    /// A hand has pulled the window by so many of its lengths, and stretched it about a place, since it took hold of it.
    Pull {
        factor: f64,
        about: f64,
        shift: f64,
    },
    /// Read the charts at one of the moments at which they were measured.
    Probe(usize),
    /// Read the chart of a run under a place of its picture, so many units wide.
    ProbeAt {
        side: usize,
        width: u32,
        x: f64,
        y: f64,
    },
    ProbeOff,
    /// The hand has let go of the diagram.
    LetGo,
    ZoomFit,
    Warp(bool),
    Open(String),
    /// Put this run beside a copy of itself, or take the copy away.
    Pair,
    /// Which of two runs the controls change.
    Side(usize),
    /// Whether a finger cuts by drawing a line.
    Knife,
    /// A line is being drawn across the stage; it is done, or given up.
    Slice(Slice),
    SliceEnd,
    SliceOff,
    /// Attempt a challenge, from its start; and leave it.
    Attempt(String),
    LeaveAttempt,
    /// Guess this answer of the challenge's question.
    Guess(usize),
    /// Show or hide the challenge's hint.
    Hint,
    /// Another widget or tab has kept this text.
    Kept {
        name: String,
        text: String,
    },
    /// Something was pasted outside a field.
    Paste(String),
    /// The name for the run to be saved; and save it.
    SaveName(String),
    SaveRun,
    /// Open a run of a list of those kept, `saved` or `recent`, by its place; take a saved one out.
    OpenKept(String, usize),
    Forget(usize),
    /// The saved runs as a file; the text of such a file.
    Export,
    Import(String),
    /// The reader leaves the page.
    Leave,
    /// The browser has refused to keep something.
    Unkept,
    CopyLink,
    CopyEmbed,
    /// The script for pages that embed labs.
    CopyListener,
    /// So high, in CSS pixels, a frame with what is shared would be.
    Framed(u32),
    CopyMarkdown,
    /// The settings as the configuration of the tool of this id.
    CopyExport(String),
    CopyWorksheet,
    /// What became of the text to be copied: it is on the clipboard (`done`), or only `selected`, or `refused`.
    Copied(String),
    /// A file of that kind, of that view where it is a picture.
    SaveFile(String, String),
    /// Open the whole bench in the place of a brief widget, or close it.
    More(bool),
    Share,
    Help,
    /// Picture and sentence fill the screen, or no longer.
    Project(bool),
    ToggleProject,
    /// Close whatever is in front: help, menus, why, focus.
    Escape,
    DismissProblems,
    DismissHalt,
    /// The box has this width, in CSS pixels.
    Width(u32),
    /// The element is shown with reduced motion.
    Still(bool),
}

impl Msg {
    /// Reads a message and the value that its event brought. `None` when it says nothing that is known.
    pub fn parse(message: &str, value: &str, checked: bool) -> Option<Msg> {
        let (word, rest) = message.split_once(' ').unwrap_or((message, ""));
        let on = || match rest {
            "" => checked,
            word => word == "on",
        };
        // An argument that is written out comes before what the event brought.
        let text = || if rest.is_empty() { value.to_string() } else { rest.to_string() };
        let number = |text: &str| text.parse::<usize>().ok();
        Some(match word {
            "play" => Msg::Play,
            "pause" => Msg::Pause(rest.parse().ok()),
            "toggle" => Msg::Toggle,
            "on" => Msg::GoOn,
            "back" => Msg::GoBack,
            "arrive" => Msg::Arrive,
            "step" => Msg::Step(rest.parse().ok()?),
            "message" => Msg::StepMessage(rest.parse().ok()?),
            "verdict" => Msg::StepVerdict(rest.parse().ok()?),
            "seek" => Msg::Seek(number(&text())?),
            "start" => Msg::ToStart,
            "end" => Msg::ToEnd,
            "at" => Msg::GoTo(At::parse(&text()).ok()?),
            "goto" => Msg::GoTo(At::Record(rest.strip_prefix("record ")?.parse().ok()?)),
            "goto-second" => Msg::GoToSecond(rest.parse().ok()?),
            "speed" => Msg::Speed(number(&text())?),
            "faster" => Msg::SpeedBy(1),
            "slower" => Msg::SpeedBy(-1),
            "true-time" => Msg::TrueTime(on()),
            "set" | "try" => {
                let (key, text) = rest.split_once(' ').unwrap_or((rest, value));
                Msg::Set { key: key.into(), text: text.into(), done: word == "set" }
            }
            "slide" | "slid" => Msg::Slide { key: rest.into(), place: number(value)?, done: word == "slid" },
            "reset" => Msg::Reset(rest.into()),
            "reset-all" => Msg::ResetAll,
            "seed" => Msg::Seed(text()),
            "for" => Msg::Horizon(text()),
            "do" => Msg::Do { act: text(), drop_later: false },
            "do-drop" => Msg::Do { act: text(), drop_later: true },
            "cue" => return parse_cue(rest, value),
            "draft" => return parse_draft(rest, value),
            "undo" => Msg::Undo,
            "redo" => Msg::Redo,
            "focus" => Msg::Focus(parse_focus(rest)?),
            "unfocus" => Msg::Focus(Focus::None),
            "menu-close" => Msg::MenuClose,
            "why" => match rest.split_once(' ')? {
                ("record", id) => Msg::WhyRecord(id.parse().ok()?),
                ("promise", id) => Msg::WhyPromise(id.into()),
                _ => return None,
            },
            "second" => Msg::InSecond(Box::new(Msg::parse(rest, value, checked)?)),
            "why-close" => Msg::WhyClose,
            "eyes" => match text().as_str() {
                "" | "all" => Msg::Eyes(None),
                name => Msg::Eyes(Some(name.parse().ok()?)),
            },
            "panel" => Msg::Panel(text()),
            "tab" => Msg::Tab(rest.into()),
            "group" => Msg::Group { name: rest.into(), open: checked },
            "zoom" => {
                let (factor, about) = rest.split_once(' ').unwrap_or((rest, "0.5"));
                Msg::Zoom { factor: parse_number(factor)?, about: parse_number(about)? }
            }
            "pan" => Msg::Pan(parse_number(rest)?),
            "probe" => Msg::Probe(number(&text())?),
            "probe-off" => Msg::ProbeOff,
            "fit" => Msg::ZoomFit,
            "warp" => Msg::Warp(on()),
            "unwarp" => Msg::Warp(!on()),
            "open" => Msg::Open(text()),
            "pair" => Msg::Pair,
            "side" => Msg::Side(number(&text())?),
            "attempt" => Msg::Attempt(rest.into()),
            "attempt-off" => Msg::LeaveAttempt,
            "guess" => Msg::Guess(number(rest)?),
            "hint" => Msg::Hint,
            "paste" => Msg::Paste(value.into()),
            "save-name" => Msg::SaveName(value.into()),
            "save-run" => Msg::SaveRun,
            "open-kept" => {
                let (list, place) = rest.split_once(' ')?;
                Msg::OpenKept(list.into(), number(place)?)
            }
            "forget" => Msg::Forget(number(rest)?),
            "export" => Msg::Export,
            "import" => Msg::Import(value.into()),
            "leave" => Msg::Leave,
            "kept" => Msg::Kept { name: rest.into(), text: value.into() },
            "unkept" => Msg::Unkept,
            "copy" => match rest {
                "link" => Msg::CopyLink,
                "embed" => Msg::CopyEmbed,
                "listener" => Msg::CopyListener,
                "markdown" => Msg::CopyMarkdown,
                tool if tool.starts_with("export ") => Msg::CopyExport(tool["export ".len()..].into()),
                "worksheet" => Msg::CopyWorksheet,
                _ => return None,
            },
            "copied" => Msg::Copied(text()),
            "save-svg" | "save-png" | "save-csv" | "save-json" => Msg::SaveFile(word.into(), rest.into()),
            "knife" => Msg::Knife,
            "slice-end" => Msg::SliceEnd,
            "slice-off" => Msg::SliceOff,
            "more" => Msg::More(true),
            "less" => Msg::More(false),
            "share" => Msg::Share,
            "help" => Msg::Help,
            "project" if rest.is_empty() => Msg::ToggleProject,
            "project" => Msg::Project(on()),
            "escape" => Msg::Escape,
            "problems-close" => Msg::DismissProblems,
            "halt-close" => Msg::DismissHalt,
            "frame" => Msg::Framed(rest.parse().ok()?),
            "width" => Msg::Width(rest.parse().ok()?),
            "still" => Msg::Still(on()),
            _ => return None,
        })
    }
}

fn parse_cue(rest: &str, value: &str) -> Option<Msg> {
    if rest == "let-go" {
        return Some(Msg::CueLetGo);
    }
    let (word, place) = rest.split_once(' ')?;
    if let ("nudge", Some((cue, by))) = (word, place.split_once(' ')) {
        return Some(Msg::CueNudge(cue.parse().ok()?, by.parse().ok()?));
    }
    let place = place.parse().ok()?;
    match word {
        "drag" | "dragged" => {
            Some(Msg::CueDrag { cue: place, stop: value.parse().ok()?, done: word == "dragged" })
        }
        "remove" => Some(Msg::CueRemove(place)),
        "time" => Some(Msg::CueTime(place, value.into())),
        _ => None,
    }
}

fn parse_draft(rest: &str, value: &str) -> Option<Msg> {
    let (word, argument) = rest.split_once(' ').unwrap_or((rest, ""));
    match word {
        "word" => Some(Msg::DraftWord(if argument.is_empty() { value } else { argument }.into())),
        "time" => Some(Msg::DraftTime(value.into())),
        "field" => Some(Msg::DraftField(argument.parse().ok()?, value.into())),
        "add" => Some(Msg::DraftAdd),
        _ => None,
    }
}

/// `node n1`, `link n1-n2`, `record 123`, `op 7`.
fn parse_focus(text: &str) -> Option<Focus> {
    let node = |name: &str| name.parse().ok();
    let (word, rest) = text.split_once(' ')?;
    match word {
        "node" => node(rest).map(Focus::Node),
        "link" => {
            let (a, b) = rest.split_once('-')?;
            Some(Focus::Link(node(a)?, node(b)?))
        }
        "record" => rest.parse().ok().map(Focus::Record),
        "op" => rest.parse().ok().map(Focus::Operation),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Msg> {
        Msg::parse(text, "7", true)
    }

    #[test]
    fn messages_are_read() {
        assert_eq!(parse("step -1"), Some(Msg::Step(-1)));
        let name = |name: &str| name.parse::<Name>().expect("a name");
        assert_eq!(parse("focus link n1-c1"), Some(Msg::Focus(Focus::Link(name("n1"), name("c1")))));
        assert_eq!(parse("set w"), Some(Msg::Set { key: "w".into(), text: "7".into(), done: true }));
        assert_eq!(parse("slide w"), Some(Msg::Slide { key: "w".into(), place: 7, done: false }));
        assert_eq!(parse("goto record 12"), Some(Msg::GoTo(At::Record(12))));
        assert_eq!(parse("seek"), Some(Msg::Seek(7)));
        for text in ["", "step", "focus node x9", "focus", "dance", "zoom NaN", "cue remove x", "why record"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
