//! Aggregation: the records that a caller may list, grouped and summed up.
//!
//! - Names are looked up as those of a sort are, for the same caller: what cannot be read or listed
//!   cannot be aggregated either.
//! - A group is told apart by the values that are shown of it, so two groups never look the same.
//! - What has no value (NULL, an empty text or date) is left out of every computation; 0 and
//!   `false` are values.

use std::collections::HashMap;
use std::sync::Arc;

use luge_model::collection::Collections;
use luge_model::filter::{
    Audience, ColumnNames, Columns, Environment, NoRelated, Purpose, Scope, Share,
};
use luge_model::id::{FieldNumber, ID_FIELD};
use luge_model::labels::Labels;
use luge_model::limits::{AGGREGATE_BYTES_MAX, AGGREGATE_GROUPS_MAX, AGGREGATE_WAYS_MAX};
use luge_model::record::{Row, write_text_json};
use luge_model::value::ValueRef;

use crate::access::{Compiled, Operation};
use crate::catalog::described;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::query::{Next, Page, Query, bad_query, page_of, scope};

mod accumulator;

#[cfg(test)]
mod tests;

use accumulator::{Accumulator, Function};

/// What an aggregation asks for.
#[derive(Clone, Debug, Default)]
pub struct AggregateRequest {
    /// From 1; 0 counts as 1.
    pub page: usize,
    /// Groups on a page; 0 counts as the default, more than the most is clamped.
    pub per_page: usize,
    /// What groups records, comma-separated; empty for one group of all.
    pub group: String,
    /// The lists of `sum`, `avg`, `min` and `max`, in this order.
    pub functions: [String; 4],
    /// Which records are aggregated.
    pub filter: String,
    /// Which groups are shown: a filter over the columns of the result.
    pub having: String,
    /// Sort keys over the columns of the result; empty for the order of the keys.
    pub sort: String,
}

/// One group: its keys and what was computed, as JSON texts, in the order of [`Outline::labels`].
#[derive(Clone, Debug)]
pub struct Line {
    outline: Arc<Outline>,
    texts: Vec<String>,
    place: u64,
}

/// The columns of a result.
#[derive(Debug)]
struct Outline {
    /// What an item is made of, in its order: the name of a part and those of its columns.
    parts: Vec<(&'static str, Vec<String>)>,
}

/// The groups while records go by.
struct Groups<'a> {
    columns: &'a Columns,
    functions: Vec<Function>,
    all: HashMap<Vec<u8>, Group>,
    bytes: usize,
}

/// What is known of one group.
struct Group {
    count: u64,
    values: Vec<Accumulator>,
}

/// Groups the records of a collection that the caller may list and that match.
///
/// # Errors
/// As for a list, and [`Error::TooCostly`] where there are too many groups.
pub fn aggregate(
    query: &Query,
    context: &Context,
    compiled: &Arc<Compiled>,
    request: &AggregateRequest,
) -> Result<Page<Line>> {
    compiled.admit(context, Operation::List)?;
    let (columns, functions) = columns(request, &scope(context, compiled))?;
    let outline = Arc::new(Outline::new(&columns, &functions));
    let lookups = query.lookups(context, &compiled.snapshot);
    lookups.warm(columns.collections())?;
    let environment = lookups.environment();
    let prepared = columns.prepare(&environment);
    let mut groups = Groups {
        columns: &columns,
        functions,
        all: HashMap::new(),
        bytes: 0,
    };
    let mut failure = None;
    query.visit(&lookups, compiled, &request.filter, &mut |row| {
        if failure.is_none() {
            let taken = prepared.shares(row).map_err(|_| too_many_ways());
            failure = taken.and_then(|shares| groups.take(shares)).err();
        }
    })?;
    match failure {
        Some(failure) => Err(failure),
        None => page(
            (context, compiled),
            request,
            groups.lines(&outline),
            &outline,
        ),
    }
}

/// The columns that a request names, and the function of each computed one.
fn columns(request: &AggregateRequest, scope: &Scope<'_>) -> Result<(Columns, Vec<Function>)> {
    let mut names = ColumnNames::new(scope);
    let mut add = |parameter: &str, list: &str, purpose: Purpose| {
        names
            .add(list, purpose)
            .map_err(|error| bad_query(parameter, &error))
    };
    add("group", &request.group, Purpose::Keys)?;
    let mut functions = Vec::new();
    for (function, list) in Function::ALL.into_iter().zip(&request.functions) {
        add(function.name(), list, function.purpose())?;
        let named = list.split(',').filter(|_| !list.trim().is_empty());
        functions.extend(named.map(|_| function));
    }
    Ok((names.finish(), functions))
}

impl Groups<'_> {
    fn take(&mut self, shares: Vec<Share<'_>>) -> Result<()> {
        for Share { key, values, .. } in shares {
            let mut bytes = 0;
            let group = match self.all.get_mut(&key) {
                Some(group) => group,
                None => {
                    bytes += key.len();
                    let group = Group::new(&self.functions);
                    self.all.entry(key).or_insert(group)
                }
            };
            group.count += 1;
            for (place, value) in values {
                if let Some(accumulator) = group.values.get_mut(place) {
                    bytes += accumulator.take(value);
                }
            }
            self.bytes += bytes;
        }
        if self.all.len() > AGGREGATE_GROUPS_MAX {
            return Err(Error::TooCostly(format!(
                "The records fall into more than {AGGREGATE_GROUPS_MAX} groups. A filter or a \
                 coarser group helps."
            )));
        }
        if self.bytes > AGGREGATE_BYTES_MAX {
            return Err(Error::TooCostly(format!(
                "The keys and values of the groups take more than {AGGREGATE_BYTES_MAX} bytes. A \
                 filter or shorter texts help."
            )));
        }
        Ok(())
    }

    fn lines(mut self, outline: &Arc<Outline>) -> Vec<Line> {
        if self.columns.keys().is_empty() && self.all.is_empty() {
            // Without keys there is one group, also of no records.
            self.all.insert(Vec::new(), Group::new(&self.functions));
        }
        let mut groups: Vec<_> = self.all.into_iter().collect();
        groups.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        let lines = groups.into_iter().zip(1..).map(|((key, group), place)| {
            let key = String::from_utf8_lossy(&key);
            let mut texts = vec![group.count.to_string()];
            texts.extend(key.lines().map(str::to_owned));
            let values = self.columns.values().iter().zip(group.values);
            texts.extend(values.map(|(column, value)| value.json(column)));
            Line {
                outline: Arc::clone(outline),
                texts,
                place,
            }
        });
        lines.collect()
    }
}

impl Group {
    fn new(functions: &[Function]) -> Self {
        Self {
            count: 0,
            values: functions.iter().map(|one| Accumulator::new(*one)).collect(),
        }
    }
}

impl Outline {
    fn new(columns: &Columns, functions: &[Function]) -> Self {
        let keys = columns.keys().iter().map(|column| column.name.clone());
        let mut parts = vec![("count", Vec::new()), ("group", keys.collect())];
        for function in Function::ALL {
            let named = columns.values().iter().zip(functions);
            let named = named.filter(|(_, other)| **other == function);
            let names: Vec<_> = named.map(|(column, _)| column.name.clone()).collect();
            if !names.is_empty() {
                parts.push((function.name(), names));
            }
        }
        Self { parts }
    }

    /// The names of the keys in the result, as many as a sort takes.
    fn key_labels(&self) -> Vec<String> {
        let labels = self.labels().into_iter();
        labels.filter(|label| label.starts_with("group.")).collect()
    }

    /// The names of the columns in the result, in order.
    fn labels(&self) -> Vec<String> {
        let named = |(part, names): &(&'static str, Vec<String>)| match *part {
            "count" => vec!["count".to_owned()],
            part => names.iter().map(|name| format!("{part}.{name}")).collect(),
        };
        self.parts.iter().flat_map(named).collect()
    }
}

impl Line {
    /// Appends the group as a JSON object.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let mut texts = self.texts.iter();
        let mut next = |out: &mut Vec<u8>| {
            let text = texts.next().map_or("null", String::as_str);
            out.extend_from_slice(text.as_bytes());
        };
        for (position, (part, names)) in self.outline.parts.iter().enumerate() {
            out.push(if position == 0 { b'{' } else { b',' });
            write_text_json(part, out);
            out.push(b':');
            if *part == "count" {
                next(out);
                continue;
            }
            out.push(b'{');
            for (position, name) in names.iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write_text_json(name, out);
                out.push(b':');
                next(out);
            }
            out.push(b'}');
        }
        out.push(b'}');
    }
}

impl Row for Line {
    fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>> {
        let place = usize::from(field.0.checked_sub(ID_FIELD.0)?);
        self.texts.get(place).map(|text| ValueRef::Json(text))
    }

    fn rowid(&self) -> u64 {
        self.place
    }
}

/// The wanted page of the wanted groups in the wanted order.
fn page(
    (context, compiled): (&Context, &Compiled),
    request: &AggregateRequest,
    mut lines: Vec<Line>,
    outline: &Outline,
) -> Result<Page<Line>> {
    let labels = outline.labels();
    let fields: Vec<String> = (0..labels.len())
        .map(|place| format!("column{place}"))
        .collect();
    let collection = described("groups", fields.iter().map(|name| (name.as_str(), "json")))?;
    let scope = Scope {
        collection: &collection,
        collections: &*compiled.snapshot as &dyn Collections,
        audience: Audience::Client,
        caller: None,
    };
    let labels = named(&labels, &fields);
    let environment = Environment {
        now: context.now,
        principal: &context.principal,
        request: &context.request,
        related: &NoRelated,
    };
    if !request.having.trim().is_empty() {
        let having = labels.filter(&request.having, &scope);
        let having = having.map_err(|error| bad_query("having", &error))?;
        let having = having.prepare(&environment);
        lines.retain(|line| having.matches(line));
    }
    let bad_sort = |error| bad_query("sort", &error);
    let asked = labels.sort(&request.sort, &scope).map_err(bad_sort)?;
    let keys = outline.key_labels().join(",");
    let by_keys = labels.sort(&keys, &scope).map_err(bad_sort)?;
    let (asked, by_keys) = (
        asked.prepare(&environment, 0),
        by_keys.prepare(&environment, 0),
    );
    lines.sort_by(|left, right| {
        let order = asked.compare(left, right);
        order.then_with(|| by_keys.compare(left, right))
    });
    let (page, per_page) = page_of(request.page, request.per_page);
    let total = lines.len() as u64;
    let skipped = (page - 1).saturating_mul(per_page);
    Ok(Page {
        page,
        per_page,
        total_items: Some(total),
        items: lines.into_iter().skip(skipped).take(per_page).collect(),
        next: Next::Page,
        explanation: None,
        found: Vec::new(),
        more_than_total: false,
        facets: None,
        suggestions: None,
    })
}

/// The names that `having` and `sort` may use: those of the result, and those of keys alone.
fn named(labels: &[String], fields: &[String]) -> Labels {
    let mut named = Labels::default();
    for (label, field) in labels.iter().zip(fields) {
        named.add(label.clone(), field);
    }
    for (label, field) in labels.iter().zip(fields) {
        if let Some(key) = label.strip_prefix("group.") {
            named.add(key.to_owned(), field);
        }
    }
    named
}

fn too_many_ways() -> Error {
    Error::TooCostly(format!(
        "The paths of the aggregation lead to more than {AGGREGATE_WAYS_MAX} combinations of \
         values from one record."
    ))
}
