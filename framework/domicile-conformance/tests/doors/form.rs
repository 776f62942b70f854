//! Forms: those that a page of somebody else's made a browser send are refused, and a second tab keeps working.

use serde_json::json;

use super::site::{Browser, Site, form, token};
use crate::support::host::Kind;
use crate::support::http::Request;

/// What a browser says of where a form came from.
const ELSEWHERE: [(&str, &str); 5] = [
    ("Origin", "https://evil.example"),
    ("Origin", "null"),
    ("Origin", "http://app.test.evil.example"),
    ("Sec-Fetch-Site", "cross-site"),
    ("Sec-Fetch-Site", "same-site"),
];

/// Plays both seats of a form: an actor's and the entry's.
fn each(site: &Site, tenant: &str, check: impl Fn(&str, &str, &dyn Fn() -> i64)) {
    check("/form/", "/form/", &|| 0);
    let form = format!("{tenant}form/");
    let notes = || site.rows(tenant, &token("ada@example.com"))["notes"].as_i64().expect("a number");
    check(&form, &format!("{tenant}guestbook/"), &notes);
    check(&form, &format!("{tenant}notes/"), &notes);
}

pub(super) fn a7_a_form_needs_the_token_of_its_own_browser(site: &Site) {
    let (ada, berit) = (Browser::of(site, "ada@example.com"), Browser::of(site, "berit@example.com"));
    each(site, "/t/forms-token/", |page, to, notes| {
        let before = notes();
        // No cookie and no token, a cookie and no token, somebody else's token, and no token of ours.
        ada.cookies.lock().expect("cookies").clear();
        ada.post(to, &[("text", "spam")]).has(403);
        let own = ada.form(page);
        ada.post(to, &[("text", "spam")]).has(403);
        let theirs = berit.form(page);
        for wrong in [
            theirs.as_str(),
            "",
            "x",
            &own[1..],
            &format!("{own}A"),
            &own.to_lowercase(),
            &"A".repeat(own.len()),
        ] {
            ada.post(to, &[("csrfmiddlewaretoken", wrong)]).has(403);
        }
        ada.send(Request::post(to, "spam").header("Content-Type", "text/plain")).has(403);
        ada.send(Request::post(to, "spam")).has(403);
        ada.send(Request::post(to, "--x").header("Content-Type", "multipart/form-data; boundary=x")).has(403);
        let refused = ada.send(form(to, &[("x", "spam")]).header("Accept", "text/html"));
        assert_eq!((refused.status, refused.header("content-type")), (403, "text/html; charset=utf-8"));
        assert_eq!(notes(), before, "{to}");
        ada.post(to, &[("csrfmiddlewaretoken", &own)]).has(201);
        berit.post(to, &[("csrfmiddlewaretoken", &theirs)]).has(201);
        ada.send(Request::post(to, "by a script").header("X-CSRFToken", &own)).has(201);
        assert_eq!(notes() - before, if to == "/form/" { 0 } else { 3 }, "{to}");
    });
}

pub(super) fn a7_a_form_is_of_the_person_who_got_it(site: &Site) {
    // Somebody else logs in at Access with the same browser, or somebody has set its random cookie.
    let (ada, berit) = (Browser::of(site, "ada@example.com"), Browser::of(site, "berit@example.com"));
    each(site, "/t/forms-person/", |page, to, notes| {
        let own = ada.form(page);
        let cookies = ada.cookies.lock().expect("cookies").clone();
        *berit.cookies.lock().expect("cookies") = cookies;
        let before = notes();
        berit.post(to, &[("csrfmiddlewaretoken", &own)]).has(403);
        assert_eq!(notes(), before, "{to}");
        let theirs = berit.form(page);
        berit.post(to, &[("csrfmiddlewaretoken", &theirs)]).has(201);
        ada.post(to, &[("csrfmiddlewaretoken", &theirs)]).has(403);
        ada.post(to, &[("csrfmiddlewaretoken", &own)]).has(201);
        // Nobody's form is nobody's.
        let stranger = Browser::new(site);
        *stranger.cookies.lock().expect("cookies") = ada.cookies.lock().expect("cookies").clone();
        assert!(stranger.post(to, &[("csrfmiddlewaretoken", &own)]).status >= 400);
    });
}

pub(super) fn a7_a_form_of_an_exempt_path_outlives_the_keys_that_are_held(kind: &Kind) {
    // An exempt path waits for no keys, so who asks is known there only where others have fetched them.
    let site = Site::start(kind, "access", &[]);
    let ada = Browser::of(&site, "ada@example.com");
    let cold = ada.form("/t/exempt/form/");
    assert_eq!(site.certs.count(), 0, "nobody is known yet");
    let post = |csrf: &str| ada.post("/t/exempt/guestbook/", &[("csrfmiddlewaretoken", csrf)]).status;
    assert_eq!(post(&cold), 201);
    ada.send(Request::get("/me/")).has(200);
    assert_eq!(post(&cold), 201);
    let warm = ada.form("/t/exempt/form/");
    let stranger = Browser::new(&site);
    *stranger.cookies.lock().expect("cookies") = ada.cookies.lock().expect("cookies").clone();
    assert_eq!(post(&warm), 201);
    stranger.post("/t/exempt/guestbook/", &[("csrfmiddlewaretoken", &warm)]).has(201);
    stranger.post("/t/exempt/guestbook/", &[("csrfmiddlewaretoken", "x")]).has(403);
    site.server.stop();
}

pub(super) fn a7_a_second_tab_keeps_the_first_ones_form(site: &Site) {
    let ada = Browser::of(site, "ada@example.com");
    each(site, "/t/forms-tabs/", |page, to, _| {
        let tabs: Vec<String> = (0..3).map(|_| ada.form(page)).collect();
        assert!(tabs[0] != tabs[1] && tabs[1] != tabs[2], "each is another");
        for token in tabs.iter().chain(tabs.iter().rev()) {
            ada.post(to, &[("csrfmiddlewaretoken", token)]).has(201);
        }
    });
    // A page that has its cookie sets none again.
    let page = ada.get("/t/forms-tabs/form/");
    assert!(page.all("set-cookie").is_empty(), "{page:?}");
}

pub(super) fn t3_what_another_site_sends_is_refused(site: &Site) {
    let ada = Browser::of(site, "ada@example.com");
    each(site, "/t/forms-elsewhere/", |page, to, notes| {
        let own = ada.form(page);
        let before = notes();
        for (name, value) in ELSEWHERE {
            ada.send(form(to, &[("csrfmiddlewaretoken", &own)]).header(name, value)).has(403);
            ada.send(Request::post(to, "{}").header("Content-Type", "application/json").header(name, value))
                .has(403);
            ada.send(Request::post(to, "{}").header("X-CSRFToken", &own).header(name, value)).has(403);
        }
        assert_eq!(notes(), before);
        // From a page of the site itself, with and without a word of it.
        for (name, value) in
            [("Origin", "http://app.test"), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none")]
        {
            ada.send(form(to, &[("csrfmiddlewaretoken", &own)]).header(name, value)).has(201);
            ada.send(Request::post(to, "{}").header("Content-Type", "application/json").header(name, value))
                .has(201);
        }
    });
}

pub(super) fn t3_before_a_login_a_form_is_bound_to_a_random_cookie(site: &Site) {
    let browser = Browser::new(site);
    let page = browser.get("/t/forms-before/form/");
    let cookie = page.header("set-cookie");
    assert!(cookie.starts_with("__Host-browser="), "{cookie}");
    for part in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(page.header("vary").contains("Cookie"));
    assert_eq!(page.header("cache-control"), "private");
    // Later ones have a token too, and belong to that browser as well.
    assert_eq!(browser.get("/t/forms-before/form/").header("cache-control"), "private");
    let own = browser.form("/t/forms-before/form/");
    browser.post("/t/forms-before/guestbook/", &[("text", "x")]).has(403);
    browser.post("/t/forms-before/guestbook/", &[("csrfmiddlewaretoken", &own)]).has(201);
    // A forged cookie is none: neither a short one nor one that a neighbour's host could set.
    let stranger = Browser::new(site);
    stranger.cookies.lock().expect("cookies").insert("browser".into(), "x".repeat(43));
    let page = stranger.get("/t/forms-before/form/");
    assert!(page.header("set-cookie").starts_with("__Host-browser="));
    stranger.post("/t/forms-before/guestbook/", &[("csrfmiddlewaretoken", &own)]).has(403);
    assert_eq!(browser.who("/t/forms-before/rows/")["notes"], json!(1));
}
