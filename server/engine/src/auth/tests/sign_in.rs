//! Sign-in with a password: who is found, and how little a failure tells.

use tokio::task::JoinSet;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn identities_are_found_as_their_indexes_compare() {
    let world = World::new().await;
    let bob = world
        .member("bob", json!({"username": "Bob", "nick": "Bobby"}))
        .await;
    for identity in ["bob@example.com", "Bob", "bob", "BOB", "Bobby"] {
        let signed_in = world.sign_in(identity, PASSWORD).await.unwrap();
        assert_eq!(signed_in.view.record().id(), bob, "{identity}");
        let record = shown(&signed_in);
        assert_eq!(record["email"], "bob@example.com");
        assert!(record.get("password").is_none() && record.get("tokenKey").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_to_sign_in_looks_the_same() {
    let world = World::new().await;
    world
        .member(
            "bob",
            json!({"username": "Bob", "nick": "Bobby", "score": 7}),
        )
        .await;
    let mut rows = JoinSet::new();
    let long = "x".repeat(255);
    for (identity, password) in [
        ("nobody@example.com", PASSWORD),
        ("nobody", PASSWORD),
        ("bob@example.com", "wrong horse"),
        ("bob@example.com", "correct horse "),
        ("bob@example.com", "Correct horse"),
        ("bob@example.com", &long),
        ("Bob@example.com", PASSWORD),
        ("BOBBY", PASSWORD),
        ("bobby", PASSWORD),
        (" bob", PASSWORD),
        ("bob ", PASSWORD),
        ("7", PASSWORD),
        ("%", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("bob\0", PASSWORD),
        (&long, PASSWORD),
    ] {
        let (world, identity, password) =
            (Arc::clone(&world), identity.to_owned(), password.to_owned());
        rows.spawn(async move {
            let began = std::time::Instant::now();
            let outcome = world.sign_in(&identity, &password).await;
            (identity, outcome.map(|_| ()), began.elapsed())
        });
    }
    while let Some(row) = rows.join_next().await {
        let (identity, outcome, took) = row.unwrap();
        assert!(
            matches!(outcome, Err(Error::SignInFailed)),
            "{identity}: {outcome:?}"
        );
        assert!(
            took.as_millis() >= 250,
            "{identity} was answered after {took:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_record_with_the_identity_decides() {
    let world = World::new().await;
    let bob = world
        .member("bob", json!({"username": "x@example.com"}))
        .await;
    let other = json!({"password": "another one", "passwordConfirm": "another one"});
    let x = world.member("x", other).await;
    let signed_in = world.sign_in("x@example.com", "another one").await.unwrap();
    assert_eq!(signed_in.view.record().id(), x);
    assert!(world.sign_in("x@example.com", PASSWORD).await.is_err());
    let by_username = PasswordSignIn {
        identity: "X@example.com".to_owned(),
        password: PASSWORD.to_owned(),
        identity_field: Some("username".to_owned()),
    };
    let signed_in = world
        .auth
        .sign_in_with_password(&guest(), "members", &by_username)
        .await
        .unwrap();
    assert_eq!(signed_in.view.record().id(), bob);
    let by_email = PasswordSignIn {
        identity_field: Some("email".to_owned()),
        ..by_username
    };
    let outcome = world
        .auth
        .sign_in_with_password(&guest(), "members", &by_email)
        .await;
    assert!(matches!(outcome, Err(Error::SignInFailed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn input_of_the_wrong_form_is_named() {
    let world = World::new().await;
    let wide = "é".repeat(128);
    let long = "x".repeat(256);
    type Row<'a> = (&'a str, &'a str, Option<&'a str>, &'a [(&'a str, &'a str)]);
    let rows: [Row<'_>; 7] = [
        (
            "",
            "",
            None,
            &[
                ("identity", "validation_required"),
                ("password", "validation_required"),
            ],
        ),
        ("", "x", None, &[("identity", "validation_required")]),
        ("x", "", None, &[("password", "validation_required")]),
        (
            &long,
            "x",
            None,
            &[("identity", "validation_length_out_of_range")],
        ),
        (
            &wide,
            &long,
            None,
            &[
                ("identity", "validation_length_out_of_range"),
                ("password", "validation_length_out_of_range"),
            ],
        ),
        (
            "x",
            "x",
            Some("score"),
            &[("identityField", "validation_in_invalid")],
        ),
        (
            "x",
            "x",
            Some("password"),
            &[("identityField", "validation_in_invalid")],
        ),
    ];
    for (identity, password, field, expected) in rows {
        let sign_in = PasswordSignIn {
            identity: identity.to_owned(),
            password: password.to_owned(),
            identity_field: field.map(str::to_owned),
        };
        let outcome = world
            .auth
            .sign_in_with_password(&guest(), "members", &sign_in)
            .await;
        let expected: Vec<_> = expected
            .iter()
            .map(|(field, code)| ((*field).to_owned(), (*code).to_owned()))
            .collect();
        assert_eq!(codes(outcome), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_auth_collections_with_passwords_sign_in() {
    let world = World::new().await;
    world
        .create_collection(json!({"name": "notes", "type": "base"}))
        .await;
    world
        .create_collection(json!({
            "name": "closed", "type": "auth",
            "passwordAuth": {"enabled": false, "identityFields": ["email"]},
        }))
        .await;
    let missing = world.sign_in_as(&guest(), "nothing", "x", "x").await;
    assert!(
        matches!(missing, Err(Error::MissingCollection)),
        "{missing:?}"
    );
    let base = world.sign_in_as(&guest(), "notes", "x", "x").await;
    assert!(
        matches!(base, Err(Error::MissingAuthCollection)),
        "{base:?}"
    );
    // The state of the collection is told before the form of the input.
    let closed = world.sign_in_as(&guest(), "closed", "", "").await;
    assert!(
        matches!(&closed, Err(Error::Forbidden(reason)) if reason.contains("not configured")),
        "{closed:?}"
    );
    let methods = world
        .auth
        .methods(&guest(), "closed")
        .await
        .unwrap()
        .to_string();
    assert!(
        methods.contains(r#""password":{"identityFields":[],"enabled":false}"#),
        "{methods}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_auth_rule_is_asked_after_the_password() {
    let world = World::new().await;
    world.member("bob", json!({"role": "staff"})).await;
    let refused = |outcome: &Result<SignedIn>| match outcome {
        Err(Error::Forbidden(reason)) => reason.contains("requirements"),
        _ => false,
    };
    for (rule, holds) in [
        (json!("role = 'staff'"), true),
        (json!("@request.context = 'password'"), true),
        (json!(null), false),
        (json!("verified = true"), false),
        (json!("@request.context = 'default'"), false),
        (json!("@request.auth.id = id"), false),
        (json!("role = 'other'"), false),
    ] {
        world
            .change_collection("members", json!({"authRule": rule.clone()}))
            .await;
        let outcome = world.sign_in("bob@example.com", PASSWORD).await;
        assert_eq!(outcome.is_ok(), holds, "{rule}: {outcome:?}");
        assert_eq!(refused(&outcome), !holds, "{rule}: {outcome:?}");
        let wrong = world.sign_in("bob@example.com", "wrong").await;
        assert!(
            matches!(wrong, Err(Error::SignInFailed)),
            "{rule} told of a record: {wrong:?}"
        );
        let superuser = world
            .sign_in_as(&system(), "members", "bob@example.com", PASSWORD)
            .await;
        assert!(superuser.is_ok(), "{rule}: {superuser:?}");
    }
}

#[test]
fn methods_have_the_contracts_text_and_ours_behind() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let world = runtime.block_on(World::new());
    let expected = [
        r#"{"password":{"identityFields":["email","username","nick"],"enabled":true},"#,
        r#""oauth2":{"providers":[],"enabled":false},"mfa":{"enabled":false,"duration":0},"#,
        r#""otp":{"enabled":false,"duration":0},"authProviders":[],"#,
        r#""usernamePassword":true,"emailPassword":true,"passkey":{"enabled":true},"#,
        r#""anonymous":{"enabled":false},"magicLink":{"enabled":false,"duration":0}}"#,
    ];
    assert_eq!(
        runtime
            .block_on(world.auth.methods(&guest(), "members"))
            .unwrap()
            .to_string(),
        expected.concat()
    );
    assert!(matches!(
        runtime.block_on(world.auth.methods(&guest(), "nothing")),
        Err(Error::MissingCollection)
    ));
    assert!(matches!(
        runtime.block_on(world.auth.methods(&guest(), "_otps")),
        Err(Error::MissingAuthCollection)
    ));
}
