//! stub
use crate::lab::Claim;
/// stub
pub const CLAIMS: &[Claim] = &[];
