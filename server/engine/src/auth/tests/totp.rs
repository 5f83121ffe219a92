//! Authenticator apps and recovery codes: what they ask for, what they let in, and that nothing of
//! them is used twice, also not at once.

use luge_model::limits::{RECOVERY_CODES, TOTP_STEP_MILLISECONDS};

use super::*;
use crate::auth::totp::code_at;

/// A member with an app, and what the app knows.
struct App {
    world: Arc<World>,
    secret: Vec<u8>,
    recovery: Vec<String>,
}

/// Where an attempt is made.
fn at(steps: i64) -> Context {
    Context {
        now: Timestamp(NOW.0 + steps * TOTP_STEP_MILLISECONDS),
        ..guest()
    }
}

fn unbase_32(text: &str) -> Vec<u8> {
    let mut bits = String::new();
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        bits.push_str(&format!("{value:05b}"));
    }
    let bytes = bits.as_bytes().chunks_exact(8);
    bytes
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

impl App {
    async fn new() -> Self {
        let world = World::new().await;
        world.member("ann", json!({})).await;
        let mut app = Self {
            world,
            secret: Vec::new(),
            recovery: Vec::new(),
        };
        let ann = app.ann().await;
        app.begin(&ann).await;
        let code = app.code(0);
        let confirmed = app.world.auth.confirm_totp(&ann, "members", &code);
        app.recovery = confirmed.await.unwrap();
        app
    }

    async fn ann(&self) -> Context {
        let token = self.world.token("ann@example.com").await;
        self.world.caller(&token)
    }

    async fn begin(&mut self, caller: &Context) {
        let begun = self.world.auth.begin_totp(caller, "members").await.unwrap();
        self.secret = unbase_32(begun["secret"].as_str().unwrap());
    }

    fn code(&self, steps: i64) -> String {
        let step = at(steps).now.0.div_euclid(TOTP_STEP_MILLISECONDS);
        code_at(&self.secret, step).unwrap()
    }

    /// A sign-in that waits for its second factor.
    async fn begun(&self, steps: i64) -> Context {
        let context = at(steps);
        let first = self
            .world
            .sign_in_as(&context, "members", "ann@example.com", PASSWORD);
        match first.await {
            Err(Error::SecondFactorNeeded { id, by_app: true }) => {
                context.with_body(object(json!({ "mfaId": id })))
            }
            other => panic!("{other:?}"),
        }
    }

    async fn complete(&self, begun: &Context, code: &str) -> Result<SignedIn> {
        self.world
            .auth
            .sign_in_with_totp(begun, "members", code)
            .await
    }

    async fn recover(&self, begun: &Context, code: &str) -> Result<SignedIn> {
        let auth = &self.world.auth;
        auth.sign_in_with_recovery_code(begun, "members", code)
            .await
    }
}

/// How many of several attempts signed in.
async fn successes<F>(attempts: Vec<F>) -> usize
where
    F: Future<Output = Result<SignedIn>> + Send + 'static,
{
    let running: Vec<_> = attempts.into_iter().map(tokio::spawn).collect();
    let mut successes = 0;
    for one in running {
        successes += usize::from(one.await.unwrap().is_ok());
    }
    successes
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_asks_for_a_code_once_it_is_confirmed() {
    let world = World::new().await;
    world.member("ann", json!({})).await;
    let mut app = App {
        world,
        secret: Vec::new(),
        recovery: Vec::new(),
    };
    let ann = app.ann().await;
    let auth = &app.world.auth;
    let nothing = auth.confirm_totp(&ann, "members", "123456").await;
    assert!(matches!(nothing, Err(Error::BadRequest(_))));
    app.begin(&ann).await;
    // Begun is not on: signing in asks for nothing more.
    let ann = app.ann().await;
    let auth = &app.world.auth;
    for wrong in ["", "000", "abcdef", &app.code(-5), &app.code(5)] {
        let refused = codes(auth.confirm_totp(&ann, "members", wrong).await);
        assert_eq!(refused[0].0, "code", "{wrong}");
    }
    assert_eq!(auth.totp(&ann, "members", None).unwrap()["enabled"], false);
    let recovery = auth
        .confirm_totp(&ann, "members", &app.code(1))
        .await
        .unwrap();
    assert_eq!(recovery.len(), RECOVERY_CODES);
    let shown = auth.totp(&ann, "members", None).unwrap();
    assert_eq!(
        (&shown["enabled"], &shown["recoveryCodes"]),
        (&json!(true), &json!(10))
    );
    assert!(
        auth.begin_totp(&ann, "members").await.is_err(),
        "one is enough"
    );
    // The code that confirmed it is used.
    let begun = app.begun(1).await;
    assert!(matches!(
        app.complete(&begun, &app.code(1)).await,
        Err(Error::SignInFailed)
    ));
    app.complete(&begun, &app.code(2)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_right_code_of_now_completes_a_sign_in() {
    let app = App::new().await;
    let begun = app.begun(10).await;
    for wrong in [app.code(8), app.code(12), "000000".to_owned()] {
        let refused = app.complete(&begun, &wrong).await;
        assert!(matches!(refused, Err(Error::SignInFailed)), "{wrong}");
    }
    for (context, expected) in [(at(10), "mfaId"), (begun.clone(), "code")] {
        let code = if expected == "code" { "" } else { "123456" };
        assert_eq!(codes(app.complete(&context, code).await)[0].0, expected);
    }
    let other = at(10).with_body(object(json!({"mfaId": "nothing"})));
    let refused = app.complete(&other, &app.code(10)).await;
    assert!(matches!(refused, Err(Error::BadRequest(_))));
    // The same code, a little early.
    app.complete(&begun, &app.code(11)).await.unwrap();
    let again = app.complete(&begun, &app.code(11)).await;
    assert!(matches!(again, Err(Error::BadRequest(_))), "{again:?}");
    let next = app.begun(11).await;
    for used in [10, 11] {
        let refused = app.complete(&next, &app.code(used)).await;
        assert!(matches!(refused, Err(Error::SignInFailed)), "{used}");
    }
    app.complete(&next, &app.code(12)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_end_the_sign_in() {
    let app = App::new().await;
    let begun = app.begun(3).await;
    for _ in 0..5 {
        let refused = app.complete(&begun, "000000").await;
        assert!(matches!(refused, Err(Error::SignInFailed)));
    }
    let refused = app.complete(&begun, &app.code(3)).await;
    assert!(matches!(refused, Err(Error::BadRequest(_))), "{refused:?}");
    let mut elsewhere = app.begun(3).await;
    elsewhere.client = Some("203.0.113.5".parse().unwrap());
    for _ in 0..5 {
        app.complete(&elsewhere, "000000").await.unwrap_err();
    }
    let mut begun = app.begun(3).await;
    begun.client = elsewhere.client;
    let waits = app.complete(&begun, &app.code(3)).await;
    assert!(
        matches!(waits, Err(Error::TooManyTries { .. })),
        "{waits:?}"
    );
    begun.client = Some("198.51.100.1".parse().unwrap());
    app.complete(&begun, &app.code(3)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_is_used_once() {
    let app = App::new().await;
    let begun = app.begun(1).await;
    let code = app.recovery[0].to_uppercase().replace('-', " ");
    for wrong in ["abcd-efgh-jkmn-pq23", "x"] {
        app.recover(&begun, wrong).await.unwrap_err();
    }
    app.recover(&begun, &code).await.unwrap();
    let begun = app.begun(1).await;
    assert!(matches!(
        app.recover(&begun, &code).await,
        Err(Error::SignInFailed)
    ));
    // New ones take the place of the rest.
    let signed_in = app.recover(&begun, &app.recovery[1]).await.unwrap();
    let ann = app.world.caller(&signed_in.token);
    assert_eq!(
        app.world.auth.totp(&ann, "members", None).unwrap()["recoveryCodes"],
        8
    );
    let ann = Context {
        now: at(1).now,
        ..ann
    };
    let renewed = app
        .world
        .auth
        .new_recovery_codes(&ann, "members")
        .await
        .unwrap();
    let begun = app.begun(1).await;
    app.recover(&begun, &app.recovery[2]).await.unwrap_err();
    app.recover(&begun, &renewed[9]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_one_signs_in() {
    let app = Arc::new(App::new().await);
    // One code for many begun sign-ins.
    let mut attempts = Vec::new();
    for _ in 0..10 {
        let (app, begun) = (Arc::clone(&app), app.begun(2).await);
        attempts.push(async move { app.complete(&begun, &app.code(2)).await });
    }
    assert_eq!(successes(attempts).await, 1);
    // Fifty uses of one begun sign-in.
    let begun = app.begun(4).await;
    let attempts = (0..50).map(|number| {
        let (app, begun) = (Arc::clone(&app), begun.clone());
        let code = app.code(if number % 2 == 0 { 4 } else { 5 });
        async move { app.complete(&begun, &code).await }
    });
    assert_eq!(successes(attempts.collect()).await, 1);
    // Fifty uses of one recovery code, each for a sign-in that is its own or shared.
    let mut attempts = Vec::new();
    for number in 0..50 {
        let begun = if number % 5 == 0 {
            app.begun(8).await
        } else {
            begun.clone()
        };
        let app = Arc::clone(&app);
        attempts.push(async move { app.recover(&begun, &app.recovery[0]).await });
    }
    assert_eq!(successes(attempts).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_app_other_sessions_end_and_nothing_is_asked() {
    let app = App::new().await;
    let (first, second) = (app.begun(1).await, app.begun(2).await);
    let kept = app.complete(&first, &app.code(1)).await.unwrap().token;
    let ended = app.complete(&second, &app.code(2)).await.unwrap().token;
    let stale = Context {
        now: Timestamp(NOW.0 + 3_600_000),
        ..app.world.caller(&kept)
    };
    let auth = &app.world.auth;
    assert!(matches!(
        auth.remove_totp(&stale, "members", None).await,
        Err(Error::Forbidden(_))
    ));
    assert!(matches!(
        auth.begin_totp(&stale, "members").await,
        Err(Error::Forbidden(_))
    ));
    let ann = app.world.caller(&kept);
    auth.remove_totp(&ann, "members", None).await.unwrap();
    assert!(app.world.holds(&kept) && !app.world.holds(&ended));
    assert!(matches!(
        auth.remove_totp(&ann, "members", None).await,
        Err(Error::BadRequest(_))
    ));
    app.world
        .sign_in("ann@example.com", PASSWORD)
        .await
        .unwrap();
    let begun = at(1).with_body(object(json!({"mfaId": "x"})));
    app.recover(&begun, &app.recovery[0]).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_completes_a_sign_in_that_an_app_is_asked_for() {
    let app = App::new().await;
    let begun = app.begun(1).await;
    let compiled = app.world.records.compiled("members").unwrap();
    let id = app
        .world
        .auth
        .find_by(&compiled, "email", "ann@example.com");
    let record = id.unwrap().unwrap();
    let later = at(1);
    for method in ["otp", "oauth2", "magicLink", "password"] {
        let outcome = app
            .world
            .auth
            .sign_in(&begun, &compiled, record.clone(), method);
        assert!(
            matches!(outcome.await, Err(Error::BadRequest(_))),
            "{method}"
        );
        let alone = app
            .world
            .auth
            .sign_in(&later, &compiled, record.clone(), method);
        let alone = alone.await;
        assert!(
            matches!(alone, Err(Error::SecondFactorNeeded { .. })),
            "{method}"
        );
    }
    app.world
        .auth
        .sign_in(&at(1), &compiled, record, "passkey")
        .await
        .unwrap();
    app.complete(&begun, &app.code(1)).await.unwrap();
}
