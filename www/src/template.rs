//! Templates: HTML files with `{{slots}}`, and the escaping of what goes into them.
use std::fs;

use anyhow::{Context, Result, bail, ensure};

use crate::workspace;

/// The template `www/static/templates/NAME.html` with its slots filled. Every slot needs a value, every value a slot.
pub fn render(name: &str, slots: &[(&str, &str)]) -> Result<String> {
    let file = workspace::root().join("www/static/templates").join(name).with_extension("html");
    let text = fs::read_to_string(&file).with_context(|| format!("no template {}", file.display()))?;
    fill(&text, slots).with_context(|| format!("in the template {}", file.display()))
}

/// `text` with each `{{slot}}` replaced by its value, which is HTML already.
pub fn fill(text: &str, slots: &[(&str, &str)]) -> Result<String> {
    for (slot, _) in slots {
        ensure!(text.contains(&format!("{{{{{slot}}}}}")), "no place for the value of {{{{{slot}}}}}");
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((slot, after)) = after.split_once("}}") else { bail!("a slot is opened and not closed") };
        let Some((_, value)) = slots.iter().find(|(name, _)| *name == slot) else {
            bail!("{{{{{slot}}}}} has no value")
        };
        out.push_str(before);
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// `text` made safe between tags and inside a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_needs_a_value_and_every_value_a_slot() {
        assert_eq!(fill("<p>{{a}} {{b}} {{a}}</p>", &[("a", "1"), ("b", "2")]).unwrap(), "<p>1 2 1</p>");
        assert!(fill("{{a}}", &[]).is_err());
        assert!(fill("nothing", &[("a", "1")]).is_err());
        assert!(fill("{{a", &[]).is_err());
    }

    #[test]
    fn a_value_is_not_searched_for_slots() {
        assert_eq!(fill("{{a}}", &[("a", "{{b}}")]).unwrap(), "{{b}}");
    }

    #[test]
    fn escaped_text_cannot_leave_its_attribute() {
        assert_eq!(escape(r#"<a b="c&d">'"#), "&lt;a b=&quot;c&amp;d&quot;&gt;&#39;");
    }
}
