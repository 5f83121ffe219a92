//! Tests of the inference.

use super::*;

fn of_column(cells: &[Json], format: Format) -> Inference {
    let rows = cells.iter().zip(1..).map(|(cell, line)| Row {
        line,
        cells: vec![("x".to_owned(), cell.clone())],
    });
    infer_rows(rows, format).unwrap()
}

fn kind(cells: &[Json], format: Format) -> &'static str {
    of_column(cells, format).columns[0].kind
}

fn texts(cells: &[&str]) -> Vec<Json> {
    cells
        .iter()
        .map(|cell| {
            if cell.is_empty() {
                Json::Null
            } else {
                (*cell).into()
            }
        })
        .collect()
}

#[test]
fn kinds_of_csv_columns() {
    for (cells, expected) in [
        (&["1", "2.5", "-3e4", "0", "0.5", ""][..], "number"),
        (&["9007199254740992"], "number"),
        (&["true", "false", ""], "bool"),
        (&["2024-01-02", "2024-01-02T03:04:05Z"], "date"),
        (&["a@b.co", "c@d.org"], "email"),
        (&["https://a.co", "http://example.com/x"], "url"),
        (&["00501", "12345"], "text"),
        (&["-01", "1"], "text"),
        (&["1", "two"], "text"),
        (&["1", "true"], "text"),
        (&["+1"], "text"),
        (&[" 1"], "text"),
        (&["1,5"], "text"),
        (&["0x10"], "text"),
        (&["NaN"], "text"),
        (&["1e999"], "text"),
        (&["9007199254740993"], "text"),
        (&["12345678901234567890123"], "text"),
        (&["2024-01-02", "soon"], "text"),
        (&["2024-02-30"], "text"),
        (&["Jun 12 1998"], "text"),
        (&["a@b.co", "nobody"], "text"),
        (&["https://a.co", "a.co"], "text"),
        (&["TRUE"], "text"),
        (&["", ""], "text"),
        (&["[1]"], "text"),
    ] {
        assert_eq!(kind(&texts(cells), Format::Csv), expected, "{cells:?}");
    }
}

#[test]
fn kinds_of_json_columns() {
    for (cells, expected) in [
        (vec![json!(1), json!(null), json!(2.5)], "number"),
        (vec![json!(true), json!(null)], "bool"),
        (vec![json!("2024-01-02")], "date"),
        (vec![json!([1]), json!({"a": 1})], "json"),
        (vec![json!([1]), json!("a")], "json"),
        (vec![json!("1"), json!("2")], "text"),
        (vec![json!("true")], "text"),
        (vec![json!(1), json!("1")], "text"),
        (vec![json!(true), json!(1)], "text"),
        (vec![json!(9_007_199_254_740_993_u64)], "text"),
        (vec![json!(null)], "text"),
        (vec![json!("")], "text"),
    ] {
        assert_eq!(kind(&cells, Format::Ndjson), expected, "{cells:?}");
    }
}

#[test]
fn surprises_are_noted() {
    for (cells, format, note) in [
        (
            texts(&["00501"]),
            Format::Csv,
            "is text: some of its numbers begin with a zero.",
        ),
        (
            texts(&["1", "x"]),
            Format::Csv,
            "is text: not all of its values are numbers.",
        ),
        (
            texts(&["1", ""]),
            Format::Csv,
            "has 1 empty values, which became 0.",
        ),
        (
            texts(&["true", "", ""]),
            Format::Csv,
            "has 2 empty values, which became false.",
        ),
        (texts(&[""]), Format::Csv, "is text: it has no values."),
        (
            vec![json!([1]), json!(1)],
            Format::Json,
            "is json: some of its values are lists or objects.",
        ),
        (
            vec!["x".repeat(6_000).into()],
            Format::Json,
            "has texts of up to 6000 characters, set as its max.",
        ),
    ] {
        let inference = of_column(&cells, format);
        assert_eq!(
            inference.notes,
            [format!("Column \"x\" {note}")],
            "{cells:?}"
        );
    }
    assert!(of_column(&texts(&["1", "2"]), Format::Csv).notes.is_empty());
}

#[test]
fn definitions_are_legal() {
    let row = |line, cells: &[(&str, Json)]| Row {
        line,
        cells: cells
            .iter()
            .map(|(name, cell)| ((*name).to_owned(), cell.clone()))
            .collect(),
    };
    let rows = [
        row(
            1,
            &[
                ("US Gross", json!(5)),
                ("us-gross", json!("x")),
                ("null", json!(true)),
            ],
        ),
        row(2, &[("late", json!({"a": [1]})), ("US Gross", json!(null))]),
    ];
    let inference = infer_rows(rows.into_iter(), Format::Json).unwrap();
    let fields: Vec<_> = inference
        .columns
        .iter()
        .map(|column| (column.field.as_str(), column.kind))
        .collect();
    assert_eq!(
        fields,
        [
            ("US_Gross", "number"),
            ("us_gross_2", "text"),
            ("source_null", "bool"),
            ("late", "json")
        ]
    );
    for definition in &inference.fields {
        let number = luge_model::id::FieldNumber(2);
        let field = luge_model::field::Field::from_json(definition, number).unwrap();
        assert!(
            field.validate_definition(false).is_empty(),
            "{definition:?}"
        );
    }
    assert_eq!(inference.rows, 2);
    let none = std::iter::empty();
    assert!(matches!(
        infer_rows(none, Format::Csv),
        Err(TransferError::Empty)
    ));
}

#[test]
fn ids_are_kept_only_when_all_are_legal_and_unique() {
    let of = |cells: &[Json]| {
        let rows = cells.iter().zip(1..).map(|(cell, line)| Row {
            line,
            cells: vec![("id".to_owned(), cell.clone())],
        });
        infer_rows(rows, Format::Json).unwrap().columns[0]
            .field
            .clone()
    };
    assert_eq!(of(&[json!("a1"), json!("b")]), "id");
    assert_eq!(of(&[json!(1), json!(2)]), "id");
    for cells in [
        vec![json!("a"), json!("a")],
        vec![json!(1), json!("1")],
        vec![json!("A")],
        vec![json!("a b")],
        vec![json!("")],
        vec![json!("a"), json!(null)],
        vec![json!(1.5)],
        vec![json!(-1)],
        vec!["x".repeat(101).into()],
        vec![json!([1])],
    ] {
        assert_eq!(of(&cells), "source_id", "{cells:?}");
    }
}
