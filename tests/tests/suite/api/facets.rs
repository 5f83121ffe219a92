//! Facets and suggestions of lists: what they answer, what they refuse, and that they tell nothing
//! of what their caller may not see.

use super::field;
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

/// Films with facets of several kinds, one of them hidden, and a collection without a search.
/// `None` for the real PocketBase.
fn films() -> Option<(Server, Persona)> {
    let server = Server::start();
    if server.is_reference() {
        return None;
    }
    let superuser = server.superuser();
    let people = superuser.collection(&json!({
        "name": "people", "type": "base", "fields": [field("name", "text", json!({})),
            field("open", "bool", json!({}))], "listRule": "open = true",
    }));
    for (id, name, open) in [("a", "Ada", true), ("b", "Ben", false)] {
        let person = json!({"id": id.repeat(15), "name": name, "open": open});
        superuser.record("people", &person);
    }
    let values = json!({"values": ["drama", "comedy", "crime"], "maxSelect": 3});
    let relation = json!({"collectionId": people["id"], "maxSelect": 1});
    let fields = [
        field("title", "text", json!({})),
        field("genres", "select", values),
        field("price", "number", json!({})),
        field("released", "date", json!({})),
        field("data", "json", json!({})),
        field("director", "relation", relation),
        field("secret", "text", json!({"hidden": true})),
        field("open", "bool", json!({})),
    ];
    let facet = json!({"facet": true});
    let search = json!({"fields": {
        "title": {}, "genres": facet, "price": facet, "released": facet, "data.color": facet,
        "director.name": facet, "director": facet, "secret": facet, "open": facet,
    }});
    superuser.collection(&json!({
        "name": "films", "type": "base", "fields": fields, "listRule": "open = true",
        "search": search,
    }));
    superuser.collection(&json!({
        "name": "plain", "type": "base", "fields": [field("title", "text", json!({}))],
        "listRule": "",
    }));
    for film in shelf() {
        superuser.record("films", &film);
    }
    Some((server, superuser))
}

/// All films; the last one is listed for superusers alone.
fn shelf() -> Vec<Value> {
    let (ada, ben) = ("a".repeat(15), "b".repeat(15));
    let mut films = vec![
        json!({"title": "Needles", "genres": ["drama"], "price": 5, "director": ada,
            "released": "1999-05-01 00:00:00.000Z", "open": true}),
        json!({"title": "Old needles", "genres": ["drama", "crime"], "price": 10, "director": ben,
            "released": "1999-12-31 23:59:59.999Z", "open": true}),
        json!({"title": "The Needler", "genres": ["comedy"], "price": 20.5, "director": ada,
            "released": "2001-01-01 00:00:00.000Z", "open": true}),
        json!({"title": "Stones", "price": 0, "director": ada, "open": true}),
        json!({"title": "Needlework", "genres": ["crime"], "price": 7, "director": ben,
            "released": "1970-01-01 00:00:00.000Z"}),
    ];
    for film in &mut films {
        film["data"] = json!({"color": [film["price"], "red"]});
        film["secret"] = "pearl".into();
    }
    films
}

fn list(query: &str) -> String {
    format!("{}?wait=1&{query}", records("films"))
}

fn values(pairs: &[(&str, u64)]) -> Value {
    let pairs = pairs.iter();
    pairs
        .map(|(value, count)| json!({"value": value, "count": count}))
        .collect()
}

#[test]
fn values_are_counted_of_what_is_listed() {
    let Some((server, superuser)) = films() else {
        return;
    };
    let anyone = server.anyone();
    let row = |name, query: &str| Case::new(name, &anyone, "GET", &list(query));
    let all = |name, query: &str| Case::new(name, &superuser, "GET", &list(query));
    check(vec![
        row("none are asked for", "search=needle").lacks("facets"),
        row("an empty list of them", "facets=").lacks("facets"),
        row("of the whole list", "facets=genres&perPage=1")
            .is("totalItems", 4)
            .is(
                "facets.genres.values",
                values(&[("drama", 2), ("comedy", 1), ("crime", 1)]),
            )
            .is("facets.genres.more", false)
            .lacks("facetsAreLeast"),
        row("of a search", "facets=genres&search=old").is(
            "facets.genres.values",
            values(&[("crime", 1), ("drama", 1)]),
        ),
        row("of a filter", "facets=genres&filter=price%3E10")
            .is("facets.genres.values", values(&[("comedy", 1)])),
        row("without the total", "facets=genres&skipTotal=1")
            .is("totalItems", -1)
            .is("facets.genres.values.0.count", 2),
        row("of no record", "facets=genres&filter=price=77").is("facets.genres.values", json!([])),
        row("in the order asked", "facets=price:0..,%20genres").has(r#""facets":{"price":{"#),
        row("fields pick of items alone", "facets=genres&fields=id")
            .has("facets")
            .lacks("title"),
        all("superusers count everything", "facets=secret,director.name")
            .is("facets.secret.values", values(&[("pearl", 5)]))
            .has(r#"{"value":"Ben","count":2}"#),
    ]);
}

#[test]
fn values_of_each_kind_are_shown_as_what_they_are() {
    let Some((server, _)) = films() else {
        return;
    };
    let anyone = server.anyone();
    let row = |name, query: &str| Case::new(name, &anyone, "GET", &list(query));
    check(vec![
        row("numbers", "facets=price").is(
            "facets.price.values",
            json!([{"value": 0, "count": 1}, {"value": 5, "count": 1}, {"value": 10, "count": 1},
                {"value": 20.5, "count": 1}]),
        ),
        row("flags", "facets=open").is("facets.open.values", json!([{"value": true, "count": 4}])),
        row(
            "ranges, also empty ones",
            "facets=price:..0|0..10|10..|5.5..6",
        )
        .is(
            "facets.price.ranges",
            json!([{"from": null, "to": 0, "count": 0}, {"from": 0, "to": 10, "count": 2},
                {"from": 10, "to": null, "count": 2}, {"from": 5.5, "to": 6, "count": 0}]),
        ),
        row(
            "ranges of dates",
            "facets=released:1999..1999-12-31|1999-12-31..",
        )
        .is(
            "facets.released.ranges",
            json!([{"from": "1999", "to": "1999-12-31", "count": 1},
                {"from": "1999-12-31", "to": null, "count": 2}]),
        ),
        row("years", "facets=released:year").is(
            "facets.released.values",
            values(&[("1999", 2), ("2001", 1)]),
        ),
        row("json", "facets=data.color")
            .has(r#""data.color":{"values":[{"value":"red","count":4},"#),
        row(
            "only related records that are listed",
            "facets=director.name",
        )
        .has(r#""director.name":{"values":[{"value":"Ada","count":3}],"more":false}"#),
        row("ids as the records show them", "facets=director")
            .is("facets.director.values.1.value", "b".repeat(15)),
    ]);
}

#[test]
fn what_is_no_facet_is_refused() {
    let Some((server, superuser)) = films() else {
        return;
    };
    let anyone = server.anyone();
    let refused = |name, facets: &str| {
        let case = Case::new(name, &anyone, "GET", &list(&format!("facets={facets}")));
        case.status(400).has("Invalid facets: ").lacks("\"items\"")
    };
    let plain = format!("{}?facets=title", records("plain"));
    let many: Vec<String> = (0..11).map(|number| format!("price:{number}..")).collect();
    let long = "x".repeat(4_100);
    let ranges = format!("price:{}", ["0..1"; 21].join("|"));
    let no_field = "is no field whose values this collection lets be counted";
    check(vec![
        refused("unknown", "nope").has(no_field).has("nope"),
        refused("hidden", "secret").has(no_field),
        refused("not a facet", "title").has(no_field),
        refused("of records", "id").has(no_field),
        refused("json without a place", "data").has(no_field),
        refused("behind a relation", "director.open").has(no_field),
        refused("a back relation", "films_via_director.title").has(no_field),
        refused("of the request", "@request.auth.id").has(no_field),
        refused("a misspelt one", "gernes")
            .has("did you mean")
            .has("genres"),
        refused("one among others", "genres,nope").has("nope"),
        refused("an empty name", "genres,").has(no_field),
        refused("control characters", "genres%00%0A").has(r"\\0"),
        refused("twice", "price,price:0..1").has("named twice"),
        refused("too many", &many.join(",")),
        refused("too long", &long).has("4096 bytes"),
        refused("an unknown cut", "released:decade").has("decade"),
        refused("a cut of no date", "genres:year").has("only dates"),
        refused("no cut", "released:").has("released"),
        refused("ranges of texts", "genres:a..b").has("only numbers and dates"),
        refused("a range of words", "price:a..b").has("expected a number"),
        refused("a range without ends", "price:..").has("a beginning or an end"),
        refused("a backward range", "price:10..1").has("nothing can be in"),
        refused("an infinite range", "price:0..inf").has("expected a number"),
        refused("a range of three", "price:1..2..3").has("expected a number"),
        refused("a missing range", "price:0..1|").has("expected a range"),
        refused("no date", "released:1999-02-30..").has("expected a date"),
        refused("too many ranges", &ranges).has("more than 20 ranges"),
        Case::new("no search", &anyone, "GET", &plain)
            .status(400)
            .has("not searchable"),
        Case::new(
            "a wrong filter",
            &anyone,
            "GET",
            &list("facets=genres&filter=nope=1"),
        )
        .status(400),
        Case::new(
            "a hidden one of a superuser",
            &superuser,
            "GET",
            &list("facets=secret"),
        ),
    ]);
    let message = |name: &str| {
        let answer = anyone.get(&list(&format!("facets={name}"))).expect(400);
        answer["message"].to_string().replace(name, "NAME")
    };
    assert_eq!(message("secret"), message("hidden"));
}

#[test]
fn words_are_completed_from_what_is_listed() {
    let Some((server, superuser)) = films() else {
        return;
    };
    let anyone = server.anyone();
    let row = |name, query: &str| Case::new(name, &anyone, "GET", &list(query));
    let none =
        |name, suggest: &str| row(name, &format!("suggest={suggest}")).is("suggestions", json!([]));
    check(vec![
        row("none are asked for", "search=needle").lacks("suggestions"),
        row("words of listed records", "suggest=need").is("suggestions.0.word", "Needles"),
        row("behind the words before", "suggest=old%20need").is(
            "suggestions",
            json!([{"word": "needles", "text": "old needles"}]),
        ),
        row(
            "of what the filter accepts",
            "suggest=need&filter=price=20.5",
        )
        .is(
            "suggestions",
            json!([{"word": "Needler", "text": "Needler"}]),
        ),
        row(
            "beside another search",
            "suggest=sto&search=needle&facets=genres",
        )
        .is("totalItems", 3)
        .is("suggestions.0.word", "Stones"),
        row("fields pick of items alone", "suggest=sto&fields=id").has("Stones\",\"text"),
        none("an empty text", ""),
        none("a space", "%20"),
        none("a whole word", "old%20"),
        none("an error", "nedle"),
        none("another word before", "stone%20need"),
        none("a word that must not be", "-need"),
        none("a phrase", "%22need%22"),
        none("control characters", "%00%1B%7F"),
        none("a hidden field", "secret:pea"),
        none("a hidden word", "pea"),
        none("a record that is not listed", "needlew"),
        none("a related one", "be"),
        none("no wildcard", "*"),
        Case::new("a superuser", &superuser, "GET", &list("suggest=pea"))
            .is("suggestions.0.word", "pearl"),
        Case::new(
            "of all records",
            &superuser,
            "GET",
            &list("suggest=needlew"),
        )
        .is("suggestions.0.word", "Needlework"),
    ]);
    let both = anyone.get(&list("suggest=need")).expect(200);
    assert_eq!(both["suggestions"].as_array().expect("a list").len(), 2);
}

#[test]
fn what_cannot_be_completed_is_refused() {
    let Some((server, _)) = films() else {
        return;
    };
    let anyone = server.anyone();
    let refused = |name, path: &str| Case::new(name, &anyone, "GET", path).status(400);
    let long = list(&format!("suggest={}", "x".repeat(2_100)));
    let many = list(&format!("suggest={}", "a%20".repeat(65)));
    let plain = format!("{}?suggest=x", records("plain"));
    check(vec![
        refused("too long", &long).has("2048 bytes"),
        refused("too many words", &many).has("64 words"),
        refused("no search", &plain).has("not searchable"),
        refused("a wrong filter", &list("suggest=x&filter=nope=1")).has("filter"),
        refused("a hidden filter", &list("suggest=x&filter=secret='pearl'")).has("filter"),
    ]);
}

#[test]
fn what_was_lost_is_told_no_more_at_once() {
    let Some((server, superuser)) = films() else {
        return;
    };
    let anyone = server.anyone();
    // Nothing is waited for: the index still has everything.
    let told = || {
        let query = "facets=genres,director.name&suggest=sto&search=stones";
        let path = format!("{}?{query}", records("films"));
        let answer = anyone.get(&path).expect(200);
        let counted = answer["facets"]["director.name"]["values"].clone();
        (answer["suggestions"].clone(), counted)
    };
    anyone.get(&list("search=stones")).expect(200);
    assert_eq!(told().0[0]["word"], "Stones");
    assert_eq!(told().1, values(&[("Ada", 1)]));
    let change = |collection: &str, id: &str, body: Value| {
        let path = format!("{}/{id}", records(collection));
        superuser.patch(&path, &body).expect(200);
    };
    let stones = superuser.get(&list("search=stones")).expect(200);
    let id = stones["items"][0]["id"].as_str().expect("an id").to_owned();
    change("people", &"a".repeat(15), json!({"open": false}));
    assert_eq!(told().1, json!([]));
    change("people", &"a".repeat(15), json!({"open": true}));
    change("films", &id, json!({"open": false}));
    assert_eq!(told(), (json!([]), json!([])));
    change("films", &id, json!({"open": true}));
    assert_eq!(told().1, values(&[("Ada", 1)]));
    let path = format!("{}/{id}", records("films"));
    superuser.ask("DELETE", &path, &json!({})).expect(204);
    assert_eq!(told(), (json!([]), json!([])));
    let mut fields = superuser.get("/api/collections/films").expect(200)["fields"].clone();
    for field in fields.as_array_mut().expect("fields") {
        if field["name"] == "genres" {
            field["hidden"] = true.into();
        }
    }
    let hidden = json!({"fields": fields});
    superuser
        .patch("/api/collections/films", &hidden)
        .expect(200);
    anyone.get(&list("facets=genres")).expect(400);
    anyone.get(&list("facets=price")).expect(200);
    let locked = json!({"listRule": null});
    superuser
        .patch("/api/collections/films", &locked)
        .expect(200);
    for query in ["facets=price", "facets=nope", "suggest=need"] {
        anyone.get(&list(query)).expect(403);
    }
}
