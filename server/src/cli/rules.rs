//! `luge rules`: the saved tests of rules, seen from the terminal.

use clap::{Args, Subcommand};
use serde_json::Value as Json;

use crate::cli::order::{Order, Report};
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
}

/// Carries out the command.
pub(super) fn run(config: &Config, command: RulesCommand) -> Result<(), Refusal> {
    let RulesCommand::Test(options) = command;
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
