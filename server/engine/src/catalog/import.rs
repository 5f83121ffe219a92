//! Importing definitions: several collections in one change, all or none (contract §1.1).

use std::sync::Arc;

use luge_model::collection::{Collection, Collections, Draft, Submission, Surroundings};
use luge_model::invalid::{Violation, Violations};
use luge_model::limits::CHANGED_NAMES_MAX;
use luge_model::timestamp::Timestamp;
use serde_json::{Map, Value as Json};

use super::change::{Failure, Plan};
use super::remove::{RecordRemoval, Remover};
use super::{Catalog, Definitions, SECRET_LETTERS, Snapshot, uninterrupted};
use crate::context::Context;
use crate::error::{Action, Error, Result, Subject};

impl Catalog {
    /// Lays definitions over the existing ones, by id or else by name, and makes the others. Fields
    /// and collections that are missing from the import stay unless `deleteMissing` is set; what
    /// belongs to the records of those that go is removed through `removal`.
    ///
    /// # Errors
    /// When the caller is not a superuser, the body has another shape, or a definition is refused.
    pub async fn import(
        &self,
        ctx: &Context,
        body: &Map<String, Json>,
        removal: Arc<dyn RecordRemoval>,
    ) -> Result<()> {
        ctx.require_superuser()?;
        let sent = read(body)?;
        let (definitions, account) = (Arc::clone(&self.definitions), ctx.account.clone());
        let ctx = ctx.clone();
        uninterrupted(async move {
            let mut remover = Remover::new(ctx, removal);
            definitions.import(&sent, &mut remover).await?;
            remover.finish().await;
            Ok(())
        })
        .await?;
        account.did("collections.import", "", || named(body));
        Ok(())
    }
}

/// The names of the collections in an import.
fn named(body: &Map<String, Json>) -> Vec<String> {
    let sent = body.get("collections").and_then(Json::as_array);
    let names = sent.into_iter().flatten();
    let names = names.filter_map(|one| one.get("name").and_then(Json::as_str));
    names.take(CHANGED_NAMES_MAX).map(str::to_owned).collect()
}

/// The definitions as they will be once a change is done.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pub(super) all: Vec<Arc<Collection>>,
}

impl Collections for Scratch {
    fn find(&self, name_or_id: &str) -> Option<&Arc<Collection>> {
        self.all
            .iter()
            .find(|one| one.id == name_or_id)
            .or_else(|| {
                self.all
                    .iter()
                    .find(|one| one.name.eq_ignore_ascii_case(name_or_id))
            })
    }
}

impl Scratch {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        Self {
            all: snapshot.all().to_vec(),
        }
    }

    pub(super) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            collections: self,
            all: &self.all,
        }
    }

    pub(super) fn replace(&mut self, collection: &Collection) {
        let collection = Arc::new(collection.clone());
        match self.all.iter_mut().find(|one| one.id == collection.id) {
            Some(one) => *one = collection,
            None => self.all.push(collection),
        }
    }
}

/// A definition that was read, and the one it is laid over.
type Laid = (Option<Arc<Collection>>, Draft);

impl Definitions {
    async fn import(
        &self,
        (sent, delete_missing): &(Vec<Map<String, Json>>, bool),
        remover: &mut Remover,
    ) -> Result<()> {
        let delete_missing = *delete_missing;
        let mut numbers = self.changing.lock().await;
        let snapshot = self.snapshot();
        let mut scratch = Scratch::of(&snapshot);
        let drafts = self.drafts(remover.ctx.now, (sent, delete_missing), &mut scratch)?;
        let mut plans = Vec::new();
        if delete_missing {
            let is_kept = |one: &Collection| {
                one.system
                    || drafts
                        .iter()
                        .any(|(_, draft)| draft.collection.id == one.id)
            };
            for missing in snapshot.all().iter().filter(|one| !is_kept(one)) {
                scratch.all.retain(|one| one.id != missing.id);
                plans.push(Plan {
                    before: Some(Arc::clone(missing)),
                    after: None,
                });
            }
        }
        for (before, draft) in drafts {
            let (name, id) = (draft.collection.name.clone(), draft.collection.id.clone());
            let checked = draft.check(before.as_deref(), scratch.surroundings());
            let after = checked.map_err(|found| invalid(&name, &id, &found))?;
            plans.push(Plan {
                before,
                after: Some(after),
            });
        }
        let mut writes = |plans: &[Plan]| remover.writes(plans);
        match self.apply_with(plans, &mut writes, &mut numbers).await {
            Ok(_) => Ok(()),
            Err(Failure::Refused {
                collection,
                violations,
            }) => Err(invalid(&collection, "", &violations)),
            Err(Failure::Error(error)) => Err(error),
        }
    }

    /// Reads every definition against those that exist once the import is done; views come last.
    fn drafts(
        &self,
        now: Timestamp,
        (sent, delete_missing): (&[Map<String, Json>], bool),
        scratch: &mut Scratch,
    ) -> Result<Vec<Laid>> {
        let existing = scratch.all.clone();
        let find = |key: &str, same: &dyn Fn(&Collection, &str) -> bool, body: &Map<_, Json>| {
            let value = body
                .get(key)
                .and_then(Json::as_str)
                .unwrap_or_default()
                .to_owned();
            existing.iter().find(|one| same(one, &value)).cloned()
        };
        let mut ordered: Vec<_> = sent.iter().collect();
        ordered.sort_by_key(|body| body.get("type").and_then(Json::as_str) == Some("view"));
        let mut drafts: Vec<Laid> = Vec::new();
        for body in ordered {
            let before = find("id", &|one, id| one.id == id, body).or_else(|| {
                find(
                    "name",
                    &|one, name| one.name.eq_ignore_ascii_case(name),
                    body,
                )
            });
            let body = match &before {
                Some(before) => completed(body, before, delete_missing),
                None => body.clone(),
            };
            let mut draw = |length| self.random.text(SECRET_LETTERS, length);
            let submission = Submission {
                body: &body,
                before: before.as_deref(),
                surroundings: scratch.surroundings(),
                now,
                draw: &mut draw,
            };
            let draft = submission.read().map_err(|error| {
                let reason = "Failed to import the collections configuration. Raw error:";
                let name = body.get("name").and_then(Json::as_str);
                let name = name.map_or_else(String::new, |name| format!("{name}: "));
                failure(format!("{reason}\n{name}{error}."))
            })?;
            let id = &draft.collection.id;
            if drafts
                .iter()
                .any(|(_, earlier)| earlier.collection.id == *id)
            {
                let name = &draft.collection.name;
                let sentence = format!("The collection {name:?} ({id}) is sent more than once.");
                return Err(failure(sentence));
            }
            scratch.replace(&draft.collection);
            drafts.push((before, draft));
        }
        Ok(drafts)
    }
}

fn read(body: &Map<String, Json>) -> Result<(Vec<Map<String, Json>>, bool)> {
    let unreadable = |reason: &str| {
        let sentence = "An error occurred while loading the submitted data.";
        Error::BadRequest(format!("{sentence} Raw error: {reason}."))
    };
    let delete_missing = match body.get("deleteMissing") {
        None | Some(Json::Null) => false,
        Some(Json::Bool(delete)) => *delete,
        Some(_) => return Err(unreadable("deleteMissing is not true or false")),
    };
    let sent = match body.get("collections") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(sent)) => sent
            .iter()
            .map(|one| one.as_object().cloned())
            .collect::<Option<_>>()
            .ok_or_else(|| unreadable("collections holds something that is not an object"))?,
        Some(_) => return Err(unreadable("collections is not a list")),
    };
    if sent.is_empty() {
        return Err(Error::Refused {
            action: Action::Update,
            subject: Subject::Collection,
            violations: Violations::of("collections", Violation::required()),
            reason: Some("An error occurred while validating the submitted data.".to_owned()),
        });
    }
    Ok((sent, delete_missing))
}

/// The sent definition with the stored fields that it leaves out, and with the stored ids of fields
/// that have the same name and type.
fn completed(
    sent: &Map<String, Json>,
    before: &Collection,
    delete_missing: bool,
) -> Map<String, Json> {
    let mut body = sent.clone();
    // The id was how it was found; when it was found by name, the stored id stays.
    body.shift_remove("id");
    let Some(fields) = body.get_mut("fields").and_then(Json::as_array_mut) else {
        return body;
    };
    for field in fields.iter_mut().filter_map(Json::as_object_mut) {
        let name = field.get("name").and_then(Json::as_str).unwrap_or_default();
        let stored = before.field(name).filter(|stored| {
            field.get("type").and_then(Json::as_str) == Some(stored.kind.type_name())
        });
        if let Some(stored) = stored {
            field.insert("id".to_owned(), stored.id.clone().into());
        }
    }
    let has = |fields: &[Json], id: &str| {
        fields
            .iter()
            .any(|field| field.get("id").and_then(Json::as_str) == Some(id))
    };
    for stored in before
        .fields
        .iter()
        .filter(|field| field.system || !delete_missing)
    {
        if !has(fields, &stored.id) {
            fields.push(Json::Object(stored.to_json()));
        }
    }
    body
}

fn invalid(name: &str, id: &str, violations: &Violations) -> Error {
    let found = Json::Object(violations.to_json());
    let found = serde_json::to_string_pretty(&found).unwrap_or_else(|_| found.to_string());
    failure(format!(
        "Data validations failed for collection {name:?} ({id}):\n{found}."
    ))
}

fn failure(message: String) -> Error {
    let violation = Violation::new("validation_collections_import_failure", message);
    Error::Refused {
        action: Action::Update,
        subject: Subject::Collection,
        violations: Violations::of("collections", violation),
        reason: Some("Failed to import collections.".to_owned()),
    }
}
