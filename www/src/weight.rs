//! What the site weighs: bytes by page, raw and compressed, as a reader's browser fetches them.
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};

/// Bytes of one file or of several together.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Weight {
    /// As it lies in the folder.
    pub raw: u64,
    /// After gzip at its best level, which every static host offers.
    pub gzip: u64,
}

impl Weight {
    /// Weighs what would be sent as one file.
    pub fn of(bytes: &[u8]) -> Weight {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory takes what it is given");
        let packed = encoder.finish().expect("memory takes what it is given");
        Weight { raw: bytes.len() as u64, gzip: packed.len() as u64 }
    }

    fn plus(self, other: Weight) -> Weight {
        Weight { raw: self.raw + other.raw, gzip: self.gzip + other.gzip }
    }
}

/// Prints each page with its own bytes and with everything that its first visit fetches.
pub fn report(out: &Path, pages: &[String], shared: &[String]) -> Result<()> {
    let mut together = Weight::default();
    println!("{:<34} {:>10} {:>10}", "shared by all pages", "bytes", "gzip");
    for file in shared {
        let weight = Weight::of(&fs::read(out.join(file))?);
        together = together.plus(weight);
        println!("{file:<34} {:>10} {:>10}", weight.raw, weight.gzip);
    }
    println!("{:<34} {:>10} {:>10} {:>20}", "page", "bytes", "gzip", "first visit, gzip");
    for page in pages {
        let weight = Weight::of(&fs::read(out.join(page))?);
        let visit = weight.plus(together).gzip;
        println!("{page:<34} {:>10} {:>10} {visit:>20}", weight.raw, weight.gzip);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_repeats_itself_packs_well() {
        let weight = Weight::of(&b"splitbrain ".repeat(1000));
        assert_eq!(weight.raw, 11_000);
        assert!(weight.gzip < 200);
    }
}
