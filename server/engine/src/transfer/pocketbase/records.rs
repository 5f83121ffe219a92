//! Records: every row of every collection's table, in the order of insertion.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::field::Field;
use luge_model::id::ID_FIELD;
use luge_model::record::Record;
use luge_model::value::Value;
use rusqlite::Row;

use super::batch::{Batch, Writer};
use super::files::{self, Wanted};
use super::source::Source;
use super::{PocketBaseError, PocketBaseReport, values};
use crate::context::Context;
use crate::engine::Engine;
use crate::transfer::Progress;

/// The placeholder that PocketBase keeps until somebody makes the first superuser.
pub(super) const PLACEHOLDER: &str = "__pbinstaller@example.com";

/// What is copied.
pub(super) struct Origin<'a> {
    /// The database.
    pub(super) source: &'a Source,
    /// Where the files are; `None` where they stay where they are.
    pub(super) storage: Option<&'a Path>,
    /// The ids of the collections.
    pub(super) ids: &'a [String],
}

/// Copies all records, and the files that they name.
pub(super) fn carry(
    engine: &Engine,
    context: &Context,
    from: &Origin<'_>,
    report: &mut PocketBaseReport,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), PocketBaseError> {
    let snapshot = engine.catalog.snapshot();
    let is_carried = |one: &&Arc<Collection>| !one.is_view() && from.ids.contains(&one.id);
    let mut copy = Copying {
        engine,
        from,
        writer: Writer::new(&engine.committer, context.now),
        report,
        state: Progress::default(),
        progress,
    };
    let mut tables = Vec::new();
    for collection in snapshot.all().iter().filter(is_carried) {
        tables.push(Table::of(collection, from.source, copy.report)?);
        copy.state.total += from.source.number(&count(collection))?;
    }
    for table in &mut tables {
        copy.table(table)?;
        table.tell(copy.report);
    }
    copy.writer.finish(copy.report)?;
    (copy.progress)(copy.state);
    Ok(())
}

/// Records on their way.
struct Copying<'a> {
    engine: &'a Engine,
    from: &'a Origin<'a>,
    writer: Writer<'a>,
    report: &'a mut PocketBaseReport,
    state: Progress,
    progress: &'a mut dyn FnMut(Progress),
}

impl Copying<'_> {
    fn table(&mut self, table: &mut Table<'_>) -> Result<(), PocketBaseError> {
        let source = self.from.source;
        let damaged = |error: rusqlite::Error| source.damaged(&error);
        let mut statement = source
            .database()
            .prepare(&table.select())
            .map_err(damaged)?;
        let mut rows = statement.query([]).map_err(damaged)?;
        let (mut batch, mut wanted) = (Batch::new(table.collection), Vec::new());
        loop {
            let row = rows.next().map_err(damaged)?;
            let ended = row.is_none();
            if let Some(row) = row {
                self.state.done += 1;
                let record = table.record(row, self.engine, self.report);
                if let Some(record) = record.map_err(damaged)? {
                    let storage = self.from.storage;
                    let files = storage.map(|storage| table.wanted(&record, storage));
                    if batch.add(record, self.report) {
                        wanted.extend(files.into_iter().flatten());
                    }
                }
            }
            if ended || batch.is_full() {
                // The bytes are on the disk before the commit that names them.
                files::carry(&self.engine.files, &wanted, self.report)?;
                wanted.clear();
                let full = std::mem::replace(&mut batch, Batch::new(table.collection));
                self.writer.write(full, self.report)?;
                (self.progress)(self.state);
            }
            if ended {
                return Ok(());
            }
        }
    }
}

/// The table of a collection.
struct Table<'a> {
    collection: &'a Arc<Collection>,
    /// Fields that have a column, in the order in which columns are selected.
    fields: Vec<&'a Field>,
    /// By field: how many values were read in part only, and the first record with one.
    partial: BTreeMap<String, (u64, String)>,
}

impl<'a> Table<'a> {
    /// The table with what its columns and the fields have in common; the rest is told.
    fn of(
        collection: &'a Arc<Collection>,
        source: &Source,
        report: &mut PocketBaseReport,
    ) -> Result<Self, PocketBaseError> {
        let name = &collection.name;
        let columns = source.columns(name)?;
        if columns.is_empty() {
            let reason = format!("the collection {name} is damaged: it has no table");
            return Err(PocketBaseError::Definition(reason));
        }
        let (mut fields, mut missing) = (Vec::new(), Vec::new());
        for field in &collection.fields {
            if columns.contains(&field.name) {
                fields.push(field);
            } else {
                missing.push(&field.name);
            }
        }
        for field in missing {
            let sentence = format!("Field {field} of {name}: the table has no column for it.");
            report.lose(sentence);
        }
        let undefined = |column: &&String| collection.field(column).is_none();
        for column in columns.iter().filter(undefined) {
            let quoted = quoted(column);
            let has_value = format!("WHERE {quoted} IS NOT NULL AND {quoted} <> ''");
            let rows = source.number(&format!("{} {has_value}", count(collection)))?;
            if rows > 0 {
                report.lose(format!(
                    "Column {column:?} of {name} is in no definition; {rows} records have a value."
                ));
            }
        }
        Ok(Self {
            collection,
            fields,
            partial: BTreeMap::new(),
        })
    }

    fn select(&self) -> String {
        let columns = self.fields.iter().map(|field| quoted(&field.name));
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!(
            "SELECT {columns} FROM {} ORDER BY `_rowid_`",
            quoted(&self.collection.name)
        )
    }

    /// The record of a row; `None` where it is not to be carried.
    fn record(
        &mut self,
        row: &Row<'_>,
        engine: &Engine,
        report: &mut PocketBaseReport,
    ) -> rusqlite::Result<Option<Record>> {
        let mut values: BTreeMap<_, _> = self
            .collection
            .fields
            .iter()
            .map(|field| (field.number, field.kind.zero()))
            .collect();
        let mut partial = Vec::new();
        for (column, field) in self.fields.iter().enumerate() {
            let read = values::read(field, row.get_ref(column)?);
            if read.partial {
                partial.push(&field.name);
            }
            values.insert(field.number, read.value);
        }
        let name = &self.collection.name;
        let id = values.get(&ID_FIELD).and_then(Value::as_text);
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            report.lose(format!("A record of {name} has no id."));
            return Ok(None);
        };
        if self.collection.is_superusers() {
            let email = self.collection.field("email");
            let email = email.and_then(|email| values.get(&email.number));
            if email.and_then(Value::as_text) == Some(PLACEHOLDER) {
                report.note("The superuser that PocketBase's installer made is not carried.");
                return Ok(None);
            }
        }
        for field in partial {
            let (count, _) = self
                .partial
                .entry(field.clone())
                .or_insert_with(|| (0, id.to_owned()));
            *count += 1;
        }
        let committer = &engine.committer;
        let (rowid, revision) = (committer.serial(), committer.serial());
        let values = values.iter().map(|(number, value)| (*number, value));
        Ok(Some(Record::build(rowid, revision, values)))
    }

    /// The files that a record names.
    fn wanted(&self, record: &Record, storage: &Path) -> Vec<Wanted> {
        let is_file = |field: &&Field| field.kind.as_file().is_some();
        let fields = self.collection.fields.iter().filter(is_file);
        let values = fields.filter_map(|field| record.value(field.number));
        let names = values.flat_map(|value| value.names().map(str::to_owned).collect::<Vec<_>>());
        names
            .map(|name| Wanted::new(storage, self.collection, record.id(), &name))
            .collect()
    }

    /// Tells of values that were read in part only.
    fn tell(&self, report: &mut PocketBaseReport) {
        let name = &self.collection.name;
        for (field, (count, first)) in &self.partial {
            report.note(format!(
                "Field {field} of {name}: {count} values are not of its type and are carried as it \
                 reads them; the first is that of record {first}."
            ));
        }
    }
}

fn count(collection: &Collection) -> String {
    format!("SELECT count(*) FROM {}", quoted(&collection.name))
}

/// A name as SQLite takes it.
fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
