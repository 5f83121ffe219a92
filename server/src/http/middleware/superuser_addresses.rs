//! Superusers come only from where the settings let them (`superuserIPs`, contract §5.3).
//!
//! Whoever sends a superuser's token from elsewhere is refused whatever is asked, before anything
//! is read. Signing in from elsewhere is refused by the engine.

use std::sync::Arc;

use luge_model::principal::Principal;
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::http::app::App;
use crate::http::error::Failure;

/// Refuses superusers from elsewhere.
pub(crate) struct SuperuserAddresses(pub(crate) Arc<App>);

impl<E: Endpoint> Middleware<E> for SuperuserAddresses {
    type Output = SuperuserAddressesEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        SuperuserAddressesEndpoint {
            inner,
            app: Arc::clone(&self.0),
        }
    }
}

/// See [`SuperuserAddresses`].
pub(crate) struct SuperuserAddressesEndpoint<E> {
    inner: E,
    app: Arc<App>,
}

impl<E: Endpoint> Endpoint for SuperuserAddressesEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let settings = &self.app.engine.settings;
        if !settings.current().superuser_ips.is_empty() {
            let principal = self.app.principal(&request);
            if matches!(principal, Principal::Superuser(_)) {
                let client = self.app.client_address(&request);
                settings
                    .superuser_may_come_from(client)
                    .map_err(Failure::from)?;
            }
            request.set_data(principal);
        }
        Ok(self.inner.call(request).await?.into_response())
    }
}
