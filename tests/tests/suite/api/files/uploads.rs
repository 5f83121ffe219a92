//! Uploads: what records name afterwards, what is refused, and what is on the disk.

use super::{FORM, docs, form, stored, upload, wait_for_files};
use luge_tests::persona::records;
use luge_tests::{Case, Persona, Requests, Server, check};
use serde_json::{Value, json};

#[test]
fn names_are_made_from_what_the_client_says() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    for (original, content, stem, extension) in [
        ("a.png", "x", "a", ".png"),
        ("Hello World.PNG", "x", "hello_world_", ".PNG"),
        ("noext", "x", "noext_", ".txt"),
        ("noext", "<html>", "noext_", ".html"),
        ("noext", "{\"a\":1}", "noext_", ".json"),
        ("archive.tar.gz", "x", "archive_", ".tar.gz"),
        ("../../etc/passwd", "x", "passwd_", ".txt"),
        ("fooBar-baz_QUX.Txt", "x", "foo_bar_baz_qux_", ".Txt"),
        ("x.html.", "x", "x", ".html"),
        ("émile ça.txt", "x", "mile_a_", ".txt"),
    ] {
        let record = upload(&anyone, &[("one", Some(original), content.as_bytes())]);
        let name = record["one"].as_str().unwrap_or_default();
        assert!(
            name.starts_with(stem) && name.ends_with(extension),
            "{original}: {name}"
        );
        let random = name.strip_suffix(extension).unwrap_or_default();
        let (_, random) = random.rsplit_once('_').expect("a random part");
        assert_eq!(random.len(), 10, "{original}: {name}");
    }
}

#[test]
fn uploads_are_refused_by_field_and_leave_nothing() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let path = records("docs");
    let post = |name, parts: &[super::Part<'_>]| {
        Case::new(name, &anyone, "POST", &path).raw(FORM, &form(parts))
    };
    let large = [b'x'; 101];
    let huge = vec![b'x'; 5 * 1024 * 1024 + 1];
    let (many, one, image) = ("data.many.code", "data.one.code", "data.image.code");
    let size = "validation_file_size_limit";
    let kind = "validation_invalid_mime_type";
    let file = |key| (key, Some("a.txt"), b"x".as_slice());
    check(vec![
        post(
            "too many",
            &[file("many"), file("many"), file("many"), file("many")],
        )
        .refused(400, many, "validation_too_many_files")
        .is("data.many.params.maxSelect", 3),
        post(
            "too large",
            &[file("many"), ("many", Some("a.txt"), &large)],
        )
        .refused(400, many, size)
        .is("data.many.params.maxSize", 100)
        .is("data.many.params.file", "a.txt")
        .is(
            "data.many.message",
            "Failed to upload a.txt - the maximum allowed file size is 100 bytes.",
        ),
        post("larger than the default", &[("one", Some("a.bin"), &huge)])
            .refused(400, one, size)
            .is("data.one.params.maxSize", 5_242_880),
        post("another kind", &[("image", Some("a.png"), b"%PDF-1.4")]).refused(400, image, kind),
        post(
            "html as png",
            &[("image", Some("a.png"), b"<html><script>")],
        )
        .refused(400, image, kind)
        .has("mime type must be one of: image/png, text/plain."),
        post("json as text", &[("image", Some("a.txt"), b"{\"a\":1}")]).refused(400, image, kind),
        post("csv as text", &[("image", Some("a.txt"), b"a,b\n1,2\n")]).refused(400, image, kind),
        post("gif as png", &[("image", Some("a.png"), b"GIF89a\0\0")]).refused(400, image, kind),
        post(
            "one good, one bad",
            &[file("one"), ("image", Some("a"), b"%PDF-1.4")],
        )
        .refused(400, image, kind),
    ]);
    assert_eq!(stored(&server), [""; 0]);
}

#[test]
fn names_that_were_not_there_and_files_nobody_takes_are_refused() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let path = records("docs");
    let post = |name, parts: &[super::Part<'_>]| {
        Case::new(name, &anyone, "POST", &path).raw(FORM, &form(parts))
    };
    let (many, one) = ("data.many.code", "data.one.code");
    let file = |key| (key, Some("a.txt"), b"x".as_slice());
    check(vec![
        post("a name that was not there", &[("one", None, b"abc.txt")])
            .refused(400, one, "validation_invalid_file")
            .is("data.one.params.invalidFiles", json!(["abc.txt"])),
        post(
            "broken payload",
            &[file("one"), ("@jsonPayload", None, b"{bad")],
        )
        .status(400),
        Case::new("names in JSON", &anyone, "POST", &path)
            .json(&json!({"many": ["a.txt", "b.txt"]}))
            .refused(400, many, "validation_invalid_file")
            .has("Invalid new files: [a.txt b.txt]."),
        Case::new("a name by modifier", &anyone, "POST", &path)
            .json(&json!({"many+": "a.txt"}))
            .refused(400, many, "validation_invalid_file"),
        Case::new("no collection", &anyone, "POST", &records("nothing"))
            .raw(FORM, &form(&[file("one")]))
            .status(404)
            .has("collection context."),
        Case::new("no record", &anyone, "PATCH", &format!("{path}/nothing"))
            .raw(FORM, &form(&[file("one")]))
            .status(404),
        Case::new(
            "files for many records",
            &anyone,
            "PATCH",
            &format!("{path}?filter=id!=''"),
        )
        .raw(FORM, &form(&[file("one")]))
        .status(400)
        .has("this request takes none")
        .unless(server.is_reference()),
    ]);
    assert_eq!(stored(&server), [""; 0]);
}

fn names(record: &Value, key: &str) -> Vec<String> {
    let names = record[key].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn change(anyone: &Persona, record: &Value, parts: &[super::Part<'_>]) -> Value {
    let id = record["id"].as_str().unwrap_or_default();
    let path = format!("{}/{id}", records("docs"));
    anyone.send("PATCH", &path, FORM, &form(parts)).expect(200)
}

#[test]
fn modifiers_add_and_remove_files() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let file = |key, name| (key, Some(name), b"x".as_slice());
    let start = upload(&anyone, &[file("many", "aaa.txt"), file("many", "bbb.txt")]);
    let first = names(&start, "many");
    assert!(
        first[0].starts_with("aaa_") && first[1].starts_with("bbb_"),
        "{first:?}"
    );

    let appended = names(
        &change(&anyone, &start, &[file("many+", "ccc.txt")]),
        "many",
    );
    assert_eq!(appended[..2], first[..]);
    assert!(appended[2].starts_with("ccc_"), "{appended:?}");

    let removed = [
        file("+many", "ddd.txt"),
        ("many-", None, first[0].as_bytes()),
    ];
    let prepended = names(&change(&anyone, &start, &removed), "many");
    assert!(prepended[0].starts_with("ddd_"), "{prepended:?}");
    assert_eq!(prepended[1..], appended[1..]);

    let kept = [("many", None, first[1].as_bytes()), file("many", "eee.txt")];
    let kept = names(&change(&anyone, &start, &kept), "many");
    assert_eq!(kept[0], first[1]);
    assert!(kept[1].starts_with("eee_") && kept.len() == 2, "{kept:?}");

    let payload = json!({"many": [kept[1]], "title": "01"}).to_string();
    let parts = [
        ("@jsonPayload", None, payload.as_bytes()),
        file("many", "fff.txt"),
    ];
    let record = change(&anyone, &start, &parts);
    let kept_by_payload = names(&record, "many");
    assert_eq!(kept_by_payload[0], kept[1]);
    assert!(
        kept_by_payload[1].starts_with("fff_"),
        "{kept_by_payload:?}"
    );
    assert_eq!(record["title"], "01");

    let replaced = names(&change(&anyone, &start, &[file("many", "ggg.txt")]), "many");
    assert!(
        replaced[0].starts_with("ggg_") && replaced.len() == 1,
        "{replaced:?}"
    );

    let id = start["id"].as_str().unwrap_or_default();
    let path = format!("{}/{id}", records("docs"));
    let cleared = anyone.patch(&path, &json!({"many": []})).expect(200);
    assert_eq!(cleared["many"], json!([]));
    wait_for_files(&server, 0);
}

#[test]
fn a_single_field_keeps_the_last_file_and_other_fields_take_none() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let record = upload(
        &anyone,
        &[
            ("one", Some("aaa.txt"), b"1"),
            ("one", Some("bbb.txt"), b"2"),
            ("title", Some("ccc.txt"), b"3"),
            ("nothing", Some("ddd.txt"), b"4"),
        ],
    );
    assert!(
        record["one"]
            .as_str()
            .is_some_and(|name| name.starts_with("bbb_")),
        "{record}"
    );
    assert_eq!(record["title"], "");
    wait_for_files(&server, 1);
    for empty in [json!({"one": ""}), json!({"one": null}), json!({"one": []})] {
        let record = upload(&anyone, &[("one", Some("aaa.txt"), b"1")]);
        let id = record["id"].as_str().unwrap_or_default();
        let path = format!("{}/{id}", records("docs"));
        assert_eq!(anyone.patch(&path, &empty).expect(200)["one"], "");
    }
    wait_for_files(&server, 1);
    let path = format!(
        "{}/{}",
        records("docs"),
        record["id"].as_str().unwrap_or_default()
    );
    assert_eq!(anyone.delete(&path).status, 204);
    wait_for_files(&server, 0);
}

#[test]
fn files_go_with_all_records_and_with_their_collection() {
    let server = Server::start();
    let superuser = server.superuser();
    docs(&superuser);
    let anyone = server.anyone();
    let file = || {
        upload(
            &anyone,
            &[("one", Some("a.txt"), b"x"), ("many", Some("b.txt"), b"x")],
        )
    };
    file();
    file();
    assert_eq!(stored(&server).len(), 4);
    let path = "/api/collections/docs";
    assert_eq!(superuser.delete(&format!("{path}/truncate")).status, 204);
    wait_for_files(&server, 0);
    file();
    assert_eq!(superuser.delete(path).status, 204);
    wait_for_files(&server, 0);
}

#[test]
fn how_much_may_be_sent_grows_with_the_fields() {
    let server = Server::start();
    let superuser = server.superuser();
    let size = 50 * 1024 * 1024;
    let large = super::field("one", "file", json!({"maxSize": size}));
    super::public_collection(&superuser, "large", &[large]);
    let small = super::field("one", "file", json!({"maxSize": 1000}));
    super::public_collection(&superuser, "small", &[small]);
    let anyone = server.anyone();
    let send = |collection: &str, mebibytes: usize| {
        let bytes = vec![b'x'; mebibytes * 1024 * 1024];
        let body = form(&[("one", Some("a.bin"), &bytes)]);
        anyone.try_send("POST", &records(collection), FORM, &body)
    };
    assert_eq!(send("large", 45).expect("an answer").status, 200);
    let refused = send("small", 20).expect("an answer");
    assert_eq!(refused.at("data.one.code"), "validation_file_size_limit");
    for (collection, mebibytes) in [("small", 33), ("large", 83)] {
        // A server may hang up on a body that is too large while it is still being sent.
        if let Ok(answer) = send(collection, mebibytes) {
            assert_eq!(answer.status, 413, "{answer}");
        }
    }
    assert_eq!(stored(&server).len(), 1);
}

#[test]
fn rules_see_uploads_by_their_field() {
    let server = Server::start();
    let superuser = server.superuser();
    docs(&superuser);
    let anyone = server.anyone();
    let file = |key| (key, Some("a.txt"), b"x".as_slice());
    for (rule, one, two, none) in [
        ("@request.body.one = ''", 400, 200, 200),
        ("@request.body.one != ''", 200, 400, 400),
        ("@request.body.one:isset = true", 200, 400, 400),
        ("@request.body.one ~ '.txt'", 200, 400, 400),
        ("one ~ '.txt'", 200, 400, 400),
        ("@request.body.many:length = 2", 400, 200, 400),
        ("many:length = 2", 400, 200, 400),
        ("@request.body.many:isset = true", 400, 200, 400),
        ("@request.body.many:each ~ '.txt'", 400, 200, 400),
        ("many:each ~ '.txt'", 400, 200, 400),
    ] {
        let change = json!({"createRule": rule});
        superuser
            .patch("/api/collections/docs", &change)
            .expect(200);
        let status = |parts: &[super::Part<'_>]| {
            let path = records("docs");
            anyone.send("POST", &path, FORM, &form(parts)).status
        };
        let answers = [
            status(&[file("one")]),
            status(&[file("many"), file("many")]),
            status(&[("title", None, b"x")]),
        ];
        assert_eq!(answers, [one, two, none], "{rule}");
    }
}
