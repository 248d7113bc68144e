//! What several of the workspace tests share.
