//! Letters from their commit to where they end, with a mail server that answers as the test wants.

use std::sync::Arc;

use luge_model::collection::{Collections as _, EmailTemplate};
use luge_model::limits::{MAIL_BYTES_MAX, MAIL_KEPT_MILLISECONDS};
use luge_model::timestamp::Timestamp;
use parking_lot::Mutex;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::context::Context;
use crate::engine::{Engine, Options};
use crate::outbox::Verdict;
use crate::outside::{MailServer, OutboundMail, PostError, Posting};
use crate::store::{StoreKind, wait};

const NOW: Timestamp = Timestamp(1_795_559_955_000);

/// A mail server: what it was handed, and what it answers next.
#[derive(Debug, Default)]
struct Server {
    handed: Mutex<Vec<(MailServer, OutboundMail)>>,
    answer: Mutex<Option<PostError>>,
}

impl Post for Server {
    fn send(&self, server: MailServer, mail: OutboundMail) -> Posting {
        self.handed.lock().push((server, mail));
        let answer = self.answer.lock().clone().map_or(Ok(()), Err);
        Box::pin(std::future::ready(answer))
    }
}

struct World {
    engine: Engine,
    server: Arc<Server>,
}

impl World {
    fn new(smtp: bool) -> Self {
        let server = Arc::new(Server::default());
        let options = Options {
            store: StoreKind::Memory,
            post: Arc::clone(&server) as _,
            encryption_key: Some("01234567890123456789012345678901".to_owned()),
            ..Options::new("unused".into())
        };
        let engine = Engine::open(options).unwrap();
        let world = Self { engine, server };
        world.set(&json!({"smtp": {
            "enabled": smtp, "host": "mail.test", "port": 25,
            "username": "me", "password": "secret word", "authMethod": "LOGIN",
        }, "meta": {"senderName": "Bob\r\nBcc: x@example.com"}}));
        world
    }

    fn mail(&self) -> &Mail {
        &self.engine.mail
    }

    fn set(&self, body: &Json) {
        let settings = &self.engine.settings;
        wait(settings.update(&system(), body.as_object().unwrap())).unwrap();
    }

    fn letter(&self, to: Option<&str>, until: Option<Timestamp>) -> Letter {
        let envelope = Envelope {
            to,
            about: "verification",
            until,
        };
        let values = Placeholders {
            token: "TheToken",
            ..Placeholders::default()
        };
        let meta = &self.engine.settings.current().meta;
        compose(envelope, &EmailTemplate::verification(), meta, &values)
    }

    fn post(&self, letter: &Letter) {
        let mut proposal = Proposal::default();
        self.mail().post(NOW, letter, &mut proposal).unwrap();
        wait(self.engine.committer.commit(proposal)).unwrap();
    }

    /// The newest letter, tried once: what its courier says.
    fn carry(&self, now: Timestamp) -> Verdict {
        let outbox = &self.mail().parts.outbox;
        let (_, newest) = outbox.list(&line(), None, (0, 1)).unwrap();
        let body = outbox.body(newest[0].number).unwrap().unwrap();
        let (_, courier) = self.mail().courier();
        wait(courier.carry(newest[0].clone(), body, now)).verdict
    }

    fn list(&self, state: &str) -> Vec<Json> {
        self.mail().list(&system(), state, (1, 30)).unwrap().items
    }
}

fn system() -> Context {
    Context::system(NOW)
}

fn refused(status: u16) -> PostError {
    PostError::Refused {
        status,
        reason: "no".to_owned(),
    }
}

#[test]
fn a_letter_goes_through_the_server_of_the_settings() {
    let world = World::new(true);
    world.post(&world.letter(Some("ann@example.com"), None));
    let [waiting] = &world.list("waiting")[..] else {
        panic!("one letter waits");
    };
    assert_eq!(waiting["to"], "ann@example.com");
    assert_eq!(waiting["event"], "verification");
    assert_eq!(world.carry(NOW), Verdict::Gone);
    let handed = world.server.handed.lock();
    let (server, mail) = &handed[0];
    assert_eq!((server.host.as_str(), server.port), ("mail.test", 25));
    let login = server.login.as_ref().unwrap();
    assert_eq!(
        (login.username.as_str(), login.password.reveal()),
        ("me", "secret word")
    );
    assert_eq!(login.method, crate::outside::LoginMethod::Login);
    assert_eq!(mail.to, "ann@example.com");
    assert_eq!(mail.id, waiting["id"].as_str().unwrap());
    assert_eq!(mail.sender_name, "Bob  Bcc: x@example.com");
    assert!(
        mail.html.contains("/confirm-verification/TheToken\""),
        "{}",
        mail.html
    );
    assert!(
        mail.text.contains("/confirm-verification/TheToken"),
        "{}",
        mail.text
    );
}

#[test]
fn what_waits_is_shown_without_its_content_and_stored_encrypted() {
    let world = World::new(true);
    world.post(&world.letter(Some("ann@example.com"), None));
    let id = world.list("")[0]["id"].as_str().unwrap().to_owned();
    let view = world.mail().view(&system(), &id).unwrap();
    assert!(!view.to_string().contains("TheToken"), "{view}");
    let outbox = &world.mail().parts.outbox;
    let found = outbox.find(&line(), &id).unwrap().unwrap();
    let body = outbox.body(found.number).unwrap().unwrap();
    assert!(!body.windows(8).any(|part| part == b"TheToken"));
}

#[test]
fn without_a_server_letters_are_kept() {
    let world = World::new(false);
    world.post(&world.letter(Some("ann@example.com"), None));
    assert_eq!(world.carry(NOW), Verdict::Delivered);
    assert_eq!(world.server.handed.lock().len(), 0);
}

#[test]
fn a_letter_to_nobody_is_committed_and_never_goes() {
    for smtp in [true, false] {
        let world = World::new(smtp);
        world.post(&world.letter(None, None));
        assert_eq!(world.list("waiting")[0]["to"], Json::Null);
        assert_eq!(world.carry(NOW), Verdict::Gone);
        assert_eq!(world.server.handed.lock().len(), 0);
    }
}

#[test]
fn what_has_ended_is_not_sent() {
    let world = World::new(true);
    world.post(&world.letter(Some("ann@example.com"), Some(NOW)));
    assert_eq!(world.carry(Timestamp(NOW.0 - 1)), Verdict::Gone);
    assert_eq!(world.carry(NOW), Verdict::GiveUp);
    assert_eq!(world.server.handed.lock().len(), 1);
}

#[test]
fn what_a_server_refuses_for_good_is_given_up_and_the_rest_tried_again() {
    let world = World::new(true);
    world.post(&world.letter(Some("ann@example.com"), None));
    let retry = Verdict::Retry { wait: None };
    for (answer, expected) in [
        (refused(550), Verdict::GiveUp),
        (refused(530), retry),
        (refused(535), retry),
        (PostError::Malformed(String::new()), Verdict::GiveUp),
        (
            PostError::Failed {
                status: Some(421),
                reason: String::new(),
            },
            retry,
        ),
    ] {
        *world.server.answer.lock() = Some(answer.clone());
        assert_eq!(world.carry(NOW), expected, "{answer:?}");
    }
}

#[test]
fn a_letter_that_is_too_long_is_refused_before_its_commit() {
    let world = World::new(true);
    let mut letter = world.letter(Some("ann@example.com"), None);
    letter.html = "x".repeat(MAIL_BYTES_MAX);
    let mut proposal = Proposal::default();
    let refused = world.mail().post(NOW, &letter, &mut proposal);
    assert!(matches!(refused, Err(Error::BadRequest(_))), "{refused:?}");
    assert!(proposal.puts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_is_for_superusers_and_is_emptied_by_age() {
    let world = tokio::task::spawn_blocking(|| World::new(false))
        .await
        .unwrap();
    let clock = Arc::new(crate::clock::SystemClock);
    let running = world.engine.start_outbox(clock);
    for (now, to) in [
        (NOW, Some("old@example.com")),
        (NOW, None),
        (Timestamp(NOW.0 + 5), Some("ann@example.com")),
    ] {
        let mut proposal = Proposal::default();
        world
            .mail()
            .post(now, &world.letter(to, None), &mut proposal)
            .unwrap();
        world.engine.committer.commit(proposal).await.unwrap();
    }
    while !world.list("waiting").is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let to: Vec<_> = world
        .list("kept")
        .iter()
        .map(|mail| mail["to"].clone())
        .collect();
    assert_eq!(to, ["ann@example.com", "old@example.com"]);
    let id = world.list("")[0]["id"].as_str().unwrap().to_owned();
    let view = world.mail().view(&system(), &id).unwrap();
    assert_eq!(view["state"], "kept");
    assert!(
        view["html"].as_str().unwrap().contains("TheToken"),
        "{view}"
    );
    refuses_guests(&world, &id).await;
    assert!(matches!(
        world.mail().list(&system(), "sent", (1, 30)),
        Err(Error::BadRequest(_))
    ));
    world
        .mail()
        .tend(Timestamp(NOW.0 + 1 + MAIL_KEPT_MILLISECONDS))
        .await
        .unwrap();
    assert_eq!(world.list("").len(), 1);
    world.mail().remove(&system(), &id).await.unwrap();
    assert!(matches!(
        world.mail().view(&system(), &id),
        Err(Error::MissingRecord)
    ));
    tokio::task::spawn_blocking(move || drop(running))
        .await
        .unwrap();
}

async fn refuses_guests(world: &World, id: &str) {
    let guest = Context {
        principal: luge_model::principal::Principal::Guest,
        ..system()
    };
    assert!(matches!(
        world.mail().list(&guest, "", (1, 30)),
        Err(Error::SignInNeeded)
    ));
    assert!(matches!(
        world.mail().view(&guest, id),
        Err(Error::SignInNeeded)
    ));
    assert!(matches!(
        world.mail().clear(&guest).await,
        Err(Error::SignInNeeded)
    ));
    assert!(matches!(
        world.mail().remove(&guest, id).await,
        Err(Error::SignInNeeded)
    ));
    assert!(matches!(
        world.mail().retry(&guest, id).await,
        Err(Error::SignInNeeded)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn placeholders_show_what_a_record_shows() {
    let world = tokio::task::spawn_blocking(|| World::new(false)).await;
    let world = world.unwrap();
    let record = json!({
        "email": "ann@example.com", "name": "<i>N</i>\r\nBcc: q@example.com",
        "password": "correct horse", "passwordConfirm": "correct horse",
    });
    let body: Map<String, Json> = record.as_object().unwrap().clone();
    let made = world.engine.records.create(&system(), "users", body).await;
    let made = made.unwrap();
    let snapshot = world.engine.catalog.snapshot();
    let values = Placeholders {
        record: Some((snapshot.find("users").unwrap(), made.record())),
        ..Placeholders::default()
    };
    let template = EmailTemplate {
        subject: "{RECORD:name}".to_owned(),
        body: "{RECORD:name}|{RECORD:email}|{RECORD:verified}|{RECORD:password}|{RECORD:tokenKey}|\
               {RECORD:nope}|{RECORD:}"
            .to_owned(),
    };
    let envelope = Envelope {
        to: None,
        about: "verification",
        until: None,
    };
    let letter = compose(
        envelope,
        &template,
        &world.engine.settings.current().meta,
        &values,
    );
    assert_eq!(letter.subject, "<i>N</i>  Bcc: q@example.com");
    assert_eq!(
        letter.text,
        "<i>N</i> Bcc: q@example.com|ann@example.com|false|{RECORD:password}|{RECORD:tokenKey}|\
         {RECORD:nope}|{RECORD:}"
    );
    assert!(
        letter.html.contains("&lt;i&gt;N&lt;/i&gt;"),
        "{}",
        letter.html
    );
}
