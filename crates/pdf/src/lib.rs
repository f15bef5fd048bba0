//! The report on paper: a tagged PDF/A-3 whose first page is a cover to file, with the result it was made from
//! inside. The data of the page are always compiled; the typesetter only with the feature `typst`, because it is
//! heavier than all the rest of the workspace together.

mod attachment;
#[cfg(feature = "typst")]
mod fit;
#[cfg(feature = "typst")]
mod format;
pub mod paper;
#[cfg(feature = "typst")]
mod print;
mod qr;
#[cfg(feature = "typst")]
mod world;

pub use attachment::Attachment;
#[cfg(feature = "typst")]
pub use format::Pdf;
#[cfg(feature = "typst")]
pub use print::{PdfError, render};
