//! What a new database has, and creating and changing definitions.

use super::*;

#[tokio::test]
async fn a_new_database_has_the_collections_of_the_contract() {
    let world = World::new();
    let expected = [
        ("_mfas", "pbc_2279338944"),
        ("_otps", "pbc_1638494021"),
        ("_externalAuths", "pbc_2281828961"),
        ("_authOrigins", "pbc_4275539003"),
        ("_superusers", "pbc_3142635823"),
        ("users", "_pb_users_auth_"),
    ];
    let snapshot = world.catalog.snapshot();
    let found: Vec<_> = snapshot
        .all()
        .iter()
        .map(|one| (one.name.as_str(), one.id.as_str()))
        .collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn everything_is_for_superusers() {
    let world = World::new();
    let guest = Context::default();
    let body = object(json!({ "name": "x" }));
    let refusals = [
        world.catalog.create(&guest, &body).await.map(drop),
        world.catalog.update(&guest, "users", &body).await.map(drop),
        world.catalog.delete(&guest, "users", nobody()).await,
        world.catalog.import(&guest, &body, nobody()).await,
        world.catalog.view(&guest, "users").map(drop),
        world
            .catalog
            .list(&guest, &CollectionsRequest::default())
            .map(drop),
        world.catalog.scaffolds(&guest).map(drop),
    ];
    for refused in refusals {
        assert!(matches!(refused, Err(Error::SignInNeeded)));
    }
    assert_eq!(world.names().len(), 6);
}

#[tokio::test]
async fn definitions_survive_a_restart() {
    let world = World::new();
    let made = world
        .create(json!({ "name": "demo", "fields": [{ "name": "a", "type": "text" }] }))
        .await;
    let users = Json::Object(world.find("users").to_json());
    let secret = world
        .find("users")
        .auth()
        .unwrap()
        .auth_token
        .secret
        .clone();
    let world = tokio::task::spawn_blocking(move || world.reopened())
        .await
        .unwrap();
    assert_eq!(Json::Object(world.find("DEMO").to_json()), made);
    assert_eq!(Json::Object(world.find("users").to_json()), users);
    assert_eq!(
        world.find("users").auth().unwrap().auth_token.secret,
        secret
    );
    assert_eq!(world.names().len(), 7);
}

/// Names and ids that are refused: where, with which code after `validation_`, and the sentence.
const NOT_UNIQUE: &[(&str, &str, &str, &str)] = &[
    ("{}", "name", "required", "Cannot be blank."),
    (
        r#"{"name":"Users"}"#,
        "name",
        "collection_name_exists",
        "Collection name must be unique (case insensitive).",
    ),
    (
        r#"{"name":"pbc_3142635823"}"#,
        "name",
        "collection_name_id_duplicate",
        "The name must not match an existing collection id.",
    ),
    (
        r#"{"name":"_params"}"#,
        "name",
        "collection_name_invalid",
        "The name shouldn't match with an existing internal table.",
    ),
    (
        r#"{"name":"a_via_b"}"#,
        "name",
        "found_via",
        "The value cannot contain \"_via_\".",
    ),
    (
        r#"{"name":"x","id":"a b"}"#,
        "id",
        "match_invalid",
        "Must be in a valid format.",
    ),
    (
        r#"{"name":"x","id":"_pb_users_auth_"}"#,
        "id",
        "invalid_or_existing_id",
        "The model id is invalid or already exists.",
    ),
    (
        r#"{"name":"x","type":"weird"}"#,
        "type",
        "in_invalid",
        "Must be a valid value.",
    ),
];

/// What of system collections cannot be changed: where it is refused, with which code.
const SYSTEM: &[(&str, &str, &str, &str)] = &[
    (
        "_mfas",
        r#"{"name":"x"}"#,
        "name",
        "collection_system_name_change",
    ),
    (
        "_mfas",
        r#"{"listRule":""}"#,
        "listRule",
        "collection_system_rule_change",
    ),
    (
        "_mfas",
        r#"{"system":false}"#,
        "system",
        "collection_system_flag_change",
    ),
    ("_mfas", r#"{"fields":[]}"#, "fields", "system_field_change"),
    (
        "_superusers",
        r#"{"authRule":"id=''"}"#,
        "authRule",
        "collection_system_rule_change",
    ),
    (
        "_superusers",
        r#"{"manageRule":"id=''"}"#,
        "manageRule",
        "collection_system_rule_change",
    ),
    (
        "users",
        r#"{"type":"base"}"#,
        "type",
        "collection_type_change",
    ),
    (
        "users",
        r#"{"system":true}"#,
        "system",
        "collection_system_flag_change",
    ),
];

#[tokio::test]
async fn names_and_ids_are_unique() {
    let world = World::new();
    world
        .create(json!({ "name": "other", "id": "pbc_2892525208" }))
        .await;
    let made = world.create(json!({ "name": "clash" })).await;
    assert_eq!(made["id"], "pbc_28925252082");
    for (body, key, code, message) in NOT_UNIQUE {
        let body: Json = serde_json::from_str(body).unwrap();
        let expected = json!({ "code": format!("validation_{code}"), "message": message });
        assert_eq!(
            world.refused_create(body.clone()).await[key],
            expected,
            "{body}"
        );
    }
    let taken = json!({ "name": "x", "fields": [{ "name": "a", "type": "text" }],
        "indexes": ["create index IDX_tokenKey__pb_users_auth_ on x (a)"] });
    assert_eq!(
        world.refused_create(taken).await["indexes"]["0"],
        json!({ "code": "validation_existing_index_name",
            "message": "The index name is already used in users collection.",
            "params": { "usedTableName": "users" } })
    );
    assert_eq!(world.names().len(), 8);
}

#[tokio::test]
async fn system_collections_keep_what_makes_them() {
    let world = World::new();
    for (name, body, key, code) in SYSTEM {
        let told = world
            .refused_update(name, serde_json::from_str(body).unwrap())
            .await;
        assert_eq!(
            told[key]["code"],
            format!("validation_{code}"),
            "{name} {body}: {told}"
        );
    }
    let settled = world
        .update(
            "_superusers",
            json!({
                "oauth2": { "enabled": true }, "otp": { "enabled": true },
                "passwordAuth": { "enabled": false },
            }),
        )
        .await;
    assert_eq!(settled["oauth2"]["enabled"], false);
    assert_eq!(settled["passwordAuth"]["enabled"], true);
    assert_eq!(settled["mfa"]["enabled"], true);
    assert_eq!(settled["authToken"], json!({ "duration": 86400 }));
    for name in ["_superusers", "nope"] {
        assert!(
            world
                .catalog
                .delete(&superuser(), name, nobody())
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn a_collection_that_is_referred_to_stays() {
    let world = World::new();
    let target = world.create(json!({ "name": "pa" })).await;
    let relation = json!({ "name": "r", "type": "relation", "collectionId": target["id"] });
    world
        .create(json!({ "name": "pb", "fields": [relation] }))
        .await;
    let refused = world
        .catalog
        .delete(&superuser(), "pa", nobody())
        .await
        .unwrap_err();
    assert_eq!(
        told(&refused),
        json!("Failed to delete collection probably due to existing reference in pb.")
    );
    let moved = json!({ "name": "r", "type": "relation", "collectionId": "_pb_users_auth_" });
    let told = world
        .refused_update("pb", json!({ "fields": [moved] }))
        .await;
    assert_eq!(
        told["fields"]["1"]["collectionId"]["code"],
        "validation_field_relation_change"
    );
    let by_name = json!({ "name": "r", "type": "relation", "collectionId": "pa" });
    let told = world
        .refused_create(json!({ "name": "pc", "fields": [by_name] }))
        .await;
    assert_eq!(
        told["fields"]["1"]["collectionId"]["code"],
        "validation_field_relation_missing_collection"
    );
    world
        .catalog
        .delete(&superuser(), "pb", nobody())
        .await
        .unwrap();
    world
        .catalog
        .delete(&superuser(), "pa", nobody())
        .await
        .unwrap();
}

#[tokio::test]
async fn the_list_is_filtered_sorted_and_paged() {
    let world = World::new();
    let list = |filter: &str, sort: &str, page: u64, per_page: usize| {
        let request = CollectionsRequest {
            page,
            per_page,
            sort: Some(sort.to_owned()),
            filter: Some(filter.to_owned()),
            skip_total: false,
        };
        world.catalog.list(&superuser(), &request).map(|page| {
            let names: Vec<_> = page
                .items
                .iter()
                .map(|item| item["name"].as_str().unwrap().to_owned())
                .collect();
            (names.join(" "), page.total_items.unwrap())
        })
    };
    for (filter, sort, page, per_page, expected) in [
        (
            "",
            "",
            0,
            0,
            (
                "_mfas _otps _externalAuths _authOrigins _superusers users",
                6,
            ),
        ),
        ("", "", 2, 4, ("_superusers users", 6)),
        ("", "", 9, 4, ("", 6)),
        ("", "-name", 1, 2, ("users _superusers", 6)),
        ("name ~ 'M'", "", 1, 9, ("_mfas", 1)),
        (
            "system = true && type = 'auth'",
            "",
            1,
            9,
            ("_superusers", 1),
        ),
        ("system = false", "", 1, 9, ("users", 1)),
        ("", "-system,+type", 1, 1, ("_superusers", 6)),
    ] {
        let (names, total) = expected;
        assert_eq!(
            list(filter, sort, page, per_page).unwrap(),
            (names.to_owned(), total)
        );
    }
    for (filter, sort) in [
        ("zz = 1", ""),
        ("listRule = null", ""),
        ("name", ""),
        ("", "zz"),
        ("", "-"),
    ] {
        assert!(
            matches!(list(filter, sort, 1, 1), Err(Error::BadQuery(_))),
            "{filter} {sort}"
        );
    }
}

#[tokio::test]
async fn scaffolds_are_blank() {
    let world = World::new();
    let scaffolds = Json::Object(world.catalog.scaffolds(&superuser()).unwrap());
    for kind in ["base", "auth", "view"] {
        assert_eq!(
            (&scaffolds[kind]["id"], &scaffolds[kind]["name"]),
            (&json!(""), &json!(""))
        );
    }
    let index = scaffolds["auth"]["indexes"][0].as_str().unwrap().to_owned();
    let random = index
        .strip_prefix("CREATE UNIQUE INDEX `idx_tokenKey_")
        .unwrap();
    let (random, rest) = random.split_at(10);
    assert!(random.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(rest, "` ON `` (`tokenKey`)");
}
