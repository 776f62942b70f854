//! The header `Cookie`: what a request says its cookies are, and which of them are taken for the app's own.

use std::collections::HashSet;

use bytes::Bytes;
use domicile::guard::Guard;
use domicile::http::{HeaderValue, header};
use domicile::prelude::*;
use domicile::site::Site;
use domicile::wire::ActorRef;
use domicile_identity::Identity;

use crate::host::{SECRET, serve, start};
use crate::input::Input;

thread_local! {
    static SITE: Site = start(app);
}

fn app(_: &Env) -> App {
    App::new()
        .guarded(Identity::passwords())
        .route(Method::GET, "/", async |request: Request, _| {
            check(&request);
            StatusCode::NO_CONTENT
        })
        .allow(anyone())
}

/// Sends each line of `data` as a header; the first byte says over what.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let origin = if input.byte().is_multiple_of(2) { "https://example.com" } else { "http://localhost:8787" };
    let mut request = domicile::http::Request::new(Bytes::new());
    while !input.is_empty() {
        if let Ok(line) = HeaderValue::from_bytes(input.line()) {
            request.headers_mut().append(header::COOKIE, line);
        }
    }
    let response = SITE.with(|site| serve(site, origin, request));
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
}

fn check(request: &Request) {
    let lines: Vec<&[u8]> =
        request.headers().get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    let pairs = lines.iter().flat_map(|line| line.split(|b| *b == b';'));
    let sent: HashSet<_> = pairs.filter_map(name).collect();
    let cookies: Vec<_> = request.cookies().collect();
    if let Some(last) = cookies.last() {
        let first = cookies.iter().find(|other| other.name() == last.name());
        assert_eq!(request.cookie(last.name()).as_deref(), first.map(|first| first.value()));
    }
    for cookie in &cookies {
        assert!(!cookie.name().is_empty());
        // Browsers hold to what such a name promises only where it is spelled so.
        let promises = cookie.name().starts_with("__");
        assert!(
            !promises || sent.contains(cookie.name().as_bytes()),
            "nobody sent a cookie {:?}",
            cookie.name()
        );
    }
    // Nobody was given a session by this secret.
    let env = Env::new([("DOMICILE_SECRET".to_owned(), SECRET.to_owned())]);
    let desk =
        ActorRef { kind: "Desk".to_owned(), name: Name::new("acme").unwrap_or_else(|e| panic!("{e}")) };
    let seats = [None, Some(&desk)].map(|actor| Identity::passwords().session(request, actor, &env));
    assert_eq!(seats, [None, None]);
    let own = [request.credential().browser.clone()];
    let plain = request.origin().starts_with("http://");
    for value in own.into_iter().flatten() {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        assert!(value.len() == 43 && value.bytes().all(fits), "{value:?}");
        assert!(plain || sent.iter().any(|name| name.starts_with(b"__Host-")), "{lines:?}");
    }
}

/// The name of a cookie as it is sent, without the white space that a browser puts before it.
fn name(pair: &[u8]) -> Option<&[u8]> {
    let name = pair.split(|b| *b == b'=').next()?;
    let space = |b: &u8| matches!(b, b' ' | b'\t');
    let begin = name.iter().position(|b| !space(b))?;
    let end = name.iter().rposition(|b| !space(b))?;
    name.get(begin..=end)
}
