//! A name as it is written in a filter or sort: parts between dots, a modifier at the end.

use super::FilterError;
use super::macros::MACROS;
use super::suggestion::hint;
use super::term::Modifier;

/// A name cut into its parts, with its place for messages.
pub(super) struct Name<'a> {
    pub(super) written: &'a str,
    /// 1-based, in characters, as all positions.
    pub(super) position: usize,
    pub(super) parts: Vec<Part<'a>>,
    pub(super) modifier: Option<Modifier>,
}

/// What stands between two dots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) text: &'a str,
    pub(super) position: usize,
}

impl<'a> Name<'a> {
    pub(super) fn parse(written: &'a str, position: usize) -> Result<Self, FilterError> {
        let aliased = written.starts_with("@collection.");
        let mut parts = Vec::new();
        let mut at = position;
        for text in written.split('.') {
            parts.push(Part { text, position: at });
            at += text.chars().count() + 1;
        }
        let last = parts.len().saturating_sub(1);
        let mut modifier = None;
        for (index, part) in parts.iter_mut().enumerate() {
            if aliased && index == 1 {
                continue;
            }
            let Some((text, behind)) = part.text.split_once(':') else {
                continue;
            };
            if index < last {
                let message =
                    format!("the modifier \":{behind}\" must stand at the end of {written:?}");
                return Err(FilterError::at(part.position, message));
            }
            part.text = text;
            modifier = Some(named(behind, position)?);
        }
        if parts.iter().any(|part| part.text.is_empty()) {
            let message = format!("the name {written:?} has an empty part");
            return Err(FilterError::at(position, message));
        }
        Ok(Self {
            written,
            position,
            parts,
            modifier,
        })
    }

    pub(super) fn first(&self) -> &'a str {
        self.parts.first().map_or("", |part| part.text)
    }

    pub(super) fn admit(&self, modifiers: &[Modifier]) -> Result<(), FilterError> {
        match self.modifier {
            Some(modifier) if !modifiers.contains(&modifier) => {
                let message = format!("{:?}: this name does not take the modifier", self.written);
                Err(self.error(message))
            }
            _ => Ok(()),
        }
    }

    /// What to answer to `:isset` and `:changed` behind what no client submitted.
    pub(super) fn not_submitted(&self) -> FilterError {
        self.error(format!(
            "{:?}: :isset and :changed belong to what was submitted (@request.body.…), not to a \
             field of a record",
            self.written
        ))
    }

    pub(super) fn error(&self, message: impl Into<String>) -> FilterError {
        FilterError::at(self.position, message)
    }
}

impl Part<'_> {
    pub(super) fn error(&self, message: impl Into<String>) -> FilterError {
        FilterError::at(self.position, message)
    }
}

/// What to answer to a name with `@` that means nothing.
pub(super) fn unknown_at_name(name: &Name<'_>) -> FilterError {
    if matches!(name.written, "@rowid" | "@random") {
        let message = format!("{} is a sort key and cannot be compared", name.written);
        return name.error(message);
    }
    let known = MACROS
        .iter()
        .map(|(known, _)| *known)
        .chain(["@request", "@collection"]);
    let hint = hint(name.first(), known);
    name.error(format!("unknown name {:?}{hint}", name.written))
}

fn named(modifier: &str, position: usize) -> Result<Modifier, FilterError> {
    Modifier::named(modifier).ok_or_else(|| {
        let known = Modifier::ALL.map(|(name, _)| format!(":{name}")).join(" ");
        let message = format!("unknown modifier \":{modifier}\"; a name takes one of {known}");
        FilterError::at(position, message)
    })
}
