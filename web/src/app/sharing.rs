//! What leaves a widget: addresses, code to embed, pictures, and sentences about records.

use super::{App, Effect};
use crate::svg::{self, Theme};
use crate::views;
use splitbrain::link::fingerprint;
use splitbrain::time::DurationUs;
use splitbrain::trace::{Record, RecordKind};

impl App {
    /// The address of the lab's full window with everything as it is now.
    pub fn address(&self) -> String {
        let fragment = splitbrain::link::print_fragment(&self.shared_link(), self.lab);
        format!("{}labs/{}/full/#{fragment}", self.options.site, self.lab.meta().id)
    }

    /// The link with what its author saw: the run's digest and the lab's revision.
    fn shared_link(&self) -> splitbrain::link::Link {
        let mut link = self.link_now();
        link.envelope.digest = Some(fingerprint(&self.outcomes[0]));
        link.envelope.revision = Some(self.lab.meta().revision);
        link
    }

    /// The link as text with what its author saw.
    pub fn shared_text(&self) -> String {
        splitbrain::link::print(&self.shared_link(), self.labs)
    }

    /// An iframe to paste into notes.
    pub fn embed_code(&self) -> String {
        let title = self.lab.meta().title;
        format!(
            "<iframe src=\"{}embed/#{}\" title=\"Splitbrain: {title}\" width=\"100%\" height=\"640\" loading=\"lazy\"></iframe>",
            self.options.site,
            self.shared_text()
        )
    }

    /// A link for Markdown, with what the run shows.
    pub fn markdown(&self) -> String {
        format!("[{}: {}]({})", self.lab.meta().title, self.summary(), self.address())
    }

    /// One sentence on what the run came to.
    pub fn summary(&self) -> String {
        let broken: Vec<&str> = self.outcomes[0]
            .verdicts
            .iter()
            .filter(|verdict| verdict.break_().is_some())
            .filter_map(|verdict| {
                self.lab.meta().promises.iter().find(|promise| promise.id == verdict.promise)
            })
            .map(|promise| promise.term)
            .collect();
        match broken.is_empty() {
            true => "every promise kept".into(),
            false => format!("broken: {}", broken.join(", ")),
        }
    }

    pub(super) fn copy(&mut self, text: String) -> Vec<Effect> {
        self.said = "Copied.".into();
        vec![Effect::Copy(text)]
    }

    /// A view as an SVG file.
    pub(super) fn picture_file(&mut self, view: &str) -> Vec<Effect> {
        let picture = views::find(view).map(|view| self.draw(view, 0, 720));
        let Some(scene) = picture.and_then(|picture| picture.scene) else { return Vec::new() };
        let name = format!("splitbrain-{}-{view}.svg", self.lab.meta().id);
        vec![Effect::Save { name, mime: "image/svg+xml", text: svg::standalone(&scene, Theme::Auto) }]
    }

    /// A time of this run for readouts that keep their width: milliseconds in short runs, seconds in long ones.
    pub(crate) fn clock(&self, at_us: u64) -> String {
        if self.ended_us() < 100_000_000 {
            format!("{}.{:02} ms", at_us / 1_000, at_us % 1_000 / 10)
        } else {
            format!("{}.{:03} s", at_us / 1_000_000, at_us % 1_000_000 / 1_000)
        }
    }

    /// A record of run `side` as a sentence without its full stop.
    pub(crate) fn record_words(&self, side: usize, id: u32) -> String {
        let outcome = &self.outcomes[side];
        let Some(record) = outcome.trace.get(id) else { return format!("record {id} was not kept") };
        let name = |node| outcome.cast.name(node);
        let (node, words) = (record.node, outcome.trace.words(record));
        match record.kind {
            RecordKind::Act => self.act_words(side, record),
            RecordKind::Boot => format!("{} boots", name(node)),
            RecordKind::Send => format!("{} sends {words} to {}", name(node), name(record.peer)),
            RecordKind::Deliver => format!("{} receives {words} from {}", name(node), name(record.peer)),
            RecordKind::Lose => {
                let why = record.loss().map_or("lost", |loss| loss.word());
                format!("{words} from {} to {} is lost: {why}", name(record.peer), name(node))
            }
            RecordKind::Timer => format!("{}: timer {words}", name(node)),
            RecordKind::Invoke => format!("{} asks for {words}", name(node)),
            RecordKind::Return => format!("{} is told {words}", name(node)),
            RecordKind::Abandon => {
                format!("{} goes down; the outcome of its operation is unknown", name(node))
            }
        }
    }

    fn act_words(&self, side: usize, record: &Record) -> String {
        let scenario = match (&self.link().second, side) {
            (Some(second), 1) => second,
            _ => &self.link().scenario,
        };
        let cue = scenario.cues.get(record.payload as usize);
        cue.map_or_else(|| "the script acts".into(), |cue| cue.act.sentence())
    }

    /// The horizon as links write it.
    pub(crate) fn horizon_text(&self) -> String {
        DurationUs(self.scenario().horizon_us).to_string()
    }
}
