//! Rewriting what names a renamed field or collection: rules and search options everywhere, and the
//! collection's own indexes and names of fields.
//!
//! - Only the characters of the name change; the rest of a text stays as it was written.
//! - A rewritten rule names exactly what it named before, whoever asks, or the edit is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use luge_model::collection::{Collection, CollectionKind, Collections as _};
use luge_model::filter::Mention;
use luge_model::index::IndexStatement;
use luge_model::invalid::{Violation, Violations};
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use super::Snapshot;
use super::import::Scratch;
use super::references::{Renaming, World, replacements};

/// Definitions whose references are rewritten.
#[derive(Debug)]
pub(super) struct Rewriting {
    /// The edited collection as it was, but for its references: what the edit is laid over.
    pub(super) base: Collection,
    /// Other collections, before and after.
    pub(super) others: Vec<(Arc<Collection>, Collection)>,
    /// The rules that changed, with what they meant.
    rules: Vec<Rule>,
    obstacles: Vec<Obstacle>,
}

#[derive(Debug)]
struct Rule {
    collection: Arc<Collection>,
    place: &'static str,
    rewritten: String,
    by_caller: Vec<Vec<Mention>>,
}

/// Why a rule cannot be rewritten.
#[derive(Debug)]
struct Obstacle {
    collection: String,
    place: &'static str,
    reason: String,
}

/// The rules of a collection with their keys.
pub(super) fn holders(collection: &mut Collection) -> Vec<(&'static str, &mut String)> {
    let rules = &mut collection.rules;
    let mut holders: Vec<(&'static str, &mut Option<String>)> = vec![
        ("listRule", &mut rules.list),
        ("viewRule", &mut rules.view),
        ("createRule", &mut rules.create),
        ("updateRule", &mut rules.update),
        ("deleteRule", &mut rules.delete),
    ];
    let mut mfa = None;
    if let CollectionKind::Auth(options) = &mut collection.kind {
        holders.push(("authRule", &mut options.auth_rule));
        holders.push(("manageRule", &mut options.manage_rule));
        mfa = Some(("mfa.rule", &mut options.mfa.rule));
    }
    let rules = holders.into_iter();
    rules
        .filter_map(|(key, rule)| Some((key, rule.as_mut()?)))
        .chain(mfa)
        .collect()
}

/// The names of fields that stand alone in the options of an auth collection, with their keys.
pub(super) fn field_names(collection: &mut Collection) -> Vec<(String, &mut String)> {
    let CollectionKind::Auth(options) = &mut collection.kind else {
        return Vec::new();
    };
    let identity = options.password_auth.identity_fields.iter_mut();
    let mapped = &mut options.oauth2.mapped_fields;
    let mapped = [
        ("id", &mut mapped.id),
        ("name", &mut mapped.name),
        ("username", &mut mapped.username),
        ("avatarURL", &mut mapped.avatar_url),
    ];
    identity
        .enumerate()
        .map(|(at, name)| (format!("passwordAuth.identityFields.{at}"), name))
        .chain(mapped.map(|(key, name)| (format!("oauth2.mappedFields.{key}"), name)))
        .collect()
}

impl Rewriting {
    /// Rewrites what can be rewritten.
    pub(super) fn new(renaming: &Renaming<'_>, snapshot: &Snapshot, now: Timestamp) -> Self {
        let mut rewriting = Self {
            base: renaming.before.clone(),
            others: Vec::new(),
            rules: Vec::new(),
            obstacles: Vec::new(),
        };
        let world = World::of(snapshot.surroundings());
        for collection in snapshot.all() {
            let mut after = collection.as_ref().clone();
            let mut changed = rewriting.rewrite_rules(renaming, &world, (collection, &mut after));
            changed |= rewrite_search(renaming, snapshot, (collection, &mut after));
            if collection.number == renaming.before.number {
                rewrite_names(renaming, &mut after);
                rewriting.base = after;
            } else if changed {
                after.updated = now;
                rewriting.others.push((Arc::clone(collection), after));
            }
        }
        rewriting
    }

    /// Whether a rule changed.
    fn rewrite_rules(
        &mut self,
        renaming: &Renaming<'_>,
        world: &World<'_>,
        (before, after): (&Arc<Collection>, &mut Collection),
    ) -> bool {
        let known = self.rules.len();
        for (place, text) in holders(after) {
            let Some(by_caller) = world.mentions(text, before) else {
                continue;
            };
            match replacements(renaming, &by_caller) {
                Ok(replacements) if replacements.is_empty() => {}
                Ok(replacements) => {
                    *text = replaced(text, &replacements);
                    self.rules.push(Rule {
                        collection: Arc::clone(before),
                        place,
                        rewritten: text.clone(),
                        by_caller,
                    });
                }
                Err(position) => self.obstacles.push(Obstacle {
                    collection: before.name.clone(),
                    place,
                    reason: format!(
                        "at character {position} it names a field of more than one auth \
                         collection, of which this one alone is renamed"
                    ),
                }),
            }
        }
        self.rules.len() > known
    }

    /// The submitted body: what it repeats of the stored definition is what was rewritten of it.
    pub(super) fn body(&self, body: &Map<String, Json>, before: &Collection) -> Map<String, Json> {
        let mut body = Json::Object(body.clone());
        let (old, new) = (before.to_json(), self.base.to_json());
        follow(&mut body, &Json::Object(old), &Json::Object(new));
        match body {
            Json::Object(body) => body,
            _ => Map::new(),
        }
    }

    /// That every rewritten rule means what it meant, once the edited collection is `after`.
    pub(super) fn check(&self, snapshot: &Snapshot, after: &Collection) -> Result<(), Violations> {
        let mut scratch = Scratch::of(snapshot);
        scratch.replace(after);
        for (_, other) in &self.others {
            scratch.replace(other);
        }
        let old = World::of(snapshot.surroundings());
        let new = World::of(scratch.surroundings());
        let mut violations = Violations::new();
        for rule in &self.rules {
            if !is_kept(rule, &scratch, (&old, &new)) {
                let reason = "with the new name it would mean something else";
                add(&mut violations, (&rule.collection.name, rule.place), reason);
            }
        }
        for one in &self.obstacles {
            add(&mut violations, (&one.collection, one.place), &one.reason);
        }
        violations.into_result()
    }
}

fn is_kept(rule: &Rule, scratch: &Scratch, (old, new): (&World<'_>, &World<'_>)) -> bool {
    let Some(collection) = scratch.find(&rule.collection.id) else {
        return false;
    };
    let mut after = collection.as_ref().clone();
    let mut texts = holders(&mut after).into_iter();
    let text = texts.find(|(place, _)| *place == rule.place);
    // A rule that the edit itself replaces or removes is the author's business.
    if text.is_none_or(|(_, text)| *text != rule.rewritten) {
        return true;
    }
    let found = new.mentions(&rule.rewritten, collection);
    found.is_some_and(|found| new.meaning(&found) == old.meaning(&rule.by_caller))
}

fn add(violations: &mut Violations, (collection, place): (&str, &str), reason: &str) {
    let message = format!("The {place} of {collection} cannot be rewritten: {reason}.");
    let violation = Violation::new("validation_reference_not_rewritable", message);
    let below = Violations::of(place, violation);
    violations.nest_at("rewriteReferences", collection, below);
}

/// The text with new names at some positions.
fn replaced(text: &str, replacements: &BTreeMap<usize, (usize, String)>) -> String {
    let mut written = String::new();
    let mut letters = text.chars();
    let mut position = 1;
    for (start, (chars, new)) in replacements {
        written.extend(letters.by_ref().take(start.saturating_sub(position)));
        written.push_str(new);
        // Positions are in order and apart: what is passed by is the old name.
        letters.by_ref().take(*chars).for_each(drop);
        position = start + chars;
    }
    written.extend(letters);
    written
}

/// The collection's own indexes and names of fields.
fn rewrite_names(renaming: &Renaming<'_>, after: &mut Collection) {
    let renamed = |name: &str| renaming.field(name)?.becomes;
    for index in &mut after.indexes {
        if let Ok(sql) = IndexStatement::with_columns(&index.sql, renamed) {
            index.sql = sql;
        }
    }
    for (_, name) in field_names(after) {
        if let Some(new) = renamed(name) {
            *name = new;
        }
    }
}

/// The names of searched fields. Whether one changed.
fn rewrite_search(
    renaming: &Renaming<'_>,
    snapshot: &Snapshot,
    (before, after): (&Collection, &mut Collection),
) -> bool {
    let renamed = |name: &str| renaming.field(name)?.becomes;
    let collections = snapshot.surroundings().collections;
    let search = before
        .search
        .as_ref()
        .and_then(|search| search.renamed(before, collections, (&renaming.before.id, &renamed)));
    let changed = search.is_some();
    if changed {
        after.search = search;
    }
    changed
}

/// Makes every part of `sent` that equals the old definition what it is in the new one.
fn follow(sent: &mut Json, old: &Json, new: &Json) {
    if sent == old {
        sent.clone_from(new);
        return;
    }
    match (sent, old, new) {
        (Json::Object(sent), Json::Object(old), Json::Object(new)) => {
            for (key, value) in sent {
                if let (Some(old), Some(new)) = (old.get(key), new.get(key)) {
                    follow(value, old, new);
                }
            }
        }
        (Json::Array(sent), Json::Array(old), Json::Array(new)) if old.len() == new.len() => {
            for value in sent {
                if let Some(at) = old.iter().position(|old| old == value)
                    && let Some(new) = new.get(at)
                {
                    value.clone_from(new);
                }
            }
        }
        _ => {}
    }
}
