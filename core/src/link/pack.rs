//! Packing of long links: raw deflate (RFC 1951) in base64url without padding (RFC 4648 §5), bounded when unpacked.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

/// Readable links up to this length are never packed.
pub const PACK_ABOVE_CHARS: usize = 500;

/// The most that a packed link may unpack to, in bytes.
pub const MAX_UNPACKED_BYTES: usize = 64 * 1024;

/// miniz_oxide's best compression.
const LEVEL: u8 = 10;

/// Packs a link's parts when that is worth it: over [`PACK_ABOVE_CHARS`], at least a fifth shorter, and within what unpacking allows.
pub(super) fn pack(readable: &str) -> Option<String> {
    if readable.len() <= PACK_ABOVE_CHARS || readable.len() > MAX_UNPACKED_BYTES {
        return None;
    }
    let packed = format!("z={}", URL_SAFE_NO_PAD.encode(compress_to_vec(readable.as_bytes(), LEVEL)));
    (packed.len() * 5 <= readable.len() * 4).then_some(packed)
}

/// Unpacks what [`pack`] packed (without its `z=`).
pub(super) fn unpack(packed: &str) -> Result<String, String> {
    let damaged = "the packed part of the link (z=…) is damaged: it may have been cut off when it was copied; \
                   copy the whole link again";
    let bytes = URL_SAFE_NO_PAD.decode(packed).map_err(|_| damaged.to_string())?;
    let text = decompress_to_vec_with_limit(&bytes, MAX_UNPACKED_BYTES).map_err(|fault| match fault.status {
        TINFLStatus::HasMoreOutput => {
            format!("the packed part of the link (z=…) is too large: it may unpack to {MAX_UNPACKED_BYTES} bytes at the most")
        }
        _ => damaged.to_string(),
    })?;
    String::from_utf8(text).map_err(|_| damaged.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_unpacks_and_bombs_do_not() {
        let long = "do=".to_string() + &"1.2s:cut:n1-n2.n3,".repeat(100);
        let packed = pack(&long).unwrap();
        assert!(packed.len() < 200, "{packed}");
        assert_eq!(unpack(packed.strip_prefix("z=").unwrap()), Ok(long));
        assert_eq!(pack(&"n=3&".repeat(125)), None, "500 characters stay readable");

        let bomb = URL_SAFE_NO_PAD.encode(compress_to_vec(&vec![b'n'; MAX_UNPACKED_BYTES + 1], LEVEL));
        assert!(unpack(&bomb).unwrap_err().contains("too large"));
        for damaged in ["", "A", "!!!!", "AAAA", &packed[2..packed.len() - 9]] {
            assert!(unpack(damaged).unwrap_err().contains("damaged"), "{damaged}");
        }
    }
}
