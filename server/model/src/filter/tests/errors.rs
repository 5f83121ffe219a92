//! What mistakes in filters are told, and where.

use super::{kit, members, parse};
use crate::filter::{Audience, FilterErrorKind};

/// Filters, and the place and the message of what is wrong.
const MISTAKES: &[(&str, usize, &str)] = &[
    ("", 1, "the filter is empty"),
    (" // c", 1, "the filter is empty"),
    (
        "title",
        6,
        "expected an operator such as = or ~, but the filter ends",
    ),
    (
        "title =",
        8,
        "expected a field, a number or a quoted text, but the filter ends",
    ),
    (
        "= 1",
        1,
        "expected a field, a number or a quoted text, found =",
    ),
    (
        "n = 1 title = 2",
        7,
        "expected && or || before the name \"title\"",
    ),
    (
        "n = 1 && && n = 1",
        10,
        "expected a field, a number or a quoted text, found &&",
    ),
    (
        "n = 1 ||",
        9,
        "expected a field, a number or a quoted text, but the filter ends",
    ),
    ("n = 1 & n = 1", 7, "a single & has no meaning; write &&"),
    ("(n = 1", 1, "this ( is never closed"),
    ("n = 1)", 6, "this ) closes no ("),
    (
        "()",
        2,
        "expected a field, a number or a quoted text, found )",
    ),
    (
        "n = (1)",
        5,
        "expected a field, a number or a quoted text, found (",
    ),
    (
        "n == 1",
        3,
        "\"==\" is not an operator; \
             operators are = != > >= < <= ~ !~, each also with ? in front",
    ),
    (
        "n <> 1",
        3,
        "\"<>\" is not an operator; \
             operators are = != > >= < <= ~ !~, each also with ? in front",
    ),
    (
        "n ? = 1",
        3,
        "\"?\" is not an operator; \
             operators are = != > >= < <= ~ !~, each also with ? in front",
    ),
    (
        "n = 1e2",
        5,
        "\"1e2\" is not a number; \
             numbers are written like 12, -3 or 4.5, and a name cannot begin with a digit",
    ),
    (
        "n = 5.",
        5,
        "\"5.\" is not a number; \
             numbers are written like 12, -3 or 4.5, and a name cannot begin with a digit",
    ),
    (
        "n = 1.5.5",
        5,
        "\"1.5.5\" is not a number; \
             numbers are written like 12, -3 or 4.5, and a name cannot begin with a digit",
    ),
    (
        "1x = 1",
        1,
        "\"1x\" is not a number; \
             numbers are written like 12, -3 or 4.5, and a name cannot begin with a digit",
    ),
    (
        "n = -",
        5,
        "\"-\" is not a number; \
             numbers are written like 12, -3 or 4.5, and a name cannot begin with a digit",
    ),
    (
        "n = +5",
        5,
        "'+' has no meaning here; a positive number has no sign",
    ),
    (
        "n = .5",
        5,
        "'.' has no meaning here; a number needs a digit before the point",
    ),
    (
        "title = \"a",
        9,
        "the text that begins here has no closing \"",
    ),
    (
        "title = 'a\\'",
        9,
        "the text that begins here has no closing '",
    ),
    (
        "ti-tle = 1",
        3,
        "\"-tle\" is not a number; \
             numbers are written like 12, -3 or 4.5, and a name cannot begin with a digit",
    ),
    ("title. = 1", 1, "the name \"title.\" is incomplete"),
    ("title: = 1", 1, "the name \"title:\" is incomplete"),
    ("@ = 1", 1, "the name \"@\" is incomplete"),
    ("title..x = 1", 1, "the name \"title..x\" has an empty part"),
    (
        "titel = 1",
        1,
        "unknown field \"titel\"; did you mean \"title\"?",
    ),
    (
        "n = 1 && Title = 1",
        10,
        "unknown field \"Title\"; did you mean \"title\"?",
    ),
    ("nothing = 1", 1, "unknown field \"nothing\""),
    (
        "title.x = 1",
        1,
        "\"title.x\": the text field \"title\" has no parts; only json, \
             geoPoint and relation fields have",
    ),
    (
        "sm.0 = 1",
        1,
        "\"sm.0\": the select field \"sm\" has no parts; only json, geoPoint \
             and relation fields have",
    ),
    (
        "title:foo = 1",
        1,
        "unknown modifier \":foo\"; a name takes one of :isset :changed :length \
             :each :lower",
    ),
    (
        "sm:each:lower = 1",
        1,
        "unknown modifier \":each:lower\"; a name takes one of :isset :changed \
             :length :each :lower",
    ),
    (
        "title:isset = true",
        1,
        "\"title:isset\": :isset and :changed belong to what was submitted \
             (@request.body.…), not to a field of a record",
    ),
    (
        "@request.auth.title:changed = true",
        1,
        "\"@request.auth.title:changed\": :isset and :changed belong to what was submitted \
             (@request.body.…), not to a field of a record",
    ),
    (
        "@request.body.rel.title:isset = true",
        1,
        "\"@request.body.rel.title:isset\": :isset and :changed belong to what was submitted \
             (@request.body.…), not to a field of a record",
    ),
    (
        "pw = \"x\"",
        1,
        "\"pw\" is a password; passwords cannot be compared",
    ),
    (
        "collectionName = \"kit\"",
        1,
        "\"collectionName\" is not stored in records",
    ),
    (
        "rel.titel = 1",
        5,
        "unknown field \"titel\"; did you mean \"title\"?",
    ),
    (
        "rel.title.x = 1",
        1,
        "\"rel.title.x\": the text field \"title\" has no parts; \
             only json, geoPoint and relation fields have",
    ),
    (
        "kit_via_rel = 1",
        1,
        "\"kit_via_rel\" names records; name one of their fields, as in \"kit_via_rel.id\"",
    ),
    (
        "kit_via_title.n = 1",
        1,
        "\"kit\" has no relation field \"title\"",
    ),
    (
        "kit_via_rell.n = 1",
        1,
        "\"kit\" has no relation field \"rell\"; did you mean \"rel\"?",
    ),
    (
        "nope_via_rel.n = 1",
        1,
        "unknown collection \"nope\" in \"nope_via_rel\"",
    ),
    (
        "rel.rel.rel.rel.rel.rel.rel.n = 1",
        25,
        "a path crosses at most 6 relations",
    ),
    (
        "rel.rel.rel.rel.rel.rel.rel.id = 1",
        25,
        "a path crosses at most 6 relations",
    ),
    (
        "@collection.nope.id = id",
        13,
        "unknown collection \"nope\"",
    ),
    (
        "@collection.kit = id",
        1,
        "\"@collection.kit\" needs a field, as in \"@collection.kit.id\"",
    ),
    (
        "@collection.kit:alias.idd = id",
        23,
        "unknown field \"idd\"; did you mean \"id\"?",
    ),
    (
        "rel:lower.title = 1",
        1,
        "the modifier \":lower\" must stand at the end of \"rel:lower.title\"",
    ),
    (
        "@rowid > 1",
        1,
        "@rowid is a sort key and cannot be compared",
    ),
    (
        "@nov = 1",
        1,
        "unknown name \"@nov\"; did you mean \"@now\"?",
    ),
    (
        "@request.foo = 1",
        1,
        "unknown name \"@request.foo\"; @request has context, method, query, \
             headers, body and auth",
    ),
    (
        "@request.body = 1",
        1,
        "@request.body needs a name, as in @request.body.name",
    ),
    (
        "@request.method:lower = 1",
        1,
        "@request.method takes no modifier",
    ),
    (
        "@request.query.a:each = 1",
        1,
        "\"@request.query.a:each\": this name does not take the modifier",
    ),
    (
        "@request.body.zzz:changed = 1",
        1,
        "\"@request.body.zzz:changed\": this modifier needs a field of the \
             collection",
    ),
    (
        "@request.body.title:length = 1",
        1,
        "\"@request.body.title:length\": this modifier needs a select, file or \
             relation field of the collection",
    ),
    (
        "@request.auth.password = \"\"",
        1,
        "\"password\" is a password; passwords cannot be compared",
    ),
    ("foo(1) = 1", 1, "unknown function \"foo\""),
    (
        "geodistance(1, 2, 3, 4) = 1",
        1,
        "unknown function \"geodistance\"; did you mean \"geoDistance\"?",
    ),
    (
        "geoDistance(1, 2, 3) < 1",
        1,
        "geoDistance takes 4 arguments (lonA, latA, lonB, latB), found 3",
    ),
    (
        "geoDistance(\"1\", 2, 3, 4) < 1",
        13,
        "geoDistance takes fields and numbers, no texts and no functions",
    ),
    (
        "strftime() = 1",
        1,
        "strftime takes 1 to 10 arguments (format, time value, modifiers), \
             found 0",
    ),
    (
        "strftime(title, d) = 1",
        10,
        "the format of strftime must be a quoted text",
    ),
    (
        "strftime(\"%Y\", d, title) = 1",
        19,
        "a modifier of strftime must be a quoted text",
    ),
    (
        "strftime(\"%Y\", strftime(\"%F\")) = 1",
        16,
        "an argument of strftime cannot be a function",
    ),
    (
        "strftime (\"%Y\", d) = 1",
        10,
        "expected an operator such as = or ~, found (",
    ),
    (
        "strftime(\"%Y\" d) = 1",
        15,
        "expected a comma or ), found the name \"d\"",
    ),
    ("ä = 1", 1, "'ä' has no meaning here"),
    ("title = \"ä\" && ö = 1", 16, "'ö' has no meaning here"),
];

#[test]
fn mistakes_are_explained_with_their_place() {
    let collection = kit();
    for (filter, position, message) in MISTAKES {
        let error = parse(&collection, Audience::Superuser, filter).unwrap_err();
        assert_eq!(
            (error.position, error.message.as_str()),
            (*position, *message),
            "{filter}"
        );
        assert_eq!(error.kind, FilterErrorKind::Invalid, "{filter}");
    }
}

#[test]
fn a_client_learns_nothing_of_what_it_may_not_read() {
    let paths = [
        "", ".x", ":lower", ":length", ":each", ":isset", ":changed", ":foo", ".", "..",
    ];
    let cases = [
        (kit(), "hid"),
        (kit(), "pw"),
        (members(), "tokenKey"),
        (members(), "password"),
    ];
    for (collection, hidden) in cases {
        let mut without = collection.clone();
        without.fields.retain(|field| field.name != hidden);
        for path in paths {
            for filter in [
                format!("title = 1 || {hidden}{path} = \"\""),
                format!("geoDistance({hidden}{path}, 1, 2, 3) > 1"),
                format!("{hidden}{path} ?~ title"),
            ] {
                let refused = parse(&collection, Audience::Client, &filter).unwrap_err();
                let missing = parse(&without, Audience::Client, &filter).unwrap_err();
                assert_eq!(refused, missing, "{filter}");
            }
        }
    }
    for filter in [
        "hie = 1",
        "HID = 1",
        "tokenkey = 1",
        "strftime(\"%Y\", hid) = 1",
    ] {
        for collection in [kit(), members()] {
            let message = parse(&collection, Audience::Client, filter)
                .unwrap_err()
                .message;
            assert!(!message.contains("mean \"hid\""), "{filter}: {message}");
            assert!(
                !message.contains("mean \"tokenKey\""),
                "{filter}: {message}"
            );
        }
    }
}

#[test]
fn a_client_cannot_name_the_request_or_other_collections() {
    let collection = kit();
    for (filter, position) in [
        ("@request.auth.id = \"\"", 1),
        ("title = 1 && @request.body.x = 1", 14),
        ("title = \"@request.\"", 10),
        ("title = 1 // @collection.x", 14),
        ("@collection.kit.id = 1 && @request.auth.id = 1", 1),
    ] {
        let error = parse(&collection, Audience::Client, filter).unwrap_err();
        let expected = (FilterErrorKind::SuperusersOnly, position);
        assert_eq!((error.kind, error.position), expected, "{filter}");
        let name = if filter.contains("@collection.") {
            "@collection."
        } else {
            "@request."
        };
        let message = format!("Only superusers can filter by {name}");
        assert_eq!(error.message, message);
        for audience in [Audience::Rule, Audience::Superuser] {
            let kind = parse(&collection, audience, filter).map_err(|error| error.kind);
            assert_ne!(
                kind.err(),
                Some(FilterErrorKind::SuperusersOnly),
                "{filter}"
            );
        }
    }
    for filter in ["title = \"@request\"", "title = \"request.\""] {
        assert!(
            parse(&collection, Audience::Client, filter).is_ok(),
            "{filter}"
        );
    }
}

#[test]
fn limits() {
    let collection = kit();
    let refusal = |audience, filter: &str| {
        parse(&collection, audience, filter)
            .err()
            .map(|error| error.message)
    };
    let many = |count: usize| vec!["n=1"; count].join("||");
    let nested = |depth: usize| format!("{}n=1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(refusal(Audience::Client, &many(200)), None);
    assert_eq!(
        refusal(Audience::Client, &many(201)).as_deref(),
        Some("a filter has at most 200 comparisons")
    );
    assert_eq!(refusal(Audience::Client, &nested(32)), None);
    assert_eq!(
        refusal(Audience::Client, &nested(33)).as_deref(),
        Some("parentheses are nested more than 32 deep")
    );
    let long = format!("title = \"{}\"", "ä".repeat(3_490));
    assert_eq!(refusal(Audience::Client, &long), None);
    let longer = long.replacen('ä', "ää", 1);
    assert_eq!(
        refusal(Audience::Client, &longer).as_deref(),
        Some("a filter has at most 3500 characters")
    );
    assert_eq!(refusal(Audience::Rule, &longer), None);
    assert_eq!(
        refusal(Audience::Rule, "a(b(c(d(1)))) = 1").as_deref(),
        Some("functions are nested more than 3 deep")
    );
    assert!(refusal(Audience::Rule, &"(".repeat(100_000)).is_some());
}
