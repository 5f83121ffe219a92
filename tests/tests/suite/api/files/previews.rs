//! Previews of images: their sizes, and that they are made once and go with their image.

use super::{address, docs, expect_header, png, sides, stored, upload, wait_for_files};
use luge_tests::persona::{Persona, records};
use luge_tests::{Requests, Server};
use serde_json::json;

#[test]
fn previews_have_the_sizes_of_their_field() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let record = upload(&anyone, &[("image", Some("a.png"), &png(200, 100))]);
    let file = address(&record, "image");
    let name = record["image"].as_str().unwrap_or_default();
    for (size, expected) in [
        ("100x100", (100, 100)),
        ("70x50", (70, 50)),
        ("70x50t", (70, 50)),
        ("70x50b", (70, 50)),
        ("70x50f", (70, 35)),
        ("0x50", (100, 50)),
        ("70x0", (70, 35)),
    ] {
        // Made, and read again.
        for _ in 0..2 {
            let answer = anyone.get(&format!("{file}?thumb={size}"));
            assert_eq!(sides(&answer.bytes), expected, "{size}");
            let disposition = format!("inline; filename=\"{size}_{name}\"");
            expect_header(&answer, "content-disposition", &disposition);
            expect_header(&answer, "content-type", "image/png");
        }
    }
    let made = stored(&server).len();
    // T-BOMB-2: every other size is the image itself.
    for size in [
        "9999x9999",
        "100x100f",
        "70x51",
        "071x50",
        "0x0",
        "abc",
        "100X100",
        "",
        "100x100%20",
        "..%2F100x100",
        "%2Fetc%2Fpasswd",
        "99999999999999999999x1",
    ] {
        let answer = anyone.get(&format!("{file}?thumb={size}"));
        assert_eq!(sides(&answer.bytes), (200, 100), "{size}");
        let disposition = format!("inline; filename=\"{name}\"");
        expect_header(&answer, "content-disposition", &disposition);
    }
    assert_eq!(stored(&server).len(), made);
}

#[test]
fn what_is_no_image_is_sent_as_it_is() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let picture = png(20, 10);
    let truncated = &picture[..60];
    for content in [
        b"<html>".as_slice(),
        b"<svg/>",
        b"%PDF-1.4",
        b"",
        b"hello",
        truncated,
    ] {
        let record = upload(&anyone, &[("one", Some("a.png"), content)]);
        let file = format!("{}?thumb=100x100", address(&record, "one"));
        for _ in 0..2 {
            assert_eq!(anyone.get(&file).bytes, content);
        }
    }
    wait_for_files(&server, 6);
}

#[test]
fn previews_go_with_their_image() {
    let server = Server::start();
    docs(&server.superuser());
    let anyone = server.anyone();
    let picture = png(20, 10);
    let record = upload(&anyone, &[("image", Some("a.png"), &picture)]);
    let file = address(&record, "image");
    for size in ["100x100", "70x50"] {
        assert_eq!(anyone.get(&format!("{file}?thumb={size}")).status, 200);
    }
    assert_eq!(stored(&server).len(), 3);
    let path = format!(
        "{}/{}",
        records("docs"),
        record["id"].as_str().unwrap_or_default()
    );
    anyone.patch(&path, &json!({"image": ""})).expect(200);
    assert_eq!(anyone.get(&format!("{file}?thumb=100x100")).status, 404);
    wait_for_files(&server, 0);
}

/// T-BOMB-2.
#[test]
fn a_thousand_who_ask_at_once_get_one_preview() {
    let server = Server::start();
    let superuser = server.superuser();
    docs(&superuser);
    let anyone = server.anyone();
    let record = upload(&anyone, &[("image", Some("a.png"), &png(900, 700))]);
    let file = format!("{}?thumb=70x50", address(&record, "image"));
    std::thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(sides(&anyone.get(&file).bytes), (70, 50));
                }
            });
        }
    });
    if !server.is_reference() {
        std::thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| {
                    for _ in 0..20 {
                        let answer = anyone.get(&format!("{file}&format=webp"));
                        assert_eq!(webp_sides(&answer.bytes), (70, 50));
                    }
                });
            }
        });
        let metrics = superuser.get("/metrics").text;
        assert!(
            metrics.contains("luge_previews_made_total 2\n"),
            "{metrics}"
        );
    }
}

/// Width and height of a WebP with losses.
fn webp_sides(webp: &[u8]) -> (u32, u32) {
    assert!(
        webp.starts_with(b"RIFF") && &webp[8..16] == b"WEBPVP8 ",
        "{:?}",
        webp.get(..20)
    );
    let side = |at: usize| u32::from(u16::from_le_bytes([webp[at], webp[at + 1]]) & 0x3FFF);
    (side(26), side(28))
}

/// What is no image, also where it says so, is sent as it is.
fn expect_as_it_is(anyone: &Persona, picture: &[u8]) {
    for content in [b"hello".as_slice(), b"<svg/>", b"", &picture[..60]] {
        let record = upload(anyone, &[("one", Some("a.png"), content)]);
        let answer = anyone.get(&format!("{}?format=webp", address(&record, "one")));
        assert_eq!(answer.bytes, content);
    }
}

fn expect_avif(anyone: &Persona, file: &str, name: &str) {
    let answer = anyone.get(&format!("{file}?thumb=70x50&format=avif"));
    assert_eq!(&answer.bytes[4..12], b"ftypavif");
    expect_header(&answer, "content-type", "image/avif");
    let shown = format!("inline; filename=\"70x50_{name}.avif\"");
    expect_header(&answer, "content-disposition", &shown);
}

#[test]
fn an_image_is_sent_in_the_format_that_is_asked_for() {
    let server = Server::start();
    if server.is_reference() {
        return;
    }
    docs(&server.superuser());
    let anyone = server.anyone();
    let picture = png(200, 100);
    let record = upload(&anyone, &[("image", Some("a.png"), &picture)]);
    let (file, name) = (
        address(&record, "image"),
        record["image"].as_str().unwrap_or_default(),
    );
    for (query, prefix, expected) in [
        ("format=webp", "0x0", (200, 100)),
        ("thumb=&format=webp", "0x0", (200, 100)),
        ("thumb=70x50&format=webp", "70x50", (70, 50)),
        ("thumb=100x100&format=webp", "100x100", (100, 100)),
        // A size that the field does not have counts for nothing.
        ("thumb=9999x9999&format=webp", "0x0", (200, 100)),
    ] {
        for _ in 0..2 {
            let answer = anyone.get(&format!("{file}?{query}"));
            assert_eq!(webp_sides(&answer.bytes), expected, "{query}");
            expect_header(&answer, "content-type", "image/webp");
            let shown = format!("inline; filename=\"{prefix}_{name}.webp\"");
            expect_header(&answer, "content-disposition", &shown);
        }
        let range = anyone.with_header("Range", "bytes=0-3");
        let part = range.get(&format!("{file}?{query}"));
        assert_eq!(
            (part.status, part.bytes.as_slice()),
            (206, b"RIFF".as_slice())
        );
    }
    assert_eq!(stored(&server).len(), 4);
    expect_avif(&anyone, &file, name);
    assert_eq!(stored(&server).len(), 5);
    for wrong in [
        "AVIF",
        "png",
        "WEBP",
        "image/webp",
        "..%2Fwebp",
        "%00",
        "webp,png",
    ] {
        for thumb in ["", "70x50"] {
            let answer = anyone.get(&format!("{file}?thumb={thumb}&format={wrong}"));
            assert_eq!(answer.status, 400, "{wrong}: {answer}");
            assert!(
                answer
                    .text
                    .contains("The parameter format must be webp or avif."),
                "{answer}"
            );
        }
    }
    assert_eq!(stored(&server).len(), 5);
    expect_as_it_is(&anyone, &picture);
    let path = format!(
        "{}/{}",
        records("docs"),
        record["id"].as_str().unwrap_or_default()
    );
    anyone.patch(&path, &json!({"image": ""})).expect(200);
    wait_for_files(&server, 4);
}
