//! The headers that every page has unless its route says otherwise.

use http::HeaderValue;
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};

use super::Response;

/// Everything comes from the site itself; styles may stand in the page, and small pictures too. Nobody may frame it, and
/// forms are sent to the site only.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; \
                      base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// What is on every response: a browser that guesses the type of a text may take it for a script.
const ALL: &[(HeaderName, &str)] = &[(X_CONTENT_TYPE_OPTIONS, "nosniff")];

/// What is on a page besides. The referrer is what Django sends: addresses of other sites get none, the site its own.
const PAGE: &[(HeaderName, &str)] =
    &[(X_FRAME_OPTIONS, "DENY"), (REFERRER_POLICY, "same-origin"), (CONTENT_SECURITY_POLICY, POLICY)];

/// Adds those that the route has not set.
pub(crate) fn secure(response: &mut Response) {
    let html = response.headers().get(CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/html"));
    for (name, value) in ALL.iter().chain(if html { PAGE } else { &[] }) {
        if !response.headers().contains_key(name) {
            response.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
        }
    }
}
