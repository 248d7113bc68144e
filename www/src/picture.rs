//! Pictures made when the site is built: the one on a lab's card, and the preview of a preset that chat programs show.
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use splitbrain::lab::{Detail, Lab, Outcome};
use splitbrain::link::{self, At, Link};
use splitbrain::trace::{Cursor, Trace};
use splitbrain_web::scene::Scene;
use splitbrain_web::svg;
use splitbrain_web::text_width::{bold_text_width, text_width};
use splitbrain_web::theme;
use splitbrain_web::views::{self, Focus, Look, View, spacetime};

use crate::template::escape;
use crate::workspace;

/// The size of a preview, in pixels: what chat programs and networks ask for.
pub const PREVIEW: (u32, u32) = (1200, 630);

/// How many records around the middle of a run are searched for a moment that shows much.
const SEARCHED: usize = 200;

/// The picture of a lab's default run for its card, as SVG for a page. Its title says what it is to whoever points at it.
pub fn card(lab: &'static dyn Lab) -> Result<String> {
    let id = lab.meta().id;
    let scene = scene(&format!("card-{id}"), lab, &opened(lab, id)?, 360)?;
    Ok(svg::picture(&svg::still(&scene)).to_html())
}

/// The picture of a link's run, with a title and a sentence, as a PNG file.
pub fn preview(lab: &'static dyn Lab, link: &str, title: &str, sentence: &str) -> Result<Vec<u8>> {
    let scene = scene("preview", lab, &opened(lab, link)?, 720)?;
    rasterised(&preview_svg(&scene, lab.meta().title, title, sentence))
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
    };
    let named = link.view.view.iter().chain(&link.view.panels).map(String::as_str);
    let drawn = |view: &'static View| (view.draw)(&look).scene;
    named
        .chain(lab.meta().views.iter().copied())
        .filter_map(views::find)
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

/// Title, sentence and picture on one sheet of the preview's size.
fn preview_svg(scene: &Scene, lab: &str, title: &str, sentence: &str) -> String {
    let (width, height) = (f64::from(PREVIEW.0), f64::from(PREVIEW.1));
    let [ink, soft, accent, surface, rule] = ["ink", "ink-soft", "accent", "surface", "rule"]
        .map(|name| theme::color(name, false).expect("the stylesheet has it"));
    let (left, inner) = (56.0, width - 112.0);
    let mut words = format!(
        "<text x=\"{left}\" y=\"66\" style=\"font-size:24px;fill:{accent}\">Splitbrain · {}</text>",
        escape(lab)
    );
    let mut y = 118.0;
    let lines =
        wrapped(title, 44.0, inner, bold_text_width).into_iter().take(2).map(|line| (line, 44.0, ink, 700));
    let more =
        wrapped(sentence, 26.0, inner, text_width).into_iter().take(3).map(|line| (line, 26.0, soft, 400));
    for (line, size, color, weight) in lines.chain(more) {
        words.push_str(&format!(
            "<text x=\"{left}\" y=\"{y}\" style=\"font-size:{size}px;fill:{color};font-weight:{weight}\">{}</text>",
            escape(&line)
        ));
        y += size * 1.36;
    }
    let (top, box_height) = (y - 8.0, height - y - 26.0);
    let scale = (inner / scene.width).min((box_height - 20.0) / scene.height);
    let (x, y) = ((width - scene.width * scale) / 2.0, top + (box_height - scene.height * scale) / 2.0);
    let marks =
        svg::picture(&svg::still(scene)).child_nodes().iter().map(|node| node.to_html()).collect::<String>();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\"><style>{}</style>\
         <rect width=\"{width}\" height=\"{height}\" class=\"m r-paper\"/>{words}\
         <rect x=\"{left}\" y=\"{top}\" width=\"{inner}\" height=\"{box_height}\" rx=\"12\" style=\"fill:{surface};stroke:{rule}\"/>\
         <g transform=\"translate({x:.2} {y:.2}) scale({scale:.4})\">{marks}</g></svg>",
        theme::flat_stylesheet(false),
    )
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

/// An SVG file as PNG. What has been drawn before is kept in the target folder under a hash of the drawing.
fn rasterised(svg: &str) -> Result<Vec<u8>> {
    let kept = kept(svg);
    if let Ok(png) = fs::read(&kept) {
        return Ok(png);
    }
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
    let png = pixels.encode_png().context("a preview does not pack")?;
    // Keeping it only saves time: where that fails, nothing is lost.
    let _ =
        fs::create_dir_all(kept.parent().expect("it lies in a folder")).and_then(|()| fs::write(&kept, &png));
    Ok(png)
}

fn kept(svg: &str) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    svg.hash(&mut hasher);
    workspace::target().join("previews").join(format!("{:016x}.png", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::labs::LABS;

    #[test]
    fn every_lab_has_a_card_and_its_first_preset_a_preview() {
        for lab in LABS {
            assert!(card(*lab).unwrap().starts_with("<svg"));
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
