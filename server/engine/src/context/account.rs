//! What is noted of one call while it is carried out: which rules judged it, how its records were
//! found, and how long its parts took.
//!
//! - It goes to the log of requests, which superusers alone read. Nothing of it is answered to
//!   whoever asked, who may not be told that a record which "is missing" was denied.
//! - A call of which nobody keeps account ([`Account::default`]) notes nothing and reads no clock.
//! - Clones share what is noted, as the parts of a call do that run on several threads.

use std::sync::Arc;
use std::time::Duration;

use luge_model::collection::{Collection, RuleAction};
use luge_model::limits::ACCOUNT_RULES_MAX;
use parking_lot::Mutex;

use crate::clock::Clock;

/// The account of one call.
#[derive(Clone, Debug, Default)]
pub struct Account(Option<Arc<Book>>);

#[derive(Debug)]
struct Book {
    clock: Arc<dyn Clock>,
    noted: Mutex<Noted>,
}

/// What was noted of a call.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    /// The rules that judged it, each once, in the order in which they were asked first.
    pub rules: Vec<Judgement>,
    /// How its records were found; of several lists the one that looked at most.
    pub listed: Option<Listed>,
    /// What a superuser did to how the server works.
    pub deed: Option<Deed>,
    /// How long its parts took, in the order of [`Part::ALL`]; nothing for those it has not.
    pub parts: [Duration; Part::ALL.len()],
}

/// What a rule said.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Whose rule it is.
    pub collection: Arc<Collection>,
    /// Which of its rules.
    pub action: RuleAction,
    /// What it said.
    pub verdict: Verdict,
}

/// What became of a request by a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The rule is empty: everybody may.
    Public,
    /// A superuser asked, whom no rule judges.
    Superuser,
    /// The rule held for the record.
    Allowed,
    /// The rule was a filter: it chose the records of a list.
    Filtered,
    /// The rule was not asked: there was no record to ask it of.
    Unasked,
    /// The rule did not hold for the record.
    Denied,
    /// The rule is locked: superusers only.
    Locked,
    /// An API key asked that is not for this.
    OutOfScope,
}

/// How the records of a list were found.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Of which collection they are.
    pub collection: Arc<Collection>,
    /// Where the candidates came from, in words.
    pub plan: String,
    /// Index entries and records that were looked at.
    pub looked: u64,
    /// Records that were shown.
    pub returned: u64,
    /// The columns of an index that would have spared most of them; empty for none.
    pub missing_index: Vec<String>,
}

/// What a superuser did to how the server works: to definitions, settings, backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// What was done, such as `collections.update`.
    pub action: &'static str,
    /// What it was done to: a name or an id; empty where there is only one such thing.
    pub target: String,
    /// The names of what changed, never a value.
    pub changed: Vec<String>,
}

/// Parts of a call that take time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Waiting for others: for a permit to read much, for one's turn at a record.
    Wait,
    /// Asking a rule of one record.
    Rule,
    /// Reading records; in a list with its rule and its filter.
    Read,
    /// Waiting until a write is on the disk.
    Commit,
}

impl Account {
    /// An empty account that is kept; the clock tells how long things take.
    #[must_use]
    pub fn kept(clock: &Arc<dyn Clock>) -> Self {
        Self(Some(Arc::new(Book {
            clock: Arc::clone(clock),
            noted: Mutex::default(),
        })))
    }

    /// Whether anything is noted.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// What was noted so far.
    #[must_use]
    pub fn noted(&self) -> Noted {
        let book = self.0.as_ref();
        book.map_or_else(Noted::default, |book| book.noted.lock().clone())
    }

    /// Whether a superuser did something to how the server works.
    #[must_use]
    pub fn has_deed(&self) -> bool {
        let book = self.0.as_ref();
        book.is_some_and(|book| book.noted.lock().deed.is_some())
    }

    /// About how many bytes it takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let Some(book) = &self.0 else { return 0 };
        let noted = book.noted.lock();
        let listed = noted.listed.as_ref();
        let changed = noted.deed.iter().flat_map(|deed| &deed.changed);
        size_of::<Book>()
            + noted.rules.len() * size_of::<Judgement>()
            + listed.map_or(0, |listed| listed.plan.len())
            + changed.map(String::len).sum::<usize>()
    }

    /// Notes what a rule said. Of a rule that judged several records, a refusal counts.
    pub fn judged(&self, collection: &Arc<Collection>, action: RuleAction, verdict: Verdict) {
        let Some(book) = &self.0 else { return };
        let mut noted = book.noted.lock();
        let known = noted
            .rules
            .iter_mut()
            .find(|known| known.action == action && known.collection.number == collection.number);
        if let Some(known) = known {
            if verdict.refuses() || known.verdict == Verdict::Unasked {
                known.verdict = verdict;
            }
            return;
        }
        // A refusal is the end of a call, so it always finds a place.
        if noted.rules.len() < ACCOUNT_RULES_MAX || verdict.refuses() {
            noted.rules.push(Judgement {
                collection: Arc::clone(collection),
                action,
                verdict,
            });
        }
    }

    /// Notes what a superuser did to how the server works, once it is done.
    pub fn did(&self, action: &'static str, target: &str, changed: impl FnOnce() -> Vec<String>) {
        let Some(book) = &self.0 else { return };
        let deed = Deed {
            action,
            target: target.to_owned(),
            changed: changed(),
        };
        book.noted.lock().deed = Some(deed);
    }

    /// Notes how records were found.
    pub fn listed(&self, listed: impl FnOnce() -> Listed) {
        let Some(book) = &self.0 else { return };
        let listed = listed();
        let mut noted = book.noted.lock();
        let before = noted.listed.as_ref();
        if before.is_none_or(|before| before.looked < listed.looked) {
            noted.listed = Some(listed);
        }
    }

    /// Does a part of the call, and notes how long it took.
    pub fn measure<T>(&self, part: Part, work: impl FnOnce() -> T) -> T {
        let Some(book) = &self.0 else { return work() };
        let begun = book.clock.instant();
        let done = work();
        book.took(part, begun);
        done
    }

    /// The same for a part that waits.
    pub async fn measured<T>(&self, part: Part, work: impl Future<Output = T>) -> T {
        let Some(book) = &self.0 else {
            return work.await;
        };
        let begun = book.clock.instant();
        let done = work.await;
        book.took(part, begun);
        done
    }
}

impl Book {
    fn took(&self, part: Part, begun: std::time::Instant) {
        let took = self.clock.instant().saturating_duration_since(begun);
        let mut noted = self.noted.lock();
        let place = Part::ALL.iter().position(|one| *one == part);
        if let Some(sum) = place.and_then(|place| noted.parts.get_mut(place)) {
            *sum += took;
        }
    }
}

impl Noted {
    /// The rule that decided: the first that refused, else the first that was asked.
    #[must_use]
    pub fn decided(&self) -> Option<&Judgement> {
        let mut rules = self.rules.iter();
        let refused = rules.find(|rule| rule.verdict.refuses());
        refused.or_else(|| self.rules.first())
    }
}

impl Judgement {
    /// The text of the rule; `None` where it is locked.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.collection.rule(self.action).map(String::as_str)
    }
}

impl Verdict {
    /// Whether it is a refusal.
    #[must_use]
    pub fn refuses(self) -> bool {
        matches!(self, Self::Denied | Self::Locked | Self::OutOfScope)
    }

    /// What JSON calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Superuser => "superuser",
            Self::Allowed => "allowed",
            Self::Filtered => "filtered",
            Self::Unasked => "unasked",
            Self::Denied => "denied",
            Self::Locked => "locked",
            Self::OutOfScope => "out of scope",
        }
    }
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Wait, Self::Rule, Self::Read, Self::Commit];

    /// What JSON calls the time it took, in milliseconds.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wait => "waitMs",
            Self::Rule => "ruleMs",
            Self::Read => "readMs",
            Self::Commit => "commitMs",
        }
    }
}
