//! Documents of whole catalogs.

use luge_engine::context::Context;
use luge_engine::engine::{Engine, Options};
use luge_engine::store::StoreKind;
use luge_model::timestamp::Timestamp;
use serde_json::json;

use super::*;

async fn engine(name: &str) -> Engine {
    let folder = std::env::temp_dir().join(format!("luge-openapi-{name}-{}", std::process::id()));
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new(folder)
    };
    let engine = Engine::open(options).unwrap();
    let definitions = [
        json!({"name": "posts", "listRule": "", "viewRule": "", "createRule": "title != 'no'",
        "fields": [
            {"name": "title", "type": "text", "required": true, "max": 80},
            {"name": "memoranda", "type": "text", "hidden": true},
            {"name": "cover", "type": "file", "maxSelect": 1},
        ]}),
        json!({"name": "private", "fields": [{"name": "a", "type": "text"}]}),
        json!({"name": "people", "type": "auth"}),
    ];
    let context = Context::system(Timestamp(1_700_000_000_000));
    for definition in definitions {
        let definition = definition.as_object().unwrap();
        engine.catalog.create(&context, definition).await.unwrap();
    }
    engine
}

fn of(engine: &Engine, reader: Reader) -> Json {
    document(&engine.catalog.snapshot(), reader)
}

#[tokio::test]
async fn a_document_shows_what_its_reader_may_see() {
    let engine = engine("readers").await;
    let (anyone, superuser) = (of(&engine, Reader::Anyone), of(&engine, Reader::Superuser));
    let (public, whole) = (anyone.to_string(), superuser.to_string());
    for secret in [
        "/private/",
        "memoranda",
        "tokenKey",
        "title != 'no'",
        "_superusers/",
    ] {
        assert!(!public.contains(secret), "{secret}");
        assert!(whole.contains(secret), "{secret}");
    }
    let paths = &anyone["paths"];
    let records = &paths["/api/collections/posts/records"];
    assert_eq!(records["get"]["operationId"], "posts_listRecords");
    assert_eq!(records["post"]["x-luge-access"], "anyone");
    assert!(records["delete"].is_null(), "nobody may delete");
    assert!(paths["/api/files/posts/{record}/{name}"].is_object());
    assert!(paths["/api/collections/people/auth-with-password"].is_object());
    assert!(paths["/api/collections/people/request-otp"].is_null());
    assert!(paths["/api/collections/{collection}/records"].is_object());
}

#[tokio::test]
async fn schemas_follow_from_fields() {
    let engine = engine("schemas").await;
    let document = of(&engine, Reader::Anyone);
    let schemas = &document["components"]["schemas"];
    let create = &schemas["posts_Create"];
    assert_eq!(create["required"], json!(["title"]));
    assert_eq!(create["properties"]["title"]["maxLength"], 80);
    assert_eq!(create["examples"], json!([{"title": "Text"}]));
    let form = &schemas["posts_CreateForm"]["properties"]["cover"];
    assert_eq!(form["format"], "binary");
    assert!(schemas["posts_Update"].is_null(), "nobody may update");
    let list = &schemas["posts_List"]["allOf"][1]["properties"]["items"];
    assert_eq!(list["items"]["$ref"], "#/components/schemas/posts_Record");
}

#[tokio::test]
async fn a_document_follows_its_catalog_and_is_the_same_every_time() {
    let engine = engine("same").await;
    assert_eq!(of(&engine, Reader::Anyone), of(&engine, Reader::Anyone));
    let context = Context::system(Timestamp(1_700_000_000_001));
    let more = json!({"name": "more", "listRule": ""});
    let more = more.as_object().unwrap();
    engine.catalog.create(&context, more).await.unwrap();
    let document = of(&engine, Reader::Anyone);
    assert!(document["paths"]["/api/collections/more/records"].is_object());
}

#[test]
fn a_template_becomes_a_pattern() {
    assert_eq!(pattern_of("/a/{b}/c/{d}"), "/a/:param0/c/:param1");
}
