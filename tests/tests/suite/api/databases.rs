//! Definitions out of a database of PocketBase: what is refused. What is taken is shown with the
//! databases of the real one, in `tests/sdk/pocketbase-definitions.test.mjs`.

use luge_tests::{Case, Persona, Server, check};
use serde_json::json;

const READ: &str = "/api/collections/meta/pocketbase";
const FORM: &str = "multipart/form-data; boundary=XX";

fn form(part: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"data.db\"\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n--XX--\r\n"].concat()
}

fn read<'a>(name: &'a str, persona: &'a Persona, bytes: &[u8]) -> Case<'a> {
    Case::new(name, persona, "POST", READ).raw(FORM, &form("file", bytes))
}

/// The first page of an empty database.
fn empty() -> Vec<u8> {
    let mut page = vec![0; 4_096];
    page[..16].copy_from_slice(b"SQLite format 3\0");
    // Size of a page, versions of the format, fractions; pages; schema; text encoding.
    page[16..24].copy_from_slice(&[16, 0, 1, 1, 0, 64, 32, 32]);
    page[31] = 1;
    page[47] = 4;
    page[59] = 1;
    // A leaf of a table without cells, whose content begins at the end.
    page[100] = 13;
    page[105..107].copy_from_slice(&[16, 0]);
    page
}

#[test]
fn what_is_no_database_of_pocketbase_is_refused_and_leaves_nothing() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    let (superuser, anyone) = (server.superuser(), server.anyone());
    let member = server.member();
    let (code, invalid) = ("data.file.code", "validation_invalid_database");
    let mut damaged = empty();
    damaged[100] = 99;
    let refused = |name, bytes: &[u8]| read(name, &superuser, bytes).refused(400, code, invalid);
    let cut = &form("file", &empty())[..2_000];
    check(vec![
        read("anyone", &anyone, &empty()).status(401),
        read("a member", &member, &empty()).status(403),
        refused("nothing", b"").has("no SQLite database"),
        refused("text", b"[]").has("no SQLite database"),
        refused("an encrypted one", &[0x5a; 8_192]).has("encrypted"),
        refused("a header alone", b"SQLite format 3\0"),
        refused("half a page", &empty()[..2_048]),
        refused("a damaged one", &damaged),
        refused("an empty one", &empty())
            .has("it has no collections")
            .lacks("/"),
        Case::new("another part", &superuser, "POST", READ)
            .raw(FORM, &form("data", &empty()))
            .refused(400, code, "validation_required"),
        Case::new("no file", &superuser, "POST", READ)
            .raw(FORM, b"--XX--\r\n")
            .refused(400, code, "validation_required"),
        Case::new("no form", &superuser, "POST", READ)
            .json(&json!({"file": "x"}))
            .refused(400, code, "validation_required"),
        Case::new("one that is cut off", &superuser, "POST", READ)
            .raw(FORM, cut)
            .status(400),
    ]);
    let left = std::fs::read_dir(server.folder.join("data/storage/.uploads"));
    assert_eq!(left.map_or(0, Iterator::count), 0, "nothing of them stays");
}
