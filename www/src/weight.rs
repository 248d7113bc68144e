//! What a file weighs, raw and compressed, as a reader's browser fetches it.
use std::io::Write;

use anyhow::{Context, Result};
use brotli::BrotliCompress;
use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};

use crate::made;

/// Bytes of one file or of several together.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Weight {
    /// As it lies in the folder.
    pub raw: u64,
    /// After gzip at its best level, which every static host offers.
    pub gzip: u64,
    /// After brotli at its best level, which most hosts offer and every browser takes.
    pub brotli: u64,
}

impl Weight {
    /// Weighs what would be sent as one file. Packing takes long.
    pub fn of(bytes: &[u8]) -> Result<Weight> {
        let told = made::text("weights", made::hash(bytes), || {
            let Weight { raw, gzip, brotli } = Weight::packed(bytes);
            Ok(format!("{raw} {gzip} {brotli}"))
        })?;
        let mut numbers = told.split(' ').map(|number| number.parse::<u64>().ok());
        let mut next = || numbers.next().flatten().context("what was kept of a weight is none");
        Ok(Weight { raw: next()?, gzip: next()?, brotli: next()? })
    }

    fn packed(bytes: &[u8]) -> Weight {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory takes what it is given");
        let packed = encoder.finish().expect("memory takes what it is given");
        let mut packed_well = Vec::new();
        BrotliCompress(&mut &bytes[..], &mut packed_well, &BrotliEncoderParams::default())
            .expect("memory takes what it is given");
        Weight { raw: bytes.len() as u64, gzip: packed.len() as u64, brotli: packed_well.len() as u64 }
    }

    /// Both together.
    pub fn plus(self, other: Weight) -> Weight {
        Weight { raw: self.raw + other.raw, gzip: self.gzip + other.gzip, brotli: self.brotli + other.brotli }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_repeats_itself_packs_well() {
        let weight = Weight::of(&b"splitbrain ".repeat(1000)).unwrap();
        assert_eq!(weight.raw, 11_000);
        assert!(weight.gzip < 200 && weight.brotli < 100);
    }
}
