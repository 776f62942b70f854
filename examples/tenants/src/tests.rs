//! The notebooks on the native host: who comes in, what they may do there, and that nobody reaches another company's.

use domicile::http::{Method, Request, StatusCode, header};
use domicile::prelude::Model as _;
use domicile::site::Site;
use domicile::{Env, Timestamp};
use domicile_host::test::{Host, Response};
use domicile_identity::access::test::{KeyPair, key_set, user};
use domicile_identity::account::{AccessIdentity, User};

use crate::Notebook;
use crate::notebook::Note;

/// The morning of Tuesday, 3 November 2026.
const NOW: Timestamp = Timestamp::from_millis(1_793_694_600_000);

/// A browser that Access has let in as somebody.
struct Browser<'a> {
    host: &'a Host,
    token: String,
    cookie: std::cell::RefCell<String>,
}

impl<'a> Browser<'a> {
    fn of(host: &'a Host, email: &str) -> Self {
        host.on_fetch(|request| {
            assert_eq!(request.uri(), "https://acme.cloudflareaccess.com/cdn-cgi/access/certs");
            Ok(domicile::http::Response::new(key_set(&[&KeyPair::first()]).into()))
        });
        Self::with(host, KeyPair::first().token(&user("acme", "f00d", email, host.now())))
    }

    fn with(host: &'a Host, token: String) -> Self {
        Self { host, token, cookie: std::cell::RefCell::default() }
    }

    fn send(&self, method: Method, path: &str, form: &str) -> Response {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("cf-access-jwt-assertion", &self.token)
            .header(header::COOKIE, &*self.cookie.borrow())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.host.request(request.body(form.to_owned()).unwrap());
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            *self.cookie.borrow_mut() = cookie.split(';').next().unwrap().to_owned();
        }
        response
    }

    fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, "")
    }

    /// Sends a form as the page at `page` has it.
    fn post(&self, page: &str, path: &str, form: &str) -> Response {
        let shown = self.get(page);
        let field = shown.text().split("name=\"csrfmiddlewaretoken\" value=\"").nth(1);
        let token = field.and_then(|rest| rest.split('"').next()).unwrap_or_default();
        self.send(Method::POST, path, &format!("csrfmiddlewaretoken={token}&{form}"))
    }
}

macro_rules! notebooks {
    ($(#[$more:meta])* $name:ident($host:ident) $body:block) => {
        #[domicile::test(
            app = crate::app,
            start = NOW,
            vars(
                DOMICILE_SECRET = "a secret for tests, of 32 bytes or more",
                CLOUDFLARE_ACCESS_AUD = "f00d",
                CLOUDFLARE_ACCESS_TEAM_NAME = "acme"
            )
        )]
        fn $name($host: Host) $body
    };
}

notebooks! { people_write_into_the_notebook_of_their_company(host) {
    let ada = Browser::of(&host, "ada@acme.example");
    let home = ada.get("/");
    assert_eq!((home.status(), home.header("location")), (StatusCode::TEMPORARY_REDIRECT, "/t/acme.example/"));
    let page = ada.get("/t/acme.example/");
    assert_eq!(page.status(), StatusCode::OK, "{}", page.text());
    assert!(page.text().contains("There are no notes yet."));
    // Looking leaves nothing behind.
    assert!(host.actors().is_empty());
    let written = ada.post("/t/acme.example/", "/t/acme.example/notes/", "text=Hello");
    assert_eq!(written.status(), StatusCode::SEE_OTHER, "{}", written.text());
    assert!(ada.get("/t/acme.example/").text().contains("Hello"));
    let (user, identity) = host.actor::<Notebook>("acme.example").store(|store| {
        (User::objects().get(store).unwrap(), AccessIdentity::objects().get(store).unwrap())
    });
    assert_eq!((user.username.as_str(), user.staff), ("ada@acme.example", false));
    assert_eq!(identity.subject, "sub-of-ada@acme.example");
} }

notebooks! { a_form_of_another_site_is_refused(host) {
    let ada = Browser::of(&host, "ada@acme.example");
    let forged = ada.send(Method::POST, "/t/acme.example/notes/", "text=Spam");
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    let berit = Browser::of(&host, "berit@acme.example");
    let page = berit.get("/t/acme.example/");
    let token = page.text().split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // The token of another browser is of no use.
    ada.get("/t/acme.example/");
    let form = format!("csrfmiddlewaretoken={token}&text=Spam");
    assert_eq!(ada.send(Method::POST, "/t/acme.example/notes/", &form).status(), StatusCode::FORBIDDEN);
    assert_eq!(berit.send(Method::POST, "/t/acme.example/notes/", &form).status(), StatusCode::SEE_OTHER);
    // A second tab and the first both go on working.
    let (first, second) = (berit.get("/t/acme.example/"), berit.get("/t/acme.example/"));
    for tab in [first, second] {
        let token = tab.text().split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let form = format!("csrfmiddlewaretoken={token}&text=Tab");
        assert_eq!(berit.send(Method::POST, "/t/acme.example/notes/", &form).status(), StatusCode::SEE_OTHER);
    }
} }

notebooks! { staff_look_after_the_others(host) {
    let ada = Browser::of(&host, "ada@acme.example");
    ada.post("/t/acme.example/", "/t/acme.example/notes/", "text=Hello");
    assert_eq!(ada.get("/t/acme.example/people/").status(), StatusCode::FORBIDDEN);
    let admin = Browser::of(&host, "admin@acme.example");
    assert!(admin.get("/t/acme.example/people/").text().contains("ada@acme.example"));
    let silenced = admin.post("/t/acme.example/people/", "/t/acme.example/people/1/silence/", "");
    assert_eq!(silenced.status(), StatusCode::SEE_OTHER);
    assert_eq!(ada.post("/t/acme.example/", "/t/acme.example/notes/", "text=More").status(), StatusCode::FORBIDDEN);
    assert!(!ada.get("/t/acme.example/").text().contains("A new note"));
    admin.post("/t/acme.example/people/", "/t/acme.example/people/1/dismiss/", "");
    // The token is right still, and the account is not active (A5).
    let gone = ada.get("/t/acme.example/");
    assert_eq!(gone.status(), StatusCode::FORBIDDEN);
    assert!(gone.text().contains("inactive"), "{}", gone.text());
    let own = admin.post("/t/acme.example/people/", "/t/acme.example/people/2/dismiss/", "");
    assert_eq!(own.status(), StatusCode::CONFLICT);
} }

notebooks! { nobody_reaches_another_companys(host) {
    let ada = Browser::of(&host, "ada@acme.example");
    ada.post("/t/acme.example/", "/t/acme.example/notes/", "text=Secret");
    let spy = Browser::of(&host, "admin@beta.example");
    spy.post("/t/beta.example/", "/t/beta.example/notes/", "text=Own");
    let app = crate::app(&Env::new([]));
    let routes = Site::routes(&app);
    assert_eq!(routes.len(), 8, "{routes:?}");
    let before = host.actor::<Notebook>("acme.example").store(|store| Note::objects().count(store).unwrap());
    for route in routes.iter().filter(|route| route.actor.is_some()) {
        let path = route.path.replace("{id}", "1");
        for tenant in ["acme.example", "ACME.example", "%61cme.example", "acme.example%2F", "nobody.example"] {
            let reply = spy.post("/t/beta.example/", &format!("/t/{tenant}{path}"), "text=x");
            let got = spy.send(route.method.clone(), &format!("/t/{tenant}{path}"), "");
            for status in [reply.status(), got.status()] {
                let refused = [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED];
                assert!(refused.contains(&status), "{} /t/{tenant}{path}: {status}", route.method);
            }
            assert!(!got.text().contains("Secret"));
        }
    }
    assert_eq!(spy.get("/t/beta.example/").status(), StatusCode::OK);
    let after = host.actor::<Notebook>("acme.example").store(|store| Note::objects().count(store).unwrap());
    assert_eq!(before, after);
    let mut names: Vec<_> = host.actors().iter().map(|actor| actor.name.to_string()).collect();
    names.sort();
    assert_eq!(names, ["acme.example", "beta.example"], "nobody was woken");
} }

notebooks! { without_a_token_there_is_nothing(host) {
    for path in ["/", "/t/acme.example/", "/t/acme.example/people/", "/nothing/"] {
        let reply = host.get(path);
        assert_eq!(reply.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(reply.text(), "{\"error\": \"Cloudflare Access authentication required\"}");
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    assert_eq!(host.get("/__run_migrations__/").status(), StatusCode::NOT_FOUND);
    assert!(host.actors().is_empty());
} }

#[domicile::test(
    app = crate::app,
    start = NOW,
    vars(
        DOMICILE_SECRET = "a secret for tests, of 32 bytes or more",
        DOMICILE_MANAGEMENT_SECRET = "another secret for tests, of 32 or more",
        CLOUDFLARE_ACCESS_AUD = "f00d",
        CLOUDFLARE_ACCESS_TEAM_NAME = "acme"
    )
)]
fn whoever_manages_comes_to_every_company(host: Host) {
    let ask = |path: &str, secret: &str, body: &str| {
        let request = Request::post(path).header("authorization", format!("Bearer {secret}"));
        host.request(request.header("content-type", "application/json").body(body.to_owned()).unwrap())
    };
    const SECRET: &str = "another secret for tests, of 32 or more";
    let migrated = ask("/t/acme.example/__run_migrations__/", SECRET, "");
    assert_eq!(migrated.text(), r#"{"status":"success","message":"Migrations applied."}"#);
    let admin = r#"{"username":"root","email":"root@acme.example","password":"correct horse battery"}"#;
    let made = ask("/t/acme.example/__create_admin__/", SECRET, admin);
    assert_eq!(made.text(), r#"{"status":"success","message":"Admin user 'root' created."}"#);
    assert_eq!(ask("/t/acme.example/__create_admin__/", "x", admin).status(), StatusCode::FORBIDDEN);
    assert_eq!(host.get("/t/acme.example/__create_admin__/").status(), StatusCode::UNAUTHORIZED);
    assert_eq!(host.get("/t/acme.example/people/__create_admin__/").status(), StatusCode::NOT_FOUND);
}
