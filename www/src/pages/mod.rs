//! The site's pages: which there are, and what the makers of single pages share.
mod frame;
mod home;
mod lab;
mod lists;
mod machines;

use anyhow::{Result, ensure};
use splitbrain::lab::Lab;

use crate::glossary::Glossary;
use crate::site::Base;

/// One page, ready to be written.
pub struct Page {
    /// Its file in the site's folder, such as `labs/quorum/index.html`.
    pub file: String,
    /// The whole of it.
    pub html: String,
    /// The module of wasm that its widgets load: a lab's id, or [`wasm::ALL`]; none where there is no widget.
    pub module: Option<String>,
}

/// Everything that is made, not copied.
pub struct Made {
    /// The pages, in the order in which they are listed.
    pub pages: Vec<Page>,
    /// Pictures, and what machines read: files and their bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// What pages are made of.
struct Site<'a> {
    labs: &'static [&'static dyn Lab],
    glossary: Glossary,
    base: &'a Base,
}

/// All pages, and the files that belong to them.
pub fn all(base: &Base, labs: &'static [&'static dyn Lab]) -> Result<Made> {
    let site = Site { labs, glossary: Glossary::load()?, base };
    let mut made = Made { pages: vec![home::page(&site)?], files: Vec::new() };
    for place in 0..labs.len() {
        lab::pages(&site, place, &mut made)?;
    }
    let lists = [lists::claims, lists::book, lists::glossary, lists::embed, lists::missing];
    for list in lists {
        made.pages.push(list(&site)?);
    }
    for page in &made.pages {
        let count = made.pages.iter().filter(|other| other.file == page.file).count();
        ensure!(count == 1, "{} is made {count} times: two things have one name", page.file);
    }
    machines::files(&site, &mut made)?;
    Ok(made)
}

/// The way from a page's file up to the site's root, so that the folder works at any path.
fn way_up(file: &str) -> String {
    "../".repeat(file.matches('/').count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitbrain::labs::LABS;

    #[test]
    fn every_page_can_be_made_and_names_itself() {
        let base = "https://example.org/notes/".parse().unwrap();
        let made = all(&base, LABS).unwrap();
        for page in &made.pages {
            assert!(page.html.contains("<html lang=\"en\"") && page.html.contains("<h1"), "{}", page.file);
            assert!(page.html.contains("<meta name=\"description\""), "{}", page.file);
        }
        let quorum = made.pages.iter().find(|page| page.file == "labs/quorum/index.html").unwrap();
        assert!(
            quorum.html.contains("<link rel=\"canonical\" href=\"https://example.org/notes/labs/quorum/\">")
        );
        assert!(quorum.html.contains("<svg"), "the first picture stands in the page");
        let map = made.files.iter().find(|(file, _)| file == "sitemap.xml").unwrap();
        assert!(
            String::from_utf8_lossy(&map.1).contains("<loc>https://example.org/notes/labs/quorum/</loc>")
        );
    }
}
