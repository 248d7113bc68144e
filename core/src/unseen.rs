//! What cannot be seen in a text: characters that only direct, part or join others.

/// Whether a character shows nothing of itself: it only directs how the others are shown, such as the marks that turn the order of a text
/// around, so that it reads as another; or it parts or joins them, or takes their place, unseen. These are the code points that Unicode says
/// are ignored where they cannot be drawn (Default_Ignorable_Code_Point) but for the selectors of a character's look, those that begin and
/// end annotations, the separators of lines and paragraphs, and all controls.
pub fn is_unseen(c: char) -> bool {
    let unseen = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    c.is_control() || unseen
}

/// A text without what is unseen in it: it reads as it is written.
pub fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_unseen(*c)).collect()
}
