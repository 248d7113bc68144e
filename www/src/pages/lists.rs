//! The pages that are no lab's: claims, book, glossary, the page for an iframe, and the one for lost readers.
use anyhow::Result;

use super::frame::{self, Head};
use super::{Page, Site};
use crate::template::render;
use crate::{book, catalogue};

/// Every claim of every lab.
pub fn claims(site: &Site) -> Result<Page> {
    let head = Head {
        file: "claims/index.html",
        kind: "list",
        title: "Claims · Splitbrain",
        description: "What is often said of distributed systems: whether it holds, and the run that proves it.",
        image: None,
        live: false,
    };
    let list = catalogue::claims("../", site.labs);
    frame::page(site, &head, &render("claims", &[("claims", &list)])?)
}

/// The chapters of the book, each with its labs.
pub fn book(site: &Site) -> Result<Page> {
    let head = Head {
        file: "book/index.html",
        kind: "list",
        title: "By the book · Splitbrain",
        description: "The parts of Understanding Distributed Systems, and the labs that go with its chapters.",
        image: None,
        live: false,
    };
    let list = book::chapters("../", site.labs);
    frame::page(site, &head, &render("book", &[("parts", &list)])?)
}

/// The field's terms.
pub fn glossary(site: &Site) -> Result<Page> {
    let head = Head {
        file: "glossary/index.html",
        kind: "list",
        title: "Glossary · Splitbrain",
        description: "The terms of distributed systems, each in a sentence or two, with its source.",
        image: None,
        live: false,
    };
    frame::page(site, &head, &render("glossary", &[("entries", &site.glossary.page())])?)
}

/// One lab by its link, for an iframe.
pub fn embed(site: &Site) -> Result<Page> {
    let head = Head {
        file: "embed/index.html",
        kind: "embed",
        title: "A lab of Splitbrain",
        description: "One lab by its link, for an iframe.",
        image: None,
        live: true,
    };
    frame::page(site, &head, &render("embed", &[])?)
}

/// What a host shows for an address that leads nowhere.
pub fn missing(site: &Site) -> Result<Page> {
    let head = Head {
        file: "404.html",
        kind: "missing",
        title: "No such page · Splitbrain",
        description: "There is no page at this address.",
        image: None,
        live: false,
    };
    frame::page(site, &head, &render("missing", &[("root", &site.base.path)])?)
}
