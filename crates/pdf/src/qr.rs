//! A QR code as one vector path.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};
use serde::Serialize;

/// The quiet zone around the code, in modules.
const QUIET: i32 = 4;

/// A QR code and what it says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Qr {
    /// What it says.
    pub(crate) text: String,
    /// The drawing: an SVG of black squares on white.
    #[serde(skip)]
    pub(crate) svg: String,
}

impl Qr {
    /// The code of a text; none when no code can hold that much.
    pub(crate) fn new(text: String) -> Option<Self> {
        let code = QrCode::encode_text(&text, QrCodeEcc::Medium).ok()?;
        let size = code.size() + 2 * QUIET;
        let mut path = String::new();
        for y in 0..code.size() {
            let mut x = 0;
            while x < code.size() {
                let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
                if run > 0 {
                    // Writing to a string cannot fail.
                    let _ = write!(path, "M{} {}h{run}v1H{}z", x + QUIET, y + QUIET, x + QUIET);
                }
                x += i32::try_from(run).unwrap_or(i32::MAX).max(1);
            }
        }
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\"><path d=\"{path}\"/></svg>"
        );
        Some(Self { text, svg })
    }
}

#[cfg(test)]
mod tests {
    use super::Qr;

    #[test]
    fn the_finder_patterns_stand_in_three_corners() {
        let qr = Qr::new("keur:2026-11-22-0007:abab".into()).expect("it fits");
        assert!(qr.svg.contains("viewBox=\"0 0 33 33\""), "{}", qr.svg);
        for corner in ["M4 4h7v1H4z", "M22 4h7v1H22z", "M4 22h7v1H4z"] {
            assert!(qr.svg.contains(corner), "{corner}");
        }
        assert!(!qr.svg.contains("M22 22h7v1H22z"));
    }

    #[test]
    fn what_does_not_fit_gives_no_code() {
        assert!(Qr::new("é".repeat(3_000)).is_none());
    }
}
