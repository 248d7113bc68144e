//! stub
use super::params::Params;
use crate::lab::Export;
/// stub
pub fn exports(_: &Params) -> Vec<Export> {
    Vec::new()
}
