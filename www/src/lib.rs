//! The site and its tools: one file a command (`serve`, `site`, `test`, `shot`), and what the commands stand on.
pub mod browser;
pub mod lesson;
pub mod pages;
pub mod serve;
pub mod setup;
pub mod shot;
pub mod site;
pub mod template;
pub mod test;
pub mod wasm;
pub mod weight;
pub mod workspace;
