//! What a server runs with: flags over environment over `luge.toml` over defaults.

use luge_tests::server::{Options, free_address, new_folder};
use luge_tests::{Requests, Server};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder with a configuration file, and three folders of static files that say which they are.
fn folder(config: &str) -> PathBuf {
    let folder = new_folder();
    for name in ["file", "environment", "flag"] {
        std::fs::create_dir_all(folder.join(name)).expect("a folder can be made");
        std::fs::write(folder.join(name).join("which.txt"), name).expect("a file can be written");
    }
    std::fs::write(folder.join("luge.toml"), config).expect("a file can be written");
    folder
}

fn serve_from(folder: &Path, environment: &[&str], flags: &[&str]) -> Server {
    let variables = environment
        .iter()
        .map(|value| ("LUGE_PUBLIC_DIR".to_owned(), (*value).to_owned()));
    Server::start_with(Options {
        folder: Some(folder.to_owned()),
        environment: variables.collect(),
        arguments: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        ..Options::default()
    })
}

#[test]
fn a_setting_of_the_file_gives_way_to_the_environment_and_to_a_flag() {
    let folder = folder("log_format = \"json\"\npublic_dir = \"file\"\n");
    let which = |environment: &[&str], flags: &[&str]| {
        let mut server = serve_from(&folder, environment, flags);
        if server.is_reference() {
            return None;
        }
        let which = server.anyone().get("/which.txt").text;
        server.terminate();
        assert!(server.log().contains("{\""), "no JSON in {}", server.log());
        Some(which)
    };
    let flag = ["--public-dir", "flag"];
    if let Some(file) = which(&[], &[]) {
        assert_eq!(file, "file");
        assert_eq!(which(&["environment"], &[]).as_deref(), Some("environment"));
        assert_eq!(which(&[""], &[]).as_deref(), Some("file"));
        assert_eq!(which(&["environment"], &flag).as_deref(), Some("flag"));
        assert_eq!(which(&[], &flag).as_deref(), Some("flag"));
    }
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}

#[test]
fn a_bad_file_is_refused_with_its_line_and_key() {
    if luge_tests::server::is_reference(&luge_tests::server::binary()) {
        return;
    }
    let rows: [(&str, &[&str]); 7] = [
        (
            "log = \"info\"\nhtpt = 1\n",
            &["line 2", "`htpt`", "http, dir"],
        ),
        ("\n[http]\n", &["http", "line 2", "text"]),
        ("dir = true\n", &["dir", "line 1", "text"]),
        (
            "#\nstore = \"rocks\"\n",
            &["store", "line 2", "`rocks`", "sled, fjall"],
        ),
        ("cache = 0\n", &["cache", "line 1", "256MB"]),
        ("log = \"info\"\ncache =\n", &["line 2", "cache ="]),
        ("cache = 1\ncache = 2\n", &["line 2", "cache = 2"]),
    ];
    for (text, fragments) in rows {
        let folder = folder(text);
        let address = free_address();
        let output = Command::new(luge_tests::server::binary())
            .args(["serve", "--http", &address])
            .current_dir(&folder)
            .output()
            .expect("the binary runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}: {errors}");
        for fragment in [&["luge.toml"], fragments].concat() {
            assert!(
                errors.contains(fragment),
                "{text}: no {fragment} in {errors}"
            );
        }
        assert!(!folder.join("luge_data").exists(), "{text}: it was opened");
        std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    }
}

#[test]
fn a_file_that_is_asked_for_must_be_there() {
    if luge_tests::server::is_reference(&luge_tests::server::binary()) {
        return;
    }
    let folder = folder("");
    let output = Command::new(luge_tests::server::binary())
        .args(["serve", "--config", "other.toml"])
        .current_dir(&folder)
        .output()
        .expect("the binary runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("other.toml"), "{errors}");
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}
