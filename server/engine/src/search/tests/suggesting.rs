//! Suggestions: the words that complete the last one of a text.

use super::*;
use crate::query::Suggestion;

fn suggested(world: &World, context: &Context, text: &str, filter: &str) -> Vec<Suggestion> {
    let request = ListRequest {
        suggest: Some(text.to_owned()),
        filter: filter.to_owned(),
        ..ListRequest::default()
    };
    let page = world.list(context, "posts", &request).unwrap();
    page.suggestions.unwrap()
}

/// The texts that are suggested to a guest.
fn texts(world: &World, text: &str) -> Vec<String> {
    let suggested = suggested(world, &guest(), text, "");
    suggested.into_iter().map(|one| one.text).collect()
}

fn films() -> World {
    let world = World::new();
    let search = json!({ "fields": { "text": { "language": "en" }, "genre": { "mode": "keyword" },
        "code": { "mode": "exact" } } });
    world.posts(&["text", "genre", "code"], &search);
    for (text, genre, code) in [
        ("The Moving Movie", "Movable Feast", "mov-1"),
        ("A movie about movement", "", ""),
        ("Old MOVIE, old movie; movie!", "", ""),
        ("Café movements of the theatre", "", ""),
        ("Old moves", "", ""),
    ] {
        world.make(
            "posts",
            json!({ "text": text, "genre": genre, "code": code }),
        );
    }
    world.settle();
    world
}

#[test]
fn the_words_of_most_records_are_first_as_they_are_written_most() {
    let world = films();
    for (text, expected) in [
        (
            "mov",
            &["movie", "movement", "movements", "moves", "Moving"][..],
        ),
        (
            "MOV",
            &["movie", "movement", "movements", "moves", "Moving"],
        ),
        ("old mov", &["old moves", "old movie"]),
        ("Old  mov", &["Old  moves", "Old  movie"]),
        ("caf", &["Café"]),
        ("CAFÉ mo", &["CAFÉ movements"]),
        // What it begins with is not suggested again, nor is what says nothing.
        ("movie", &[]),
        ("th", &["theatre"]),
        (
            "text:mov",
            &[
                "text:movie",
                "text:movement",
                "text:movements",
                "text:moves",
                "text:Moving",
            ],
        ),
        ("\"old movie\" mo", &["\"old movie\" movie"]),
        ("old -movie mo", &["old -movie moves"]),
        // Neither errors nor missing words are forgiven.
        ("mvo", &[]),
        ("new mov", &[]),
        // Whole values and words as they are written have no beginnings that are found.
        ("genre:mov", &[]),
        ("code:mov", &[]),
        // Nothing to complete.
        ("", &[]),
        (" ", &[]),
        ("mov ", &[]),
        ("-mov", &[]),
        ("\"mov\"", &[]),
        ("mov.", &[]),
        ("!", &[]),
        ("mov-m", &[]),
        ("\u{0}\u{7}", &[]),
    ] {
        assert_eq!(texts(&world, text), expected, "{text:?}");
    }
    let words = suggested(&world, &guest(), "old mov", "text ~ 'moves'");
    let word = |one: &Suggestion| one.word.clone();
    assert_eq!(words.iter().map(word).collect::<Vec<_>>(), ["moves"]);
}

#[test]
fn no_more_than_some_are_suggested() {
    let world = World::new();
    world.posts(&["text"], &json!({ "fields": { "text": {} } }));
    let words: Vec<String> = (10..40).map(|number| format!("word{number}")).collect();
    world.make_posts(&[&words.join(" "), "word39 word38", "word39"]);
    world.settle();
    let expected = [
        "word39", "word38", "word10", "word11", "word12", "word13", "word14", "word15", "word16",
        "word17",
    ];
    assert_eq!(texts(&world, "wo"), expected);
}

#[test]
fn records_are_read_as_they_are_now() {
    let world = films();
    let id = world.make("posts", json!({ "text": "movable" }));
    world.settle();
    assert!(texts(&world, "mov").contains(&"movable".to_owned()));
    // The index is not waited for.
    let body = object(json!({ "text": "secret" }));
    wait(world.engine.records.update(&system(), "posts", &id, body)).unwrap();
    assert!(!texts(&world, "mov").contains(&"movable".to_owned()));
    wait(world.engine.records.delete(&system(), "posts", &id)).unwrap();
    assert_eq!(texts(&world, "secr"), Vec::<String>::new());
}
