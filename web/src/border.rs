//! The whole border with JavaScript: one class, plain values, and what to do when the model panics. Structured data are the types of `data` and
//! `many`, as plain objects: integers are numbers, all of them below 2^53; what there is none of is null.

mod options;

use crate::app::runs::{Job, PART};
use crate::app::slice::Slice;
use crate::app::{App, Effect, Width};
use crate::dom::Mount;
use crate::event::{Field, Handled, UiEvent};
use crate::hold::{Axis, Hold, wheeled};
use crate::keys::{of_cue_key, of_key};
use crate::msg::Msg;
use crate::{blackbox, data, panics, worker};
use js_sys::{Array, Function};
use options::{number_of, read_options, text};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use splitbrain::lab::Lab;
use splitbrain::labs::IDS;
use splitbrain::link;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::OnceLock;
use wasm_bindgen::prelude::*;

/// New seeds stay short in links.
const SEEDS: u32 = 100_000;

/// All labs.
static LABS: OnceLock<&'static [&'static dyn Lab]> = OnceLock::new();

thread_local! {
    /// Those that may be asked for anything: their parts are in their places.
    static AT_HAND: Cell<&'static [&'static dyn Lab]> = const { Cell::new(&[]) };
}

/// Says which labs there are, before anything else is asked of this module, and has the page told of panics.
pub fn serve(labs: &'static [&'static dyn Lab]) {
    let _ = LABS.set(labs);
    panics::watch();
}

/// The labs that are at hand.
pub(crate) fn labs() -> &'static [&'static dyn Lab] {
    AT_HAND.get()
}

/// The part of the lab with that id is in its place. What was opened before knows nothing of it.
#[wasm_bindgen]
pub fn has(lab: &str) {
    let all = LABS.get().copied().unwrap_or_default();
    let Some(place) = IDS.iter().position(|id| *id == lab) else { return };
    let known = labs();
    if known.iter().all(|known| known.meta().id != lab) {
        // As often as there are labs, at the most.
        AT_HAND.set(Vec::leak([known, &all[place..=place]].concat()));
    }
}

/// The id of the lab that a link opens with: the one that it names, or else its home, or else the first.
#[wasm_bindgen]
pub fn lab_of(link: &str, home: &str) -> String {
    let named = link::named(link);
    let known = |id: &str| IDS.iter().find(|known| **known == id);
    named.as_deref().and_then(known).or_else(|| known(home)).unwrap_or(&IDS[0]).to_string()
}

/// The module has stopped in the midst of its work and without a panic, as it does when there is no memory left: the page, which has heard of
/// it, has it told as a panic is.
#[wasm_bindgen]
pub fn trapped(message: &str) {
    panics::fallen(message);
}

/// Of how many runs a check of a lab consists; 0 for one that has no slices.
#[wasm_bindgen]
pub fn check_units(lab: &str, check: &str, quick: bool) -> u32 {
    worker::check_units(labs(), lab, check, quick)
}

/// What a check's runs from `from` up to `to` come to.
#[wasm_bindgen]
pub fn check_values(lab: &str, check: &str, from: u32, to: u32) -> Vec<i64> {
    blackbox::working(0);
    worker::check_values(labs(), lab, check, from..to)
}

/// How a check turned out, by all that its runs came to: `{kept, expected, measured}`, a boolean and two texts.
#[wasm_bindgen]
pub fn check_judged(lab: &str, check: &str, units: u32, values: &[i64]) -> JsValue {
    blackbox::working(0);
    plain(&worker::check_judged(labs(), lab, check, units, values))
}

/// Runs a link to its end, of two runs the first: what it came to, as [`data::Run`].
///
/// # Errors
/// What is wrong with a link that names no lab at hand, in a sentence.
#[wasm_bindgen]
pub fn run(link: &str) -> Result<JsValue, JsError> {
    blackbox::working(0);
    Ok(plain(&worker::run(labs(), link).map_err(|why| JsError::new(&why))?))
}

/// What the labs at hand declare, as [`data::Catalogue`].
#[wasm_bindgen]
pub fn catalogue() -> JsValue {
    blackbox::working(0);
    plain(&data::catalogue(labs()))
}

/// A plain object.
fn plain(data: &impl Serialize) -> JsValue {
    data.serialize(&Serializer::json_compatible()).expect("data of ours are plain")
}

/// A widget in the page.
#[wasm_bindgen]
pub struct Widget {
    inner: Rc<RefCell<Inner>>,
    /// By which the page knows it.
    number: u32,
}

struct Inner {
    app: App,
    number: u32,
    /// Where the pointer was pressed on the stage.
    pressed: Option<(f64, f64)>,
    /// The pointers that are down on the diagram in time.
    hold: Hold,
    root: web_sys::Node,
    /// Nothing, until there is something to show.
    mount: Option<Mount>,
    /// The page shows what was before: drawing is left to a stretch of its own, after which the page hears of these effects.
    unshown: Option<(Field, Vec<Effect>)>,
    /// A run that nobody will see.
    unseen: Option<Job>,
    /// How many events are handled at a time while a run is under way.
    pace: u64,
    /// Called with the name of an effect and its value; answers `now` with the time that the page shows, in µs.
    tell: Function,
}

#[wasm_bindgen]
impl Widget {
    /// Opens a link and draws it into `root`, an element or a shadow root, instead of what is there. `options` has `number`, by which a panic
    /// names the widget, `site`, `width`, `still`, `whole`, `home`, the lab for a link that names none, and optionally `panels` and
    /// `controls`, lists of words, and `kept`, an object of texts.
    #[wasm_bindgen(constructor)]
    pub fn new(root: &web_sys::Node, link: &str, options: &JsValue, tell: Function) -> Widget {
        let number = number_of(options);
        blackbox::working(number);
        let home = text(options, "home").and_then(|id| link::find_lab(labs(), &id)).unwrap_or(labs()[0]);
        let mut app = App::opening(link, labs(), home, read_options(options));
        app.first_stretch();
        let root = root.clone();
        let inner = Rc::new(RefCell::new(Inner {
            app,
            number,
            pressed: None,
            hold: Hold::default(),
            root,
            mount: None,
            unshown: None,
            unseen: None,
            pace: PART,
            tell,
        }));
        let widget = Widget { inner, number };
        widget.show(Field::Overwrite);
        widget
    }

    /// Whether it was left in the midst of its work: the module has stopped there.
    pub fn is_stuck(&self) -> bool {
        self.inner.try_borrow_mut().is_err()
    }

    /// The layout for a box of that many CSS pixels: a number that changes where layouts do.
    pub fn layout(width: u32) -> u32 {
        Width::bin(width)
    }

    /// Goes on with a run that takes longer than a frame, by about a millisecond (what an event takes differs a hundredfold), or shows what has
    /// come of it; says whether the same stretch may go on with more. What comes after a run's events is in larger pieces, each a stretch. A
    /// widget that has just been opened shows nothing before.
    pub fn advance(&self) -> bool {
        blackbox::working(self.number);
        let unshown = self.inner.borrow_mut().unshown.take();
        if let Some((field, effects)) = unshown {
            self.show(field);
            let tell = self.inner.borrow().tell.clone();
            tell_all(&tell, effects);
            return self.inner.borrow().app.is_running();
        }
        let mut inner = self.inner.borrow_mut();
        let (begun_ms, events) = (js_sys::Date::now(), inner.pace);
        let effects = inner.app.advance(events);
        inner.pace = App::paced(events, js_sys::Date::now() - begun_ms);
        if !inner.app.is_waiting() {
            inner.unshown = Some((Field::Keep, effects));
        }
        inner.app.is_running()
    }

    /// Does a part of what a moved slider would have done, and keeps nothing of it: what has run a few times, the browser makes fast. Says
    /// whether that was the last part.
    pub fn warm_up(&self) -> bool {
        blackbox::working(self.number);
        let mut inner = self.inner.borrow_mut();
        let unseen = inner.unseen.take();
        inner.unseen = inner.app.run_unseen(unseen);
        inner.unseen.is_none()
    }

    /// Whether a run is under way or not shown yet: [`Widget::advance`] goes on with it.
    pub fn is_waiting(&self) -> bool {
        let inner = self.inner.borrow();
        inner.app.is_waiting() || inner.unshown.is_some()
    }

    /// Shows the widget as it is now.
    fn show(&self, field: Field) {
        let mut guard = self.inner.borrow_mut();
        let inner = &mut *guard;
        if !inner.app.is_ready() {
            return;
        }
        let tree = inner.app.view();
        match &mut inner.mount {
            Some(mount) => mount.show(tree, field),
            None => {
                let weak = Rc::downgrade(&self.inner);
                inner.mount.insert(Mount::new(&inner.root, tree)).listen(move |event| hear(&weak, &event));
            }
        }
    }

    /// Sends a message in its text form; `value` is what a field would bring.
    pub fn message(&self, text: &str, value: &str) {
        let event = UiEvent { event: "", message: text.into(), value: value.into(), ..UiEvent::default() };
        hear(&Rc::downgrade(&self.inner), &event);
    }

    /// The next stretch of play: from and to in µs, and how many milliseconds it takes; nothing when not playing.
    pub fn leg(&self) -> Option<Vec<f64>> {
        blackbox::working(self.number);
        let inner = self.inner.borrow();
        let leg = inner.app.leg().filter(|_| inner.app.is_playing())?;
        Some(vec![leg.from_us as f64, leg.to_us as f64, leg.ms])
    }

    /// The link of everything as it is now.
    pub fn link(&self) -> String {
        self.inner.borrow().app.link_text()
    }

    /// The same without the lab's name, for the fragment of the lab's own page.
    pub fn fragment(&self) -> String {
        let inner = self.inner.borrow();
        link::print_fragment(&inner.app.link_now(), inner.app.lab())
    }

    /// A parameter's value, as links write it.
    pub fn value(&self, key: &str) -> Option<String> {
        self.inner.borrow().app.value_text(key)
    }

    /// The lab's id.
    pub fn lab(&self) -> String {
        self.inner.borrow().app.lab().meta().id.into()
    }

    /// What the first run came to, as [`data::Run`].
    pub fn outcome(&self) -> JsValue {
        blackbox::working(self.number);
        let inner = self.inner.borrow();
        plain(&data::run(&inner.app.link_text(), &inner.app.outcomes()[0]))
    }
}

fn hear(widget: &Weak<RefCell<Inner>>, event: &UiEvent) -> Handled {
    let Some(widget) = widget.upgrade() else { return Handled::No };
    let Ok(mut inner) = widget.try_borrow_mut() else { return Handled::No };
    blackbox::working(inner.number);
    if inner.mount.is_none() {
        return Handled::No;
    }
    let Some(msg) = read(&mut inner, event) else { return Handled::No };
    let mut effects = inner.app.update(msg);
    let field = if event.event == "input" { Field::Keep } else { Field::Overwrite };
    let mut told = inner.unshown.take().map_or_else(Vec::new, |(_, effects)| effects);
    if inner.app.is_waiting() {
        // The run has had its part of this frame: the next stretch shows it, and then tells what is told of what is shown.
        let waits = effects.contains(&Effect::Waits);
        effects.retain(|effect| *effect != Effect::Waits);
        told.append(&mut effects);
        inner.unshown = Some((field, told));
        effects.extend(waits.then_some(Effect::Waits));
    } else {
        let tree = inner.app.view();
        if let Some(mount) = &mut inner.mount {
            mount.show(tree, field);
        }
        told.append(&mut effects);
        effects = told;
    }
    let tell = inner.tell.clone();
    drop(inner);
    // The page may send a message in turn: by now the widget is free again.
    tell_all(&tell, effects);
    match event.event {
        "input" | "change" | "toggle" => Handled::Also,
        _ => Handled::Yes,
    }
}

fn tell_all(tell: &Function, effects: Vec<Effect>) {
    for effect in effects {
        let (name, value) = told(effect);
        let _ = tell.call2(&JsValue::NULL, &name.into(), &value);
    }
}

/// What an event says to this widget.
fn read(inner: &mut Inner, event: &UiEvent) -> Option<Msg> {
    let moved;
    let message = match event.message.as_str() {
        message if message.starts_with("cue-key ") => {
            moved = of_cue_key(&message["cue-key ".len()..], &event.key, event.shift)?;
            &moved
        }
        "key" => of_key(&event.key, event.shift, event.control, event.alt)?,
        "new-seed" => return Some(Msg::Seed(fresh_seed().to_string())),
        message if message.starts_with("slice") => return sliced(inner, event),
        message if message.starts_with("probe-at ") => return probed(event),
        // A finger that has left the chart has only been lifted: what it pointed at stays.
        "probe-off" if event.touch => return None,
        message if message.starts_with("hold ") => {
            let axis = Axis::parse(message)?;
            return if event.event == "wheel" { wheeled(event, axis) } else { inner.hold.hear(event, axis) };
        }
        message => message,
    };
    let msg = Msg::parse(message, &event.value, event.checked)?;
    match msg {
        // The keys of a narrated run are the page's where there is none.
        Msg::GoOn | Msg::GoBack if !inner.app.is_narrated() => None,
        Msg::Toggle | Msg::Pause(None) if inner.app.is_playing() => {
            let now = inner.tell.call2(&JsValue::NULL, &"now".into(), &JsValue::UNDEFINED).ok();
            Some(Msg::Pause(now.and_then(|now| now.as_f64()).map(|now| now as u64)))
        }
        msg => Some(msg),
    }
}

/// A line drawn across the stage; a finger scrolls unless the knife is out. The press itself stays the page's, so that it may become a click.
fn sliced(inner: &mut Inner, event: &UiEvent) -> Option<Msg> {
    let width = event.message.split(' ').nth(1).and_then(|width| width.parse().ok());
    match event.event {
        "pointerdown" => {
            inner.pressed = Some((event.x, event.y));
            None
        }
        "pointermove" => {
            let from = inner.pressed.filter(|_| event.pressed && (!event.touch || inner.app.has_knife()))?;
            let to = (event.x, event.y);
            let far = (to.0 - from.0).abs() + (to.1 - from.1).abs() > 12.0;
            (far || inner.app.is_slicing()).then_some(Msg::Slice(Slice { from, to, width: width? }))
        }
        name => {
            inner.pressed = None;
            let end = if name == "pointerup" { Msg::SliceEnd } else { Msg::SliceOff };
            inner.app.is_slicing().then_some(end)
        }
    }
}

/// A pointer over a chart: `probe-at 0 360`, the run and the picture's width.
fn probed(event: &UiEvent) -> Option<Msg> {
    let mut words = event.message.split(' ').skip(1);
    let (side, width) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Msg::ProbeAt { side, width, x: event.x, y: event.y })
}

/// The one place where chance comes in from outside; the seed stands in the scenario and the link at once.
fn fresh_seed() -> u32 {
    getrandom::u32().map_or(1, |number| number % SEEDS)
}

fn told(effect: Effect) -> (&'static str, JsValue) {
    match effect {
        Effect::Ran => ("ran", JsValue::UNDEFINED),
        Effect::Waits => ("waits", JsValue::UNDEFINED),
        Effect::Changed => ("changed", JsValue::UNDEFINED),
        Effect::Played => ("played", JsValue::UNDEFINED),
        Effect::Copy(text) => ("copy", text.into()),
        Effect::Project(on) => ("project", on.into()),
        Effect::Measure(link) => ("measure", link.into()),
        Effect::Save { name, mime, text } => {
            let parts = [JsValue::from(name), mime.into(), text.into()];
            ("save", parts.iter().collect::<Array>().into())
        }
        Effect::SaveRun { name, run } => {
            let parts = [JsValue::from(name), "application/json".into(), plain(&*run)];
            ("save", parts.iter().collect::<Array>().into())
        }
        Effect::Elsewhere(link) => ("elsewhere", link.into()),
        Effect::Keep { name, text } => {
            let parts = [JsValue::from(name), text.into()];
            ("keep", parts.iter().collect::<Array>().into())
        }
        Effect::FocusOn(id) => ("focus", id.into()),
        Effect::FocusBack => ("focus-back", JsValue::UNDEFINED),
    }
}
