//! stub
use crate::lab::Claim;
/// stub
pub static CLAIMS: &[Claim] = &[];
