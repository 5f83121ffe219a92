//! Signing in: second factors, codes and links, accounts without credentials, wrong tries.

mod anonymous;
mod codes;
mod endings;
mod magic_link;
mod mail_flows;
mod mfa;
mod origins;
mod providers;
mod races;
mod sign_ins;
mod unlinking;

use luge_tests::{Persona, Requests, Server};
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "secret-word";
pub(crate) const MEMBERS: &str = "/api/collections/members";

/// A server with the auth collection `members` and two members.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) superuser: Persona,
    pub(crate) anyone: Persona,
}

impl World {
    pub(crate) fn start(options: Value) -> Self {
        let server = Server::start();
        let superuser = server.superuser();
        let mut definition = json!({
            "name": "members", "type": "auth", "listRule": "", "viewRule": "", "createRule": "",
            "updateRule": "id = @request.auth.id",
            "fields": [{"name": "rank", "type": "text"}],
        });
        let Value::Object(definition_map) = &mut definition else {
            unreachable!()
        };
        definition_map.extend(options.as_object().unwrap().clone());
        superuser.collection(&definition);
        for name in ["ann", "bob"] {
            superuser.record("members", &member(name));
        }
        let anyone = server.anyone();
        Self {
            server,
            superuser,
            anyone,
        }
    }

    pub(crate) fn sign_in(&self, name: &str) -> Persona {
        let email = format!("{name}@example.com");
        self.anyone.sign_in("members", &email, PASSWORD)
    }

    /// The texts of the mails about something to a member, newest first, once there are as many.
    pub(crate) fn mails(&self, about: &str, name: &str, count: usize) -> Vec<String> {
        let to = format!("{name}@example.com");
        for _ in 0..200 {
            let all = self.superuser.get("/api/mails?state=kept&perPage=100");
            let all = all.expect(200)["items"].clone();
            let all = all.as_array().unwrap().clone();
            let is_it = |mail: &&Value| mail["event"] == about && mail["to"] == to;
            let found: Vec<&Value> = all.iter().filter(is_it).collect();
            if found.len() >= count {
                let view = |mail: &&Value| {
                    let id = mail["id"].as_str().unwrap();
                    self.superuser
                        .get(&format!("/api/mails/{id}"))
                        .text_at("text")
                };
                return found.iter().map(view).collect();
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("no {count} mails about {about} came for {to}");
    }

    /// The token of the link in the newest mail about something to a member.
    pub(crate) fn linked(&self, about: &str, name: &str) -> String {
        let text = self.mails(about, name, 1).remove(0);
        let (_, behind) = text.split_once("/confirm-").unwrap();
        let (_, token) = behind.split_once('/').unwrap();
        token.split_whitespace().next().unwrap().to_owned()
    }

    /// The id of a member.
    pub(crate) fn id(&self, name: &str) -> String {
        let path = format!("{MEMBERS}/records?filter=email='{name}@example.com'");
        self.superuser.get(&path).text_at("items.0.id")
    }
}

pub(crate) fn member(name: &str) -> Value {
    json!({
        "email": format!("{name}@example.com"), "password": PASSWORD, "passwordConfirm": PASSWORD,
    })
}

pub(crate) fn password_of(name: &str) -> Value {
    json!({"identity": format!("{name}@example.com"), "password": PASSWORD})
}

/// The digits of a code in the text of a mail.
pub(crate) fn code_in(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_digit());
    let mut codes = words.filter(|word| word.len() == 8);
    codes
        .next()
        .unwrap_or_else(|| panic!("no code in {text}"))
        .to_owned()
}

/// How many of many attempts at once were answered with 200.
pub(crate) fn successes(attempts: Vec<(Persona, String, Value)>) -> usize {
    std::thread::scope(|scope| {
        let threads: Vec<_> = attempts
            .iter()
            .map(|(persona, path, body)| scope.spawn(|| persona.post(path, body).status))
            .collect();
        let statuses = threads.into_iter().map(|thread| thread.join().unwrap());
        statuses.filter(|status| *status == 200).count()
    })
}
