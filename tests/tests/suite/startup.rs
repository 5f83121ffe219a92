//! The first run, the folder's lock, stopping and starting again.

use luge_tests::persona::records;
use luge_tests::server::{Options, SUPERUSER, free_address};
use luge_tests::{Case, Requests, Server, check};
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};

/// The code of the link that was printed last.
fn setup_code(log: &str) -> Option<String> {
    let (_, code) = log.rsplit_once("/_/setup?code=")?;
    let mut code = code
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_');
    code.next().map(str::to_owned)
}

/// The link is printed a moment after the server answers, and again when there is another one.
pub(crate) fn printed_code(server: &Server, other_than: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(15);
    while Instant::now() < deadline {
        match setup_code(&server.log()) {
            Some(code) if code != other_than => return code,
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
    panic!("no new setup link in {}", server.log());
}

fn claim(code: &str) -> Value {
    let (email, password) = SUPERUSER;
    json!({"code": code, "email": email, "password": password, "passwordConfirm": password})
}

#[test]
fn the_first_superuser_needs_the_code_that_was_printed() {
    let server = Server::start_with(Options {
        superuser: false,
        ..Options::default()
    });
    if server.is_reference() {
        return;
    }
    let anyone = server.anyone();
    let code = printed_code(&server, "");
    assert!(
        code.len() >= 22,
        "128 bits need 22 characters of base64: {code}"
    );
    let body = |code: &str, confirm: &str| {
        let (email, password) = SUPERUSER;
        json!({"code": code, "email": email, "password": password, "passwordConfirm": confirm})
    };
    let set_up = |name, body: Value| Case::new(name, &anyone, "POST", "/api/setup").json(&body);
    let other: String = code.chars().rev().collect();
    check(vec![
        Case::new("needed", &anyone, "GET", "/api/setup")
            .is("required", true)
            .lacks(&code),
        set_up("no code", body("", SUPERUSER.1))
            .status(400)
            .lacks("token"),
        set_up("another code", body(&other, SUPERUSER.1))
            .status(400)
            .lacks("token"),
        set_up("other confirmation", body(&code, "something else"))
            .status(400)
            .lacks("token"),
        Case::new(
            "sign-up is no way round",
            &anyone,
            "POST",
            &records("_superusers"),
        )
        .json(&body("", SUPERUSER.1))
        .status(403),
        Case::new("still needed", &anyone, "GET", "/api/setup").is("required", true),
    ]);
    assert_eq!(successful_claims(&server, &body(&code, SUPERUSER.1)), 1);
    let superuser = server.superuser();
    check(vec![
        Case::new("done", &anyone, "GET", "/api/setup").is("required", false),
        set_up("the code is used up", body(&code, SUPERUSER.1))
            .status(400)
            .lacks("token"),
        Case::new("one superuser", &superuser, "GET", &records("_superusers")).is("totalItems", 1),
        Case::new(
            "the last one stays",
            &superuser,
            "DELETE",
            &format!("{}/{}", records("_superusers"), superuser.id),
        )
        .status(400),
    ]);
}

/// How many of twenty simultaneous claims succeed.
fn successful_claims(server: &Server, body: &Value) -> usize {
    let claim = || server.anyone().post("/api/setup", body).status;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(claim)).collect();
        let statuses = threads.into_iter().map(|thread| thread.join().unwrap());
        statuses.filter(|status| *status == 200).count()
    })
}

#[test]
fn a_code_that_was_guessed_at_too_often_is_replaced_by_another_link() {
    let server = Server::start_with(Options {
        superuser: false,
        ..Options::default()
    });
    if server.is_reference() {
        return;
    }
    let anyone = server.anyone();
    let first = printed_code(&server, "");
    for number in 0..100 {
        anyone
            .post("/api/setup", &claim(&format!("{number:032}")))
            .expect(400);
    }
    anyone.post("/api/setup", &claim(&first)).expect(400);
    let second = printed_code(&server, &first);
    anyone.post("/api/setup", &claim(&first)).expect(400);
    anyone.post("/api/setup", &claim(&second)).expect(200);
    assert_eq!(anyone.get("/api/setup").at("required"), json!(false));
    let links = server.log().matches("/_/setup?code=").count();
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!(
        server.log().matches("/_/setup?code=").count(),
        links,
        "there is a superuser, but links go on\n{}",
        server.log()
    );
}

#[test]
fn a_server_runs_its_jobs_and_stops_in_time() {
    let mut server = Server::start_with(Options {
        environment: vec![("LUGE_LOG".to_owned(), "luge_engine::jobs=debug".to_owned())],
        ..Options::default()
    });
    if server.is_reference() {
        return;
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    while !server.log().contains("trim_log") {
        assert!(Instant::now() < deadline, "no job ran\n{}", server.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    let begun = Instant::now();
    assert_eq!(server.terminate(), Some(0), "{}", server.log());
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_was_acknowledged_is_there_after_sigterm_and_after_sigkill() {
    let mut server = Server::start();
    let superuser = server.superuser();
    superuser.collection(&json!({"name": "notes", "type": "base", "listRule": "",
        "fields": [{"name": "title", "type": "text"}]}));
    superuser.record("notes", &json!({"title": "first"}));
    let code = server.terminate();
    assert!(
        server.is_reference() || code == Some(0),
        "exit code {code:?}\n{}",
        server.log()
    );
    server.restart();
    superuser.record("notes", &json!({"title": "second"}));
    server.kill();
    server.restart();
    check(vec![
        Case::new("both", &server.anyone(), "GET", &records("notes"))
            .is("totalItems", 2)
            .is("items.0.title", "first")
            .is("items.1.title", "second"),
    ]);
}

#[test]
fn a_second_process_on_the_same_folder_is_refused() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let address = free_address();
    let mut second = Command::new(luge_tests::server::binary())
        .args(["serve", "--http", &address, "--dir"])
        .arg(server.folder.join("data"))
        .output();
    let second = second.as_mut().expect("the binary runs");
    let errors = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success(), "{errors}");
    assert!(
        errors.contains("another") || errors.contains("in use"),
        "{errors}"
    );
}

#[test]
fn commands_that_cannot_be_say_why_and_exit_with_an_error() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let refused: [&[&str]; 5] = [
        &["superuser", "create", "nobody", "12345678"],
        &["superuser", "create", "a@b.com", "short"],
        &["superuser", "delete", "unknown@example.com"],
        &["superuser", "create", SUPERUSER.0, "12345678"],
        &["nothing"],
    ];
    for arguments in refused {
        let output = server.run(arguments).expect("the binary runs");
        assert!(!output.status.success(), "{arguments:?} succeeded");
        assert!(!output.stderr.is_empty(), "{arguments:?} said nothing");
    }
}
