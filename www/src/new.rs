//! `cargo dev new lab NAME`: a lab that compiles and runs, to be changed into another: the example under a new name.
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use splitbrain::labs::IDS;

use crate::opened::BadInput;
use crate::workspace;

/// Begins something new.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// A lab: its folder with one test, its lesson's headings, a story, its word in `labs!`
    Lab {
        /// Its id: lower-case letters, as links begin with it
        name: String,
    },
}

/// The lab that a new one begins as.
const EXAMPLE: &str = "ping";
/// The list of all labs.
const LIST: &str = "core/src/labs/mod.rs";

/// The lesson, as far as it is the same for every lab.
const LESSON: &str = "\
# NAME

What goes wrong in practice, in three sentences: the question that this lesson answers.

```splitbrain
NAME?panels=spacetime&knobs=there,back
```

## What can be done

## What it costs

## Review

- What has the reader learnt?

  > The answer, which folds.
";

/// Makes it, and says what is to be written next.
pub fn run(args: &Args) -> Result<ExitCode> {
    let What::Lab { name } = &args.what;
    lab(workspace::root(), name)?;
    println!(
        "The lab {name} is the lab {EXAMPLE} under another name: it runs. `cargo dev bless` writes its digests and links into the texts that tests compare;
then `cargo dev test --lab {name}` passes, and `cargo dev test` runs all that is asked of a lab. Write, in this order:
  core/src/labs/{name}/mod.rs       what may be set, what it is called, shows and promises; three presets or more, claims, two challenges
                                    or more, a fidelity check or more; each promise that can break has a preset in which it does
  core/src/labs/{name}/protocol.rs  what its nodes say and do, under the published names
  core/src/labs/{name}/meter.rs     what is measured, and each promise's light
  core/src/labs/{name}/tests.rs     what must be so
  tests/stories/{name}/             how its failures unfold, one for each preset that breaks a promise; `cargo dev bless` writes what follows the head
  core/src/labs/{name}/README.md    the lesson
Then `cargo dev`, and look at it."
    );
    Ok(ExitCode::SUCCESS)
}

/// Makes a lab of that name in a workspace.
fn lab(root: &Path, name: &str) -> Result<()> {
    let letters = !name.is_empty() && name.len() <= 20 && name.bytes().all(|b| b.is_ascii_lowercase());
    if !letters {
        bail!(BadInput(format!(
            "“{name}” is no lab's name: a name is up to 20 lower-case letters, such as raft"
        )));
    }
    if IDS.contains(&name) {
        bail!(BadInput(format!("there is a lab {name} already; the labs are {}", IDS.join(", "))));
    }
    let labs = root.join("core/src/labs");
    let folder = labs.join(name);
    ensure!(!folder.exists(), BadInput(format!("the folder {} exists already", folder.display())));
    let list = fs::read_to_string(root.join(LIST)).context(LIST)?;
    let (before, after) = list.split_once("labs! {").with_context(|| format!("{LIST} lists the labs"))?;
    let (ids, rest) = after.split_once('}').with_context(|| format!("{LIST} lists the labs"))?;
    fs::create_dir_all(&folder)?;
    for file in sorted(&labs.join(EXAMPLE))? {
        let to = folder.join(file.file_name().expect("a file has a name"));
        match file.extension().is_some_and(|end| end == "rs") {
            true => fs::write(to, renamed(&fs::read_to_string(&file)?, name))?,
            false => fs::write(to, LESSON.replace("NAME", name))?,
        }
    }
    let stories = root.join("tests/stories");
    fs::create_dir_all(stories.join(name))?;
    for story in sorted(&stories.join(EXAMPLE))? {
        let to = stories.join(name).join(story.file_name().expect("a file has a name"));
        fs::write(to, renamed(&fs::read_to_string(&story)?, name))?;
    }
    fs::write(root.join(LIST), format!("{before}labs! {{ {}; {name} }}{rest}", ids.trim()))?;
    Ok(())
}

/// A file of the example, of the new lab: its id, its links and its name for people are others, its messages are still pings.
fn renamed(text: &str, name: &str) -> String {
    let mut text = text
        .replace(&format!("id: \"{EXAMPLE}\""), &format!("id: \"{name}\""))
        .replace(&format!("\"{EXAMPLE}?"), &format!("\"{name}?"))
        .replace(&format!("link: {EXAMPLE}"), &format!("link: {name}"))
        .replace("link: \"ping\"", &format!("link: \"{name}\""))
        .replace("start: \"ping\"", &format!("start: \"{name}\""))
        .replace("The lab ping", &format!("The lab {name}"))
        .replace("title: \"A ping\"", &format!("title: \"{name}\""));
    // The example's history is not its own.
    if let Some((before, after)) = text.split_once("    changelog: &[\n        \"First published.\",\n")
        && let Some((_, after)) = after.split_once("    ],\n")
    {
        text = format!("{before}    changelog: &[\"First published.\"],\n{after}")
            .replace("revision: 2", "revision: 1");
    }
    text
}

/// The files of a folder, by name.
fn sorted(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_begins_as_the_example_under_its_own_name() {
        let root = std::env::temp_dir().join(format!("splitbrain-new-{}", std::process::id()));
        let from = workspace::root();
        for folder in ["core/src/labs/ping", "tests/stories/ping"] {
            fs::create_dir_all(root.join(folder)).unwrap();
            for file in sorted(&from.join(folder)).unwrap() {
                fs::copy(&file, root.join(folder).join(file.file_name().unwrap())).unwrap();
            }
        }
        fs::copy(from.join(LIST), root.join(LIST)).unwrap();
        lab(&root, "chatter").unwrap();
        let read = |file: &str| fs::read_to_string(root.join(file)).unwrap();
        assert!(read(LIST).contains("; chatter }"));
        let made = read("core/src/labs/chatter/mod.rs");
        assert!(made.contains("id: \"chatter\"") && made.contains("revision: 1"), "{made}");
        assert!(!made.contains("\"ping?") && !made.contains("link: \"ping\""), "{made}");
        assert!(read("core/src/labs/chatter/README.md").starts_with("# chatter\n"));
        assert!(read("tests/stories/chatter/calm.txt").contains("link: chatter\n"));
        for (wrong, says) in
            [("Raft", "lower-case"), ("", "lower-case"), ("quorum", "already"), ("chatter", "exists")]
        {
            let why = lab(&root, wrong).unwrap_err();
            assert!(why.is::<BadInput>() && why.to_string().contains(says), "{wrong}: {why}");
        }
        fs::remove_dir_all(&root).unwrap();
    }
}
