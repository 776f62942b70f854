//! People who come by Access and by password at once, with one browser.

use std::time::Duration;

use serde_json::json;

use super::certs::Served;
use super::door::woken;
use super::session::{PASSWORD, session_of, settled};
use super::site::{Browser, NO_KEYS, Site, form, json_of, program, seconds, token, token_with};
use super::token::refused;
use crate::support::host::Kind;
use crate::support::http::Request;
use crate::support::poll::until;

/// Gives a browser the cookie of Access.
fn access(browser: &Browser<'_>, value: &str) {
    browser.cookies.lock().expect("cookies").insert("CF_Authorization".to_owned(), value.to_owned());
}

pub(super) fn a13_a_cookie_of_access_stands_behind_a_session(site: &Site) {
    let seat = "/t/cookies/";
    settled(site, seat);
    let browser = Browser::new(site);
    let access = |value: &str| access(&browser, value);
    let username = || browser.who(seat)["account"]["username"].clone();
    // One that proves nothing any more does not stand in the way of a login; in the header it is refused as ever.
    let over = token_with("ada@example.com", &json!({ "exp": seconds() - 10 }));
    for junk in ["junk", over.as_str()] {
        access(junk);
        browser.send(Request::get(seat)).has(401);
        browser.get("/t/cookies/accounts/login/").has(200);
        refused(&site.get_with("/t/cookies/accounts/login/", junk));
    }
    // The log says why, as of any token.
    until("the log", Duration::from_secs(10), || {
        site.server.all_logged().contains("the token expired at").then_some(())
    });
    // Without a session it says who asks.
    access(&token("ada@example.com"));
    assert_eq!(username(), "ada@example.com");
    // With one it does not, until that is over. The edge's own word comes before both.
    browser.log_in(seat, "admin", PASSWORD).has(303);
    assert_eq!(username(), "admin");
    browser.send(Request::get("/t/cookies/superuser/")).has(200);
    let berit = browser.dressed(Request::get(seat));
    let berit = berit.header("Cf-Access-Jwt-Assertion", token("berit@example.com"));
    assert_eq!(json_of(site.send(&berit).has(200))["account"]["username"], "berit@example.com");
    access("junk");
    assert_eq!(username(), "admin");
    access(&token("ada@example.com"));
    let csrf = browser.form("/t/cookies/form/");
    browser.post("/t/cookies/accounts/logout/", &[("csrfmiddlewaretoken", &csrf)]).has(303);
    assert_eq!(username(), "ada@example.com");
}

pub(super) fn t3_a_token_in_a_cookie_makes_no_form_one_of_a_program(site: &Site) {
    // A host beside this one can set that cookie, and needs no more for it than a service token of its own.
    let seat = "/t/planted/";
    settled(site, seat);
    let browser = Browser::new(site);
    browser.log_in(seat, "admin", PASSWORD).has(303);
    access(&browser, &program("robot.access"));
    assert_eq!(browser.who(seat)["account"]["username"], "admin", "it keeps nobody out");
    let notes = || browser.who("/t/planted/rows/")["notes"].clone();
    let before = notes();
    for (name, value) in
        [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "same-site"), ("X-Nothing", "x")]
    {
        for path in ["notes/", "guestbook/", "accounts/logout/", "accounts/login/"] {
            let sent = form(&format!("{seat}{path}"), &[("text", "x")]).header(name, value);
            assert_eq!(browser.send(sent).status, 403, "{path} {name}: {value}");
        }
    }
    assert_eq!(notes(), before);
    assert_eq!(browser.who(seat)["account"]["username"], "admin");
    // The program itself has no session, and says by its header that it means it.
    let robot = form(&format!("{seat}service/"), &[("text", "x")]);
    site.send(&robot.header("Cf-Access-Jwt-Assertion", program("robot.access"))).has(201);
}

pub(super) fn a7_a_form_of_a_session_outlives_the_cookie_of_access(site: &Site) {
    let seat = "/t/outlives/";
    settled(site, seat);
    let browser = Browser::new(site);
    browser.log_in(seat, "admin", PASSWORD).has(303);
    access(&browser, &token("ada@example.com"));
    let csrf = browser.form("/t/outlives/form/");
    let post = || browser.post("/t/outlives/notes/", &[("csrfmiddlewaretoken", &csrf)]);
    post().has(201);
    access(&browser, "over");
    post().has(201);
    browser.cookies.lock().expect("cookies").remove("CF_Authorization");
    post().has(201);
}

pub(super) fn a7_forms_of_accounts_in_d1_know_a_session_beside_the_cookie_of_access(kind: &Kind) {
    let site = Site::start(kind, "d1", &[]);
    site.send(&super::site::manage("/__run_migrations__/", super::site::MANAGEMENT)).has(200);
    settled(&site, "/");
    let browser = Browser::new(&site);
    browser.log_in("/", "admin", PASSWORD).has(303);
    access(&browser, &token("ada@example.com"));
    assert_eq!(browser.who("/me/")["account"]["username"], "admin");
    let csrf = browser.form("/form/");
    browser.post("/form/", &[("x", "y")]).has(403);
    browser.post("/form/", &[("csrfmiddlewaretoken", &csrf)]).has(201);
    browser.post("/accounts/logout/", &[("csrfmiddlewaretoken", &csrf)]).has(303);
    assert_eq!(browser.who("/me/")["account"]["username"], "ada@example.com");
    site.server.stop();
}

pub(super) fn t2_one_event_is_of_one_person(site: &Site) {
    let (here, there) = ("/t/one-person/", "/t/one-person-asked/");
    settled(site, here);
    settled(site, there);
    let browser = Browser::new(site);
    browser.log_in(here, "admin", PASSWORD).has(303);
    access(&browser, &token("ada@example.com"));
    // The session is that of an account here, and nobody's there; the cookie says who somebody else is.
    let told = browser.who("/t/one-person/ask/one-person-asked");
    assert_eq!(told["mine"], "Err(Denied)", "{told}");
    let (name, _) = session_of(&browser);
    browser.cookies.lock().expect("cookies").remove(&name);
    let told = browser.who("/t/one-person/ask/one-person-asked");
    assert!(told["mine"].as_str().is_some_and(|told| told.contains("ada@example.com")), "{told}");
}

pub(super) fn a9_without_keys_a_session_and_a_login_go_on(kind: &Kind) {
    let site = Site::start(kind, "both", &[]);
    site.certs.serve(Served::Status(500));
    let seat = "/t/no-keys/";
    settled(&site, seat);
    let browser = Browser::new(&site);
    access(&browser, &token("ada@example.com"));
    browser.send(Request::get(seat)).is(500, NO_KEYS);
    browser.get("/t/no-keys/accounts/login/").has(200);
    browser.log_in(seat, "admin", PASSWORD).has(303);
    assert_eq!(browser.who(seat)["account"]["username"], "admin");
    site.server.stop();
}

pub(super) fn f23_a_person_wakes_nobody_where_programs_alone_may(kind: &Kind) {
    let site = Site::start(kind, "both", &[]);
    let ada = token("ada@example.com");
    site.get_with("/t/asleep/service/", &ada).has(403);
    site.get_with("/t/awake/", &ada).has(200);
    until("the log", Duration::from_secs(10), || woken(&site, "awake").then_some(()));
    assert!(!woken(&site, "asleep"), "{}", site.server.all_logged());
    site.server.stop();
}

pub(super) fn t2_a_session_that_is_over_leads_back_to_where_it_was(site: &Site) {
    let seat = "/t/over/";
    settled(site, seat);
    let browser = Browser::new(site);
    browser.log_in(seat, "admin", PASSWORD).has(303);
    let kept = browser.cookies.lock().expect("cookies").clone();
    let csrf = browser.form("/t/over/form/");
    browser.post("/t/over/accounts/logout/", &[("csrfmiddlewaretoken", &csrf)]).has(303);
    *browser.cookies.lock().expect("cookies") = kept;
    let reply = browser.get("/t/over/staff/?a=b");
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, "/t/over/accounts/login/?next=%2Ft%2Fover%2Fstaff%2F%3Fa%3Db")
    );
}

pub(super) fn t2_what_the_doors_ask_comes_from_the_entry_alone(site: &Site) {
    settled(site, "/t/forged/");
    let told = Browser::new(site).who("/t/forging/forge/forged");
    assert!(told["Err"].is_string(), "{told}");
}

pub(super) fn a7_a_page_that_an_effect_makes_has_its_cookie_too(site: &Site) {
    let browser = Browser::new(site);
    let page = browser.get("/t/later/later/form/");
    assert!(page.header("set-cookie").starts_with("__Host-browser="), "{page:?}");
    let csrf = browser.form("/t/later/later/form/");
    browser.post("/t/later/guestbook/", &[("csrfmiddlewaretoken", &csrf)]).has(201);
}
