//! Paths: their one spelling, what is exempt from Access by them, and which actor a request names by its path, its host or a
//! header.

use domicile::http::{HeaderValue, Uri, header};
use domicile::prelude::*;
use domicile::site::{Head, Plan, Site};
use domicile::web::path::normalise;
use domicile::wire::{Event, HttpHead, RequestId, What, decode, encode};
use domicile_identity::Identity;
use domicile_identity::access::{Access, Application, Settings};

use crate::host::start;
use crate::input::Input;

/// What the guard answers itself.
const PAGES: [&str; 5] = [
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password_change/",
    "/__run_migrations__/",
    "/__create_admin__/",
];

thread_local! {
    static SITE: Site = start(app);
    static ACCESS: Access = access();
}

#[derive(Default, Actor)]
#[actor(routes = routes)]
struct Desk;

fn routes(r: &mut Routes<Desk>) {
    r.get("/", |_, _, _| "").allow(anyone());
    r.get("/{page}/", |_, _, _| "").allow(anyone());
    r.post("/{page}/{number}", |_, _, _| "").allow(anyone());
    r.get("/files/{*rest}", |_, _, _| "").allow(anyone());
    r.get("/staff/{page}/", |_, _, _| "").allow(staff());
}

fn app(_: &Env) -> App {
    App::new()
        .guarded(Identity::passwords())
        .route(Method::GET, "/entry/{id}/", async |_, _| "")
        .allow(anyone())
        .mount::<Desk>("/t", tenant::path(""))
        .mount::<Desk>("/h", tenant::header("x-tenant"))
        .mount::<Desk>("/s", tenant::subdomain("example.com"))
        .actor::<Desk>(singleton("one"))
}

fn access() -> Access {
    let settings = Settings::new()
        .team("acme")
        .audience("site")
        .application("/admin", Application::new().audience("admin"))
        .application("/admin/a b", Application::new().audience("deeper"))
        .exempt(["/health", "/é/x"]);
    settings.build().unwrap_or_else(|error| panic!("{error}"))
}

/// Sends a request by the first byte's method, for the host and the tenant of the first two lines and the target of the rest.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let method =
        [Method::GET, Method::POST, Method::HEAD, Method::DELETE][usize::from(input.byte()) % 4].clone();
    let (host, tenant) = (input.line(), input.line());
    let target = String::from_utf8_lossy(input.rest());
    has_one_normal_form(&target);
    ACCESS.with(|access| segments_are_whole(access, &target));
    let Ok(uri) = target.parse::<Uri>() else { return };
    let mut request = domicile::http::Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    for (name, value) in [(header::HOST, host), (header::HeaderName::from_static("x-tenant"), tenant)] {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request.headers_mut().insert(name, value);
        }
    }
    let (parts, ()) = request.into_parts();
    let head = Head { origin: domicile::site::origin("https", &parts), parts };
    SITE.with(|site| goes_somewhere(site, &head));
}

fn has_one_normal_form(path: &str) {
    let Ok(normal) = normalise(path) else {
        assert!(path.contains('%'), "only an escape can be wrong");
        return;
    };
    assert_eq!(normalise(&normal).as_deref(), Ok(&*normal), "undoing twice gives something new");
    assert_eq!(path.matches('/').count(), normal.matches('/').count(), "a slash is made or lost");
    for (at, _) in normal.match_indices('%') {
        assert!(normal[at..].starts_with("%2F") || normal[at..].starts_with("%25"), "{normal:?}");
    }
}

/// What is exempt, or of another application, is so by whole segments and in each spelling.
fn segments_are_whole(access: &Access, path: &str) {
    let normal = normalise(path).ok();
    let below = |prefix: &str| {
        let rest = normal.as_deref().and_then(|path| path.strip_prefix(prefix));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let dots = normal.as_deref().is_some_and(|path| path.split('/').any(|part| part == "." || part == ".."));
    assert_eq!(access.is_exempt(path), (below("/health") || below("/é/x")) && !dots);
    let audience = match () {
        () if normal.is_none() => None,
        () if below("/admin/a b") => Some("deeper"),
        () if below("/admin") => Some("admin"),
        () => Some("site"),
    };
    assert_eq!(access.gate(path).and_then(|gate| gate.audience()), audience);
}

fn goes_somewhere(site: &Site, head: &Head) {
    let path = head.parts.uri.path();
    match site.plan(head, RequestId(1)) {
        Plan::Serve => {
            let normal = normalise(path).unwrap_or_default();
            let guards = PAGES.iter().any(|page| normal.ends_with(page));
            assert!(normal.starts_with("/entry/") || guards, "{normal:?} is at the entry");
        }
        Plan::Respond(response) => {
            let status = response.status();
            let known = [
                StatusCode::PERMANENT_REDIRECT,
                StatusCode::UNAUTHORIZED,
                StatusCode::BAD_REQUEST,
                StatusCode::NOT_FOUND,
                StatusCode::METHOD_NOT_ALLOWED,
            ];
            assert!(known.contains(&status), "{status}");
            assert_eq!(normalise(path).is_err(), status == StatusCode::BAD_REQUEST, "{status}");
            assert!(response.headers().contains_key(header::X_CONTENT_TYPE_OPTIONS), "{response:?}");
            if let Some(to) = response.headers().get(header::LOCATION) {
                let to = String::from_utf8_lossy(to.as_bytes());
                let elsewhere = to.starts_with("//") || to.starts_with("/\\");
                assert!(to.starts_with('/') && !elsewhere, "{to:?} is another site");
            }
        }
        Plan::Forward(call) => {
            let name = call.target.actor.name.as_str();
            let bytes = encode(&call.event);
            assert_eq!(decode::<Event>(&bytes).as_ref(), Ok(&call.event), "it does not survive the way");
            let What::Http(sent) = &call.event.what else { panic!("a request becomes no message") };
            keeps_its_path(site, head, sent, name);
            names_its_own(head, sent, name);
        }
    }
}

/// The prefix and what is below it are the path that was asked for, and lead to the same actor again.
fn keeps_its_path(site: &Site, head: &Head, sent: &HttpHead, name: &str) {
    assert!(sent.target.starts_with('/'), "{sent:?}");
    let whole = format!("{}{}", sent.prefix, sent.target);
    let path = whole.split('?').next().unwrap_or_default();
    let asked = head.parts.uri.path_and_query().map_or("/", |target| target.path());
    assert_eq!(normalise(path), normalise(asked), "{sent:?}");
    let query = head.parts.uri.query();
    assert_eq!(whole.split_once('?').map(|(_, query)| query), query, "{sent:?}");
    let mut parts = head.parts.clone();
    let Ok(uri) = whole.parse() else { panic!("{whole:?} is no path") };
    parts.uri = uri;
    match site.plan(&Head { origin: head.origin.clone(), parts }, RequestId(1)) {
        Plan::Forward(again) => {
            assert_eq!(again.target.actor.name.as_str(), name);
            assert_eq!(again.event.what, What::Http(sent.clone()));
        }
        _ => panic!("{whole:?} leads elsewhere"),
    }
}

/// A tenant is one part of a name, so that none of them can be spelled as something made of several.
fn names_its_own(head: &Head, sent: &HttpHead, name: &str) {
    let header = head.parts.headers.get("x-tenant").and_then(|value| value.to_str().ok());
    match sent.prefix.split('/').nth(1) {
        Some("t") => {
            let segment = sent.prefix.strip_prefix("/t/").unwrap_or_default();
            assert!(!segment.contains(['/', '?']) && !segment.is_empty(), "{sent:?}");
            let Ok(normal) = normalise(segment) else { panic!("{segment:?} is no segment") };
            // What is undone of a segment is all but these two, which a name escapes alike.
            assert_eq!(normal, name, "{sent:?}");
        }
        Some("h") => assert_eq!(
            header.map(|tenant| Name::from_parts([tenant]).is_ok_and(|n| n.as_str() == name)),
            Some(true)
        ),
        Some("s") => {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
            assert!(name.bytes().all(plain), "{name:?}");
            assert!(head.origin.starts_with(&format!("https://{name}.example.com")), "{head:?}");
        }
        _ => assert_eq!(name, "one"),
    }
    assert!(
        !name.contains('/') && !name.contains(char::is_control) && name.len() <= domicile::name::MAX_NAME
    );
}
