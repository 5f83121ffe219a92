//! What a submitted body makes of a record: a pure function of the fields, the record before, the
//! body and (for generated texts) randomness.

use serde_json::{Map, Value as Json};

use crate::field::file::Uploaded;
use crate::field::{Field, Modifier};
use crate::id::{FieldNumber, ID_FIELD};
use crate::invalid::{Violation, Violations};
use crate::record::Row;
use crate::value::{Value, ValueRef};

/// The values of a record to be written, one for every field in the order of the definition.
#[derive(Clone, Debug)]
pub struct Submission {
    entries: Vec<Entry>,
    uploads: Vec<Uploaded>,
}

#[derive(Clone, Debug)]
struct Entry {
    number: FieldNumber,
    value: Value,
    submitted: bool,
}

impl Submission {
    /// The values of a new record. Fields that are not in the body get their `default` or zero
    /// value; empty texts that have a pattern for it are generated. `random(n)` draws below `n`.
    pub fn create(
        fields: &[Field],
        body: &Map<String, Json>,
        random: &mut dyn FnMut(u32) -> u32,
    ) -> Self {
        let entries = fields.iter().map(|field| {
            let start = match &field.default {
                Some(default) => field.kind.cast(default),
                None => field.kind.zero(),
            };
            let mut entry = merge(field, start, body, random);
            if entry.value.is_zero()
                && let Some(text) = field.kind.as_text().and_then(|text| text.generate(random))
            {
                entry.value = Value::Text(text);
            }
            entry
        });
        Self {
            entries: entries.collect(),
            uploads: Vec::new(),
        }
    }

    /// The values of a record after an update. Fields that are not in the body stay as they are.
    pub fn update(
        fields: &[Field],
        current: &dyn Row,
        body: &Map<String, Json>,
        random: &mut dyn FnMut(u32) -> u32,
    ) -> Self {
        let entries = fields.iter().map(|field| {
            let stored = match current.value(field.number) {
                Some(value) => field.kind.convert(value.to_owned()),
                None => field.kind.zero(),
            };
            merge(field, stored, body, random)
        });
        Self {
            entries: entries.collect(),
            uploads: Vec::new(),
        }
    }

    /// The value of a field.
    #[must_use]
    pub fn value(&self, number: FieldNumber) -> Option<&Value> {
        self.entries
            .iter()
            .find(|entry| entry.number == number)
            .map(|entry| &entry.value)
    }

    /// Sets what only the engine knows: a hash, a time, the names of uploads.
    pub fn set(&mut self, number: FieldNumber, value: Value) {
        match self.entries.iter_mut().find(|entry| entry.number == number) {
            Some(entry) => entry.value = value,
            None => self.entries.push(Entry {
                number,
                value,
                submitted: false,
            }),
        }
    }

    /// Makes known what was uploaded with the body, which has the names already.
    pub fn accept_uploads(&mut self, uploads: Vec<Uploaded>) {
        self.uploads = uploads;
    }

    /// Whether the body had the field, plainly or with a modifier.
    #[must_use]
    pub fn is_submitted(&self, number: FieldNumber) -> bool {
        self.entries
            .iter()
            .any(|entry| entry.number == number && entry.submitted)
    }

    /// All values, as [`crate::record::Record::build`] takes them.
    pub fn values(&self) -> impl Iterator<Item = (FieldNumber, &Value)> {
        self.entries
            .iter()
            .map(|entry| (entry.number, &entry.value))
    }

    /// Checks every value as far as it can be judged by itself and against the record before:
    /// references and uniqueness are for the engine. Run it before passwords are hashed.
    #[must_use]
    pub fn validate(&self, fields: &[Field], current: Option<&dyn Row>) -> Violations {
        let mut all = Violations::new();
        for field in fields {
            if let Err(violation) = self.validate_field(field, current) {
                all.add(&field.name, violation);
            }
        }
        all
    }

    /// What `@request.body.*` means: of a field what the record gets, so that no spelling of a
    /// value passes a rule as something else; everything else as it was submitted.
    #[must_use]
    pub fn resolved_body(&self, fields: &[Field], body: &Map<String, Json>) -> Map<String, Json> {
        let mut resolved = body.clone();
        for field in fields {
            let mut modified = false;
            for modifier in field.kind.modifiers() {
                modified |= resolved.shift_remove(&modifier.key(&field.name)).is_some();
            }
            let submitted = resolved.get(&field.name);
            let value = match self.value(field.number) {
                Some(value) if modified => Some(value.to_json()),
                _ => submitted.map(|submitted| field.kind.cast(submitted).to_json()),
            };
            if let Some(value) = value {
                resolved.insert(field.name.clone(), value);
            }
        }
        resolved
    }

    fn validate_field(&self, field: &Field, current: Option<&dyn Row>) -> Result<(), Violation> {
        let zero = field.kind.zero();
        let value = self.value(field.number).unwrap_or(&zero);
        let stored = current.and_then(|current| current.value(field.number));
        if field.number == ID_FIELD
            && let Some(ValueRef::Text(id)) = stored
        {
            return if value.as_text() == Some(id) {
                Ok(())
            } else {
                Err(id_change())
            };
        }
        let keeps_hash = field.kind.as_password().is_some() && !self.is_submitted(field.number);
        if keeps_hash && !value.is_zero() {
            return Ok(());
        }
        if let Some(file) = field.kind.as_file() {
            let mut known: Vec<String> = stored
                .map(|names| names.names().map(str::to_owned).collect())
                .unwrap_or_default();
            known.extend(self.uploads.iter().map(|upload| upload.name.clone()));
            file.check_names(value, &known)?;
            field.kind.validate(field, value)?;
            return file.check_uploads(value, &self.uploads);
        }
        field.kind.validate(field, value)
    }
}

/// The plain value first, then the modifiers in their order.
fn merge(
    field: &Field,
    start: Value,
    body: &Map<String, Json>,
    random: &mut dyn FnMut(u32) -> u32,
) -> Entry {
    let mut entry = Entry {
        number: field.number,
        value: start,
        submitted: false,
    };
    if field.kind.as_autodate().is_some() {
        return entry;
    }
    if let Some(submitted) = body.get(&field.name) {
        entry.value = field.kind.cast(submitted);
        entry.submitted = true;
    }
    for modifier in Modifier::ALL {
        if !field.kind.modifiers().contains(&modifier) {
            continue;
        }
        let Some(submitted) = body.get(&modifier.key(&field.name)) else {
            continue;
        };
        entry.submitted = true;
        entry.value = match (modifier, field.kind.as_text()) {
            (Modifier::Autogenerate, Some(text)) => {
                let start = field.kind.cast(submitted);
                let suffix = text.generate(random).unwrap_or_default();
                Value::Text(format!("{}{suffix}", start.as_text().unwrap_or_default()))
            }
            _ => field.kind.modify(&entry.value, modifier, submitted),
        };
    }
    entry
}

fn id_change() -> Violation {
    Violation::new(
        "validation_pk_change",
        "The record primary key cannot be changed.",
    )
}
