//! The site and its tools: one file a command (`serve`, `site`, `test`, `shot`), and what the commands stand on.
pub mod bless;
pub mod book;
pub mod browser;
pub mod catalogue;
pub mod glossary;
pub mod labs;
pub mod lesson;
pub mod lighthouse;
pub mod opened;
pub mod pages;
pub mod picture;
pub mod render;
pub mod run;
pub mod serve;
pub mod setup;
pub mod sheet;
pub mod shot;
pub mod site;
pub mod sweep;
pub mod template;
pub mod test;
#[cfg(test)]
mod toy;
pub mod verify;
pub mod wasm;
pub mod weight;
pub mod widget;
pub mod workspace;
