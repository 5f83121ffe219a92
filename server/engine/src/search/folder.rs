//! The folder of the index: opened, or made anew where it is missing, damaged, or of another form.

use std::fs;
use std::path::{Path, PathBuf};

use luge_model::limits::{SEARCH_WRITER_BYTES, SEARCH_WRITER_THREADS};
use tantivy::directory::MmapDirectory;
use tantivy::indexer::NoMergePolicy;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError};

use super::build::Saved;
use super::terms::Columns;

/// The form of the index and of what is saved with it. A folder of another form is made anew.
pub(super) const FORMAT: u32 = 2;

/// An open index.
pub(super) struct OpenIndex {
    pub(super) writer: IndexWriter<TantivyDocument>,
    pub(super) reader: IndexReader,
    pub(super) columns: Columns,
    /// What was saved with the last commit.
    pub(super) saved: Saved,
}

impl OpenIndex {
    /// Opens the index in a folder; what cannot be used there is replaced by an empty one.
    pub(super) fn open(folder: &Path) -> Result<Self, TantivyError> {
        let columns = Columns::new();
        if folder.exists() {
            match existing(folder, &columns) {
                Ok(opened) => return Ok(opened),
                Err(reason) => {
                    tracing::warn!(reason, "the search index is made anew");
                    remove(folder)?;
                }
            }
        }
        make(folder, &columns)?;
        existing(folder, &columns).map_err(TantivyError::SystemError)
    }

    /// Commits with what is to be saved.
    pub(super) fn commit(&mut self, saved: &Saved) -> Result<(), TantivyError> {
        let payload = serde_json::to_string(saved)
            .map_err(|error| TantivyError::SystemError(error.to_string()))?;
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&payload);
        prepared.commit()?;
        self.reader.reload()
    }

    /// Rewrites every segment that still holds deleted documents, so that their words leave the
    /// disk; how many were rewritten.
    pub(super) fn purge(&mut self) -> Result<usize, TantivyError> {
        let segments = self.writer.index().searchable_segment_metas()?;
        let deleted = segments.iter().filter(|segment| segment.has_deletes());
        let ids: Vec<_> = deleted.map(tantivy::SegmentMeta::id).collect();
        for id in &ids {
            self.writer.merge(&[*id]).wait()?;
        }
        if !ids.is_empty() {
            self.reader.reload()?;
            self.writer.garbage_collect_files().wait()?;
        }
        Ok(ids.len())
    }
}

/// Removes the folder with all that is in it.
pub(super) fn remove(folder: &Path) -> Result<(), TantivyError> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

fn make(folder: &Path, columns: &Columns) -> Result<(), TantivyError> {
    fs::create_dir_all(folder)?;
    let index = Index::create_in_dir(folder, columns.schema.clone())?;
    let mut writer: IndexWriter<TantivyDocument> =
        index.writer_with_num_threads(1, SEARCH_WRITER_BYTES)?;
    let saved = Saved {
        format: FORMAT,
        ..Saved::default()
    };
    let payload = serde_json::to_string(&saved)
        .map_err(|error| TantivyError::SystemError(error.to_string()))?;
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&payload);
    prepared.commit()?;
    Ok(())
}

/// Opens what is there, or says why it cannot be used.
fn existing(folder: &Path, columns: &Columns) -> Result<OpenIndex, String> {
    let text = |error: TantivyError| error.to_string();
    let directory =
        MmapDirectory::open(PathBuf::from(folder)).map_err(|error| error.to_string())?;
    let index = Index::open(directory).map_err(text)?;
    if index.schema() != columns.schema {
        return Err("it has other columns".to_owned());
    }
    let payload = index
        .load_metas()
        .map_err(text)?
        .payload
        .unwrap_or_default();
    let saved: Saved = serde_json::from_str(&payload).map_err(|error| error.to_string())?;
    if saved.format != FORMAT {
        return Err(format!("it has format {}, not {FORMAT}", saved.format));
    }
    let damaged = index.validate_checksum().map_err(text)?;
    if let Some(file) = damaged.iter().next() {
        return Err(format!("{} is damaged", file.display()));
    }
    let writer = index
        .writer_with_num_threads(SEARCH_WRITER_THREADS, SEARCH_WRITER_BYTES)
        .map_err(text)?;
    // What is put together is said by `merging`.
    writer.set_merge_policy(Box::new(NoMergePolicy));
    let reader = index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .doc_store_cache_num_blocks(0)
        .try_into()
        .map_err(text)?;
    Ok(OpenIndex {
        writer,
        reader,
        columns: columns.clone(),
        saved,
    })
}
