//! A file that gets its name only when it is whole.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::BundleError;
use crate::digest::Sha256Sink;

/// A file that is gone when it is not renamed.
pub(super) struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// A new file in the folder of `out`, so that renaming does not copy.
    pub(super) fn beside(out: &Path, what: &str) -> Result<Self, BundleError> {
        let place = parent(out);
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        let path = place.join(format!(".{name}.{}.{what}", std::process::id()));
        fs::create_dir_all(place).and_then(|()| File::create(&path)).map_err(io(&path))?;
        Ok(Self { path })
    }

    /// Where it stands for now.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name; also its digest and length.
    pub(super) fn rename_to(self, out: &Path) -> Result<(String, u64), BundleError> {
        let mut sink = Sha256Sink::default();
        let mut file = File::open(&self.path).map_err(io(&self.path))?;
        let size = std::io::copy(&mut file, &mut sink).map_err(io(&self.path))?;
        fs::rename(&self.path, out).map_err(io(out))?;
        Ok((sink.hex(), size))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// A refusal of the file system at this place.
pub(super) fn io(path: &Path) -> impl Fn(std::io::Error) -> BundleError + use<> {
    let path = path.to_owned();
    move |source| BundleError::Io { path: path.clone(), source }
}

/// The folder a file stands in.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
