//! Where values come from, and how wrong ones are named.

use super::*;

fn texts(flags: &[(&'static str, Option<String>)], environment: &[(&str, &str)]) -> Texts {
    let look_up = |name: &str| {
        environment
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    };
    Texts::gather(flags, look_up, None).unwrap()
}

fn file(text: &str) -> Result<Texts, ConfigError> {
    let mut texts = Texts::default();
    texts.read_table(Path::new("luge.toml"), text)?;
    Ok(texts)
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let config = Config::from_texts(&Texts::default()).unwrap();
    assert_eq!(config.http.value.to_string(), "127.0.0.1:8090");
    assert_eq!(config.http.source, Source::Default);

    let from_file = file("http = \"127.0.0.1:1\"\ncache = 64").unwrap();
    let config = Config::from_texts(&from_file).unwrap();
    assert_eq!(config.http.value.port(), 1);
    assert_eq!(config.cache_bytes.value, 64 << 20);
    let line = |line| Source::File(PathBuf::from("luge.toml"), line);
    assert_eq!(config.http.source, line(1));
    assert_eq!(config.cache_bytes.source, line(2));

    let environment = [("LUGE_HTTP", "127.0.0.1:2"), ("LUGE_METRICS_ADDR", ":9")];
    let config = Config::from_texts(&texts(&[("http", None)], &environment)).unwrap();
    assert_eq!(config.http.value.port(), 2);
    assert_eq!(config.http.source, Source::Environment);
    assert_eq!(
        config.metrics_address.value.unwrap().to_string(),
        "0.0.0.0:9"
    );

    let flags = [("http", Some("127.0.0.1:3".to_owned()))];
    let config = Config::from_texts(&texts(&flags, &environment)).unwrap();
    assert_eq!(config.http.value.port(), 3);
    assert_eq!(config.http.source, Source::Flag);
}

#[test]
fn a_wrong_value_is_named_by_its_source() {
    let message = |texts: &Texts| Config::from_texts(texts).unwrap_err().to_string();
    assert_eq!(
        message(&texts(&[("store", Some("rocks".to_owned()))], &[])),
        "--store is `rocks`, expected sled, fjall or memory"
    );
    assert_eq!(
        message(&texts(&[], &[("LUGE_DURABILITY", "maybe")])),
        "LUGE_DURABILITY is `maybe`, expected strict or relaxed"
    );
    assert_eq!(
        message(&file("# where\n\nmetrics_addr = \"nowhere\"").unwrap()),
        "metrics_addr in line 3 of luge.toml is `nowhere`, expected an address such as \
         127.0.0.1:9090"
    );
    assert_eq!(
        message(&texts(
            &[],
            &[("LUGE_OUTBOUND_ALLOW", "10.0.0.0/8,localhost")]
        )),
        "LUGE_OUTBOUND_ALLOW is `10.0.0.0/8,localhost`, expected networks and ports such as \
         10.0.0.0/8, 127.0.0.1:9000 or *:8443"
    );
    for cache in ["0", "", "12TB", "MB", "-1", "99999999999999999999GB"] {
        let flags = [("cache", Some(cache.to_owned()))];
        assert!(Config::from_texts(&texts(&flags, &[])).is_err(), "{cache}");
    }
}

#[test]
fn the_file_is_checked_key_by_key() {
    let refused = |text: &str| file(text).unwrap_err().to_string();
    let malformed = refused("log = \"info\"\nhttp = \n");
    assert!(malformed.contains("line 2, column 8"), "{malformed}");
    assert!(malformed.contains("http ="), "{malformed}");
    let twice = refused("cache = 1\ncache = 2\n");
    assert!(twice.contains("line 2"), "{twice}");
    let unknown = refused("log = \"info\"\n\nhtpt = \"x\"");
    assert!(
        unknown.starts_with("line 3 of luge.toml has an unknown key `htpt`; known are: http, dir"),
        "{unknown}"
    );
    for wrong in [
        "[1]",
        "true",
        "1.5",
        "{ a = 1 }",
        "2026-01-01",
        "99999999999999999999",
    ] {
        assert_eq!(
            refused(&format!("\ndir = {wrong}")),
            "dir in line 2 of luge.toml is neither text nor a whole number"
        );
    }
    assert!(refused("[dir]").contains("dir in line 1 of luge.toml"));
    let hexadecimal = Config::from_texts(&file("cache = 0x40").unwrap()).unwrap();
    assert_eq!(hexadecimal.cache_bytes.value, 64 << 20);
    let missing = Texts::gather(&[], |_| None, Some(Path::new("/nowhere/luge.toml")));
    assert!(matches!(missing, Err(ConfigError::Unreadable { .. })));
}

#[test]
fn settings_come_from_the_environment_over_the_file() {
    let text = "http = \":1\"\n[settings.smtp]\nhost = \"file.example.com\"\nport = 25\n\n\
                [[settings.rateLimits.rules]]\nlabel = \"/api/\"\nduration = 1\nmaxRequests = 2\n";
    let mut texts = file(text).unwrap();
    let variable = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let variables = [
        variable("LUGE_SETTINGS__smtp__host", "environment.example.com"),
        variable("LUGE_SETTINGS__LOGS__MAXDAYS", "7"),
        variable("LUGE_HTTP", ":2"),
        variable("OTHER", "x"),
    ];
    texts.add_settings(variables.into_iter()).unwrap();
    let shown = format!("{:?}", Config::from_texts(&texts).unwrap().settings);
    for part in [
        "smtp.host by the environment variable LUGE_SETTINGS__smtp__host",
        "logs.maxDays by the environment variable LUGE_SETTINGS__LOGS__MAXDAYS",
        "smtp.port by line 4 of luge.toml",
        "rateLimits.rules by line 6 of luge.toml",
    ] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(
        !shown.contains("example.com"),
        "values may be secrets: {shown}"
    );
}

#[test]
fn settings_that_make_no_sense_are_named_by_their_place() {
    let refused = |text: &str| file(text).map(drop).unwrap_err().to_string();
    for (text, reason) in [
        ("settings = 1", "settings in luge.toml: expected a table"),
        (
            "[settings]\nnope = 1",
            "nope in line 2 of luge.toml: there is no setting nope",
        ),
        (
            "[settings.smtp]\nport = \"x\"",
            "smtp.port in line 2 of luge.toml: expected a whole number",
        ),
        (
            "[settings.smtp]\nport = 1.5",
            "smtp.port in line 2 of luge.toml: expected a text, a whole",
        ),
        (
            "[settings]\nsmtp = \"x\"",
            "smtp in line 2 of luge.toml: smtp is a group of settings",
        ),
    ] {
        let found = refused(text);
        assert!(found.starts_with(reason), "{found}");
    }
    let mut texts = Texts::default();
    let variables = [("LUGE_SETTINGS__smtp__port".to_owned(), "x".to_owned())];
    let error = texts.add_settings(variables.into_iter()).unwrap_err();
    let reason = "LUGE_SETTINGS__smtp__port: expected a whole number, found \"x\"";
    assert_eq!(error.to_string(), reason);
}
