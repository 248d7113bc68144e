//! What the page tells a widget: the message of the element that something happened to, and what the event carries.

/// Something that the reader did, as text and plain values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UiEvent {
    /// The event's name, from `markup::EVENTS`.
    pub event: &'static str,
    /// The message of the element: the text of its `data-on-…` attribute.
    pub message: String,
    /// The text or number in a form control; empty elsewhere.
    pub value: String,
    /// Whether a checkbox or radio button is on, or a details element is open.
    pub checked: bool,
    /// The key pressed, as in `KeyboardEvent.key`: `"ArrowLeft"`, `" "`, `"a"`.
    pub key: String,
    /// Where the pointer is, in units of the picture that it is over; from the element's corner elsewhere.
    pub x: f64,
    /// See `x`.
    pub y: f64,
    /// How far a wheel turned, in pixels; down is positive.
    pub wheel: f64,
    /// How far it turned sideways, in pixels; to the right is positive.
    pub wheel_x: f64,
    /// Which pointer it is: fingers have a number each.
    pub pointer: i32,
    /// Whether a finger or a pen points, not a mouse.
    pub touch: bool,
    /// Whether a button of the mouse or a finger is down.
    pub pressed: bool,
    /// Modifier keys.
    pub shift: bool,
    /// Control, or Command on a Mac.
    pub control: bool,
    /// Alt, or Option on a Mac.
    pub alt: bool,
}

/// What a widget made of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// It acted on it: the page's own reaction (scrolling, following a link) is held back.
    Yes,
    /// It acted on it, and the page reacts too.
    Also,
    /// It did nothing: elements further out that ask for this event are asked next.
    No,
}

/// What a patch may do to the field that the reader is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Its text and its thumb stay as the reader has them.
    Keep,
    /// It shows what the tree says: after a reset, an undo, or when an entry is complete.
    Overwrite,
}
