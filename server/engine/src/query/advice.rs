//! Which index a list misses: one that would have spared most of what it looked at.
//!
//! What the rule and the filter compare with one value comes first, then what they keep within
//! bounds: so an index narrows as far as it can ([`super::plan`]).

use luge_model::collection::Collection;
use luge_model::filter::{Bound, Operator};
use luge_model::id::{FieldNumber, ID_FIELD};
use luge_model::limits::{INDEX_ADVICE_RECORDS_MIN, INDEX_SHARE_MIN};
use luge_model::sort::{Operand, Sort};
use luge_model::value::Value;

use super::Run;

/// A column of an index that is advised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Advised {
    field: FieldNumber,
    no_case: bool,
    descending: bool,
}

/// The columns, as `CREATE INDEX` has them, of the index that a list over everything misses; empty
/// where it looked at little, where much of that was kept, or where no index would have helped.
pub(super) fn missing_index(run: &Run<'_>, looked: u64, kept: u64) -> Vec<String> {
    let few = looked < INDEX_ADVICE_RECORDS_MIN;
    // Of more than that share no index would be used.
    if few || kept.saturating_mul(INDEX_SHARE_MIN as u64) > looked {
        return Vec::new();
    }
    let collection = &run.compiled.collection;
    let columns = match run.filters() {
        true => narrowing(&run.bounds),
        false => ordering(collection, run.sort.sort()),
    };
    if columns.is_empty() || is_there(collection, &columns) {
        return Vec::new();
    }
    let texts = columns.iter().map(|column| text(collection, *column));
    texts.collect()
}

/// The columns by which an index leaves least of what the bounds hold for.
fn narrowing(bounds: &[Bound]) -> Vec<Advised> {
    let mut columns: Vec<Advised> = Vec::new();
    let equal = |bound: &&Bound| bound.operator == Operator::Equal;
    let others = bounds.iter().filter(|bound| !equal(bound)).take(1);
    for bound in bounds.iter().filter(equal).chain(others) {
        let is_known = columns.iter().any(|column| column.field == bound.field);
        if !is_known && bound.field != ID_FIELD {
            columns.push(Advised {
                field: bound.field,
                // How a text begins is found where case is folded, as `~` folds it.
                no_case: bound.operator == Operator::Like,
                descending: false,
            });
        }
    }
    columns
}

/// The columns that have all records in the order of a sort; none where no index can.
fn ordering(collection: &Collection, sort: &Sort) -> Vec<Advised> {
    let mut columns = Vec::new();
    for key in sort.keys() {
        let field = match key.operand {
            Operand::Field(field) => field,
            Operand::Rowid => break,
            Operand::Derived | Operand::Random => return Vec::new(),
        };
        let kind = collection.field_by_number(field).map(|field| &field.kind);
        let zero = kind.map(|kind| kind.zero());
        let (Some(Value::Text(_) | Value::Number(_) | Value::Bool(_)), false) =
            (zero, field == ID_FIELD)
        else {
            return Vec::new();
        };
        columns.push(Advised {
            field,
            no_case: false,
            descending: key.descending,
        });
    }
    columns
}

/// Whether some index begins with these columns already: the list had a reason not to use it.
fn is_there(collection: &Collection, columns: &[Advised]) -> bool {
    let mut indexes = collection.indexes.iter();
    indexes.any(|index| {
        index.condition.is_none()
            && columns.iter().all(|column| {
                let mut first = index.columns.iter().take(columns.len());
                first.any(|one| one.field == column.field && one.no_case == column.no_case)
            })
    })
}

fn text(collection: &Collection, column: Advised) -> String {
    let field = collection.field_by_number(column.field);
    let name = field.map_or("", |field| &field.name);
    let folded = if column.no_case {
        " COLLATE NOCASE"
    } else {
        ""
    };
    let order = if column.descending { " DESC" } else { "" };
    format!("`{name}`{folded}{order}")
}
