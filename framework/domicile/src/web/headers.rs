//! The headers that every page has unless its route says otherwise.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

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

/// Keeps the response to somebody who is known out of what others may be given: no cache between them and the app stores it,
/// and their own asks again for another session. A route that says how it may be cached has the last word.
pub(crate) fn keep_private(headers: &mut HeaderMap) {
    if headers.contains_key(CACHE_CONTROL) {
        return;
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private"));
    vary_by_cookie(headers);
}

/// Adds `Cookie` to what `Vary` names, unless it is there or everything is.
fn vary_by_cookie(headers: &mut HeaderMap) {
    let lines: Vec<&[u8]> = headers.get_all(VARY).iter().map(HeaderValue::as_bytes).collect();
    let mut names = lines.iter().flat_map(|line| line.split(|b| *b == b',')).map(<[u8]>::trim_ascii);
    if names.any(|name| name == b"*" || name.eq_ignore_ascii_case(b"cookie")) {
        return;
    }
    let mut all = lines.into_iter().filter(|line| !line.trim_ascii().is_empty()).collect::<Vec<_>>();
    all.push(b"Cookie");
    if let Ok(value) = HeaderValue::from_bytes(&all.join(&b", "[..])) {
        headers.insert(VARY, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &[(HeaderName, &'static str)], cache: &str, vary: &[&str]) {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(name, HeaderValue::from_static(value));
        }
        keep_private(&mut headers);
        keep_private(&mut headers);
        assert_eq!(headers[CACHE_CONTROL], cache);
        assert_eq!(headers.get_all(VARY).iter().collect::<Vec<_>>(), vary, "{given:?}");
    }

    #[test]
    fn what_somebody_is_shown_is_kept_for_them_unless_the_route_says_how() {
        check(&[], "private", &["Cookie"]);
        check(&[(VARY, "Accept")], "private", &["Accept, Cookie"]);
        check(&[(VARY, "Accept"), (VARY, "Origin, X")], "private", &["Accept, Origin, X, Cookie"]);
        check(&[(VARY, "Accept, cookie")], "private", &["Accept, cookie"]);
        check(&[(VARY, "X-Cookie,Accept")], "private", &["X-Cookie,Accept, Cookie"]);
        check(&[(VARY, "")], "private", &["Cookie"]);
        check(&[(VARY, "*")], "private", &["*"]);
        check(&[(CACHE_CONTROL, "public, max-age=60"), (VARY, "Accept")], "public, max-age=60", &["Accept"]);
        check(&[(CACHE_CONTROL, "no-store")], "no-store", &[]);
    }
}
