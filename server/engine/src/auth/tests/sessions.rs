//! Sessions end when they should, and only then.

use luge_model::limits::{BELONGING_USE_MILLISECONDS, SESSION_SECONDS_MAX, SESSIONS_MAX};

use super::*;
use crate::auth::session::{Proven, owner};
use crate::belongings::{self, Kind};
use crate::commit::Proposal;
use crate::secrets;
use crate::store::{Direction, key};

fn at(now: Timestamp) -> Context {
    Context { now, ..guest() }
}

/// The tokens of `count` sign-ins, one a millisecond, without the work of a password.
async fn sign_ins(world: &World, id: &str, count: usize) -> Vec<String> {
    let compiled = world.records.compiled("members").unwrap();
    let mut tokens = Vec::new();
    for moment in 0..count {
        let now = Timestamp(NOW.0 + i64::try_from(moment).unwrap());
        let (context, record) = (at(now), world.record(id));
        let proven = Proven::by(record, "test");
        let begins = (&proven, secrets::session_id(&*world.auth.random));
        let live = world
            .auth
            .begin(&context, &compiled, begins, (Proposal::default(), false));
        tokens.push(live.await.unwrap().unwrap().token(now, &compiled).unwrap());
    }
    tokens
}

fn used(world: &World, token: &str) -> Vec<Json> {
    let caller = world.caller(token);
    let sessions = world.auth.sessions(&caller, "members", None).unwrap();
    sessions
        .iter()
        .map(|session| session["used"].clone())
        .collect()
}

fn stored(world: &World) -> usize {
    let mut count = 0;
    let mut visit = |_: &[u8], _: &[u8]| {
        count += 1;
        std::ops::ControlFlow::Continue(())
    };
    let store = world.committer.store();
    let range = key::belonging_range();
    store
        .scan(&range, Direction::Forward, 1_000, &mut visit)
        .unwrap();
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn the_least_used_session_makes_room() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let tokens = sign_ins(&world, &id, SESSIONS_MAX + 3).await;
    let holding: Vec<bool> = tokens.iter().map(|token| world.holds(token)).collect();
    let (gone, left) = holding.split_at(3);
    assert!(gone.iter().all(|holds| !holds), "{gone:?}");
    assert!(left.iter().all(|holds| *holds), "{left:?}");
    assert_eq!(stored(&world), SESSIONS_MAX);
}

#[tokio::test(flavor = "multi_thread")]
async fn refreshing_does_not_outlast_the_session() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let mut token = sign_ins(&world, &id, 1).await.remove(0);
    let end = Timestamp(NOW.0 + SESSION_SECONDS_MAX * 1_000);
    let step = 4 * 86_400_000;
    let mut now = NOW.0;
    while now + step < end.0 {
        now += step;
        let context = Context {
            principal: world.auth.principal(Timestamp(now), &token),
            ..at(Timestamp(now))
        };
        token = world
            .auth
            .refresh(&context, "members", &token)
            .await
            .unwrap()
            .token;
    }
    let holds = |now| world.auth.principal(now, &token).identity().is_some();
    assert!(holds(Timestamp(end.0 - 1)));
    assert!(!holds(end));
}

#[tokio::test(flavor = "multi_thread")]
async fn use_is_noted_seldom() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let token = sign_ins(&world, &id, 1).await.remove(0);
    let began = used(&world, &token);
    let soon = Timestamp(NOW.0 + BELONGING_USE_MILLISECONDS - 1);
    assert!(world.auth.principal(soon, &token).identity().is_some());
    assert_eq!(used(&world, &token), began);
    let later = Timestamp(NOW.0 + BELONGING_USE_MILLISECONDS);
    assert!(world.auth.principal(later, &token).identity().is_some());
    // The note is not waited for by whoever used the session.
    for _ in 0..200 {
        if used(&world, &token) != began {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(used(&world, &token), [json!(later.to_string())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_fifty_who_end_a_session_does() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let tokens = sign_ins(&world, &id, 2).await;
    let caller = world.caller(&tokens[0]);
    let sessions = world.auth.sessions(&caller, "members", None).unwrap();
    let other = sessions.iter().find(|session| session["current"] == false);
    let other = other.unwrap()["id"].as_str().unwrap().to_owned();
    let attempts = (0..50).map(|_| {
        let (world, caller, other) = (Arc::clone(&world), caller.clone(), other.clone());
        tokio::spawn(async move {
            let ended = world.auth.end_session(&caller, "members", None, &other);
            ended.await
        })
    });
    let mut ended = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(()) => ended += 1,
            Err(error) => assert!(matches!(error, Error::MissingSession), "{error:?}"),
        }
    }
    assert_eq!(ended, 1);
    assert!(world.holds(&tokens[0]) && !world.holds(&tokens[1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_meets_a_new_token_key_fails() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let compiled = world.records.compiled("members").unwrap();
    let proven = Proven::by(world.record(&id), "test");
    let begins = || (&proven, secrets::session_id(&*world.auth.random));
    world
        .patch(&system(), &id, json!({"score": 7}))
        .await
        .unwrap();
    let context = guest();
    let begun = world
        .auth
        .begin(&context, &compiled, begins(), (Proposal::default(), false));
    let token = begun.await.unwrap().unwrap().token(NOW, &compiled).unwrap();
    assert!(world.holds(&token), "another change does not matter");
    let new = json!({"password": "another word", "passwordConfirm": "another word"});
    world.patch(&system(), &id, new).await.unwrap();
    let begun = world
        .auth
        .begin(&guest(), &compiled, begins(), (Proposal::default(), false))
        .await;
    assert!(matches!(begun, Err(Error::SignInFailed)));
    assert_eq!(stored(&world), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn belongings_go_with_their_collection_and_their_time() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let eve = world.member("eve", json!({})).await;
    sign_ins(&world, &id, 2).await;
    sign_ins(&world, &eve, 1).await;
    let store = &**world.committer.store();
    let range = key::belonging_range();
    let end = Timestamp(NOW.0 + SESSION_SECONDS_MAX * 1_000);
    let (none, rest) = belongings::ended(store, &range, Timestamp(end.0 - 1)).unwrap();
    assert!(none.deletes.is_empty() && rest.is_none());
    let (some, _) = belongings::ended(store, &range, end).unwrap();
    assert_eq!(
        some.deletes.len(),
        2,
        "one of each began at the same moment"
    );
    world.committer.commit(some).await.unwrap();
    assert_eq!(stored(&world), 1);
    let compiled = world.records.compiled("members").unwrap();
    let record = world.record(&id);
    let left: Vec<belongings::Belonging<Json>> = owner(&compiled, &record)
        .all(store, Kind::Session, NOW)
        .unwrap();
    assert_eq!(left.len(), 1);
    world
        .records
        .delete_collection(&system(), "members")
        .await
        .unwrap();
    for _ in 0..200 {
        if stored(&world) == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("something is left of a collection that is gone");
}
