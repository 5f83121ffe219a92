//! The repository's own files, read as text by the tests that judge them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of the repository.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path from the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Every text file that git tracks or would track.
pub fn all() -> Vec<Source> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root())
        .output()
        .expect("git lists the files of the repository");
    assert!(output.status.success(), "git ls-files failed: {output:?}");
    let listing = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let paths = listing.split('\0').filter(|path| !path.is_empty());
    let read = paths.filter_map(|path| {
        let text = std::fs::read_to_string(root().join(path)).ok()?;
        Some(Source {
            path: path.to_owned(),
            text,
        })
    });
    read.collect()
}
