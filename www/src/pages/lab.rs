//! The pages of one lab: the lesson, the full window, and a page for each preset.
use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result, ensure};
use splitbrain::lab::{Lab, Preset};

use super::frame::{self, Head};
use super::{Made, Site, way_up};
use crate::lesson::{self, Lesson, Place, Section};
use crate::scrub::scrub_html;
use crate::sheet::sheet;
use crate::template::{escape, render};
use crate::widget::{Bond, widget_html};
use crate::{book, picture, workspace};

/// Makes the pages of the lab at that place in the list.
pub fn pages(site: &Site, place: usize) -> Result<Made> {
    let (lab, mut made) = (site.labs[place], Made::default());
    lesson_page(site, place, &mut made)?;
    full_page(site, lab, &mut made)?;
    let card = picture::small(lab, lab.meta().id)?;
    made.files.push((format!("{}{}", folder(lab), picture::SMALL), card.into_bytes()));
    for at in 0..lab.presets().len() {
        preset_page(site, lab, at, &mut made)?;
    }
    Ok(made)
}

fn folder(lab: &dyn Lab) -> String {
    format!("labs/{}/", lab.meta().id)
}

fn preview_file(lab: &dyn Lab, preset: &Preset) -> String {
    format!("{}{}/preview.png", folder(lab), preset.id)
}

fn lesson_page(site: &Site, place: usize, made: &mut Made) -> Result<()> {
    let lab = site.labs[place];
    let meta = lab.meta();
    let file = format!("{}index.html", folder(lab));
    let root = way_up(&file);
    let lesson = read_lesson(site, lab, &root)?;
    let title = format!("{} · Splitbrain", meta.title);
    let image = lab.presets().first().map(|preset| preview_file(lab, preset));
    let head = Head {
        file: &file,
        kind: "lab",
        title: &title,
        description: meta.summary,
        image: image.as_deref(),
        live: true,
    };
    let (sections, sheet) = sheet(&root, lab);
    let part = book::name(meta.part);
    let slots = [
        ("root", root.as_str()),
        ("part", part),
        ("part_id", &part.to_lowercase()),
        ("title", &escape(&lesson.title)),
        ("contents", &contents(&[lesson.sections, sections].concat())),
        ("lesson", &lesson.html),
        ("sheet", &sheet),
        ("neighbours", &neighbours(site, place, &root)),
        ("notes", &site.glossary.notes(&root, &lesson.terms)?),
    ];
    made.pages.push(frame::page(site, &head, &render("lab", &slots)?)?);
    Ok(())
}

/// The lesson in the lab's folder. Its first widget follows the page's address.
fn read_lesson(site: &Site, lab: &dyn Lab, root: &str) -> Result<Lesson> {
    let file = workspace::root().join("core/src/labs").join(lab.meta().id).join("README.md");
    let text =
        fs::read_to_string(&file).with_context(|| format!("the lesson {} is missing", file.display()))?;
    let mut count = 0;
    let mut widget = |link: &str| {
        count += 1;
        let bond = if count == 1 { Bond::Address } else { Bond::Free };
        // Panels have headings of the third level: the first one must not hang below the page's title.
        let heading = if count == 1 { "<h2 class=\"unseen\">The lab</h2>\n" } else { "" };
        Ok(format!("{heading}{}", widget_html(link, count, bond)))
    };
    let place = Place { root, glossary: &site.glossary, widget: &mut widget, scrub: &scrub_html };
    lesson::render(&text, place).with_context(|| format!("in the lesson {}", file.display()))
}

fn contents(sections: &[Section]) -> String {
    let mut out = String::new();
    for Section { id, title } in sections {
        let _ = write!(out, "<li><a href=\"#{id}\">{}</a></li>", escape(title));
    }
    out
}

/// The ways to the labs before and after this one.
fn neighbours(site: &Site, place: usize, root: &str) -> String {
    let way = |lab: &dyn Lab, rel: &str, word: &str| {
        let (folder, title) = (folder(lab), escape(lab.meta().title));
        format!("<a rel=\"{rel}\" href=\"{root}{folder}\"><span class=\"soft\">{word}</span> {title}</a>")
    };
    let before = place.checked_sub(1).map(|place| way(site.labs[place], "prev", "Before this"));
    let after = site.labs.get(place + 1).map(|lab| way(*lab, "next", "Next"));
    [before, after].into_iter().flatten().collect()
}

fn full_page(site: &Site, lab: &dyn Lab, made: &mut Made) -> Result<()> {
    let meta = lab.meta();
    let file = format!("{}full/index.html", folder(lab));
    let title = format!("{}, full window · Splitbrain", meta.title);
    let image = lab.presets().first().map(|preset| preview_file(lab, preset));
    let head = Head {
        file: &file,
        kind: "full",
        title: &title,
        description: meta.summary,
        image: image.as_deref(),
        live: true,
    };
    let widget = widget_html(meta.id, 0, Bond::Alone);
    let body = render("full", &[("title", &escape(meta.title)), ("widget", &widget)])?;
    made.pages.push(frame::page(site, &head, &body)?);
    Ok(())
}

/// A preset's own page: for previews, which never see a fragment, and for readers without scripts.
fn preset_page(site: &Site, lab: &'static dyn Lab, at: usize, made: &mut Made) -> Result<()> {
    let (meta, preset) = (lab.meta(), &lab.presets()[at]);
    ensure!(preset.id != "full", "{}: a preset cannot be called full, which is the full window", meta.id);
    let file = format!("{}{}/index.html", folder(lab), preset.id);
    let title = format!("{} · {} · Splitbrain", preset.title, meta.title);
    let image = preview_file(lab, preset);
    let head = Head {
        file: &file,
        kind: "preset",
        title: &title,
        description: preset.sentence,
        image: Some(&image),
        live: true,
    };
    let fragment = preset.link.split_once('?').map_or(String::new(), |(_, rest)| format!("#{rest}"));
    let slots = [
        ("lab", escape(meta.title)),
        ("title", escape(preset.title)),
        ("sentence", escape(preset.sentence)),
        ("fragment", escape(&fragment)),
        ("widget", widget_html(preset.link, 0, Bond::Alone)),
        ("neighbours", preset_neighbours(lab, at)),
    ];
    let slots = slots.each_ref().map(|(name, value)| (*name, value.as_str()));
    made.pages.push(frame::page(site, &head, &render("preset", &slots)?)?);
    let png = picture::preview(lab, preset.link, preset.title, preset.sentence)
        .with_context(|| format!("the preset {} of {}", preset.id, meta.id))?;
    made.files.push((image, png));
    let small = picture::small(lab, preset.link)?;
    made.files.push((format!("{}{}/{}", folder(lab), preset.id, picture::SMALL), small.into_bytes()));
    Ok(())
}

fn preset_neighbours(lab: &dyn Lab, at: usize) -> String {
    let way = |preset: &Preset, rel: &str, word: &str| {
        let title = escape(preset.title);
        format!("<a rel=\"{rel}\" href=\"../{}/\"><span class=\"soft\">{word}</span> {title}</a>", preset.id)
    };
    let before = at.checked_sub(1).map(|at| way(&lab.presets()[at], "prev", "Before this"));
    let after = lab.presets().get(at + 1).map(|preset| way(preset, "next", "Next"));
    [before, after].into_iter().flatten().collect()
}
