//! Writing the handover to disk.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::Running;

/// Writes `product.toml` and, in a folder `<stem>-bestanden` beside it, the files it names, readable by the owner only.
///
/// # Errors
/// When the path has no file name or a file cannot be written; the error names the file.
pub fn write_product(running: &Running, path: &Path) -> io::Result<()> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, format!("{} is not a file name", path.display()))
    })?;
    let name = format!("{stem}-bestanden");
    let folder = path.parent().unwrap_or(Path::new("")).join(&name);
    fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    for (file, content) in running.files() {
        let target = folder.join(file);
        write_private(&target, content).map_err(|error| at(&target, &error))?;
    }
    let text = running.handover.product_toml(&format!("{name}/"));
    fs::write(path, text).map_err(|error| at(path, &error))
}

/// Writes beside the target and renames, so that a key is never readable by others, not even for a moment.
fn write_private(target: &Path, content: &[u8]) -> io::Result<()> {
    let draft = target.with_extension("nieuw");
    // A draft that was left behind may have other permissions.
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(content)?;
    drop(file);
    fs::rename(&draft, target)
}

fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display()))
}
