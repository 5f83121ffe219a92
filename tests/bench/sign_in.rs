//! Signing in with a password, which is mostly its hash: argon2id (19 MiB, t=2, p=1) on Luge,
//! bcrypt (cost 10) on PocketBase, each as it is by default.

use crate::data::Plan;
use luge_tests::http::request;
use luge_tests::{Requests, Server};
use serde_json::json;

const MEMBERS: &str = "/api/collections/signers";
const PASSWORD: &str = "correct horse";
const ACCOUNTS: usize = 64;

/// Sign-ins of many accounts, made where they are not there yet.
pub(crate) fn sign_ins(server: &Server, _: &Plan) -> Vec<Vec<u8>> {
    let superuser = server.superuser();
    if superuser.get(MEMBERS).status == 404 {
        superuser.collection(&json!({"name": "signers", "type": "auth"}));
        for number in 0..ACCOUNTS {
            let email = email(number);
            let password = json!({
                "email": email, "password": PASSWORD, "passwordConfirm": PASSWORD,
            });
            superuser.record("signers", &password);
        }
    }
    let sign_in = |number| {
        let body = json!({"identity": email(number), "password": PASSWORD});
        let path = format!("{MEMBERS}/auth-with-password");
        request("POST", &path, "", &body.to_string())
    };
    (0..ACCOUNTS).map(sign_in).collect()
}

fn email(number: usize) -> String {
    format!("user{number}@example.com")
}
