//! The whole border with JavaScript.
