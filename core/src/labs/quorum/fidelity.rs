//! stub
use crate::lab::Fidelity;
/// stub
pub const FIDELITY: &[Fidelity] = &[];
