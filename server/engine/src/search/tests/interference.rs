//! What a caller may not see changes nothing that a search answers them: not the hits, their order,
//! scores or snippets, not the totals, the counted values, the suggested words, nor what is found
//! in many collections at once.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use std::slice::from_ref;

use luge_model::limits::SUGGESTION_RECORDS_MAX;

use super::*;
use crate::query::Counted;
use crate::records::SearchesRequest;

/// One post: the open ones are listed for everybody, the others for superusers.
#[derive(Clone, Debug)]
struct Post {
    text: String,
    secret: String,
    open: bool,
    author: usize,
}

fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "apple",
        "apples",
        "ample",
        "orange",
        "oranges",
        "grape",
        "grapefruit",
        "fruit",
        "bowl",
    ]);
    prop::collection::vec(word, 0..5).prop_map(|words| words.join(" "))
}

fn post() -> impl Strategy<Value = Post> {
    (text(), text(), any::<bool>(), 0..4_usize).prop_map(|(text, secret, open, author)| Post {
        text,
        secret,
        open,
        author,
    })
}

/// Two sets of data that are the same for everybody but superusers.
fn pair() -> impl Strategy<Value = [(Vec<Post>, Vec<String>); 2]> {
    let posts = prop::collection::vec((post(), text(), text(), 0..4_usize), 1..14);
    let names = prop::collection::vec((text(), text()), 4);
    (posts, names, prop::collection::vec(post(), 0..4)).prop_map(|(posts, names, more)| {
        let first = posts.iter().map(|(post, ..)| post.clone()).collect();
        let mut second: Vec<Post> = Vec::new();
        for (post, text, secret, author) in posts {
            second.push(match post.open {
                true => Post { secret, ..post },
                false => Post {
                    text,
                    secret,
                    author,
                    open: false,
                },
            });
        }
        second.extend(more.into_iter().map(|post| Post {
            open: false,
            ..post
        }));
        // The first two authors are listed for everybody.
        let one: Vec<String> = names.iter().map(|(name, _)| name.clone()).collect();
        let names = names.into_iter().enumerate();
        let other = names.map(|(at, (name, changed))| if at < 2 { name } else { changed });
        [(first, one), (second, other.collect())]
    })
}

fn world((posts, names): &(Vec<Post>, Vec<String>)) -> World {
    let world = World::new();
    world.collection(
        json!({ "name": "authors", "type": "base", "listRule": "open = true",
        "fields": [{ "name": "name", "type": "text" }, { "name": "open", "type": "bool" }],
        "search": { "fields": { "name": {} } } }),
    );
    let authors = world
        .engine
        .records
        .compiled("authors")
        .unwrap()
        .collection
        .id
        .clone();
    for (at, name) in names.iter().enumerate() {
        world.make(
            "authors",
            json!({ "id": format!("{at:015}"), "name": name, "open": at < 2 }),
        );
    }
    world.collection(
        json!({ "name": "posts", "type": "base", "listRule": "open = true", "fields": [
        { "name": "text", "type": "text" },
        { "name": "secret", "type": "text", "hidden": true },
        { "name": "open", "type": "bool" },
        { "name": "author", "type": "relation", "collectionId": authors, "maxSelect": 1 },
    ], "search": { "fields": {
        "text": { "weight": 3, "language": "en", "facet": true }, "secret": { "facet": true },
        "author.name": { "facet": true }, "author": { "facet": true }, "open": { "facet": true },
    } } }),
    );
    for (at, post) in posts.iter().enumerate() {
        world.make(
            "posts",
            json!({ "id": format!("{at:015}"), "text": post.text,
            "secret": post.secret, "open": post.open, "author": format!("{:015}", post.author) }),
        );
    }
    world.settle();
    world
}

/// A way in which something is told: what is answered to a search, in an order.
type Channel = fn(&World, &Context, &str, &str) -> String;

const CHANNELS: [(&str, Channel); 4] = [
    ("the hits", hits),
    ("the facets", counts),
    ("the suggestions", suggestions),
    ("many collections", many),
];

fn hits(world: &World, context: &Context, search: &str, sort: &str) -> String {
    let request = ListRequest {
        highlight: vec!["*".to_owned(), "secret".to_owned()],
        ..asking(search, sort)
    };
    match world.list(context, "posts", &request) {
        Ok(page) => {
            let mut out = format!("{:?} {}\n", page.total_items, page.more_than_total).into_bytes();
            for view in &page.items {
                view.write_json(&mut out);
                out.push(b'\n');
            }
            String::from_utf8(out).unwrap()
        }
        Err(error) => error.to_string(),
    }
}

fn counts(world: &World, context: &Context, search: &str, sort: &str) -> String {
    let told = ["text,author,author.name,open", "secret", "text,nothing"].map(|facets| {
        let request = ListRequest {
            facets: Some(facets.to_owned()),
            ..asking(search, sort)
        };
        let page = world.list(context, "posts", &request);
        format!("{:?}", page.map(|page| page.facets))
    });
    told.join("\n")
}

fn suggestions(world: &World, context: &Context, search: &str, sort: &str) -> String {
    let request = ListRequest {
        suggest: Some(search.to_owned()),
        ..asking("", sort)
    };
    let page = world.list(context, "posts", &request);
    format!("{:?}", page.map(|page| page.suggestions))
}

fn many(world: &World, context: &Context, search: &str, _: &str) -> String {
    let told = [None, Some(vec!["authors".to_owned(), "posts".to_owned()])].map(|collections| {
        let request = SearchesRequest {
            search: search.to_owned(),
            collections,
            per_collection: 2,
            highlight: vec!["*".to_owned()],
            counts_all_hits: false,
        };
        let mut out = Vec::new();
        match world.engine.records.search(context, &request) {
            Ok(searches) => {
                for (collection, page) in &searches.groups {
                    let head = (&collection.name, page.total_items, page.more_than_total);
                    out.extend_from_slice(format!("{head:?}\n").as_bytes());
                    page.items.iter().for_each(|view| view.write_json(&mut out));
                }
            }
            Err(error) => out.extend_from_slice(error.to_string().as_bytes()),
        }
        String::from_utf8(out).unwrap()
    });
    told.join("\n")
}

fn asking(search: &str, sort: &str) -> ListRequest {
    ListRequest {
        search: search.to_owned(),
        sort: sort.to_owned(),
        per_page: 5,
        ..ListRequest::default()
    }
}

const SEARCHES: [&str; 21] = [
    "apple",
    "apples ",
    "aple ",
    "orange fruit",
    "grape fruit ",
    "grapefruit",
    "\"apple bowl\"",
    "-orange",
    "fruit -grape",
    "gr",
    "oragne bowl apple",
    "secret:apple",
    "author.name:orange",
    "text:bowl",
    "nothing bowl",
    "o",
    "",
    "bowl gr",
    "secret:a",
    "author.name:o",
    "apple text:o",
];

#[test]
fn what_is_not_seen_changes_no_answer() {
    let mut runner = TestRunner::new(Config::with_cases(12));
    let told = CHANNELS.map(|_| std::cell::Cell::new(0));
    runner
        .run(&pair(), |data| {
            let worlds = data.each_ref().map(world);
            for (search, sort) in SEARCHES
                .iter()
                .flat_map(|one| [(*one, ""), (*one, "-text")])
            {
                for ((name, channel), told) in CHANNELS.iter().zip(&told) {
                    let answers = worlds
                        .each_ref()
                        .map(|one| channel(one, &guest(), search, sort));
                    if answers[0] != answers[1] {
                        let reason = format!("{name}: {search}: {}\n{}", answers[0], answers[1]);
                        return Err(TestCaseError::fail(reason));
                    }
                    let seen = worlds
                        .each_ref()
                        .map(|one| channel(one, &system(), search, sort));
                    told.set(told.get() + usize::from(seen[0] != seen[1]));
                }
            }
            Ok(())
        })
        .unwrap();
    // Who may see it all is answered differently through each of them: the test can tell.
    for ((name, _), told) in CHANNELS.iter().zip(&told) {
        assert!(told.get() > 100, "{name}: {}", told.get());
    }
}

/// The words after a common one that the posts of a world have, many more than are read for
/// suggestions. Those in between that only superusers list are longer, and fewer in one world.
fn crowd(hidden: usize) -> World {
    let world = World::new();
    world.collection(
        json!({ "name": "posts", "type": "base", "listRule": "open = true",
        "fields": [{ "name": "text", "type": "text" }, { "name": "open", "type": "bool" }],
        "search": { "fields": { "text": {} } } }),
    );
    for number in 0..SUGGESTION_RECORDS_MAX + 40 {
        for _ in 0..hidden {
            let text = format!("common wordy {number} and many others");
            world.make("posts", json!({ "text": text, "open": false }));
        }
        let text = match number < SUGGESTION_RECORDS_MAX {
            true => format!("common word{}", number % 7),
            // Better ones, but behind those that are read.
            false => "common wordlast".to_owned(),
        };
        world.make("posts", json!({ "text": text, "open": true }));
    }
    world.settle();
    world
}

#[test]
fn which_records_are_read_for_suggestions_depends_on_those_that_are_seen() {
    let [none, some] = [0, 2].map(crowd);
    let asked = |world: &World, context: &Context| suggestions(world, context, "common wo", "");
    let told = asked(&none, &guest());
    assert_eq!(told, asked(&some, &guest()));
    assert!(
        told.contains("word6") && !told.contains("wordlast"),
        "{told}"
    );
    assert_ne!(told, asked(&some, &system()));
}

#[test]
fn what_a_caller_loses_is_gone_at_once() {
    let world = World::new();
    world.collection(
        json!({ "name": "posts", "type": "base", "listRule": "open = true",
        "fields": [
            { "name": "text", "type": "text" },
            { "name": "open", "type": "bool" },
            { "name": "count", "type": "number" },
        ], "search": { "fields": { "text": {}, "count": { "facet": true } } } }),
    );
    let id = world.make(
        "posts",
        json!({ "text": "needle", "open": true, "count": 1 }),
    );
    assert_eq!(world.found(&guest(), "needle"), from_ref(&id));
    let at_once = |search: &str| told_at_once(&world, search);
    assert_eq!(at_once("needle").unwrap(), [1; 4]);
    // The index is not waited for.
    let closed = object(json!({ "open": false }));
    wait(world.engine.records.update(&system(), "posts", &id, closed)).unwrap();
    assert_eq!(at_once("needle").unwrap(), [0; 4]);
    let open = object(json!({ "open": true }));
    wait(world.engine.records.update(&system(), "posts", &id, open)).unwrap();
    assert_eq!(world.found(&guest(), "needle"), from_ref(&id));
    let hidden = json!({ "fields": [
        { "name": "text", "type": "text", "hidden": true },
        { "name": "open", "type": "bool" },
        { "name": "count", "type": "number" },
    ] });
    let compiled = world.engine.records.compiled("posts").unwrap();
    let mut hidden = object(hidden);
    for (at, name) in ["text", "open", "count"].iter().enumerate() {
        hidden["fields"][at]["id"] = json!(compiled.collection.field(name).unwrap().id);
    }
    world.change("posts", Json::Object(hidden));
    assert_eq!(at_once("needle").unwrap(), [0; 4]);
    assert_eq!(world.found(&system(), "needle"), from_ref(&id));
    world.change("posts", json!({ "listRule": null }));
    assert!(at_once("needle").is_err());
    let refused = |collection: &str| {
        let request = SearchesRequest {
            search: "needle".to_owned(),
            collections: Some(vec![collection.to_owned()]),
            ..SearchesRequest::default()
        };
        let error = world.engine.records.search(&guest(), &request).unwrap_err();
        error.to_string()
    };
    assert_eq!(refused("posts").replace("posts", "posty"), refused("posty"));
}

/// What each way tells a guest of one word: hits, counted values, suggested words, groups.
fn told_at_once(world: &World, search: &str) -> crate::error::Result<[usize; 4]> {
    let request = ListRequest {
        search: search.to_owned(),
        highlight: vec!["*".to_owned()],
        facets: Some("count".to_owned()),
        suggest: search.get(..4).map(str::to_owned),
        ..ListRequest::default()
    };
    let page = world.list(&guest(), "posts", &request)?;
    let counted = match &page.facets.unwrap().counts[0].counted {
        Counted::Values { values, .. } => values.len(),
        Counted::Ranges(_) => panic!("no ranges were asked for"),
    };
    let many = SearchesRequest {
        search: search.to_owned(),
        per_collection: 5,
        ..SearchesRequest::default()
    };
    let groups = world.engine.records.search(&guest(), &many)?.groups.len();
    let suggested = page.suggestions.unwrap().len();
    Ok([page.items.len(), counted, suggested, groups])
}

#[test]
fn addresses_that_are_not_shown_are_not_searched() {
    // Passwords are hashed on its threads.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    let world = World::new();
    world.collection(json!({ "name": "members", "type": "auth", "listRule": "",
        "fields": [{ "name": "name", "type": "text" }],
        "search": { "fields": { "name": {}, "email": { "facet": true } } } }));
    let make = |email: &str, shown: bool| {
        world.make(
            "members",
            json!({ "email": email, "emailVisibility": shown,
            "password": "1234567890", "passwordConfirm": "1234567890", "name": "member" }),
        )
    };
    let shown = make("shown@example.com", true);
    let kept = make("kept@example.com", false);
    world.settle();
    let found = |context: &Context, search: &str| {
        let request = ListRequest {
            search: search.to_owned(),
            ..ListRequest::default()
        };
        ids(&world.list(context, "members", &request).unwrap())
    };
    assert_eq!(found(&guest(), "example"), from_ref(&shown));
    assert_eq!(found(&guest(), "email:kept"), Vec::<String>::new());
    assert_eq!(found(&guest(), "kept@example.com"), Vec::<String>::new());
    assert_eq!(
        found(&guest(), "member -kept"),
        [shown.clone(), kept.clone()]
    );
    assert_eq!(found(&system(), "member -kept"), from_ref(&shown));
    let own = user(&world, "members", &kept);
    assert_eq!(found(&own, "example"), [shown, kept.clone()]);
    let told = |context: &Context| {
        let request = ListRequest {
            facets: Some("email".to_owned()),
            suggest: Some("kep".to_owned()),
            ..ListRequest::default()
        };
        let page = world.list(context, "members", &request).unwrap();
        format!("{:?} {:?}", page.facets, page.suggestions)
    };
    assert!(!told(&guest()).contains("kept"), "{}", told(&guest()));
    assert!(told(&guest()).contains("shown@example.com"));
    for context in [own, system()] {
        let told = told(&context);
        assert!(
            told.contains("kept@example.com") && told.contains("word: \"kept\""),
            "{told}"
        );
    }
    behind_a_relation(&world, &kept);
}

/// An address behind a relation is found, counted and completed for superusers alone.
fn behind_a_relation(world: &World, member: &str) {
    let members = world.engine.records.compiled("members").unwrap();
    world.collection(
        json!({ "name": "posts", "type": "base", "listRule": "", "fields": [
        { "name": "member", "type": "relation", "collectionId": members.collection.id },
    ], "search": { "fields": { "member.email": { "facet": true }, "member.name": {} } } }),
    );
    world.make("posts", json!({ "member": member }));
    world.settle();
    let told = |context: &Context, facets: Option<&str>| {
        let request = ListRequest {
            search: "kept".to_owned(),
            facets: facets.map(str::to_owned),
            suggest: Some("kep".to_owned()),
            ..ListRequest::default()
        };
        let page = world.list(context, "posts", &request)?;
        Ok::<_, crate::error::Error>((page.items.len(), page.suggestions.unwrap().len()))
    };
    assert_eq!(told(&guest(), None).unwrap(), (0, 0));
    assert!(told(&guest(), Some("member.email")).is_err());
    assert_eq!(told(&system(), Some("member.email")).unwrap(), (1, 1));
}
