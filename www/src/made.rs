//! What takes long to make is kept under the target folder by the hash of what it was made from, and is made anew only where that has changed.
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};

use crate::workspace;

/// A hash of what something is made from.
pub fn hash(from: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    from.hash(&mut hasher);
    hasher.finish()
}

/// A hash of this very program: what the labs' own code makes is the same as long as that is.
pub fn program() -> u64 {
    static PROGRAM: OnceLock<u64> = OnceLock::new();
    // Where it cannot be read nothing is taken for known.
    let read = || std::env::current_exe().and_then(fs::read);
    *PROGRAM.get_or_init(|| read().map_or_else(|_| hash(std::process::id()), hash))
}

/// Some bytes, as they were made before from what has this hash, or as they are made now.
pub fn bytes(kind: &str, from: u64, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    let file = place(kind, from);
    if let Ok(kept) = fs::read(&file) {
        return Ok(kept);
    }
    let made = make()?;
    // Keeping it only saves time: where that fails, nothing is lost. Who reads it meanwhile finds the whole of it or nothing.
    let new = file.with_extension(format!("{}-{:?}", std::process::id(), std::thread::current().id()));
    let folder = file.parent().expect("it lies in a folder");
    let _ = fs::create_dir_all(folder)
        .and_then(|()| fs::write(&new, &made))
        .and_then(|()| fs::rename(&new, &file));
    Ok(made)
}

/// A text, likewise.
pub fn text(kind: &str, from: u64, make: impl FnOnce() -> Result<String>) -> Result<String> {
    let made = bytes(kind, from, || make().map(String::into_bytes))?;
    String::from_utf8(made).with_context(|| format!("what was kept of {kind} is no text"))
}

/// A folder of files. Of a kind the last one is kept.
pub fn folder(kind: &str, from: u64, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let folder = place(kind, from);
    if folder.is_dir() {
        return Ok(folder);
    }
    let all = folder.parent().expect("it lies in a folder");
    let _ = fs::remove_dir_all(all);
    let new = folder.with_extension(std::process::id().to_string());
    let kept = || format!("{} cannot be written", folder.display());
    fs::create_dir_all(&new).with_context(kept)?;
    make(&new)?;
    fs::rename(&new, &folder).with_context(kept)?;
    Ok(folder)
}

fn place(kind: &str, from: u64) -> PathBuf {
    workspace::target().join("made").join(kind).join(format!("{from:016x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn what_was_made_from_the_same_is_not_made_again() {
        let times = Cell::new(0);
        let made = |from: &str| {
            let make = || {
                times.set(times.get() + 1);
                Ok(format!("from {from}"))
            };
            text("test", hash((program(), std::process::id(), from)), make).unwrap()
        };
        assert_eq!([made("a"), made("a"), made("b")], ["from a", "from a", "from b"]);
        assert_eq!(times.get(), 2);
    }
}
