//! The `sort` parameter: `-a,+b.c,@random,@rowid` (contract §3.4).
//!
//! - A client cannot order by what it may not read: hidden and password fields do not exist for it,
//!   records that it may not list are passed over, and an e-mail address that is not shown sorts
//!   like an empty one.
//! - A path that leads to several records orders by the first of them.

use std::cmp::Ordering;

use crate::filter::{
    Column, Environment, FilterError, Joins, PreparedJoins, Resolver, Scalar, Scope,
};
use crate::id::{CollectionNumber, FieldNumber};
use crate::limits::{SORT_KEY_CHARS_MAX, SORT_KEYS_MAX};
use crate::record::Row;
use crate::value::ValueRef;

/// By what records are ordered.
#[derive(Clone, Debug, Default)]
pub struct Sort {
    keys: Vec<Key>,
    joins: Joins,
}

/// A [`Sort`] that is ready for the records of one request. Ties are for the caller to break.
#[derive(Clone, Debug)]
pub struct PreparedSort<'f> {
    sort: &'f Sort,
    joins: PreparedJoins<'f>,
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
    /// The whole value of a field of the record.
    Field(FieldNumber),
    /// Something else that is read: a part of a json or geoPoint value, `:lower`, `:length`,
    /// `:each`, an e-mail address where it is shown, a field across relations.
    Derived,
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
        if !scope.audience.sees_everything() {
            crate::filter::refuse_superuser_names(text)?;
        }
        if text.is_empty() {
            return Ok(Self::default());
        }
        let mut resolver = Resolver::new(scope, Joins::default());
        let mut keys = Vec::new();
        let mut position = 1;
        for part in text.split(',') {
            if keys.len() == SORT_KEYS_MAX {
                let message = format!("a sort has at most {SORT_KEYS_MAX} keys");
                return Err(FilterError::at(position, message));
            }
            let indent = part.chars().take_while(|next| next.is_whitespace()).count();
            keys.push(key(part.trim(), position + indent, &mut resolver)?);
            position += part.chars().count() + 1;
        }
        Ok(Self {
            keys,
            joins: resolver.into_joins(),
        })
    }

    /// Makes the sort ready for records; `seed` decides the order of `@random`.
    #[must_use]
    pub fn prepare<'f>(&'f self, environment: &Environment<'f>, seed: u64) -> PreparedSort<'f> {
        PreparedSort {
            sort: self,
            joins: self.joins.prepare(environment),
            seed,
        }
    }

    /// The collections whose records are looked up beside the ordered ones.
    pub fn collections(&self) -> impl Iterator<Item = CollectionNumber> {
        self.joins.collections()
    }

    /// Whether other records are looked up: the values of a record should be kept then.
    #[must_use]
    pub fn looks_up(&self) -> bool {
        !self.joins.is_empty()
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

    /// Whether records that the keys leave equal stand in reversed insertion order: the last key
    /// that decides is descending. None decides behind `@rowid`, which leaves no two equal.
    #[must_use]
    pub fn ends_descending(&self) -> bool {
        let rowid = self.keys.iter().find(|key| key.operand == Operand::Rowid);
        rowid.or(self.keys.last()).is_some_and(|key| key.descending)
    }

    /// Where the order is that of insertion, whether it is reversed.
    #[must_use]
    pub fn by_insertion(&self) -> Option<bool> {
        match self.keys.first() {
            None => Some(false),
            Some(first) => (first.operand == Operand::Rowid).then_some(first.descending),
        }
    }
}

impl PreparedSort<'_> {
    /// As it was parsed.
    #[must_use]
    pub fn sort(&self) -> &Sort {
        self.sort
    }

    /// The order of two records.
    #[must_use]
    pub fn compare(&self, left: &dyn Row, right: &dyn Row) -> Ordering {
        let orders = self
            .sort
            .keys
            .iter()
            .map(|key| self.compare_key(key, left, right));
        orders
            .into_iter()
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// What the keys compare of one record, for an order without going back to it.
    #[must_use]
    pub fn values(&self, row: &dyn Row) -> Vec<Scalar<'static>> {
        self.sort
            .keys
            .iter()
            .map(|key| self.value(key, row))
            .collect()
    }

    /// The order of two records by their [`Self::values`].
    #[must_use]
    pub fn compare_values(&self, left: &[Scalar<'_>], right: &[Scalar<'_>]) -> Ordering {
        let pairs = self.sort.keys.iter().zip(left.iter().zip(right));
        pairs
            .map(|(key, (left, right))| key.directed(left.order(right)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// The order of a record and of one that had these [`Self::values`].
    #[must_use]
    pub fn compare_with(&self, row: &dyn Row, values: &[Scalar<'_>]) -> Ordering {
        let pairs = self.sort.keys.iter().zip(values);
        pairs
            .map(|(key, value)| key.directed(self.compare_value(key, row, value)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    fn compare_value(&self, key: &Key, row: &dyn Row, value: &Scalar<'_>) -> Ordering {
        if let (Operand::Field(field), Scalar::Text(right)) = (key.operand, value)
            && let Some(ValueRef::Text(left)) = row.value(field)
        {
            return left.as_bytes().cmp(right.as_bytes());
        }
        self.value(key, row).order(value)
    }

    fn compare_key(&self, key: &Key, left: &dyn Row, right: &dyn Row) -> Ordering {
        if let Operand::Field(field) = key.operand {
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
                return key.directed(order);
            }
        }
        key.directed(self.value(key, left).order(&self.value(key, right)))
    }

    fn value(&self, key: &Key, row: &dyn Row) -> Scalar<'static> {
        match (key.operand, &key.column) {
            (Operand::Rowid, _) => Scalar::Integer(i64::try_from(row.rowid()).unwrap_or(i64::MAX)),
            (Operand::Random, _) => Scalar::Integer(shuffled(row.rowid(), self.seed).cast_signed()),
            (_, Some(column)) => self.joins.first_value(column, row),
            (_, None) => Scalar::Null,
        }
    }
}

impl Key {
    fn directed(&self, order: Ordering) -> Ordering {
        if self.descending {
            order.reverse()
        } else {
            order
        }
    }
}

fn key(text: &str, position: usize, resolver: &mut Resolver<'_>) -> Result<Key, FilterError> {
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
    resolver: &mut Resolver<'_>,
) -> Result<Key, FilterError> {
    let column = resolver.field(name, position)?;
    let operand = match column.own_whole_field() {
        Some(field) => Operand::Field(field),
        None => Operand::Derived,
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
