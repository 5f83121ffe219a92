//! Damage to the folder of a killed server, of each kind that the loop must find.

use crate::findings::Findings;
use crate::stored;
use std::fs;
use std::path::Path;

/// A place in which no record keeps files, so that the sweep leaves it alone.
const DEEP: &str = "deep/er";

/// Changes a byte of the stored files, drops one, adds one, and cuts a backup short.
pub(crate) fn tamper(folder: &Path) {
    let storage = folder.join("data/storage");
    let files = stored::files(&storage);
    let mut files = files
        .iter()
        .filter(|path| !path.starts_with('.') && !path.contains(DEEP));
    if let Some(first) = files.next() {
        let path = storage.join(first);
        let record = path.parent().expect("a file is in a folder");
        fs::create_dir_all(record.join(DEEP)).expect("a folder can be made");
        fs::rename(&path, record.join(DEEP).join("a.bin")).expect("a file can be moved");
    }
    for other in files {
        let path = storage.join(other);
        let mut bytes = fs::read(&path).expect("a file can be read");
        if let Some(byte) = bytes.last_mut() {
            *byte = !*byte;
        }
        fs::write(&path, bytes).expect("a file can be written");
    }
    let backups = folder.join("data/backups");
    let finished = |name: &&String| !name.starts_with('.');
    for name in stored::files(&backups).iter().filter(finished).take(1) {
        let path = backups.join(name);
        let bytes = fs::read(&path).expect("a backup can be read");
        fs::write(&path, &bytes[..bytes.len() / 2]).expect("a backup can be written");
    }
}

/// Whether all of that was found.
pub(crate) fn is_caught(findings: &Findings) -> bool {
    [&findings.files, &findings.orphans, &findings.backups].map(Vec::is_empty) == [false; 3]
}
