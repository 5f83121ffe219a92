//! Which tokens hold, what ends them, and what they are exchanged for.

use super::super::token::{Claims, TokenKey, TokenKind};
use super::*;

async fn bob(world: &World) -> (String, String) {
    let id = world.member("bob", json!({"username": "bob"})).await;
    (id, world.token("bob").await)
}

/// A token signed with the right key over claims of the test's choice.
fn forged(world: &World, id: &str, change: impl FnOnce(&mut Claims)) -> String {
    let snapshot = world.catalog.snapshot();
    let members = snapshot.find("members").unwrap();
    let mut claims = Claims::auth(&members.id, id, NOW, 60);
    change(&mut claims);
    let record = world.text(id, "tokenKey");
    let collection = members.auth().unwrap().auth_token.secret.reveal();
    claims
        .sign(TokenKey {
            record: &record,
            collection,
            sign_in: None,
        })
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_its_records() {
    let world = World::new().await;
    let (id, token) = bob(&world).await;
    let principal = world.auth.principal(NOW, &token);
    assert!(matches!(&principal, Principal::User(_)));
    assert_eq!(principal.identity().unwrap().record.id(), id);
    assert!(world.holds(&forged(&world, &id, |_| {})));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_others_or_of_another_kind_are_nobodys() {
    let world = World::new().await;
    let (id, token) = bob(&world).await;
    let other = world.member("eve", json!({})).await;
    world
        .create_collection(json!({"name": "notes", "type": "base"}))
        .await;
    let snapshot = world.catalog.snapshot();
    let id_of = |name: &str| snapshot.find(name).unwrap().id.clone();
    let rows = [
        forged(&world, &id, |claims| {
            claims.collection_id = "members".to_owned();
        }),
        forged(&world, &id, |claims| {
            claims.collection_id = id_of("_superusers");
        }),
        forged(&world, &id, |claims| claims.collection_id = id_of("notes")),
        forged(&world, &id, |claims| {
            claims.collection_id = "nothing".to_owned();
        }),
        forged(&world, &id, |claims| claims.collection_id = String::new()),
        forged(&world, &id, |claims| claims.id = other.clone()),
        forged(&world, &id, |claims| claims.id = String::new()),
        forged(&world, &id, |claims| claims.id = "nobody".to_owned()),
        forged(&world, &id, |claims| claims.kind = TokenKind::File),
        forged(&world, &id, |claims| claims.kind = TokenKind::PasswordReset),
        forged(&world, &id, |claims| claims.kind = TokenKind::Verification),
        forged(&world, &id, |claims| claims.exp = 0),
        forged(&world, &id, |claims| claims.exp = NOW.0 / 1_000),
        format!("Bearer {token}"),
        String::new(),
        "..".to_owned(),
    ];
    for token in rows {
        assert!(!world.holds(&token), "{token}");
    }
    assert!(matches!(
        world.auth.principal(Timestamp(i64::MAX), &token),
        Principal::Guest
    ));
    assert!(world.holds(&token));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_a_session_ends_every_token_at_once() {
    let world = World::new().await;
    let (id, _) = bob(&world).await;
    let changes = [
        json!({"password": "a new password", "passwordConfirm": "a new password"}),
        json!({"password": PASSWORD, "passwordConfirm": PASSWORD}),
        json!({"email": "bobby@example.com"}),
        json!({"tokenKey:autogenerate": ""}),
        json!({"tokenKey": "k".repeat(40)}),
    ];
    for change in changes {
        let token = forged(&world, &id, |_| {});
        assert!(world.holds(&token));
        world.patch(&system(), &id, change.clone()).await.unwrap();
        assert!(!world.holds(&token), "{change}");
    }
    for harmless in [
        json!({"email": "bobby@example.com"}),
        json!({"username": "robert"}),
        json!({"verified": true}),
    ] {
        let token = forged(&world, &id, |_| {});
        world.patch(&system(), &id, harmless.clone()).await.unwrap();
        assert!(world.holds(&token), "{harmless}");
    }
    let token = forged(&world, &id, |_| {});
    world
        .change_collection("members", json!({"authToken": {"secret": "s".repeat(40)}}))
        .await;
    assert!(!world.holds(&token), "another secret");
    let token = forged(&world, &id, |_| {});
    world
        .change_collection("members", json!({"authRule": "verified = true"}))
        .await;
    assert!(!world.holds(&token), "another auth rule");
    let token = forged(&world, &id, |_| {});
    world
        .records
        .delete(&system(), "members", &id)
        .await
        .unwrap();
    assert!(!world.holds(&token), "a deleted record");
    world.member("bob", json!({"id": id})).await;
    assert!(
        !world.holds(&token),
        "a record with the id of a deleted one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_exchanged_for_a_fresh_one() {
    let world = World::new().await;
    let (id, token) = bob(&world).await;
    let later = Context {
        now: Timestamp(NOW.0 + 5_000),
        ..world.caller(&token)
    };
    let fresh = world.auth.refresh(&later, "members", &token).await.unwrap();
    assert_ne!(fresh.token, token);
    assert!(world.holds(&fresh.token));
    assert_eq!(shown(&fresh)["email"], "bob@example.com");
    let fixed = forged(&world, &id, |claims| claims.refreshable = Some(false));
    let same = world
        .auth
        .refresh(&world.caller(&fixed), "members", &fixed)
        .await
        .unwrap();
    assert_eq!(same.token, fixed);
    let unsaid = forged(&world, &id, |claims| claims.refreshable = None);
    assert_eq!(
        world
            .auth
            .refresh(&later, "members", &unsaid)
            .await
            .unwrap()
            .token,
        unsaid
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_token_of_the_collection_is_refreshed() {
    let world = World::new().await;
    let (id, token) = bob(&world).await;
    let caller = world.caller(&token);
    let eve = world.member("eve", json!({})).await;
    let foreign = forged(&world, &eve, |_| {});
    let outcome = world.auth.refresh(&guest(), "members", &token).await;
    assert!(
        matches!(outcome, Err(Error::SignInNeeded)),
        "a guest: {outcome:?}"
    );
    let outcome = world.auth.refresh(&system(), "members", &token).await;
    assert!(
        matches!(outcome, Err(Error::SignInNeeded)),
        "no record: {outcome:?}"
    );
    let outcome = world.auth.refresh(&caller, "members", &foreign).await;
    assert!(
        matches!(outcome, Err(Error::SignInNeeded)),
        "another's token: {outcome:?}"
    );
    let outcome = world.auth.refresh(&caller, "members", "").await;
    assert!(
        matches!(outcome, Err(Error::SignInNeeded)),
        "no token: {outcome:?}"
    );
    let outcome = world.auth.refresh(&guest(), "nothing", &token).await;
    assert!(
        matches!(outcome, Err(Error::MissingCollection)),
        "{outcome:?}"
    );
    for collection in ["_superusers", "_otps"] {
        let outcome = world.auth.refresh(&caller, collection, &token).await;
        let Err(Error::Forbidden(reason)) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(
            reason,
            "The request requires auth record from members collection."
        );
    }
    world
        .change_collection("members", json!({"manageRule": null}))
        .await;
    world
        .patch(&system(), &id, json!({"email": "new@example.com"}))
        .await
        .unwrap();
    let outcome = world.auth.refresh(&caller, "members", &token).await;
    assert!(
        matches!(outcome, Err(Error::SignInNeeded)),
        "changed since: {outcome:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_asks_the_auth_rule() {
    let world = World::new().await;
    let (id, _) = bob(&world).await;
    for rule in [
        json!(null),
        json!("verified = true"),
        json!("@request.context = 'password'"),
    ] {
        world
            .change_collection("members", json!({"authRule": rule.clone()}))
            .await;
        let token = forged(&world, &id, |_| {});
        let outcome = world
            .auth
            .refresh(&world.caller(&token), "members", &token)
            .await;
        assert!(
            matches!(outcome, Err(Error::Forbidden(_))),
            "{rule}: {outcome:?}"
        );
    }
}
