//! What must hold for a definition, with the codes of contract §2.7.
//!
//! Everything that is wrong is reported at once. Rules are checked only when every field could be
//! read: a rule must not be refused because of another mistake.

use std::collections::HashSet;

use super::submission::{Draft, Surroundings};
use super::{Collection, CollectionKind, indexing, rule_tests, validate_auth};
use crate::filter::{Audience, Filter, Scope};
use crate::invalid::{Violation, Violations};
use crate::limits::{COLLECTION_ID_CHARS_MAX, COLLECTION_NAME_CHARS_MAX};
use crate::search::SearchOptions;

/// Tables of the contract that are not collections.
const INTERNAL_NAMES: [&str; 3] = ["_collections", "_params", "_migrations"];

impl Draft {
    /// Checks the definition and gives it out.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(
        self,
        before: Option<&Collection>,
        surroundings: Surroundings<'_>,
    ) -> Result<Collection, Violations> {
        let mut violations = self.violations.clone();
        self.check_id(&mut violations);
        self.check_name(before, surroundings, &mut violations);
        self.check_system(before, &mut violations);
        self.check_fields(before, surroundings, &mut violations);
        self.check_index_names(surroundings, &mut violations);
        if self.has_all_fields() && !self.collection.is_view() {
            self.check_rules(surroundings, &mut violations);
        }
        rule_tests::check(&self.collection, &mut violations);
        if let (Some(search), true) = (&self.collection.search, self.has_all_fields()) {
            let found = search.violations(&self.collection, surroundings.collections);
            violations.nest(SearchOptions::KEY, found);
        }
        if let CollectionKind::Auth(options) = &self.collection.kind {
            indexing::check_required(&self.collection, &mut violations);
            validate_auth::check(options, &self.collection, &mut violations);
        }
        if let CollectionKind::View { query } = &self.collection.kind {
            self.check_view(query, &mut violations);
        }
        violations.into_result().map(|()| self.collection)
    }

    fn check_id(&self, violations: &mut Violations) {
        if let Some(violation) = text_violation(&self.collection.id, COLLECTION_ID_CHARS_MAX) {
            violations.add("id", violation);
        }
    }

    fn check_name(
        &self,
        before: Option<&Collection>,
        surroundings: Surroundings<'_>,
        violations: &mut Violations,
    ) {
        let name = &self.collection.name;
        let is_other = |other: &Collection| other.id != self.collection.id;
        let violation = if let Some(violation) = text_violation(name, COLLECTION_NAME_CHARS_MAX) {
            Some(violation)
        } else if before.is_some_and(|before| before.system && before.name != *name) {
            let message = "System collection name cannot be changed.";
            Some(Violation::new(
                "validation_collection_system_name_change",
                message,
            ))
        } else if name.contains("_via_") {
            Some(found_via())
        } else if surroundings
            .all
            .iter()
            .any(|other| is_other(other) && other.name.eq_ignore_ascii_case(name))
        {
            let message = "Collection name must be unique (case insensitive).";
            Some(Violation::new("validation_collection_name_exists", message))
        } else if surroundings
            .all
            .iter()
            .any(|other| is_other(other) && other.id.eq_ignore_ascii_case(name))
        {
            let message = "The name must not match an existing collection id.";
            Some(Violation::new(
                "validation_collection_name_id_duplicate",
                message,
            ))
        } else if INTERNAL_NAMES
            .iter()
            .any(|internal| internal.eq_ignore_ascii_case(name))
        {
            let message = "The name shouldn't match with an existing internal table.";
            Some(Violation::new(
                "validation_collection_name_invalid",
                message,
            ))
        } else {
            None
        };
        if let Some(violation) = violation {
            violations.add("name", violation);
        }
    }

    /// What a system collection cannot change, and that nothing becomes or stops being one.
    fn check_system(&self, before: Option<&Collection>, violations: &mut Violations) {
        let Some(before) = before else { return };
        if before.system != self.collection.system {
            let message = "System collection state cannot be changed.";
            let violation = Violation::new("validation_collection_system_flag_change", message);
            violations.add("system", violation);
        }
        if !before.system {
            return;
        }
        let rules = before
            .rules
            .by_key()
            .into_iter()
            .zip(self.collection.rules.by_key());
        let mut changed: Vec<_> = rules
            .filter(|(old, new)| old.1 != new.1)
            .map(|(old, _)| old.0)
            .collect();
        if let (Some(old), Some(new)) = (before.auth(), self.collection.auth()) {
            if old.auth_rule != new.auth_rule {
                changed.push("authRule");
            }
            if old.manage_rule != new.manage_rule {
                changed.push("manageRule");
            }
        }
        for key in changed {
            let message = "System collection API rule cannot be changed.";
            let violation = Violation::new("validation_collection_system_rule_change", message);
            violations.add(key, violation);
        }
    }

    fn check_fields(
        &self,
        before: Option<&Collection>,
        surroundings: Surroundings<'_>,
        violations: &mut Violations,
    ) {
        let kept_system = |old: &crate::field::Field| {
            self.collection
                .fields
                .iter()
                .any(|new| new.id == old.id && new.name == old.name && new.system)
        };
        // `id` has a code of its own.
        let lost = before
            .into_iter()
            .flat_map(|before| &before.fields)
            .any(|old| {
                old.system && old.name != "id" && self.has_all_fields() && !kept_system(old)
            });
        if self.has_all_fields() && !self.collection.is_view() && !self.has_primary_key() {
            let message = "Missing or invalid \"id\" PK field.";
            violations.add(
                "fields",
                Violation::new("validation_missing_primary_key", message),
            );
        } else if lost {
            let message = "System fields cannot be deleted or renamed.";
            violations.add(
                "fields",
                Violation::new("validation_system_field_change", message),
            );
        }
        let mut names = HashSet::new();
        for (index, field) in self.collection.fields.iter().enumerate() {
            let mut below = Violations::new();
            self.check_field(field, before, surroundings, &mut below);
            if !field.name.is_empty() && !names.insert(field.name.to_ascii_lowercase()) {
                below.add("name", duplicated_name(&field.name));
            }
            violations.nest_at("fields", &self.sent_position(index).to_string(), below);
        }
    }

    fn check_field(
        &self,
        field: &crate::field::Field,
        before: Option<&Collection>,
        surroundings: Surroundings<'_>,
        below: &mut Violations,
    ) {
        let name = field.name.as_str();
        *below = field.validate_definition(self.collection.auth().is_some());
        if name != "id" && field.kind.as_text().is_some_and(|text| text.primary_key) {
            let message = "Composite PKs are not supported and the collection must have only 1 PK.";
            below.add(
                "primaryKey",
                Violation::new("validation_unsupported_composite_pk", message),
            );
        }
        let Some(relation) = field.kind.as_relation() else {
            return;
        };
        let target = relation.collection_id.as_str();
        let stored = before
            .and_then(|before| before.field_by_id(&field.id))
            .and_then(|stored| stored.kind.as_relation());
        if stored.is_some_and(|stored| stored.collection_id != target) {
            let message = "The relation collection cannot be changed.";
            let violation = Violation::new("validation_field_relation_change", message);
            below.add("collectionId", violation);
        } else if !target.is_empty() && target != self.collection.id {
            match surroundings
                .collections
                .find(target)
                .filter(|found| found.id == target)
            {
                None => {
                    let message = "The relation collection doesn't exist.";
                    let code = "validation_field_relation_missing_collection";
                    below.add("collectionId", Violation::new(code, message));
                }
                Some(found) if found.is_view() && !self.collection.is_view() => {
                    let message =
                        "Only view collections are allowed to have relations to other views.";
                    let code = "validation_relation_field_non_view_base_collection";
                    below.add("collectionId", Violation::new(code, message));
                }
                Some(_) => {}
            }
        }
    }

    fn has_primary_key(&self) -> bool {
        self.collection
            .field("id")
            .is_some_and(|field| field.kind.as_text().is_some_and(|text| text.primary_key))
    }

    fn check_index_names(&self, surroundings: Surroundings<'_>, violations: &mut Violations) {
        for (position, index) in self.collection.indexes.iter().enumerate() {
            // Where the collection's own name is taken, that alone is told.
            let others = surroundings.all.iter().filter(|other| {
                let name = &self.collection.name;
                other.id != self.collection.id && !other.name.eq_ignore_ascii_case(name)
            });
            let same_name = |name: &str| name.eq_ignore_ascii_case(&index.name);
            let mut violation = None;
            for other in others {
                if other
                    .indexes
                    .iter()
                    .any(|existing| same_name(&existing.name))
                {
                    let table = &other.name;
                    let message = format!("The index name is already used in {table} collection.");
                    let found = Violation::new("validation_existing_index_name", message);
                    violation = Some(found.with("usedTableName", table.as_str()));
                } else if same_name(&other.name) {
                    let message = format!(
                        "Failed to create index {0} - there is already a table named {0}.",
                        other.name
                    );
                    let code = "validation_invalid_index_expression";
                    violation = Some(Violation::new(code, message));
                }
            }
            if let Some(violation) = violation {
                let below = Violations::of(&position.to_string(), violation);
                violations.nest("indexes", below);
            }
        }
    }

    fn check_rules(&self, surroundings: Surroundings<'_>, violations: &mut Violations) {
        let collection = &self.collection;
        let mut rules = collection.rules.by_key().to_vec();
        if let Some(options) = collection.auth() {
            rules.push(("authRule", &options.auth_rule));
            rules.push(("manageRule", &options.manage_rule));
            if let Some(violation) = rule_violation(&options.mfa.rule, collection, surroundings) {
                violations.nest("mfa", Violations::of("rule", violation));
            }
        }
        for (key, rule) in rules {
            let Some(rule) = rule else { continue };
            if key == "manageRule" && rule.is_empty() {
                let code = "validation_nil_or_not_empty_required";
                violations.add(key, Violation::new(code, "Cannot be blank."));
            } else if let Some(violation) = rule_violation(rule, collection, surroundings) {
                violations.add(key, violation);
            }
        }
    }

    fn check_view(&self, query: &str, violations: &mut Violations) {
        if query.trim().is_empty() {
            violations.add("viewQuery", Violation::required());
        }
        for (key, rule) in self.collection.rules.by_key() {
            if rule.is_some() && matches!(key, "createRule" | "updateRule" | "deleteRule") {
                violations.add(key, Violation::new("validation_nil", "Must be blank."));
            }
        }
    }
}

/// Why a rule cannot be used; an empty one holds for everyone.
fn rule_violation(
    rule: &str,
    collection: &Collection,
    surroundings: Surroundings<'_>,
) -> Option<Violation> {
    if rule.is_empty() {
        return None;
    }
    let collections = surroundings.collections;
    let scope = Scope {
        collection,
        collections,
        audience: Audience::Rule,
        caller: None,
    };
    let error = Filter::parse(rule, &scope).err()?;
    let message = format!("Invalid rule. Raw error: {error}.");
    Some(Violation::new("validation_invalid_rule", message))
}

/// Letters, digits and underscores only, and at most so many.
fn text_violation(text: &str, chars_max: usize) -> Option<Violation> {
    if text.is_empty() {
        return Some(Violation::required());
    }
    if text.chars().count() > chars_max {
        let message = format!("The length must be between 1 and {chars_max}.");
        let violation = Violation::new("validation_length_out_of_range", message);
        return Some(violation.with("max", chars_max).with("min", 1));
    }
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if text.chars().all(is_word) {
        return None;
    }
    Some(Violation::new(
        "validation_match_invalid",
        "Must be in a valid format.",
    ))
}

fn found_via() -> Violation {
    Violation::new(
        "validation_found_via",
        "The value cannot contain \"_via_\".",
    )
}

fn duplicated_name(name: &str) -> Violation {
    let message = format!("Duplicated or invalid field name {name}.");
    Violation::new("validation_duplicated_field_name", message).with("fieldName", name)
}
