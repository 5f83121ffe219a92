//! The form checks of auth records, as the contract's server answers them.

use super::*;

const REQUIRED: &str = "validation_required";
const MISMATCH: &str = "validation_values_mismatch";
const OLD: &str = "validation_invalid_old_password";

fn expected(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter()
        .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_needs_a_confirmed_password() {
    let world = World::new().await;
    let rows: [(Json, &[(&str, &str)]); 8] = [
        (
            json!({}),
            &[("password", REQUIRED), ("passwordConfirm", REQUIRED)],
        ),
        (
            json!({"email": "bad"}),
            &[("password", REQUIRED), ("passwordConfirm", REQUIRED)],
        ),
        (
            json!({"password": "12345678"}),
            &[("passwordConfirm", REQUIRED)],
        ),
        (
            json!({"password": "12345678", "passwordConfirm": "1234567"}),
            &[("passwordConfirm", MISMATCH)],
        ),
        (
            json!({"passwordConfirm": "12345678"}),
            &[("password", REQUIRED), ("passwordConfirm", MISMATCH)],
        ),
        (
            json!({"email": "bad", "password": "12345678", "passwordConfirm": "wrong"}),
            &[("passwordConfirm", MISMATCH)],
        ),
        (
            json!({
                "email": "a@example.com", "password": "12345678",
                "passwordConfirm": "12345678", "verified": true,
            }),
            &[("verified", MISMATCH)],
        ),
        (
            json!({"email": "a@example.com", "password": "short", "passwordConfirm": "short"}),
            &[("password", "validation_min_text_constraint")],
        ),
    ];
    for (body, codes_expected) in rows {
        let outcome = world
            .records
            .create(&guest(), "members", object(body.clone()))
            .await;
        assert_eq!(codes(outcome), expected(codes_expected), "{body}");
    }
    let numeric = json!({
        "email": "n@example.com",
        "password": 12345678, "passwordConfirm": 12345678,
    });
    world
        .records
        .create(&guest(), "members", object(numeric))
        .await
        .unwrap();
    world.sign_in("n@example.com", "12345678").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_owned_fields_of_a_create_are_not_the_clients() {
    let world = World::new().await;
    let key = "k".repeat(40);
    let body = json!({
        "email": "a@example.com", "password": "12345678", "passwordConfirm": "12345678",
        "tokenKey": key, "verified": false,
    });
    let view = world
        .records
        .create(&guest(), "members", object(body))
        .await
        .unwrap();
    let id = view.record().id().to_owned();
    assert_ne!(world.text(&id, "tokenKey"), key);
    assert_eq!(world.text(&id, "tokenKey").len(), 50);
    assert!(world.text(&id, "password").starts_with("$argon2id$"));
}

/// What an owner may not do, and what is said about it. Her password is [`PASSWORD`].
const REFUSED_TO_OWNERS: &[(&str, &[(&str, &str)])] = &[
    (
        r#"{"password": "87654321"}"#,
        &[("oldPassword", REQUIRED), ("passwordConfirm", REQUIRED)],
    ),
    (
        r#"{"password": "87654321", "passwordConfirm": "x"}"#,
        &[("oldPassword", REQUIRED), ("passwordConfirm", MISMATCH)],
    ),
    (
        r#"{"password": "87654321", "passwordConfirm": "87654321"}"#,
        &[("oldPassword", REQUIRED)],
    ),
    (
        r#"{"password": "87654321", "passwordConfirm": "87654321", "oldPassword": "wrong"}"#,
        &[("oldPassword", OLD)],
    ),
    (
        r#"{"password": "87654321", "passwordConfirm": "87654321", "oldPassword": null}"#,
        &[("oldPassword", REQUIRED)],
    ),
    (
        r#"{"password": "", "passwordConfirm": ""}"#,
        &[("password", REQUIRED)],
    ),
    (r#"{"password": null}"#, &[("password", REQUIRED)]),
    (
        r#"{"passwordConfirm": "x"}"#,
        &[
            ("oldPassword", REQUIRED),
            ("password", REQUIRED),
            ("passwordConfirm", MISMATCH),
        ],
    ),
    (
        r#"{"oldPassword": "x"}"#,
        &[("password", REQUIRED), ("passwordConfirm", REQUIRED)],
    ),
    (
        r#"{"oldPassword": "correct horse"}"#,
        &[("password", REQUIRED), ("passwordConfirm", REQUIRED)],
    ),
    (r#"{"email": "new@example.com"}"#, &[("email", MISMATCH)]),
    (r#"{"email": ""}"#, &[("email", MISMATCH)]),
    (r#"{"email": null}"#, &[("email", MISMATCH)]),
    (r#"{"email": "Bob@example.com"}"#, &[("email", MISMATCH)]),
    (r#"{"verified": true}"#, &[("verified", MISMATCH)]),
    (r#"{"verified": "true"}"#, &[("verified", MISMATCH)]),
    (
        r#"{"email":"new@example.com","verified":true,"password":"1","passwordConfirm":"2"}"#,
        &[
            ("email", MISMATCH),
            ("oldPassword", REQUIRED),
            ("passwordConfirm", MISMATCH),
            ("verified", MISMATCH),
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_changes_no_email_and_no_password_without_the_old_one() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let token = world.token("bob@example.com").await;
    let owner = world.caller(&token);
    let before = world.record(&id);
    for (body, codes_expected) in REFUSED_TO_OWNERS {
        let body: Json = serde_json::from_str(body).unwrap();
        let outcome = world.patch(&owner, &id, body.clone()).await;
        assert_eq!(codes(outcome), expected(codes_expected), "{body}");
    }
    assert_eq!(world.record(&id), before, "a refused write changes nothing");
    assert!(world.holds(&token));
    for harmless in [
        json!({"email": "bob@example.com"}),
        json!({"verified": false}),
        json!({"tokenKey": "k".repeat(40)}),
        json!({"tokenKey:autogenerate": ""}),
        json!({"username": "bob"}),
    ] {
        world.patch(&owner, &id, harmless.clone()).await.unwrap();
        assert!(world.holds(&token), "{harmless} ended the session");
    }
    let change = json!({
        "password": "87654321", "passwordConfirm": "87654321", "oldPassword": PASSWORD,
    });
    world.patch(&owner, &id, change).await.unwrap();
    assert!(!world.holds(&token));
    assert!(matches!(
        world.sign_in("bob@example.com", PASSWORD).await,
        Err(Error::SignInFailed)
    ));
    world.sign_in("bob@example.com", "87654321").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_needs_no_old_password() {
    let world = World::new().await;
    let id = world.member("bob", json!({"role": "open"})).await;
    world.member("meg", json!({"role": "manager"})).await;
    world.member("joe", json!({"role": "other"})).await;
    let manager = world.caller(&world.token("meg@example.com").await);
    let other = world.caller(&world.token("joe@example.com").await);
    let password = json!({"password": "87654321", "passwordConfirm": "87654321"});
    for change in [
        json!({"email": "x@example.com"}),
        json!({"verified": true}),
        password.clone(),
    ] {
        assert!(!codes(world.patch(&other, &id, change.clone()).await).is_empty());
        assert!(world.patch(&guest(), &id, change).await.is_err());
    }
    for (body, codes_expected) in [
        (
            json!({"password": "87654321"}),
            [("passwordConfirm", REQUIRED)],
        ),
        (json!({"password": ""}), [("password", REQUIRED)]),
        (json!({"email": ""}), [("email", REQUIRED)]),
        (json!({"email": "bad"}), [("email", "validation_is_email")]),
    ] {
        for context in [&manager, &system()] {
            let outcome = world.patch(context, &id, body.clone()).await;
            assert_eq!(codes(outcome), expected(&codes_expected), "{body}");
        }
    }
    for change in [
        json!({"email": "x@example.com"}),
        json!({"verified": true}),
        password,
    ] {
        world.patch(&manager, &id, change).await.unwrap();
    }
    world.sign_in("x@example.com", "87654321").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_verified_state_satisfies_no_rule() {
    let world = World::new().await;
    world.member("bob", json!({})).await;
    let member = world.caller(&world.token("bob@example.com").await);
    let body = object(json!({
        "email": "a@example.com", "password": "12345678", "passwordConfirm": "12345678",
        "verified": true,
    }));
    let managed = json!({"manageRule": "verified = true", "createRule": ""});
    world.change_collection("members", managed).await;
    for context in [&member, &guest()] {
        let outcome = world.records.create(context, "members", body.clone()).await;
        assert_eq!(codes(outcome), expected(&[("verified", MISMATCH)]));
    }
    world
        .change_collection("members", json!({"createRule": "verified = true"}))
        .await;
    for context in [&member, &guest()] {
        let outcome = world.records.create(context, "members", body.clone()).await;
        assert_eq!(codes(outcome), []);
    }
    world
        .records
        .create(&system(), "members", body)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_hash_is_made_anew_at_sign_in_only_when_it_matched() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let compiled = world.records.compiled("members").unwrap();
    let field = compiled.collection.field("password").unwrap().number;
    let bcrypt = bcrypt::hash(PASSWORD, 4).unwrap();
    plant(&world, &id, field, &bcrypt).await;
    let token = {
        let updated = world.text(&id, "updated");
        assert!(matches!(
            world.sign_in("bob@example.com", "wrong").await,
            Err(Error::SignInFailed)
        ));
        assert_eq!(world.text(&id, "password"), bcrypt);
        let token = world.token("bob@example.com").await;
        assert!(
            world
                .text(&id, "password")
                .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
        );
        assert_eq!(world.text(&id, "updated"), updated);
        token
    };
    assert!(
        world.holds(&token),
        "the session begun with the old hash goes on"
    );
    world.token("bob@example.com").await;
    for garbage in [
        "",
        "x",
        "$2a$10$",
        "$2a$10$é",
        &"é".repeat(30),
        "$argon2id$",
    ] {
        plant(&world, &id, field, garbage).await;
        for password in [PASSWORD, garbage, "x"] {
            assert!(
                world.sign_in("bob@example.com", password).await.is_err(),
                "{garbage}"
            );
        }
        assert_eq!(world.text(&id, "password"), garbage);
    }
}

/// Stores a password hash as an import does.
async fn plant(world: &World, id: &str, field: luge_model::id::FieldNumber, hash: &str) {
    use crate::commit::Proposal;
    use luge_model::value::ValueRef;
    let compiled = world.records.compiled("members").unwrap();
    let record = world.record(id);
    let others = record.values().filter(|(number, _)| *number != field);
    let after = Record::build_from_refs(
        record.rowid(),
        world.committer.serial(),
        others.chain([(field, ValueRef::Text(hash))]),
    );
    let key = crate::store::key::record(compiled.collection.number, id);
    let mut proposal = Proposal::default();
    proposal.puts.push((key, after.as_bytes().to_vec()));
    proposal.changes.push(crate::changes::Change {
        kind: crate::changes::ChangeKind::Update,
        collection: compiled.collection.number,
        record: id.to_owned(),
        revision: after.revision(),
        before: Some(record.as_bytes().to_vec()),
    });
    world.committer.commit(proposal).await.unwrap();
}
