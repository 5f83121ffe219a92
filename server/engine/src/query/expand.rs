//! ExpandedValue records in an answer: the `expand` parameter (contract §3.4).
//!
//! - All records of a level are followed together, each related record is looked up and judged
//!   once, and a record that is shown often is one shared [`View`].
//! - A related record is shown where its collection's view rule holds for the caller, with
//!   `@request.context` being `expand`; what is not shown leaves no trace.
//! - A path is dropped whole where one of its names leads nowhere: there is no such relation, the
//!   caller may not know it (hidden), or the view rule of its collection is locked. It is looked
//!   at only as far as records are reached.
//! - A record that a path was followed from has `expand`, were it empty.
//! - Who follows relations one by one ([`Expand::follow`]) gets each that leads somewhere, whatever
//!   is behind it, and may want only the first of the records that it leads to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use luge_model::collection::{Collection, Collections};
use luge_model::expand::Expand;
use luge_model::field::Field;
use luge_model::id::{CollectionNumber, FieldNumber};
use luge_model::limits::{BACK_RELATION_RECORDS_MAX, EXPANDED_BYTES_MAX, EXPANDED_RECORDS_MAX};
use luge_model::principal::RequestContext;
use luge_model::record::Record;

use super::{Lookups, Query};
use crate::access::{
    Compiled, Expanded, ExpandedSize, ExpandedValue, Grant, Operation, Projection, View,
};
use crate::catalog::Snapshot;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::index::targets;

/// One request's expansion.
struct Expansion<'a> {
    query: &'a Query,
    context: &'a Context,
    lookups: &'a Lookups<'a>,
    snapshot: &'a Arc<Snapshot>,
    /// ExpandedValue records by collection and id; `None` where the caller may not see them.
    judged: HashMap<CollectionNumber, HashMap<Box<str>, Option<Record>>>,
    reached: ExpandedSize,
}

/// Where a name leads from the records of a collection.
struct Hop {
    target: Arc<Compiled>,
    grant: Grant,
    /// The relation: of the records it leads from, or for a back relation of those it leads to.
    field: FieldNumber,
    back: bool,
    single: bool,
    /// Records that one record leads to, at most.
    most: usize,
}

/// A name that was followed: what it leads to from each record, by the record's id.
struct Followed {
    name: Arc<str>,
    by_record: HashMap<Box<str>, ExpandedValue>,
}

impl Query {
    /// Adds to records of one collection the related ones that the caller may see.
    ///
    /// # Errors
    /// [`Error::BadQuery`] when more would be shown than an answer may hold, [`Error::TooCostly`];
    /// else when the store fails.
    pub fn expand(&self, context: &Context, expand: &Expand, views: &mut [View]) -> Result<()> {
        let Some(compiled) = views.first().map(|view| Arc::clone(view.compiled())) else {
            return Ok(());
        };
        let mut context = context.clone();
        context.request.context = RequestContext::Expand;
        let lookups = self.lookups(&context, &compiled.snapshot);
        let records: Vec<Record> = views.iter().map(|view| view.record().clone()).collect();
        let mut expansion = Expansion {
            query: self,
            context: &context,
            lookups: &lookups,
            snapshot: &compiled.snapshot,
            judged: HashMap::new(),
            reached: ExpandedSize::default(),
        };
        let followed = expansion.follow_all(expand, &compiled, &records)?;
        if followed.is_empty() {
            return Ok(());
        }
        let mut size = ExpandedSize::default();
        for view in views {
            let expanded = gathered(&followed, view.record().id());
            size.add(expanded.size());
            view.set_expanded(expanded);
        }
        lookups.check()?;
        bounded(size)
    }
}

impl Expansion<'_> {
    /// Follows every name that leads somewhere.
    fn follow_all(
        &mut self,
        expand: &Expand,
        from: &Compiled,
        records: &[Record],
    ) -> Result<Vec<Followed>> {
        let mut all = Vec::new();
        for branch in expand.branches() {
            all.extend(self.follow(branch, from, records)?);
        }
        Ok(all)
    }

    /// Follows one name and what comes after it; `None` where that leads nowhere.
    fn follow(
        &mut self,
        (name, rest): (&str, &Expand),
        from: &Compiled,
        records: &[Record],
    ) -> Result<Option<Followed>> {
        let Some(mut hop) = self.hop(&from.collection, name) else {
            return Ok(None);
        };
        hop.most = hop.most.min(rest.most().unwrap_or(usize::MAX));
        let related = self.related(&hop, records)?;
        let mut reached_ids = HashSet::new();
        let reached: Vec<Record> = related
            .iter()
            .flatten()
            .filter(|record| reached_ids.insert(record.id()))
            .cloned()
            .collect();
        let goes_on = !rest.is_empty() && !reached.is_empty();
        let deeper = if goes_on {
            self.follow_all(rest, &hop.target, &reached)?
        } else {
            Vec::new()
        };
        if goes_on && deeper.is_empty() && !rest.stands_alone() {
            return Ok(None);
        }
        let projection = Projection::new(Arc::clone(&hop.target), self.lookups.environment());
        let views: HashMap<&str, View> = reached
            .iter()
            .map(|record| {
                let mut view = projection.view(record.clone());
                if goes_on {
                    view.set_expanded(gathered(&deeper, record.id()));
                }
                (record.id(), view)
            })
            .collect();
        let by_record = records
            .iter()
            .zip(&related)
            .filter_map(|(record, related)| {
                let mut views = related
                    .iter()
                    .filter_map(|one| views.get(one.id()).cloned());
                let related = if hop.single {
                    ExpandedValue::One(views.next()?)
                } else {
                    ExpandedValue::Many(views.collect())
                };
                Some((record.id().into(), related))
            });
        let by_record = by_record
            .filter(|(_, related)| !related.is_empty())
            .collect();
        let name = name.into();
        Ok(Some(Followed { name, by_record }))
    }

    fn hop(&self, from: &Collection, name: &str) -> Option<Hop> {
        let (target, source, field, back) = match from.field(name) {
            Some(field) => {
                let target = self
                    .snapshot
                    .find(&field.kind.as_relation()?.collection_id)?;
                (target, from, field, false)
            }
            None => {
                let (source, field) = back_relation(name)?;
                let source = self.snapshot.find(source)?;
                let field = source.field(field)?;
                let refers = field.kind.as_relation()?.collection_id == from.id;
                refers.then_some((source, &**source, field, true))?
            }
        };
        if field.hidden && !self.context.principal.skips_rules() {
            return None;
        }
        let target = self.query.access.compiled(self.snapshot, target);
        let grant = target.grant(self.context, Operation::View).ok()?;
        let single = if back {
            is_unique(source, field)
        } else {
            !field.kind.is_multiple()
        };
        let most = match (single, back) {
            (true, _) => 1,
            (false, true) => BACK_RELATION_RECORDS_MAX,
            (false, false) => usize::MAX,
        };
        Some(Hop {
            target,
            grant,
            field: field.number,
            back,
            single,
            most,
        })
    }

    /// What the caller may see of the records that each of `records` leads to, in order.
    fn related(&mut self, hop: &Hop, records: &[Record]) -> Result<Vec<Vec<Record>>> {
        let number = hop.target.collection.number;
        if records.len() > 1 {
            self.lookups.warm(std::iter::once(number))?;
            if let Grant::Matching(rule) = &hop.grant {
                self.lookups.warm(rule.collections())?;
            }
        }
        if !hop.back {
            self.look_up(hop, records)?;
        }
        let referring = match hop.back {
            true => self.referring_many(hop, records)?,
            false => None,
        };
        let mut referring = referring.map(Vec::into_iter);
        let mut all = Vec::with_capacity(records.len());
        for record in records {
            let known = referring.as_mut().and_then(Iterator::next);
            let related = if let Some(known) = known {
                self.seen(hop, known)
            } else if hop.back {
                self.referring(hop, record)?
            } else {
                let judged = self.judged.entry(number).or_default();
                let ids = targets(hop.field, record).into_iter();
                ids.filter_map(|id| judged.get(id).cloned().flatten())
                    .take(hop.most)
                    .collect()
            };
            for one in &related {
                self.reached.add(ExpandedSize::of(one));
            }
            self.lookups.check()?;
            bounded(self.reached)?;
            all.push(related);
        }
        Ok(all)
    }

    /// Looks up the records that a relation of `records` names and that are not known yet.
    fn look_up(&mut self, hop: &Hop, records: &[Record]) -> Result<()> {
        let judged = self.judged.entry(hop.target.collection.number).or_default();
        let mut unknown = HashSet::new();
        for record in records {
            let ids = targets(hop.field, record).into_iter();
            unknown.extend(ids.filter(|id| !judged.contains_key(*id)));
        }
        let ids: Vec<&str> = unknown.into_iter().collect();
        self.lookups.spend(ids.len() as u64);
        let found = self
            .query
            .related_many(hop.target.collection.number, &ids)?;
        let environment = self.lookups.environment();
        let rule = hop.grant.prepare(&environment);
        for (id, record) in ids.into_iter().zip(found) {
            let seen =
                record.filter(|record| rule.as_ref().is_none_or(|rule| rule.matches(record)));
            judged.insert(id.into(), seen);
        }
        Ok(())
    }

    /// The first records that refer to `record` and that the caller may see.
    fn referring(&self, hop: &Hop, record: &Record) -> Result<Vec<Record>> {
        let source = hop.target.collection.number;
        let found = self
            .query
            .referring(source, hop.field, record.id(), hop.looked_at())?;
        Ok(self.seen(hop, found))
    }

    /// The records that refer to each of `records`, whoever asks; `None` where they are better
    /// looked up one by one.
    fn referring_many(&self, hop: &Hop, records: &[Record]) -> Result<Option<Vec<Vec<Record>>>> {
        let ids: Vec<&str> = records.iter().map(Record::id).collect();
        let relation = (hop.target.collection.number, hop.field);
        self.query.referring_many(relation, &ids, hop.looked_at())
    }

    /// The first of these that the caller may see.
    fn seen(&self, hop: &Hop, found: Vec<Record>) -> Vec<Record> {
        let environment = self.lookups.environment();
        let rule = hop.grant.prepare(&environment);
        self.lookups.spend(found.len() as u64 + 1);
        let seen = |record: &Record| rule.as_ref().is_none_or(|rule| rule.matches(record));
        found.into_iter().filter(seen).take(hop.most).collect()
    }
}

impl Hop {
    /// How many referring records of one record are looked at.
    fn looked_at(&self) -> usize {
        match self.grant {
            Grant::Everything => self.most,
            Grant::Matching(_) => usize::MAX,
        }
    }
}

/// `comments_via_post`, or as it was once written, `comments(post)`: a collection and its field.
fn back_relation(name: &str) -> Option<(&str, &str)> {
    name.split_once("_via_")
        .or_else(|| name.strip_suffix(')')?.split_once('('))
}

/// Whether a unique index lets at most one record have each value of the field.
fn is_unique(collection: &Collection, field: &Field) -> bool {
    collection.indexes.iter().any(|definition| {
        definition.unique
            && definition.is_ready()
            && definition.single_field() == Some(field.number)
    })
}

/// What stands under `expand` of the record with this id.
fn gathered(followed: &[Followed], id: &str) -> Expanded {
    let mut expanded = Expanded::default();
    for Followed { name, by_record } in followed {
        if let Some(related) = by_record.get(id) {
            expanded.add(Arc::clone(name), related.clone());
        }
    }
    expanded
}

fn bounded(size: ExpandedSize) -> Result<()> {
    let limit = if size.records > EXPANDED_RECORDS_MAX {
        format!("{EXPANDED_RECORDS_MAX} related records")
    } else if size.bytes > EXPANDED_BYTES_MAX {
        format!("{} MiB of related records", EXPANDED_BYTES_MAX >> 20)
    } else {
        return Ok(());
    };
    Err(Error::BadQuery(format!(
        "Invalid expand: the answer would show more than {limit}; ask for fewer records or paths."
    )))
}
