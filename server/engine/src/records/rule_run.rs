//! Running the saved tests of rules.
//!
//! A test that cannot be judged, because what it names is gone or its rule costs too much, has
//! failed for that reason; only what would fail any request ends the run.

use luge_model::collection::{Collection, Collections, RuleTestDefinition};
use serde::Serialize;
use serde_json::Value as Json;

use super::{Records, RuleTest, RuleVerdict};
use crate::context::Context;
use crate::error::{Error, Result};

/// What the saved tests said.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RuleRun {
    /// How many passed.
    pub passed: u64,
    /// How many did not.
    pub failed: u64,
    /// Each, in the order of collections and of their tests.
    pub results: Vec<RuleTestResult>,
}

/// What one saved test said.
#[derive(Clone, Debug, Serialize)]
pub struct RuleTestResult {
    /// The collection's name.
    pub collection: String,
    /// The test's name.
    pub name: String,
    /// Whether everything was as expected.
    pub passed: bool,
    /// `allow` or `deny`.
    pub expect: &'static str,
    /// What the rule said; `None` where it could not be asked.
    pub allowed: Option<bool>,
    /// The principal is a superuser: the rule decided nothing.
    pub skipped: bool,
    /// How many records can be seen, where the test counts them.
    pub visible: Option<u64>,
    /// Why it failed.
    pub reason: Option<String>,
    /// Every part of the rule with its answer.
    pub trace: Option<Json>,
}

impl Records {
    /// Runs the saved tests of one collection, by name or id, or of all; for superusers.
    ///
    /// # Errors
    /// When the caller is not a superuser; [`Error::MissingCollection`]; when nothing can be read.
    pub fn run_rule_tests(&self, context: &Context, collection: Option<&str>) -> Result<RuleRun> {
        context.require_superuser()?;
        let snapshot = self.catalog.snapshot();
        let chosen = match collection {
            Some(name) => vec![snapshot.find(name).ok_or(Error::MissingCollection)?],
            None => snapshot.all().iter().collect(),
        };
        let mut run = RuleRun::default();
        for collection in chosen {
            for test in &collection.rule_tests {
                let result = self.run_rule_test(context, collection, test)?;
                match result.passed {
                    true => run.passed += 1,
                    false => run.failed += 1,
                }
                run.results.push(result);
            }
        }
        Ok(run)
    }

    fn run_rule_test(
        &self,
        context: &Context,
        collection: &Collection,
        saved: &RuleTestDefinition,
    ) -> Result<RuleTestResult> {
        let test = RuleTest {
            collection: collection.id.clone(),
            rule: None,
            attempt: saved.attempt.clone(),
            visible: saved.visible.is_some(),
        };
        let (verdict, reason) = match self.test_rule(context, &test) {
            Ok(verdict) => {
                let reason = disappointment(saved, &verdict);
                (Some(verdict), reason)
            }
            Err(error) if is_about_the_test(&error) => (None, Some(error.to_string())),
            Err(error) => return Err(error),
        };
        let visible = verdict.as_ref().and_then(|one| one.visible.as_ref());
        Ok(RuleTestResult {
            collection: collection.name.clone(),
            name: saved.name.clone(),
            passed: reason.is_none(),
            expect: if saved.allow { "allow" } else { "deny" },
            allowed: verdict.as_ref().map(|verdict| verdict.allowed),
            skipped: verdict.as_ref().is_some_and(|verdict| verdict.skipped),
            visible: visible.map(|visible| visible.total_items),
            reason,
            trace: verdict.and_then(|verdict| verdict.trace),
        })
    }
}

/// Why a verdict is not what the test expects.
fn disappointment(test: &RuleTestDefinition, verdict: &RuleVerdict) -> Option<String> {
    if test.allow != verdict.allowed {
        let sentence = match verdict.allowed {
            true => "It is allowed.",
            false => "It is denied.",
        };
        return Some(sentence.to_owned());
    }
    let (expected, seen) = (test.visible?, verdict.visible.as_ref()?.total_items);
    (expected != seen).then(|| format!("{seen} records are visible, not {expected}."))
}

fn is_about_the_test(error: &Error) -> bool {
    matches!(
        error,
        Error::MissingCollection
            | Error::MissingRecord
            | Error::BadRequest(_)
            | Error::BadQuery(_)
            | Error::TooCostly(_)
    )
}
