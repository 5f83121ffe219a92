//! The `sort` parameter: `-a,+b,@random,@rowid` (contract §3.4).
//!
//! A client cannot order by what it may not read: hidden and password fields do not exist for it,
//! and an e-mail address that is not shown sorts like an empty one.

use std::cmp::Ordering;

use crate::field::Field;
use crate::filter::{Audience, Column, FilterError, Resolver, Scalar, Scope, column_value};
use crate::id::FieldNumber;
use crate::limits::{SORT_KEY_CHARS_MAX, SORT_KEYS_MAX};
use crate::record::Row;
use crate::value::ValueRef;

/// By what records are ordered. Ties are for the caller to break.
#[derive(Clone, Debug, Default)]
pub struct Sort {
    keys: Vec<Key>,
    seed: u64,
}

/// One key of a [`Sort`].
#[derive(Clone, Debug)]
pub struct Key {
    /// What is compared.
    pub operand: Operand,
    /// Written with `-`.
    pub descending: bool,
    column: Option<Column>,
}

/// What a [`Key`] compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// The whole value of a field.
    Field(FieldNumber),
    /// Something made of a field: a part of a json or geoPoint value, `:lower`, `:length`, `:each`.
    Derived(FieldNumber),
    /// An e-mail address, empty where `shown_by` is false.
    Email {
        /// The address.
        field: FieldNumber,
        /// The bool field that shows it.
        shown_by: FieldNumber,
    },
    /// `@rowid`: the order of insertion.
    Rowid,
    /// `@random`: another order for each seed.
    Random,
}

impl Sort {
    /// Parses a `sort`; an empty text has no keys.
    ///
    /// # Errors
    /// Says which key is wrong and why.
    pub fn parse(text: &str, scope: &Scope<'_>) -> Result<Self, FilterError> {
        if scope.audience == Audience::Client {
            crate::filter::refuse_superuser_names(text)?;
        }
        if text.is_empty() {
            return Ok(Self::default());
        }
        let resolver = Resolver::new(scope);
        let mut keys = Vec::new();
        let mut position = 1;
        for part in text.split(',') {
            if keys.len() == SORT_KEYS_MAX {
                let message = format!("a sort has at most {SORT_KEYS_MAX} keys");
                return Err(FilterError::at(position, message));
            }
            let indent = part.chars().take_while(|next| next.is_whitespace()).count();
            keys.push(key(part.trim(), position + indent, &resolver)?);
            position += part.chars().count() + 1;
        }
        Ok(Self { keys, seed: 0 })
    }

    /// The same sort with its own order for `@random`.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The keys in the order in which they decide.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Whether nothing was asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether the order is another one each time.
    #[must_use]
    pub fn is_random(&self) -> bool {
        self.keys.iter().any(|key| key.operand == Operand::Random)
    }

    /// Whether the last key is descending.
    #[must_use]
    pub fn ends_descending(&self) -> bool {
        self.keys.last().is_some_and(|key| key.descending)
    }

    /// The order of two records.
    #[must_use]
    pub fn compare(&self, left: &dyn Row, right: &dyn Row) -> Ordering {
        for key in &self.keys {
            let order = key.compare(left, right, self.seed);
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }

    /// What the keys compare of one record, for an order without going back to it.
    #[must_use]
    pub fn values(&self, row: &dyn Row) -> Vec<Scalar<'static>> {
        self.keys
            .iter()
            .map(|key| key.value(row, self.seed).into_owned())
            .collect()
    }

    /// The order of two records by their [`Self::values`].
    #[must_use]
    pub fn compare_values(&self, left: &[Scalar<'_>], right: &[Scalar<'_>]) -> Ordering {
        let pairs = self.keys.iter().zip(left.iter().zip(right));
        pairs
            .map(|(key, (left, right))| key.directed(left.order(right)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl Key {
    fn compare(&self, left: &dyn Row, right: &dyn Row, seed: u64) -> Ordering {
        if let Operand::Field(field) = self.operand {
            // The common keys, without the detour over a scalar.
            let order = match (left.value(field), right.value(field)) {
                (Some(ValueRef::Text(left)), Some(ValueRef::Text(right))) => {
                    Some(left.as_bytes().cmp(right.as_bytes()))
                }
                (Some(ValueRef::Number(left)), Some(ValueRef::Number(right))) => {
                    left.partial_cmp(&right)
                }
                _ => None,
            };
            if let Some(order) = order {
                return self.directed(order);
            }
        }
        self.directed(self.value(left, seed).order(&self.value(right, seed)))
    }

    fn directed(&self, order: Ordering) -> Ordering {
        if self.descending {
            order.reverse()
        } else {
            order
        }
    }

    fn value<'r>(&self, row: &'r dyn Row, seed: u64) -> Scalar<'r> {
        let column = || match &self.column {
            Some(column) => column_value(column, row),
            None => Scalar::Null,
        };
        match self.operand {
            Operand::Field(_) | Operand::Derived(_) => column(),
            Operand::Email { shown_by, .. } => match row.value(shown_by) {
                Some(ValueRef::Bool(true)) => column(),
                _ => Scalar::Text("".into()),
            },
            Operand::Rowid => Scalar::Integer(i64::try_from(row.rowid()).unwrap_or(i64::MAX)),
            Operand::Random => Scalar::Integer(shuffled(row.rowid(), seed).cast_signed()),
        }
    }
}

fn key(text: &str, position: usize, resolver: &Resolver<'_>) -> Result<Key, FilterError> {
    if text.chars().count() > SORT_KEY_CHARS_MAX {
        let message = format!("a sort key has at most {SORT_KEY_CHARS_MAX} characters");
        return Err(FilterError::at(position, message));
    }
    let (name, descending, position) = match (text.strip_prefix('-'), text.strip_prefix('+')) {
        (Some(name), _) => (name, true, position + 1),
        (None, Some(name)) => (name, false, position + 1),
        (None, None) => (text, false, position),
    };
    let operand = match name {
        "" => {
            return Err(FilterError::at(
                position,
                "expected the name of a field, found nothing",
            ));
        }
        "@rowid" => Operand::Rowid,
        "@random" => Operand::Random,
        _ => return field_key(name, descending, position, resolver),
    };
    Ok(Key {
        operand,
        descending,
        column: None,
    })
}

fn field_key(
    name: &str,
    descending: bool,
    position: usize,
    resolver: &Resolver<'_>,
) -> Result<Key, FilterError> {
    let column = resolver.field(name, position)?;
    let field = column.field;
    let shown_by = resolver.email_shown_by(|email: &Field| email.number == field);
    let operand = match shown_by {
        Some(shown_by) => Operand::Email { field, shown_by },
        None if column.is_whole() => Operand::Field(field),
        None => Operand::Derived(field),
    };
    Ok(Key {
        operand,
        descending,
        column: Some(column),
    })
}

/// A number that looks random, the same for the same record and seed.
fn shuffled(rowid: u64, seed: u64) -> u64 {
    let mixed = (rowid ^ seed)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(seed);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
