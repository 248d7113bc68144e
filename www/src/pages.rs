//! The site's pages: which there are, what stands in each, and the frame around them.
use std::fs;

use anyhow::{Context, Result};

use splitbrain::lab::Lab;

use crate::catalogue;
use crate::lesson::{self, Lesson};
use crate::sheet::sheet;
use crate::template::{escape, render};
use crate::widget::{Bond, widget_html};
use crate::workspace;

/// The widget that greets on the home page.
const HOME_LINK: &str = "quorum?w=1&r=1&do=400ms:cut:n1-n2.n3&panels=stage,spacetime,timeline,verdicts,controls&controls=n,w,r,seed";

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

/// A lab as the site knows it: its data, and the lesson in its folder.
struct LabPage {
    lab: &'static dyn Lab,
    lesson: Lesson,
}

/// All pages, in the order in which they are listed. `base` is the path at which a host serves the site.
pub fn all(base: &str, labs: &[&'static dyn Lab]) -> Result<Vec<Page>> {
    let mut pages = vec![home(labs)?, claims(labs)?, book(labs)?, embed()?, missing(base)?];
    for lab in labs {
        let lab = with_lesson(*lab)?;
        pages.push(lab_page(&lab)?);
        pages.push(full_page(&lab)?);
    }
    Ok(pages)
}

fn home(labs: &[&'static dyn Lab]) -> Result<Page> {
    let head = Head {
        kind: "home",
        title: "Splitbrain: distributed systems you can break",
        description: "A playground for distributed systems in the browser: change quorums, cut links, crash nodes, \
                      and see which promise breaks and why.",
    };
    let (widget, book) = (widget_html(HOME_LINK, 0, Bond::Free), catalogue::book("./", labs));
    framed("index.html", &head, "./", &render("home", &[("widget", &widget), ("labs", &book)])?)
}

fn claims(labs: &[&'static dyn Lab]) -> Result<Page> {
    let head = Head {
        kind: "list",
        title: "Claims · Splitbrain",
        description: "What is often said of distributed systems: whether it holds, and the run that proves it.",
    };
    let list = catalogue::claims("../", labs);
    framed("claims/index.html", &head, "../", &render("claims", &[("claims", &list)])?)
}

fn book(labs: &[&'static dyn Lab]) -> Result<Page> {
    let head = Head {
        kind: "list",
        title: "By the book · Splitbrain",
        description: "The parts of Understanding Distributed Systems, and the labs that go with its chapters.",
    };
    let list = catalogue::book("../", labs);
    framed("book/index.html", &head, "../", &render("book", &[("parts", &list)])?)
}

fn lab_page(page: &LabPage) -> Result<Page> {
    let meta = page.lab.meta();
    let file = format!("labs/{}/index.html", meta.id);
    let root = way_up(&file);
    let title = format!("{} · Splitbrain", meta.title);
    let head = Head { kind: "lab", title: &title, description: meta.summary };
    let (heading, sheet) = (escape(&page.lesson.title), sheet(&root, page.lab));
    let slots = [("title", heading.as_str()), ("lesson", &page.lesson.html), ("sheet", &sheet)];
    framed(&file, &head, &root, &render("lab", &slots)?)
}

fn full_page(page: &LabPage) -> Result<Page> {
    let meta = page.lab.meta();
    let file = format!("labs/{}/full/index.html", meta.id);
    let title = format!("{}, full window · Splitbrain", meta.title);
    let head = Head { kind: "full", title: &title, description: meta.summary };
    let (heading, widget) = (escape(meta.title), widget_html(meta.id, 0, Bond::Address));
    framed(&file, &head, &way_up(&file), &render("full", &[("title", &heading), ("widget", &widget)])?)
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
    // An embedded lab is part of somebody else's page: it gets no way out but its own.
    let nav = if head.kind == "embed" { String::new() } else { render("nav", &[("root", root)])? };
    let slots = [
        ("root", root),
        ("title", title.as_str()),
        ("description", &description),
        ("kind", head.kind),
        ("nav", &nav),
        ("body", body),
    ];
    Ok(Page { file: file.to_string(), html: render("page", &slots)? })
}

/// The way from a page's file up to the site's root, so that the folder works at any path.
fn way_up(file: &str) -> String {
    "../".repeat(file.matches('/').count())
}

/// A lab with its lesson, which every lab has in its folder.
fn with_lesson(lab: &'static dyn Lab) -> Result<LabPage> {
    let file = workspace::root().join("core/src/labs").join(lab.meta().id).join("README.md");
    let text =
        fs::read_to_string(&file).with_context(|| format!("the lesson {} is missing", file.display()))?;
    let lesson = lesson::render(&text).with_context(|| format!("in the lesson {}", file.display()))?;
    Ok(LabPage { lab, lesson })
}
