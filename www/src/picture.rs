//! Pictures made when the site is built: the small ones of labs and presets, and the preview of a preset that chat programs show.
use std::sync::Arc;

use anyhow::{Context, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use splitbrain::lab::{Detail, Lab, Outcome};
use splitbrain::link::{self, At, Link};
use splitbrain::trace::{Cursor, Trace};
use splitbrain_web::markup::Node;
use splitbrain_web::scene::Scene;
use splitbrain_web::text_width::{bold_text_width, text_width};
use splitbrain_web::views::{self, Focus, Look, View, spacetime};
use splitbrain_web::{svg, theme};

use crate::made;
use crate::template::escape;

/// The size of a preview, in pixels: what chat programs and networks ask for.
pub const PREVIEW: (u32, u32) = (1200, 630);

/// How many records around the middle of a run are searched for a moment that shows much.
const SEARCHED: usize = 200;

/// The file beside the page of a preset, or of a lab, that has the small picture of its run.
pub const SMALL: &str = "small.svg";

/// The size of a small picture, in the units of its drawing: a page leaves that room before it is there.
pub fn size_of(svg: &str) -> Option<(&str, &str)> {
    let value = |name: &str| svg.split_once(&format!(" {name}=\""))?.1.split('"').next();
    Some((value("width")?, value("height")?))
}

/// The picture of a link's run as an SVG file, to be shown small.
pub fn small(lab: &'static dyn Lab, link: &str) -> Result<String> {
    made::text("small", made::hash((made::program(), link)), || {
        Ok(svg::standalone(&scene("small", lab, &opened(lab, link)?, 360)?, svg::Theme::Auto))
    })
}

/// The picture of a link's run, with a title and a sentence, as a PNG file.
pub fn preview(lab: &'static dyn Lab, link: &str, title: &str, sentence: &str) -> Result<Vec<u8>> {
    made::bytes("previews", made::hash((made::program(), link, title, sentence)), || {
        let scene = scene("preview", lab, &opened(lab, link)?, 720)?;
        let svg = preview_svg(&scene, lab.meta().title, title, sentence);
        // Drawing takes longer than the run: another program may find the same drawing.
        made::bytes("drawn", made::hash(&svg), || rasterised(&svg))
    })
}

fn opened(lab: &'static dyn Lab, link: &str) -> Result<Link> {
    link::parse(link, &[lab]).link.with_context(|| format!("{link} is no link to {}", lab.meta().id))
}

/// The first view that the lab offers, at the moment that the link names or one that shows something.
fn scene(id: &str, lab: &'static dyn Lab, link: &Link, width: u32) -> Result<Scene> {
    let outcome = lab.run(&link.scenario, Detail::Full);
    let cursor = cursor(link, &outcome);
    let look = Look {
        id,
        lab,
        scenario: &link.scenario,
        outcome: &outcome,
        cursor,
        width,
        focus: Focus::None,
        lit: &[],
        eyes: None,
        window: spacetime::window_around(&outcome, cursor, width, true),
        probe_us: None,
        beside: None,
    };
    let shows = lab.shows(&link.scenario);
    let named = link.view.view.iter().chain(&link.view.panels).map(String::as_str);
    let drawn = |view: &'static View| (view.draw)(&look).scene;
    named
        .chain(lab.meta().views.iter().copied())
        .filter_map(views::find)
        // A view that has only words to say about this run is no picture of it.
        .filter(|view| (view.needs)(&shows))
        .find_map(drawn)
        .with_context(|| format!("the lab {} offers no view that draws", lab.meta().id))
}

/// Where the link says; otherwise at the first broken promise; otherwise where most is under way.
fn cursor(link: &Link, outcome: &Outcome) -> Cursor {
    let trace = &outcome.trace;
    match link.view.at {
        Some(At::Time(at_us)) => return Cursor::at(trace, at_us),
        Some(At::Record(id)) => {
            if let Some(index) = trace.index_of(id) {
                return Cursor::after(trace, index);
            }
        }
        None => {}
    }
    let breaks = outcome.verdicts.iter().filter_map(|verdict| verdict.break_());
    match breaks.map(|change| change.at.record).min().and_then(|id| trace.index_of(id)) {
        Some(index) => Cursor::after(trace, index),
        None => busiest(trace),
    }
}

/// Between two records near the middle of the run, where most messages are under way.
fn busiest(trace: &Trace) -> Cursor {
    let records = trace.records();
    let first = (records.len() / 2).saturating_sub(SEARCHED / 2);
    let places = first..(first + SEARCHED).min(records.len().saturating_sub(1));
    let lasts = |index: usize| records[index + 1].at_us - records[index].at_us;
    let best = places.max_by_key(|&index| (trace.in_flight(index).len(), lasts(index)));
    best.map_or_else(Cursor::default, |index| Cursor {
        index: index as u32 + 1,
        at_us: records[index].at_us + lasts(index) / 2,
    })
}

/// The left margin of a preview, and as much on the right.
const MARGIN: f64 = 56.0;

/// Title, sentence and picture on one sheet of the preview's size.
fn preview_svg(scene: &Scene, lab: &str, title: &str, sentence: &str) -> String {
    let (width, height) = (f64::from(PREVIEW.0), f64::from(PREVIEW.1));
    let inner = width - 2.0 * MARGIN;
    let [surface, rule] = ["surface", "rule"].map(color);
    let (words, bottom) = preview_words(lab, title, sentence, inner);
    let (top, box_height) = (bottom + 26.0, height - bottom - 54.0);
    let scale = (inner / scene.width).min((box_height - 24.0) / scene.height);
    let (x, y) = ((width - scene.width * scale) / 2.0, top + (box_height - scene.height * scale) / 2.0);
    let drawn = svg::picture(&svg::still(scene));
    // The font of previews has no tick; an answer is told by its words and colour as well.
    let marks = drawn.child_nodes().iter().map(Node::to_html).collect::<String>().replace("✓ ", "");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\"><style>{}</style>\
         <rect width=\"{width}\" height=\"{height}\" class=\"m r-paper\"/>{words}\
         <rect x=\"{MARGIN}\" y=\"{top}\" width=\"{inner}\" height=\"{box_height}\" rx=\"12\" style=\"fill:{surface};stroke:{rule}\"/>\
         <g transform=\"translate({x:.2} {y:.2}) scale({scale:.4})\">{marks}</g></svg>",
        theme::flat_stylesheet(false),
    )
}

/// The lines above a preview's picture, and where the last one stands.
fn preview_words(lab: &str, title: &str, sentence: &str, width: f64) -> (String, f64) {
    let [ink, soft, accent] = ["ink", "ink-soft", "accent"].map(color);
    let titles = wrapped(title, 44.0, width, bold_text_width).into_iter().take(2);
    let sentences = wrapped(sentence, 26.0, width, text_width).into_iter().take(3);
    let mut lines = vec![(format!("Splitbrain · {lab}"), 24.0, 64.0, accent, 400)];
    lines.extend(titles.map(|line| (line, 44.0, 56.0, ink, 700)));
    lines.extend(sentences.map(|line| (line, 26.0, 38.0, soft, 400)));
    let (mut words, mut y) = (String::new(), 0.0);
    for (line, size, below, color, weight) in lines {
        y += below;
        words.push_str(&format!(
            "<text x=\"{MARGIN}\" y=\"{y}\" style=\"font-size:{size}px;fill:{color};font-weight:{weight}\">{}</text>",
            escape(&line)
        ));
    }
    (words, y)
}

fn color(name: &str) -> &'static str {
    theme::color(name, false).expect("the stylesheet has it")
}

/// A text in lines of at most this width. The font of previews runs a little wider than the table that measures.
fn wrapped(text: &str, size: f64, width: f64, measure: fn(&str, f64) -> f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if measure(&format!("{line} {word}"), size) * 1.08 <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

/// An SVG file as PNG.
fn rasterised(svg: &str) -> Result<Vec<u8>> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(notosans::REGULAR_TTF.to_vec());
    fonts.load_font_data(notosans::BOLD_TTF.to_vec());
    fonts.set_sans_serif_family("Noto Sans");
    let options = usvg::Options {
        font_family: "Noto Sans".into(),
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).context("a picture of ours is no SVG")?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height()).context("a preview has a size")?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().context("a preview does not pack")
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::labs::LABS;

    #[test]
    fn every_lab_has_a_card_and_its_first_preset_a_preview() {
        for lab in LABS {
            assert!(size_of(&small(*lab, lab.meta().id).unwrap()).is_some());
            let preset = &lab.presets()[0];
            let png = preview(*lab, preset.link, preset.title, preset.sentence).unwrap();
            assert!(png.starts_with(b"\x89PNG"));
        }
    }

    #[test]
    fn lines_hold_what_fits() {
        let chars = |text: &str, _: f64| text.len() as f64;
        assert_eq!(wrapped("one two three", 1.0, 8.0, chars), ["one two", "three"]);
        assert!(wrapped("", 1.0, 8.0, chars).is_empty());
    }
}
