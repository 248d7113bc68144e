//! Pictures and widgets: the list of what they are made of; `border` is all that JavaScript sees.
//!
//! Everything a widget shows is one pure function of its state to a [`markup`] tree. The tree is printed as text when
//! the site is built and in tests, and in the page [`diff`] finds what changed and `dom` writes just that.

pub mod app;
#[cfg(all(feature = "bench", target_arch = "wasm32"))]
pub mod bench;
pub mod blackbox;
#[cfg(target_arch = "wasm32")]
pub mod border;
pub mod chart;
pub mod data;
pub mod diff;
#[cfg(target_arch = "wasm32")]
pub mod dom;
pub mod event;
pub mod hold;
pub mod keys;
pub mod markup;
pub mod msg;
pub mod number;
mod panels;
#[cfg(target_arch = "wasm32")]
mod panics;
pub mod rehearsal;
pub mod role;
pub mod scene;
pub mod still;
pub mod svg;
pub mod text_width;
pub mod theme;
pub mod views;
pub mod worker;
