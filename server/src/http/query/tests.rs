//! Options of requests, read and refused.

use super::*;

fn list(query: &str) -> Result<ListOptions, String> {
    let request = Request::builder()
        .uri_str(format!("/list?{query}"))
        .finish();
    ListOptions::of(&request).map_err(|failure| failure.to_string())
}

#[test]
fn numbers_are_clamped_and_defaulted() {
    for (query, page, per_page) in [
        ("", 1, 30),
        ("page=&perPage=", 1, 30),
        ("page=0&perPage=0", 1, 30),
        ("page=-3&perPage=-1", 1, 30),
        ("page=7&perPage=5000", 7, 1000),
    ] {
        let options = list(query).unwrap();
        assert_eq!(
            (options.page, options.per_page),
            (page, per_page),
            "{query}"
        );
    }
}

#[test]
fn malformed_numbers_and_truths_are_refused_by_name() {
    for (query, name) in [
        ("page=x", "page"),
        ("page=1.5", "page"),
        ("page=99999999999999999999", "page"),
        ("perPage=1e3", "perPage"),
        ("skipTotal=yes", "skipTotal"),
        ("skipTotal=2", "skipTotal"),
    ] {
        let message = list(query).unwrap_err();
        assert!(
            message.starts_with(&format!("The parameter {name} must be")),
            "{message}"
        );
    }
}

#[test]
fn texts_are_decoded_once() {
    let options = list("filter=a%3D%22%2525%22&sort=-a%2C%2Bb&skipTotal=1&fields=id").unwrap();
    assert_eq!(options.filter, "a=\"%25\"");
    assert_eq!(options.sort, "-a,+b");
    assert!(options.skip_total);
    assert_eq!(options.fields.0, Fields::parse("id"));
}
