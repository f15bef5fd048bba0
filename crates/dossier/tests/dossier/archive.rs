//! The archive: what is written comes back, and nothing else is read.

use std::io::Read;

use keur_dossier::archive::{Archive, ArchiveError, Limits, Writer};
use proptest::prelude::*;

const LOCAL: usize = 30;
const CENTRAL: usize = 46;
const END: usize = 22;

fn write(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for (path, bytes) in files {
        writer.add(path, bytes).unwrap();
    }
    writer.finish().unwrap()
}

fn open(bytes: Vec<u8>) -> Result<Archive, ArchiveError> {
    Archive::from_bytes(bytes, &Limits::default())
}

fn message(bytes: Vec<u8>) -> String {
    match open(bytes) {
        Ok(archive) => {
            let wrong = archive.entries().iter().find_map(|entry| archive.read(&entry.path).err());
            wrong.expect("the archive is refused").to_string()
        }
        Err(error) => error.to_string(),
    }
}

/// Two stored entries, `a` with "1" and `b/c` with "22", and where their headers stand.
fn small() -> (Vec<u8>, [usize; 2], [usize; 2]) {
    let bytes = write(&[("a", b"1"), ("b/c", b"22")]);
    let second = LOCAL + 1 + 1;
    let central = second + LOCAL + 3 + 2;
    (bytes, [0, second], [central, central + CENTRAL + 1])
}

fn changed(at: usize, to: &[u8]) -> Vec<u8> {
    let (mut bytes, ..) = small();
    bytes[at..at + to.len()].copy_from_slice(to);
    bytes
}

#[test]
fn what_is_written_is_read_and_two_writings_are_equal() {
    let long = vec![b'x'; 100_000];
    let files: [(&str, &[u8]); 3] = [("a", b""), ("b/c.json", &long), ("manifest.json", &long)];
    let bytes = write(&files);
    assert_eq!(bytes, write(&files));
    let archive = open(bytes).unwrap();
    for (path, content) in files {
        assert_eq!(archive.read(path).unwrap(), content);
    }
    let compressed = archive.entry("b/c.json").unwrap();
    assert!(compressed.stored < 1000 && archive.entry("manifest.json").unwrap().stored == 100_000);
    assert!(archive.entry("b").is_none());
}

#[test]
fn several_threads_read_one_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.keur");
    let contents: Vec<Vec<u8>> = (0..20_u8).map(|n| vec![n; 50_000 + usize::from(n)]).collect();
    let names: Vec<String> = (0..20).map(|n| format!("f{n:02}")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&contents).map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    std::fs::write(&path, write(&files)).unwrap();
    let archive = Archive::open(&path, &Limits::default()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for (name, content) in &files {
                    assert_eq!(archive.read(name).unwrap(), *content);
                }
            });
        }
    });
}

#[test]
fn the_writer_keeps_its_own_rules() {
    let mut writer = Writer::new(Vec::new());
    writer.add("b", b"").unwrap();
    assert!(matches!(writer.add("a", b""), Err(ArchiveError::Order { .. })));
    assert!(matches!(writer.add("b", b""), Err(ArchiveError::Order { .. })));
    let long = "x".repeat(201);
    for path in
        ["", "/c", "c/", "c//d", "../c", "c/..", "c/./d", "c\\d", "c d", "c:d", "é", "c\0", long.as_str()]
    {
        assert!(matches!(writer.add(path, b""), Err(ArchiveError::Path { .. })), "{path}");
    }
}

#[test]
fn every_header_field_is_held_to_what_the_writer_writes() {
    let (_, [_, local], [_, central]) = small();
    for (at, name) in [
        (local, "lokale kop: handtekening"),
        (local + 6, "vlaggen"),
        (local + 8, "methode"),
        (local + 10, "tijd"),
        (local + 12, "datum"),
        (local + 14, "CRC"),
        (local + 18, "lengte in het archief"),
        (local + 22, "lengte uitgepakt"),
        (local + 28, "extra velden"),
        (local + 30, "naam"),
        (central + 4, "gemaakt door"),
        (central + 8, "vlaggen"),
        (central + 14, "datum"),
        (central + 30, "extra velden"),
        (central + 32, "commentaar"),
        (central + 34, "schijf"),
        (central + 36, "interne attributen"),
        (central + 38, "externe attributen"),
        (central + 42, "plaats"),
    ] {
        let (bytes, ..) = small();
        let told = message(changed(at, &[bytes[at] ^ 1]));
        let last = name.rsplit(": ").next().unwrap();
        assert!(told.contains("`b/c`") && told.contains(last), "{name}: {told}");
    }
}

#[test]
fn a_symbolic_link_is_refused() {
    let (_, _, [first, _]) = small();
    let told = message(changed(first + 38, &(0o120_777_u32 << 16).to_le_bytes()));
    assert!(told.contains("`a`") && told.contains("alleen een gewoon bestand"), "{told}");
}

#[test]
fn a_path_that_climbs_out_or_stands_twice_is_refused() {
    let bytes = write(&[("aa/b", b"1"), ("aa/c", b"2")]);
    let renamed = |from: &str, to: &str| {
        let (from, to) = (from.as_bytes(), to.as_bytes());
        let mut out = bytes.clone();
        let places: Vec<usize> =
            (0..out.len() - from.len()).filter(|at| &out[*at..at + from.len()] == from).collect();
        assert_eq!(places.len(), 2);
        for at in places {
            out[at..at + to.len()].copy_from_slice(to);
        }
        message(out)
    };
    assert!(renamed("aa/c", "../c").contains("deze naam mag niet"));
    assert!(renamed("aa/c", "/a/c").contains("deze naam mag niet"));
    assert!(renamed("aa/c", "aa/b").contains("staat dubbel"));
    assert!(renamed("aa/c", "aa/a").contains("niet op volgorde"));
}

#[test]
fn nothing_stands_before_between_or_behind() {
    let (bytes, ..) = small();
    let mut behind = bytes.clone();
    behind.push(0);
    assert!(message(behind).contains("iets achter"));
    let mut before = vec![0];
    before.extend_from_slice(&bytes);
    message(before);
    let (_, [_, second], [central, _]) = small();
    for at in [second, central] {
        let mut between = bytes.clone();
        between.insert(at, 0);
        let end = between.len() - END + 16;
        let moved = u32::from_le_bytes(between[end..end + 4].try_into().unwrap()) + 1;
        between[end..end + 4].copy_from_slice(&moved.to_le_bytes());
        message(between);
    }
    let mut comment = bytes.clone();
    let length = comment.len();
    comment[length - 2] = 1;
    comment.push(b'x');
    message(comment);
}

#[test]
fn content_must_be_what_its_headers_say() {
    let (bytes, [first, _], [central, _]) = small();
    assert!(message(changed(first + LOCAL + 1, b"2")).contains("CRC"));
    // Both headers agree on a CRC that is not that of the content.
    let mut both = bytes.clone();
    both[first + 14] ^= 1;
    both[central + 16] ^= 1;
    assert!(message(both).contains("CRC"));
}

#[test]
fn a_bomb_stops_at_its_declared_size() {
    let content = vec![0; 1 << 20];
    let mut bytes = write(&[("bom", &content)]);
    let central = bytes.len() - END - CENTRAL - 3;
    // Both headers say 2,000 bytes, the stream holds a megabyte.
    for at in [22, central + 24] {
        bytes[at..at + 4].copy_from_slice(&2000_u32.to_le_bytes());
    }
    let archive = open(bytes).unwrap();
    let mut taken = Vec::new();
    let error = archive.open_entry("bom").unwrap().read_to_end(&mut taken).unwrap_err();
    assert!(error.to_string().contains("langer") && taken.len() == 2000, "{error}");
}

#[test]
fn limits_hold_before_anything_is_unpacked() {
    let bytes = write(&[("a", &[0; 5000]), ("b", &[0; 5000])]);
    for limits in [
        Limits { entries: 1, ..Limits::default() },
        Limits { entry: 4999, ..Limits::default() },
        Limits { total: 9999, ..Limits::default() },
    ] {
        let error = Archive::from_bytes(bytes.clone(), &limits).unwrap_err();
        assert!(matches!(error, ArchiveError::Limit { .. }), "{error}");
    }
    let journal = write(&[("journal.ndjson", &[0; 5000])]);
    let limits = Limits { entry: 10, ..Limits::default() };
    assert!(Archive::from_bytes(journal, &limits).is_ok());
}

#[test]
fn what_is_cut_off_anywhere_is_refused() {
    let long: Vec<u8> = (0..40_000_u32).flat_map(|n| (n * 7).to_le_bytes()).collect();
    let bytes = write(&[("a", b"1"), ("b", &long)]);
    for length in (0..bytes.len()).step_by(97) {
        assert!(open(bytes[..length].to_vec()).is_err(), "{length}");
    }
}

proptest! {
    #[test]
    fn any_files_round_trip(files in proptest::collection::btree_map("[a-z]{1,8}(/[A-Za-z0-9_-]{1,8}){0,2}", proptest::collection::vec(any::<u8>(), 0..600), 0..8)) {
        let list: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
        let archive = open(write(&list)).unwrap();
        prop_assert_eq!(archive.entries().len(), files.len());
        for (path, bytes) in &files {
            prop_assert_eq!(&archive.read(path).unwrap(), bytes);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(open(bytes).is_err());
    }

    #[test]
    fn a_changed_byte_of_the_structure_never_panics(at in 0_usize..200, to in any::<u8>()) {
        let (mut bytes, ..) = small();
        let at = at % bytes.len();
        let same = bytes[at] == to;
        bytes[at] = to;
        let sound = open(bytes).is_ok_and(|archive| archive.entries().iter().all(|entry| archive.read(&entry.path).is_ok()));
        prop_assert_eq!(sound, same);
    }
}
