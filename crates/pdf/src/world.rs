//! The typesetter's world: one template, its files, four faces. Nothing else exists in it, so that a page
//! cannot read a file, a package or the clock.

use std::sync::LazyLock;

use typst::{
    Feature, Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

/// The faces of the page: a serif for reading, a monospace for what is read letter by letter.
const FACES: [&str; 4] =
    ["LibertinusSerif-Regular", "LibertinusSerif-Bold", "DejaVuSansMono", "DejaVuSansMono-Bold"];

/// What every page is made with.
static KIT: LazyLock<Kit> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts()
        .flat_map(|data| Font::iter(Bytes::new(data)))
        .filter(|font| font.post_script_name().is_some_and(|name| FACES.contains(&name.as_str())))
        .collect();
    assert_eq!(fonts.len(), FACES.len(), "the faces come with the typesetter and are tested");
    Kit {
        library: LazyHash::new(
            Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build(),
        ),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        main: Source::new(file("report.typ"), include_str!("report.typ").to_owned()),
    }
});

struct Kit {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
}

fn file(name: &str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).expect("our own names are paths")).intern()
}

/// Whether every face can show this character.
pub(crate) fn covers(c: char) -> bool {
    KIT.fonts.iter().all(|font| font.info().coverage.contains(u32::from(c)))
}

/// One document: the files its template reads.
pub(crate) struct Desk {
    files: Vec<(FileId, Bytes)>,
}

impl Desk {
    /// The files by the names the template knows.
    pub(crate) fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self { files: files.into_iter().map(|(name, bytes)| (file(&name), Bytes::new(bytes))).collect() }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &KIT.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &KIT.book
    }

    fn main(&self) -> FileId {
        KIT.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == KIT.main.id() { Ok(KIT.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(known, _)| *known == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        KIT.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
