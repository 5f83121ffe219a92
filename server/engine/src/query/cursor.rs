//! Where a page of a list ended, and the cursor in which a client carries that to the next page.
//!
//! - A cursor is sealed: it tells nothing, not even how many records were made between two, and
//!   what is opened is what was given.
//! - It holds what the sort compared of the last record, and its rowid: the next page begins behind
//!   that place, whether or not the record still stands there.
//! - It belongs to one collection, caller, sort and filter.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use luge_model::filter::Scalar;
use luge_model::limits::CURSOR_BYTES_MAX;
use luge_model::record::Row;
use luge_model::sort::PreparedSort;
use sha2::{Digest as _, Sha256};

use crate::access::Compiled;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::secrets::Seal;

/// The version of the sealed form, which stands before it.
const VERSION: u8 = 1;
/// What the seal is for.
const PURPOSE: &[u8] = b"cursor of a list, version 1";
const MARK_BYTES: usize = 8;
/// What a cursor belongs to, in the order of its marks.
const BELONGINGS: [&str; 4] = ["collection", "caller", "sort", "filter"];

/// A place between two records of a list.
#[derive(Clone, Debug)]
pub(super) struct Position {
    /// What the keys of the sort compare of the record before it.
    pub(super) values: Vec<Scalar<'static>>,
    /// Of the record before it.
    pub(super) rowid: u64,
}

/// What a cursor belongs to: a hash for each of [`BELONGINGS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin([[u8; MARK_BYTES]; BELONGINGS.len()]);

impl Position {
    /// The place behind a record.
    pub(super) fn behind(sort: &PreparedSort<'_>, row: &dyn Row) -> Self {
        Self {
            values: sort.values(row),
            rowid: row.rowid(),
        }
    }

    /// Whether a record stands behind this place.
    pub(super) fn is_before(&self, sort: &PreparedSort<'_>, row: &dyn Row) -> bool {
        let order = sort.compare_with(row, &self.values).then_with(|| {
            let by_insertion = row.rowid().cmp(&self.rowid);
            if sort.sort().ends_descending() {
                by_insertion.reverse()
            } else {
                by_insertion
            }
        });
        order.is_gt()
    }
}

impl Origin {
    /// Of a list that a caller asks for.
    pub(super) fn of((context, compiled): (&Context, &Compiled), sort: &str, filter: &str) -> Self {
        let identity = context.principal.identity();
        let caller = identity.map(|identity| {
            let collection = identity.collection.id.as_str();
            format!("{collection}/{}", identity.record.id())
        });
        let caller = caller.unwrap_or_default();
        let belongings = [&compiled.collection.id, &*caller, sort, filter];
        Self(belongings.map(mark))
    }
}

/// The cursor that stands for a place.
///
/// # Errors
/// [`Error::BadQuery`] where the values of the place are longer than a cursor may be.
pub(super) fn write(seal: &Seal, origin: &Origin, position: &Position) -> Result<String> {
    let mut plain = origin.0.concat();
    plain.extend_from_slice(&position.rowid.to_le_bytes());
    position
        .values
        .iter()
        .for_each(|value| write_value(value, &mut plain));
    let too_long = || {
        Error::BadQuery(format!(
            "Invalid cursor: the sort compares values with which a cursor would be longer than \
             {CURSOR_BYTES_MAX} bytes; sort by something shorter, or use pages."
        ))
    };
    let sealed = seal.seal(PURPOSE, &plain).ok_or_else(too_long)?;
    let mut bytes = vec![VERSION];
    bytes.extend(sealed);
    let text = URL_SAFE_NO_PAD.encode(bytes);
    if text.len() > CURSOR_BYTES_MAX {
        return Err(too_long());
    }
    Ok(text)
}

/// The place that a cursor stands for.
///
/// # Errors
/// [`Error::BadQuery`] where the text is no cursor of this database, or of another list.
pub(super) fn read(seal: &Seal, origin: &Origin, text: &str) -> Result<Position> {
    let bytes = match text.len() <= CURSOR_BYTES_MAX {
        true => URL_SAFE_NO_PAD.decode(text).ok(),
        false => None,
    };
    let plain = match bytes.as_deref().and_then(<[u8]>::split_first) {
        Some((&VERSION, sealed)) => seal.unseal(PURPOSE, sealed),
        _ => None,
    };
    let (found, position) = plain
        .as_deref()
        .and_then(opened)
        .ok_or_else(|| refused("it is not one that this server gave; an empty one begins anew"))?;
    let marks = BELONGINGS.iter().zip(found.0.iter().zip(&origin.0));
    for (belonging, (found, asked)) in marks {
        if found != asked {
            return Err(refused(&format!("it belongs to another {belonging}")));
        }
    }
    Ok(position)
}

/// Why a cursor is of no use.
pub(super) fn refused(reason: &str) -> Error {
    Error::BadQuery(format!("Invalid cursor: {reason}."))
}

fn mark(text: &str) -> [u8; MARK_BYTES] {
    let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    hash.first_chunk().copied().unwrap_or_default()
}

fn opened(plain: &[u8]) -> Option<(Origin, Position)> {
    let mut rest = plain;
    let mut marks = [[0; MARK_BYTES]; BELONGINGS.len()];
    for mark in &mut marks {
        *mark = taken(&mut rest)?;
    }
    let rowid = u64::from_le_bytes(taken(&mut rest)?);
    let mut values = Vec::new();
    while !rest.is_empty() {
        values.push(read_value(&mut rest)?);
    }
    Some((Origin(marks), Position { values, rowid }))
}

fn taken<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, behind) = rest.split_first_chunk::<N>()?;
    *rest = behind;
    Some(*first)
}

fn write_value(value: &Scalar<'_>, out: &mut Vec<u8>) {
    match value {
        Scalar::Null => out.push(0),
        Scalar::Integer(number) => {
            out.push(1);
            out.extend_from_slice(&number.to_le_bytes());
        }
        Scalar::Real(number) => {
            out.push(2);
            out.extend_from_slice(&number.to_le_bytes());
        }
        Scalar::Text(text) => {
            out.push(3);
            out.extend_from_slice(&(text.len() as u64).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
    }
}

fn read_value(rest: &mut &[u8]) -> Option<Scalar<'static>> {
    let [kind] = taken(rest)?;
    Some(match kind {
        0 => Scalar::Null,
        1 => Scalar::Integer(i64::from_le_bytes(taken(rest)?)),
        2 => Scalar::Real(f64::from_le_bytes(taken(rest)?)),
        3 => {
            let length = usize::try_from(u64::from_le_bytes(taken(rest)?)).ok()?;
            let (text, behind) = rest.split_at_checked(length)?;
            *rest = behind;
            Scalar::Text(String::from_utf8(text.to_vec()).ok()?.into())
        }
        _ => return None,
    })
}
