//! Files of records: uploaded, served, shown smaller, and gone; and what hostile clients try.

mod hostile;
mod previews;
mod resumable;
mod served;
mod uploads;

use luge_tests::persona::records;
use luge_tests::{Answer, Persona, Requests, Server};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

use super::{field, public_collection};

/// The content type of [`form`].
pub(super) const FORM: &str = "multipart/form-data; boundary=XX";

/// One part of a form: its name, the name of its file if it is one, and its bytes.
pub(super) type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

/// A form with files.
pub(super) fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
        let head = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n");
        body.extend(head.as_bytes());
        // What a client says that a file is counts for nothing.
        body.extend(b"Content-Type: text/html;x\r\n\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--XX--\r\n");
    body
}

/// A collection `docs` that everybody may change, with file fields of all kinds.
pub(super) fn docs(superuser: &Persona) -> Value {
    public_collection(
        superuser,
        "docs",
        &[
            field("title", "text", json!({})),
            field("one", "file", json!({})),
            field("many", "file", json!({"maxSelect": 3, "maxSize": 100})),
            field(
                "image",
                "file",
                json!({"mimeTypes": ["image/png", "text/plain"],
                       "thumbs": ["70x50", "70x50t", "70x50b", "70x50f", "0x50", "70x0"]}),
            ),
            field("secret", "file", json!({"protected": true})),
        ],
    )
}

/// Makes a record of `docs`.
#[track_caller]
pub(super) fn upload(persona: &Persona, parts: &[Part<'_>]) -> Value {
    let path = records("docs");
    persona.send("POST", &path, FORM, &form(parts)).expect(200)
}

/// The address of the file that a record has under a key.
pub(super) fn address(record: &Value, key: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = match &record[key] {
        Value::Array(names) => text(&names[0]),
        single => text(single),
    };
    format!("/api/files/docs/{}/{name}", text(&record["id"]))
}

/// All files below the folder of files, as `record/name`, in order.
pub(super) fn stored(server: &Server) -> Vec<String> {
    fn list(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                list(&path, root, found);
            } else if let Ok(path) = path.strip_prefix(root) {
                found.push(path.display().to_string());
            }
        }
    }
    let root = server.folder.join("data").join("storage");
    let mut found = Vec::new();
    list(&root, &root, &mut found);
    found.retain(|path| !path.ends_with(".attrs"));
    found.sort();
    found
}

/// Waits until so many files are stored.
#[track_caller]
pub(super) fn wait_for_files(server: &Server, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let found = stored(server);
        if found.len() == count {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{count} files expected: {found:?}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What must stand in a header.
#[track_caller]
pub(super) fn expect_header(answer: &Answer, name: &str, expected: &str) {
    assert_eq!(answer.header(name), Some(expected), "{name} of {answer}");
}

/// A picture of one color.
pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    let row = [vec![0], vec![200; width as usize * 3]].concat();
    let mut packed = vec![0x78, 0x01];
    let rows: Vec<u8> = row.repeat(height as usize);
    let blocks: Vec<&[u8]> = rows.chunks(0xFFFF).collect();
    for (number, block) in blocks.iter().enumerate() {
        packed.push(u8::from(number + 1 == blocks.len()));
        let length = u16::try_from(block.len()).expect("a block is short");
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(*block);
    }
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in &rows {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    packed.extend(((high << 16) | low).to_be_bytes());
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", packed), (b"IEND", Vec::new())] {
        let length = u32::try_from(data.len()).expect("a chunk is short");
        png.extend(length.to_be_bytes());
        let content = [&kind[..], &data].concat();
        png.extend(&content);
        png.extend(checksum(&content).to_be_bytes());
    }
    png
}

/// CRC-32 as PNG has it.
fn checksum(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg());
        }
    }
    !sum
}

/// Width and height of a PNG.
pub(super) fn sides(png: &[u8]) -> (u32, u32) {
    let number = |from: usize| png[from..from + 4].try_into().map_or(0, u32::from_be_bytes);
    assert!(png.starts_with(b"\x89PNG"), "no PNG: {:?}", png.get(..20));
    (number(16), number(20))
}
