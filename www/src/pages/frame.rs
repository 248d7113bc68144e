//! The frame around each page: head, way through the site, scripts and styles.
use std::fmt::Write;

use anyhow::Result;

use super::{Opens, Page, Site, way_up};
use crate::template::{escape, render};
use crate::wasm;

/// What the frame needs to know of a page.
pub struct Head<'a> {
    /// Its file in the site's folder.
    pub file: &'a str,
    /// A word for the stylesheet: `home`, `lab`, `full`, `preset`, `list`, `embed`, `missing`.
    pub kind: &'a str,
    /// Plain text, as are the descriptions.
    pub title: &'a str,
    /// One sentence for search engines and previews.
    pub description: &'a str,
    /// The page's preview, as a file in the site's folder.
    pub image: Option<&'a str>,
    /// Whether there is a widget on it.
    pub live: bool,
}

/// The page, with its body in the frame.
pub fn page(site: &Site, head: &Head, body: &str) -> Result<Page> {
    // Whoever is lost may be at any depth: that page's links begin at the host's root.
    let root = if head.kind == "missing" { site.base.path.clone() } else { way_up(head.file) };
    let opens = opens(body);
    let (title, description) = (escape(head.title), escape(head.description));
    // An embedded lab is part of somebody else's page: it gets no way out but its own.
    let nav = if head.kind == "embed" { String::new() } else { nav(head, &root)? };
    let slots = [
        ("root", root.as_str()),
        ("title", title.as_str()),
        ("description", &description),
        ("kind", head.kind),
        ("meta", &meta(site, head, &root)),
        ("fetched", &fetched(head, opens.is_some(), &root)),
        ("nav", &nav),
        ("body", body),
    ];
    Ok(Page { file: head.file.to_string(), html: render("page", &slots)?, opens })
}

/// The site's sections, the present one marked.
fn nav(head: &Head, root: &str) -> Result<String> {
    let mut links = String::new();
    for (folder, name) in [("book/", "Book"), ("claims/", "Claims"), ("glossary/", "Glossary")] {
        let here = if head.file.starts_with(folder) { " aria-current=\"page\"" } else { "" };
        let _ = write!(links, "<a href=\"{root}{folder}\"{here}>{name}</a>");
    }
    render("nav", &[("root", root), ("links", &links)])
}

/// What previews and search engines read. Addresses are whole where the host is known.
fn meta(site: &Site, head: &Head, root: &str) -> String {
    let whole =
        |file: &str| site.base.origin.as_ref().map(|origin| format!("{origin}{}{file}", site.base.path));
    if matches!(head.kind, "missing" | "embed") {
        return "<meta name=\"robots\" content=\"noindex\">".to_string();
    }
    let mut out = String::new();
    let mut property = |name: &str, content: &str| {
        let _ = writeln!(out, "<meta property=\"og:{name}\" content=\"{}\">", escape(content));
    };
    property("type", "website");
    property("site_name", "Splitbrain");
    property("title", head.title);
    property("description", head.description);
    if let Some(image) = head.image {
        property("image", &whole(image).unwrap_or_else(|| format!("{root}{image}")));
        property("image:width", &crate::picture::PREVIEW.0.to_string());
        property("image:height", &crate::picture::PREVIEW.1.to_string());
        property("image:alt", head.description);
    }
    if let Some(address) = whole(head.file.trim_end_matches("index.html")) {
        property("url", &address);
        let _ = writeln!(out, "<link rel=\"canonical\" href=\"{}\">", escape(&address));
    }
    let card = if head.image.is_some() { "summary_large_image" } else { "summary" };
    let _ = write!(out, "<meta name=\"twitter:card\" content=\"{card}\">");
    out
}

/// The first widget of a page.
fn opens(body: &str) -> Option<Opens> {
    let (_, rest) = body.split_once("<splitbrain-lab src=\"")?;
    let (tag, _) = rest.split_once('>')?;
    let lab = tag.split(['?', '"']).next()?;
    Some(Opens { lab: lab.to_string(), lean: tag.ends_with(" lean") })
}

/// Styles and scripts: pages without a widget fetch nothing of it.
fn fetched(head: &Head, opens: bool, root: &str) -> String {
    let mut out = String::new();
    if head.live {
        for styles in ["widget", "brief"] {
            let _ = writeln!(out, "<link rel=\"stylesheet\" href=\"{root}{styles}.css\">");
        }
        if opens {
            let _ = writeln!(out, "<link rel=\"modulepreload\" href=\"{root}{}\">", wasm::GLUE);
        }
        let _ = writeln!(out, "<script type=\"module\" src=\"{root}splitbrain.js\"></script>");
        let _ = writeln!(out, "<script defer src=\"{root}fallback.js\"></script>");
    }
    let script = if head.kind == "embed" { "embed.js" } else { "site.js" };
    let _ = write!(out, "<script type=\"module\" src=\"{root}{script}\"></script>");
    out
}
