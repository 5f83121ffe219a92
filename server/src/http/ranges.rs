//! Which part of a file a request asks for, and whether it has it already (RFC 9110, §13 and §14).
//!
//! One range is answered; of several, which are allowed to be answered so, the whole file.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use poem::http::{HeaderMap, HeaderName, header};

/// What identifies the bytes of a file, which never change under its name.
#[derive(Clone, Debug)]
pub(crate) struct Validators {
    /// Quoted.
    pub(crate) tag: String,
    /// Without fractions of seconds.
    pub(crate) modified: SystemTime,
}

/// What is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nothing: the client has it.
    Unchanged,
    /// All of it.
    Whole,
    /// So many bytes from an offset.
    Part {
        /// The first byte.
        offset: u64,
        /// More than none.
        length: u64,
    },
    /// Nothing: what is asked for is outside of it, or no range.
    Unsatisfiable,
}

impl Validators {
    /// Of a file with this name that was stored at this time.
    pub(crate) fn new(name: &str, modified: SystemTime) -> Self {
        let seconds = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            tag: format!("\"{name}\""),
            modified: UNIX_EPOCH + Duration::from_secs(seconds.as_secs()),
        }
    }

    /// What a request wants of `length` bytes.
    pub(crate) fn wanted(&self, headers: &HeaderMap, length: u64) -> Wanted {
        if self.is_known(headers) {
            return Wanted::Unchanged;
        }
        match text(headers, header::RANGE).filter(|_| self.range_applies(headers)) {
            Some(range) => part(range, length),
            None => Wanted::Whole,
        }
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        if let Some(tags) = text(headers, header::IF_NONE_MATCH) {
            let mut tags = tags.split(',').map(str::trim);
            return tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.tag);
        }
        let since = text(headers, header::IF_MODIFIED_SINCE);
        let since = since.and_then(|since| httpdate::parse_http_date(since).ok());
        since.is_some_and(|since| self.modified <= since)
    }

    fn range_applies(&self, headers: &HeaderMap) -> bool {
        match text(headers, header::IF_RANGE) {
            None => true,
            Some(tag) if tag.starts_with('"') => tag == self.tag,
            Some(date) => httpdate::parse_http_date(date).is_ok_and(|date| self.modified == date),
        }
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn part(range: &str, length: u64) -> Wanted {
    let Some(ranges) = range.strip_prefix("bytes=") else {
        return Wanted::Unsatisfiable;
    };
    if ranges.contains(',') {
        return Wanted::Whole;
    }
    let bounds = ranges.trim().split_once('-');
    let Some((first, last)) = bounds.map(|(first, last)| (first.trim(), last.trim())) else {
        return Wanted::Unsatisfiable;
    };
    let found = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Some((first, last)),
        (Some(first), None) if last.is_empty() => Some((first, u64::MAX)),
        (None, Some(suffix)) if first.is_empty() && suffix > 0 => {
            Some((length.saturating_sub(suffix), u64::MAX))
        }
        _ => None,
    };
    match found {
        Some((first, last)) if first < length => Wanted::Part {
            offset: first,
            length: last.min(length - 1) - first + 1,
        },
        _ => Wanted::Unsatisfiable,
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than fit are a place far behind the end of any file.
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn wanted(headers: &[(HeaderName, &str)], length: u64) -> Wanted {
        let modified = UNIX_EPOCH + Duration::from_millis(1_000_000_900);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(name, HeaderValue::from_str(value).unwrap());
        }
        Validators::new("a.png", modified).wanted(&map, length)
    }

    fn part(offset: u64, length: u64) -> Wanted {
        Wanted::Part { offset, length }
    }

    #[test]
    fn one_range_is_cut_to_the_file() {
        for (range, expected) in [
            ("bytes=0-3", part(0, 4)),
            ("bytes=0-0", part(0, 1)),
            ("bytes=-3", part(15, 3)),
            ("bytes=-100", part(0, 18)),
            ("bytes=15-", part(15, 3)),
            ("bytes=15-100", part(15, 3)),
            ("bytes=15-99999999999999999999999", part(15, 3)),
            ("bytes=0-1,3-4", Wanted::Whole),
            ("bytes=18-", Wanted::Unsatisfiable),
            ("bytes=100-200", Wanted::Unsatisfiable),
            ("bytes=99999999999999999999999-", Wanted::Unsatisfiable),
            ("bytes=3-1", Wanted::Unsatisfiable),
            ("bytes=-0", Wanted::Unsatisfiable),
            ("bytes=-", Wanted::Unsatisfiable),
            ("bytes=", Wanted::Unsatisfiable),
            ("bytes=abc", Wanted::Unsatisfiable),
            ("bytes=1-x", Wanted::Unsatisfiable),
            ("bytes=--1", Wanted::Unsatisfiable),
            ("bytes=+1-2", Wanted::Unsatisfiable),
            ("items=0-1", Wanted::Unsatisfiable),
        ] {
            assert_eq!(wanted(&[(header::RANGE, range)], 18), expected, "{range}");
        }
        for range in ["bytes=0-0", "bytes=0-", "bytes=-1"] {
            let empty = wanted(&[(header::RANGE, range)], 0);
            assert_eq!(empty, Wanted::Unsatisfiable, "{range}");
        }
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        const SAME: &str = "Mon, 12 Jan 1970 13:46:40 GMT";
        const BEFORE: &str = "Mon, 12 Jan 1970 13:46:39 GMT";
        let since = |date| wanted(&[(header::IF_MODIFIED_SINCE, date)], 18);
        assert_eq!(since(SAME), Wanted::Unchanged);
        assert_eq!(since(BEFORE), Wanted::Whole);
        assert_eq!(since("yesterday"), Wanted::Whole);
        for (tag, expected) in [
            ("\"a.png\"", Wanted::Unchanged),
            ("W/\"a.png\"", Wanted::Unchanged),
            ("\"b.png\", \"a.png\"", Wanted::Unchanged),
            ("*", Wanted::Unchanged),
            ("\"b.png\"", Wanted::Whole),
            ("a.png", Wanted::Whole),
        ] {
            let tag = (header::IF_NONE_MATCH, tag);
            assert_eq!(wanted(std::slice::from_ref(&tag), 18), expected);
            let both = wanted(&[tag, (header::IF_MODIFIED_SINCE, SAME)], 18);
            assert_eq!(both, expected);
        }
        let range = (header::RANGE, "bytes=0-3");
        for (condition, applies) in [
            ("\"a.png\"", true),
            (SAME, true),
            ("\"b.png\"", false),
            ("W/\"a.png\"", false),
            (BEFORE, false),
        ] {
            let headers = [range.clone(), (header::IF_RANGE, condition)];
            let expected = if applies { part(0, 4) } else { Wanted::Whole };
            assert_eq!(wanted(&headers, 18), expected, "{condition}");
        }
    }
}
