//! How wide text is, from a table: layouts and charts measure the same natively, in a page and in a worker.

/// Advance widths of Helvetica's printable ASCII, space to tilde, in thousandths of the size (Adobe Core 14 metrics;
/// Arial and Liberation Sans have the same). Pictures ask for these fonts by name.
const ASCII: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, // space to /
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
];

/// Width of one line of text in the unit of `size`, at normal weight.
pub fn text_width(text: &str, size: f64) -> f64 {
    f64::from(text.chars().map(advance).sum::<u32>()) * size / 1000.0
}

/// Width of one line of bold text: Helvetica Bold is up to 8 % wider on the words of labels.
pub fn bold_text_width(text: &str, size: f64) -> f64 {
    text_width(text, size) * 1.08
}

/// The text cut to a width, with an ellipsis where something is missing.
pub fn fit_text(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let room = (width - text_width("…", size)) * 1000.0 / size;
    let mut used = 0;
    let kept: String = text
        .chars()
        .take_while(|letter| {
            used += advance(*letter);
            f64::from(used) <= room
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// The text in lines of at most a width, broken at spaces; a longer word has a line of its own.
pub fn wrap_text(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("there is one");
        let longer = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
        if text_width(&longer, size) > width && !last.is_empty() {
            lines.push(word.to_owned());
        } else {
            *last = longer;
        }
    }
    lines
}

fn advance(letter: char) -> u32 {
    match letter {
        ' '..='~' => u32::from(ASCII[letter as usize - ' ' as usize]),
        '·' | '’' | '‘' => 278,
        '–' | '\u{a0}' | 'µ' | 'μ' | '×' | '≤' | '≥' | '±' | '−' => 584,
        '…' | '—' | '→' | '←' | '↔' | '↑' | '↓' => 1000,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0,
        // East Asian wide letters and pictographs fill the em.
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' => 1000,
        '\u{ff00}'..='\u{ff60}' | '\u{1f000}'..='\u{1faff}' => 1000,
        // Other letters are about as wide as Latin ones; a capital's worth errs on the safe side.
        _ => 667,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_follow_the_table() {
        assert_eq!(text_width("iW", 10.0), 11.66);
        assert_eq!(text_width("", 12.0), 0.0);
        assert!(bold_text_width("n1", 12.0) > text_width("n1", 12.0));
    }

    #[test]
    fn lines_fit() {
        let lines = wrap_text("the quick brown fox jumps", 12.0, 70.0);
        assert_eq!(lines.join(" "), "the quick brown fox jumps");
        assert!(lines.len() > 1 && lines.iter().all(|line| text_width(line, 12.0) <= 70.0), "{lines:?}");
    }

    #[test]
    fn cut_text_fits() {
        assert_eq!(fit_text("short", 12.0, 100.0), "short");
        let cut = fit_text("a rather long label", 12.0, 60.0);
        assert!(cut.ends_with('…') && text_width(&cut, 12.0) <= 60.0, "{cut}");
        assert_eq!(fit_text("abc", 12.0, 1.0), "…");
    }
}
