//! The router as a whole, over an engine in memory.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwap;
use luge_engine::clock::SystemClock;
use luge_engine::engine::{Engine, Options};
use luge_engine::jobs::Jobs;
use luge_engine::random::SystemRandom;
use luge_engine::store::StoreKind;
use metrics_exporter_prometheus::PrometheusBuilder;
use poem::Request;
use serde_json::Value as Json;

use super::*;

const NOT_ROUTED: [&str; 2] = ["The requested resource wasn't found.", "File not found."];

pub(crate) fn app(name: &str) -> Arc<App> {
    let folder = std::env::temp_dir().join(format!("luge-http-{name}-{}", std::process::id()));
    let options = Options {
        store: StoreKind::Memory,
        ..Options::new(folder.clone())
    };
    let engine = Arc::new(Engine::open(options).unwrap());
    let jobs = Jobs::start(Arc::clone(&engine), Arc::new(SystemClock)).unwrap();
    Arc::new(App {
        engine,
        clock: Arc::new(SystemClock),
        crons: jobs.bell().unwrap(),
        random: Arc::new(SystemRandom),
        public_folder: folder.join("no-public-folder"),
        metrics: PrometheusBuilder::new().build_recorder().handle(),
        scans: app::scans(),
        rules_see_headers: ArcSwap::from_pointee(app::RulesSeeHeaders::unknown()),
        graphql: graphql::Schemas::default(),
        windows: rate_limits::Windows::default(),
        stopping: AtomicBool::new(false),
    })
}

async fn send(endpoint: &impl Endpoint<Output = Response>, method: Method, path: &str) -> Response {
    endpoint
        .get_response(Request::builder().method(method).uri_str(path).finish())
        .await
}

async fn message(response: &mut Response) -> String {
    let body = response.take_body().into_string().await.unwrap();
    let json: Json = serde_json::from_str(&body).unwrap_or_default();
    json.get("message")
        .and_then(Json::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn documented() -> BTreeSet<(String, Method)> {
    <Api as OpenApi>::meta()
        .into_iter()
        .flat_map(|api| api.paths)
        .flat_map(|path| {
            let methods = path
                .operations
                .into_iter()
                .map(|operation| operation.method);
            methods
                .map(move |method| (path.path.clone(), method))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[tokio::test]
async fn every_documented_operation_is_routed_and_every_route_is_documented() {
    let app = app("routes");
    let mut routes = Routes::new();
    api(&app).add_routes(&mut routes);
    let patterns: HashMap<String, String> = openapi::templates().into_iter().collect();
    let routed: BTreeSet<(String, Method)> = routes
        .into_iter()
        .flat_map(|(pattern, methods)| {
            let template = patterns.get(&pattern).unwrap().clone();
            methods
                .into_keys()
                .map(move |method| (template.clone(), method))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(routed, documented());

    let endpoint = endpoint(&app).unwrap();
    for (template, method) in documented() {
        let path: Vec<&str> = template
            .split('/')
            .map(|part| {
                if part.starts_with('{') {
                    "unknown"
                } else {
                    part
                }
            })
            .collect();
        let mut response = send(&endpoint, method.clone(), &path.join("/")).await;
        if response.content_type() == Some("text/event-stream") {
            // It is routed, and would not end.
            continue;
        }
        let message = message(&mut response).await;
        assert!(
            !NOT_ROUTED.contains(&message.as_str()),
            "{method} {template}: {message}"
        );
    }
}

#[tokio::test]
async fn the_document_names_every_operation_once() {
    let app = app("document");
    let snapshot = app.engine.catalog.snapshot();
    let document: Json = openapi::document(&snapshot, openapi::Reader::Anyone);
    let mut ids = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        if operations.get("x-luge-collection").is_some() {
            continue;
        }
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_default();
            assert!(
                !id.is_empty() && ids.insert(id.to_owned()),
                "{method} {path}: {id:?}"
            );
            assert!(
                operation["summary"].is_string(),
                "{method} {path} has no summary"
            );
        }
    }
    assert_eq!(ids.len(), documented().len());
}

#[tokio::test]
async fn what_is_not_routed_is_not_found() {
    let endpoint = endpoint(&app("unrouted")).unwrap();
    for (method, path, expected) in [
        (Method::GET, "/api/nope", "File not found."),
        (Method::GET, "/nope", "File not found."),
        (Method::GET, "/", "File not found."),
        (Method::GET, "/api/health/", "File not found."),
        (
            Method::GET,
            "/api/collections/users/auth-refresh",
            "File not found.",
        ),
        (
            Method::POST,
            "/api/nope",
            "The requested resource wasn't found.",
        ),
        (
            Method::DELETE,
            "/api/health",
            "The requested resource wasn't found.",
        ),
        (
            Method::PUT,
            "/api/collections",
            "The requested resource wasn't found.",
        ),
        (Method::PATCH, "/_/", "The requested resource wasn't found."),
        (Method::POST, CLIENT, "The requested resource wasn't found."),
    ] {
        let mut response = send(&endpoint, method.clone(), path).await;
        assert_eq!(response.status().as_u16(), 404, "{method} {path}");
        assert_eq!(message(&mut response).await, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn every_answer_has_the_headers_of_the_contract() {
    let endpoint = endpoint(&app("headers")).unwrap();
    for (method, path) in [
        (Method::GET, "/api/health"),
        (Method::POST, "/api/nope"),
        (Method::HEAD, "/api/health"),
    ] {
        let response = send(&endpoint, method, path).await;
        for (name, value) in [
            ("x-xss-protection", "1; mode=block"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "SAMEORIGIN"),
            ("cross-origin-opener-policy", "same-origin"),
            ("vary", "Origin"),
            ("content-type", "application/json"),
        ] {
            assert_eq!(response.header(name), Some(value), "{path}");
        }
        assert!(response.header("x-request-id").is_some());
        assert_eq!(response.header("access-control-allow-origin"), None);
    }
    let request = Request::builder()
        .uri_str("/api/health")
        .header("Origin", "http://else.where");
    let response = endpoint.get_response(request.finish()).await;
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!(response.header("access-control-allow-credentials"), None);
}

#[tokio::test]
async fn superusers_only_routes_refuse_guests_before_they_read_the_body() {
    let endpoint = endpoint(&app("guests")).unwrap();
    for (method, path) in [
        (Method::GET, "/api/collections"),
        (Method::POST, "/api/collections"),
        (Method::GET, "/api/collections/users"),
        (Method::PATCH, "/api/collections/users"),
        (Method::DELETE, "/api/collections/users"),
        (Method::DELETE, "/api/collections/users/truncate"),
        (Method::PUT, "/api/collections/import"),
        (Method::GET, "/api/collections/meta/oauth2-providers"),
        (Method::GET, "/api/collections/meta/scaffolds"),
        (Method::GET, "/api/settings"),
        (Method::PATCH, "/api/settings"),
        (Method::GET, "/metrics"),
    ] {
        let request = Request::builder()
            .method(method.clone())
            .uri_str(path)
            .header("Authorization", "not.a.token")
            .content_type("application/json");
        let mut response = endpoint.get_response(request.body("{malformed")).await;
        assert_eq!(response.status().as_u16(), 401, "{method} {path}");
        assert_eq!(
            message(&mut response).await,
            "The request requires valid record authorization token.",
            "{method} {path}"
        );
    }
}
