//! What a key may do: within its scope what its record may do, and never more. Every way to records
//! is tried, since each is another way to forget a scope.

use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, check};
use serde_json::{Value, json};

use super::{KEYS, PASSWORD, World, scope, world};

fn path(collection: &str, rest: &str) -> String {
    format!("/api/collections/{collection}{rest}")
}

#[test]
fn no_way_to_read_records_passes_the_scope_by() {
    let Some(world) = world() else { return };
    let only = |actions: &[&str]| world.machine(&world.ann, &json!([scope(&["posts"], actions)]));
    let (lists, views) = (only(&["list"]), only(&["view"]));
    let get = |name, who, path: &str| Case::new(name, who, "GET", path);
    let refused = |name, who, path: &str| get(name, who, path).status(403).has("scope");
    let (posts, notes) = (records("posts"), records("notes"));
    let post = world.path_of("posts", "of ann");
    let groups = |collection| path(collection, "/aggregate?values=count()");
    let with = |rest: &str| format!("{posts}?{rest}");
    check(vec![
        get("its list", &lists, &posts).is("totalItems", 1),
        get("its aggregate", &lists, &groups("posts")),
        refused("a view where lists are", &lists, &post),
        refused("a list where views are", &views, &posts),
        refused("an aggregate where views are", &views, &groups("posts")),
        get("its view", &views, &post).is("title", "of ann"),
        refused("a public list", &lists, &notes),
        refused("a public view", &views, &world.path_of("notes", "of ann")),
        refused("a public aggregate", &lists, &groups("notes")),
        get("no relation is followed", &lists, &with("expand=owner"))
            .lacks("expand")
            .is("totalItems", 1),
        get(
            "nor backwards",
            &lists,
            &with("expand=owner.notes_via_owner"),
        )
        .lacks("expand"),
        get("nor by a filter", &lists, &with("filter=owner.nick='n'")).is("totalItems", 0),
        get(
            "which she follows",
            &world.ann,
            &with("filter=owner.nick='n'"),
        )
        .is("totalItems", 1),
        get("a plan of a list", &lists, &with("explain=1")).status(403),
        refused("the auth collection", &lists, &records("members")),
        refused("a locked collection", &lists, &records("vault")),
    ]);
}

#[test]
fn no_way_to_write_records_passes_the_scope_by() {
    let Some(world) = world() else { return };
    let machine = world.machine(&world.ann, &json!([scope(&["posts"], &["list", "view"])]));
    let (posts, notes) = (records("posts"), records("notes"));
    let post = world.path_of("posts", "of ann");
    let note = world.path_of("notes", "of ann");
    let all = format!("{notes}?filter=title!=''");
    let body = json!({"title": "x", "owner": world.ann.id});
    let mut rows = vec![];
    for (method, path) in [
        ("POST", &posts),
        ("PATCH", &post),
        ("DELETE", &post),
        ("POST", &notes),
        ("PATCH", &note),
        ("DELETE", &note),
        ("PATCH", &all),
        ("DELETE", &all),
    ] {
        let case = Case::new(path, &machine, method, path).status(403);
        let case = case.has("scope");
        rows.push(if method == "DELETE" {
            case
        } else {
            case.json(&body)
        });
    }
    for (method, url) in [
        ("POST", &notes),
        ("PATCH", &note),
        ("DELETE", &note),
        ("PUT", &notes),
    ] {
        let batch = json!({"requests": [{"method": method, "url": url, "body": body}]});
        let case = Case::new("in a batch", &machine, "POST", "/api/batch");
        rows.push(case.json(&batch).status(400).has("scope"));
    }
    check(rows);
    // Nothing of all that was done.
    let all = world.superuser.get(&notes).expect(200);
    assert_eq!(all["totalItems"], 2);
    assert!(!all.to_string().contains("\"x\""), "{all}");
}

#[test]
fn files_and_uploads_follow_from_the_scope() {
    let Some(world) = world() else { return };
    let views = world.machine(&world.ann, &json!([scope(&["posts"], &["view", "update"])]));
    let lists = world.machine(&world.ann, &json!([scope(&["posts"], &["list"])]));
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n\
                secret\r\n--x--\r\n";
    let file = |who: &Persona, collection: &str| {
        let path = world.path_of(collection, "of ann");
        let kind = "multipart/form-data; boundary=x";
        let record = who.send("PATCH", &path, kind, form.as_bytes());
        record.expect(200);
        let (id, name) = (record.text_at("id"), record.text_at("file"));
        format!("/api/files/{collection}/{id}/{name}")
    };
    let (own, public) = (file(&views, "posts"), file(&world.superuser, "notes"));
    let token = |who: &Persona| who.post("/api/files/token", &json!({})).text_at("token");
    let read = |file: &str, token: &str| {
        let answer = world.anyone.get(&format!("{file}?token={token}"));
        (answer.status, answer.text.contains("secret"))
    };
    assert_eq!(read(&own, &token(&views)), (200, true));
    for (file, who) in [(&own, &lists), (&public, &views), (&public, &lists)] {
        let (status, read) = read(file, &token(who));
        assert!(!read && (status == 403 || status == 404), "{file} {status}");
    }
    // The key itself opens nothing.
    assert!(!read(&own, views.token()).1);
    let begin = |who: &Persona| {
        let who = who
            .with_header("Tus-Resumable", "1.0.0")
            .with_header("Upload-Length", "5");
        who.status("POST", "/api/files/uploads")
    };
    assert_eq!(begin(&views), 201);
    assert!(begin(&lists) >= 400);
}

/// What no key may do, whatever its scope: method, path, body.
fn about_signing_in(world: &World) -> Vec<(&'static str, String, Value)> {
    let ann = &world.ann.id;
    let own = format!("{}/{ann}", records("members"));
    let superusers = records("_superusers");
    let own_superuser = format!("{superusers}/{}", world.superuser.id);
    let of_ann = |rest: &str| format!("{}?record={ann}", path("members", rest));
    let email = json!({"email": "x@example.com"});
    let password = json!({"oldPassword": PASSWORD, "password": "another-word",
        "passwordConfirm": "another-word"});
    let key = json!({"name": "n", "scopes": "*"});
    let linked = json!({"collectionRef": "x", "recordRef": ann, "provider": "google",
        "providerId": "1"});
    let none = || Value::Null;
    vec![
        ("PATCH", own.clone(), password),
        ("PATCH", own.clone(), email.clone()),
        ("PATCH", own.clone(), json!({"verified": true})),
        ("PATCH", own.clone(), json!({"tokenKey": "x".repeat(50)})),
        ("PATCH", own.clone(), json!({"password": ""})),
        ("PATCH", own, json!({"password:x": "y"})),
        (
            "PATCH",
            format!("{}?filter=id!=''", records("members")),
            email.clone(),
        ),
        ("GET", of_ann("/api-keys"), none()),
        ("POST", of_ann("/api-keys"), key),
        ("DELETE", of_ann("/api-keys/x"), none()),
        ("GET", of_ann("/sessions"), none()),
        ("GET", of_ann("/sign-ins"), none()),
        ("DELETE", of_ann("/sessions"), none()),
        ("DELETE", of_ann("/sessions/x"), none()),
        ("GET", of_ann("/passkeys"), none()),
        ("DELETE", of_ann("/passkeys/x"), none()),
        (
            "POST",
            path("members", "/passkeys/register-options"),
            json!({}),
        ),
        ("POST", path("members", "/auth-logout"), json!({})),
        (
            "POST",
            path("members", &format!("/impersonate/{ann}")),
            json!({}),
        ),
        (
            "POST",
            path("members", "/request-email-change"),
            json!({"newEmail": "x@example.com"}),
        ),
        ("POST", superusers, email.clone()),
        ("DELETE", own_superuser.clone(), none()),
        ("PATCH", own_superuser, email),
        ("POST", records("_externalAuths"), linked),
        (
            "PATCH",
            "/api/settings".to_owned(),
            json!({"meta": {"appName": "x"}}),
        ),
        ("POST", "/api/backups/x.zip/restore".to_owned(), json!({})),
    ]
}

#[test]
fn a_key_never_changes_how_anybody_signs_in() {
    let Some(world) = world() else { return };
    let ann = &world.ann;
    let own = format!("{}/{}", records("members"), ann.id);
    let machine = world.machine(ann, &json!("*"));
    let admin = world.machine(&world.superuser, &json!("*"));
    for who in [&machine, &admin] {
        for (method, path, body) in about_signing_in(&world) {
            let answer = who.ask(method, &path, &body);
            assert_eq!(answer.status, 403, "{body} {answer}");
        }
        for collection in ["members", "_superusers"] {
            let refresh = who.post(&path(collection, "/auth-refresh"), &json!({}));
            refresh.expect(401);
        }
        let body = json!({"email": "x@example.com"});
        let batch = json!({"requests": [{"method": "PATCH", "url": own, "body": body}]});
        who.post("/api/batch", &batch).expect(400);
    }
    // Sent back as it is, a record is no change of that.
    let same = json!({"email": "ann@example.com", "verified": false, "nick": "new"});
    let sign_in = json!({"identity": "ann@example.com", "password": PASSWORD});
    let with_password = path("members", "/auth-with-password");
    check(vec![
        Case::new("the rest is", &machine, "PATCH", &own)
            .json(&same)
            .is("nick", "new"),
        Case::new("all is as it was", ann, "GET", &own)
            .is("email", "ann@example.com")
            .is("verified", false),
        Case::new("she can sign in", &machine, "POST", &with_password).json(&sign_in),
        Case::new("and has her keys", ann, "GET", KEYS).has("machine"),
    ]);
}

/// What only superusers may do, but for what no key may.
const FOR_SUPERUSERS: &[(&str, &str)] = &[
    ("GET", "/api/collections"),
    ("GET", "/api/collections/notes"),
    ("POST", "/api/collections"),
    ("PUT", "/api/collections/import"),
    ("PATCH", "/api/collections/notes"),
    ("POST", "/api/collections/notes/plan"),
    ("DELETE", "/api/collections/notes"),
    ("DELETE", "/api/collections/notes/truncate"),
    ("GET", "/api/collections/meta/scaffolds"),
    ("GET", "/api/settings"),
    ("GET", "/api/settings/sources"),
    ("PATCH", "/api/settings"),
    ("POST", "/api/settings/test/s3"),
    ("GET", "/api/logs"),
    ("GET", "/api/logs/stats"),
    ("GET", "/api/logs/tail"),
    ("GET", "/api/backups"),
    ("POST", "/api/backups"),
    ("GET", "/api/backups/estimate"),
    ("GET", "/api/backups/status"),
    ("GET", "/api/crons"),
    ("GET", "/api/jobs"),
    ("POST", "/api/crons/__pbLogsCleanup__"),
    ("GET", "/api/webhooks"),
    ("POST", "/api/webhooks"),
    ("POST", "/api/rules/test"),
    ("POST", "/api/rules/run"),
    ("GET", "/api/types/ts"),
    ("GET", "/api/superusers/preferences"),
    ("PUT", "/api/superusers/preferences"),
    ("GET", "/api/metrics/history"),
    ("GET", "/metrics"),
];

fn refused<'a>(persona: &'a Persona, method: &'a str, path: &'a str) -> Case<'a> {
    let case = Case::new(path, persona, method, path).status(403);
    match method {
        "GET" | "DELETE" => case,
        _ => case.json(&json!({})),
    }
}

#[test]
fn a_superusers_key_with_scopes_is_no_superuser() {
    let Some(world) = world() else { return };
    let limited = world.machine(&world.superuser, &json!([scope(&["*"], &["*"])]));
    let mut rows: Vec<_> = FOR_SUPERUSERS
        .iter()
        .map(|(method, path)| refused(&limited, method, path))
        .collect();
    let vault = records("vault");
    rows.extend([
        Case::new("but skips the rules", &limited, "GET", &vault).is("totalItems", 2),
        Case::new("and sees what is hidden", &limited, "GET", &vault).has("unseen"),
        Case::new(
            "and filters by it",
            &limited,
            "GET",
            &format!("{vault}?filter=hidden='unseen'"),
        )
        .is("totalItems", 2),
        Case::new("and writes", &limited, "POST", &vault).json(&json!({"hidden": "x"})),
        Case::new(
            "no collection of the system",
            &limited,
            "GET",
            &records("_superusers"),
        )
        .status(403),
        Case::new("none of them", &limited, "GET", &records("_otps")).status(403),
        Case::new(
            "the API is described as to everybody",
            &limited,
            "GET",
            "/api/openapi.json",
        )
        .lacks("_superusers_listRecords"),
        Case::new("health says no more", &limited, "GET", "/api/health").lacks("canBackup\":true"),
    ]);
    check(rows);
    let token = limited
        .post("/api/files/token", &json!({}))
        .text_at("token");
    let backup = format!("/api/backups/x.zip?token={token}");
    assert_eq!(world.anyone.get(&backup).status, 403);
    let named = world.machine(&world.superuser, &json!([scope(&["_superusers"], &["*"])]));
    check(vec![
        Case::new(
            "a named one is read",
            &named,
            "GET",
            &records("_superusers"),
        )
        .status(200),
        Case::new("never written", &named, "POST", &records("_superusers"))
            .json(&json!({"email": "x@example.com"}))
            .status(403),
        Case::new("the others are not", &named, "GET", &records("vault")).status(403),
    ]);
}

#[test]
fn a_superusers_key_for_everything_administers() {
    let Some(world) = world() else { return };
    let admin = world.machine(&world.superuser, &json!("*"));
    for path in [
        "/api/collections",
        "/api/settings",
        "/api/logs",
        "/api/crons",
        "/api/webhooks",
    ] {
        admin.get(path).expect(200);
    }
    admin.collection(&json!({"name": "made"}));
    let addresses = json!({"superuserIPs": ["192.0.2.1"]});
    world.superuser.patch("/api/settings", &addresses);
    // Whoever is refused as a superuser from here is refused by key too.
    let refused = world.superuser.get("/api/collections").status;
    assert_eq!(admin.get("/api/collections").status, refused);
}

#[test]
fn a_members_key_for_everything_is_that_member() {
    let Some(world) = world() else { return };
    let machine = world.machine(&world.ann, &json!("*"));
    let theirs = world.path_of("posts", "of bob");
    let mut rows: Vec<_> = FOR_SUPERUSERS
        .iter()
        .map(|(method, path)| refused(&machine, method, path))
        .collect();
    let posts = records("posts");
    rows.extend([
        Case::new("another's record", &machine, "GET", &theirs).status(404),
        Case::new("to change it", &machine, "PATCH", &theirs)
            .json(&json!({}))
            .status(404),
        Case::new("to remove it", &machine, "DELETE", &theirs).status(404),
        Case::new("a locked collection", &machine, "GET", &records("vault")).status(403),
        Case::new("what is hidden", &machine, "GET", &posts).lacks("unseen"),
        Case::new("hers", &machine, "GET", &posts).is("totalItems", 1),
    ]);
    check(rows);
}

#[test]
fn filters_and_sorts_lead_nowhere_beside_the_scope() {
    let Some(world) = world() else { return };
    let key = |owner, collections: &[&str]| {
        let scopes = json!([scope(collections, &["list", "view"])]);
        world.machine(owner, &scopes)
    };
    let (ann, root) = (&world.ann, &world.superuser);
    let (posts, members) = (records("posts"), records("members"));
    let count = |persona: &Persona, path: &str, filter: &str| {
        let list = persona.get(&format!("{path}?filter={filter}"));
        match list.status {
            200 => list.json()["totalItems"].as_i64().unwrap(),
            status => -i64::from(status),
        }
    };
    let public = "notes_via_owner.title?='of%20ann'";
    let nick = "owner.nick='n'";
    // Related records are looked at where they may be listed, however public they are.
    assert_eq!(count(&key(ann, &["members"]), &members, public), 0);
    assert_eq!(count(&key(ann, &["members", "notes"]), &members, public), 1);
    assert_eq!(count(&key(ann, &["posts", "members"]), &posts, nick), 1);
    // A superuser's key too.
    assert_eq!(count(&key(root, &["posts"]), &posts, nick), 0);
    assert_eq!(count(&key(root, &["posts", "members"]), &posts, nick), 2);
    let locked = "vault_via_owner.title?='of%20ann'";
    assert_eq!(count(&key(root, &["members"]), &members, locked), 0);
    assert_eq!(
        count(&key(root, &["members", "vault"]), &members, locked),
        1
    );
    assert_eq!(
        count(&key(ann, &["members", "vault"]), &members, locked),
        -400
    );
    // Names that lead everywhere are for superusers who signed in, or keys for everything.
    let everywhere = "@collection.vault.hidden?='unseen'";
    assert_eq!(
        count(&key(root, &["posts", "vault"]), &posts, everywhere),
        -403
    );
    assert_eq!(
        count(&key(ann, &["posts", "vault"]), &posts, everywhere),
        -403
    );
    assert_eq!(
        count(&world.machine(root, &json!("*")), &posts, everywhere),
        2
    );
    // Hidden fields are what they are for whoever the key acts as.
    assert_eq!(count(&key(root, &["posts"]), &posts, "hidden='unseen'"), 2);
    assert_eq!(
        count(&key(ann, &["posts"]), &posts, "hidden='unseen'"),
        -400
    );
    let sorted = key(root, &["posts"]).get(&format!("{posts}?sort=owner.nick,hidden"));
    sorted.expect(200);
    let grouped = path("posts", "/aggregate?groupBy=owner.nick&values=count()");
    let groups = key(root, &["posts"]).get(&grouped);
    assert!(!groups.text.contains("\"n\""), "{groups}");
}

#[test]
fn a_key_with_scopes_says_nothing_in_channels_that_ask_for_anything() {
    let Some(world) = world() else { return };
    let signed_in = "@request.auth.id != ''";
    let channels = json!({"channels": [
        {"name": "members", "joinRule": signed_in, "sendRule": signed_in},
        {"name": "locked"},
    ]});
    world
        .superuser
        .patch("/api/settings", &channels)
        .expect(200);
    let everything = json!([scope(&["*"], &["*"])]);
    let send = |persona: &Persona, channel: &str| {
        let path = format!("/api/realtime/channels/{channel}");
        let body = json!({"event": "x", "payload": 1});
        persona.post(&path, &body).status
    };
    for (name, persona, members, locked) in [
        ("Ann", world.ann.clone(), 204, 403),
        ("her key", world.machine(&world.ann, &everything), 404, 403),
        (
            "all of hers",
            world.machine(&world.ann, &json!("*")),
            204,
            403,
        ),
        (
            "a superuser's",
            world.machine(&world.superuser, &everything),
            404,
            403,
        ),
        (
            "all of that",
            world.machine(&world.superuser, &json!("*")),
            204,
            204,
        ),
    ] {
        let found = (send(&persona, "members"), send(&persona, "locked"));
        assert_eq!(found, (members, locked), "{name}");
    }
}
