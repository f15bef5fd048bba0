//! The one seam to the outside, and what it leaves behind: journal, blobs, checks.

pub mod event;
