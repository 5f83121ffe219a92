//! In which order rows of joins are chosen and how often a record is looked up changes no answer.

use proptest::prelude::*;
use serde_json::json;

use super::joins::World;
use super::records;
use crate::filter::Audience;
use crate::id::CollectionNumber;

const POSTS: CollectionNumber = CollectionNumber(3);

/// The same world with more posts, many of which name the same others.
fn alike() -> World {
    let mut world = World::new();
    let mut rows = Vec::new();
    for place in 0..12 {
        let parent = ["p0", "p1", "", "gone"][place % 4];
        let tag = ["t0", "t1", "", "gone", "t0"][place % 5];
        let tags = [&["t0", "t1"][..], &[], &["t1"], &["t2", "gone", "t0"]][place / 3];
        let name = ["p0", "t1", "1"][place % 3];
        rows.push(
            json!({"id": format!("p{place}"), "n": name, "parent": parent, "tag": tag,
            "tags": tags, "sm": ["a"]}),
        );
    }
    let posts = records(world.posts().0, &rows);
    world.records.insert(POSTS, posts);
    world
}

/// What stands behind a relation is looked up once for each record that it names, not for each
/// record that names it; what reads the record itself is asked of each.
#[test]
fn what_many_name_is_looked_up_once() {
    let world = alike();
    for (filter, looked_up) in [
        // Two tags, one that is gone, and none.
        ("tag.n = 't0'", 3),
        ("tag.n != 't0'", 3),
        ("tag.n ?= 't0' && tag.v = 0", 3),
        // Three parents; behind p0 and p1 stand two tags.
        ("parent.tag.n = 't0'", 5),
        // Each value of several is asked of its own; without `?` of all values again.
        ("tags.n ?= 't0'", 4),
        // Compared with the record itself.
        ("parent.n = n", 9),
    ] {
        let parsed = world.parse(Audience::Rule, filter);
        world.looked_up.set(0);
        world.asked(|environment| {
            let prepared = parsed.prepare(environment);
            for post in &world.posts().1 {
                let tried = parsed.matches_by_trying(post, environment);
                assert_eq!(prepared.matches(post), tried, "{filter} {}", post.id());
            }
            world.looked_up.set(0);
            let prepared = parsed.prepare(environment);
            for post in &world.posts().1 {
                let _ = prepared.matches(post);
            }
            assert_eq!(world.looked_up.get(), looked_up, "{filter}");
        });
    }
}

fn comparison() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "n",
        "tag.n",
        "tags.n",
        "tags.v",
        "tags.id",
        "tag.v",
        "parent.n",
        "parent.tag.v",
        "parent.tags.v",
        "tags.posts_via_tag.n",
        "comments_via_post.k",
        "comments_via_post.who",
        "posts_via_parent.tags.v",
        "parent.comments_via_post.k",
        "@collection.comments.k",
        "@collection.tags.v",
        "sm:each",
        "tags:length",
    ]);
    let value = prop::sample::select(vec![
        "1",
        "2",
        "\"me\"",
        "\"t0\"",
        "\"t1\"",
        "\"\"",
        "\"a\"",
        "tags.v",
        "tag.v",
        "n",
        "comments_via_post.k",
        "@collection.comments.k",
    ]);
    let operator = prop::sample::select(vec!["=", "!=", ">", "<=", "~", "?=", "?!=", "?>", "?~"]);
    (name, operator, value).prop_map(|(name, operator, value)| format!("{name} {operator} {value}"))
}

fn whole() -> impl Strategy<Value = String> {
    comparison().prop_recursive(3, 7, 3, |inner| {
        (prop::collection::vec(inner, 2..4), prop::bool::ANY).prop_map(|(parts, all)| {
            let join = if all { " && " } else { " || " };
            format!("({})", parts.join(join))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Choosing rows where they are needed gives what trying every combination of rows gives.
    #[test]
    fn choosing_rows_is_trying_them_all(filter in whole()) {
        let world = alike();
        for audience in [Audience::Rule, Audience::Client] {
            if audience == Audience::Client && filter.contains('@') {
                continue;
            }
            let parsed = world.parse(audience, &filter);
            world.asked(|environment| {
                let prepared = parsed.prepare(environment);
                for post in &world.posts().1 {
                    let tried = parsed.matches_by_trying(post, environment);
                    prop_assert_eq!(prepared.matches(post), tried, "{} {}", &filter, post.id());
                }
                Ok(())
            })?;
        }
    }
}
