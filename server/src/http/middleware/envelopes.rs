//! Turns every error that leaves the router into the contract's envelope.

use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};

use crate::http::error::failure_of;

/// Answers errors.
pub(crate) struct Envelopes;

impl<E: Endpoint> Middleware<E> for Envelopes {
    type Output = EnvelopesEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        EnvelopesEndpoint { inner }
    }
}

/// See [`Envelopes`].
pub(crate) struct EnvelopesEndpoint<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for EnvelopesEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        match self.inner.call(request).await {
            Ok(output) => Ok(output.into_response()),
            Err(error) => {
                let pattern = error.data::<PathPattern>().cloned();
                let mut response = failure_of(error);
                if let Some(pattern) = pattern {
                    response.set_data(pattern);
                }
                Ok(response)
            }
        }
    }
}
