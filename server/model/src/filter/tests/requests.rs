//! What filters see of the request.

use serde_json::{Value as Json, json};

use super::{NOW, identity, ids, kit, kit_records, members, parse, parse_for, records};
use crate::filter::{Audience, Bound, Environment, NoRelated, Operator};
use crate::id::FieldNumber;
use crate::principal::{Principal, RequestFacts};
use crate::sort::Sort;
use crate::value::Value;

fn request() -> RequestFacts {
    let body = json!({
        "title": "hello", "n": 7, "b": true, "sm": ["a", "c"], "g": {"lon": 10.5, "lat": -20},
        "j": {"p": [1, "x", {"q": 2}], "s": "Str"}, "zzz": "unknown", "arr": [1, 2], "nil": null,
    });
    RequestFacts {
        method: "PATCH".to_owned(),
        query: [("qq".to_owned(), "5".to_owned())].into(),
        headers: [("x_my_head".to_owned(), "Hh".to_owned())].into(),
        body: body.as_object().cloned().unwrap(),
        ..RequestFacts::default()
    }
}

fn member() -> Json {
    json!({"id": "m1", "email": "m1@x.yz", "verified": false, "title": "Hello", "n": 5,
        "sm": ["a", "b"], "j": {"t": "Q"}, "password": "hash", "tokenKey": "key"})
}

static GUEST: Principal = Principal::Guest;

fn guest(facts: &RequestFacts) -> Environment<'_> {
    Environment {
        now: NOW,
        principal: &GUEST,
        request: facts,
        related: &NoRelated,
    }
}

/// Whether a rule accepts the first record of the kit.
fn holds(principal: &Principal, rule: &str) -> bool {
    let collection = kit();
    let request = request();
    let environment = Environment {
        now: NOW,
        principal,
        request: &request,
        related: &NoRelated,
    };
    let filter = parse_for(principal, &collection, Audience::Rule, rule);
    let filter = filter.unwrap_or_else(|error| panic!("{rule}: {error}"));
    filter.matches(&kit_records(&collection)[0], &environment)
}

#[test]
fn what_a_rule_sees_of_the_request() {
    for (rule, expected) in [
        (
            "@request.method = \"PATCH\" && @request.context = \"default\"",
            true,
        ),
        ("@request.method = \"patch\"", false),
        ("@request.query.qq = \"5\"", true),
        ("@request.query.qq = 5", false),
        ("@request.query.qq > 4", true),
        ("@request.query.qq.x = \"\"", true),
        (
            "@request.query.nope = null && @request.query.nope = \"\"",
            true,
        ),
        ("@request.query.qq:isset = true", true),
        ("@request.query.nope:isset = true", false),
        ("@request.query.nope:isset = false", true),
        ("@request.headers.x_my_head:lower = \"hh\"", true),
        ("@request.headers.X_My_Head = \"Hh\"", false),
        ("@request.body.title = \"hello\"", true),
        ("@request.body.n > 6", true),
        ("@request.body.n = \"7\"", false),
        ("n = @request.body.n", false),
        ("@request.body.b = true", true),
        ("@request.body.b = \"1\"", false),
        ("@request.body.nope > 0", false),
        ("@request.body.nope ~ \"\"", false),
        ("title ~ @request.body.title", true),
        ("title ~ @request.body.nope", false),
        // A flag is spelt out where it is a pattern.
        ("\"so true\" ~ @request.body.b", true),
        ("\"so true\" ~ @request.body.b:lower", true),
        ("\"1\" ~ @request.body.b", false),
        ("\"1\" !~ @request.body.b", true),
        ("@request.body.zzz = \"unknown\"", true),
        ("@request.body.arr = \"[1,2]\"", true),
        ("@request.body.arr.1 = 2", true),
        ("@request.body.arr.2 = 2", false),
        ("@request.body.j.p.2.q = 2", true),
        ("@request.body.j.s:lower = \"str\"", true),
        ("@request.body.j.s:isset = true", true),
        ("@request.body.j.nope:isset = true", false),
        (
            "@request.body.nil:isset = true && @request.body.nil = null",
            true,
        ),
        ("@request.body.sm = \"a\"", false),
        ("@request.body.sm = '[\"a\",\"c\"]'", true),
        ("@request.body.sm:each = \"a\"", false),
        ("@request.body.sm:each ?= \"a\"", true),
        ("@request.body.sm:length = 2", true),
        ("@request.body.s1:length = 0", true),
        ("@request.body.s1:each = \"\"", true),
        ("@request.body.title:changed = true", true),
        ("@request.body.title:changed = false", false),
        ("@request.body.hid:changed = false", true),
        ("@request.body.hid:changed = \"\"", false),
        ("@request.body.g:changed = false", true),
        ("@request.body.b:changed = true", false),
        ("@request.body.sm:changed = 1", true),
        ("@request.body.j:changed = true", true),
    ] {
        assert_eq!(holds(&Principal::Guest, rule), expected, "{rule}");
    }
}

#[test]
fn what_a_rule_sees_of_the_caller() {
    let user = Principal::User(identity(members(), member()));
    for (rule, guest, member) in [
        ("@request.auth.id = \"\"", true, false),
        ("@request.auth.id != \"\"", false, true),
        ("@request.auth.id = null", true, false),
        ("@request.auth.id = \"m1\"", false, true),
        ("@request.auth.n > 4", false, true),
        ("@request.auth.n < 4", false, false),
        ("@request.auth.title = title", false, true),
        ("@request.auth.title != title", true, false),
        ("@request.auth.title:lower = \"hello\"", false, true),
        ("@request.auth.verified = false", false, true),
        ("\"so false\" ~ @request.auth.verified", false, true),
        ("\"0\" ~ @request.auth.verified", false, false),
        ("@request.auth.sm:each = \"a\"", false, false),
        ("@request.auth.sm:each ?= \"a\"", false, true),
        ("@request.auth.sm:length = 2", false, true),
        ("@request.auth.j.t = \"Q\"", false, true),
        ("@request.auth.j.x = null", true, true),
        ("@request.auth.collectionName = \"members\"", false, true),
        ("@request.auth.collectionId = \"pbc_members\"", false, true),
        ("@request.auth.tokenKey = \"key\"", false, true),
        ("@request.auth.nope = \"\"", true, true),
        // A path that cannot be followed never lets anyone through, negated or not.
        ("@request.auth.title.x = \"\"", true, false),
        ("@request.auth.title.x != \"y\"", true, false),
    ] {
        assert_eq!(holds(&Principal::Guest, rule), guest, "guest: {rule}");
        assert_eq!(holds(&user, rule), member, "member: {rule}");
        assert!(holds(&user, &format!("({rule}) || 1 = 1")), "{rule}");
    }
}

#[test]
fn a_client_sees_an_email_only_where_it_is_shown() {
    let collection = members();
    let rows = [
        json!({"id": "m1", "email": "a@x.yz", "emailVisibility": false, "title": "b"}),
        json!({"id": "m2", "email": "b@x.yz", "emailVisibility": true, "title": "a"}),
        json!({"id": "m3", "email": "c@x.yz", "emailVisibility": true, "title": "c"}),
    ];
    let records = records(&collection, &rows);
    let facts = RequestFacts::default();
    let environment = guest(&facts);
    for (filter, client, rule) in [
        ("email = \"a@x.yz\"", "", "m1"),
        ("email != \"b@x.yz\"", "m3", "m1 m3"),
        ("email ~ \"x.yz\" || title = \"b\"", "m1 m2 m3", "m1 m2 m3"),
        ("email:lower ~ \"A@\"", "", "m1"),
        ("\"a@x.yz\" = email", "", "m1"),
        ("strftime(\"%Y\", email) = \"\"", "m2 m3", "m1 m2 m3"),
        ("title = \"b\"", "m1", "m1"),
    ] {
        for (audience, expected) in [(Audience::Client, client), (Audience::Rule, rule)] {
            let parsed = parse(&collection, audience, filter).unwrap();
            assert_eq!(
                ids(&records, &parsed, &environment),
                expected,
                "{audience:?} {filter}"
            );
        }
    }
}

#[test]
fn answers_that_need_no_record() {
    let collection = kit();
    let facts = RequestFacts::default();
    let environment = guest(&facts);
    for (filter, answer) in [
        ("@request.auth.id != \"\"", Some(false)),
        ("@request.auth.id != \"\" && n = 1", Some(false)),
        ("@request.auth.id = \"\" || n = 1", Some(true)),
        ("@request.auth.id != \"\" || n = 1", None),
        ("n = n", None),
        ("@year > 2000 && 1 = 1", Some(true)),
    ] {
        let filter = parse(&collection, Audience::Rule, filter).unwrap();
        assert_eq!(
            filter.prepare(&environment).constant(),
            answer,
            "{filter:?}"
        );
    }
}

/// Filters of which an index can make nothing.
const UNBOUND: &[&str] = &[
    "title != \"x\"",
    "title !~ \"x%\"",
    "title ~ \"_x%\"",
    "title ~ \"x\"",
    "title:lower = \"x\"",
    "title = \"x\" || n = 1",
    "n < \"abc\"",
    "n = null",
    "n = \"\"",
    "b > 0",
    "b = 2",
    "j = 5",
    "j.a = 5",
    "g.lon = 5",
    "sm = \"a\"",
    "sm:each = \"a\"",
    "title = n",
    "title > null",
    "1 = 1",
];

#[test]
fn bounds_for_an_index() {
    let collection = kit();
    let facts = request();
    let environment = guest(&facts);
    let field = |name: &str| collection.field(name).unwrap().number;
    let check = |filter: &str, expected: &[(FieldNumber, Operator, Value)]| {
        let filter = parse(&collection, Audience::Rule, filter).unwrap();
        let bound = |(field, operator, value): &(FieldNumber, Operator, Value)| Bound {
            field: *field,
            operator: *operator,
            value: value.clone(),
        };
        let expected: Vec<Bound> = expected.iter().map(bound).collect();
        assert_eq!(
            filter.prepare(&environment).bounds(),
            expected,
            "{filter:?}"
        );
    };
    let text = |text: &str| Value::Text(text.to_owned());
    check(
        "title = \"x\"",
        &[(field("title"), Operator::Equal, text("x"))],
    );
    check(
        "\"x\" > title",
        &[(field("title"), Operator::Less, text("x"))],
    );
    check(
        "title ~ \"Ab\\\\%c%d\"",
        &[(field("title"), Operator::Like, text("ab%c"))],
    );
    check(
        "title = null",
        &[(field("title"), Operator::Equal, text(""))],
    );
    check(
        "title = 5",
        &[(field("title"), Operator::Equal, text("5.0"))],
    );
    check(
        "n >= \"5\"",
        &[(field("n"), Operator::GreaterOrEqual, Value::Number(5.0))],
    );
    check(
        "b = true",
        &[(field("b"), Operator::Equal, Value::Bool(true))],
    );
    check(
        "title = @request.body.title",
        &[(field("title"), Operator::Equal, text("hello"))],
    );
    check(
        "(n > 1 && title ?= \"x\") && (s1 = \"a\" || s1 = \"b\")",
        &[
            (field("n"), Operator::Greater, Value::Number(1.0)),
            (field("title"), Operator::Equal, text("x")),
        ],
    );
    for filter in UNBOUND {
        check(filter, &[]);
    }
}

#[test]
fn sorts() {
    let collection = kit();
    let scope = |audience| crate::filter::Scope {
        collection: &collection,
        collections: &super::NoOthers,
        audience,
        caller: None,
    };
    let order = |text: &str| {
        let sort = Sort::parse(text, &scope(Audience::Client)).unwrap();
        let facts = RequestFacts::default();
        let environment = guest(&facts);
        let sort = sort.prepare(&environment, 0);
        let mut records = kit_records(&collection);
        records.sort_by(|left, right| sort.compare(left, right));
        let by_values = |record: &crate::record::Record| sort.values(record);
        assert!(records.is_sorted_by(|left, right| {
            sort.compare_values(&by_values(left), &by_values(right))
                .is_le()
        }));
        records
            .iter()
            .map(|record| record.id().replace('r', ""))
            .collect::<String>()
    };
    for (text, ids) in [
        ("", "123456789"),
        ("title", "394851726"),
        ("-title", "627158493"),
        (" +title , n ", "394851726"),
        ("n", "237184596"),
        ("-n", "695481732"),
        ("b,-@rowid", "976543281"),
        ("sm:length,@rowid", "356789214"),
        ("g.lon,-id", "987654321"),
        ("-j.a,@rowid", "123456789"),
        ("j,id", "386479251"),
        ("title:lower", "394857126"),
    ] {
        assert_eq!(order(text), ids, "{text}");
    }
}

#[test]
fn mistakes_in_sorts_are_explained_with_their_place() {
    let collection = kit();
    let scope = |audience| crate::filter::Scope {
        collection: &collection,
        collections: &super::NoOthers,
        audience,
        caller: None,
    };
    for (text, position, message) in [
        ("title,", 7, "expected the name of a field, found nothing"),
        ("title,,n", 7, "expected the name of a field, found nothing"),
        ("-", 2, "expected the name of a field, found nothing"),
        (
            "n, -titel",
            5,
            "unknown field \"titel\"; did you mean \"title\"?",
        ),
        (
            "--title",
            2,
            "unknown field \"-title\"; did you mean \"title\"?",
        ),
        ("hid", 1, "unknown field \"hid\"; did you mean \"id\"?"),
        ("pw", 1, "unknown field \"pw\""),
        ("null", 1, "unknown field \"null\""),
        (
            "@now",
            1,
            "\"@now\" is not a sort key; sort by fields of the record, @rowid or @random",
        ),
        (
            "rel.titel",
            5,
            "unknown field \"titel\"; did you mean \"title\"?",
        ),
        ("n,n,n,n,n,n,n,n,n", 17, "a sort has at most 8 keys"),
        (
            "@request.auth.id",
            1,
            "Only superusers can filter by @request.",
        ),
    ] {
        let error = Sort::parse(text, &scope(Audience::Client)).unwrap_err();
        assert_eq!(
            (error.position, error.message.as_str()),
            (position, message),
            "{text}"
        );
    }
    assert!(Sort::parse("hid", &scope(Audience::Superuser)).is_ok());
    assert!(Sort::parse("pw", &scope(Audience::Superuser)).is_err());
    let shuffled = Sort::parse("@random", &scope(Audience::Client)).unwrap();
    assert!(shuffled.is_random() && !shuffled.ends_descending());
}

#[test]
fn a_client_does_not_sort_by_an_email_that_is_not_shown() {
    let collection = members();
    let rows = [
        json!({"id": "m1", "email": "z@x.yz", "emailVisibility": false}),
        json!({"id": "m2", "email": "b@x.yz", "emailVisibility": true}),
        json!({"id": "m3", "email": "a@x.yz", "emailVisibility": false}),
    ];
    for (audience, expected) in [
        (Audience::Client, "m1 m3 m2"),
        (Audience::Superuser, "m3 m2 m1"),
    ] {
        let scope = crate::filter::Scope {
            collection: &collection,
            collections: &super::NoOthers,
            audience,
            caller: None,
        };
        let facts = RequestFacts::default();
        let environment = guest(&facts);
        let sort = Sort::parse("email", &scope).unwrap();
        let sort = sort.prepare(&environment, 0);
        let mut records = records(&collection, &rows);
        records.sort_by(|left, right| sort.compare(left, right));
        let ids: Vec<_> = records.iter().map(crate::record::Record::id).collect();
        assert_eq!(ids.join(" "), expected);
    }
}
