//! How wide text is, from a table: layouts and charts measure the same natively, in a page and in a worker.

/// Advance widths of printable ASCII, space to tilde, in thousandths of the size: for each letter the wider of Helvetica (Adobe Core 14
/// metrics; Arial and Liberation Sans have the same) and DejaVu Sans, which many Linux systems draw instead. Whichever a reader has, words fit.
const ASCII: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, // space to /
    636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 556, // 0 to ?
    1015, 684, 686, 722, 770, 667, 611, 778, 752, 295, 500, 667, 557, 863, 748, 787, // @ to O
    667, 787, 722, 667, 611, 732, 684, 989, 685, 667, 685, 390, 337, 390, 838, 556, // P to _
    500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, // ` to o
    635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838, // p to ~
];

/// Width of one line of text in the unit of `size`, at normal weight.
pub fn text_width(text: &str, size: f64) -> f64 {
    f64::from(text.chars().map(advance).sum::<u32>()) * size / 1000.0
}

/// How much wider bold text is: DejaVu Sans Bold is up to 15 % wider on the words of labels, Helvetica Bold 8 %.
pub(crate) const BOLD: f64 = 1.15;

/// Width of one line of bold text.
pub fn bold_text_width(text: &str, size: f64) -> f64 {
    text_width(text, size) * BOLD
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

/// The same for bold text.
pub fn fit_bold_text(text: &str, size: f64, width: f64) -> String {
    fit_text(text, size, width / BOLD)
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

/// The text in lines of at most a width, broken anywhere: an address has no spaces.
pub fn broken_text(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for letter in text.chars() {
        let last = lines.last_mut().expect("there is one");
        last.push(letter);
        if text_width(last, size) > width && last.pop().is_some() {
            lines.push(letter.into());
        }
    }
    lines
}

/// The text in at most so many lines; where more would be needed the last one ends at a word, with an ellipsis.
pub fn wrap_at_most(text: &str, size: f64, width: f64, most: usize) -> Vec<String> {
    let mut lines = wrap_text(text, size, width);
    if lines.len() > most {
        lines.truncate(most);
        let last = lines.last_mut().expect("there is a line");
        while text_width(&format!("{last} …"), size) > width
            && let Some((kept, _)) = last.rsplit_once(' ')
        {
            *last = kept.to_owned();
        }
        last.push_str(" …");
    }
    lines
}

fn advance(letter: char) -> u32 {
    match letter {
        ' '..='~' => u32::from(ASCII[letter as usize - ' ' as usize]),
        '·' | '’' | '‘' | '\u{a0}' => 318,
        '–' | 'µ' | 'μ' | '“' | '”' => 636,
        '×' | '≤' | '≥' | '±' | '−' | '✓' | '✕' => 838,
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
        assert_eq!(text_width("iW", 10.0), 12.67);
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
    fn many_lines_end_at_a_word() {
        let lines = wrap_at_most("the quick brown fox jumps over the lazy dog", 12.0, 80.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with(" …") && text_width(&lines[1], 12.0) <= 80.0, "{lines:?}");
        assert_eq!(wrap_at_most("short", 12.0, 80.0, 2), ["short"]);
    }

    #[test]
    fn cut_text_fits() {
        assert_eq!(fit_text("short", 12.0, 100.0), "short");
        let cut = fit_text("a rather long label", 12.0, 60.0);
        assert!(cut.ends_with('…') && text_width(&cut, 12.0) <= 60.0, "{cut}");
        assert_eq!(fit_text("abc", 12.0, 1.0), "…");
    }
}
