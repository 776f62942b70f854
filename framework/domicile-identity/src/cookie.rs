//! The cookies of a browser: that of its session, and a random one for the time before.
//!
//! Over https they begin with `__Host-`, so that no other host of the domain can set them. Over http, which only a loopback
//! host has, browsers take no such name.

use domicile::web::{Cookie, Request, SameSite};

use crate::secret::{Secret, TOKEN_CHARS, digest, encode, same};

/// How many characters of the hash of a seat's prefix tell its cookie from those of others on the host.
const SEAT_CHARS: usize = 16;

/// Whether the browser reaches the app over http, which is let pass on a loopback host alone.
pub(crate) fn is_plain(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://") else { return false };
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |h| h.0);
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// The name of the session's cookie for the seat with this prefix: tenants below one host have one each.
pub(crate) fn session_name(origin: &str, prefix: &str) -> String {
    let seat = match prefix {
        "" => String::new(),
        prefix => format!("-{}", digest(prefix).get(..SEAT_CHARS).unwrap_or_default()),
    };
    format!("{}session{seat}", host(origin))
}

/// The name of the random cookie.
pub(crate) fn browser_name(origin: &str) -> String {
    format!("{}browser", host(origin))
}

fn host(origin: &str) -> &'static str {
    if is_plain(origin) { "" } else { "__Host-" }
}

/// The random cookie of a browser, where it looks like one of ours.
pub(crate) fn browser(request: &Request) -> Option<String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let value = request.cookie(&browser_name(request.origin()))?;
    (value.len() == TOKEN_CHARS && value.bytes().all(fits)).then_some(value)
}

/// The secret of a session as the cookie for its seat holds it: signed, so that no actor is woken for one that nobody was
/// given, or that was given for another seat.
pub(crate) fn signed(secret: &Secret, prefix: &str, session: &str) -> String {
    format!("{session}{}", signature(secret, prefix, session))
}

/// The secret of the session that a request has for the seat with this prefix. Whether it still runs, the store tells.
pub(crate) fn session(request: &Request, secret: &Secret, prefix: &str) -> Option<String> {
    let value = request.cookie(&session_name(request.origin(), prefix))?;
    let (session, given) = value.split_at_checked(TOKEN_CHARS)?;
    same(signature(secret, prefix, session).as_bytes(), given.as_bytes()).then(|| session.to_owned())
}

/// 128 bits, in 22 characters.
fn signature(secret: &Secret, prefix: &str, session: &str) -> String {
    let mac = secret.key("session cookie").sign(&[prefix.as_bytes(), session.as_bytes()]);
    encode(mac.get(..16).unwrap_or_default())
}

/// A cookie that only the app sees, for as long as the browser is open or for `seconds`.
pub(crate) fn made(origin: &str, name: String, value: String, seconds: Option<i64>) -> Cookie<'static> {
    let mut cookie = Cookie::new(name, value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(!is_plain(origin));
    if let Some(seconds) = seconds {
        cookie.set_max_age(cookie::time::Duration::seconds(seconds));
    }
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_loopback_host_has_cookies_over_http() {
        for (origin, plain) in [
            ("http://127.0.0.1:8787", true),
            ("http://localhost", true),
            ("http://acme.localhost:8787", true),
            ("http://[::1]:8787", true),
            ("http://example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://localhost.example.com:80", false),
            ("https://localhost", false),
            ("https://example.com", false),
            ("", false),
        ] {
            assert_eq!(is_plain(origin), plain, "{origin}");
        }
    }

    #[test]
    fn each_seat_has_a_name_of_its_own() {
        let name = |prefix| session_name("https://example.com", prefix);
        assert_eq!(name(""), "__Host-session");
        assert_ne!(name("/t/acme"), name("/t/beta"));
        assert_eq!(name("/t/acme").len(), "__Host-session-".len() + SEAT_CHARS);
        assert_eq!(session_name("http://127.0.0.1:1", ""), "session");
    }

    #[test]
    fn a_session_is_for_the_app_alone() {
        let line = made("https://example.com", "__Host-session".into(), "x".into(), Some(60)).to_string();
        assert_eq!(line, "__Host-session=x; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60");
        let line = made("http://localhost:1", "session".into(), "x".into(), None).to_string();
        assert_eq!(line, "session=x; HttpOnly; SameSite=Lax; Path=/");
    }
}
