//! What families of labs have in common, between parts and labs: pieces that a lab's own roles and meter hold, and are not held by.
//!
//! A part is one technique; a kit is what stands around it in every lab of a family. None knows a lab, and none is a frame to be filled in: a role
//! that a kit's pieces do not fit uses the kernel.

pub mod ensemble;
pub mod graph;
pub mod lease;
pub mod object;
