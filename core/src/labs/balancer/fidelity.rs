//! stub
use crate::lab::Fidelity;
/// stub
pub static FIDELITY: &[Fidelity] = &[];
