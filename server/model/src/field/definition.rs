//! A field's definition as JSON: reading, writing and the rules that all types share.

use serde_json::{Map, Value as Json};

use crate::field::{Field, Options, type_named};
use crate::id::{FieldNumber, derived_id};
use crate::invalid::{Violation, Violations};
use crate::limits::{FIELD_HELP_CHARS_MAX, FIELD_ID_CHARS_MAX, FIELD_NAME_CHARS_MAX};

/// Names that mean something else in a filter or an answer.
const RESERVED_NAMES: &[&str] = &[
    "null",
    "true",
    "false",
    "_rowid_",
    "expand",
    "collectionId",
    "collectionName",
];

/// Names that mean something else in the body of an auth record.
const RESERVED_AUTH_NAMES: &[&str] = &["passwordConfirm", "oldPassword"];

impl Field {
    /// Reads a definition. A missing or empty id is derived from the type and the name.
    ///
    /// # Errors
    /// The options that have a wrong type, or an unknown `type`. Whether well-typed options make
    /// sense is for [`Self::validate_definition`].
    pub fn from_json(map: &Map<String, Json>, number: FieldNumber) -> Result<Self, Violations> {
        let mut options = Options::of(map);
        let type_name = options.text("type");
        let Some(descriptor) = type_named(&type_name) else {
            let message = format!("Unknown field type \"{type_name}\".");
            options.refuse(
                "type",
                Violation::new("validation_invalid_field_value", message),
            );
            return Err(options.into_violations());
        };
        let kind = (descriptor.read)(&mut options);
        let shared = kind.has_help_and_required();
        let name = options.text("name");
        let id = match options.text("id") {
            empty if empty.is_empty() => derived_id(descriptor.name, &name),
            given => given,
        };
        let field = Self {
            number,
            id,
            name,
            system: options.flag("system"),
            hidden: options.flag("hidden"),
            presentable: options.flag("presentable"),
            required: shared && options.flag("required"),
            help: if shared {
                options.text("help")
            } else {
                String::new()
            },
            default: options
                .json("default")
                .filter(|json| !json.is_null())
                .cloned(),
            kind,
        };
        options.into_violations().into_result()?;
        Ok(field)
    }

    /// The definition as the contract shows it: keys in alphabetical order, `default` only when
    /// set, never the number.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        let mut entries: Vec<(String, Json)> = self.kind.options().into_iter().collect();
        let mut add = |key: &str, value: Json| entries.push((key.to_owned(), value));
        if let Some(default) = &self.default {
            add("default", default.clone());
        }
        if self.kind.has_help_and_required() {
            add("help", self.help.clone().into());
            add("required", self.required.into());
        }
        add("hidden", self.hidden.into());
        add("id", self.id.clone().into());
        add("name", self.name.clone().into());
        add("presentable", self.presentable.into());
        add("system", self.system.into());
        add("type", self.kind.type_name().into());
        entries.sort_by(|(left, _), (right, _)| left.cmp(right));
        entries.into_iter().collect()
    }

    /// Everything that is wrong with the definition by itself; whether it fits its collection and
    /// the one it replaces is the catalog's concern.
    #[must_use]
    pub fn validate_definition(&self, in_auth_collection: bool) -> Violations {
        let mut all = self.kind.check_options();
        if let Err(violation) = check_name(&self.name, in_auth_collection) {
            all.add("name", violation);
        }
        if let Err(violation) = check_length(&self.id, FIELD_ID_CHARS_MAX) {
            all.add("id", violation);
        }
        if !self.help.is_empty()
            && let Err(violation) = check_length(&self.help, FIELD_HELP_CHARS_MAX)
        {
            all.add("help", violation);
        }
        if let Some(default) = &self.default
            && let Err(violation) = self.kind.validate(self, &self.kind.cast(default))
        {
            all.add("default", violation);
        }
        all
    }
}

fn check_name(name: &str, in_auth_collection: bool) -> Result<(), Violation> {
    check_length(name, FIELD_NAME_CHARS_MAX)?;
    if !name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return Err(Violation::new(
            "validation_match_invalid",
            "Must be in a valid format.",
        ));
    }
    if RESERVED_NAMES.contains(&name) {
        return Err(Violation::new(
            "validation_not_in_invalid",
            "Must not be in list.",
        ));
    }
    if name.to_ascii_lowercase().contains("_via_") {
        let message = "The value cannot contain \"_via_\".";
        return Err(Violation::new("validation_found_via", message));
    }
    if in_auth_collection && RESERVED_AUTH_NAMES.contains(&name) {
        let message = "The field name is reserved and cannot be used.";
        return Err(Violation::new("validation_reserved_field_name", message));
    }
    Ok(())
}

fn check_length(text: &str, max: usize) -> Result<(), Violation> {
    if text.is_empty() {
        return Err(Violation::required());
    }
    if text.chars().count() > max {
        let message = format!("The length must be between 1 and {max}.");
        let violation = Violation::new("validation_length_out_of_range", message);
        return Err(violation.with("max", max).with("min", 1));
    }
    Ok(())
}
