//! Links on the command line: read with everything that is wrong said on stderr, and none of it run.
use std::path::Path;

use splitbrain::lab::Lab;
use splitbrain::labs::LABS;
use splitbrain::link::{self, Link};
use splitbrain::scenario::{Place, Problem};

/// A link that names a lab and has no problem.
pub struct Opened {
    /// Its lab.
    pub lab: &'static dyn Lab,
    /// The link.
    pub link: Link,
}

/// Something wrong with what was given on the command line: it goes to stderr, and the command exits with 2.
#[derive(Debug)]
pub struct BadInput(pub String);

impl std::fmt::Display for BadInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}

/// That a file or folder which an option names cannot be written.
pub fn unwritable(path: &Path) -> impl FnOnce(std::io::Error) -> BadInput + '_ {
    move |why| BadInput(format!("{} cannot be written: {why}", path.display()))
}

/// Reads a link.
///
/// # Errors
/// [`BadInput`] with one line for each problem.
pub fn open(text: &str) -> Result<Opened, BadInput> {
    let opened = link::parse(text, LABS);
    if !opened.problems.is_empty() {
        let lines: Vec<String> = opened.problems.iter().map(told).collect();
        return Err(BadInput(lines.join("\n")));
    }
    let link = opened.link.ok_or_else(|| BadInput("the link names no lab".into()))?;
    let lab = lab(link.scenario.lab)?;
    Ok(Opened { lab, link })
}

/// The lab of that id.
///
/// # Errors
/// [`BadInput`] with the labs that there are.
pub fn lab(id: &str) -> Result<&'static dyn Lab, BadInput> {
    link::find_lab(LABS, id).ok_or_else(|| {
        let known: Vec<&str> = LABS.iter().map(|lab| lab.meta().id).collect();
        BadInput(format!("there is no lab ‘{id}’; the labs are {}", known.join(", ")))
    })
}

fn told(problem: &Problem) -> String {
    match &problem.place {
        Place::Cue(i) => format!("cue {}: {}", i + 1, problem.sentence),
        Place::Link | Place::Lab | Place::Key(_) => problem.sentence.clone(),
    }
}
