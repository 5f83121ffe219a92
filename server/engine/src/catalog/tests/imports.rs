//! Importing several definitions at once.

use super::*;

impl World {
    async fn import(&self, body: Json) -> Result<()> {
        let body = object(body);
        self.catalog.import(&superuser(), &body, nobody()).await
    }

    fn fields(&self, name: &str) -> Vec<String> {
        self.find(name)
            .fields
            .iter()
            .map(|field| field.name.clone())
            .collect()
    }
}

fn text(name: &str) -> Json {
    json!({ "name": name, "type": "text" })
}

/// A database with two collections that were imported, the first of which refers to the second.
async fn imported() -> World {
    let world = World::new();
    let relation = json!({ "name": "q", "type": "relation", "collectionId": "pbc_imp2" });
    let body = json!({ "collections": [
        { "name": "imp1", "fields": [relation] },
        { "id": "pbc_imp2", "name": "imp2", "fields": [text("n1")] },
    ] });
    world.import(body).await.unwrap();
    world
}

#[tokio::test]
async fn what_is_not_sent_stays() {
    let world = imported().await;
    let stored = world.find("imp2").field("n1").unwrap().id.clone();
    let renumbered = json!({ "id": "newid", "name": "n1", "type": "text", "max": 9 });
    let body = json!({ "collections": [{ "name": "imp2", "fields": [renumbered, text("n2")] }] });
    world.import(body).await.unwrap();
    assert_eq!(world.fields("imp2"), ["n1", "n2", "id"]);
    assert_eq!(world.find("imp2").field("n1").unwrap().id, stored);
    assert_eq!(world.names().len(), 8);
}

#[tokio::test]
async fn what_is_missing_goes_when_asked() {
    let world = imported().await;
    let body = json!({ "deleteMissing": true, "collections": [
        { "name": "users", "type": "auth", "fields": [text("nick")] },
        { "name": "imp2", "fields": [text("n2")] },
    ] });
    world.import(body).await.unwrap();
    let names = world.names().join(" ");
    assert_eq!(
        names,
        "_mfas _otps _externalAuths _authOrigins _superusers users imp2"
    );
    assert_eq!(world.fields("imp2"), ["n2", "id"]);
    let users = world.fields("users").join(" ");
    assert_eq!(
        users,
        "nick id password tokenKey email emailVisibility verified"
    );
}

/// Imports that are refused, and how the reason begins.
const REFUSED: &[(&str, &str)] = &[
    (
        r#"[{"name":"new1"},{"name":"a b"}]"#,
        "Data validations failed for collection \"a b\"",
    ),
    (
        r#"[{"name":"imp2"},{"name":"IMP2"}]"#,
        "The collection \"IMP2\"",
    ),
    (
        r#"[{"name":"new1"},{"name":"new1"}]"#,
        "Data validations failed for collection \"new1\"",
    ),
    (
        r#"[{"name":"new1","fields":[{"name":"x","type":"zz"}]}]"#,
        "Failed to import the collections configuration.",
    ),
    (
        r#"[{"name":"new1"},{"name":"imp2","type":"auth"}]"#,
        "Data validations failed for collection \"imp2\"",
    ),
];

#[tokio::test]
async fn an_import_that_is_refused_changes_nothing() {
    let world = imported().await;
    let version = world.catalog.snapshot().version();
    for (collections, start) in REFUSED {
        let collections: Json = serde_json::from_str(collections).unwrap();
        let refused = world
            .import(json!({ "collections": collections }))
            .await
            .unwrap_err();
        let told = told(&refused);
        let message = told["collections"]["message"].as_str().unwrap();
        assert!(message.starts_with(start), "{collections}: {message}");
        assert_eq!(
            told["collections"]["code"],
            "validation_collections_import_failure"
        );
    }
    // The one that stays refers to the one that would go.
    let body = json!({ "deleteMissing": true, "collections": [{ "name": "imp1" }] });
    assert!(world.import(body).await.is_err());
    for body in [json!({}), json!({ "collections": [] })] {
        let told = told(&world.import(body).await.unwrap_err());
        assert_eq!(told["collections"]["code"], "validation_required");
    }
    for body in [
        json!({ "collections": "x" }),
        json!({ "collections": ["x"] }),
        json!({ "collections": [{}], "deleteMissing": 1 }),
    ] {
        assert!(matches!(
            world.import(body).await,
            Err(Error::BadRequest(_))
        ));
    }
    assert_eq!(world.catalog.snapshot().version(), version);
}
