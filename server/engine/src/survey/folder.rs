//! How large a folder is.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// The bytes of all files of a folder and of those within it; none where it is missing. What goes
/// while it is looked at is not counted, and links lead nowhere.
pub(super) fn bytes(folder: &Path) -> io::Result<u64> {
    let mut total: u64 = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let metadata = match entry.metadata() {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                metadata => metadata?,
            };
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if metadata.is_file() {
                total = total.saturating_add(metadata.len());
            }
        }
    }
    Ok(total)
}
