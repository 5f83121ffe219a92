//! What the history of an account tells, that it is bounded, and what it costs.

use luge_model::limits::{
    IMPERSONATIONS_KEPT, SIGN_IN_KEPT_MILLISECONDS, SIGN_IN_REFUSED_MILLISECONDS, SIGN_INS_KEPT,
    UNFINISHED_SIGN_INS_KEPT,
};

use super::*;
use crate::auth::session::{Proven, owner};
use crate::belongings::{Belonging, Kind};

/// Where somebody is at a moment.
fn at(now: i64, device: &str, address: &str) -> Context {
    Context {
        now: Timestamp(NOW.0 + now),
        device: Some(device.into()),
        client: Some(address.parse().unwrap()),
        ..guest()
    }
}

/// A sign-in without the work of a password.
async fn enter(world: &World, id: &str, context: &Context) -> Result<SignedIn> {
    let compiled = world.records.compiled("members").unwrap();
    let record = world.record(id);
    world
        .auth
        .sign_in(context, &compiled, record, "password")
        .await
}

fn told_at(world: &World, id: &str, now: Timestamp) -> Vec<Json> {
    let context = Context::system(now);
    world.auth.sign_ins(&context, "members", Some(id)).unwrap()
}

fn told(world: &World, id: &str) -> Vec<Json> {
    told_at(world, id, NOW)
}

fn each(told: &[Json], key: &str) -> Vec<Json> {
    told.iter().map(|entry| entry[key].clone()).collect()
}

fn sequence(world: &World) -> u64 {
    world.committer.store().durable().borrow().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_one_commit_and_a_wrong_password_none() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let before = sequence(&world);
    world.sign_in("bob@example.com", PASSWORD).await.unwrap();
    assert_eq!(sequence(&world), before + 1);
    for wrong in ["wrong", "", "correct"] {
        assert!(world.sign_in("bob@example.com", wrong).await.is_err());
        assert!(world.sign_in("nobody@example.com", wrong).await.is_err());
    }
    assert_eq!(sequence(&world), before + 1);
    assert_eq!(each(&told(&world, &id), "outcome"), ["signedIn"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_new_once_and_only_beside_others() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let places = [
        ("phone", "10.0.0.1"),
        ("phone", "10.0.0.1"),
        ("desk", "10.0.0.1"),
        ("phone", "10.0.0.2"),
        ("phone", "2001:db8::1"),
        ("phone", "2001:db8::2"),
        ("desk", "10.0.0.1"),
    ];
    for (moment, (device, address)) in (0..).zip(places) {
        enter(&world, &id, &at(moment, device, address))
            .await
            .unwrap();
    }
    let mut told = told(&world, &id);
    told.reverse();
    assert_eq!(
        each(&told, "new"),
        [false, false, true, true, true, false, false]
    );
    assert_eq!(told[3]["address"], "10.0.0.2");
    assert_eq!(told[3]["device"], "phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_outcome_is_bounded_by_itself_and_all_by_age() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let compiled = world.records.compiled("members").unwrap();
    let proven = Proven::by(world.record(&id), "password");
    let many = i64::try_from(SIGN_INS_KEPT).unwrap() + 3;
    for moment in 0..many {
        let context = at(moment, "phone", "10.0.0.1");
        enter(&world, &id, &context).await.unwrap();
        let mut unfinished = Default::default();
        world
            .auth
            .plan_unfinished(&context, &compiled, (&proven, "x"), &mut unfinished)
            .unwrap();
        world.committer.commit(unfinished).await.unwrap();
    }
    let now = told(&world, &id);
    let of = |outcome: &str| {
        now.iter()
            .filter(|entry| entry["outcome"] == outcome)
            .count()
    };
    assert_eq!(of("signedIn"), SIGN_INS_KEPT);
    assert_eq!(of("unfinished"), UNFINISHED_SIGN_INS_KEPT);
    assert!(IMPERSONATIONS_KEPT > 0 && of("impersonated") == 0);
    let last = Timestamp(NOW.0 + SIGN_IN_KEPT_MILLISECONDS + many - 2);
    assert_eq!(told_at(&world, &id, last).len(), 2);
    let gone = Timestamp(last.0 + 1);
    assert_eq!(told_at(&world, &id, gone), Vec::<Json>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_noted_once_in_a_while() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    world
        .change_collection("members", json!({"authRule": "role = 'open'"}))
        .await;
    let times = [
        0,
        1,
        SIGN_IN_REFUSED_MILLISECONDS - 1,
        SIGN_IN_REFUSED_MILLISECONDS,
    ];
    for moment in times {
        let refused = enter(&world, &id, &at(moment, "phone", "10.0.0.1")).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        // Nobody waits for the note.
        world.committer.commit(Default::default()).await.unwrap();
    }
    assert_eq!(each(&told(&world, &id), "outcome"), ["refused", "refused"]);
    assert_eq!(each(&told(&world, &id), "live"), [false, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_takes_the_place_of_what_waited_for_it() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let mfa = json!({"mfa": {"enabled": true, "duration": 600}, "otp": {"enabled": true}});
    world.change_collection("members", mfa).await;
    let context = at(0, "phone", "10.0.0.1");
    let begun = enter(&world, &id, &context).await;
    let Err(Error::SecondFactorNeeded { id: begun, .. }) = begun else {
        panic!("{begun:?}");
    };
    assert_eq!(each(&told(&world, &id), "outcome"), ["unfinished"]);
    assert_eq!(each(&told(&world, &id), "session"), [""]);
    let mut context = at(1, "phone", "10.0.0.1");
    context.request.query.insert("mfaId".to_owned(), begun);
    let compiled = world.records.compiled("members").unwrap();
    let record = world.record(&id);
    world
        .auth
        .sign_in(&context, &compiled, record, "otp")
        .await
        .unwrap();
    let told = told(&world, &id);
    assert_eq!(each(&told, "outcome"), ["signedIn"]);
    assert_eq!(
        (&told[0]["first"], &told[0]["method"]),
        (&json!("password"), &json!("otp"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_outlives_sessions_and_goes_with_its_record() {
    let world = World::new().await;
    let id = world.member("bob", json!({})).await;
    let token = world.token("bob@example.com").await;
    assert_eq!(each(&told(&world, &id), "live"), [true]);
    let own = world.auth.sign_ins(&world.caller(&token), "members", None);
    assert_eq!(each(&own.unwrap(), "current"), [true]);
    let new = json!({"password": "another word", "passwordConfirm": "another word"});
    world.patch(&system(), &id, new).await.unwrap();
    assert_eq!(each(&told(&world, &id), "live"), [false]);
    let compiled = world.records.compiled("members").unwrap();
    let record = world.record(&id);
    world
        .records
        .delete(&system(), "members", &id)
        .await
        .unwrap();
    let left: Vec<Belonging<Json>> = owner(&compiled, &record)
        .all(&**world.committer.store(), Kind::SignIn, NOW)
        .unwrap();
    assert!(left.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_it() {
    let world = World::new().await;
    let bob = world.member("bob", json!({})).await;
    let eve = world.member("eve", json!({})).await;
    let eve_caller = world.caller(&world.token("eve@example.com").await);
    let seen =
        |context: &Context, record: Option<&str>| world.auth.sign_ins(context, "members", record);
    assert!(matches!(seen(&guest(), None), Err(Error::SignInNeeded)));
    assert!(matches!(
        seen(&guest(), Some(&bob)),
        Err(Error::SignInNeeded)
    ));
    assert!(matches!(
        seen(&eve_caller, Some(&bob)),
        Err(Error::Forbidden(_))
    ));
    assert!(matches!(
        seen(&system(), Some("nobody")),
        Err(Error::MissingRecord)
    ));
    assert_eq!(seen(&eve_caller, Some(&eve)).unwrap().len(), 1);
    assert!(seen(&system(), Some(&bob)).unwrap().is_empty());
}
