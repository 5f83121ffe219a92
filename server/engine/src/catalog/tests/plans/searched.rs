//! Search options name fields too.

use super::*;

#[tokio::test]
async fn searched_fields_follow_a_rename_in_both_collections() {
    let world = World::with_references().await;
    let own = json!({ "search": { "fields": { "title": {} } } });
    world.update("films", own).await;
    let theirs = json!({ "search": { "fields": { "film.title": {}, "title": {} } } });
    world.update("notes", theirs).await;
    let body = world.renaming("films", "title", "name");
    let plan = world.plan("films", rewriting(body.clone()));
    let places = |list: &Json, key: &str| {
        let all = list.as_array().unwrap().iter();
        let place = |one: &Json| (one["collection"].clone(), one[key].clone());
        let places: Vec<_> = all.map(place).collect();
        places
    };
    let expected = [
        (json!("films"), json!("search.fields.title")),
        (json!("notes"), json!("search.fields.film.title")),
    ];
    for list in [&plan["references"], &plan["rewritten"]] {
        let found = places(list, "place");
        assert!(expected.iter().all(|one| found.contains(one)), "{plan}");
    }
    world.update("films", rewriting(body)).await;
    let paths = |name: &str| {
        let search = world.rule(name, "search");
        let fields = search["fields"].as_object().unwrap();
        fields.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(paths("films"), ["name"]);
    assert_eq!(paths("notes"), ["film.name", "title"]);
    let dropped = json!({ "fields": [] });
    let plan = world.plan("films", dropped);
    let gone = &plan["violations"]["search"]["fields"]["name"]["path"]["code"];
    assert_eq!(gone, "validation_invalid_value", "{plan}");
}
