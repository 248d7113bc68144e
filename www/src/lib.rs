//! Builds the site (`build`), serves it (`serve`), and drives it in real browsers (`browser`).
