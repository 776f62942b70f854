//! [`Entry`]: the app's entry on a thread of the HTTP server.

use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use domicile::platform;
use domicile::site::{Head, Site, origin};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};

use super::Remote;
use super::fetch::Fetcher;
use super::platform::{Native, Network};
use crate::server::{Handler, ReplyBody};

/// Distinguishes the generators of all entries from each other and from those of the threads of actors.
static NEXT: AtomicUsize = AtomicUsize::new(1 << 16);

/// The app's entry. It stays on the thread that made it.
pub(crate) struct Entry {
    site: domicile::Result<Site>,
    behind_proxy: bool,
}

impl Remote {
    /// Builds the app again for this thread: it is not `Send`.
    pub(crate) fn entry(&self) -> Entry {
        let random = self.random(NEXT.fetch_add(1, Ordering::Relaxed));
        let network = Network::Real(Fetcher::default());
        let (env, databases) = (self.env.clone(), self.databases.clone());
        let native = Native::new(self.time.clone(), random, env, self.router.clone(), network, databases);
        Entry { site: Site::start(self.app, Rc::new(native)), behind_proxy: self.behind_proxy }
    }
}

/// The header by which Cloudflare names the client. Whatever a client says itself is replaced.
const CLIENT: HeaderName = HeaderName::from_static("cf-connecting-ip");

/// The headers by which a proxy does, and says how it was reached.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
const SCHEME: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// What the nearest proxy says in a header: the last entry. Those before it are what others have told it, and a client can tell
/// it anything.
fn own_word(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get_all(name).iter().next_back()?.to_str().ok()?.rsplit(',').next().map(str::trim)
}

/// Writes the client's address where an app finds it on Cloudflare too.
fn name_client(headers: &mut HeaderMap, peer: IpAddr, behind_proxy: bool) {
    let said = own_word(headers, FORWARDED).filter(|_| behind_proxy);
    let client = said.and_then(address).unwrap_or_else(|| {
        if behind_proxy {
            warn_of_proxy();
        }
        peer
    });
    if let Ok(value) = HeaderValue::from_str(&client.to_canonical().to_string()) {
        headers.insert(CLIENT, value);
    }
}

/// An address, which some proxies write with brackets and a port.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = || Some(text.parse::<SocketAddr>().ok()?.ip());
    let plain = text.trim_start_matches('[').trim_end_matches(']').parse().ok();
    plain.or_else(with_port)
}

/// Says once that the proxy names no client: all of them then count as one.
fn warn_of_proxy() {
    static WARNED: AtomicBool = AtomicBool::new(false);
    if !WARNED.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            "a request came without an address in X-Forwarded-For: with --behind-proxy the proxy has to name the client there, \
             else all clients count as one"
        );
    }
}

/// Whether the client reaches the proxy over TLS, as the proxy says.
fn is_https(headers: &HeaderMap) -> bool {
    own_word(headers, SCHEME).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

impl Handler for Entry {
    async fn handle(&self, request: Request<Bytes>, peer: SocketAddr) -> Response<ReplyBody> {
        let site = match &self.site {
            Ok(site) => site,
            Err(error) => {
                tracing::error!(%error, "the app started on other threads and not on this one");
                let mut response = Response::new(ReplyBody::from("Internal Server Error"));
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                return response;
            }
        };
        let (mut parts, body) = request.into_parts();
        name_client(&mut parts.headers, peer.ip(), self.behind_proxy);
        let scheme = if self.behind_proxy && is_https(&parts.headers) { "https" } else { "http" };
        let head = Head { origin: origin(scheme, &parts), parts };
        let response = site.serve(head, body, site.request_id()).await;
        response.map(|body| match body {
            platform::ReplyBody::Whole(bytes) => ReplyBody::Whole(bytes),
            platform::ReplyBody::Pieces(pieces) => ReplyBody::pieces(pieces),
            // This host makes none.
            platform::ReplyBody::Host(_) => ReplyBody::from(""),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(forwarded: &[&str], behind_proxy: bool, expect: &str) {
        let mut headers = HeaderMap::new();
        headers.insert(CLIENT, HeaderValue::from_static("6.6.6.6"));
        for value in forwarded {
            headers.append(FORWARDED, HeaderValue::from_str(value).unwrap());
        }
        name_client(&mut headers, IpAddr::from([192, 0, 2, 1]), behind_proxy);
        assert_eq!(headers.get_all(CLIENT).iter().collect::<Vec<_>>(), [expect]);
    }

    #[test]
    fn the_scheme_is_what_the_nearest_proxy_says() {
        for (lines, expect) in [
            (&["https"][..], true),
            (&["HTTPS"], true),
            (&["http, https"], true),
            (&["http", "https"], true),
            (&["https, http"], false),
            (&["https", "http"], false),
            (&["https,"], false),
            (&["httpsx"], false),
            (&["http"], false),
            (&[], false),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(SCHEME, HeaderValue::from_str(line).unwrap());
            }
            assert_eq!(is_https(&headers), expect, "{lines:?}");
        }
    }

    #[test]
    fn the_client_is_who_the_host_sees() {
        check(&[], false, "192.0.2.1");
        check(&["7.7.7.7"], false, "192.0.2.1");
        check(&["7.7.7.7, 8.8.8.8"], true, "8.8.8.8");
        check(&["7.7.7.7", "2001:db8::1"], true, "2001:db8::1");
        check(&["7.7.7.7, 8.8.8.8:4711"], true, "8.8.8.8");
        check(&["[2001:db8::1]:4711"], true, "2001:db8::1");
        check(&["[2001:db8::1]"], true, "2001:db8::1");
        check(&["7.7.7.7, 8.8.8.8:99999"], true, "192.0.2.1");
        check(&["junk"], true, "192.0.2.1");
        check(&[], true, "192.0.2.1");
    }
}
