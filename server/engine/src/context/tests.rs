//! What an account keeps of a call, and what it does not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use luge_model::collection::{Collection, RuleAction};
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;

use super::*;
use crate::clock::Clock;
use crate::engine::{Engine, Options};
use crate::store::StoreKind;

/// A clock that goes only when it is told to.
#[derive(Debug)]
struct Set(Mutex<Instant>);

impl Clock for Set {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }

    fn instant(&self) -> Instant {
        *self.0.lock()
    }
}

fn clock() -> (Arc<Set>, Arc<dyn Clock>) {
    let set = Arc::new(Set(Mutex::new(Instant::now())));
    (Arc::clone(&set), set as _)
}

/// Two collections of a new database.
fn collections() -> (Arc<Collection>, Arc<Collection>) {
    let engine = Engine::open(Options {
        store: StoreKind::Memory,
        ..Options::new("unused".into())
    });
    let snapshot = engine.unwrap().catalog.snapshot();
    let mut all = snapshot.all().iter().cloned();
    (all.next().unwrap(), all.next().unwrap())
}

#[test]
fn a_call_of_which_no_account_is_kept_notes_nothing() {
    let account = Account::default();
    let (collection, _) = collections();
    account.judged(&collection, RuleAction::View, Verdict::Denied);
    account.listed(|| unreachable!("nobody wants to know"));
    account.did("settings.update", "", || unreachable!("nor what changed"));
    assert_eq!(account.measure(Part::Read, || 7), 7);
    let noted = account.noted();
    assert!(!account.is_kept() && noted.rules.is_empty() && noted.listed.is_none());
    assert!(noted.deed.is_none() && noted.decided().is_none());
    assert_eq!(account.weight(), 0);
    assert_eq!(noted.parts, [Duration::ZERO; 4]);
}

#[tokio::test]
async fn the_times_of_a_part_add_up_over_all_who_have_the_account() {
    let (set, clock) = clock();
    let account = Account::kept(&clock);
    let go = |milliseconds| *set.0.lock() += Duration::from_millis(milliseconds);
    account.measure(Part::Read, || go(3));
    account.clone().measure(Part::Read, || go(4));
    account.measured(Part::Commit, async { go(5) }).await;
    go(1_000);
    let milliseconds = account.noted().parts.map(|took| took.as_millis());
    assert_eq!(milliseconds, [0, 0, 7, 5]);
}

#[test]
fn the_first_refusal_decides_else_the_first_rule_that_was_asked() {
    use Verdict::{Allowed, Denied, Filtered, Locked, OutOfScope, Public, Superuser, Unasked};
    let (_, clock) = clock();
    let (one, other) = collections();
    for (said, decided, rules) in [
        (vec![(&one, Public)], Public, 1),
        (vec![(&one, Unasked)], Unasked, 1),
        (vec![(&one, Unasked), (&one, Allowed)], Allowed, 1),
        (vec![(&one, Unasked), (&one, Denied)], Denied, 1),
        // Of several records one is enough, in whichever order.
        (vec![(&one, Allowed), (&one, Denied)], Denied, 1),
        (vec![(&one, Denied), (&one, Allowed)], Denied, 1),
        (vec![(&one, Allowed), (&one, Unasked)], Allowed, 1),
        // What says that no rule was needed is not taken for one that held.
        (vec![(&one, Public), (&one, Allowed)], Public, 1),
        (vec![(&one, Superuser), (&one, Allowed)], Superuser, 1),
        (vec![(&one, Public), (&other, Locked)], Locked, 2),
        (vec![(&one, OutOfScope), (&other, Denied)], OutOfScope, 2),
        (vec![(&one, Filtered), (&other, Public)], Filtered, 2),
    ] {
        let account = Account::kept(&clock);
        for (collection, verdict) in &said {
            account.judged(collection, RuleAction::View, *verdict);
        }
        let noted = account.noted();
        let names: Vec<_> = said.iter().map(|(_, verdict)| verdict.name()).collect();
        assert_eq!(noted.decided().unwrap().verdict, decided, "{names:?}");
        assert_eq!(noted.rules.len(), rules, "{names:?}");
    }
}

#[test]
fn rules_are_bounded_and_a_refusal_always_has_a_place() {
    let (_, clock) = clock();
    let account = Account::kept(&clock);
    let (one, other) = collections();
    for collection in [&one, &other] {
        for action in RuleAction::ALL {
            account.judged(collection, action, Verdict::Public);
        }
    }
    let most = luge_model::limits::ACCOUNT_RULES_MAX;
    assert_eq!(account.noted().rules.len(), most);
    assert!(account.weight() > Account::kept(&clock).weight());
    account.judged(&other, RuleAction::Auth, Verdict::Locked);
    let noted = account.noted();
    assert_eq!(noted.rules.len(), most + 1);
    assert_eq!(noted.decided().unwrap().verdict, Verdict::Locked);
}

#[test]
fn of_several_lists_the_one_that_looked_at_most_is_told() {
    let (_, clock) = clock();
    let account = Account::kept(&clock);
    let (collection, _) = collections();
    for looked in [3, 9, 5] {
        account.listed(|| Listed {
            collection: Arc::clone(&collection),
            plan: format!("scan of {looked}"),
            looked,
            returned: 1,
            missing_index: Vec::new(),
        });
    }
    assert_eq!(account.noted().listed.unwrap().plan, "scan of 9");
}
