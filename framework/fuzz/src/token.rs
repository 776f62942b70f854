//! Tokens of Cloudflare Access: which one a request brings, whom it proves to ask, and the key sets that it is checked with.
//!
//! A signature takes a thousand times as long to check as all else, so that is done for few of the tokens that come so far.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domicile::Principal;
use domicile::http::{HeaderMap, HeaderValue, header};
use domicile_identity::access::test::{KeyPair, key_set, service, user};
use domicile_identity::access::{
    ASSERTION_HEADER, Access, Application, Check, KeyCache, KeySet, MAX_KEY_ID, MAX_KEY_SET, MAX_TOKEN,
    Rejected, Settings, token_of,
};
use serde_json::{Value, json};

use crate::host::NOW;
use crate::input::{Input, is_turn};

const ISSUER: &str = "https://acme.cloudflareaccess.com";

/// Of how many tokens that could be valid the signature of one is checked.
const RARELY: u64 = 64;

thread_local! {
    static FIXTURE: Fixture = Fixture::new();
}

struct Fixture {
    access: Access,
    keys: KeySet,
    key_id: String,
    /// Valid tokens: for a path of which audience, and the text.
    valid: Vec<(&'static str, String)>,
}

impl Fixture {
    fn new() -> Self {
        let settings = Settings::new()
            .team("acme")
            .audience("site")
            .application("/admin", Application::new().audience("admin"));
        let access = settings.build().unwrap_or_else(|error| panic!("{error}"));
        let key = KeyPair::first();
        let keys = KeySet::read(ISSUER, key_set(&[&key, &KeyPair::second()]).as_bytes());
        let valid = [
            ("site", user("acme", "site", "ada@example.com", NOW)),
            ("admin", user("acme", "admin", "ada@example.com", NOW)),
            ("site", service("acme", "site", "e367826f93b8.access", NOW)),
        ];
        Self {
            access,
            keys: keys.unwrap_or_else(|error| panic!("{error}")),
            key_id: key.id().to_owned(),
            valid: valid.map(|(audience, claims)| (audience, key.token(&claims))).into(),
        }
    }
}

/// Reads the rest of `data` as headers, a token, changes of a valid one, a part of one, or a key set, as its first byte says.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    FIXTURE.with(|fixture| match input.byte() % 6 {
        0 => headers(fixture, input, data),
        1 => check(fixture, &String::from_utf8_lossy(input.rest()), data),
        2 => changed(fixture, input, data),
        3 => claims(fixture, input.rest(), data),
        4 => head(fixture, input.rest(), data),
        _ => keys(fixture, input.rest(), data),
    });
}

/// The first byte of each line says which header it is.
fn headers(fixture: &Fixture, mut input: Input, data: &[u8]) {
    let mut headers = HeaderMap::new();
    while !input.is_empty() {
        let name = if input.byte().is_multiple_of(2) { ASSERTION_HEADER } else { header::COOKIE.as_str() };
        if let (Ok(name), Ok(value)) =
            (header::HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(input.line()))
        {
            headers.append(name, value);
        }
    }
    let lines = headers.get_all(ASSERTION_HEADER).iter();
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect();
    let mut asserted: Vec<&str> =
        lines.iter().flat_map(|line| line.split(',')).map(str::trim).filter(|t| !t.is_empty()).collect();
    asserted.dedup();
    let brought = token_of(&headers);
    match (&*asserted, &brought) {
        ([], Err(rejected)) => panic!("no token is rejected: {rejected}"),
        ([], Ok(None)) => {}
        ([], Ok(Some(token))) => {
            assert!(!token.is_empty() && !token.contains(';'), "{token:?}");
            let cookies = headers.get_all(header::COOKIE).iter();
            let mut cookies = cookies.map(|line| String::from_utf8_lossy(line.as_bytes()));
            assert!(cookies.any(|line| line.contains(token.as_str())), "{token:?}");
        }
        ([token], brought) => assert_eq!(*brought, Ok(Some((*token).to_owned())), "no fall-through"),
        (_, brought) => assert_eq!(*brought, Err(Rejected::TwoTokens)),
    }
    if let Ok(Some(token)) = brought {
        check(fixture, &token, data);
    }
}

/// A valid token with other bytes in some places.
fn changed(fixture: &Fixture, mut input: Input, data: &[u8]) {
    let (_, valid) = &fixture.valid[usize::from(input.byte()) % fixture.valid.len()];
    let mut token = valid.clone().into_bytes();
    while !input.is_empty() {
        let (at, byte) = (input.below(token.len()), input.byte());
        if let Some(place) = token.get_mut(at) {
            *place = byte;
        }
    }
    check(fixture, &String::from_utf8_lossy(&token), data);
}

/// A valid header over any payload, or one whose claims are followed by others.
fn claims(fixture: &Fixture, payload: &[u8], data: &[u8]) {
    let head = json!({ "alg": "RS256", "kid": fixture.key_id });
    check(fixture, &unsigned(head.to_string().as_bytes(), payload), data);
    let claims = user("acme", "site", "ada@example.com", NOW);
    check(fixture, &unsigned(head.to_string().as_bytes(), &with(&claims, payload)), data);
}

/// Any header over a valid payload, or one whose members are followed by others.
fn head(fixture: &Fixture, head: &[u8], data: &[u8]) {
    let claims = user("acme", "site", "ada@example.com", NOW).to_string();
    check(fixture, &unsigned(head, claims.as_bytes()), data);
    let own = json!({ "alg": "RS256", "kid": fixture.key_id });
    check(fixture, &unsigned(&with(&own, head), claims.as_bytes()), data);
}

fn with(object: &Value, members: &[u8]) -> Vec<u8> {
    let mut text = object.to_string().into_bytes();
    text.pop();
    [&*text, b",", members, b"}"].concat()
}

/// A token with a signature of the right size by nobody.
fn unsigned(header: &[u8], payload: &[u8]) -> String {
    let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode([7; 256]))
}

/// Only a valid token proves anything, where it is for, and nothing is fetched for what could not be one.
fn check(fixture: &Fixture, token: &str, data: &[u8]) {
    let Fixture { access, keys, valid, .. } = fixture;
    for path in ["/", "/admin/"] {
        let Some(gate) = access.gate(path) else { panic!("each path has an application") };
        let proves = valid.iter().any(|(audience, text)| Some(*audience) == gate.audience() && text == token);
        let mut cache = KeyCache::new(access);
        match gate.peek(token, NOW) {
            Err(rejected) => {
                assert!(!proves, "a valid token is rejected: {rejected}");
                let told = rejected.to_string();
                assert!(told.len() < 1_000 && !told.contains(char::is_control), "{told:?}");
                assert!(token.len() < 200 || !told.contains(token), "a token is told");
                let checked = access.check(&mut cache, path, token, NOW);
                assert!(matches!(checked, Check::Rejected(ref again) if *again == rejected), "{checked:?}");
            }
            Ok(candidate) => {
                assert!(candidate.issuer() == ISSUER && token.len() <= MAX_TOKEN);
                assert!((1..=MAX_KEY_ID).contains(&candidate.key_id().len()));
                let checked = access.check(&mut cache, path, token, NOW);
                assert!(matches!(checked, Check::Fetch(_)), "{checked:?}");
                assert!(access.check_held(&cache, path, token, NOW).is_none());
                if !is_turn(data, RARELY) {
                    continue;
                }
                match access.verify(keys, path, token, NOW) {
                    Ok(principal) => {
                        assert!(proves, "{principal:?} by a token that nobody signed");
                        assert!(principal != Principal::Anonymous);
                    }
                    Err(rejected) => assert!(!proves, "a valid token is rejected: {rejected}"),
                }
            }
        }
    }
}

/// What the endpoint of the keys serves.
fn keys(fixture: &Fixture, body: &[u8], data: &[u8]) {
    let Ok(keys) = KeySet::read(ISSUER, body) else { return };
    assert!(body.len() <= MAX_KEY_SET);
    let Some(key) = keys.key(&fixture.key_id) else { return };
    assert!(key.id() == fixture.key_id && key.issuer() == ISSUER);
    if let ((_, token), true) = (&fixture.valid[0], is_turn(data, RARELY)) {
        let proven = fixture.access.verify(&keys, "/", token, NOW);
        assert!(matches!(proven, Ok(_) | Err(Rejected::Signature)), "{proven:?}");
    }
}
