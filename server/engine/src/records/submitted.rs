//! What a client submits for a record: values, and files beside them. And which file of a record a
//! client may read.

use std::sync::Arc;

use luge_model::field::{Field, Modifier};
use luge_model::id::FieldNumber;
use luge_model::invalid::{Violation, Violations};
use luge_model::value::{Value, ValueRef};
use serde_json::Value as Json;

use super::{Body, Records};
use crate::access::Operation;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::files::{BlobPath, Files, UPLOAD_PREFIX, Unusable, Upload};

/// The values and files that a client submitted for a record.
#[derive(Clone, Debug, Default)]
pub struct Submitted {
    body: Body,
    uploads: Vec<Arc<Upload>>,
    /// What the server sets, by the names of fields.
    settled: Vec<(String, Value)>,
}

/// A file that a record names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// Where its bytes are.
    pub path: BlobPath,
    /// The sizes of previews that its field has.
    pub sizes: Vec<String>,
    /// Whether reading it needs a token.
    pub protected: bool,
}

impl From<Body> for Submitted {
    fn from(body: Body) -> Self {
        Self {
            body,
            ..Self::default()
        }
    }
}

impl Submitted {
    /// Values with files that came under some of their keys.
    #[must_use]
    pub fn new(body: Body, uploads: Vec<Upload>) -> Self {
        Self {
            body,
            uploads: uploads.into_iter().map(Arc::new).collect(),
            settled: Vec::new(),
        }
    }

    /// The same with a value that the server sets by itself, after all checks and in its stored
    /// form (a password as its hash): what is submitted for the field does not become its value.
    #[must_use]
    pub fn settling(mut self, field: &str, value: Value) -> Self {
        self.settled.push((field.to_owned(), value));
        self
    }

    /// The values as they were submitted.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The values in which the names of uploads stand: behind the names that were submitted under
    /// the same key, and in place of `upload:ID`. With the uploads that are for file fields; others
    /// count for nothing.
    pub(super) fn for_fields(
        &self,
        files: &Files,
        context: &Context,
        fields: &[Field],
    ) -> Result<Received> {
        let mut received = Received {
            body: self.body.clone(),
            ..Received::default()
        };
        received.take_named(files, context, fields)?;
        for (name, value) in &self.settled {
            let field = fields.iter().find(|field| field.name == *name);
            received
                .settled
                .extend(field.map(|field| (field.number, value.clone())));
        }
        for upload in &self.uploads {
            if file_field(fields, &upload.key).is_none() {
                continue;
            }
            let name = Json::String(upload.uploaded.name.clone());
            let names = match received.body.get_mut(&upload.key).map(Json::take) {
                None | Some(Json::Null) => vec![name],
                Some(Json::Array(mut names)) => {
                    names.push(name);
                    names
                }
                Some(single) => vec![single, name],
            };
            received.body.insert(upload.key.clone(), Json::Array(names));
            received.uploads.push(Arc::clone(upload));
        }
        Ok(received)
    }
}

/// What was submitted, once all its uploads are known.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// The values, with the names under which files will be stored.
    pub(super) body: Body,
    /// The files.
    pub(super) uploads: Vec<Arc<Upload>>,
    /// Why uploads that were named cannot be taken, by field.
    pub(super) unusable: Violations,
    /// What the server sets.
    pub(super) settled: Vec<(FieldNumber, Value)>,
}

impl Received {
    /// Takes the uploads that values of file fields name.
    fn take_named(&mut self, files: &Files, context: &Context, fields: &[Field]) -> Result<()> {
        for (key, value) in &mut self.body {
            let Some(field) = file_field(fields, key) else {
                continue;
            };
            let values = match value {
                Json::Array(values) => values.iter_mut(),
                single => std::slice::from_mut(single).iter_mut(),
            };
            for value in values {
                let text = value
                    .as_str()
                    .and_then(|text| text.strip_prefix(UPLOAD_PREFIX));
                let Some(id) = text.map(str::to_owned) else {
                    continue;
                };
                match files.claim_upload(context, key, &id)? {
                    Ok(upload) => {
                        *value = Json::String(upload.uploaded.name.clone());
                        self.uploads.push(Arc::new(upload));
                    }
                    Err(unusable) => {
                        let violation = unusable_violation(&id, &unusable);
                        self.unusable.add(&field.name, violation);
                    }
                }
            }
        }
        Ok(())
    }
}

fn unusable_violation(id: &str, unusable: &Unusable) -> Violation {
    let reason = match unusable {
        Unusable::Missing => "is not there (any more), or not yours".to_owned(),
        Unusable::Incomplete(bytes, length) => format!("has only {bytes} of {length} bytes"),
        Unusable::Busy => "is being received or taken by another request or field".to_owned(),
    };
    let message = format!("The upload {id} {reason}.");
    Violation::new("validation_invalid_upload", message).with("upload", id)
}

/// The file field that an upload under this key is for.
pub(super) fn file_field<'a>(fields: &'a [Field], key: &str) -> Option<&'a Field> {
    let is_for = |field: &&Field| {
        let adds = [Modifier::Append, Modifier::Prepend];
        key == field.name || adds.iter().any(|modifier| key == modifier.key(&field.name))
    };
    let mut files = fields.iter();
    files.find(|field| field.kind.as_file().is_some() && is_for(field))
}

impl Records {
    /// The most bytes that a file may have under this key of a body; none where no file field takes
    /// it.
    ///
    /// # Errors
    /// [`Error::MissingCollection`].
    pub fn upload_bytes_max(&self, collection: &str, key: &str) -> Result<Option<u64>> {
        let compiled = self.compiled(collection)?;
        let field = file_field(&compiled.collection.fields, key);
        let file = field.and_then(|field| field.kind.as_file());
        Ok(file.map(|file| file.max_bytes() as u64))
    }

    /// A file of a record, if the caller may read it: everybody may, unless its field is
    /// protected; then whoever may view the record (contract §1.6).
    ///
    /// # Errors
    /// [`Error::MissingCollection`], else [`Error::MissingRecord`] whatever is missing.
    pub fn file(
        &self,
        context: &Context,
        collection: &str,
        id: &str,
        name: &str,
    ) -> Result<NamedFile> {
        let compiled = self.readable(collection)?;
        let record = self.query.record(&compiled, id)?;
        let record = record.ok_or(Error::MissingRecord)?;
        let mut fields = compiled.collection.fields.iter();
        let options = fields.find_map(|field| {
            let options = field.kind.as_file()?;
            let mut names = record.value(field.number).map(ValueRef::names)?;
            names.any(|named| named == name).then_some(options)
        });
        let options = options.ok_or(Error::MissingRecord)?;
        if options.protected {
            match self.allowed(context, &compiled, Operation::View, id) {
                Ok(_) => {}
                Err(Error::SuperusersOnly) => return Err(Error::MissingRecord),
                Err(error) => return Err(error),
            }
        }
        let path = BlobPath::new(&compiled.collection.id, record.id(), name);
        Ok(NamedFile {
            path: path.ok_or(Error::MissingRecord)?,
            sizes: options.thumbs.clone(),
            protected: options.protected,
        })
    }
}
