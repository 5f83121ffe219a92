//! Expand: which related records an answer shows, to whom, and what the rest of a path does to it.

mod blog;

use blog::{blog, check};
use luge_tests::persona::records;
use luge_tests::{Persona, Requests};
use serde_json::{Value, json};

#[test]
fn relations_lead_to_what_the_caller_may_view() {
    let blog = blog();
    for (expand, expected) in [
        ("", "one"),
        (",", "one"),
        ("tag", "one{tag:red}"),
        ("tags", "one{tags:[blue red green]}"),
        ("tag,tags,tag", "one{tag:red tags:[blue red green]}"),
        ("%20tag%20,,%20tags.", "one{tag:red tags:[blue red green]}"),
        ("partly", "one{partly:[open]}"),
        ("facts", "one{facts:fact}"),
        ("member.tag", "one{member:ann{tag:green}}"),
        ("owned.owner", "one{}"),
        // A rule that does not hold leaves an empty expand, a locked one leaves none.
        ("owned", "one{}"),
        ("plain", "one{}"),
        ("bodies", "one{}"),
        ("before", "one{}"),
        ("locked", "one"),
        // So does a name that leads nowhere, and then the whole path goes.
        ("nothing", "one"),
        ("name", "one"),
        ("id", "one"),
        ("TAG", "one"),
        ("Tag", "one"),
        ("expand", "one"),
        ("collectionId", "one"),
        ("tag.nothing", "one"),
        ("tag,tag.nothing", "one"),
        ("tag.name", "one"),
        ("tag,nothing", "one{tag:red}"),
        ("owned.nothing", "one{}"),
        ("before.nothing", "one{}"),
        ("tag%00", "one"),
        ("*", "one"),
        ("@request.auth", "one"),
        ("@collection.tags", "one"),
        ("tag:each", "one"),
    ] {
        blog.check(&blog.anyone, 0, expand, expected);
    }
    for (expand, expected) in [
        ("owned", "one{owned:ann's}"),
        ("owned.owner", "one{owned:ann's{owner:ann}}"),
        ("owned.owner.nothing", "one"),
        ("locked", "one"),
    ] {
        blog.check(&blog.ann, 0, expand, expected);
    }
    blog.check(&blog.bob, 0, "owned", "one{}");
    let all = "locked,owned.owner.shy,partly,plain,shy,vaults_via_post";
    let shown = "one{locked:vault owned:ann's{owner:ann{shy:red}} partly:[closed open] \
                 plain:plain shy:green vaults_via_post:[vault]}";
    blog.check(&blog.superuser, 0, all, shown);
    blog.check(&blog.superuser, 0, "nothing", "one");
}

#[test]
fn back_relations_lead_to_what_the_caller_may_view() {
    let blog = blog();
    for (expand, expected) in [
        ("comments_via_post", "one{comments_via_post:[first second]}"),
        ("comments_via_posts", "one{comments_via_posts:[second]}"),
        ("COMMENTS_via_post", "one{COMMENTS_via_post:[first second]}"),
        ("comments(post)", "one{comments(post):[first second]}"),
        // One that a unique index of its own column allows once is no list.
        ("profiles_via_post", "one{profiles_via_post:profile}"),
        ("pairs_via_post", "one{pairs_via_post:[pair]}"),
        (
            "posts_via_before.posts_via_before",
            "one{posts_via_before:[two{posts_via_before:[three]}]}",
        ),
        (
            "comments_via_posts.posts.before",
            "one{comments_via_posts:[second{posts:[two{before:one} one{}]}]}",
        ),
        ("posts_via_before.tag", "one{posts_via_before:[two{}]}"),
        ("vaults_via_post", "one"),
        ("posts_via_before.vaults_via_post", "one"),
        ("comments_via_nothing", "one"),
        ("nothing_via_post", "one"),
        ("comments_via_POST", "one"),
        ("comments_via_name", "one"),
        ("comments_via_", "one"),
        ("_via_post", "one"),
        ("comments(post", "one"),
        ("comments()", "one"),
        ("(post)", "one"),
        // A relation to another collection.
        ("posts_via_tag", "one"),
        ("owned_via_owner", "one"),
        ("comments_via_post.post_via_tag", "one"),
    ] {
        blog.check(&blog.anyone, 0, expand, expected);
    }
    blog.check(&blog.anyone, 2, "posts_via_before", "three{}");
    blog.check(&blog.anyone, 2, "profiles_via_post", "three{}");
    let by_id = blog
        .superuser
        .get("/api/collections/comments")
        .text_at("id");
    let expected = format!("one{{{by_id}_via_post:[first second]}}");
    blog.check(&blog.anyone, 0, &format!("{by_id}_via_post"), &expected);
}

#[test]
fn hidden_relations_are_followed_for_superusers_only() {
    let blog = blog();
    if blog.server.is_reference() {
        return;
    }
    for persona in [&blog.anyone, &blog.ann, &blog.bob] {
        for post in [0, 1] {
            let name = ["one", "two"][post];
            blog.check(persona, post, "shy", name);
            blog.check(persona, post, "comments_via_shy", name);
        }
        blog.check(persona, 0, "member.shy", "one");
        blog.check(persona, 0, "shy,tag", "one{tag:red}");
    }
    let shown = "one{comments_via_shy:[second] member:ann{shy:red} shy:green}";
    blog.check(&blog.superuser, 0, "shy,member.shy,comments_via_shy", shown);
    let path = "/api/collections/members/auth-refresh?expand=shy,members_via_shy";
    check(&blog.ann.post(path, &Value::Null), "ann");
}

#[test]
fn a_list_follows_a_path_from_all_its_records_or_from_none() {
    let blog = blog();
    let list = |expand: &str| {
        let path = format!("{}?skipTotal=1&expand={expand}", records("posts"));
        blog.anyone.get(&path)
    };
    for (expand, expected) in [
        ("tag", "one{tag:red} two{} three{tag:blue}"),
        (
            "before.tag",
            "one{} two{before:one{tag:red}} three{before:two{}}",
        ),
        (
            "before.before.tag,before.member",
            "one{} two{before:one{member:ann}} three{before:two{before:one{tag:red}}}",
        ),
        (
            "posts_via_before,tag",
            "one{posts_via_before:[two] tag:red} two{posts_via_before:[three]} three{tag:blue}",
        ),
        ("owned.owner", "one{} two{} three{}"),
        ("nothing", "one two three"),
        ("tag.nothing", "one two three"),
        ("before.nothing", "one two three"),
        ("before.before.locked", "one two three"),
        ("locked", "one two three"),
        ("tag,nothing", "one{tag:red} two{} three{tag:blue}"),
    ] {
        check(&list(expand), expected);
    }
    let none = format!("{}?filter=id=''&expand=tag,nothing", records("posts"));
    assert_eq!(blog.anyone.get(&none).expect(200)["items"], json!([]));
}

#[test]
fn writes_and_sign_in_show_related_records_too() {
    let blog = blog();
    let one = &blog.posts[0];
    let patch = |persona: &Persona, body: Value| {
        let path = format!("{one}?expand=owned,bodies,facts,tag,locked");
        persona.patch(&path, &body)
    };
    // The rules see the request as it is: its method and its body.
    check(&patch(&blog.anyone, json!({})), "one{tag:red}");
    let sent = patch(&blog.ann, json!({"name": "sent", "expand": "member"}));
    check(&sent, "sent{bodies:body owned:ann's tag:red}");
    let tag = blog.anyone.get(one).text_at("tag");
    let path = format!("{}?expand=tag,before,nothing", records("posts"));
    let made = blog
        .anyone
        .post(&path, &json!({"name": "made", "tag": tag}));
    check(&made, "made{tag:red}");
    check(&blog.anyone.post(&path, &json!({"name": "bare"})), "bare{}");

    let ann = json!({"identity": "ann@example.com", "password": "12345678"});
    let query = "expand=tag,owned_via_owner.owner,nothing,posts_via_member.locked";
    let path = format!("/api/collections/members/auth-with-password?{query}");
    let shown = "ann{owned_via_owner:[ann's{owner:ann}] tag:green}";
    check(&blog.anyone.post(&path, &ann), shown);
    // Whoever was signed in before: what is shown is what the one who signs in may see.
    check(&blog.bob.post(&path, &ann), shown);
    let path = format!("/api/collections/members/auth-refresh?{query}");
    check(&blog.ann.post(&path, &Value::Null), shown);
    check(&blog.bob.post(&path, &Value::Null), "bob{tag:green}");
    let refused = json!({"identity": "ann@example.com", "password": "wrong"});
    let path = "/api/collections/members/auth-with-password?expand=tag";
    assert_eq!(blog.anyone.post(path, &refused).status, 400);
}

#[test]
fn expanded_records_hide_what_records_hide() {
    let blog = blog();
    let path = format!("{}?expand=member", blog.posts[0]);
    let shown = |persona: &Persona| persona.get(&path).expect(200)["expand"]["member"].clone();
    for persona in [&blog.anyone, &blog.bob] {
        let member = shown(persona);
        for key in ["email", "secret", "shy", "password", "tokenKey"] {
            assert_eq!(member.get(key), None, "{member}");
        }
    }
    let own = shown(&blog.ann);
    assert_eq!(own["email"], "ann@example.com");
    assert_eq!(own.get("secret"), None);
    let all = shown(&blog.superuser);
    assert_eq!(
        (&all["email"], &all["secret"]),
        (&json!("ann@example.com"), &json!("hush"))
    );
    assert_eq!((all.get("password"), all.get("tokenKey")), (None, None));
    // Expanded from oneself too.
    let path = "/api/collections/members/auth-refresh?expand=owned_via_owner.owner";
    let answer = blog.ann.post(path, &Value::Null);
    let owner = answer.at("record.expand.owned_via_owner.0.expand.owner");
    assert_eq!(
        (&owner["email"], owner.get("secret")),
        (&json!("ann@example.com"), None)
    );
}

#[test]
fn expand_stands_among_the_keys_and_fields_choose_within_it() {
    let blog = blog();
    let get = |query: &str| blog.anyone.get(&format!("{}?{query}", blog.posts[0]));
    let text = get("expand=tag,tags").text;
    let order = [
        "\"collectionName\":\"posts\"",
        "\"expand\":{\"tag\":{",
        "\"tags\":[{",
        "\"facts\":\"",
        "\"locked\":\"",
    ];
    let places: Vec<_> = order.iter().map(|key| text.find(key)).collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{text}"
    );
    for (query, expected) in [
        (
            "expand=tag&fields=name,expand.tag.name",
            json!({"name": "one", "expand": {"tag": {"name": "red"}}}),
        ),
        ("expand=tag&fields=expand.tags.name", json!({"expand": {}})),
        ("expand=tag&fields=name", json!({"name": "one"})),
        ("fields=name,expand.tag.name", json!({"name": "one"})),
        (
            "expand=tags,tag&fields=expand.tags.name:excerpt(2),expand.tag.id.x.y:excerpt(1)",
            json!({"expand": {
                "tag": {"id": ""}, "tags": [{"name": "bl"}, {"name": "re"}, {"name": "gr"}],
            }}),
        ),
        (
            "expand=comments_via_post.post&fields=expand.comments_via_post.expand.post.name",
            json!({"expand": {"comments_via_post": [
                {"expand": {"post": {"name": "one"}}}, {"expand": {"post": {"name": "one"}}},
            ]}}),
        ),
    ] {
        let mut found = get(query).expect(200);
        if let Some(id) = found.pointer_mut("/expand/tag/id") {
            *id = "".into();
        }
        assert_eq!(found, expected, "{query}");
    }
    let all = get("expand=tag,tags&fields=*,expand.tag.name").expect(200);
    assert_eq!(all["expand"], json!({"tag": {"name": "red"}}));
    assert!(
        all["id"].is_string() && all["collectionName"] == "posts",
        "{all}"
    );
    assert_eq!(
        get("expand=tag&fields=expand.tag.name:nothing(1)").status,
        400
    );
}

#[test]
fn what_goes_too_deep_or_is_too_long_is_refused_before_anything_is_written() {
    let blog = blog();
    let six = ["before"; 6].join(".");
    blog.check(&blog.anyone, 2, &six, "three{before:two{before:one{}}}");
    if blog.server.is_reference() {
        return;
    }
    let long = "x".repeat(4_000);
    let seven = format!("tag,{six}.tag");
    for (expand, message) in [
        (
            seven.as_str(),
            "follows at most 6 relations, this one 7 (at character 5).",
        ),
        (long.as_str(), "an expand has at most 3500 characters"),
    ] {
        let query = format!("?expand={expand}");
        let answers = [
            blog.anyone.get(&format!("{}{query}", records("posts"))),
            blog.anyone.get(&format!("{}{query}", blog.posts[0])),
            blog.anyone.post(
                &format!("{}{query}", records("posts")),
                &json!({"name": "x"}),
            ),
            blog.anyone
                .patch(&format!("{}{query}", blog.posts[0]), &json!({"name": "x"})),
            blog.ann.post(
                &format!("/api/collections/members/auth-refresh{query}"),
                &Value::Null,
            ),
        ];
        for answer in answers {
            assert_eq!(answer.status, 400, "{answer}");
            assert!(answer.text_at("message").contains(message), "{answer}");
            assert_eq!(answer.at("data"), json!({}));
        }
    }
    check(&blog.anyone.get(&records("posts")), "one two three");
}
