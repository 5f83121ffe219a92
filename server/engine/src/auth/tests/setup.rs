//! The first superuser: one code, one claim that wins, nothing without it.

use tokio::task::JoinSet;

use super::*;

const MINUTE: i64 = 60_000;
const EMAIL: &str = "first@example.com";

fn at(minutes: i64) -> Context {
    Context {
        now: Timestamp(NOW.0 + minutes * MINUTE),
        ..guest()
    }
}

fn code(world: &World, minutes: i64) -> String {
    world
        .auth
        .setup_code(at(minutes).now)
        .unwrap()
        .unwrap()
        .code
}

async fn claim(world: &World, minutes: i64, code: &str) -> Result<SignedIn> {
    world.auth.setup(&at(minutes), code, EMAIL, PASSWORD).await
}

fn refused(outcome: &Result<SignedIn>) -> bool {
    matches!(outcome, Err(Error::SetupRefused(_)))
}

fn superusers(world: &World) -> usize {
    let compiled = world.records.compiled("_superusers").unwrap();
    let range = crate::store::key::record_range(compiled.collection.number);
    let mut count = 0;
    let store = world.committer.store();
    store
        .scan(
            &range,
            crate::store::Direction::Forward,
            1_000,
            &mut |_, _| {
                count += 1;
                std::ops::ControlFlow::Continue(())
            },
        )
        .unwrap();
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_makes_one_superuser_and_dies() {
    let world = World::new().await;
    assert!(world.auth.setup_needed().unwrap());
    let code = code(&world, 0);
    assert_eq!(code.len(), 32);
    assert!(code.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let signed_in = claim(&world, 1, &code).await.unwrap();
    assert!(matches!(
        world.auth.principal(NOW, &signed_in.token),
        Principal::Superuser(_)
    ));
    let record = shown(&signed_in);
    assert_eq!(
        (&record["email"], &record["verified"]),
        (&json!(EMAIL), &json!(true))
    );
    assert!(!world.auth.setup_needed().unwrap());
    assert!(world.auth.setup_code(NOW).unwrap().is_none());
    let again = world
        .auth
        .setup(&at(2), &code, "second@example.com", PASSWORD)
        .await;
    assert!(refused(&again), "{again:?}");
    assert_eq!(superusers(&world), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_make_nobody() {
    let world = World::new().await;
    let before = claim(&world, 0, "").await;
    assert!(refused(&before), "no code was made yet: {before:?}");
    let code = code(&world, 0);
    let upper = code.to_uppercase() + "!";
    let prefix: String = code.chars().take(31).collect();
    let zeros = "0".repeat(32);
    let padded = format!("{code}0");
    for wrong in [
        "",
        " ",
        &upper,
        &prefix,
        &zeros,
        &padded,
        &format!(" {code}"),
        "é",
    ] {
        let outcome = claim(&world, 0, wrong).await;
        assert!(refused(&outcome), "{wrong:?}: {outcome:?}");
    }
    assert_eq!(superusers(&world), 0);
    claim(&world, 0, &code).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_ends_and_is_made_anew() {
    let world = World::new().await;
    let first = world.auth.setup_code(NOW).unwrap().unwrap();
    assert_eq!(first.expires, at(30).now);
    assert_eq!(code(&world, 29), first.code, "it is the same until it ends");
    let late = claim(&world, 30, &first.code).await;
    assert!(refused(&late), "{late:?}");
    let second = code(&world, 30);
    assert_ne!(second, first.code);
    let old = claim(&world, 31, &first.code).await;
    assert!(refused(&old), "{old:?}");
    claim(&world, 31, &second).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_wrong_codes_end_the_right_one() {
    let world = World::new().await;
    let first = code(&world, 0);
    for _ in 0..100 {
        assert!(refused(&claim(&world, 0, "wrong").await));
    }
    assert!(
        refused(&claim(&world, 0, &first).await),
        "the code was guessed at too often"
    );
    let second = code(&world, 0);
    assert_ne!(second, first);
    claim(&world, 0, &second).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_password_or_address_leaves_the_code() {
    let world = World::new().await;
    let code = code(&world, 0);
    for (email, password, field) in [
        (EMAIL, "short", "password"),
        (EMAIL, "", "password"),
        ("nobody", PASSWORD, "email"),
        ("", PASSWORD, "email"),
    ] {
        let outcome = world.auth.setup(&guest(), &code, email, password).await;
        assert!(
            codes(outcome).iter().any(|(name, _)| name == field),
            "{email} {password}"
        );
    }
    assert_eq!(superusers(&world), 0);
    claim(&world, 0, &code).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_claims_one_makes_a_superuser() {
    let world = World::new().await;
    let code = code(&world, 0);
    let mut claims = JoinSet::new();
    for number in 0..100 {
        let (world, code) = (Arc::clone(&world), code.clone());
        claims.spawn(async move {
            let email = format!("claim{number}@example.com");
            world.auth.setup(&guest(), &code, &email, PASSWORD).await
        });
    }
    let mut made = 0;
    while let Some(outcome) = claims.join_next().await {
        match outcome.unwrap() {
            Ok(_) => made += 1,
            outcome => assert!(refused(&outcome), "{outcome:?}"),
        }
    }
    assert_eq!((made, superusers(&world)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_superuser_from_elsewhere_ends_the_code() {
    let world = World::new().await;
    let code = code(&world, 0);
    world
        .auth
        .create_superuser(&system(), "cli@example.com", PASSWORD)
        .await
        .unwrap();
    let outcome = claim(&world, 0, &code).await;
    assert!(refused(&outcome), "{outcome:?}");
    assert_eq!(superusers(&world), 1);
}
