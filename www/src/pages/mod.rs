//! The site's pages: which there are, and what the makers of single pages share.
mod frame;
mod home;
mod lab;
mod lists;
mod machines;

use anyhow::{Result, ensure};
use rayon::prelude::*;
use splitbrain::lab::Lab;

use crate::glossary::Glossary;
use crate::site::Base;

/// One page, ready to be written.
pub struct Page {
    /// Its file in the site's folder, such as `labs/quorum/index.html`.
    pub file: String,
    /// The whole of it.
    pub html: String,
    /// The widget that it opens with; none where there is no widget.
    pub opens: Option<Opens>,
}

/// The first widget of a page.
#[derive(Clone, Debug)]
pub struct Opens {
    /// The id of its lab.
    pub lab: String,
    /// Whether what a first minute takes is enough for it.
    pub lean: bool,
}

/// Everything that is made, not copied.
#[derive(Default)]
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
    let of_labs = (0..labs.len()).into_par_iter().map(|place| lab::pages(&site, place));
    for of_lab in of_labs.collect::<Result<Vec<Made>>>()? {
        made.pages.extend(of_lab.pages);
        made.files.extend(of_lab.files);
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
        let missing = made.pages.iter().find(|page| page.file == "404.html").unwrap();
        assert!(missing.html.contains("href=\"/notes/site.css\""), "whoever is lost may be at any depth");
        let map = made.files.iter().find(|(file, _)| file == "sitemap.xml").unwrap();
        assert!(
            String::from_utf8_lossy(&map.1).contains("<loc>https://example.org/notes/labs/quorum/</loc>")
        );
    }
}
