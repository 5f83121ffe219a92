//! What a file is, by its content: the media type it is served with, and the extension it gets
//! where the client gave none.
//!
//! Only the beginning of a file is looked at. What a client says a file is counts for nothing.

use serde::de::IgnoredAny;

/// How many bytes of a file are looked at.
pub const HEAD_BYTES: usize = 3_072;

const OCTETS: &str = "application/octet-stream";
const PLAIN: &str = "text/plain; charset=utf-8";

/// A media type with the extension that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Media {
    /// With a charset where it is text.
    pub media_type: &'static str,
    /// With its dot; empty where there is none.
    pub extension: &'static str,
}

/// What the beginning of a file says that it is.
#[must_use]
pub fn of_content(head: &[u8]) -> Media {
    let head = head.get(..HEAD_BYTES).unwrap_or(head);
    if head.is_empty() {
        return media("text/plain", ".txt");
    }
    match head {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {}
        [0xFF, 0xFE, ..] => return media("text/plain; charset=utf-16le", ".txt"),
        [0xFE, 0xFF, ..] => return media("text/plain; charset=utf-16be", ".txt"),
        _ => {}
    }
    if head.iter().copied().any(is_binary) {
        return of_bytes(head);
    }
    match beginning_of_text(head) {
        Some(text) => of_text(text, head.len() == HEAD_BYTES),
        None => match of_bytes(head) {
            Media {
                media_type: OCTETS, ..
            } => media("text/plain; charset=iso-8859-1", ".txt"),
            found => found,
        },
    }
}

/// The media type a file is served with: by its content, but for a few kinds of text that only its
/// name tells apart.
#[must_use]
pub fn served(name: &str, head: &[u8]) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let by_content = of_content(head).media_type;
    if !by_content.starts_with("text/") && by_content != "image/svg+xml" {
        return by_content;
    }
    match extension.to_ascii_lowercase().as_str() {
        "css" => "text/css",
        "js" | "mjs" => "text/javascript",
        "svg" => "image/svg+xml",
        _ => by_content,
    }
}

fn media(media_type: &'static str, extension: &'static str) -> Media {
    Media {
        media_type,
        extension,
    }
}

/// Bytes that do not occur in text.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F)
}

/// The text at the beginning of a file; a character may be cut at the end.
fn beginning_of_text(head: &[u8]) -> Option<&str> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => {
            let (whole, _) = head.split_at_checked(error.valid_up_to())?;
            std::str::from_utf8(whole).ok()
        }
        Err(_) => None,
    }
}

fn of_bytes(head: &[u8]) -> Media {
    let Some(found) = infer::get(head) else {
        return media(OCTETS, "");
    };
    let media_type = match found.mime_type() {
        "image/vnd.microsoft.icon" => "image/x-icon",
        "audio/x-wav" => "audio/wav",
        "audio/x-flac" => "audio/flac",
        "audio/m4a" => "audio/mp4",
        "video/x-m4v" => "video/mp4",
        other => other,
    };
    media(media_type, dotted(found.extension()))
}

/// Extensions of what `infer` finds, with their dots; those of rarer kinds are left out.
fn dotted(extension: &str) -> &'static str {
    const KNOWN: &[&str] = &[
        ".7z", ".aac", ".aiff", ".amr", ".avi", ".avif", ".bmp", ".bz2", ".deb", ".dll", ".doc",
        ".docx", ".elf", ".epub", ".exe", ".flac", ".flv", ".gif", ".gz", ".heif", ".ico", ".jp2",
        ".jpg", ".jxl", ".jxr", ".m4a", ".m4v", ".mid", ".mkv", ".mov", ".mp3", ".mp4", ".mpg",
        ".odp", ".ods", ".odt", ".ogg", ".opus", ".otf", ".pdf", ".png", ".ppt", ".pptx", ".psd",
        ".rar", ".rtf", ".sqlite", ".swf", ".tar", ".tif", ".ttf", ".wasm", ".wav", ".webm",
        ".webp", ".wmv", ".woff", ".woff2", ".xls", ".xlsx", ".xz", ".zip", ".zst",
    ];
    KNOWN
        .iter()
        .copied()
        .find(|known| known.strip_prefix('.') == Some(extension))
        .unwrap_or("")
}

/// Kinds of text, by how they begin; `cut` says that there is more of it.
fn of_text(text: &str, cut: bool) -> Media {
    let text = text.trim_start();
    let starts = |prefix: &str| text.starts_with(prefix);
    if starts("%PDF-") {
        return media("application/pdf", ".pdf");
    }
    if starts("GIF87a") || starts("GIF89a") {
        return media("image/gif", ".gif");
    }
    if starts("%!PS-Adobe-") {
        return media("application/postscript", ".ps");
    }
    if starts("{\\rtf") {
        return media("text/rtf", ".rtf");
    }
    if starts("<?php") {
        return media("text/x-php", ".php");
    }
    if starts("#!") {
        return of_script(text);
    }
    if starts("<") {
        return of_markup(text);
    }
    of_data(text, cut).unwrap_or(media(PLAIN, ".txt"))
}

fn of_script(text: &str) -> Media {
    let first = text.lines().next().unwrap_or_default();
    if first.contains("python") {
        media("text/x-python; charset=utf-8", ".py")
    } else if first.contains("perl") {
        media("text/x-perl; charset=utf-8", ".pl")
    } else if first.contains("node") {
        media("text/javascript", ".js")
    } else {
        media("text/x-shellscript; charset=utf-8", ".sh")
    }
}

/// HTML by the tags of which every page has one, as browsers look for them.
fn of_markup(text: &str) -> Media {
    const HTML: &[&str] = &[
        "<!doctype html",
        "<html",
        "<head",
        "<script",
        "<iframe",
        "<h1",
        "<div",
        "<font",
        "<table",
        "<a",
        "<style",
        "<title",
        "<b",
        "<body",
        "<br",
        "<p",
        "<!--",
    ];
    let lower = text.to_ascii_lowercase();
    let is_tag = |tag: &&str| {
        lower.strip_prefix(*tag).is_some_and(|rest| {
            *tag == "<!--" || rest.starts_with(|next: char| next == '>' || next.is_whitespace())
        })
    };
    let svg = lower.starts_with("<svg")
        || (lower.contains("<svg") && (lower.starts_with("<?xml") || lower.starts_with("<!--")))
        || lower.starts_with("<!doctype svg");
    if svg {
        media("image/svg+xml", ".svg")
    } else if HTML.iter().any(is_tag) {
        media("text/html; charset=utf-8", ".html")
    } else if lower.starts_with("<?xml") {
        media("text/xml; charset=utf-8", ".xml")
    } else {
        media(PLAIN, ".txt")
    }
}

fn of_data(text: &str, cut: bool) -> Option<Media> {
    if text.starts_with(['{', '[']) {
        if is_json(text, cut) {
            return Some(media("application/json", ".json"));
        }
        let mut lines = whole_lines(text, cut).peekable();
        let several = text.trim_end().contains('\n');
        if several && lines.peek().is_some() && lines.all(|line| is_json(line, false)) {
            return Some(media("application/x-ndjson", ".ndjson"));
        }
        return None;
    }
    if is_table(text, ',', cut) {
        Some(media("text/csv", ".csv"))
    } else if is_table(text, '\t', cut) {
        Some(media("text/tab-separated-values", ".tsv"))
    } else {
        None
    }
}

fn is_json(text: &str, cut: bool) -> bool {
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => true,
        Err(error) => cut && error.is_eof(),
    }
}

/// At least two lines with the same number of separators, and at least one in each.
fn is_table(text: &str, separator: char, cut: bool) -> bool {
    let mut counts = whole_lines(text, cut).map(|line| line.matches(separator).count());
    let Some(first) = counts.next().filter(|first| *first > 0) else {
        return false;
    };
    let mut lines = 1;
    for count in counts {
        if count != first {
            return false;
        }
        lines += 1;
    }
    lines > 1
}

/// The lines that are not empty, without the last one where it may be cut.
fn whole_lines(text: &str, cut: bool) -> impl Iterator<Item = &str> {
    let whole = if cut {
        text.rsplit_once('\n').map_or("", |(whole, _)| whole)
    } else {
        text
    };
    whole.lines().filter(|line| !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_contracts_server() {
        for (content, media_type, extension) in [
            (b"".as_slice(), "text/plain", ".txt"),
            (b"hello", PLAIN, ".txt"),
            (b"\xEF\xBB\xBFhi", PLAIN, ".txt"),
            ("ünïcode".as_bytes(), PLAIN, ".txt"),
            (b"\xFC", "text/plain; charset=iso-8859-1", ".txt"),
            (b"\xFF\xFE<\0h\0", "text/plain; charset=utf-16le", ".txt"),
            (b"\0\x01\x02\x03", OCTETS, ""),
            (b"\x89PNG\r\n\x1a\n\0\0", "image/png", ".png"),
            (b"GIF89a", "image/gif", ".gif"),
            (b"\xFF\xD8\xFF\xE0\0", "image/jpeg", ".jpg"),
            (b"\xFF\xD8\xFF\xE0", "image/jpeg", ".jpg"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp", ".webp"),
            (b"\0\0\x01\0\x01\0\0\0", "image/x-icon", ".ico"),
            (b"PK\x03\x04\0\0", "application/zip", ".zip"),
            (b"\0asm\x01\0\0\0", "application/wasm", ".wasm"),
            (b"%PDF-1.4", "application/pdf", ".pdf"),
            (b"<html><body>", "text/html; charset=utf-8", ".html"),
            (b"  <HTML>", "text/html; charset=utf-8", ".html"),
            (b"\xEF\xBB\xBF<html>", "text/html; charset=utf-8", ".html"),
            (b"<!DOCTYPE html><p>", "text/html; charset=utf-8", ".html"),
            (
                b"<?xml version=\"1.0\"?><a/>",
                "text/xml; charset=utf-8",
                ".xml",
            ),
            (b"<svg xmlns=\"x\"></svg>", "image/svg+xml", ".svg"),
            (b"<?xml version=\"1.0\"?><svg/>", "image/svg+xml", ".svg"),
            (b"{\"a\":1}", "application/json", ".json"),
            (b"[1,2]", "application/json", ".json"),
            (b"{\"a\":1}\n{\"a\":2}\n", "application/x-ndjson", ".ndjson"),
            (b"{a}", PLAIN, ".txt"),
            (b"\"x\"", PLAIN, ".txt"),
            (b"12", PLAIN, ".txt"),
            (b"a,b\n1,2\n", "text/csv", ".csv"),
            (b"a,b\n1\n", PLAIN, ".txt"),
            (b"#!/bin/sh\n", "text/x-shellscript; charset=utf-8", ".sh"),
            (b"BMW is a car", PLAIN, ".txt"),
            (b"MZ is a rapper", PLAIN, ".txt"),
            (b"function(){}", PLAIN, ".txt"),
        ] {
            assert_eq!(
                of_content(content),
                media(media_type, extension),
                "{}",
                content.escape_ascii()
            );
        }
    }

    #[test]
    fn what_is_cut_is_recognised_all_the_same() {
        let long = format!("[{}1]", "\"é\",".repeat(2_000));
        assert_eq!(of_content(long.as_bytes()).extension, ".json");
        let table = "é,b\n".repeat(2_000);
        assert_eq!(of_content(table.as_bytes()).extension, ".csv");
        let text = "é".repeat(2_000);
        assert_eq!(of_content(text.as_bytes()).media_type, PLAIN);
    }

    #[test]
    fn a_name_decides_between_kinds_of_text_only() {
        for (name, content, media_type) in [
            ("a.js", b"var x".as_slice(), "text/javascript"),
            ("a.MJS", b"var x", "text/javascript"),
            ("a.css", b"a{}", "text/css"),
            ("a.svg", b"<svg/>", "image/svg+xml"),
            ("a.txt", b"<svg/>", "image/svg+xml"),
            ("a.html", b"\x89PNG\r\n\x1a\n\0", "image/png"),
            ("a.js", b"\x89PNG\r\n\x1a\n\0", "image/png"),
            ("a.png", b"<html>", "text/html; charset=utf-8"),
            ("a", b"hi", PLAIN),
        ] {
            assert_eq!(served(name, content), media_type, "{name}");
        }
    }
}
