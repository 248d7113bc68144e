//! The whole widget as markup: what stands where at each width.

use super::{App, Width};
use crate::markup::{Element, el};
use crate::panels::{
    bar, button, challenges, controls, help, menu, narration, notices, pictures, quick, saved, script, share,
    timeline, verdicts, why,
};
use crate::views::View;
use splitbrain::link::Theme;

impl App {
    /// The whole widget. Pure: equal widgets give equal markup, byte for byte.
    pub fn view(&self) -> Element {
        let brief = self.is_brief();
        let main = match self.width {
            _ if self.projected => self.on_the_wall(),
            _ if brief => self.brief(),
            Width::Slim | Width::Narrow => self.narrow(),
            Width::Middle | Width::Wide => self.broad(),
        };
        let theme = match self.link().view.theme {
            Theme::Auto => None,
            theme => Some(theme.word()),
        };
        el("div")
            .class("sb")
            .class(self.width.class())
            .class_if(brief, "sb-brief")
            .class_if(self.outcomes.len() > 1, "sb-paired")
            .class_if(self.is_playing(), "sb-playing")
            .class_if(self.is_waiting(), "sb-waiting")
            .attr_if("aria-busy", self.is_waiting().then_some("true"))
            .class_if(self.is_folded(), "sb-folded")
            .class_if(self.projected, "sb-projected")
            .attr("data-now", self.play.at_us.to_string())
            .attr_if("data-waits", self.waits().then_some(""))
            .attr_if("data-theme", theme)
            .attr("tabindex", "-1")
            .on("keydown", "key")
            .child_if((!brief && !self.projected).then(|| bar::top(self)))
            .child_if(notices::problems(self))
            .child_if((!brief).then(|| notices::limits(self)).flatten())
            .child_if(challenges::task(self))
            .child(main)
            .child_if((!brief && !self.is_folded() && !self.projected).then(|| bar::panels(self)))
            .child_if((!brief && !self.projected).then(|| bar::status(self)))
            .child_if(self.share.then(|| share::draw(self)))
            .child_if(self.help.then(|| help::draw(self)))
            .child(
                el("p")
                    .key("said")
                    .class("sb-said")
                    .attr("role", "status")
                    .attr("aria-live", "polite")
                    .child(self.said.as_str()),
            )
    }

    /// What can be shown without scripts: the pictures and the lights as they are at the end of the run, or where the link says.
    pub fn still_view(mut self) -> Element {
        self.printed = true;
        if self.is_brief() {
            return self.view().inert();
        }
        if self.link().view.at.is_none() {
            self.go_to_end();
        }
        let count = if self.is_folded() { 1 } else { 2 };
        let pictures = self.open_views().take(count).map(|view| pictures::draw(&self, view));
        el("div")
            .class("sb sb-printed")
            .class(self.width.class())
            .child(el("div").class("sb-main").children(pictures).child_if(narration::draw(&self)))
            .child_if(self.own_panel("verdicts"))
            .child(bar::status(&self))
    }

    /// What a text speaks of: its pictures, time in one row, then its knobs and its promise, beside the picture where there is room.
    fn brief(&self) -> Element {
        let views = self.brief_views();
        let mut shown = views.iter().map(|view| pictures::draw(self, view));
        let first = shown.next().map(|picture| self.frame(picture));
        let pictures = el("div").key("pictures").class("sb-row").class_if(views.len() > 1, "sb-several");
        let light = self.question().map(|promise| {
            let light = verdicts::light(self, promise);
            el("ul").key("question").class("sb-lights").child(light)
        });
        let knobs = controls::knobs(self);
        // What does not depend on time needs no row of it.
        let timeless = views.iter().all(|view| view.id == "export") && light.is_none();
        let time = if timeless { Vec::new() } else { timeline::row(self) };
        let beside = (knobs.is_some() || light.is_some())
            .then(|| el("div").key("beside").class("sb-beside").child_if(knobs).child_if(light));
        let more = button("more", "More").key("more").attr("id", format!("{}-more", self.options.id));
        let more = more.attr("title", "All controls, panels and promises, the script, and ways to share");
        let one = views.len() == 1 && self.outcomes.len() == 1 && beside.is_some();
        el("div")
            .key("main")
            .class("sb-main")
            .class_if(one, "sb-wing")
            .child_if(pictures::sides(self))
            .child(pictures.child_if(first).children(shown))
            .child_if(narration::draw(self))
            .child(el("div").key("time").class("sb-time-row").children(time).child(more))
            .child_if(beside)
            .child_if(self.why.as_ref().map(|why| why::draw(self, why)))
    }

    /// For a projector: the first picture, as large as the screen, what happens now as a sentence, and the timeline.
    #[inline(never)]
    fn on_the_wall(&self) -> Element {
        let picture = self.open_views().next().map(|view| pictures::draw(self, view));
        let sentence = || {
            let broken = self
                .halted
                .as_ref()
                .and_then(|halt| self.outcomes[halt.side].verdict(halt.promise)?.break_());
            let words = broken
                .map(|change| el("strong").class("sb-is-broken").child(format!("Broken: {}", change.why)));
            el("p").key("spoken").class("sb-spoken").child(el("span").child(self.moment())).child_if(words)
        };
        let leave = button("project off", "Leave").key("leave").class("sb-leave").attr("title", "Escape");
        el("div")
            .key("wall")
            .class("sb-main")
            .child(el("div").key("stage").class("sb-stage-frame").child_if(picture))
            .child(narration::draw(self).unwrap_or_else(sentence))
            .child(timeline::draw(self))
            .child(leave)
    }

    /// The first open view, which stands before everything else.
    fn stage(&self) -> Option<Element> {
        let view = self.open_views().next()?;
        Some(self.frame(pictures::draw(self, view)))
    }

    /// A picture with what lies over it.
    fn frame(&self, picture: Element) -> Element {
        let over = el("div").key("over").class("sb-over").child_if(menu::draw(self));
        let frame = el("div").key("stage").class("sb-stage-frame").class_if(self.knife, "sb-cutting");
        frame.child(picture).child_if(quick::draw(self)).child(over)
    }

    fn open_views(&self) -> impl Iterator<Item = &'static View> {
        self.views().filter(|view| self.is_open(view.id))
    }

    /// Whether this view stands before everything else.
    pub(crate) fn is_first(&self, id: &str) -> bool {
        if self.is_brief() {
            return self.brief_views().first().is_some_and(|view| view.id == id);
        }
        self.open_views().next().is_some_and(|view| view.id == id)
    }

    /// Whether the first view has the row for itself.
    pub(crate) fn is_alone(&self) -> bool {
        self.open_views().nth(1).is_none()
    }

    /// Whether this view stands beside the first.
    pub(crate) fn is_second(&self, id: &str) -> bool {
        self.open_views().nth(1).is_some_and(|view| view.id == id)
    }

    fn own_panel(&self, id: &str) -> Option<Element> {
        self.is_open(id).then(|| match id {
            "timeline" => timeline::draw(self),
            "verdicts" => verdicts::draw(self),
            "controls" => controls::draw(self),
            "script" => script::draw(self),
            "challenges" => challenges::draw(self),
            "saved" => saved::draw(self),
            other => unreachable!("{other} is not in PANELS"),
        })
    }

    /// The timeline, and under it what a run says that has halted there: nothing that a hand is on moves, and no picture is covered.
    fn timeline(&self) -> Vec<Element> {
        self.own_panel("timeline").into_iter().chain(notices::halt(self)).collect()
    }

    /// Stage and diagram, the timeline, the controls with the other panels beside them, then what views there are more. Where there is no
    /// room beside the stage, the timeline comes right under it.
    fn broad(&self) -> Element {
        let mut views =
            self.open_views().skip(1).map(|view| pictures::draw(self, view)).collect::<Vec<_>>().into_iter();
        let (wide, second) = (self.width == Width::Wide, views.next());
        let (beside, below) = if wide { (second, None) } else { (None, second) };
        let row = el("div").key("pictures").class("sb-row").class_if(beside.is_none(), "sb-alone");
        let others: Vec<Element> = ["verdicts", "script", "challenges", "saved"]
            .into_iter()
            .filter_map(|id| self.own_panel(id))
            .collect();
        let others =
            (!others.is_empty()).then(|| el("div").key("others").class("sb-others").children(others));
        let controls = self.own_panel("controls");
        let own = el("div").key("own").class("sb-own").class_if(controls.is_none(), "sb-alone");
        el("div")
            .key("main")
            .class("sb-main")
            .child(row.child_if(self.stage()).child_if(beside))
            .child_if(narration::draw(self))
            .children(self.timeline())
            .child_if(self.why.as_ref().map(|why| why::draw(self, why)))
            .child_if(below)
            .child(own.child_if(others).child_if(controls))
            .child(el("div").key("columns").class("sb-columns").children(views))
    }

    /// A narrow widget in a text: a page may hold twenty, so it shows no panel until one is asked for.
    pub(crate) fn is_folded(&self) -> bool {
        self.width <= Width::Narrow && !self.options.whole && !self.unfolded
    }

    /// The stage, the timeline, and one panel at a time.
    fn narrow(&self) -> Element {
        let tabs: Vec<(&'static str, &'static str)> = {
            let own = self.own_panels().filter(|(id, _)| *id != "timeline");
            let own = own.filter(|(id, _)| self.is_open(id));
            own.chain(self.open_views().skip(1).map(|view| (view.id, view.title))).collect()
        };
        let first = tabs.first().filter(|_| !self.is_folded()).map(|(id, _)| *id);
        let tab = tabs.iter().map(|(id, _)| *id).find(|id| *id == self.tab).or(first);
        let broken = self.broken_now().len();
        let buttons = tabs.iter().map(|(id, title)| {
            let words = (*id == "verdicts" && broken > 0)
                .then(|| el("span").class("sb-is-broken").child(format!("✕ {broken} broken")));
            button(format!("tab {id}"), *title)
                .child_if(words)
                .key(*id)
                .class("sb-tab")
                .attr("aria-pressed", if tab == Some(*id) { "true" } else { "false" })
        });
        let front = tab.and_then(|id| match crate::views::find(id) {
            Some(view) => Some(pictures::draw(self, view)),
            None => self.own_panel(id),
        });
        // One that the link has in front is nothing to choose.
        let alone = tabs.len() == 1 && tab.is_some() && self.link().view.view.as_deref() == tab;
        el("div")
            .key("main")
            .class("sb-main")
            .child_if(self.stage())
            .child_if(self.why.as_ref().map(|why| why::draw(self, why)))
            .child_if(narration::draw(self))
            .children(self.timeline())
            .child_if((!alone && tabs.len() > usize::from(first.is_some())).then(|| {
                el("div")
                    .key("tabs")
                    .class("sb-tabs")
                    .attr("role", "group")
                    .attr("aria-label", "Panels")
                    .children(buttons)
            }))
            .child_if(front)
    }
}
