//! THE router: every group of routes and everything that surrounds a request, in order.
//!
//! - A handler reads the request, makes one call and shapes the answer.
//! - Every API route is declared once, with its metadata, in the file of its area; the OpenAPI
//!   document is made from the same declaration.
//! - Status codes are decided in `error.rs` and nowhere else.

use std::collections::HashMap;
use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::error::RouteError;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, Response, Route, RouteMethod};
use poem_openapi::OpenApi;

use crate::http::aggregate::AggregateApi;
use crate::http::api_keys::ApiKeysApi;
use crate::http::app::App;
use crate::http::auth::AuthApi;
use crate::http::backups::BackupsApi;
use crate::http::batch::BatchApi;
use crate::http::codes::CodesApi;
use crate::http::collections::CollectionsApi;
use crate::http::crons::CronsApi;
use crate::http::dashboard::{CLIENT, Dashboard};
use crate::http::files::FilesApi;
use crate::http::graphql::GraphqlApi;
use crate::http::health::HealthApi;
use crate::http::logs::LogsApi;
use crate::http::mail_flows::MailFlowsApi;
use crate::http::mails::MailsApi;
use crate::http::metrics::MetricsApi;
use crate::http::middleware::{
    AccessLog, CatchPanic, Compression, Cookies, Envelopes, Headers, Meters, Metrics, RateLimits,
    RequestIds, RequestLogs, SuperuserAddresses,
};
use crate::http::openapi::DocumentApi;
use crate::http::passkeys::PasskeysApi;
use crate::http::pocketbase::PocketBaseApi;
use crate::http::provider_redirects::ProviderRedirectsApi;
use crate::http::providers::ProvidersApi;
use crate::http::realtime::{ChannelsApi, RealtimeApi};
use crate::http::records::RecordsApi;
use crate::http::rules::RulesApi;
use crate::http::search::SearchApi;
use crate::http::service_tokens::ServiceTokensApi;
use crate::http::sessions::SessionsApi;
use crate::http::settings::SettingsApi;
use crate::http::setup::SetupApi;
use crate::http::static_files::StaticFiles;
use crate::http::storage::StorageApi;
use crate::http::totp::TotpApi;
use crate::http::types::TypesApi;
use crate::http::uploads::UploadsApi;
use crate::http::webhooks::WebhooksApi;

mod aggregate;
mod answer;
mod api_keys;
pub(crate) mod app;
mod auth;
mod backups;
mod batch;
mod body;
mod client_address;
mod codes;
mod collections;
mod conditional;
mod cookies;
mod crons;
mod dashboard;
mod error;
mod explain;
mod facets;
mod file_body;
mod files;
mod form;
pub(crate) mod graphql;
mod health;
mod left_over;
pub(crate) mod listener;
mod logs;
mod mail_flows;
mod mails;
pub(crate) mod metrics;
pub(crate) mod metrics_history;
mod middleware;
mod multipart;
mod once;
pub(crate) mod openapi;
mod page;
mod passkeys;
mod pocketbase;
mod principal;
mod provider_redirects;
mod providers;
mod query;
mod ranges;
pub(crate) mod rate_limits;
mod realtime;
mod record_body;
mod records;
mod rules;
mod search;
mod service_tokens;
mod sessions;
mod settings;
mod setup;
mod shapes;
mod static_files;
mod storage;
mod tail;
mod take_over;
mod totp;
mod types;
mod uploads;
mod webhooks;

/// Every route of the API, by group. `openapi.rs` makes the document from the same type.
type Api = (
    (
        CollectionsApi,
        PocketBaseApi,
        TypesApi,
        RecordsApi,
        BatchApi,
        RulesApi,
        AggregateApi,
        SearchApi,
        GraphqlApi,
        FilesApi,
        UploadsApi,
        RealtimeApi,
        ChannelsApi,
    ),
    (
        AuthApi,
        MailFlowsApi,
        SessionsApi,
        PasskeysApi,
        TotpApi,
        CodesApi,
        ProvidersApi,
        ProviderRedirectsApi,
        ApiKeysApi,
        ServiceTokensApi,
        SetupApi,
    ),
    (
        WebhooksApi,
        MailsApi,
        SettingsApi,
        BackupsApi,
        StorageApi,
        HealthApi,
        LogsApi,
        CronsApi,
        MetricsApi,
        DocumentApi,
    ),
);

fn api(app: &Arc<App>) -> Api {
    let data = (
        CollectionsApi(Arc::clone(app)), // /api/collections
        PocketBaseApi(Arc::clone(app)),  // /api/collections/meta/pocketbase
        TypesApi(Arc::clone(app)),       // /api/types
        RecordsApi(Arc::clone(app)),     // /api/collections/{collection}/records
        BatchApi(Arc::clone(app)),       // /api/batch
        RulesApi(Arc::clone(app)),       // /api/rules
        AggregateApi(Arc::clone(app)),   // /api/collections/{collection}/aggregate
        SearchApi(Arc::clone(app)),      // /api/search
        GraphqlApi(Arc::clone(app)),     // /api/graphql
        FilesApi(Arc::clone(app)),       // /api/files
        UploadsApi(Arc::clone(app)),     // /api/files/uploads
        RealtimeApi(Arc::clone(app)),    // /api/realtime
        ChannelsApi(Arc::clone(app)),    // /api/realtime/channels
    );
    let identities = (
        AuthApi(Arc::clone(app)),      // /api/collections/{collection}/auth-…
        MailFlowsApi(Arc::clone(app)), // /api/collections/{collection}/request-… confirm-…
        SessionsApi(Arc::clone(app)),  // /api/collections/{collection}/sessions
        PasskeysApi(Arc::clone(app)),  // /api/collections/{collection}/passkeys
        TotpApi(Arc::clone(app)),      // /api/collections/{collection}/totp
        CodesApi(Arc::clone(app)),     // /api/collections/{collection}/request-otp …
        ProvidersApi(Arc::clone(app)), // /api/collections/{collection}/auth-with-oauth2
        ProviderRedirectsApi(Arc::clone(app)), // /api/collections/{collection}/oauth2
        ApiKeysApi(Arc::clone(app)),   // /api/collections/{collection}/api-keys
        ServiceTokensApi(Arc::clone(app)), // /api/collections/{collection}/auth-token
        SetupApi(Arc::clone(app)),     // /api/setup
    );
    let operations = (
        WebhooksApi(Arc::clone(app)),      // /api/webhooks
        MailsApi(Arc::clone(app)),         // /api/mails
        SettingsApi(Arc::clone(app)),      // /api/settings
        BackupsApi(Arc::clone(app)),       // /api/backups
        StorageApi(Arc::clone(app)),       // /api/storage
        HealthApi(Arc::clone(app)),        // /api/health /livez /readyz
        LogsApi(Arc::clone(app)),          // /api/logs
        CronsApi(Arc::clone(app)),         // /api/crons, /api/jobs
        MetricsApi(Arc::clone(app)),       // /metrics
        DocumentApi::new(Arc::clone(app)), // /api/openapi.json /api/docs
    );
    (data, identities, operations)
}

/// Everything the server answers, surrounded by everything that happens to every request.
pub(crate) fn endpoint(
    app: &Arc<App>,
) -> Result<impl Endpoint<Output = Response> + use<>, RouteError> {
    let mut routes = Routes::new();
    api(app).add_routes(&mut routes);
    let templates = openapi::templates().into_iter().chain([
        ("/_/*path".to_owned(), "/_/{path}".to_owned()),
        ("/_".to_owned(), "/_".to_owned()),
        (CLIENT.to_owned(), CLIENT.to_owned()),
        ("/*path".to_owned(), "/{path}".to_owned()),
        ("/".to_owned(), "/".to_owned()),
    ]);
    let templates: Vec<(String, String)> = templates.collect();
    let logs = RequestLogs::new(app, &templates);
    let meters = Arc::new(Meters::new(&app.engine, templates));

    Ok(
        router(routes, &StaticFiles::new(app.public_folder.clone()))?
            .with(Cookies(Arc::clone(app))) //          innermost
            .with(Compression)
            .with(RateLimits(Arc::clone(app)))
            .with(SuperuserAddresses(Arc::clone(app)))
            .with(Envelopes) //                         errors become answers
            .with(CatchPanic) //                        so do panics
            .with(Headers(Arc::clone(app))) //          security and CORS, on everything
            .with(Metrics(meters))
            .with(logs)
            .with(AccessLog(Arc::clone(app)))
            .with(RequestIds::new(&*app.random)),
    ) //    outermost
}

type Routes = HashMap<String, HashMap<Method, BoxEndpoint<'static>>>;

/// A GET of a path that no route of the API has is a GET of a static file (contract §0).
fn router(routes: Routes, files: &StaticFiles) -> Result<Route, RouteError> {
    let mut router = Route::new()
        .try_at("/_", Dashboard)?
        .try_at("/_/*path", Dashboard)?
        .try_at(CLIENT, Dashboard)?
        .try_at("/", RouteMethod::new().get(files.clone()))?
        .try_at("/*path", RouteMethod::new().get(files.clone()))?;
    for (path, methods) in routes {
        let mut by_method = RouteMethod::new();
        if !methods.contains_key(&Method::GET) {
            by_method = by_method.get(files.clone());
        }
        for (method, endpoint) in methods {
            by_method = by_method.method(method, endpoint);
        }
        router = router.try_at(path, by_method)?;
    }
    Ok(router)
}

#[cfg(test)]
mod tests;
