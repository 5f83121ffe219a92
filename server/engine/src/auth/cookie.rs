//! Which tokens may travel in a cookie, and on behalf of whose pages.
//!
//! A browser sends a cookie along whoever made the page, so an origin must be named to act by one.

use luge_model::collection::{AuthOptions, CookieOptions};
use luge_model::timestamp::Timestamp;

use super::Auth;
use super::token::Unverified;

/// A token that may travel in a cookie.
#[derive(Clone, Debug)]
pub struct CookieToken {
    /// What its collection says about cookies.
    pub options: CookieOptions,
    /// When the token says that it ends.
    pub ends: Timestamp,
}

impl Auth {
    /// What is known of a token that came in a cookie or is to go into one, before it is verified:
    /// `None` where its collection has no cookies.
    #[must_use]
    pub fn cookie_token(&self, token: &str) -> Option<CookieToken> {
        let unverified = Unverified::read(token)?;
        let options = self.cookies_of(unverified.collection_id())?;
        let ends = Timestamp(unverified.ends().saturating_mul(1_000));
        Some(CookieToken { options, ends })
    }

    /// What a collection says about cookies; `None` where it has none.
    #[must_use]
    pub fn cookies_of(&self, collection: &str) -> Option<CookieOptions> {
        let compiled = self.auth_collection(collection).ok()?;
        let options = &compiled.collection.auth()?.cookie;
        options.enabled.then(|| options.clone())
    }

    /// Whether pages of an origin may act by the cookies of a collection.
    #[must_use]
    pub fn trusts_origin(&self, options: &CookieOptions, origin: &str) -> bool {
        let named = options.origins.iter().any(|trusted| trusted == origin);
        named || self.is_own_origin(origin)
    }

    /// Whether pages of an origin may act by the cookies of some collection, and so may see what is
    /// answered to them.
    #[must_use]
    pub fn shares_with_origin(&self, origin: &str) -> bool {
        let snapshot = self.records.snapshot();
        let mut options = snapshot.all().iter().filter_map(|collection| {
            let options: &AuthOptions = collection.auth()?;
            options.cookie.enabled.then_some(&options.cookie)
        });
        options.any(|options| self.trusts_origin(options, origin))
    }

    /// Whether it is the one of the application's address.
    fn is_own_origin(&self, origin: &str) -> bool {
        let settings = self.settings.current();
        let rest = settings.meta.app_url.strip_prefix(origin);
        let ends = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let host = origin.split_once("://").map(|(_, host)| host);
        ends && host.is_some_and(|host| !host.is_empty() && !host.contains('/'))
    }
}
