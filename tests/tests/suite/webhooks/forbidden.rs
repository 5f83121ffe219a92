//! Private addresses are out of reach unless the operator allows them, and no request can.

use luge_tests::{Receiver, Requests};
use serde_json::json;

use super::{path, world_with};

#[test]
fn a_private_address_is_refused_with_a_clear_reason() {
    let Some(world) = world_with(Receiver::start(), "") else {
        return;
    };
    let url = world.receiver.url();
    let body = json!({"collection": "posts", "url": url, "actions": ["create"]});
    let refused = world.superuser.post("/api/webhooks", &body);
    assert_eq!(refused.at("data.url.code"), "validation_invalid_url");
    assert!(refused.text.contains("outbound-allow"), "{refused}");
    // A name is looked up when something is to be delivered.
    let url = url.replace("127.0.0.1", "localhost");
    let webhook = world.webhook(json!({ "url": url }));
    world.post("a");
    let waiting = world.wait_for(&webhook, "waiting", 1);
    let path = path(&webhook);
    let mut last = waiting["items"][0]["last"].clone();
    for _ in 0..100 {
        if !last.is_null() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
        last = world
            .superuser
            .get(&format!("{path}/deliveries"))
            .at("items.0.last");
    }
    let error = last["error"].as_str().unwrap_or_default();
    assert!(error.contains("not a public address"), "{last}");
    let tried = world.superuser.post(&format!("{path}/test"), &json!({}));
    assert_eq!(tried.at("delivered"), false);
    assert!(
        tried.text_at("error").contains("not a public address"),
        "{tried}"
    );
    // Settings do not open what the configuration closes.
    let settings = json!({"outboundAllow": "127.0.0.1", "outbound": {"allow": ["127.0.0.1"]}});
    world.superuser.patch("/api/settings", &settings);
    let tried = world.superuser.post(&format!("{path}/test"), &json!({}));
    assert_eq!(tried.at("delivered"), false);
    assert_eq!(world.receiver.received().len(), 0);
}

#[test]
fn a_list_that_is_none_keeps_the_server_from_starting() {
    let binary = luge_tests::server::binary();
    if luge_tests::server::is_reference(&binary) {
        return;
    }
    let folder = luge_tests::server::new_folder();
    let output = std::process::Command::new(binary)
        .args([
            "serve",
            "--http",
            "127.0.0.1:0",
            "--outbound-allow",
            "localhost",
            "--dir",
        ])
        .arg(folder)
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("--outbound-allow is `localhost`"), "{told}");
}
