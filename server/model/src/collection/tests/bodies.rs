//! The keys of records and bodies.

use super::*;

fn keys(members: &[Member<'_>]) -> String {
    let keys = members.iter().map(|member| {
        let mark = if member.needed { "!" } else { "" };
        let filled = if member.filled { "*" } else { "" };
        format!("{}{mark}{filled}", member.key)
    });
    keys.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_record_shows_what_it_is_and_a_body_has_what_may_be_written() {
    let posts = made(
        json!({"name": "posts", "type": "base", "fields": [
            {"name": "title", "type": "text", "required": true},
            {"name": "slug", "type": "text", "required": true, "autogeneratePattern": "[a-z]{5}"},
            {"name": "secret", "type": "text", "hidden": true},
            {"name": "views", "type": "number"},
            {"name": "code", "type": "password"},
            {"name": "created", "type": "autodate", "onCreate": true},
        ]}),
        None,
    );
    assert_eq!(
        keys(&posts.record_members(false)),
        "id!* title!* slug!* views! code! created!"
    );
    assert_eq!(
        keys(&posts.create_members(false)),
        "id id:autogenerate title!* slug slug:autogenerate views views+ views- code"
    );
    assert_eq!(
        keys(&posts.update_members(false)),
        "title* slug* slug:autogenerate views views+ views- code"
    );
    let everything = posts.record_members(true);
    assert!(keys(&everything).contains("secret"), "superusers see it");
}

#[test]
fn a_record_that_signs_in_has_a_password_and_may_keep_its_address() {
    let users = made(json!({"name": "people", "type": "auth"}), None);
    assert_eq!(
        keys(&users.record_members(false)),
        "id!* email* emailVisibility! verified!"
    );
    let create = keys(&users.create_members(false));
    assert!(create.contains("password!*"), "{create}");
    assert!(create.ends_with("passwordConfirm!*"), "{create}");
    assert!(!create.contains("tokenKey"), "{create}");
    let update = keys(&users.update_members(true));
    assert!(update.ends_with("passwordConfirm oldPassword"), "{update}");
    assert!(update.contains("tokenKey*"), "{update}");
    let record = keys(&users.record_members(true));
    assert!(
        !record.contains("tokenKey"),
        "not even superusers read it: {record}"
    );
}

#[test]
fn a_view_is_not_written() {
    let body = json!({"name": "totals", "type": "view", "viewQuery": "SELECT id FROM posts"});
    let totals = made(body, None);
    assert!(totals.create_members(true).is_empty());
    assert!(totals.update_members(true).is_empty());
}
