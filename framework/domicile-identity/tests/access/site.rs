//! A site behind Access whose key endpoint is played, and which counts what is fetched from it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domicile::{Principal, Timestamp};
use domicile_identity::access::test::{KeyPair, key_set, user};
use domicile_identity::access::{Access, Check, KeyCache, Rejected, Settings};
use serde_json::{Value, json};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
pub(crate) const ISSUER: &str = "https://acme.cloudflareaccess.com";

/// Why nobody was admitted.
#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    Rejected(Rejected),
    Unavailable,
    Busy,
}

pub(crate) struct Site {
    pub access: Access,
    pub cache: KeyCache,
    /// What the endpoint answers; `None` when it is down.
    pub served: Option<String>,
    /// The URLs that were fetched.
    pub fetched: Vec<String>,
    pub now: Timestamp,
}

impl Site {
    /// The team `acme` and the audience `aud`, whose key is the first.
    pub(crate) fn new() -> Self {
        Self::of(Settings::new().team("acme").audience("aud"))
    }

    pub(crate) fn of(settings: Settings) -> Self {
        let access = settings.build().unwrap();
        let cache = KeyCache::new(&access);
        let served = Some(key_set(&[&KeyPair::first()]));
        Self { access, cache, served, fetched: Vec::new(), now: NOW }
    }

    /// As a host does it: with one fetch at the most.
    pub(crate) fn ask_at(&mut self, path: &str, token: &str) -> Result<Principal, Refused> {
        let mut check = self.access.check(&mut self.cache, path, token, self.now);
        if let Check::Fetch(fetch) = check {
            self.fetched.push(fetch.url);
            let answer = self.served.as_ref().map(|set| set.as_bytes()).ok_or("it is down".to_owned());
            let _ = self.cache.complete(fetch.ticket, answer, self.now);
            check = self.access.check(&mut self.cache, path, token, self.now);
        }
        match check {
            Check::Proven(principal) => Ok(principal),
            Check::Rejected(rejected) => Err(Refused::Rejected(rejected)),
            Check::Unavailable => Err(Refused::Unavailable),
            Check::Busy => Err(Refused::Busy),
            Check::Fetch(_) => panic!("a request fetched twice"),
        }
    }

    pub(crate) fn ask(&mut self, token: &str) -> Result<Principal, Refused> {
        self.ask_at("/", token)
    }

    pub(crate) fn later(&mut self, time: Duration) {
        self.now = self.now.after(time);
    }

    /// Asks with a token, which is rejected for a reason that holds `why`, and which costs so many fetches.
    #[track_caller]
    pub(crate) fn rejects(&mut self, label: &str, token: &str, why: &str, fetches: usize) {
        let before = self.fetched.len();
        match self.ask(token) {
            Err(Refused::Rejected(rejected)) => {
                let text = rejected.to_string();
                assert!(text.contains(why), "{label}: {text}");
                assert!(text.len() < 300 && !text.contains('\n'), "{label}: {text}");
                assert!(token.len() < 20 || !text.contains(token), "{label}: {text}");
            }
            other => panic!("{label}: {other:?}"),
        }
        assert_eq!(self.fetched.len() - before, fetches, "{label}: fetches");
    }
}

/// The claims of a valid token.
pub(crate) fn claims() -> Value {
    user("acme", "aud", "ada@example.com", NOW)
}

/// The claims of a valid token, and what else is said of them.
pub(crate) fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

pub(crate) fn claims_without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

/// The claims of a token that is valid for 30 days.
pub(crate) fn long_claims() -> Value {
    claims_with("exp", json!(NOW.as_millis() / 1_000 + 30 * 86_400))
}

/// A token with a signature of the right size by nobody.
pub(crate) fn unsigned(key_id: &str) -> String {
    let header = json!({ "alg": "RS256", "kid": key_id });
    let [header, claims] = [header, long_claims()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([7; 256]))
}
