//! Begins and drops builds, as definitions come, change and go.

use std::sync::Arc;

use super::super::build::{Build, Filling, Words};
use super::{Follower, Reading};

impl Follower<'_> {
    /// Begins and drops builds where definitions changed.
    pub(super) fn settle(&mut self) {
        let snapshot = self.shared.parts.catalog.snapshot();
        if self.settled && snapshot.version() == self.snapshot.version() {
            return;
        }
        self.snapshot = snapshot;
        let snapshot = Arc::clone(&self.snapshot);
        let mut kept: Vec<Build> = Vec::new();
        let mut dropped: Vec<u32> = Vec::new();
        let wanted: Vec<(u32, Words)> = snapshot
            .all()
            .iter()
            .filter_map(|one| Some((one.number.0, Words::of(one, &snapshot)?)))
            .collect();
        for build in std::mem::take(&mut self.saved.builds) {
            let asked = wanted
                .iter()
                .find(|(number, _)| *number == build.collection);
            let Some((_, words)) = asked else {
                dropped.push(build.number);
                continue;
            };
            // Until another one is filled, what there is answers.
            let serves = build.words.serve(words);
            if serves || build.filling.is_none() {
                kept.push(build);
            } else {
                dropped.push(build.number);
            }
        }
        for (collection, words) in wanted {
            let mine = kept.iter().filter(|build| build.collection == collection);
            if mine.clone().any(|build| build.words.serve(&words)) {
                continue;
            }
            self.saved.next += 1;
            kept.push(Build {
                number: self.saved.next,
                collection,
                words,
                filling: Some(Filling {
                    passed: 0,
                    end: self.shared.parts.committer.serial(),
                    records: 0,
                }),
            });
            self.changed = true;
        }
        self.saved.builds = kept;
        self.drop_superseded(&mut dropped);
        dropped
            .into_iter()
            .for_each(|number| self.drop_build(number));
        let builds = self.saved.builds.iter();
        self.readings = builds
            .map(|build| Reading {
                build: build.number,
                words: Arc::new(build.words.clone()),
                analysers: build.words.analysers().into(),
            })
            .collect();
        self.settled = true;
    }

    /// Notes the builds that a filled one, which serves the definition of now, replaces.
    fn drop_superseded(&mut self, dropped: &mut Vec<u32>) {
        let serving: Vec<(u32, u32)> = self
            .saved
            .builds
            .iter()
            .filter(|build| build.filling.is_none() && self.serves(build))
            .map(|build| (build.collection, build.number))
            .collect();
        self.saved.builds.retain(|build| {
            let superseded = serving.iter().any(|(collection, number)| {
                *collection == build.collection && *number != build.number
            });
            if superseded {
                dropped.push(build.number);
            }
            !superseded
        });
    }

    fn serves(&self, build: &Build) -> bool {
        let collection = self.snapshot.by_number(build.collection());
        let words = collection.and_then(|collection| Words::of(collection, &self.snapshot));
        words.is_some_and(|words| build.words.serve(&words))
    }

    pub(super) fn drop_build(&mut self, number: u32) {
        let term = self.index.columns.all(number);
        self.index.writer.delete_term(term);
        self.changed = true;
        self.deletes = true;
    }
}
