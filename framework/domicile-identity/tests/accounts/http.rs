//! Over HTTP, what takes longer than a test waits: how long a session lasts, how many may try from an address and when again,
//! and how long keys serve whose endpoint is down.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use domicile::http::{self, StatusCode, header};
use domicile::prelude::*;
use domicile_host::test::{Host, Response as Answer};
use domicile_identity::Identity;
use domicile_identity::access::Settings;
use domicile_identity::access::test::{KeyPair, key_set, user};
use serde_json::json;

const MIGRATIONS: &[Migration] = &[Migration::sql("0001_initial", include_str!("tables.sql"))];
const MANAGEMENT: &str = "another secret for tests, of 32 or more";
const PASSWORD: &str = "a horse, a staple and a battery";
const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

#[derive(Actor, Default)]
#[actor(models(..domicile_identity::MODELS), routes = routes, migrations = MIGRATIONS)]
struct Desk;

fn routes(r: &mut Routes<Desk>) {
    r.get("/", |_, _, cx| cx.account().map(|account| account.username.clone()).unwrap_or_default())
        .allow(signed_in());
}

fn app(env: &Env) -> App {
    let identity = Identity::access(Settings::new().or_env(env)).or_passwords();
    App::new().guarded(identity).actor::<Desk>(singleton("desk"))
}

/// A browser, at an address.
struct Browser<'a> {
    host: &'a Host,
    address: &'static str,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    fn at(host: &'a Host, address: &'static str) -> Self {
        Self { host, address, cookies: RefCell::default() }
    }

    fn send(&self, request: http::request::Builder, body: String) -> Answer {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request
            .header("cf-connecting-ip", self.address)
            .header(header::COOKIE, cookies.join("; "))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = self.host.request(request.body(body).expect("a request"));
        for line in answer.headers().get_all(header::SET_COOKIE) {
            let pair = line.to_str().expect("a text").split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a cookie");
            self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    fn home(&self) -> Answer {
        self.send(http::Request::get("/"), String::new())
    }

    fn log_in(&self, name: &str, password: &str) -> Answer {
        let page = self.send(http::Request::get("/accounts/login/"), String::new());
        let token = page.text().split("name=\"csrfmiddlewaretoken\" value=\"").nth(1).expect("a field");
        let token = token.split('"').next().expect("a value");
        let form = [("csrfmiddlewaretoken", token), ("username", name), ("password", password)];
        let form = serde_urlencoded::to_string(form).expect("a form");
        self.send(http::Request::post("/accounts/login/"), form)
    }
}

/// Makes the administrator, who is called `admin`.
fn settle(host: &Host) {
    let request = http::Request::post("/__create_admin__/")
        .header(header::AUTHORIZATION, format!("Bearer {MANAGEMENT}"))
        .header(header::CONTENT_TYPE, "application/json");
    let body = json!({ "username": "admin", "email": "admin@example.com", "password": PASSWORD });
    let made = host.request(request.body(body.to_string()).expect("a request"));
    assert_eq!(made.status(), StatusCode::OK, "{}", made.text());
}

macro_rules! over_http {
    ($name:ident($host:ident) $body:block) => {
        #[domicile::test(
            app = app,
            vars(
                DOMICILE_SECRET = "a secret for tests, of 32 bytes or more",
                DOMICILE_MANAGEMENT_SECRET = "another secret for tests, of 32 or more",
                CLOUDFLARE_ACCESS_AUD = "f00d",
                CLOUDFLARE_ACCESS_TEAM_NAME = "acme"
            )
        )]
        fn $name($host: Host) $body
    };
}

over_http! { t1_fifty_attempts_from_an_address_are_let_through_in_fifteen_minutes(host) {
    settle(&host);
    let guesser = Browser::at(&host, "192.0.2.1");
    for at in 0..50 {
        let answer = guesser.log_in(&format!("somebody {at}"), "wrong");
        assert_eq!(answer.status(), StatusCode::OK, "{at}: {}", answer.text());
    }
    // From then on a right password is of no use there, and it is elsewhere.
    let answer = guesser.log_in("admin", PASSWORD);
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "{}", answer.text());
    let seconds: u64 = answer.header("retry-after").parse().expect("a number");
    assert!((1..=15 * 60).contains(&seconds), "{seconds}");
    assert_eq!(guesser.home().status(), StatusCode::UNAUTHORIZED);
    let other = Browser::at(&host, "198.51.100.7");
    assert_eq!(other.log_in("admin", PASSWORD).status(), StatusCode::SEE_OTHER);
    host.advance(Duration::from_secs(seconds + 1));
    assert_eq!(guesser.log_in("admin", PASSWORD).status(), StatusCode::SEE_OTHER);
    assert_eq!(guesser.home().text(), "admin");
} }

over_http! { f40_a_session_ends_after_two_weeks_however_it_is_used(host) {
    settle(&host);
    let browser = Browser::at(&host, "192.0.2.1");
    assert_eq!(browser.log_in("admin", PASSWORD).status(), StatusCode::SEE_OTHER);
    for _ in 0..13 {
        host.advance(DAY);
        assert_eq!(browser.home().text(), "admin");
    }
    host.advance(DAY - MINUTE);
    assert_eq!(browser.home().text(), "admin");
    host.advance(2 * MINUTE);
    for _ in 0..2 {
        assert_eq!(browser.home().status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(browser.log_in("admin", PASSWORD).status(), StatusCode::SEE_OTHER);
    assert_eq!(browser.home().text(), "admin");
} }

over_http! { a9_keys_whose_endpoint_is_down_serve_for_seven_days(host) {
    let mut claims = user("acme", "f00d", "ada@example.com", host.now());
    claims["exp"] = json!(host.now().as_millis() / 1_000 + 30 * 86_400);
    let token = KeyPair::first().token(&claims);
    let home = || {
        let request = http::Request::get("/").header("cf-access-jwt-assertion", &token);
        host.request(request.body("").expect("a request"))
    };
    let up = || host.on_fetch(|_| Ok(http::Response::new(key_set(&[&KeyPair::first()]).into())));
    up();
    assert_eq!(home().text(), "ada@example.com");
    host.on_fetch(|_| Err(Error::internal("the endpoint is down")));
    for _ in 0..6 {
        host.advance(DAY);
        assert_eq!(home().text(), "ada@example.com");
    }
    host.advance(DAY - MINUTE);
    assert_eq!(home().text(), "ada@example.com");
    host.advance(2 * MINUTE);
    let answer = home();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.text(), r#"{"error": "Authentication error"}"#);
    // Once it is up again nobody is kept out.
    up();
    host.advance(MINUTE);
    assert_eq!(home().text(), "ada@example.com");
} }
