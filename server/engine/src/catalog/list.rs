//! The list of collections: filtered, sorted and paged like records (contract §1.1).

use std::cmp::Ordering;
use std::sync::Arc;

use luge_model::collection::Collection;
use luge_model::field::Field;
use luge_model::filter::{Audience, Environment, Filter, NoRelated, Scope};
use luge_model::id::{FieldNumber, ID_FIELD};
use luge_model::limits::{PER_PAGE_DEFAULT, PER_PAGE_MAX, SORT_KEYS_MAX};
use luge_model::record::Row;
use luge_model::value::ValueRef;
use serde_json::{Map, Value as Json, json};

use super::{Catalog, Snapshot};
use crate::context::Context;
use crate::error::{Error, Result};

/// What may be filtered and sorted by, with the type of each.
const COLUMNS: [(&str, &str); 6] = [
    ("id", "text"),
    ("created", "date"),
    ("updated", "date"),
    ("name", "text"),
    ("system", "bool"),
    ("type", "text"),
];

/// Which collections are asked for.
#[derive(Clone, Debug, Default)]
pub struct CollectionsRequest {
    /// From 1; 0 is 1.
    pub page: u64,
    /// 0 is the default.
    pub per_page: usize,
    /// `-name,+created`
    pub sort: Option<String>,
    /// A filter over id, created, updated, name, system and type.
    pub filter: Option<String>,
    /// Leaves the total out.
    pub skip_total: bool,
}

/// One page of collections.
#[derive(Clone, Debug)]
pub struct CollectionPage {
    /// From 1.
    pub page: u64,
    /// Most items of a page.
    pub per_page: usize,
    /// `None` when it was not asked for.
    pub total_items: Option<u64>,
    /// As the contract shows them.
    pub items: Vec<Map<String, Json>>,
}

impl Catalog {
    /// Lists collections; without a sort in the order of their creation.
    ///
    /// # Errors
    /// When the caller is not a superuser, or filter or sort make no sense.
    pub fn list(&self, ctx: &Context, request: &CollectionsRequest) -> Result<CollectionPage> {
        ctx.require_superuser()?;
        let snapshot = self.snapshot();
        let mut found = filtered(
            ctx,
            &snapshot,
            request.filter.as_deref().unwrap_or_default(),
        )?;
        sort(&mut found, request.sort.as_deref().unwrap_or_default())?;
        let page = request.page.max(1);
        let per_page = match request.per_page {
            0 => PER_PAGE_DEFAULT,
            asked => asked.min(PER_PAGE_MAX),
        };
        let skipped = usize::try_from(page - 1)
            .unwrap_or(usize::MAX)
            .saturating_mul(per_page);
        let items = found.iter().skip(skipped).take(per_page);
        Ok(CollectionPage {
            page,
            per_page,
            total_items: (!request.skip_total).then_some(found.len() as u64),
            items: items.map(|listed| listed.collection.to_json()).collect(),
        })
    }
}

/// A collection as a row of the list.
struct Listed {
    collection: Arc<Collection>,
    created: String,
    updated: String,
}

impl Row for Listed {
    fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>> {
        let position = usize::from(field.0.checked_sub(ID_FIELD.0)?);
        self.column(COLUMNS.get(position)?.0)
    }

    fn rowid(&self) -> u64 {
        u64::from(self.collection.order)
    }
}

impl Listed {
    fn new(collection: &Arc<Collection>) -> Self {
        let (created, updated) = (
            collection.created.to_string(),
            collection.updated.to_string(),
        );
        Self {
            collection: Arc::clone(collection),
            created,
            updated,
        }
    }

    fn column(&self, name: &str) -> Option<ValueRef<'_>> {
        Some(match name {
            "id" => ValueRef::Text(&self.collection.id),
            "created" => ValueRef::Text(&self.created),
            "updated" => ValueRef::Text(&self.updated),
            "name" => ValueRef::Text(&self.collection.name),
            "system" => ValueRef::Bool(self.collection.system),
            "type" => ValueRef::Text(self.collection.kind.type_name()),
            _ => return None,
        })
    }

    fn compare(&self, other: &Self, column: &str) -> Ordering {
        match (self.column(column), other.column(column)) {
            (Some(ValueRef::Text(left)), Some(ValueRef::Text(right))) => left.cmp(right),
            (Some(ValueRef::Bool(left)), Some(ValueRef::Bool(right))) => left.cmp(&right),
            _ => Ordering::Equal,
        }
    }
}

fn filtered(ctx: &Context, snapshot: &Snapshot, filter: &str) -> Result<Vec<Listed>> {
    let mut listed: Vec<_> = snapshot.all().iter().map(Listed::new).collect();
    if filter.is_empty() {
        return Ok(listed);
    }
    let collection = described("_collections", COLUMNS)?;
    let scope = Scope {
        collection: &collection,
        collections: snapshot,
        audience: Audience::Superuser,
        caller: None,
    };
    let filter = Filter::parse(filter, &scope)
        .map_err(|error| Error::BadQuery(format!("Invalid filter: {error}.")))?;
    let environment = Environment {
        now: ctx.now,
        principal: &ctx.principal,
        request: &ctx.request,
        related: &NoRelated,
    };
    listed.retain(|one| filter.matches(one, &environment));
    Ok(listed)
}

/// A list described as a collection, so that its filter is the filter of records. Its fields are
/// numbered from [`ID_FIELD`] on.
pub(crate) fn described<'c>(
    list: &str,
    columns: impl IntoIterator<Item = (&'c str, &'c str)>,
) -> Result<Collection> {
    let broken = |reason: String| Error::BadRequest(format!("the list {list}: {reason}"));
    let mut collection = Collection::blank("base", &mut |_| String::new())
        .map_err(|error| broken(error.to_string()))?;
    list.clone_into(&mut collection.name);
    for (number, (name, type_name)) in (ID_FIELD.0..).zip(columns) {
        let definition = Map::from_iter([
            ("name".to_owned(), json!(name)),
            ("type".to_owned(), json!(type_name)),
        ]);
        let field = Field::from_json(&definition, FieldNumber(number))
            .map_err(|found| broken(Json::Object(found.to_json()).to_string()))?;
        collection.fields.push(field);
    }
    Ok(collection)
}

fn sort(listed: &mut [Listed], sort: &str) -> Result<()> {
    let mut keys = Vec::new();
    for text in sort
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        let (name, descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text.strip_prefix('+').unwrap_or(text), false),
        };
        let known = COLUMNS.iter().find(|(column, _)| *column == name);
        let (column, _) = known.ok_or_else(|| {
            let names = COLUMNS.map(|(column, _)| column).join(", ");
            Error::BadQuery(format!("Invalid sort: {name:?} is none of {names}."))
        })?;
        keys.push((*column, descending));
    }
    if keys.len() > SORT_KEYS_MAX {
        return Err(Error::BadQuery(format!(
            "Invalid sort: more than {SORT_KEYS_MAX} keys."
        )));
    }
    listed.sort_by(|left, right| {
        keys.iter()
            .fold(Ordering::Equal, |order, (column, descending)| {
                let next = left.compare(right, column);
                order.then(if *descending { next.reverse() } else { next })
            })
    });
    Ok(())
}
