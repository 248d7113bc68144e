//! The site's pages: which there are, what stands in each, and the frame around them.
use std::fs;

use anyhow::{Context, Result};

use crate::lesson::{self, Lesson, widget_html};
use crate::template::{escape, render};
use crate::workspace;

/// The widget that greets on the home page.
const HOME_LINK: &str = "quorum";

/// One page, ready to be written.
pub struct Page {
    /// Its file in the site's folder, such as `labs/quorum/index.html`.
    pub file: String,
    /// The whole of it.
    pub html: String,
}

/// What the frame around a page needs to know.
struct Head<'a> {
    /// A word for the stylesheet: `home`, `lab`, `full`, `embed`, `missing`.
    kind: &'a str,
    /// Plain text, as are the descriptions.
    title: &'a str,
    description: &'a str,
}

/// A lab as the site knows it: its folder's name and its lesson.
struct LabPage {
    id: String,
    lesson: Lesson,
}

/// All pages, in the order in which they are listed. `base` is the path at which a host serves the site.
pub fn all(base: &str) -> Result<Vec<Page>> {
    let labs = labs()?;
    let mut pages = vec![home(&labs)?, embed()?, missing(base)?];
    for lab in &labs {
        pages.push(lab_page(lab)?);
        pages.push(full_page(lab)?);
    }
    Ok(pages)
}

fn home(labs: &[LabPage]) -> Result<Page> {
    let mut cards = String::new();
    for lab in labs {
        let (title, summary) = (escape(&lab.lesson.title), escape(&lab.lesson.summary));
        cards.push_str(&render("card", &[("id", &lab.id), ("title", &title), ("summary", &summary)])?);
    }
    let head = Head {
        kind: "home",
        title: "Splitbrain: distributed systems you can break",
        description: "A playground for distributed systems in the browser: change quorums, cut links, crash nodes, \
                      and see which promise breaks and why.",
    };
    let widget = widget_html(HOME_LINK);
    framed("index.html", &head, "./", &render("home", &[("widget", &widget), ("cards", &cards)])?)
}

fn lab_page(lab: &LabPage) -> Result<Page> {
    let file = format!("labs/{}/index.html", lab.id);
    let root = way_up(&file);
    let title = format!("{} · Splitbrain", lab.lesson.title);
    let head = Head { kind: "lab", title: &title, description: &lab.lesson.summary };
    let heading = escape(&lab.lesson.title);
    let slots = [("root", root.as_str()), ("title", &heading), ("lesson", &lab.lesson.html)];
    framed(&file, &head, &root, &render("lab", &slots)?)
}

fn full_page(lab: &LabPage) -> Result<Page> {
    let file = format!("labs/{}/full/index.html", lab.id);
    let title = format!("{}, full window · Splitbrain", lab.lesson.title);
    let head = Head { kind: "full", title: &title, description: &lab.lesson.summary };
    let slots = [("title", escape(&lab.lesson.title)), ("widget", widget_html(&lab.id))];
    let slots = slots.each_ref().map(|(name, value)| (*name, value.as_str()));
    framed(&file, &head, &way_up(&file), &render("full", &slots)?)
}

fn embed() -> Result<Page> {
    let head = Head {
        kind: "embed",
        title: "A lab of Splitbrain",
        description: "One lab by its link, for an iframe.",
    };
    framed("embed/index.html", &head, "../", &render("embed", &[])?)
}

/// What a host shows for an address that leads nowhere: at any depth, so that its links begin at the host's root.
fn missing(base: &str) -> Result<Page> {
    let head = Head {
        kind: "missing",
        title: "No such page · Splitbrain",
        description: "There is no page at this address.",
    };
    framed("404.html", &head, base, &render("missing", &[("root", base)])?)
}

/// Puts the frame around a page's body: head, policy, styles, script. `root` leads from the page to the site's root.
fn framed(file: &str, head: &Head, root: &str, body: &str) -> Result<Page> {
    let (title, description) = (escape(head.title), escape(head.description));
    let slots = [
        ("root", root),
        ("title", title.as_str()),
        ("description", &description),
        ("kind", head.kind),
        ("body", body),
    ];
    Ok(Page { file: file.to_string(), html: render("page", &slots)? })
}

/// The way from a page's file up to the site's root, so that the folder works at any path.
fn way_up(file: &str) -> String {
    "../".repeat(file.matches('/').count())
}

/// The labs that have a lesson, by the names of their folders.
fn labs() -> Result<Vec<LabPage>> {
    let mut labs = Vec::new();
    let folder = workspace::root().join("core/src/labs");
    if !folder.is_dir() {
        return Ok(labs);
    }
    for entry in fs::read_dir(&folder).with_context(|| format!("no labs in {}", folder.display()))? {
        let entry = entry?;
        let file = entry.path().join("README.md");
        if !file.is_file() {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        let lesson = lesson::render(&text).with_context(|| format!("in the lesson {}", file.display()))?;
        labs.push(LabPage { id: entry.file_name().to_string_lossy().into_owned(), lesson });
    }
    labs.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(labs)
}
