//! A journal that was touched does not read back, and the fault names its line.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::*;
use crate::event::{Resumed, RunEnd};

fn started(case: usize) -> Event {
    Event::CaseStarted { case: format!("features/x.feature#geval-{case}") }
}

/// A folder with a journal of seven lines, and its head.
fn written() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_folder(folder.path()).unwrap();
    for case in 0..6 {
        store.append(started(case)).unwrap();
    }
    store.append(Event::RunFinished { how: RunEnd::Completed }).unwrap();
    let head = head(&store.entries());
    (folder, head)
}

fn path(folder: &TempDir) -> PathBuf {
    folder.path().join("journal.ndjson")
}

fn lines(folder: &TempDir) -> Vec<String> {
    fs::read_to_string(path(folder)).unwrap().lines().map(str::to_owned).collect()
}

fn rewrite(folder: &TempDir, lines: &[String]) {
    fs::write(path(folder), lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
}

fn broken_line(folder: &TempDir) -> Option<usize> {
    match read(folder.path()) {
        Ok(_) => None,
        Err(JournalError::Chain { line, .. } | JournalError::Entry { line, .. }) => Some(line),
        Err(JournalError::Io { path, source }) => panic!("{}: {source}", path.display()),
    }
}

#[test]
fn what_was_written_reads_back_under_the_same_head() {
    let (folder, head) = written();
    let entries = read(folder.path()).unwrap();
    assert_eq!(entries.len(), 7);
    assert_eq!(super::head(&entries), head);
    let lines = lines(&folder);
    assert_eq!(head, digest::hex(lines[6].as_bytes()));
    assert_eq!(entries[0].prev, GENESIS);
    assert_eq!(entries[3].prev, digest::hex(lines[2].as_bytes()));
    assert_eq!(super::head(&[]), GENESIS);
}

#[test]
fn the_same_events_give_the_same_lines_but_for_the_clock() {
    let bare = |folder: &TempDir| {
        read(folder.path()).unwrap().into_iter().map(|entry| (entry.seq, entry.event)).collect::<Vec<_>>()
    };
    let ((one, _), (two, _)) = (written(), written());
    assert_eq!(bare(&one), bare(&two));
}

#[test]
fn a_flipped_byte_anywhere_shows() {
    let (folder, head) = written();
    let whole = fs::read(path(&folder)).unwrap();
    let mut line = 1;
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x01;
        fs::write(path(&folder), &bytes).unwrap();
        match read(folder.path()) {
            // The last line is held by the head alone.
            Ok(entries) => assert!(line == 7 && super::head(&entries) != head, "byte {at} of line {line}"),
            Err(JournalError::Chain { line: found, .. } | JournalError::Entry { line: found, .. }) => {
                assert!(found == line || found == line + 1, "byte {at} of line {line}, found {found}");
            }
            Err(JournalError::Io { source, .. }) => {
                assert_eq!(source.kind(), std::io::ErrorKind::InvalidData, "byte {at}");
            }
        }
        line += usize::from(whole[at] == b'\n');
    }
}

#[test]
fn lines_cannot_go_move_or_double() {
    let (folder, head) = written();
    let whole = lines(&folder);
    for at in 0..whole.len() - 1 {
        let mut without = whole.clone();
        without.remove(at);
        rewrite(&folder, &without);
        assert_eq!(broken_line(&folder), Some(at + 1));
        let mut swapped = whole.clone();
        swapped.swap(at, at + 1);
        rewrite(&folder, &swapped);
        assert_eq!(broken_line(&folder), Some(at + 1));
        let mut doubled = whole.clone();
        doubled.insert(at, whole[at].clone());
        rewrite(&folder, &doubled);
        assert_eq!(broken_line(&folder), Some(at + 2));
    }
    rewrite(&folder, &whole[..6]);
    assert_ne!(super::head(&read(folder.path()).unwrap()), head);
}

#[test]
fn a_cut_last_line_is_named() {
    let (folder, _) = written();
    let whole = fs::read(path(&folder)).unwrap();
    for cut in [1, 2, 20] {
        fs::write(path(&folder), &whole[..whole.len() - cut]).unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("journal.ndjson:7:") && error.contains("cut off"), "{error}");
    }
}

#[test]
fn strange_lines_are_errors_not_panics() {
    let (folder, _) = written();
    let good = lines(&folder)[0].clone();
    for strange in [
        "{}".to_owned(),
        String::new(),
        "null".to_owned(),
        "[".repeat(100_000),
        good.replace("\"case_started\"", "\"case_begun\""),
        good.replace("\"seq\":0", "\"seq\":-1"),
        good.replacen('{', "{\"extra\":1,", 1),
        "x".repeat(reading::MAX_LINE + 10),
    ] {
        rewrite(&folder, std::slice::from_ref(&strange));
        assert_eq!(broken_line(&folder), Some(1), "{}", &strange[..strange.len().min(60)]);
    }
    fs::write(path(&folder), [0xff, 0xfe, b'\n']).unwrap();
    assert_eq!(broken_line(&folder), Some(1));
}

#[test]
fn a_folder_holds_one_journal() {
    let (folder, _) = written();
    assert!(matches!(Store::in_folder(folder.path()), Err(JournalError::Io { .. })));
    assert_eq!(broken_line(&folder), None);
}

#[test]
fn after_a_failed_write_nothing_more_is_written() {
    let store = Store::in_memory();
    store.append(started(0)).unwrap();
    store.lock().file = Some(File::open("/dev/null").unwrap());
    let error = store.append(started(1)).unwrap_err();
    assert!(matches!(error, JournalError::Io { .. }));
    store.lock().file = None;
    assert!(store.append(started(2)).is_err());
    assert_eq!(store.entries().len(), 1);
}

#[test]
fn blobs_are_found_by_content_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    for store in [Store::in_memory(), Store::in_folder(folder.path()).unwrap()] {
        assert_eq!(store.blob(b"").unwrap(), None);
        let address = store.blob(b"inhoud").unwrap().unwrap();
        assert_eq!(store.blob(b"inhoud").unwrap().unwrap(), address);
        assert_eq!(address, digest::sha256(b"inhoud"));
        assert_eq!(store.get(&address).unwrap(), b"inhoud");
        for strange in ["", "sha256:", "sha256:../../journal", "sha256:zz", "md5:00", &address.to_uppercase()]
        {
            assert_eq!(store.get(strange), None, "{strange}");
        }
    }
    let address = digest::sha256(b"inhoud");
    fs::write(folder.path().join("blobs/sha256").join(&address[7..]), b"anders").unwrap();
    assert_eq!(read_blob(folder.path(), &address), None);
}

#[test]
fn instants_are_utc_with_milliseconds() {
    let at = time::macros::datetime!(2026-11-22 01:02:03.0456 +2);
    assert_eq!(instant(at), "2026-11-21T23:02:03.045Z");
}

#[test]
fn nothing_follows_the_end_but_a_run_that_goes_on() {
    let store = Store::in_memory();
    store.append(started(1)).unwrap();
    store.append(Event::RunFinished { how: RunEnd::Interrupted }).unwrap();
    assert!(store.append(started(2)).is_err());
    assert_eq!(store.entries().len(), 2);
    let on =
        Resumed { declaration_digest: String::new(), endpoint: String::new(), all: false, torn_bytes: 0 };
    store.append(Event::Resumed(on)).unwrap();
    store.append(started(2)).unwrap();
    assert_eq!(store.entries().len(), 4);
}
