//! Documents that pass, and those that are refused with the limit.

use super::*;

fn refusal(text: &str) -> String {
    match measured(text, None) {
        Ok(_) => String::new(),
        Err(failure) => failure.to_string(),
    }
}

fn nested(depth: usize, open: &str, close: &str) -> String {
    format!("{}a{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn what_is_usual_passes() {
    let query = "query A($id: ID!) { posts(filter: \"a = '{{{'\") { items { ...f } } } \
                 fragment f on Posts { id author { name } }";
    let found = measured(query, Some("A")).unwrap();
    assert_eq!(found.kind, OperationType::Query);
    assert!(!found.introspects);
    assert!(measured(INTROSPECTION, None).unwrap().introspects);
    let braces = format!(
        "# {}\n{{ a(b: \"\"\"{}\\\"\"\"\"\"\") }}",
        "{".repeat(99),
        "{".repeat(99)
    );
    assert_eq!(refusal(&braces), "");
    let escaped = format!("{{ a(b: \"\\\"{}\") }}", "[".repeat(99));
    assert_eq!(refusal(&escaped), "");
}

#[test]
fn too_much_is_refused_by_name() {
    let aliases: String = (0..51).map(|n| format!("a{n}: b ")).collect();
    let fields: String = (0..1001).map(|n| format!("a{n} ")).collect();
    let roots: String = (0..21).map(|n| format!("a{n} ")).collect();
    let operations: String = (0..21).map(|n| format!("query q{n} {{ a }} ")).collect();
    for (text, reason) in [
        (
            " ".repeat(GRAPHQL_DOCUMENT_BYTES_MAX + 1),
            "at most 32768 bytes",
        ),
        (nested(65, "{", "}"), "at most 64 in each other"),
        (
            format!("{{ a(b: {}) }}", nested(65, "[", "]")),
            "at most 64 in each other",
        ),
        (nested(17, "{a", "}"), "at most 16 fields in each other"),
        (format!("{{ a {{ {aliases} }} }}"), "at most 50 aliases"),
        (format!("{{ a {{ {fields} }} }}"), "at most 1000 fields"),
        (format!("{{ {roots} }}"), "at most 20 fields of the root"),
        (
            format!("{{ a {} }}", "@skip(if: true) ".repeat(51)),
            "at most 50 directives",
        ),
        (
            format!("query {} {{ a }}", "@x ".repeat(51)),
            "at most 50 directives",
        ),
        (operations, "at most 20 operations"),
        ("subscription { a b }".to_owned(), "exactly one field"),
        ("{ a ".to_owned(), "cannot be read (line 1"),
        (String::new(), "cannot be read"),
    ] {
        let found = refusal(&text);
        let shown: String = text.chars().take(60).collect();
        assert!(found.contains(reason), "{shown}: {found}");
    }
}

#[test]
fn fragments_count_wherever_they_are_spread() {
    for text in [
        "{ ...a } fragment a on Q { ...a }",
        "{ ...a } fragment a on Q { x { ...b } } fragment b on Q { y { ...a } }",
        "{ x } fragment a on Q { ...b } fragment b on Q { ...c } fragment c on Q { ...a }",
    ] {
        assert!(refusal(text).contains("spreads itself"), "{text}");
    }
    // Each spreads the next one twice: a billion fields in thirty lines.
    let mut bomb = "{ ...f0 } ".to_owned();
    for n in 0..30 {
        bomb.push_str(&format!("fragment f{n} on Q {{ ...f{0} ...f{0} }} ", n + 1));
    }
    bomb.push_str("fragment f30 on Q { x }");
    assert!(
        refusal(&bomb).contains("at most 1000 fields"),
        "{}",
        refusal(&bomb)
    );
    let deep: String = (0..20)
        .map(|n| format!("fragment f{n} on Q {{ a {{ ...f{} }} }} ", n + 1))
        .collect();
    let deep = format!("{{ ...f0 }} {deep} fragment f20 on Q {{ x }}");
    assert!(refusal(&deep).contains("at most 16 fields in each other"));
}

#[test]
fn a_schema_is_not_followed_in_circles() {
    for text in [
        "{ __schema { types { fields { type { fields { name } } } } } }",
        "{ __type(name: \"A\") { possibleTypes { possibleTypes { name } } } }",
        "{ __schema { types { ...a } } } \
         fragment a on __Type { fields { type { interfaces { name } } } }",
    ] {
        assert!(refusal(text).contains("lists of the schema"), "{text}");
    }
    // Fields of records may be called so.
    assert_eq!(
        refusal("{ posts { items { fields { fields { id } } } } }"),
        ""
    );
}

#[test]
fn the_operation_is_chosen_by_its_name() {
    let text = "query A { a } mutation B { b }";
    for (name, reason) in [
        (Some("A"), ""),
        (Some("B"), ""),
        (Some("C"), "There is no operation \"C\" in the document."),
        (
            None,
            "The document has several operations; operationName says which.",
        ),
    ] {
        let found = measured(text, name)
            .err()
            .map(|failure| failure.to_string());
        assert_eq!(found.unwrap_or_default(), reason);
    }
    assert!(measured("{ a }", Some("A")).is_err());
    assert_eq!(
        measured(text, Some("B")).unwrap().kind,
        OperationType::Mutation
    );
}

/// As graphql-js asks.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { queryType { name } \
    types { ...FullType } directives { name args { ...InputValue } } } } \
    fragment FullType on __Type { kind name fields(includeDeprecated: true) { name \
    args { ...InputValue } type { ...TypeRef } } inputFields { ...InputValue } \
    interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name } \
    possibleTypes { ...TypeRef } } \
    fragment InputValue on __InputValue { name type { ...TypeRef } defaultValue } \
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { \
    kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name \
    } } } } } } } }";
