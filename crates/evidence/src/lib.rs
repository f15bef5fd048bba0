//! The one seam to the outside, and what it leaves behind: journal, blobs, checks.

pub mod check;
pub mod conversation;
pub mod decode;
pub mod digest;
mod disguise;
pub mod draw;
pub mod event;
mod exchange;
pub mod guard;
pub mod health;
pub mod heard;
pub mod http;
pub mod identity;
pub mod inbound;
pub mod journal;
pub mod limits;
pub mod look;
pub mod marks;
mod pace;
pub mod recorder;
pub mod redact;
pub mod replay;
mod replayed;
pub mod seam;
pub mod trail;
pub mod wire;

pub use check::Check;
pub use recorder::{Recorder, Step, Stop};
pub use seam::{Seam, SeamParts};
