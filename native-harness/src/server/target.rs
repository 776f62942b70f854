//! What a request asks for, in the form a Worker sees: the path and query of `new URL(request.url)`.
//!
//! workerd builds `request.url` as `http://`, the Host header, and the request target as it came,
//! and leaves the rest to the URL standard: `/a/../b` and `/a/%2e%2e/b` are `/b`, a backslash is a
//! slash, `//x` stays a path, a lone `?` is no query, `%2F` stays as it is. The host that an
//! absolute target names is ignored there, and here.

use http::header::HOST;
use http::{Method, Request, Uri};
use url::Url;

/// Why a request cannot be asked of a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TargetError {
    /// No Host header, or more than one.
    NoHost,
    /// A Host header that is no host and port.
    BadHost,
    /// A target that is no path and query.
    BadTarget,
    /// A method that workerd does not know.
    BadMethod,
}

/// The methods that workerd gives to a Worker. It answers 501 to the others, and 500 to CONNECT,
/// which gets 501 here too.
const METHODS: [&str; 28] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "ACL",
    "BAN",
    "CHECKOUT",
    "COPY",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCOL",
    "MOVE",
    "MSEARCH",
    "NOTIFY",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "QUERY",
    "REPORT",
    "SEARCH",
    "SUBSCRIBE",
    "UNLOCK",
    "UNSUBSCRIBE",
];

/// The path and query that `request` asks for.
///
/// # Errors
///
/// A [`TargetError`]; all but `BadMethod` are the client's mistake, 400.
pub(super) fn of<B>(request: &Request<B>) -> Result<Uri, TargetError> {
    if !known(request.method()) {
        return Err(TargetError::BadMethod);
    }
    let host = host(request)?;
    // `*` and a bare word are targets that have no path.
    let target = match request.uri().path_and_query() {
        Some(target) if target.as_str().starts_with('/') => target.as_str(),
        _ => "/",
    };
    let url = Url::parse(&format!("http://{host}{target}")).map_err(|_| TargetError::BadHost)?;
    normalised(&url).parse().map_err(|_| TargetError::BadTarget)
}

fn known(method: &Method) -> bool {
    METHODS.contains(&method.as_str())
}

/// The one host of `request`. HTTP/1.0 may do without; workerd answers 400 then, too.
fn host<B>(request: &Request<B>) -> Result<&str, TargetError> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => std::str::from_utf8(host.as_bytes()).map_err(|_| TargetError::BadHost)?,
        _ => return Err(TargetError::NoHost),
    };
    // What ends a host in a URL would let the header choose the path, and what the URL standard
    // strips would make two hosts one.
    let ends = |c: char| matches!(c, '/' | '\\' | '?' | '#' | '@') || c.is_ascii_control() || c == ' ';
    match host {
        "" => Err(TargetError::NoHost),
        _ if host.contains(ends) => Err(TargetError::BadHost),
        _ => Ok(host),
    }
}

fn normalised(url: &Url) -> String {
    // The URL standard escapes this character in a path, and so does workerd; the crate leaves it.
    let path = url.path().replace('^', "%5E");
    match url.query() {
        None | Some("") => path,
        Some(query) => format!("{path}?{query}"),
    }
}
