//! Bodies: forms and JSON as a route reads them, and the token by which a form proves where it comes from.

use std::cell::Cell;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use domicile::http::{HeaderValue, header};
use domicile::prelude::*;
use domicile::site::Site;
use domicile_identity::csrf::{self, FIELD, HEADER, NONCE_BYTES};
use domicile_identity::{Identity, Secret};

use crate::host::{SECRET, serve, start};
use crate::input::Input;

/// The random cookie of the browser that sends everything here.
const BROWSER: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";

/// The types of bodies that a page of anybody's may make a browser send.
const SIMPLE: [&str; 4] =
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""];

thread_local! {
    static SITE: Site = start(app);
    static OURS: Secret = Secret::new("DOMICILE_SECRET", SECRET).unwrap_or_else(|error| panic!("{error}"));
    static RAN: Cell<bool> = const { Cell::new(false) };
}

fn app(_: &Env) -> App {
    App::new()
        .guarded(Identity::passwords())
        .route(Method::POST, "/", async |request: Request, _| {
            RAN.set(true);
            read(&request);
            StatusCode::NO_CONTENT
        })
        .allow(anyone())
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Typed {
    title: String,
    #[serde(default)]
    count: i64,
    #[serde(default)]
    done: bool,
    note: Option<String>,
}

/// Reads the rest of `data` as a token, as a form and as JSON, as its first byte says.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    match input.byte() % 4 {
        0 => given_token(input),
        1 => changed_token(input),
        2 => sent(input),
        _ => sent_by_us(input),
    }
}

/// No text is a token but those that are made.
fn given_token(input: Input) {
    let text = String::from_utf8_lossy(input.rest());
    if OURS.with(|secret| csrf::check(secret, BROWSER, &text)) {
        let bytes = URL_SAFE_NO_PAD.decode(&*text).unwrap_or_default();
        let nonce = bytes.first_chunk::<NONCE_BYTES>().copied().unwrap_or_default();
        assert_eq!(
            text,
            OURS.with(|secret| csrf::token(secret, BROWSER, nonce)),
            "one token has two spellings"
        );
    }
}

/// A token in which something is changed is none.
fn changed_token(mut input: Input) {
    let token = own_token([input.byte(); NONCE_BYTES]);
    assert!(OURS.with(|secret| csrf::check(secret, BROWSER, &token)));
    let mut changed = token.clone().into_bytes();
    while !input.is_empty() {
        let (at, byte) = (input.below(changed.len()), input.byte());
        if let Some(place) = changed.get_mut(at) {
            *place = byte;
        }
    }
    let changed = String::from_utf8_lossy(&changed);
    assert!(changed == token || !OURS.with(|secret| csrf::check(secret, BROWSER, &changed)), "{changed}");
}

/// A body of any bytes, which another site may have made a browser send, reaches no route without a token.
fn sent(mut input: Input) {
    let kind = SIMPLE[usize::from(input.byte()) % SIMPLE.len()];
    let header = HeaderValue::from_bytes(input.line()).ok();
    let header = header.filter(|token| token.to_str().is_ok_and(|token| !token.is_empty()));
    let body = Bytes::copy_from_slice(input.rest());
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&body).unwrap_or_default();
    let in_form = pairs.into_iter().find(|(name, _)| name == FIELD).map(|(_, token)| token);
    let given = match &header {
        Some(header) => header.to_str().ok().map(str::to_owned),
        None => in_form.filter(|_| kind == SIMPLE[0]),
    };
    let proven = given.is_some_and(|token| OURS.with(|secret| csrf::check(secret, BROWSER, &token)));
    let mut request = request(kind, body);
    if let Some(header) = header {
        request.headers_mut().insert(HEADER, header);
    }
    RAN.set(false);
    let response = SITE.with(|site| serve(site, "http://localhost:1", request));
    assert_eq!(RAN.get(), proven, "{response:?}", response = response.status());
    assert_eq!(response.status(), if proven { StatusCode::NO_CONTENT } else { StatusCode::FORBIDDEN });
}

/// A body of any bytes that a page of ours sends, and a route reads.
fn sent_by_us(mut input: Input) {
    let kinds = ["application/json", "application/merge-patch+json", SIMPLE[0]];
    let kind = kinds[usize::from(input.byte()) % kinds.len()];
    let mut request = request(kind, Bytes::copy_from_slice(input.rest()));
    if let Ok(token) = HeaderValue::from_str(&own_token([7; NONCE_BYTES])) {
        request.headers_mut().insert(HEADER, token);
    }
    RAN.set(false);
    let response = SITE.with(|site| serve(site, "http://localhost:1", request));
    assert!(RAN.get() && response.status() == StatusCode::NO_CONTENT);
}

fn own_token(nonce: [u8; NONCE_BYTES]) -> String {
    OURS.with(|secret| csrf::token(secret, BROWSER, nonce))
}

fn request(kind: &'static str, body: Bytes) -> domicile::http::Request<Bytes> {
    let mut request = domicile::http::Request::new(body);
    *request.method_mut() = Method::POST;
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let cookie = HeaderValue::from_str(&format!("browser={BROWSER}"));
    request.headers_mut().extend(cookie.map(|cookie| (header::COOKIE, cookie)));
    request
}

/// What is read and written again is read as the same.
fn read(request: &Request) {
    if let Ok(pairs) = request.form::<Vec<(String, String)>>() {
        let written = serde_urlencoded::to_string(&pairs).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(serde_urlencoded::from_str(&written), Ok(pairs));
    }
    if let Ok(typed) = request.form::<Typed>() {
        let written = serde_urlencoded::to_string(&typed).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(serde_urlencoded::from_str(&written), Ok(typed));
    }
    if let Ok(value) = request.json::<serde_json::Value>() {
        assert_eq!(serde_json::from_str::<serde_json::Value>(&value.to_string()).ok(), Some(value));
    }
    if let Ok(typed) = request.json::<Typed>() {
        let written = serde_json::to_string(&typed).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(serde_json::from_str(&written).ok(), Some(typed));
    }
}
