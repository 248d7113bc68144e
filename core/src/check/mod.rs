//! Verdicts: laws over what a run shows, and checkers over histories of operations.
