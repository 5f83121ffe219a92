//! Tests of the index grammar, of its texts and of partial conditions.

use serde_json::{Map, Value as Json, json};

use super::*;
use crate::value::{GeoPoint, Value, ValueRef};

fn parsed(text: &str) -> IndexStatement {
    IndexStatement::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn fields() -> Vec<Field> {
    let definitions = [
        ("id", "text"),
        ("a", "text"),
        ("b", "number"),
        ("c", "bool"),
        ("d", "json"),
        ("e", "geoPoint"),
    ];
    (1..)
        .zip(definitions)
        .map(|(number, (name, type_name))| {
            let definition: Map<String, Json> = [("name", name), ("type", type_name)]
                .map(|(key, value)| (key.to_owned(), json!(value)))
                .into_iter()
                .collect();
            Field::from_json(&definition, FieldNumber(number)).unwrap()
        })
        .collect()
}

/// A record with some values.
struct Values(Vec<(u16, Value)>);

impl Row for Values {
    fn value(&self, field: FieldNumber) -> Option<ValueRef<'_>> {
        self.0
            .iter()
            .find(|(number, _)| *number == field.0)
            .map(|(_, value)| value.as_ref())
    }

    fn rowid(&self) -> u64 {
        1
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn a_text_on_its_own_table_is_kept_as_it_was_sent() {
    for text in [
        "create index i1 on t1 (a)",
        "  CREATE   UNIQUE  INDEX  i1  on t1(a  collate nocase  desc, `b` asc)  where a != '' ",
        "CREATE UNIQUE INDEX IF NOT EXISTS i1 ON t1 (a)",
        "CREATE UNIQUE INDEX main.i1 ON t1 (a)",
        "create\nindex i1\n on t1 (\n  a,\n  b\n)\nwhere b = 1",
        "create index i1 on t1 (a) where a = 'it''s'",
        "create index \"i1\" on [t1] ([a], \"b\")",
        "create index i1 on t1 (a) where (a is not null and b > 1) or a in (1,2)",
    ] {
        assert_eq!(parsed(text).on_table("t1").text, text);
    }
}

#[test]
fn another_table_makes_the_text_of_the_contract() {
    let table = [
        (
            "CREATE INDEX \"i1\" on [zzz] (\"a\", [b])",
            "CREATE INDEX `i1` ON `t1` (\n  `a`,\n  `b`\n)",
        ),
        (
            "create unique index if not exists i1 on z (a collate nocase desc)  where   a != '' ",
            "CREATE UNIQUE INDEX IF NOT EXISTS `i1` ON `t1` (`a` COLLATE nocase DESC) \
             WHERE a != ''",
        ),
        (
            "create index main.i1 on zz (a asc, b desc) where (a = 1)",
            "CREATE INDEX `main`.`i1` ON `t1` (\n  `a` ASC,\n  `b` DESC\n) WHERE (a = 1)",
        ),
        (
            "create index i1 on `T1` (a)",
            "CREATE INDEX `i1` ON `t1` (`a`)",
        ),
    ];
    for (sent, expected) in table {
        let moved = parsed(sent).on_table("t1");
        assert_eq!(moved.text, expected, "{sent}");
        assert_eq!(parsed(&moved.text).columns, moved.columns);
        assert_eq!(parsed(&moved.text).condition, moved.condition);
    }
}

/// Texts and what is said about them.
const REFUSED: &[(&str, &str)] = &[
    ("", "expected CREATE at character 1, found the end"),
    ("hello", "expected CREATE at character 1, found \"hello\""),
    (
        "create index",
        "expected the name of the index at character 13, found the end",
    ),
    (
        "create index x on t1 ()",
        "expected the name of a column at character 23, found \")\"",
    ),
    (
        "create table x(a)",
        "expected INDEX at character 8, found \"table\"",
    ),
    (
        "create index on t1 (a)",
        "expected the name of the index at character 14, found \"on\"",
    ),
    (
        "create index i1 on t1 (a) where",
        "expected the name of a column at character 32, found the end",
    ),
    (
        "create index i1 on t1 (a);",
        "expected the end of the text at character 26, found \";\"",
    ),
    (
        "create index i1 on t1 (a) foo",
        "expected the end of the text at character 27, found \"foo\"",
    ),
    (
        "create index i1 on t1 (a) where a = b",
        "expected a text, a number, TRUE, FALSE or NULL at character 37, found \"b\"",
    ),
    (
        "create index i1 on t1 (a) where a like 'x'",
        "expected a comparison, IS [NOT] NULL or IN at character 35, found \"like\"",
    ),
    (
        "create index i1 on t1 (a) where (a = 1",
        "expected ) at character 39, found the end",
    ),
    (
        "create index i1 on t1 (a) where a = -'x'",
        "expected a text, a number, TRUE, FALSE or NULL at character 38, found \"'x'\"",
    ),
    (
        "create index i1 on t1 (a b)",
        "expected , at character 26, found \"b\"",
    ),
    (
        "create index `i 1 é` on t1 (a)",
        "the name of the index may have letters, digits and underscores only, not \"i 1 é\"",
    ),
    (
        "create index i1 on t1 (lower(a))",
        "lower(…): an index is made of columns, expressions are not supported",
    ),
    (
        "create index i1 on t1 (a collate rtrim)",
        "no such collation: rtrim",
    ),
    (
        "create index i1 on t1 (a) where a = 'x",
        "a quote is not closed: ' is missing",
    ),
    (
        "create index i1 /* hi */ on t1 (a)",
        "unexpected character '/'",
    ),
    (
        "create index i1 on t1 (a) where a = 1x",
        "1x is not a number",
    ),
];

#[test]
fn what_is_no_index_is_refused_with_the_place() {
    for (text, expected) in REFUSED {
        let error = IndexStatement::parse(text).unwrap_err();
        assert_eq!(error, IndexError::Syntax((*expected).to_owned()), "{text}");
    }
}

#[test]
fn limits_are_refused() {
    let deep = format!(
        "create index i on t (a) where {}a=1{}",
        "(".repeat(40),
        ")".repeat(40)
    );
    let wide = format!("create index i on t ({})", vec!["a"; 17].join(","));
    let long = format!("create index i on t (a) where a = '{}'", "x".repeat(5_000));
    for text in [deep, wide, long] {
        assert!(matches!(
            IndexStatement::parse(&text),
            Err(IndexError::Syntax(_))
        ));
    }
}

#[test]
fn columns_become_fields_without_regard_to_case() {
    let statement = parsed("create unique index i on t (A collate NOCASE, b desc)");
    let index = IndexDefinition::resolve(&statement, &fields()).unwrap();
    assert!(index.unique && index.is_ready());
    assert_eq!(
        index.columns,
        [
            IndexColumn {
                field: FieldNumber(2),
                no_case: true,
                descending: false
            },
            IndexColumn {
                field: FieldNumber(3),
                no_case: false,
                descending: true
            },
        ]
    );
    for text in [
        "create index i on t (zz)",
        "create index i on t (a) where zz = 1",
    ] {
        let error = IndexDefinition::resolve(&parsed(text), &fields()).unwrap_err();
        assert_eq!(error, IndexError::MissingColumn("zz".to_owned()));
    }
}

#[test]
fn names_and_spelling_do_not_change_the_entries() {
    let resolve = |text: &str| IndexDefinition::resolve(&parsed(text), &fields()).unwrap();
    let first = resolve("create index i on t (a) where a != ''");
    assert!(first.same_entries(&resolve(
        "CREATE INDEX j ON other (`a` ASC) WHERE (\"a\" <> '')"
    )));
    for other in [
        "create unique index i on t (a) where a != ''",
        "create index i on t (a)",
        "create index i on t (a desc) where a != ''",
        "create index i on t (a collate nocase) where a != ''",
        "create index i on t (a, b) where a != ''",
        "create index i on t (a) where a = ''",
    ] {
        assert!(!first.same_entries(&resolve(other)), "{other}");
    }
}

#[test]
fn conditions_hold_as_in_sql() {
    let row = Values(vec![
        (2, text("x")),
        (3, Value::Number(5.0)),
        (4, Value::Bool(true)),
        (5, Value::Json("null".to_owned())),
        (6, Value::GeoPoint(GeoPoint { lon: 1.0, lat: 2.0 })),
    ]);
    let table = [
        ("a = 'x'", true),
        ("a == \"x\"", true),
        ("a = 'X'", false),
        ("a != ''", true),
        ("'' != a", true),
        ("a > 'w' and a < 'y'", true),
        ("b = 5 and (a = 'no' or c = true)", true),
        ("b = '5'", true),
        ("b < 'abc'", true),
        ("5 < b", false),
        ("6 > b", true),
        ("b <> -1.5", true),
        ("b in (1, 5)", true),
        ("b in (1, 2)", false),
        ("c = 1", true),
        ("c = false", false),
        ("a is null", false),
        ("a is not null", true),
        ("d is null", true),
        ("d is not null", false),
        ("d = 1", false),
        ("d != 1", false),
        ("a = null", false),
        ("a != null", false),
        ("a = 'no' or d = 1", false),
    ];
    for (condition, expected) in table {
        let statement = parsed(&format!("create index i on t (a) where {condition}"));
        let index = IndexDefinition::resolve(&statement, &fields()).unwrap();
        assert_eq!(index.covers(&row), expected, "{condition}");
    }
}

#[test]
fn a_record_without_a_value_has_the_zero_value() {
    let row = Values(Vec::new());
    for (condition, expected) in [
        ("a = ''", true),
        ("a != ''", false),
        ("b = 0", true),
        ("c = 0", true),
        ("d is null", true),
    ] {
        let statement = parsed(&format!("create index i on t (a) where {condition}"));
        let index = IndexDefinition::resolve(&statement, &fields()).unwrap();
        assert_eq!(index.covers(&row), expected, "{condition}");
    }
}

#[test]
fn an_equality_implies_a_condition_on_the_same_field_only() {
    let condition = |text: &str| {
        let statement = parsed(&format!("create index i on t (a) where {text}"));
        IndexDefinition::resolve(&statement, &fields())
            .unwrap()
            .condition
            .unwrap()
    };
    let a = FieldNumber(2);
    assert!(condition("a != ''").is_implied_by(a, ValueRef::Text("x")));
    assert!(!condition("a != ''").is_implied_by(a, ValueRef::Text("")));
    assert!(!condition("b = 0").is_implied_by(a, ValueRef::Text("x")));
    assert!(!condition("a != '' and b = 0").is_implied_by(a, ValueRef::Text("x")));
    assert!(condition("a != '' or b = 0").is_implied_by(a, ValueRef::Text("x")));
}

/// A text, and the same with `title` called `name`.
const RENAMED: &[(&str, &str)] = &[
    (
        "create index i on films (title)",
        "create index i on films (`name`)",
    ),
    (
        "create index i on films (year, \"title\" collate nocase desc)",
        "create index i on films (year, \"name\" collate nocase desc)",
    ),
    (
        "create index i on films ([TITLE]) where title = 'title' or 'title' != title",
        "create index i on films ([name]) where `name` = 'title' or 'title' != `name`",
    ),
    (
        "create index title on title (year) where `title` in (\"title\", 'title')",
        "create index title on title (year) where `name` in (\"title\", 'title')",
    ),
];

/// Texts in which `title` is no column.
const NOT_RENAMED: &[&str] = &[
    "create index title on title (year)",
    "create index i on title (titles, subtitle)",
    "create index i on films (year) where year = 'title'",
    "create index i on films (year) where year = \"title\"",
    "create index i on films (\"the title\") where year in ('title')",
];

#[test]
fn columns_are_renamed_where_they_stand() {
    let renamed = |text: &str| {
        let is_title = |name: &str| name.eq_ignore_ascii_case("title");
        IndexStatement::with_columns(text, |name| is_title(name).then(|| "name".to_owned()))
    };
    for (text, expected) in RENAMED {
        assert_eq!(renamed(text).unwrap(), *expected);
    }
    for text in NOT_RENAMED {
        assert_eq!(renamed(text).unwrap(), *text);
    }
    for broken in [
        "",
        "create index",
        "create index i on films (title",
        "title",
    ] {
        assert!(renamed(broken).is_err(), "{broken}");
    }
}
