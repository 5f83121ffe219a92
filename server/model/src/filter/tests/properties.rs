//! What holds for every filter.

use proptest::prelude::*;

use super::{NOW, NoOthers, kit, kit_records, parse};
use crate::filter::expr::{Comparison, Expr, Operand, OperandKind, Operator, Position};
use crate::filter::{Audience, Environment, Filter, NoRelated, Scope};
use crate::principal::{Principal, RequestFacts};
use crate::record::Record;
use crate::value::ValueRef;

fn operand() -> impl Strategy<Value = Operand> {
    let leaf = prop_oneof![
        "[a-z@#_][a-z0-9_.:]{0,5}[a-z]".prop_map(OperandKind::Identifier),
        (-1e6..1e6_f64).prop_map(OperandKind::Number),
        ".{0,8}".prop_map(OperandKind::Text),
        "[\\\\\"'%_nu0-9]{0,8}".prop_map(OperandKind::Text),
    ];
    let placed = |kind| Operand {
        kind,
        position: Position(1),
    };
    leaf.prop_map(placed).prop_recursive(2, 6, 3, move |inner| {
        ("[a-z]{1,4}", prop::collection::vec(inner, 0..3))
            .prop_map(move |(name, arguments)| placed(OperandKind::Call { name, arguments }))
    })
}

fn expr() -> impl Strategy<Value = Expr> {
    let comparison = (operand(), 0..8_usize, any::<bool>(), operand()).prop_map(
        |(left, operator, any, right)| {
            Expr::Comparison(Comparison {
                left,
                operator: Operator::ALL[operator],
                any,
                right,
            })
        },
    );
    comparison.prop_recursive(3, 12, 3, |inner| {
        let parts = prop::collection::vec(inner, 2..4);
        (any::<bool>(), parts).prop_map(|(and, parts)| {
            if and {
                Expr::And(parts)
            } else {
                Expr::Or(parts)
            }
        })
    })
}

/// Comparisons of a number or text field with a constant, joined.
fn simple() -> impl Strategy<Value = String> {
    let values = ["-3", "0", "1", "5", "50", "100"];
    let texts = ["", "5", "Hello", "a", "%", "zz"];
    let number = (0..6_usize, 0..values.len())
        .prop_map(move |(operator, value)| format!("n {} {}", SYMBOLS[operator], values[value]));
    let text = (0..6_usize, 0..texts.len()).prop_map(move |(operator, text)| {
        format!("title {} \"{}\"", SYMBOLS[operator], texts[text])
    });
    prop_oneof![number, text].prop_recursive(3, 8, 2, |inner| {
        (inner.clone(), any::<bool>(), inner).prop_map(|(left, and, right)| {
            format!("({left}) {} ({right})", if and { "&&" } else { "||" })
        })
    })
}

const SYMBOLS: [&str; 6] = ["=", "!=", ">", ">=", "<", "<="];

/// Reads a filter of [`simple`] from its text alone and says what it makes of a record.
fn oracle(filter: &str, record: &Record) -> bool {
    if let Some(inner) = filter.strip_prefix('(') {
        let mut depth = 1;
        let close = inner.find(|next| {
            depth += i32::from(next == '(') - i32::from(next == ')');
            depth == 0
        });
        let (left, rest) = inner.split_at(close.unwrap());
        let right = rest.get(6..rest.len() - 1).unwrap();
        return match rest.get(2..4).unwrap() {
            "&&" => oracle(left, record) && oracle(right, record),
            _ => oracle(left, record) || oracle(right, record),
        };
    }
    let mut words = filter.splitn(3, ' ');
    let (field, symbol, value) = (
        words.next().unwrap(),
        words.next().unwrap(),
        words.next().unwrap(),
    );
    let collection = kit();
    let order = match record
        .value(collection.field(field).unwrap().number)
        .unwrap()
    {
        ValueRef::Number(number) => number.partial_cmp(&value.parse().unwrap()).unwrap(),
        ValueRef::Text(text) => text.as_bytes().cmp(value.trim_matches('"').as_bytes()),
        other => panic!("{other:?}"),
    };
    match symbol {
        "=" => order.is_eq(),
        "!=" => order.is_ne(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "<" => order.is_lt(),
        _ => order.is_le(),
    }
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in any::<String>()) {
        let collection = kit();
        for audience in [Audience::Client, Audience::Rule] {
            if let Err(error) = parse(&collection, audience, &text) {
                prop_assert!(error.position >= 1 && error.position <= text.chars().count() + 1);
            }
        }
    }

    #[test]
    fn any_tokens_are_parsed_or_refused(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "title", "n", "sm:each", "j.a", "@request.body.n", "@now", "(", ")", "&&", "||",
                "=", "?!=", "~", "5", "-1.5", "\"a\"", "'%'", "\"\\u12\"", "strftime(", ",", "//",
                "\n", "geoDistance(1,2,3,4)", "null", "@", ".", ":",
            ]),
            0..12,
        ),
    ) {
        let text = words.join(" ");
        let collection = kit();
        if let Ok(filter) = parse(&collection, Audience::Rule, &text) {
            let (principal, request) = (Principal::Guest, RequestFacts::default());
            let environment = Environment {
                now: NOW,
                principal: &principal,
                request: &request,
                related: &NoRelated,
            };
            for record in kit_records(&collection) {
                let answer = filter.matches(&record, &environment);
                let constant = filter.prepare(&environment).constant();
                prop_assert!(constant.is_none_or(|constant| constant == answer));
            }
        }
    }

    #[test]
    fn what_is_printed_is_parsed(expr in expr()) {
        let text = expr.to_string();
        prop_assert_eq!(Expr::parse(&text), Ok(expr), "{}", text);
    }

    #[test]
    fn a_value_never_changes_the_shape(value in any::<String>()) {
        let quoted = serde_json::to_string(&value).unwrap();
        let parsed = Expr::parse(&format!("title = {quoted} && n = 1"));
        let Ok(Expr::And(parts)) = parsed else { panic!("{parsed:?}") };
        let Expr::Comparison(first) = &parts[0] else { panic!("{parts:?}") };
        prop_assert_eq!(&first.right.kind, &OperandKind::Text(value));
        prop_assert_eq!(parts.len(), 2);
    }

    #[test]
    fn answers_are_those_of_a_naive_reading(filter in simple()) {
        let collection = kit();
        let scope = Scope {
            collection: &collection,
            collections: &NoOthers,
            audience: Audience::Client,
            caller: None,
        };
        let parsed = Filter::parse(&filter, &scope).unwrap();
        let (principal, request) = (Principal::Guest, RequestFacts::default());
        let environment = Environment {
            now: NOW,
            principal: &principal,
            request: &request,
            related: &NoRelated,
        };
        let prepared = parsed.prepare(&environment);
        let bounds = prepared.bounds();
        for record in kit_records(&collection) {
            let accepts = prepared.matches(&record);
            prop_assert_eq!(accepts, oracle(&filter, &record), "{} {}", &filter, record.id());
            let within = bounds.iter().all(|bound| {
                let order = match (record.value(bound.field).unwrap(), bound.value.as_ref()) {
                    (ValueRef::Text(left), ValueRef::Text(right)) => left.cmp(right),
                    (ValueRef::Number(left), ValueRef::Number(right)) => {
                        left.partial_cmp(&right).unwrap()
                    }
                    other => panic!("{other:?}"),
                };
                match bound.operator {
                    Operator::Equal => order.is_eq(),
                    Operator::Greater => order.is_gt(),
                    Operator::GreaterOrEqual => order.is_ge(),
                    Operator::Less => order.is_lt(),
                    _ => order.is_le(),
                }
            });
            prop_assert!(!accepts || within, "{} {:?}", &filter, &bounds);
        }
    }
}
