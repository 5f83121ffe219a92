//! What a caller may not see changes nothing that a search answers them: not the hits, their order,
//! scores or snippets, not the totals.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use std::slice::from_ref;

use super::*;

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
        "fields": [{ "name": "name", "type": "text" }, { "name": "open", "type": "bool" }] }),
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
        "text": { "weight": 3, "language": "en" }, "secret": {}, "author.name": {},
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

/// Everything that is answered to a search.
fn answer(world: &World, context: &Context, search: &str, sort: &str) -> String {
    let request = ListRequest {
        search: search.to_owned(),
        sort: sort.to_owned(),
        per_page: 5,
        highlight: vec!["*".to_owned(), "secret".to_owned()],
        ..ListRequest::default()
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

const SEARCHES: [&str; 16] = [
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
];

#[test]
fn what_is_not_seen_changes_no_answer() {
    let mut runner = TestRunner::new(Config::with_cases(20));
    let told = std::cell::Cell::new(0);
    runner
        .run(&pair(), |data| {
            let [first, second] = data.each_ref().map(world);
            for search in SEARCHES {
                for sort in ["", "-text"] {
                    let answers = [&first, &second].map(|one| answer(one, &guest(), search, sort));
                    if answers[0] != answers[1] {
                        let reason = format!("{search}: {}\n{}", answers[0], answers[1]);
                        return Err(TestCaseError::fail(reason));
                    }
                    let seen = [&first, &second].map(|one| answer(one, &system(), search, sort));
                    told.set(told.get() + usize::from(seen[0] != seen[1]));
                }
            }
            Ok(())
        })
        .unwrap();
    // Who may see it all is answered differently: the test can tell.
    assert!(told.get() > 100, "{}", told.get());
}

#[test]
fn what_a_caller_loses_is_gone_at_once() {
    let world = World::new();
    world.collection(
        json!({ "name": "posts", "type": "base", "listRule": "open = true",
        "fields": [
            { "name": "text", "type": "text" },
            { "name": "open", "type": "bool" },
        ], "search": { "fields": { "text": {} } } }),
    );
    let id = world.make("posts", json!({ "text": "needle", "open": true }));
    assert_eq!(world.found(&guest(), "needle"), from_ref(&id));
    let at_once = |search: &str| {
        let request = ListRequest {
            search: search.to_owned(),
            highlight: vec!["*".to_owned()],
            ..ListRequest::default()
        };
        world
            .list(&guest(), "posts", &request)
            .map(|page| page.items.len())
    };
    // The index is not waited for.
    let closed = object(json!({ "open": false }));
    wait(world.engine.records.update(&system(), "posts", &id, closed)).unwrap();
    assert_eq!(at_once("needle").unwrap(), 0);
    let open = object(json!({ "open": true }));
    wait(world.engine.records.update(&system(), "posts", &id, open)).unwrap();
    assert_eq!(world.found(&guest(), "needle"), from_ref(&id));
    let hidden = json!({ "fields": [
        { "name": "text", "type": "text", "hidden": true },
        { "name": "open", "type": "bool" },
    ] });
    let text = world.engine.records.compiled("posts").unwrap();
    let text = text.collection.field("text").unwrap().id.clone();
    let mut hidden = object(hidden);
    hidden["fields"][0]["id"] = json!(text);
    world.change("posts", Json::Object(hidden));
    assert_eq!(at_once("needle").unwrap(), 0);
    assert_eq!(world.found(&system(), "needle"), from_ref(&id));
    world.change("posts", json!({ "listRule": null }));
    assert!(at_once("needle").is_err());
}

#[test]
fn addresses_that_are_not_shown_are_not_searched() {
    // Passwords are hashed on its threads.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    let world = World::new();
    world.collection(json!({ "name": "members", "type": "auth", "listRule": "",
        "fields": [{ "name": "name", "type": "text" }],
        "search": { "fields": { "name": {}, "email": {} } } }));
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
    assert_eq!(found(&own, "example"), [shown, kept]);
}
