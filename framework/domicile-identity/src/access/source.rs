//! [`token_of`]: which token a request brings.

use cookie::Cookie;
use http::HeaderMap;
use http::header::COOKIE;

use super::rejected::Rejected;

/// The header by which Cloudflare's edge passes the token on.
pub const ASSERTION_HEADER: &str = "cf-access-jwt-assertion";

/// The cookies that the token is looked for in, in this order.
pub const TOKEN_COOKIES: [&str; 2] = ["CF_Authorization", "cf_authorization"];

/// The token that a request brings: the header `Cf-Access-Jwt-Assertion`, else the cookie `CF_Authorization`, else
/// `cf_authorization`, of which the first that is not empty counts, whether it is valid or not.
///
/// # Errors
/// The header is there more than once, with different tokens.
pub fn token_of(headers: &HeaderMap) -> Result<Option<String>, Rejected> {
    let mut found: Option<String> = None;
    for line in headers.get_all(ASSERTION_HEADER) {
        // workerd joins the lines of a header by commas, which no token has.
        for token in String::from_utf8_lossy(line.as_bytes()).split(',').map(str::trim) {
            match &found {
                _ if token.is_empty() => {}
                None => found = Some(token.to_owned()),
                Some(first) if first == token => {}
                Some(_) => return Err(Rejected::TwoTokens),
            }
        }
    }
    if found.is_some() {
        return Ok(found);
    }
    Ok(TOKEN_COOKIES.into_iter().find_map(|name| cookie(headers, name)))
}

/// Whether Cloudflare's edge says something, and not only a cookie.
pub(crate) fn has_assertion(headers: &HeaderMap) -> bool {
    headers.get_all(ASSERTION_HEADER).iter().any(|line| !line.as_bytes().trim_ascii().is_empty())
}

/// The first cookie of this name that is not empty. Its line may hold others that are not ASCII.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(COOKIE).into_iter().find_map(|line| {
        let line = String::from_utf8_lossy(line.as_bytes());
        let mut cookies = Cookie::split_parse(&*line).filter_map(Result::ok);
        cookies.find(|c| c.name() == name && !c.value().is_empty()).map(|c| c.value().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(lines: &[(&'static str, &str)], expect: Result<Option<&str>, Rejected>) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        assert_eq!(token_of(&headers), expect.map(|token| token.map(str::to_owned)), "{lines:?}");
    }

    const HEADER: &str = "cf-access-jwt-assertion";

    #[test]
    fn f29_the_header_comes_before_the_cookies_and_the_first_that_is_not_empty_counts() {
        check(&[], Ok(None));
        check(&[(HEADER, "h"), ("cookie", "CF_Authorization=a; cf_authorization=b")], Ok(Some("h")));
        check(&[("cookie", "cf_authorization=b; CF_Authorization=a")], Ok(Some("a")));
        check(&[("cookie", "x=é; cf_authorization=b")], Ok(Some("b")));
        check(&[(HEADER, " "), ("cookie", "CF_Authorization=; cf_authorization=b")], Ok(Some("b")));
        check(&[("cookie", "x=1"), ("cookie", "CF_Authorization=a")], Ok(Some("a")));
        check(&[("cookie", "CF_Authorization=; CF_Authorization=a")], Ok(Some("a")));
        check(&[("cookie", "CF_Authorization"), ("cookie", "Cf_Authorization=c")], Ok(None));
    }

    #[test]
    fn f29_there_is_no_way_from_a_bad_header_to_a_good_cookie() {
        check(&[(HEADER, "not a token"), ("cookie", "CF_Authorization=a")], Ok(Some("not a token")));
        check(&[(HEADER, "é"), ("cookie", "CF_Authorization=a")], Ok(Some("é")));
    }

    #[test]
    fn two_headers_that_differ_are_rejected() {
        check(&[(HEADER, "a"), (HEADER, "b")], Err(Rejected::TwoTokens));
        check(&[(HEADER, "a, b")], Err(Rejected::TwoTokens));
        check(&[(HEADER, "a"), (HEADER, "a"), (HEADER, "")], Ok(Some("a")));
        check(&[(HEADER, "a, a")], Ok(Some("a")));
    }
}
