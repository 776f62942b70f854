//! The cookies of a browser: that of its session, and a random one for the time before.
//!
//! Over https they begin with `__Host-`, so that no other host of the domain can set them. Over http, which only a loopback
//! host has, browsers take no such name.

use domicile::web::{Cookie, Request, SameSite};
use domicile::wire::ActorRef;

use crate::secret::{Secret, TOKEN_CHARS, digest, encode, same};

/// How many characters of the hash of an actor's name tell its cookie from those of others on the host.
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

/// The name of the cookie of a session with this actor, or at the entry: tenants on one host have one each.
pub(crate) fn session_name(origin: &str, actor: Option<&ActorRef>) -> String {
    let seat = actor.map(|actor| {
        let seat = digest(&actor.to_string());
        format!("-{}", seat.get(..SEAT_CHARS).unwrap_or_default())
    });
    format!("{}session{}", host(origin), seat.unwrap_or_default())
}

/// Whether the request has a cookie that is called like that of some session.
pub(crate) fn has_session(request: &Request) -> bool {
    let name = session_name(request.origin(), None);
    request.cookies().any(|cookie| cookie.name().starts_with(&name))
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

/// The secret of a session as its cookie holds it: signed, so that no actor is woken for one that nobody was given, or that
/// was given by another actor.
pub(crate) fn signed(secret: &Secret, actor: Option<&ActorRef>, session: &str) -> String {
    format!("{session}{}", signature(secret, actor, session))
}

/// The secret of the session that a request has with this actor. Whether it still runs, the store tells.
pub(crate) fn session(request: &Request, secret: &Secret, actor: Option<&ActorRef>) -> Option<String> {
    let value = request.cookie(&session_name(request.origin(), actor))?;
    let (session, given) = value.split_at_checked(TOKEN_CHARS)?;
    same(signature(secret, actor, session).as_bytes(), given.as_bytes()).then(|| session.to_owned())
}

/// 128 bits, in 22 characters.
fn signature(secret: &Secret, actor: Option<&ActorRef>, session: &str) -> String {
    let actor = actor.map(ToString::to_string).unwrap_or_default();
    let mac = secret.key("session cookie").sign(&[actor.as_bytes(), session.as_bytes()]);
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
    fn each_actor_has_a_cookie_of_its_own() {
        let actor = |name: &str| ActorRef { kind: "Desk".into(), name: domicile::Name::new(name).unwrap() };
        let name = |of: &str| session_name("https://example.com", Some(&actor(of)));
        assert_eq!(session_name("https://example.com", None), "__Host-session");
        assert_ne!(name("acme"), name("beta"));
        assert_eq!(name("acme").len(), "__Host-session-".len() + SEAT_CHARS);
        assert_eq!(session_name("http://127.0.0.1:1", None), "session");
    }

    #[test]
    fn a_session_is_for_the_app_alone() {
        let line = made("https://example.com", "__Host-session".into(), "x".into(), Some(60)).to_string();
        assert_eq!(line, "__Host-session=x; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60");
        let line = made("http://localhost:1", "session".into(), "x".into(), None).to_string();
        assert_eq!(line, "session=x; HttpOnly; SameSite=Lax; Path=/");
    }
}
