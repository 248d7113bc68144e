//! What a page decides about a widget, and how wide it is laid out.

/// What a page decides about a widget, apart from its link.
#[derive(Clone, Debug)]
pub struct Options {
    /// Begins every id in the widget, so that several share a page.
    pub id: String,
    /// The panels that are open where the link names none.
    pub panels: Vec<String>,
    /// The controls that may be moved where the link names none.
    pub controls: Option<Vec<String>>,
    /// The width of its box, in CSS pixels.
    pub width: u32,
    /// The clock, in ms, by which large runs go in stretches, which the page asks for: see `App::advance`. Without one they are done at once.
    pub clock: Option<fn() -> f64>,
    /// Steps instead of motion.
    pub still: bool,
    /// Whether the page is the widget's own: it offers no larger one.
    pub whole: bool,
    /// Whether the browser keeps for this widget what it is asked to keep.
    pub keeps: bool,
    /// What was kept, by name.
    pub kept: Vec<(String, String)>,
    /// Where the site stands, with a slash at the end: for "open full" and the embed code.
    pub site: String,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            id: "sb".into(),
            panels: Vec::new(),
            controls: None,
            width: 720,
            clock: None,
            still: false,
            whole: false,
            keeps: false,
            kept: Vec::new(),
            site: String::new(),
        }
    }
}

/// How wide a widget is laid out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Width {
    /// As narrow, with pictures for still less room: words stay 12 px high on a screen of 320.
    Slim,
    /// One column, panels as tabs: phones, notes.
    Narrow,
    /// Pictures one below another, panels in two columns.
    Middle,
    /// Stage and diagram side by side.
    Wide,
}

impl Width {
    /// The layout for a box of that many CSS pixels.
    pub fn of(pixels: u32) -> Width {
        match pixels {
            0..368 => Width::Slim,
            368..600 => Width::Narrow,
            600..1060 => Width::Middle,
            _ => Width::Wide,
        }
    }

    /// The layout of a brief widget for a box of that many CSS pixels: its picture stands alone, in half a wide column or all of a narrow one.
    pub fn of_brief(pixels: u32) -> Width {
        match pixels {
            0..368 => Width::Slim,
            368..740 => Width::Narrow,
            _ => Width::Middle,
        }
    }

    /// A number that changes where one of the two does.
    pub fn bin(pixels: u32) -> u32 {
        Width::of(pixels) as u32 * 4 + Width::of_brief(pixels) as u32
    }

    /// Its class.
    pub fn class(self) -> &'static str {
        match self {
            Width::Slim | Width::Narrow => "narrow",
            Width::Middle => "middle",
            Width::Wide => "wide",
        }
    }
}
