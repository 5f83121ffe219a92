//! The documents of one segment that have a word of a search, in their order, with the places where
//! it stands.

use std::sync::Arc;

use luge_model::limits::{SEARCH_PLACES_MAX, SEARCH_SIDE_BY_SIDE};
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, InvertedIndexReader, TERMINATED};

use super::facts::Occurrence;
use super::terms::field_of;
use super::wanted::{Closeness, Fields, bit};

/// A list of the dictionary and what its places count as.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) info: TermInfo,
    pub(super) mark: Mark,
}

/// What the places of a list count as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) fields: Fields,
    pub(super) typos: u8,
    pub(super) closeness: Closeness,
}

/// What has one clause of a search in a segment.
#[derive(Debug)]
pub(super) struct Prepared {
    /// What has it whatever stands beside it in the search.
    pub(super) gathered: Arc<Gathered>,
    /// What has it together with what stands beside it.
    pub(super) joined: Vec<Listed>,
}

/// What counts as some words in a segment, read as far as it has to be.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The longest lists, which are read side by side.
    longest: Vec<Listed>,
    /// The rest, in the order of documents.
    held: Vec<(DocId, Occurrence)>,
    places: u64,
}

/// All documents that have one clause of a search.
pub(super) struct Union<'p> {
    /// Read side by side.
    lists: Vec<(SegmentPostings, Mark)>,
    /// Read before, in the order of documents.
    held: &'p [(DocId, Occurrence)],
    /// Where the held ones that were passed end.
    passed: usize,
    current: DocId,
    cost: u64,
    positions: Vec<u32>,
}

impl Mark {
    /// The place as an occurrence, where the field counts.
    fn at(self, place: u32) -> Option<Occurrence> {
        (bit(field_of(place)) & self.fields != 0).then_some(Occurrence {
            place,
            typos: self.typos,
            closeness: self.closeness,
        })
    }
}

impl Prepared {
    /// How many places there are.
    pub(super) fn cost(&self) -> u64 {
        self.gathered.places + places(&self.joined)
    }
}

impl Gathered {
    /// Of some lists, and of places that were found otherwise, in no order.
    pub(super) fn of(
        reader: &InvertedIndexReader,
        mut listed: Vec<Listed>,
        mut held: Vec<(DocId, Occurrence)>,
    ) -> std::io::Result<Self> {
        let places = places(&listed) + held.len() as u64;
        if listed.len() > SEARCH_SIDE_BY_SIDE {
            listed.sort_by_key(|one| std::cmp::Reverse(one.info.doc_freq));
            for one in listed.drain(SEARCH_SIDE_BY_SIDE..) {
                let mut postings = reader.read_postings_from_terminfo(&one.info, OPTION)?;
                gather(&mut postings, one.mark, &mut held);
            }
            listed.shrink_to_fit();
        }
        held.sort_unstable();
        held.shrink_to_fit();
        Ok(Self {
            longest: listed,
            held,
            places,
        })
    }

    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.longest) + size_of_val(&*self.held)
    }

    /// One with places that take so many bytes.
    #[cfg(test)]
    pub(super) fn of_places(bytes: usize) -> Self {
        let occurrence = Occurrence {
            place: 0,
            typos: 0,
            closeness: Closeness::Same,
        };
        let place = (0, occurrence);
        Self {
            held: vec![place; bytes.div_ceil(size_of_val(&place))],
            ..Self::default()
        }
    }

    /// What is in the lists, whatever their order.
    #[cfg(test)]
    pub(super) fn to_text(&self) -> String {
        let lists = self.longest.iter();
        let mut lists: Vec<_> = lists.map(|one| format!("{one:?}")).collect();
        lists.sort_unstable();
        format!("{lists:?} {:?}", self.held)
    }
}

/// How many documents some lists have together.
fn places(listed: &[Listed]) -> u64 {
    listed.iter().map(|one| u64::from(one.info.doc_freq)).sum()
}

impl<'p> Union<'p> {
    /// The documents of what was prepared.
    fn open(reader: &InvertedIndexReader, prepared: &'p Prepared) -> std::io::Result<Self> {
        let open = |one: &Listed| {
            let postings = reader.read_postings_from_terminfo(&one.info, OPTION)?;
            Ok((postings, one.mark))
        };
        let gathered = &*prepared.gathered;
        let lists = gathered.longest.iter().chain(&prepared.joined).map(open);
        let lists: std::io::Result<Vec<_>> = lists.collect();
        let mut union = Self {
            lists: lists?,
            held: &gathered.held,
            passed: 0,
            current: 0,
            cost: prepared.cost(),
            positions: Vec::new(),
        };
        union.current = union.least();
        Ok(union)
    }

    /// The same for each of several.
    pub(super) fn open_all(
        reader: &InvertedIndexReader,
        prepared: &'p [Prepared],
    ) -> std::io::Result<Vec<Self>> {
        let open = |one| Self::open(reader, one);
        prepared.iter().map(open).collect()
    }

    /// About how many documents there are.
    pub(super) fn cost(&self) -> u64 {
        self.cost
    }

    /// Goes to the first document from `target` on; `TERMINATED` behind the last.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        if self.current >= target {
            return self.current;
        }
        for (postings, _) in &mut self.lists {
            if postings.doc() < target {
                postings.seek(target);
            }
        }
        let rest = self.held.get(self.passed..).unwrap_or_default();
        self.passed += rest.partition_point(|(doc, _)| *doc < target);
        self.current = self.least();
        self.current
    }

    /// Appends the places in the current document.
    pub(super) fn occurrences(&mut self, out: &mut Vec<Occurrence>) {
        let doc = self.current;
        for (postings, mark) in &mut self.lists {
            if postings.doc() == doc {
                postings.positions(&mut self.positions);
                let places = self.positions.iter().take(SEARCH_PLACES_MAX);
                out.extend(places.filter_map(|place| mark.at(*place)));
            }
        }
        let rest = self.held.get(self.passed..).unwrap_or_default();
        let here = rest.iter().take_while(|(found, _)| *found == doc);
        out.extend(
            here.take(SEARCH_PLACES_MAX)
                .map(|(_, occurrence)| *occurrence),
        );
    }

    fn least(&self) -> DocId {
        let lists = self.lists.iter().map(|(postings, _)| postings.doc());
        let held = self.held.get(self.passed).map(|(doc, _)| *doc);
        lists.chain(held).min().unwrap_or(TERMINATED)
    }
}

const OPTION: IndexRecordOption = IndexRecordOption::WithFreqsAndPositions;

/// Reads all places of a list.
fn gather(postings: &mut SegmentPostings, mark: Mark, held: &mut Vec<(DocId, Occurrence)>) {
    let mut positions = Vec::new();
    let mut doc = postings.doc();
    while doc != TERMINATED {
        postings.positions(&mut positions);
        let places = positions.iter().filter_map(|place| mark.at(*place));
        held.extend(places.map(|occurrence| (doc, occurrence)));
        doc = postings.advance();
    }
}

/// Where words stand one behind the other: the places of the first.
pub(super) fn sequence(
    reader: &InvertedIndexReader,
    words: &[TermInfo],
    mark: Mark,
    held: &mut Vec<(DocId, Occurrence)>,
) -> std::io::Result<()> {
    let mut lists = Vec::with_capacity(words.len());
    for info in words {
        lists.push(reader.read_postings_from_terminfo(info, OPTION)?);
    }
    let mut places: Vec<u32> = Vec::new();
    let mut next: Vec<u32> = Vec::new();
    let mut doc = lists.first().map_or(TERMINATED, DocSet::doc);
    while doc != TERMINATED {
        let mut highest = doc;
        for list in &mut lists {
            if list.doc() < doc {
                list.seek(doc);
            }
            highest = highest.max(list.doc());
        }
        if highest > doc {
            // The first list has to come there too.
            doc = lists
                .first_mut()
                .map_or(TERMINATED, |first| seek(first, highest));
            continue;
        }
        for (behind, list) in (0_u32..).zip(&mut lists) {
            list.positions(&mut next);
            if behind == 0 {
                std::mem::swap(&mut places, &mut next);
            } else {
                places.retain(|place| next.binary_search(&(place + behind)).is_ok());
            }
        }
        let found = places.iter().filter_map(|place| mark.at(*place));
        held.extend(found.map(|occurrence| (doc, occurrence)));
        doc = lists.first_mut().map_or(TERMINATED, DocSet::advance);
    }
    Ok(())
}

fn seek(list: &mut SegmentPostings, target: DocId) -> DocId {
    match target {
        TERMINATED => TERMINATED,
        target => list.seek(target),
    }
}
