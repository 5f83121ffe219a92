//! What the account of a call says of the rule that decided, whatever the caller is told.

use luge_model::principal::{Identity, Principal};

use super::*;
use crate::clock::{Clock, SystemClock};
use crate::context::{Account, Noted, Part, Verdict};

/// Notes that their owner sees, makes and changes, and a locked collection; an owner with one note
/// and somebody else.
struct World {
    engine: Arc<Engine>,
    owner: Principal,
    other: Principal,
    note: String,
}

async fn world() -> World {
    let engine = engine(1 << 20);
    let system = system();
    let define = async |definition: Json| {
        let definition = body(definition);
        engine.catalog.create(&system, &definition).await.unwrap()
    };
    let people = define(json!({"name": "people", "type": "auth"})).await;
    let mine = "owner = @request.auth.id";
    let owner = json!({"name": "owner", "type": "relation", "collectionId": people.id});
    define(json!({
        "name": "notes", "type": "base", "listRule": mine, "viewRule": mine,
        "createRule": "", "updateRule": mine, "deleteRule": null,
        "fields": [owner, {"name": "text", "type": "text"}],
    }))
    .await;
    let mut principals = Vec::new();
    for name in ["owner", "other"] {
        let email = format!("{name}@example.com");
        let password = "correct horse";
        let values = json!({"email": email, "password": password, "passwordConfirm": password});
        let id = create(&engine, "people", values).await.unwrap();
        let compiled = engine.records.compiled("people").unwrap();
        let record = engine
            .records
            .query
            .record(&compiled, &id)
            .unwrap()
            .unwrap();
        principals.push(Principal::User(Arc::new(Identity {
            collection: Arc::clone(&compiled.collection),
            record,
            session: None,
            key: None,
        })));
    }
    let [owner, other] = principals.try_into().unwrap();
    let id = owner.identity().unwrap().record.id().to_owned();
    let note = create(&engine, "notes", json!({"owner": id}))
        .await
        .unwrap();
    World {
        engine,
        owner,
        other,
        note,
    }
}

fn context(principal: &Principal) -> Context {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Context {
        principal: principal.clone(),
        account: Account::kept(&clock),
        ..system()
    }
}

fn decided(noted: &Noted) -> (&'static str, Verdict, Option<&str>) {
    let decided = noted.decided().expect("a rule decided");
    (decided.action.name(), decided.verdict, decided.text())
}

#[test]
fn a_view_tells_a_denial_from_a_record_that_is_not_there() {
    runtime().block_on(async {
        let world = world().await;
        let rule = Some("owner = @request.auth.id");
        for (principal, id, verdict) in [
            (&world.owner, world.note.as_str(), Verdict::Allowed),
            (&Principal::System, &world.note, Verdict::Superuser),
            (&world.other, &world.note, Verdict::Denied),
            (&Principal::Guest, &world.note, Verdict::Denied),
            (&world.other, "nothere00000000", Verdict::Unasked),
            (&Principal::Guest, "nothere00000000", Verdict::Unasked),
        ] {
            let context = context(principal);
            let seen = world.engine.records.view(&context, "notes", id);
            let is_told = matches!(seen, Err(Error::MissingRecord));
            let refused = !matches!(verdict, Verdict::Allowed | Verdict::Superuser);
            assert_eq!(is_told, refused, "{verdict:?}");
            assert_eq!(decided(&context.account.noted()), ("view", verdict, rule));
        }
    });
}

#[test]
fn a_list_tells_how_it_was_found_and_what_a_lock_refused() {
    runtime().block_on(async {
        let world = world().await;
        let records = &world.engine.records;
        for (principal, verdict, returned) in [
            (&world.owner, Verdict::Filtered, 1),
            (&Principal::System, Verdict::Superuser, 1),
            (&world.other, Verdict::Filtered, 0),
            (&Principal::Guest, Verdict::Filtered, 0),
        ] {
            let context = context(principal);
            let page = records.list(&context, "notes", &ListRequest::default());
            assert!(page.unwrap().explanation.is_none());
            let noted = context.account.noted();
            assert_eq!(decided(&noted).1, verdict);
            let listed = noted.listed.unwrap();
            assert_eq!(listed.returned, returned, "{verdict:?}");
            assert_eq!(listed.collection.name, "notes");
        }
        let context = context(&world.other);
        let locked = records.list(&context, "_superusers", &ListRequest::default());
        assert!(matches!(locked, Err(Error::SuperusersOnly)));
        let noted = context.account.noted();
        assert_eq!(decided(&noted), ("list", Verdict::Locked, None));
        assert!(noted.listed.is_none());
    });
}

#[test]
fn writes_tell_their_rule_and_wait_for_the_disk() {
    runtime().block_on(async {
        let world = world().await;
        let records = &world.engine.records;
        let changed = || body(json!({"text": "new"}));
        let commits = |noted: &Noted| {
            let place = Part::ALL.iter().position(|part| *part == Part::Commit);
            noted.parts[place.unwrap()] > Duration::ZERO
        };
        let context_of = |principal| context(principal);
        let made = context_of(&Principal::Guest);
        records.create(&made, "notes", changed()).await.unwrap();
        let noted = made.account.noted();
        assert_eq!(decided(&noted), ("create", Verdict::Public, Some("")));
        assert!(commits(&noted));

        let done = context_of(&world.owner);
        let update = records.update(&done, "notes", &world.note, changed());
        update.await.unwrap();
        assert_eq!(decided(&done.account.noted()).1, Verdict::Allowed);

        let denied = context_of(&world.other);
        let update = records.update(&denied, "notes", &world.note, changed());
        assert!(matches!(update.await, Err(Error::MissingRecord)));
        let noted = denied.account.noted();
        assert_eq!(decided(&noted).1, Verdict::Denied);
        assert!(!commits(&noted));

        let missing = context_of(&world.other);
        let update = records.update(&missing, "notes", "nothere00000000", changed());
        assert!(matches!(update.await, Err(Error::MissingRecord)));
        assert_eq!(decided(&missing.account.noted()).1, Verdict::Unasked);

        let locked = context_of(&world.owner);
        let delete = records.delete(&locked, "notes", &world.note);
        assert!(matches!(delete.await, Err(Error::SuperusersOnly)));
        let noted = locked.account.noted();
        assert_eq!(decided(&noted), ("delete", Verdict::Locked, None));
        assert!(!commits(&noted));
    });
}

#[test]
fn what_a_superuser_did_is_named_without_values_and_failures_are_no_deeds() {
    runtime().block_on(async {
        let world = world().await;
        let engine = &world.engine;
        let change = body(json!({"listRule": "", "viewRule": null}));
        let context = context(&Principal::System);
        engine
            .catalog
            .update(&context, "notes", &change)
            .await
            .unwrap();
        let deed = context.account.noted().deed.unwrap();
        assert_eq!(
            (deed.action, &*deed.target),
            ("collections.update", "notes")
        );
        assert_eq!(deed.changed, ["listRule", "viewRule"]);
        for refused in [json!({"listRule": "nothing ="}), json!({"name": ""})] {
            let refused = body(refused);
            let context = self::context(&Principal::System);
            let update = engine.catalog.update(&context, "notes", &refused);
            assert!(update.await.is_err());
            assert!(context.account.noted().deed.is_none());
        }
        let context = self::context(&Principal::System);
        let secret = body(json!({"smtp": {"password": "a secret"}}));
        let update = engine.settings.update(&context, &secret);
        update.await.unwrap();
        let deed = context.account.noted().deed.unwrap();
        assert_eq!(deed.action, "settings.update");
        assert_eq!(deed.changed, ["smtp.password"]);
        let nothing = Body::new();
        for principal in [&Principal::Guest, &world.owner] {
            let context = self::context(principal);
            let update = engine.settings.update(&context, &nothing);
            assert!(update.await.is_err());
            assert!(context.account.noted().deed.is_none());
        }
    });
}
