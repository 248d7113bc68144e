//! The whole border with JavaScript, and the list of what pictures and pages are made of.
//!
//! Everything a widget shows is one pure function of its state to a [`markup`] tree. The tree is printed as text when
//! the site is built and in tests, and in the page [`diff`] finds what changed and `dom` writes just that.

pub mod chart;
pub mod diff;
#[cfg(target_arch = "wasm32")]
pub mod dom;
pub mod event;
pub mod markup;
pub mod role;
pub mod scene;
pub mod svg;
pub mod text_width;
pub mod theme;
pub mod views;
