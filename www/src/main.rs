//! The one native binary: `cargo dev`.

fn main() {}
