//! The keys of a widget, and what each says to it.

/// The keys that a widget with the focus listens to: key, with Shift, with Control or Command, the message, and what help says of it.
pub const KEYS: [(&str, &str, &str); 23] = [
    ("Space", "toggle", "play or pause; in a narrated run, go on to the next stop"),
    ("PageDown", "on", "the same in a narrated run, as remote controls do it"),
    ("PageUp", "back", "to the stop before, in a narrated run"),
    ("ArrowRight", "step 1", "one event forward"),
    ("ArrowLeft", "step -1", "one event back"),
    ("n", "message 1", "to the next message"),
    ("p", "message -1", "to the previous message"),
    ("]", "verdict 1", "to the next change of a light"),
    ("[", "verdict -1", "to the previous change of a light"),
    ("Home", "start", "to the start"),
    ("End", "end", "to the end"),
    (".", "faster", "faster"),
    (",", "slower", "slower"),
    ("+", "zoom 0.5", "the diagram in time: closer"),
    ("-", "zoom 2", "further"),
    ("Shift+ArrowRight", "pan 0.25", "a part later"),
    ("Shift+ArrowLeft", "pan -0.25", "a part earlier"),
    ("0", "fit", "the whole run, or the part at the cursor"),
    ("Control+z", "undo", "take back the last change"),
    ("Control+Shift+Z", "redo", "do it again"),
    ("f", "project", "picture and sentence fill the screen; Escape leaves"),
    ("Escape", "escape", "close what is in front"),
    ("?", "help", "this list"),
];

/// What a key does to the handle of a cue: arrows move it by a gap between events, with Shift or as Page keys by ten.
pub fn of_cue_key(cue: &str, key: &str, shift: bool) -> Option<String> {
    let by = match (key, shift) {
        ("ArrowRight" | "ArrowUp", false) => "1",
        ("ArrowLeft" | "ArrowDown", false) => "-1",
        ("ArrowRight" | "ArrowUp", true) | ("PageUp", _) => "10",
        ("ArrowLeft" | "ArrowDown", true) | ("PageDown", _) => "-10",
        _ => return None,
    };
    Some(format!("cue nudge {cue} {by}"))
}

/// The message of a key.
pub fn of_key(key: &str, shift: bool, control: bool, alt: bool) -> Option<&'static str> {
    if alt {
        return None;
    }
    let name = match (control, shift, key) {
        (true, false, "z" | "Z") => "Control+z",
        (true, true, "z" | "Z") | (true, false, "y") => "Control+Shift+Z",
        (true, ..) => return None,
        (false, _, " ") => "Space",
        (false, true, "ArrowRight") => "Shift+ArrowRight",
        (false, true, "ArrowLeft") => "Shift+ArrowLeft",
        (false, _, key) => key,
    };
    KEYS.iter().find(|(key, ..)| *key == name).map(|(_, message, _)| *message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg::Msg;

    #[test]
    fn every_key_has_a_message_that_is_read() {
        for (_, message, _) in KEYS {
            assert!(Msg::parse(message, "", true).is_some(), "{message}");
        }
        assert_eq!(of_key(" ", false, false, false), Some("toggle"));
        assert_eq!(of_key("z", false, true, false), Some("undo"));
        assert_eq!(of_key("a", false, true, false), None);
    }
}
