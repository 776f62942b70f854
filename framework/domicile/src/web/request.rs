//! [`Request`]: a request with its whole body, and ways to read it that answer 400, 404 or 415 by themselves.

use std::cell::OnceCell;
use std::rc::Rc;
use std::str::FromStr;

use ::cookie::Cookie;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE};
use http::{HeaderMap, Method, Uri};
use serde::de::DeserializeOwned;

use crate::error::{Error, Kind, Result};
use crate::principal::{Account, ByPlatform, Credential, Principal};
use crate::web::path;

/// A request whose body has arrived.
///
/// Its path is the one inside the app: without the prefix of a mount or a tenant, which `cx.path(…)` puts back.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) parts: http::request::Parts,
    pub(crate) body: Bytes,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) prefix: String,
    pub(crate) origin: String,
    pub(crate) credential: Credential,
    pub(crate) account: Option<Account>,
    pub(crate) issued: Rc<OnceCell<String>>,
}

impl Request {
    pub(crate) fn new(parts: http::request::Parts, body: Bytes) -> Self {
        Self {
            parts,
            body,
            params: Vec::new(),
            prefix: String::new(),
            origin: String::new(),
            credential: Credential::default(),
            account: None,
            issued: Rc::default(),
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The path and query as the client sent them, without the prefix.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.parts.uri
    }

    /// The path as the client encoded it, without the prefix.
    #[must_use]
    pub fn path(&self) -> &str {
        self.parts.uri.path()
    }

    /// The scheme and host that the client used, as in `https://example.com`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The prefix that was taken off the path: a mount, a tenant.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Who asks, as the entry knows them.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.credential.principal
    }

    /// What the platform itself says of who asks; for what stands at the doors.
    #[doc(hidden)]
    #[must_use]
    pub fn by_platform(&self) -> Option<&ByPlatform> {
        self.parts.extensions.get()
    }

    /// What the entry knows of who asks; for what stands at the doors.
    #[doc(hidden)]
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The secret cookie that the page of this request asks for; `make` gives it where none does yet.
    #[doc(hidden)]
    pub fn issue(&self, make: impl FnOnce() -> String) -> &str {
        self.issued.get_or_init(make)
    }

    /// The secret cookie that the page of this request has asked for.
    #[doc(hidden)]
    #[must_use]
    pub fn issued(&self) -> Option<&str> {
        self.issued.get().map(String::as_str)
    }

    /// The account of who asks, at an entry route of an app whose accounts are in D1. In an actor's route it is
    /// [`Cx::account`](crate::Cx::account).
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The headers, to be changed: a `before` hook passes on what it found out.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.parts.headers
    }

    /// The header `name`, where it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.parts.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Errors
    /// 400 where it is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.body).map_err(|_| Error::bad_request("the body is not UTF-8"))
    }

    /// The parameter `{name}` of the route's path, decoded.
    ///
    /// # Errors
    /// 404 where it is not a `T`: a path that names nothing is a page that does not exist.
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T> {
        let Some((_, value)) = self.params.iter().find(|(n, _)| n == name) else {
            return Err(Error::internal(format!("the route has no parameter `{{{name}}}`")));
        };
        value.parse().map_err(|_| Error::not_found("page"))
    }

    /// The query as a `T`.
    ///
    /// # Errors
    /// 400 where it is not one.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T> {
        serde_urlencoded::from_str(self.parts.uri.query().unwrap_or_default())
            .map_err(|e| Error::bad_request(format!("query: {e}")))
    }

    /// The first value of `name` in the query, decoded.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        let pairs: Vec<(String, String)> = self.query().ok()?;
        pairs.into_iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// The body as a form (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    /// 415 where it is of another type, 400 where it is not a `T`.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T> {
        self.expect_type("application/x-www-form-urlencoded", |t| t == "application/x-www-form-urlencoded")?;
        serde_urlencoded::from_bytes(&self.body).map_err(|e| Error::bad_request(format!("form: {e}")))
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// 415 where it is of another type, 400 where it is not a `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        self.expect_type("application/json", |t| t == "application/json" || t.ends_with("+json"))?;
        serde_json::from_slice(&self.body).map_err(|e| Error::bad_request(format!("json: {e}")))
    }

    /// The cookie `name`, decoded.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().find(|c| c.name() == name).map(|c| c.value().to_owned())
    }

    /// All cookies, decoded. One whose name begins with two underscores is only there if it was sent by that very name: a
    /// browser lets no other host of the domain set `__Host-session`, and lets it set `%5F_Host-session`. One with a byte that
    /// is not ASCII is left out.
    pub fn cookies(&self) -> impl Iterator<Item = Cookie<'_>> {
        let lines = self.parts.headers.get_all(COOKIE).into_iter();
        lines.flat_map(|line| line.as_bytes().split(|b| *b == b';')).filter_map(|pair| {
            // In what is ASCII no white space but a space and a tab can stand before a name and be taken off it.
            let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.is_ascii())?;
            let (sent, cookie) = (Cookie::parse(pair).ok()?, Cookie::parse_encoded(pair).ok()?);
            (sent.name() == cookie.name() || !cookie.name().starts_with("__")).then_some(cookie)
        })
    }

    fn expect_type(&self, wanted: &str, fits: impl Fn(&str) -> bool) -> Result<()> {
        let given = self.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if fits(&essence) {
            return Ok(());
        }
        Err(Error::new(
            Kind::UnsupportedMediaType,
            format!("expected a body of type {wanted}, got `{essence}`"),
        ))
    }

    /// Where the request goes inside the app: the path without its encoding, as [`path::normalise`] gives it.
    pub(crate) fn set_params(&mut self, params: impl Iterator<Item = (String, String)>) {
        self.params = params.map(|(name, value)| (name, path::segment(&value))).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: impl AsRef<[u8]>, expect: &[(&str, &str)]) {
        let line = line.as_ref();
        let (parts, ()) = http::Request::builder().header(COOKIE, line).body(()).unwrap().into_parts();
        let request = Request::new(parts, Bytes::new());
        let cookies: Vec<_> = request.cookies().collect();
        let told: Vec<_> = cookies.iter().map(Cookie::name_value).collect();
        assert_eq!(told, expect, "{}", line.escape_ascii());
    }

    #[test]
    fn cookies_are_decoded() {
        check("a=1; a%20b=%C3%A4%3B; bad=%FF; a=2", &[("a", "1"), ("a b", "ä;"), ("a", "2")]);
    }

    #[test]
    fn what_is_not_ascii_is_lost_alone() {
        let others = [("a", "1"), ("b", "2")];
        check("a=1; x=\u{e4}; b=2", &others);
        check("a=1; \u{e4}=x;b=2", &others);
        check(b"\xff=x; a=1; x=\xff; b=2;\xfe", &others);
        check("a=1 ;\tb=2\t; ; =x; y", &others);
        // White space that is not ASCII is part of a name.
        for space in ["\u{a0}", "\u{2003}", "\u{85}", "\u{feff}"] {
            check(format!("a=1;{space}__Host-session=x; __Host-session{space}=y; b=2"), &others);
        }
        check("%C2%A0__Host-session=x", &[("\u{a0}__Host-session", "x")]);
    }

    #[test]
    fn a_name_that_promises_something_is_spelled_so() {
        check("__Host-session=%41", &[("__Host-session", "A")]);
        check("%5F_Host-session=a; __%48ost-session=b; %5f%5FSecure-c=d; x=1", &[("x", "1")]);
    }
}
