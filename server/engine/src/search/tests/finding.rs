//! What is found, and what is not.

use super::*;

const WORDS: &str = r#"{"fields": {"text": {"weight": 1}}}"#;

fn words() -> Json {
    serde_json::from_str(WORDS).unwrap()
}

#[test]
fn words_are_found_however_they_are_written() {
    let world = World::new();
    world.posts(&["text"], &words());
    world.make_posts(&[
        "The quick brown fox",
        "A slow brown bear",
        "Crème brûlée with honey",
        "quickly done",
        "東京都に住む",
    ]);
    for (search, found) in [
        ("fox", &[0][..]),
        ("FOX ", &[0]),
        ("brown", &[0, 1]),
        ("brown bear", &[1, 0]),
        ("bear brown", &[1, 0]),
        ("creme", &[2]),
        ("CRÈME BRULEE", &[2]),
        // The last word may be a beginning, unless a space follows.
        ("quick", &[0, 3]),
        ("quick ", &[0]),
        ("bro", &[0, 1]),
        ("bro ", &[]),
        // One error from four letters, two from eight.
        ("brwon ", &[0, 1]),
        ("bron ", &[0, 1]),
        ("fx ", &[]),
        ("hnoey", &[2]),
        ("\"brown fox\"", &[0]),
        ("\"fox brown\"", &[]),
        ("\"quick fox\"", &[]),
        ("brown -fox", &[1]),
        ("-brown", &[2, 3, 4]),
        ("brown -\"brown fox\"", &[1]),
        ("text:fox", &[0]),
        ("other:fox", &[]),
        ("東京", &[4]),
        ("京都", &[4]),
        ("都京", &[]),
        ("住", &[4]),
        ("brownfox", &[0]),
        ("qui ckly ", &[3]),
        ("zebra", &[]),
    ] {
        assert_eq!(world.numbers(search), found, "{search}");
    }
}

#[test]
fn hits_with_fewer_words_come_behind() {
    let world = World::new();
    world.posts(&["text"], &words());
    world.make_posts(&["alpha beta gamma", "alpha beta", "alpha", "delta"]);
    assert_eq!(world.numbers("alpha beta gamma"), [0, 1]);
    assert_eq!(world.numbers("gamma alpha"), [0, 1, 2]);
    assert_eq!(world.numbers("alpha unknown"), [0, 1, 2]);
    assert_eq!(world.numbers("unknown words"), Vec::<usize>::new());
}

#[test]
fn modes_languages_and_synonyms_are_as_defined() {
    let world = World::new();
    let search = json!({ "fields": {
        "text": { "weight": 1, "language": "en" },
        "code": { "mode": "keyword" },
        "name": { "mode": "prefix" },
        "tag": { "mode": "exact" },
    }, "synonyms": { "car": ["automobile", "motor vehicle"] } });
    world.posts(&["text", "code", "name", "tag"], &search);
    let make = |number: usize, body: Json| {
        let mut body = object(body);
        body.insert("id".to_owned(), json!(format!("{number:015}")));
        world.make("posts", Json::Object(body));
    };
    make(0, json!({ "text": "She was running to the houses" }));
    make(1, json!({ "text": "an automobile", "code": "AB 12" }));
    make(2, json!({ "name": "Christopher", "tag": "alpha" }));
    make(3, json!({ "text": "a motor vehicle of the vehicle kind" }));
    for (search, found) in [
        ("run ", &[0][..]),
        ("house ", &[0]),
        ("the house ", &[0, 3]),
        ("car ", &[1, 3]),
        ("automobile ", &[1]),
        ("code:\"ab 12\"", &[1]),
        ("code:ab ", &[]),
        ("chris now ", &[2]),
        ("cristopher ", &[2]),
        ("tag:alpha", &[2]),
        ("tag:alph", &[]),
        ("tag:alpah", &[]),
    ] {
        assert_eq!(world.numbers(search), found, "{search}");
    }
}

#[test]
fn a_search_stands_beside_filter_sort_and_pages() {
    let world = World::new();
    world.posts(&["text", "kind"], &words());
    for number in 0..25 {
        let kind = if number % 2 == 0 { "even" } else { "odd" };
        let id = format!("{number:015}");
        world.make(
            "posts",
            json!({ "id": id, "text": "common word", "kind": kind }),
        );
    }
    world.settle();
    let asked = |request: &ListRequest| {
        let request = ListRequest {
            search: "common".to_owned(),
            ..request.clone()
        };
        let page = world.list(&guest(), "posts", &request).unwrap();
        let numbers: Vec<usize> = ids(&page).iter().map(|id| id.parse().unwrap()).collect();
        (numbers, page.total_items)
    };
    let request = ListRequest {
        per_page: 10,
        page: 3,
        ..ListRequest::default()
    };
    assert_eq!(asked(&request), ((20..25).collect(), Some(25)));
    let uncounted = ListRequest {
        skip_total: true,
        ..request.clone()
    };
    assert_eq!(asked(&uncounted), ((20..25).collect(), None));
    let filtered = ListRequest {
        filter: "kind = 'odd'".to_owned(),
        page: 1,
        ..request
    };
    let odd = vec![1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    assert_eq!(asked(&filtered), (odd, Some(12)));
    let sorted = ListRequest {
        sort: "-id".to_owned(),
        per_page: 3,
        ..ListRequest::default()
    };
    assert_eq!(asked(&sorted), (vec![24, 23, 22], Some(25)));
}

#[test]
fn a_cursor_goes_on_in_sorted_hits_of_the_same_search_alone() {
    let world = World::new();
    world.posts(&["text"], &words());
    for number in 0..8 {
        let id = format!("{number:015}");
        world.make("posts", json!({ "id": id, "text": "common word" }));
    }
    world.settle();
    let list = |search: &str, sort: &str, cursor: &str| {
        let request = ListRequest {
            search: search.to_owned(),
            sort: sort.to_owned(),
            cursor: Some(cursor.to_owned()),
            per_page: 3,
            ..ListRequest::default()
        };
        world.list(&guest(), "posts", &request)
    };
    let first = list("common", "-id", "").unwrap();
    let crate::query::Next::Cursor(cursor) = first.next.clone() else {
        panic!("there is more");
    };
    let behind = list("common", "-id", &cursor).unwrap();
    let numbers = |page: &Page<View>| -> Vec<usize> {
        ids(page).iter().map(|id| id.parse().unwrap()).collect()
    };
    assert_eq!(
        (numbers(&first), numbers(&behind)),
        (vec![7, 6, 5], vec![4, 3, 2])
    );
    assert!(list("word", "-id", &cursor).is_err());
    assert!(list("common", "", "").is_err());
}

#[test]
fn hits_tell_their_score_and_show_what_was_found() {
    let world = World::new();
    world.posts(&["text"], &words());
    let long = format!(
        "{} needle & <b>hay</b> {}",
        "hay ".repeat(200),
        "straw ".repeat(200)
    );
    world.make_posts(&["a <needle> here", &long]);
    world.settle();
    let request = ListRequest {
        search: "needel".to_owned(),
        highlight: vec!["*".to_owned(), "text".to_owned(), "nothing".to_owned()],
        ..ListRequest::default()
    };
    let page = world.list(&guest(), "posts", &request).unwrap();
    let snippets: Vec<&str> = page
        .found
        .iter()
        .map(|found| found.highlights[0].snippet.as_str())
        .collect();
    assert_eq!(snippets[0], "a &lt;<mark>needle</mark>&gt; here");
    assert!(snippets[1].contains(" <mark>needle</mark> &amp; &lt;b&gt;hay&lt;/b&gt; straw "));
    assert!(snippets[1].starts_with('…') && snippets[1].ends_with('…'));
    assert!(snippets[1].len() < 400, "{}", snippets[1].len());
    let scores: Vec<f32> = page.found.iter().map(|found: &Found| found.score).collect();
    assert!(
        scores[0] > scores[1] && scores[0] < 1.0 && scores[1] > 0.0,
        "{scores:?}"
    );
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let world = World::new();
    world.collection(json!({ "name": "posts", "type": "base", "listRule": "",
        "fields": fields(&["text"]) }));
    world.collection(
        json!({ "name": "locked", "type": "base", "fields": fields(&["text"]),
        "search": words() }),
    );
    world.settle();
    let list = |collection: &str, search: &str| {
        let request = ListRequest {
            search: search.to_owned(),
            ..ListRequest::default()
        };
        let refused = world.list(&guest(), collection, &request).unwrap_err();
        refused.to_string()
    };
    assert!(list("posts", "word").contains("the collection posts is not searchable"));
    assert!(list("locked", "word").contains("superusers"));
    let long = "word ".repeat(1_000);
    assert!(list("posts", &long).contains("not searchable"));
    // Without words there is no search.
    let request = ListRequest {
        search: "  ".to_owned(),
        ..ListRequest::default()
    };
    assert!(world.list(&guest(), "posts", &request).is_ok());
}
