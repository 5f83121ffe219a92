//! `luge rules`: the saved tests of rules, and attempts that are not saved, seen from the terminal.

use clap::{Args, Subcommand};
use luge_engine::context::Context;
use luge_engine::engine::Engine;
use luge_engine::error::{Action, Error, Subject};
use luge_engine::records::RuleTest;
use serde_json::{Map, Value as Json, json};
use tokio::sync::mpsc::Sender;

use crate::cli::order::{Order, Report, sentence};
use crate::cli::{Refusal, folder};
use crate::config::Config;

/// What to do about rules.
#[derive(Subcommand)]
pub(super) enum RulesCommand {
    /// Run the saved tests of rules; the exit code is 1 when one fails
    ///
    /// Tests are saved with a collection, under `ruleTests` in its definition. Nothing is written.
    #[command(after_help = super::RULES_EXAMPLES)]
    Test(TestOptions),
}

/// Which tests, and how they are told.
#[derive(Args)]
pub(super) struct TestOptions {
    /// Only the tests of this collection, by name or id [default: of all]
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
    /// Print the results as JSON, with every part of the rules
    #[arg(long)]
    json: bool,
    /// Try one attempt out instead: list, view, create, update, delete, manage or auth
    #[arg(long, requires = "collection")]
    action: Option<String>,
    /// The rule to try [default: the saved one]
    #[arg(long, requires = "action", value_name = "TEXT")]
    rule: Option<String>,
    /// Who attempts it: COLLECTION/ID, superuser or guest [default: guest]
    #[arg(long = "as", requires = "action", value_name = "WHO")]
    principal: Option<String>,
    /// The id of the record that is asked for
    #[arg(long, requires = "action", value_name = "ID")]
    record: Option<String>,
    /// What is submitted, a JSON object
    #[arg(long, requires = "action", value_name = "JSON")]
    body: Option<String>,
}

/// Carries out the command.
pub(super) fn run(config: &Config, command: RulesCommand) -> Result<(), Refusal> {
    let RulesCommand::Test(options) = command;
    match &options.action {
        Some(action) => try_out(config, &options, action),
        None => run_saved(config, options),
    }
}

fn try_out(config: &Config, options: &TestOptions, action: &str) -> Result<(), Refusal> {
    let mut attempt = Map::from_iter([("action".to_owned(), action.into())]);
    let texts = [
        ("collection", &options.collection),
        ("rule", &options.rule),
        ("record", &options.record),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            attempt.insert(key.to_owned(), text.clone().into());
        }
    }
    let who = options.principal.as_deref();
    if let Some(who) = who.filter(|who| *who != "guest") {
        let principal = match who.split_once('/') {
            Some((collection, id)) => json!({ "collection": collection, "id": id }),
            None => who.into(),
        };
        attempt.insert("principal".to_owned(), principal);
    }
    if action == "view" && options.record.is_none() {
        attempt.insert("visible".to_owned(), true.into());
    }
    if let Some(body) = &options.body {
        let body = serde_json::from_str(body)
            .map_err(|error| Refusal::new(format!("--body is no JSON: {error}")))?;
        attempt.insert("body".to_owned(), body);
    }
    let mut told = None;
    let mut tell = |report| {
        if let Report::RuleVerdict { verdict } = report {
            told = Some(verdict);
        }
    };
    let summary = folder::carry_out(config, Order::RuleTest { attempt }, &mut tell)?;
    let verdict = told.ok_or_else(|| Refusal::new("the command ended without the verdict"))?;
    if options.json {
        println!("{verdict:#}");
        return Ok(());
    }
    println!("{summary}");
    if let Some(trace) = verdict.get("trace").filter(|trace| !trace.is_null()) {
        print!("{}", indented(trace, 1));
    }
    if let Some(total) = verdict.pointer("/visible/totalItems") {
        println!("{total} records are visible");
    }
    Ok(())
}

/// A line for every part of a rule, deeper ones further in.
fn indented(trace: &Json, depth: usize) -> String {
    let text = |key: &str| trace.get(key).map(Json::to_string).unwrap_or_default();
    let expression = trace.get("expression").and_then(Json::as_str);
    let answer = match trace.get("holds") == Some(&Json::Bool(true)) {
        true => "yes",
        false => "no ",
    };
    let (margin, expression) = ("  ".repeat(depth), expression.unwrap_or_default());
    let mut lines = format!("{margin}{answer} {expression}");
    if trace.get("left").is_some() {
        lines.push_str(&format!("   {} / {}", text("left"), text("right")));
    }
    lines.push('\n');
    let parts = trace.get("parts").and_then(Json::as_array);
    for part in parts.into_iter().flatten() {
        lines.push_str(&indented(part, depth + 1));
    }
    lines
}

fn run_saved(config: &Config, options: TestOptions) -> Result<(), Refusal> {
    let order = Order::RuleTests {
        collection: options.collection,
    };
    let mut told = None;
    let mut tell = |report| {
        if let Report::RuleTests { failed, run } = report {
            told = Some((failed, run));
        }
    };
    let summary = folder::carry_out(config, order, &mut tell)?;
    let (failed, run) =
        told.ok_or_else(|| Refusal::new("the command ended without the results"))?;
    if options.json {
        println!("{run:#}");
    } else {
        let results = run.get("results").and_then(Json::as_array);
        for result in results.into_iter().flatten() {
            println!("{}", line(result));
        }
        println!("{summary}");
    }
    match failed {
        0 => Ok(()),
        _ => Err(Refusal::new(summary)
            .remedy("`luge rules test --json` shows what every part of a rule said")),
    }
}

/// `ok    posts: a guest sees nothing`, or `FAIL` with what was expected and what was found.
fn line(result: &Json) -> String {
    let text = |key: &str| result.get(key).and_then(Json::as_str).unwrap_or_default();
    let flag = |key: &str| result.get(key) == Some(&Json::Bool(true));
    let mut line = match flag("passed") {
        true => format!("ok    {}: {}", text("collection"), text("name")),
        false => {
            let (collection, name) = (text("collection"), text("name"));
            let (expect, reason) = (text("expect"), text("reason"));
            format!("FAIL  {collection}: {name} (expected {expect}): {reason}")
        }
    };
    if flag("skipped") {
        line.push_str(" [superuser: the rule was skipped]");
    }
    line
}

/// Carries out an order about rules where the folder is open; the last report is returned.
pub(super) fn carry_out(
    engine: &Engine,
    context: &Context,
    order: Order,
    reports: &Sender<Report>,
) -> Report {
    match order {
        Order::RuleTests { collection } => {
            rule_tests(engine, context, collection.as_deref(), reports)
        }
        Order::RuleTest { attempt } => rule_test(engine, context, &attempt, reports),
        _ => Report::Refused {
            reason: "this is not about rules".to_owned(),
            remedy: None,
        },
    }
}

fn rule_test(
    engine: &Engine,
    context: &Context,
    attempt: &Map<String, Json>,
    reports: &Sender<Report>,
) -> Report {
    let read = RuleTest::from_json(attempt).map_err(|violations| Error::Refused {
        action: Action::Update,
        subject: Subject::Record,
        violations,
        reason: None,
    });
    let judged = read.and_then(|test| {
        let verdict = engine.records.test_rule(context, &test)?;
        Ok((test, verdict))
    });
    let (test, verdict) = match judged {
        Ok(judged) => judged,
        Err(error) => {
            let name = attempt.get("collection").and_then(Json::as_str);
            return not_judged(&error, name);
        }
    };
    let answer = if verdict.allowed { "allowed" } else { "denied" };
    let skipped = if verdict.skipped {
        ", since a superuser skips the rule"
    } else {
        ""
    };
    let rule = match verdict.rule.as_deref() {
        None => "locked, superusers only",
        Some("") => "empty, everyone",
        Some(text) => text,
    };
    let text = format!(
        "{} of {}: {answer}{skipped}\n  rule: {rule}",
        test.attempt.action.name(),
        test.collection
    );
    let verdict = json!(verdict);
    // Whoever asked may have gone; nothing was changed.
    let _ = reports.blocking_send(Report::RuleVerdict { verdict });
    Report::Done { text }
}

fn not_judged(error: &Error, collection: Option<&str>) -> Report {
    let reason = match (error, collection) {
        (Error::MissingCollection, Some(name)) => format!("there is no collection {name}"),
        _ => sentence(error),
    };
    Report::Refused {
        reason,
        remedy: None,
    }
}

fn rule_tests(
    engine: &Engine,
    context: &Context,
    collection: Option<&str>,
    reports: &Sender<Report>,
) -> Report {
    let run = match engine.records.run_rule_tests(context, collection) {
        Ok(run) => run,
        Err(error) => return not_judged(&error, collection),
    };
    let text = match run.results.len() {
        0 => "No tests of rules are saved; `ruleTests` of a collection holds them.".to_owned(),
        _ => format!("{} passed, {} failed", run.passed, run.failed),
    };
    let failed = run.failed;
    let run = json!(run);
    // Whoever asked may have gone; nothing was changed.
    let _ = reports.blocking_send(Report::RuleTests { failed, run });
    Report::Done { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_of_a_rule_are_further_in() {
        let trace = json!({"expression": "a = 1 || b = 2", "holds": true, "parts": [
            {"expression": "a = 1", "holds": false, "left": [0], "right": [1]},
            {"expression": "b = 2", "holds": true, "left": [2], "right": [2]}]});
        let expected =
            "  yes a = 1 || b = 2\n    no  a = 1   [0] / [1]\n    yes b = 2   [2] / [2]\n";
        assert_eq!(indented(&trace, 1), expected);
    }

    #[test]
    fn a_line_says_what_was_expected_and_what_was_found() {
        let mut result = json!({"collection": "posts", "name": "a guest", "passed": true,
            "expect": "deny", "skipped": false});
        assert_eq!(line(&result), "ok    posts: a guest");
        result["passed"] = false.into();
        result["reason"] = "It is allowed.".into();
        result["skipped"] = true.into();
        let expected = "FAIL  posts: a guest (expected deny): It is allowed. [superuser: the rule \
                        was skipped]";
        assert_eq!(line(&result), expected);
    }
}
