//! Files of a batch: which request they are for, and that none stays where a request fails.

use super::{BATCH, batch, posts, request};
use crate::api::files::{FORM, Part, form, stored, wait_for_files};
use luge_tests::persona::records;
use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};

fn send(anyone: &Persona, requests: &[Value], files: &[Part<'_>], payload_last: bool) -> Value {
    let payload = batch(requests).to_string();
    let payload = ("@jsonPayload", None, payload.as_bytes());
    let mut parts = files.to_vec();
    match payload_last {
        true => parts.push(payload),
        false => parts.insert(0, payload),
    }
    let answer = anyone.send("POST", BATCH, FORM, &form(&parts));
    assert_eq!(answer.status, 200, "{answer}");
    answer.json()
}

#[test]
fn files_are_for_the_request_that_their_part_names() {
    let server = Server::start();
    let (_superuser, anyone) = (posts(&server), server.anyone());
    let post = |title: &str| request("POST", &records("posts"), json!({ "title": title }));
    let file = |key| (key, Some("a.txt"), b"x".as_slice());
    let count =
        |outcomes: &Value, index: usize| outcomes[index]["body"]["files"].as_array().map(Vec::len);
    let parts = [
        file("requests.0.files"),
        file("requests.0.files"),
        file("requests[1].files+"),
    ];
    for (titles, payload_last) in [(["a", "b"], false), (["c", "d"], true)] {
        let requests = titles.map(post);
        let outcomes = send(&anyone, &requests, &parts, payload_last);
        assert_eq!(
            (count(&outcomes, 0), count(&outcomes, 1)),
            (Some(2), Some(1)),
            "{outcomes}"
        );
    }
    wait_for_files(&server, 6);
    let nobodys = [
        file("files"),
        file("requests.7.files"),
        file("requests.x.files"),
        file("requests.-1.files"),
        file("requests.00.files"),
        file("requests.0"),
        file("requests.0.nothing"),
        file("requests[0][files]"),
        file("requests[0]files"),
        ("requests.0.amount", None, b"5".as_slice()),
    ];
    let outcomes = send(&anyone, &[post("e")], &nobodys, false);
    assert_eq!(count(&outcomes, 0), Some(0), "{outcomes}");
    assert_eq!(outcomes[0]["body"]["amount"], 0, "{outcomes}");
    wait_for_files(&server, 6);
}

#[test]
fn files_of_a_batch_that_fails_go_with_it() {
    let server = Server::start();
    let (_superuser, anyone) = (posts(&server), server.anyone());
    let post = |title: &str| request("POST", &records("posts"), json!({ "title": title }));
    let small = ("requests.0.files", Some("a.txt"), b"x".as_slice());
    let long = [b'x'; 1001];
    let large = ("requests.1.files", Some("a.txt"), long.as_slice());
    for (requests, files) in [
        ([post("a"), post("")], vec![small]),
        ([post("a"), post("a")], vec![small]),
        ([post("a"), post("b")], vec![small, large]),
    ] {
        let payload = batch(&requests).to_string();
        let mut parts = vec![("@jsonPayload", None, payload.as_bytes())];
        parts.extend(files);
        let answer = anyone.send("POST", BATCH, FORM, &form(&parts));
        let code = answer.at("data.requests.1.code");
        assert_eq!(
            (answer.status, code),
            (400, json!("batch_request_failed")),
            "{answer}"
        );
    }
    for (payload, reason) in [
        (&b"{malformed"[..], "Failed to read"),
        (b"[1]", "Failed to read"),
        (b"{}", "Invalid batch"),
    ] {
        let parts = [("@jsonPayload", None, payload), small];
        let answer = anyone.send("POST", BATCH, FORM, &form(&parts));
        assert!(
            answer.status == 400 && answer.text.contains(reason),
            "{answer}"
        );
    }
    assert_eq!(anyone.get(&records("posts")).at("totalItems"), 0);
    if !server.is_reference() {
        assert_eq!(stored(&server), Vec::<String>::new());
    }
}

#[test]
fn a_file_that_a_later_request_drops_is_removed() {
    let server = Server::start();
    let (_superuser, anyone) = (posts(&server), server.anyone());
    let id = "aaaaaaaaaaaaaaa";
    let requests = [
        request("POST", &records("posts"), json!({"id": id, "title": "a"})),
        request(
            "PATCH",
            &format!("{}/{id}", records("posts")),
            json!({"files": []}),
        ),
        request("POST", &records("posts"), json!({"title": "b"})),
    ];
    let file = |key| (key, Some("a.txt"), b"x".as_slice());
    let files = [file("requests.0.files"), file("requests.2.files")];
    let outcomes = send(&anyone, &requests, &files, false);
    assert_eq!(outcomes[1]["body"]["files"], json!([]), "{outcomes}");
    wait_for_files(&server, 1);
}
