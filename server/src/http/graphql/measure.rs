//! What is refused before it is looked at any closer: documents that cost more than what they say.
//!
//! - The text is measured before it is parsed, since brackets in brackets are parsed in calls in
//!   calls.
//! - A fragment counts wherever it is spread. Each is measured once, so fragments that spread
//!   fragments that spread fragments cost no more to measure than to write.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType,
    Selection, SelectionSet,
};
use async_graphql::{Positioned, parser::parse_query};
use luge_model::limits::{
    GRAPHQL_ALIASES_MAX, GRAPHQL_BRACKETS_MAX, GRAPHQL_DEPTH_MAX, GRAPHQL_DIRECTIVES_MAX,
    GRAPHQL_DOCUMENT_BYTES_MAX, GRAPHQL_FIELDS_MAX, GRAPHQL_INTROSPECTION_LISTS_MAX,
    GRAPHQL_OPERATIONS_MAX, GRAPHQL_ROOT_FIELDS_MAX,
};

use crate::http::error::Failure;

type Result<T> = std::result::Result<T, Failure>;

/// A document that may be carried out.
pub(super) struct Measured {
    pub(super) document: ExecutableDocument,
    /// Of the operation that is asked for.
    pub(super) kind: OperationType,
    /// Whether it asks for the schema.
    pub(super) introspects: bool,
}

/// Parses and measures a document.
///
/// # Errors
/// Says which limit is exceeded, or where the text cannot be read.
pub(super) fn measured(text: &str, operation: Option<&str>) -> Result<Measured> {
    check_text(text)?;
    let document = parse_query(text).map_err(|error| {
        let place = error.positions().next();
        let at = place.map(|at| format!(" (line {}, column {})", at.line, at.column));
        let at = at.unwrap_or_default();
        Failure::bad_request(format!("The document cannot be read{at}: {error}"))
    })?;
    let mut measuring = Measuring {
        document: &document,
        fragments: HashMap::new(),
    };
    let introspects = measuring.all()?;
    let kind = chosen(&document, operation)?.ty;
    Ok(Measured {
        kind,
        introspects,
        document,
    })
}

/// The operation that is asked for.
fn chosen<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Result<&'d OperationDefinition> {
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next()
        }
        (DocumentOperations::Multiple(_), None) => {
            return Err(Failure::bad_request(
                "The document has several operations; operationName says which.",
            ));
        }
        (DocumentOperations::Single(_), Some(_)) => None,
    };
    let missing = || {
        let name = name.unwrap_or_default();
        Failure::bad_request(format!("There is no operation {name:?} in the document."))
    };
    Ok(&found.ok_or_else(missing)?.node)
}

/// Measures the text: its length, and brackets outside of texts and comments.
fn check_text(text: &str) -> Result<()> {
    if text.len() > GRAPHQL_DOCUMENT_BYTES_MAX {
        return Err(too_much(
            "the document",
            GRAPHQL_DOCUMENT_BYTES_MAX,
            "bytes",
        ));
    }
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '#' => rest.find(['\n', '\r']).unwrap_or(rest.len()),
            '"' => text_length(rest),
            _ => first.len_utf8(),
        };
        match first {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > GRAPHQL_BRACKETS_MAX {
            let what = "brackets in the document";
            return Err(too_much(what, GRAPHQL_BRACKETS_MAX, "in each other"));
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    Ok(())
}

/// How many bytes the text takes at which this begins.
fn text_length(rest: &str) -> usize {
    let (quotes, escaped) = match rest.starts_with("\"\"\"") {
        true => ("\"\"\"", "\\\"\"\""),
        false => ("\"", "\\"),
    };
    let mut at = quotes.len();
    while let Some(left) = rest.get(at..).filter(|left| !left.is_empty()) {
        if left.starts_with(escaped) {
            let next = left.chars().nth(escaped.len()).map_or(0, char::len_utf8);
            at += escaped.len() + if quotes.len() == 1 { next } else { 0 };
        } else if left.starts_with(quotes) {
            return at + quotes.len();
        } else {
            at += left.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// How large something is, with everything that it spreads.
#[derive(Clone, Copy, Default)]
struct Size {
    /// How deep fields stand in it.
    depth: usize,
    fields: usize,
    aliases: usize,
    directives: usize,
    /// Fields that stand at its top.
    top: usize,
    /// Lists of a schema in lists of a schema.
    lists: usize,
    introspects: bool,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.lists = self.lists.max(other.lists);
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.top = self.top.saturating_add(other.top);
        self.introspects |= other.introspects;
    }

    fn check(self) -> Result<()> {
        let lists = GRAPHQL_INTROSPECTION_LISTS_MAX;
        for (size, most, what) in [
            (self.depth, GRAPHQL_DEPTH_MAX, "fields in each other"),
            (self.fields, GRAPHQL_FIELDS_MAX, "fields"),
            (self.aliases, GRAPHQL_ALIASES_MAX, "aliases"),
            (self.directives, GRAPHQL_DIRECTIVES_MAX, "directives"),
            (
                if self.introspects { self.lists } else { 0 },
                lists,
                "lists of the schema in each other",
            ),
        ] {
            if size > most {
                return Err(too_much("the document", most, what));
            }
        }
        Ok(())
    }
}

struct Measuring<'d> {
    document: &'d ExecutableDocument,
    /// `None` while it is being measured.
    fragments: HashMap<&'d Name, Option<Size>>,
}

impl<'d> Measuring<'d> {
    /// Measures everything; whether something asks for the schema.
    fn all(&mut self) -> Result<bool> {
        let operations = self.document.operations.iter();
        if operations.len() > GRAPHQL_OPERATIONS_MAX {
            return Err(too_much(
                "the document",
                GRAPHQL_OPERATIONS_MAX,
                "operations",
            ));
        }
        let mut whole = Size::default();
        for (_, operation) in operations {
            let operation = &operation.node;
            let mut size = self.selection(&operation.selection_set.node)?;
            size.directives += directives(&operation.directives);
            for variable in &operation.variable_definitions {
                size.directives += directives(&variable.node.directives);
            }
            size.check()?;
            if size.top > GRAPHQL_ROOT_FIELDS_MAX {
                return Err(too_much(
                    "an operation",
                    GRAPHQL_ROOT_FIELDS_MAX,
                    "fields of the root",
                ));
            }
            if operation.ty == OperationType::Subscription && size.top != 1 {
                return Err(Failure::bad_request(
                    "A subscription has exactly one field.",
                ));
            }
            whole.add(size);
        }
        for name in self.document.fragments.keys() {
            // Those that nothing spreads are validated all the same.
            let size = self.fragment(name)?;
            whole.directives = whole.directives.saturating_add(size.directives);
        }
        whole.check()?;
        Ok(whole.introspects)
    }

    fn fragment(&mut self, name: &'d Name) -> Result<Size> {
        match self.fragments.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                return Err(Failure::bad_request(format!(
                    "The fragment {name} spreads itself."
                )));
            }
            None => {}
        }
        // One that is missing is told by the validation.
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Size::default());
        };
        self.fragments.insert(name, None);
        let mut size = self.selection(&fragment.node.selection_set.node)?;
        size.directives += directives(&fragment.node.directives);
        size.check()?;
        self.fragments.insert(name, Some(size));
        Ok(size)
    }

    fn selection(&mut self, selection: &'d SelectionSet) -> Result<Size> {
        let mut size = Size::default();
        for one in &selection.items {
            match &one.node {
                Selection::Field(field) => size.add(self.field(&field.node)?),
                Selection::InlineFragment(fragment) => {
                    size.add(self.selection(&fragment.node.selection_set.node)?);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    size.add(self.fragment(name)?);
                }
            }
            if !matches!(one.node, Selection::Field(_)) {
                size.directives += directives(one.node.directives());
            }
        }
        Ok(size)
    }

    fn field(&mut self, field: &'d Field) -> Result<Size> {
        let below = self.selection(&field.selection_set.node)?;
        let name = field.name.node.as_str();
        let is_list = matches!(
            name,
            "fields" | "interfaces" | "possibleTypes" | "inputFields"
        );
        let size = Size {
            depth: below.depth + 1,
            fields: below.fields.saturating_add(1),
            aliases: below
                .aliases
                .saturating_add(usize::from(field.alias.is_some())),
            directives: below
                .directives
                .saturating_add(directives(&field.directives)),
            top: 1,
            lists: below.lists + usize::from(is_list),
            introspects: below.introspects || matches!(name, "__schema" | "__type"),
        };
        Ok(size)
    }
}

fn directives(directives: &[Positioned<Directive>]) -> usize {
    directives.len()
}

fn too_much(whose: &str, most: usize, what: &str) -> Failure {
    Failure::bad_request(format!(
        "Too much is asked: {whose} may have at most {most} {what}."
    ))
}

#[cfg(test)]
mod tests;
