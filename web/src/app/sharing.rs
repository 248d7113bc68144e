//! What leaves a widget: addresses, code to embed, pictures, and sentences about records.

use super::{App, Effect};
use crate::{data, svg, views};
use splitbrain::link::{Hide, Link, fingerprint};
use splitbrain::scenario::Scenario;
use splitbrain::tell::Transcript;
use splitbrain::time::DurationUs;

/// The height of a frame where nobody has measured what will be in it, in CSS pixels.
const FRAME_PX: u32 = 640;

/// What a page that embeds labs may run, so that each frame is as high as what is in it at any width.
pub(crate) const LISTENER: &str = "<script>addEventListener('message',({data,source})=>{if(data?.type==='splitbrain-height')for(const frame of document.querySelectorAll('iframe'))if(frame.contentWindow===source)frame.style.height=`${data.height}px`})</script>";

impl App {
    /// The link of everything as it is now, cursor included.
    pub fn link_now(&self) -> Link {
        let mut link = self.link().clone();
        if !self.posed {
            link.view.at = self.at_now();
        }
        if self.unfolded {
            link.view.knobs = None;
        }
        if self.open != self.panels_at_first() || !link.view.panels.is_empty() {
            link.view.panels = self.open.iter().map(|id| (*id).to_string()).collect();
        }
        link
    }

    /// The address of the lab's full window with everything as it is now.
    pub fn address(&self) -> String {
        let fragment = splitbrain::link::print_fragment(&self.as_bench(self.shared_link()), self.lab);
        format!("{}labs/{}/full/#{fragment}", self.options.site, self.lab.meta().id)
    }

    /// The same as a worksheet: whoever opens it judges for themselves.
    pub fn worksheet(&self) -> String {
        let mut link = self.as_bench(self.shared_link());
        link.view.hide = Hide::Lights;
        link.view.panels.retain(|id| id != "verdicts" && id != "challenges");
        let fragment = splitbrain::link::print_fragment(&link, self.lab);
        format!("{}labs/{}/full/#{fragment}", self.options.site, self.lab.meta().id)
    }

    /// The link with what its author saw: the run's digest and the lab's revision.
    fn shared_link(&self) -> splitbrain::link::Link {
        let mut link = self.link_now();
        link.envelope.digest = (!self.is_waiting()).then(|| fingerprint(&self.outcomes[0]));
        link.envelope.revision = Some(self.lab.meta().revision);
        link
    }

    /// The link as text with what its author saw.
    pub fn shared_text(&self) -> String {
        splitbrain::link::print(&self.shared_link(), self.labs)
    }

    /// An iframe to paste into notes, as high as what is in it.
    pub fn embed_code(&self) -> String {
        let (title, height) = (self.lab.meta().title, self.framed_px.unwrap_or(FRAME_PX));
        format!(
            "<iframe src=\"{}embed/#{}\" title=\"Splitbrain: {title}\" width=\"100%\" height=\"{height}\" loading=\"lazy\"></iframe>",
            self.options.site,
            splitbrain::link::print(&self.framed_link(), self.labs)
        )
    }

    /// What stands in a frame: the panels that the reader has chosen, or else the picture with its timeline.
    fn framed_link(&self) -> splitbrain::link::Link {
        let mut link = self.shared_link();
        if link.view.panels.is_empty() {
            let first = self.views().map(|view| view.id).take(1);
            link.view.panels = first.chain(["timeline"]).map(String::from).collect();
        }
        link
    }

    /// What the page has to find out for the menu: how high a frame has to be. A large run would be run a second time for it.
    pub(super) fn measure(&self) -> Option<Effect> {
        let link = splitbrain::link::print(&self.framed_link(), self.labs);
        (!self.is_large()).then_some(Effect::Measure(link))
    }

    /// A link for Markdown, with what the run shows.
    pub fn markdown(&self) -> String {
        let title = self.lab.meta().title;
        if self.hides_lights() {
            return format!("[{title}]({})", self.address());
        }
        format!("[{title}: {}]({})", self.summary(), self.address())
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

    /// Says whether a text is on the clipboard, once the page knows.
    pub(super) fn tell_copied(&mut self, outcome: &str) {
        self.copied = match outcome {
            "done" => "Copied.",
            "selected" => {
                "The browser refuses to copy here. The text is selected: copy it with Ctrl+C, or ⌘C."
            }
            "saved" => "The file is with the browser.",
            "framed" => {
                "If no file has come, the page around this one does not allow downloads: open the full window and save it there."
            }
            "unsaved" => "The file could not be made here. What a PNG shows is in the SVG, too.",
            _ => "The browser refuses to copy here.",
        };
        self.said = self.copied.into();
    }

    /// The settings of the run as the configuration of a tool.
    pub(super) fn copy_export(&mut self, id: &str) -> Vec<Effect> {
        let exports = self.lab.exports(self.scenario());
        let found = exports.into_iter().find(|export| export.id == id);
        found.map(|export| Effect::Copy(export.text)).into_iter().collect()
    }

    /// A file of one of the kinds `save-svg`, `save-png` (of a view), `save-csv` and `save-json` (of the run).
    pub(super) fn file(&mut self, kind: &str, view: &str) -> Option<Effect> {
        let ending = kind.strip_prefix("save-").unwrap_or(kind);
        let id = self.lab.meta().id;
        let name = |what: &str| format!("splitbrain-{id}-{what}.{ending}");
        let (what, mime, text) = match kind {
            "save-csv" => ("records", "text/csv", self.records_file()),
            // Figures give away what a worksheet hides.
            "save-json" if self.hides_lights() => return None,
            "save-json" => {
                let run = Box::new(data::run_with_series(&self.shared_text(), &self.outcomes[0]));
                return Some(Effect::SaveRun { name: name("run"), run });
            }
            "save-png" => (view, "image/png", self.picture_file(view)?),
            _ => (view, "image/svg+xml", self.picture_file(view)?),
        };
        Some(Effect::Save { name: name(what), mime, text })
    }

    /// A view as SVG, with a caption: what it shows, when, and the link that gives it again. The page makes dots of it for a PNG.
    fn picture_file(&self, view: &str) -> Option<String> {
        let view = views::find(view)?;
        let mut scene = self.draw(view, 0, 720).scene?;
        let summary = match self.hides_lights() {
            true => String::new(),
            false => format!(" Judged over the whole run, {}.", self.summary()),
        };
        let (title, at, seed) = (self.lab.meta().title, self.clock(self.play.at_us), self.scenario().seed);
        let words = format!("{title}: {}, at {at}, seed {seed}.{summary}", view.title);
        svg::caption(&mut scene, &words, &self.address());
        Some(svg::styled(&scene, svg::STYLES_OF_THE_PAGE))
    }

    fn records_file(&mut self) -> String {
        if self.outcomes[0].trace.records().len() > data::MAX_ROWS {
            self.copied = "The run has more records than a file may have: it has the first 50,000.";
            self.said = self.copied.into();
        }
        data::records(&self.transcript(0))
    }

    /// The scenario of run `side` that is shown.
    pub(crate) fn scenario_of(&self, side: usize) -> &Scenario {
        super::side_of(&self.ran, side)
    }

    /// Run `side` in words.
    pub(crate) fn transcript(&self, side: usize) -> Transcript<'_> {
        Transcript::of(self.lab, self.scenario_of(side), &self.outcomes[side])
    }

    /// A time as the transcript writes it.
    pub(crate) fn clock(&self, at_us: u64) -> String {
        splitbrain::time::moment(at_us, self.ended_us())
    }

    /// A record of run `side` as a sentence without its full stop.
    pub(crate) fn record_words(&self, side: usize, id: u32) -> String {
        match self.outcomes[side].trace.get(id) {
            Some(record) => self.transcript(side).sentence(record),
            None => format!("record {id} was not kept"),
        }
    }

    /// The horizon as links write it.
    pub(crate) fn horizon_text(&self) -> String {
        DurationUs(self.scenario().horizon_us).to_string()
    }
}
