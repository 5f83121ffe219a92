//! Lists with a search: the index proposes records, which are read, and obey rule and filter as all
//! others do.
//!
//! - What the search index says is believed only of the very state of a record that it was made
//!   from; else the record is judged by its own words.
//! - Whether a search is made more tolerant depends on the hits that the caller may see alone.
//! - Without a sort, hits are in the order of their rank; those of the same rank as `rankBy` of the
//!   collection orders them, and then as they were made.

use std::collections::{BinaryHeap, HashSet};
use std::ops::ControlFlow;

use luge_model::filter::Related;
use luge_model::id::CollectionNumber;
use luge_model::limits::{SEARCH_HITS_ENOUGH, SEARCH_STEP, SEARCH_TOTAL_MAX};
use luge_model::record::Record;
use luge_model::search::{Facet, RankBy};
use luge_model::sort::PreparedSort;
use serde_json::{Map, Value as Json};

use super::collect::{Collector, Shown};
use super::cursor::{self, Origin};
use super::explain::{Order, Source, SourceKind};
use super::facets::Counter;
use super::run::{Asked, Run};
use super::{ListRequest, Next, Page, Query, page_of};
use crate::access::{Compiled, Grant, Projection};
use crate::context::Context;
use crate::error::Result;
use crate::search::{self, Caller, Highlight, Hit, Level, Rank};
use crate::store::{Key, key};

/// A word of a text with what parts it from the next takes about so many bytes.
const WORD_BYTES: usize = 6;

/// What a search tells of one hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// How well it has what was searched, from 0 to 1.
    pub score: f32,
    /// The snippets that were asked for.
    pub highlights: Vec<Highlight>,
}

impl Found {
    /// As it is shown with the record.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = Map::new();
        // Enough to compare by, and no more than the sums are good for.
        let score = (f64::from(self.score) * 10_000.0).round() / 10_000.0;
        json.insert("score".to_owned(), score.into());
        if !self.highlights.is_empty() {
            let highlights = self.highlights.iter();
            let highlights = highlights.map(|one| (one.path.clone(), one.snippet.clone().into()));
            json.insert("highlights".to_owned(), Json::Object(highlights.collect()));
        }
        Json::Object(json).to_string().into_bytes()
    }
}

/// A list with a search on its way.
pub(super) struct Searching<'a> {
    pub(super) query: &'a Query,
    pub(super) run: &'a Run<'a>,
    pub(super) searched: &'a search::Asked,
    pub(super) caller: &'a Caller<'a>,
}

/// The hits that the caller may see.
struct Ranked<'a> {
    /// The order of those of the same rank; it may have no keys.
    ties: &'a PreparedSort<'a>,
    /// How many of the first ones are needed.
    needed: usize,
    /// When there are so many, the rest need not be counted.
    enough: usize,
    matched: usize,
    kept: Vec<(Rank, Record)>,
}

impl Query {
    /// Reads the search of a request; `None` where there is none.
    pub(super) fn searched(
        &self,
        context: &Context,
        compiled: &Compiled,
        request: &ListRequest,
    ) -> Result<Option<search::Asked>> {
        if request.search.trim().is_empty() {
            return Ok(None);
        }
        let sees_all = context.principal.is_superuser();
        let place = (&*compiled.collection, &compiled.snapshot);
        self.search.ask(place, &request.search, sees_all)
    }

    /// As [`Self::list_granted`], with a search.
    pub(super) fn list_searched(
        &self,
        context: &Context,
        (compiled, grant): (&Compiled, &Grant),
        (request, searched, facets): (&ListRequest, &search::Asked, &[Facet]),
    ) -> Result<Page<Record>> {
        let is_ranked = request.sort.is_empty();
        let ties = ties(compiled);
        let sort = if is_ranked { &ties } else { &request.sort };
        let place = (context, compiled, grant);
        let asked = (request, sort.as_str(), searched);
        self.searching(place, asked, facets, |mut run, caller| {
            run.explains = request.explain || context.account.is_kept();
            run.served_by(Order::Rank, || Source::of(SourceKind::Search));
            run.note(|notes| {
                notes.in_memory = self.mirror.len(compiled.collection.number).is_some();
            });
            // What is searched belongs to a cursor as what is filtered does.
            let text = format!("{}\0{}", request.filter, request.search);
            let origin = Origin::of((context, compiled), &request.sort, &text);
            if is_ranked && request.cursor.is_some() {
                return Err(cursor::refused(
                    "hits in the order of their rank cannot be gone on with; use pages, or sort \
                     them",
                ));
            }
            run.after = self.place(&run, &origin, request.cursor.as_deref())?;
            let searching = Searching {
                query: self,
                run: &run,
                searched,
                caller,
            };
            let mut page = match is_ranked {
                true => searching.ranked(request)?,
                false => searching.sorted(request, &origin)?,
            };
            run.lookups.check()?;
            let found = page.items.iter().zip(std::mem::take(&mut page.found));
            page.found = found
                .map(|(record, found)| Found {
                    highlights: searching.snippets(record, &request.highlight),
                    ..found
                })
                .collect();
            run.lookups.check()?;
            run.tell(context, (0, page.items.len()));
            page.explanation = request.explain.then(|| Box::new(run.explanation()));
            page.facets = run.counter.take().map(Counter::finish);
            Ok(page)
        })
    }

    /// Does something with a search that is ready for the records of one request.
    pub(super) fn searching<T>(
        &self,
        (context, compiled, grant): (&Context, &Compiled, &Grant),
        (request, sort, searched): (&ListRequest, &str, &search::Asked),
        facets: &[Facet],
        then: impl for<'r> FnOnce(Run<'r>, &Caller<'r>) -> Result<T>,
    ) -> Result<T> {
        let asked = Asked::parse((context, compiled), grant, (&request.filter, sort))?;
        let lookups = self.lookups(context, &compiled.snapshot);
        let lookups = lookups.within(request.budget.as_ref());
        asked.warm(&lookups)?;
        lookups.warm(searched.related().into_iter())?;
        let environment = lookups.environment();
        let mut run = asked.run((compiled, &lookups), &environment, self.seed(&asked.sort));
        run.count_with(self.counter(compiled, &lookups, (facets, request))?);
        let of_caller = self
            .access
            .compiled(&compiled.snapshot, &compiled.collection);
        let projection = Projection::new(of_caller, lookups.environment());
        let related = |collection: CollectionNumber, id: &str| {
            let record = Related::record(&lookups, collection, id)?;
            lookups.may_list(collection, &record).then_some(record)
        };
        let caller = Caller {
            related: &related,
            sees_email: &|record| projection.shows_email(record),
        };
        let done = then(run, &caller)?;
        lookups.check().map(|()| done)
    }
}

impl Searching<'_> {
    /// A page of the hits, the best first.
    fn ranked(&self, request: &ListRequest) -> Result<Page<Record>> {
        let (page, per_page) = page_of(request.page, request.per_page);
        let skip = (page - 1).saturating_mul(per_page);
        let needed = skip.saturating_add(per_page);
        let counted = match (request.skip_total, request.counts_all_hits) {
            (true, _) => 0,
            (false, true) => usize::MAX,
            (false, false) => SEARCH_TOTAL_MAX,
        };
        let mut ranked = Ranked {
            ties: &self.run.sort,
            needed,
            // One more tells whether there are more than are counted.
            enough: match self.run.counter {
                // What is counted must not depend on how long the page is.
                Some(_) => needed
                    .max(counted.saturating_add(1))
                    .max(SEARCH_HITS_ENOUGH),
                None => needed.max(counted.saturating_add(1)),
            },
            matched: 0,
            kept: Vec::new(),
        };
        let mut seen = HashSet::new();
        for level in self.searched.levels() {
            let hits = self.count(level, self.find(level)?, &mut seen, &mut ranked)?;
            let stopped = self.take(level, hits, &mut seen, &mut ranked)?;
            if stopped || ranked.matched >= SEARCH_HITS_ENOUGH {
                break;
            }
        }
        let matched = ranked.matched;
        let kept = ranked.finish().into_iter().skip(skip);
        let (found, items) = kept
            .map(|(rank, record)| {
                let score = rank.score();
                let highlights = Vec::new();
                (Found { score, highlights }, record)
            })
            .unzip();
        let total = matched.min(counted) as u64;
        Ok(Page {
            page,
            per_page,
            total_items: (!request.skip_total).then_some(total),
            items,
            next: Next::Page,
            explanation: None,
            found,
            more_than_total: !request.skip_total && matched > counted,
            facets: None,
            suggestions: None,
        })
    }

    /// A page of the hits in the order of the request's sort.
    fn sorted(&self, request: &ListRequest, origin: &Origin) -> Result<Page<Record>> {
        let run = self.run;
        run.note(|notes| notes.order = Order::Sorted);
        let (page, per_page) = page_of(request.page, request.per_page);
        let skip = (page - 1).saturating_mul(per_page);
        let counts = !request.skip_total || run.counter.is_some();
        let mut collector = match &request.cursor {
            Some(_) => Collector::new(&run.sort, 0, per_page + 1, counts),
            None => Collector::new(&run.sort, skip, per_page, counts),
        };
        collector.expect_order(false);
        let mut scores = std::collections::HashMap::new();
        let mut seen = HashSet::new();
        for level in self.searched.levels() {
            let mut hits = self.find(level)?.into_vec();
            if run.counter.is_some() {
                hits.sort_unstable_by_key(|hit| hit.rowid);
            }
            for step in hits.chunks(SEARCH_STEP) {
                self.each(step, &mut |hit, record| {
                    if seen.contains(&hit.rowid) || !run.matches(record) {
                        return ControlFlow::Continue(());
                    }
                    let Some(rank) = self.searched.judge(record, (hit, level), self.caller) else {
                        return ControlFlow::Continue(());
                    };
                    seen.insert(hit.rowid);
                    scores.insert(hit.rowid, rank.score());
                    run.offer(&mut collector, Shown::Held(record))
                })?;
                run.lookups.check()?;
            }
            if seen.len() >= SEARCH_HITS_ENOUGH {
                break;
            }
        }
        let (mut items, matched) = collector.finish();
        let next = match &request.cursor {
            Some(_) => self.query.next(run, origin, &mut items, per_page)?,
            None => Next::Page,
        };
        let found = items.iter().map(|record| Found {
            score: scores.get(&record.rowid()).copied().unwrap_or_default(),
            highlights: Vec::new(),
        });
        Ok(Page {
            page,
            per_page,
            total_items: (!request.skip_total).then_some(matched),
            found: found.collect(),
            items,
            next,
            explanation: None,
            more_than_total: false,
            facets: None,
            suggestions: None,
        })
    }

    /// Counts values of the hits of a level that the caller may see, the oldest first, so that
    /// which are counted depends on these alone. Gives the hits that are left.
    fn count(
        &self,
        level: Level,
        hits: BinaryHeap<Hit>,
        seen: &mut HashSet<u64>,
        ranked: &mut Ranked<'_>,
    ) -> Result<BinaryHeap<Hit>> {
        let Some(counter) = &self.run.counter else {
            return Ok(hits);
        };
        let mut hits = hits.into_vec();
        hits.sort_unstable_by_key(|hit| hit.rowid);
        let mut taken = 0;
        let mut goes_on = true;
        for step in hits.chunks(SEARCH_STEP) {
            self.each(step, &mut |hit, record| {
                if self.meet((hit, level), record, seen, ranked) {
                    goes_on = counter.take(record);
                }
                match goes_on && !self.run.lookups.has_failed() {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            })?;
            self.run.lookups.check()?;
            if !goes_on {
                break;
            }
            taken += step.len();
        }
        // Those of the last step that were seen are passed over.
        hits.drain(..taken);
        Ok(hits.into())
    }

    /// Keeps a record if it is a hit that the caller may see and did not see yet.
    fn meet(
        &self,
        (hit, level): (&Hit, Level),
        record: &Record,
        seen: &mut HashSet<u64>,
        ranked: &mut Ranked<'_>,
    ) -> bool {
        self.run.look();
        if !seen.contains(&hit.rowid)
            && self.run.matches(record)
            && let Some(rank) = self.searched.judge(record, (hit, level), self.caller)
        {
            seen.insert(hit.rowid);
            ranked.keep(rank, record);
            return true;
        }
        false
    }

    /// The fields with these paths as snippets; none once the request has looked at too much.
    fn snippets(&self, record: &Record, paths: &[String]) -> Vec<Highlight> {
        // They are made of whole texts, whose words are all compared.
        if !paths.is_empty() {
            self.run.read_entries(record.as_bytes().len() / WORD_BYTES);
        }
        match self.run.lookups.has_failed() {
            true => Vec::new(),
            false => self.searched.highlights(record, paths, self.caller),
        }
    }

    pub(super) fn find(&self, level: Level) -> Result<BinaryHeap<Hit>> {
        let lookups = self.run.lookups;
        let hits = self.searched.find(level, &mut |looked| {
            self.run
                .read_entries(usize::try_from(looked).unwrap_or(usize::MAX));
            !lookups.has_failed()
        })?;
        lookups.check()?;
        Ok(hits)
    }

    /// Takes the hits of a level that the caller may see, the best first; whether there are enough.
    fn take(
        &self,
        level: Level,
        mut hits: BinaryHeap<Hit>,
        seen: &mut HashSet<u64>,
        ranked: &mut Ranked<'_>,
    ) -> Result<bool> {
        while let Some(next) = hits.peek() {
            if ranked.is_settled(next) {
                return Ok(true);
            }
            let step: Vec<Hit> = (0..SEARCH_STEP).map_while(|_| hits.pop()).collect();
            self.each(&step, &mut |hit, record| {
                self.meet((hit, level), record, seen, ranked);
                match self.run.lookups.has_failed() {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            })?;
            self.run.lookups.check()?;
        }
        Ok(false)
    }

    /// Shows the records of some hits; those that are gone are passed over.
    pub(super) fn each(
        &self,
        hits: &[Hit],
        visit: &mut dyn FnMut(&Hit, &Record) -> ControlFlow<()>,
    ) -> Result<()> {
        let number = self.run.compiled.collection.number;
        let mirrored = self.query.mirror.read(number, |resident| {
            let _ = hits
                .iter()
                .filter_map(|hit| Some((hit, resident.at(hit.rowid)?)))
                .try_for_each(|(hit, record)| visit(hit, record));
        })?;
        if mirrored.is_some() {
            return Ok(());
        }
        let keys: Vec<Key> = hits
            .iter()
            .map(|hit| key::rowid(number, hit.rowid))
            .collect();
        let ids = self.query.store.get_many(&keys)?;
        let known: Vec<(&Hit, String)> = hits
            .iter()
            .zip(ids)
            .filter_map(|(hit, id)| Some((hit, String::from_utf8(id?).ok()?)))
            .collect();
        let ids: Vec<&str> = known.iter().map(|(_, id)| id.as_str()).collect();
        let _ = self.query.each_of(self.run, &ids, &mut |place, record| {
            let hit = known.get(place).map(|(hit, _)| *hit);
            match hit.filter(|hit| hit.rowid == record.rowid()) {
                Some(hit) => visit(hit, record),
                None => ControlFlow::Continue(()),
            }
        })?;
        Ok(())
    }
}

/// What orders hits of the same rank in a collection, as a sort.
fn ties(compiled: &Compiled) -> String {
    let options = compiled.collection.search.as_ref();
    let keys = options.map_or(&[][..], |options| &options.rank_by);
    let keys: Vec<String> = keys.iter().map(RankBy::to_text).collect();
    keys.join(",")
}

impl Ranked<'_> {
    fn keep(&mut self, rank: Rank, record: &Record) {
        self.matched += 1;
        let is_full = self.kept.len() >= self.needed;
        let worst = self.kept.last().filter(|_| is_full);
        if worst.is_some_and(|worst| !self.is_better((rank, record), worst)) {
            return;
        }
        let place = self
            .kept
            .partition_point(|kept| !self.is_better((rank, record), kept));
        self.kept.insert(place, (rank, record.clone()));
        self.kept.truncate(self.needed);
    }

    /// Whether neither the page nor the count can change, if the next candidate is the best left.
    fn is_settled(&self, next: &Hit) -> bool {
        let worst = self.kept.get(self.needed.saturating_sub(1));
        let is_before = |rank: &Rank| match self.ties.sort().is_empty() {
            true => *rank >= next.rank,
            false => *rank > next.rank,
        };
        self.matched >= self.enough && worst.is_none_or(|(rank, _)| is_before(rank))
    }

    /// The order of hits: by rank, by what breaks ties, then as they were made.
    fn is_better(&self, (rank, record): (Rank, &Record), other: &(Rank, Record)) -> bool {
        let order = other.0.cmp(&rank);
        let order = order.then_with(|| self.ties.compare(record, &other.1));
        let order = order.then_with(|| record.rowid().cmp(&other.1.rowid()));
        order.is_lt()
    }

    fn finish(self) -> Vec<(Rank, Record)> {
        self.kept
    }
}
