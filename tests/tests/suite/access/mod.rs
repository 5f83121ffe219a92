//! Who may do what: rules in tables, and the printed matrix of rule, persona and operation.

mod many;
mod matrix;
mod rule_plans;
mod rule_tests;
mod rules;
mod saved_rule_tests;
