//! Names of the request: `@request.context|method|query|headers|body|auth`.

use super::FilterError;
use super::join::{Join, Step, Whose};
use super::json_path::Segment;
use super::name::{Name, Part};
use super::path::Start;
use super::resolve::Resolver;
use super::scalar::Scalar;
use super::term::{Access, Column, Modifier, RequestTerm, Storage, Term, holds_names};
use crate::collection::Collection;
use crate::field::Field;
use crate::id::ID_FIELD;

/// Fields of the caller that are compared like constants.
const PLAIN: [&str; 4] = ["id", "email", "verified", "emailVisibility"];

impl<'a> Resolver<'a> {
    pub(super) fn request(&mut self, name: &Name<'_>) -> Result<Term, FilterError> {
        let modifier = name.modifier;
        let (part, key, rest) = match name.parts.as_slice() {
            [_, part, key, rest @ ..] => (part.text, Some(key), rest),
            [_, part] => (part.text, None, [].as_slice()),
            _ => ("", None, [].as_slice()),
        };
        let path = || rest.iter().map(|part| Segment::parse(part.text)).collect();
        let term = match (part, key) {
            ("context", None) if modifier.is_none() => RequestTerm::Context,
            ("method", None) if modifier.is_none() => RequestTerm::Method,
            ("context" | "method", None) => {
                return Err(name.error(format!("@request.{part} takes no modifier")));
            }
            ("query", Some(key)) => {
                name.admit(&[Modifier::IsSet, Modifier::Lower])?;
                RequestTerm::Query {
                    key: key.text.to_owned(),
                    path: path(),
                    modifier,
                }
            }
            ("headers", Some(key)) => {
                name.admit(&[Modifier::IsSet, Modifier::Lower])?;
                RequestTerm::Header {
                    key: key.text.to_owned(),
                    path: path(),
                    modifier,
                }
            }
            ("body", Some(key)) => return self.body(name, (key, rest)),
            ("auth", Some(key)) => return self.caller(name, (key, rest)),
            ("query" | "headers" | "body" | "auth", None) => {
                let message = format!("@request.{part} needs a name, as in @request.{part}.name");
                return Err(name.error(message));
            }
            _ => {
                let message = format!(
                    "unknown name {:?}; @request has context, method, query, headers, body and \
                     auth",
                    name.written
                );
                return Err(name.error(message));
            }
        };
        Ok(Term::Request(term))
    }

    fn body(
        &mut self,
        name: &Name<'_>,
        (key, rest): (&Part<'_>, &[Part<'_>]),
    ) -> Result<Term, FilterError> {
        let own = self.scope.collection;
        let field = own.field(key.text);
        if let Some(field) = field {
            self.mention_field(own, field, key.position);
            if !rest.is_empty() && field.kind.as_relation().is_some() {
                return self.submitted_relation(name, (field, key), rest);
            }
        }
        let submitted = key.text.to_owned();
        match (name.modifier, field) {
            (Some(Modifier::Changed), Some(field)) if rest.is_empty() => {
                return Ok(Term::Changed {
                    key: submitted,
                    column: Column::whole(field, Whose::Own),
                });
            }
            (Some(Modifier::Each), Some(field)) if rest.is_empty() && holds_names(field) => {
                return Ok(Term::Column(self.submitted_items(submitted)));
            }
            (Some(Modifier::Length), Some(field)) if rest.is_empty() && holds_names(field) => {}
            (None | Some(Modifier::IsSet | Modifier::Lower), _) => {}
            (Some(modifier), _) => {
                let wanted = match modifier {
                    Modifier::Changed => "needs a field of the collection",
                    _ => "needs a select, file or relation field of the collection",
                };
                let message = format!("{:?}: this modifier {wanted}", name.written);
                return Err(name.error(message));
            }
        }
        Ok(Term::Request(RequestTerm::Body {
            key: submitted,
            path: rest.iter().map(|part| Segment::parse(part.text)).collect(),
            modifier: name.modifier,
            storage: field.map(Storage::of),
        }))
    }

    /// `@request.body.RELATION.field`: looks the submitted records up.
    fn submitted_relation(
        &mut self,
        name: &Name<'_>,
        (field, key): (&Field, &Part<'_>),
        rest: &[Part<'_>],
    ) -> Result<Term, FilterError> {
        let relation = field.kind.as_relation();
        let target = relation.and_then(|relation| self.collection(&relation.collection_id));
        let Some(target) = target else {
            let message = format!("the collection that {:?} relates to is gone", key.text);
            return Err(key.error(message));
        };
        self.refuse_view(target, key)?;
        let whose = self.joins.add(Join {
            from: Whose::Own,
            step: Step::Submitted {
                key: key.text.to_owned(),
                collection: target.number,
            },
            many: field.kind.is_multiple(),
            guarded: false,
        });
        let start = Start {
            collection: target,
            whose,
            lenient: true,
        };
        let found = self.walk(start, rest, name)?;
        Ok(found.map_or(Term::Constant(Scalar::Null), Term::Column))
    }

    fn submitted_items(&mut self, key: String) -> Column {
        let whose = self.joins.add(Join {
            from: Whose::Own,
            step: Step::SubmittedItems { key },
            many: true,
            guarded: false,
        });
        Column {
            whose,
            // Never read: the row is the value.
            field: ID_FIELD,
            storage: Storage::List,
            access: Access::Item,
            is_date: false,
            lower: false,
            shown_by: None,
        }
    }

    fn caller(
        &mut self,
        name: &Name<'_>,
        (key, rest): (&Part<'_>, &[Part<'_>]),
    ) -> Result<Term, FilterError> {
        if let Some(Modifier::IsSet | Modifier::Changed) = name.modifier {
            return Err(name.not_submitted());
        }
        if key.text == "password" {
            let message = "\"password\" is a password; passwords cannot be compared";
            return Err(name.error(message));
        }
        let Some(caller) = self.scope.caller else {
            return Ok(Term::Constant(Scalar::Null));
        };
        match key.text {
            "collectionId" => return Ok(Term::Constant(text(&caller.id))),
            "collectionName" => return Ok(Term::Constant(text(&caller.name))),
            _ => {}
        }
        let field = caller.field(key.text);
        let is_own = field.is_some_and(|field| {
            field.kind.as_password().is_none()
                && (rest.is_empty() || field.kind.as_relation().is_none())
        });
        match field {
            Some(field) if is_own && name.modifier != Some(Modifier::Each) => {
                self.mention_field(caller, field, key.position);
                let start = Start {
                    collection: caller,
                    whose: Whose::Own,
                    lenient: true,
                };
                let plain = PLAIN.contains(&key.text);
                let column = self.column(start, field, rest, name);
                Ok(column.map_or(Term::Unreadable, |column| Term::Caller { column, plain }))
            }
            _ => Ok(self.path_of_caller(caller, name)),
        }
    }

    /// A path that starts at the caller's record. Which paths there are depends on who calls, so
    /// one that cannot be followed is no mistake of the rule.
    fn path_of_caller(&mut self, caller: &'a Collection, name: &Name<'_>) -> Term {
        let whose = self.joins.add(Join {
            from: Whose::Own,
            step: Step::Caller,
            many: false,
            guarded: false,
        });
        let start = Start {
            collection: caller,
            whose,
            lenient: true,
        };
        let parts = name.parts.get(2..).unwrap_or_default();
        match self.walk(start, parts, name) {
            Ok(Some(column)) => Term::Column(column),
            Ok(None) => Term::Constant(Scalar::Null),
            Err(_) => Term::Unreadable,
        }
    }
}

fn text(text: &str) -> Scalar<'static> {
    Scalar::text(text).into_owned()
}
