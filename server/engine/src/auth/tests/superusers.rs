//! Superusers as the command line manages them.

use super::super::superuser::Upserted;
use super::*;

const A: &str = "a@example.com";
const B: &str = "b@example.com";

async fn sign_in(world: &World, email: &str, password: &str) -> Result<SignedIn> {
    world
        .sign_in_as(&guest(), "_superusers", email, password)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_manages_superusers() {
    let world = World::new().await;
    let auth = &world.auth;
    auth.create_superuser(&system(), A, PASSWORD).await.unwrap();
    let token = sign_in(&world, A, PASSWORD).await.unwrap().token;
    assert!(matches!(
        auth.principal(NOW, &token),
        Principal::Superuser(_)
    ));
    assert_eq!(
        auth.upsert_superuser(&system(), B, PASSWORD).await.unwrap(),
        Upserted::Created
    );
    let changed = auth
        .upsert_superuser(&system(), A, "another password")
        .await
        .unwrap();
    assert_eq!(changed, Upserted::Updated);
    assert!(
        matches!(auth.principal(NOW, &token), Principal::Guest),
        "the old token ended"
    );
    assert!(matches!(
        sign_in(&world, A, PASSWORD).await,
        Err(Error::SignInFailed)
    ));
    sign_in(&world, A, "another password").await.unwrap();
    auth.delete_superuser(&system(), A).await.unwrap();
    assert!(matches!(
        sign_in(&world, A, "another password").await,
        Err(Error::SignInFailed)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_superuser_is_refused() {
    let world = World::new().await;
    let auth = &world.auth;
    auth.create_superuser(&system(), A, PASSWORD).await.unwrap();
    for (email, password, field, code) in [
        (A, PASSWORD, "email", "validation_not_unique"),
        ("nobody", PASSWORD, "email", "validation_is_email"),
        ("", PASSWORD, "email", "validation_required"),
        (B, "short", "password", "validation_min_text_constraint"),
        (B, "", "password", "validation_required"),
    ] {
        let found = codes(auth.create_superuser(&system(), email, password).await);
        assert!(
            found.contains(&(field.to_owned(), code.to_owned())),
            "{email}: {found:?}"
        );
    }
    let outcome = auth.update_superuser(&system(), B, PASSWORD).await;
    assert!(matches!(outcome, Err(Error::MissingRecord)), "{outcome:?}");
    let outcome = auth.delete_superuser(&system(), B).await;
    assert!(matches!(outcome, Err(Error::MissingRecord)), "{outcome:?}");
    let found = codes(auth.update_superuser(&system(), A, "short").await);
    assert_eq!(
        found,
        [(
            "password".to_owned(),
            "validation_min_text_constraint".to_owned()
        )]
    );
    sign_in(&world, A, PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_manages_superusers() {
    let world = World::new().await;
    world
        .auth
        .create_superuser(&system(), A, PASSWORD)
        .await
        .unwrap();
    world.member("bob", json!({"role": "manager"})).await;
    let member = world.caller(&world.token("bob@example.com").await);
    for context in [guest(), member] {
        let made = world.auth.create_superuser(&context, B, PASSWORD).await;
        assert!(matches!(made, Err(Error::SuperusersOnly)), "{made:?}");
        let changed = world
            .auth
            .update_superuser(&context, A, "a new password")
            .await;
        assert!(matches!(changed, Err(Error::SuperusersOnly)), "{changed:?}");
        let upserted = world.auth.upsert_superuser(&context, B, PASSWORD).await;
        assert!(
            matches!(upserted, Err(Error::SuperusersOnly)),
            "{upserted:?}"
        );
        let deleted = world.auth.delete_superuser(&context, A).await;
        assert!(matches!(deleted, Err(Error::SuperusersOnly)), "{deleted:?}");
        let body = object(json!({"email": B, "password": PASSWORD, "passwordConfirm": PASSWORD}));
        let record = world.records.create(&context, "_superusers", body).await;
        assert!(matches!(record, Err(Error::SuperusersOnly)), "{record:?}");
    }
    sign_in(&world, A, PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_superuser_stays() {
    let world = World::new().await;
    let only = world
        .auth
        .create_superuser(&system(), A, PASSWORD)
        .await
        .unwrap();
    let outcome = world.auth.delete_superuser(&system(), A).await;
    assert!(matches!(outcome, Err(Error::BadRequest(_))), "{outcome:?}");
    let outcome = world
        .records
        .delete(&system(), "_superusers", only.record().id())
        .await;
    assert!(matches!(outcome, Err(Error::BadRequest(_))), "{outcome:?}");
    sign_in(&world, A, PASSWORD).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superuser_is_always_verified() {
    let world = World::new().await;
    let body = json!({
        "email": A, "password": PASSWORD, "passwordConfirm": PASSWORD, "verified": false,
    });
    let view = world
        .records
        .create(&system(), "_superusers", object(body))
        .await
        .unwrap();
    let id = view.record().id().to_owned();
    let unverified = object(json!({"verified": false}));
    let view = world
        .records
        .update(&system(), "_superusers", &id, unverified)
        .await
        .unwrap();
    let mut out = Vec::new();
    view.write_json(&mut out);
    let record: Json = serde_json::from_slice(&out).unwrap();
    assert_eq!(record["verified"], true);
}
