//! Logging in with a password: sessions, their cookies, their ends, and how often one may try.

use super::door::woken;
use super::site::{Browser, Site, create_admin, form};
use crate::support::host::Kind;
use crate::support::http::Request;

pub(super) const PASSWORD: &str = "a horse, a staple and a battery";
const REFUSED: &str = "Please enter a correct username and password.";

/// A tenant with an administrator.
#[track_caller]
pub(super) fn settled(site: &Site, seat: &str) {
    site.send(&create_admin(seat, "admin", PASSWORD)).has(200);
}

#[track_caller]
fn logged_in<'a>(site: &'a Site, seat: &str) -> Browser<'a> {
    let browser = Browser::new(site);
    browser.log_in(seat, "admin", PASSWORD).has(303);
    browser
}

/// The cookie of a browser's session.
pub(super) fn session_of(browser: &Browser<'_>) -> (String, String) {
    let cookies = browser.cookies.lock().expect("cookies");
    let found = cookies.iter().find(|(name, _)| name.contains("session"));
    found.map(|(name, value)| (name.clone(), value.clone())).expect("a session")
}

pub(super) fn f40_a_session_is_a_cookie_that_only_the_app_sees(site: &Site) {
    settled(site, "/t/f40/");
    for (host, prefix, secure) in [
        ("app.test", "__Host-session-", true),
        ("example.com:8080", "__Host-session-", true),
        ("127.0.0.1:8787", "session-", false),
        ("localhost:8787", "session-", false),
        ("acme.localhost", "session-", false),
        ("127.0.0.1.evil.example", "__Host-session-", true),
    ] {
        let browser = Browser::new(site).at(host);
        let reply = browser.log_in("/t/f40/", "admin", PASSWORD);
        assert_eq!((reply.status, reply.header("location")), (303, "/t/f40/"), "{host}: {}", reply.text());
        assert_eq!(reply.header("cache-control"), "no-store");
        let cookie = reply.header("set-cookie");
        assert!(cookie.starts_with(prefix), "{host}: {cookie}");
        for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=12"] {
            assert!(cookie.contains(part), "{host}: {cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), secure, "{host}: {cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        let secret = cookie.split(['=', ';']).nth(1).expect("a value");
        // 43 characters of the secret, and 22 by which the entry knows that it was given.
        assert_eq!(secret.len(), 65, "{cookie}");
        assert_eq!(browser.who("/t/f40/")["account"]["username"], "admin");
        // Another's cookie that is not ASCII takes it not away, and what is not ASCII before its name is no white space.
        let own = cookie.split(';').next().expect("a pair");
        let ask = |line: String| site.send(&Request::get("/t/f40/").host(host).header("Cookie", line));
        ask(format!("x=\u{e4}; {own}; \u{e4}=x")).has(200);
        ask(format!("x=1;\u{a0}{own}")).has(401);
        // It is stored hashed, so that who reads the store cannot log in.
        assert!(
            site.bytes()
                .values()
                .all(|bytes| !bytes.windows(43).any(|part| part == &secret.as_bytes()[..43]))
        );
    }
}

pub(super) fn f40_a_session_writes_nothing_when_it_is_used(site: &Site) {
    settled(site, "/t/f40-read/");
    let browser = logged_in(site, "/t/f40-read/");
    let before = browser.who("/t/f40-read/rows/");
    let cookies = browser.cookies.lock().expect("cookies").clone();
    for _ in 0..5 {
        let reply = browser.get("/t/f40-read/");
        reply.has(200);
        assert!(reply.all("set-cookie").is_empty());
    }
    assert_eq!(browser.who("/t/f40-read/rows/"), before);
    assert_eq!(*browser.cookies.lock().expect("cookies"), cookies);
}

pub(super) fn t2_a_wrong_password_says_nothing_of_who_there_is(site: &Site) {
    settled(site, "/t/wrong/");
    let browser = Browser::new(site);
    for (name, password) in [
        ("admin", "wrong"),
        ("admin", ""),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("admin' OR 1=1 --", PASSWORD),
        ("Admin", PASSWORD),
        ("<b>name", "x"),
    ] {
        let reply = browser.log_in("/t/wrong/", name, password);
        assert_eq!(reply.status, 200, "{name}: {}", reply.text());
        assert!(reply.text().contains(REFUSED), "{name}: {}", reply.text());
        assert!(!reply.text().contains("<b>name"), "it is escaped");
        assert!(!reply.text().contains(PASSWORD));
        assert!(reply.all("set-cookie").iter().all(|line| !line.contains("session")), "{name}");
    }
    browser.send(Request::get("/t/wrong/")).has(401);
    // The address does as well as the name.
    browser.log_in("/t/wrong/", "ADMIN@example.com", PASSWORD).has(303);
    assert!(!site.server.all_logged().contains(PASSWORD), "a password is in the log");
}

pub(super) fn t1_too_many_attempts_are_429_with_when_to_come_again(site: &Site) {
    settled(site, "/t/limit/");
    let browser = Browser::new(site);
    for _ in 0..3 {
        browser.log_in("/t/limit/", "admin", "wrong").has(200);
    }
    let rows = browser.who("/t/limit/rows/");
    for password in ["wrong", PASSWORD] {
        let reply = browser.log_in("/t/limit/", "admin", password);
        assert_eq!(reply.status, 429, "{}", reply.text());
        let wait: u64 = reply.header("retry-after").parse().expect("seconds");
        assert!((1..=900).contains(&wait), "{wait}");
    }
    // Who is refused writes nothing.
    assert_eq!(browser.who("/t/limit/rows/"), rows);
    // Another name has a count of its own, and another tenant too.
    browser.log_in("/t/limit/", "somebody", "wrong").has(200);
    settled(site, "/t/limit-2/");
    browser.log_in("/t/limit-2/", "admin", PASSWORD).has(303);
    // One that succeeds starts the count again.
    settled(site, "/t/limit-3/");
    for _ in 0..3 {
        browser.log_in("/t/limit-3/", "admin", "wrong").has(200);
        browser.log_in("/t/limit-3/", "admin", PASSWORD).has(303);
    }
}

pub(super) fn a15_logout_ends_the_session_where_it_is_kept(site: &Site) {
    settled(site, "/t/a15/");
    let browser = logged_in(site, "/t/a15/");
    let stolen = browser.cookies.lock().expect("cookies").clone();
    let csrf = browser.form("/t/a15/form/");
    // Not by a link, and not by another site's form.
    browser.send(Request::get("/t/a15/accounts/logout/")).has(404);
    browser.post("/t/a15/accounts/logout/", &[("x", "y")]).has(403);
    browser.who("/t/a15/");
    let reply = browser.post("/t/a15/accounts/logout/", &[("csrfmiddlewaretoken", &csrf)]);
    assert_eq!((reply.status, reply.header("location")), (303, "/t/a15/"));
    assert!(
        reply.header("set-cookie").contains("=; ") && reply.header("set-cookie").contains("Max-Age=0"),
        "{reply:?}"
    );
    browser.send(Request::get("/t/a15/")).has(401);
    let thief = Browser::new(site);
    *thief.cookies.lock().expect("cookies") = stolen;
    thief.send(Request::get("/t/a15/")).has(401);
    assert_eq!(browser.who("/t/a15/rows/")["sessions"], 0);
}

pub(super) fn a15_behind_access_logout_goes_on_to_that_of_access(site: &Site) {
    let ada = Browser::of(site, "ada@example.com");
    let csrf = ada.form("/t/a15-access/form/");
    ada.post("/t/a15-access/accounts/logout/", &[("x", "y")]).has(403);
    let reply = ada.post("/t/a15-access/accounts/logout/", &[("csrfmiddlewaretoken", &csrf)]);
    assert_eq!((reply.status, reply.header("location")), (303, "/cdn-cgi/access/logout"));
    assert_eq!(reply.header("cache-control"), "no-store");
}

pub(super) fn t2_a_new_password_ends_the_other_sessions(site: &Site) {
    let (seat, page) = ("/t/change/", "/t/change/accounts/password_change/");
    settled(site, seat);
    let (here, there) = (logged_in(site, seat), logged_in(site, seat));
    assert_eq!(here.who("/t/change/rows/")["sessions"], 2);
    let thief = Browser::new(site);
    *thief.cookies.lock().expect("cookies") = here.cookies.lock().expect("cookies").clone();
    thief.who(seat);
    let change = |old: &str, new: &str, again: &str| {
        let csrf = here.form(page);
        here.post(
            page,
            &[
                ("csrfmiddlewaretoken", &csrf),
                ("old_password", old),
                ("new_password1", new),
                ("new_password2", again),
            ],
        )
    };
    let new = "another horse altogether";
    for (old, one, two, why) in [
        ("wrong", new, new, "incorrectly"),
        (PASSWORD, new, "something else", "match"),
        (PASSWORD, "password", "password", "too common"),
    ] {
        let reply = change(old, one, two);
        assert!(
            reply.status == 200 && reply.text().contains(why),
            "{why}: {} {}",
            reply.status,
            reply.text()
        );
        there.who(seat);
    }
    // Three new ones that are too weak have used no attempt up, and two wrong old ones two of three.
    change("wrong", new, new).has(200);
    logged_in(site, seat);
    for _ in 0..3 {
        change(PASSWORD, "12345678", "12345678").has(200);
    }
    here.post(page, &[("old_password", PASSWORD), ("new_password1", new), ("new_password2", new)]).has(403);
    change(PASSWORD, new, new).has(200);
    here.who(seat);
    there.send(Request::get(seat)).has(401);
    // Nor does a copy of the session of this browser go on.
    thief.send(Request::get(seat)).has(401);
    assert_eq!(here.who("/t/change/rows/")["sessions"], 1);
    Browser::new(site).log_in(seat, "admin", PASSWORD).has(200);
    Browser::new(site).log_in(seat, "admin", new).has(303);
    // Who is not logged in changes nothing.
    let stranger = Browser::new(site);
    let reply = stranger.get(page);
    assert!(
        reply.status == 303 && reply.header("location").starts_with("/t/change/accounts/login/"),
        "{reply:?}"
    );
    stranger.post(page, &[("old_password", PASSWORD)]).has(401);
}

pub(super) fn t2_a_session_is_of_its_tenant_alone(site: &Site) {
    settled(site, "/t/one/");
    settled(site, "/t/two/");
    let browser = logged_in(site, "/t/one/");
    browser.who("/t/one/superuser/");
    browser.send(Request::get("/t/two/")).has(401);
    browser.send(Request::get("/me/")).has(401);
    // Nor under the name of the other's cookie.
    let other = logged_in(site, "/t/two/");
    let ((_, secret), (theirs, _)) = (session_of(&browser), session_of(&other));
    for cookie in [
        format!("{theirs}={secret}"),
        format!("{theirs}="),
        format!("{theirs}={}", "A".repeat(43)),
        format!("{theirs}={}", "A".repeat(65)),
        format!("{theirs}={}", "x".repeat(5000)),
        format!("{theirs}=../../{}", "A".repeat(37)),
        "=;;==; ;".to_owned(),
    ] {
        site.send(&Request::get("/t/two/").header("Cookie", &cookie)).has(401);
    }
}

pub(super) fn f23_a_session_that_nobody_was_given_wakes_no_actor(kind: &Kind) {
    // What the cookie of that actor is called is no secret: it is the same elsewhere.
    let elsewhere = Site::start(kind, "passwords", &[]);
    settled(&elsewhere, "/t/asleep/");
    let (asleep, _) = session_of(&logged_in(&elsewhere, "/t/asleep/"));
    elsewhere.server.stop();
    let site = Site::start(kind, "passwords", &[]);
    settled(&site, "/t/awake/");
    let browser = logged_in(&site, "/t/awake/");
    let (name, value) = session_of(&browser);
    let (secret, signature) = value.split_at(43);
    let other = if signature.starts_with('A') { "B" } else { "A" };
    for value in [
        secret.to_owned(),
        "A".repeat(43),
        "A".repeat(65),
        format!("{secret}{other}{}", &signature[1..]),
        format!("{}{signature}", "A".repeat(43)),
        format!("{value}A"),
    ] {
        for name in [name.as_str(), &asleep, "__Host-session"] {
            for seat in ["/t/asleep/", "/t/asleep/staff/"] {
                site.send(&Request::get(seat).header("Cookie", format!("{name}={value}"))).has(401);
            }
        }
        site.send(&Request::get("/t/awake/").header("Cookie", format!("{name}={value}"))).has(401);
    }
    // Nor does one that was given for another seat.
    site.send(&Request::get("/t/asleep/").header("Cookie", format!("{asleep}={value}"))).has(401);
    site.send(&Request::get("/t/awake/").header("Cookie", format!("{name}={value}"))).has(200);
    crate::support::poll::until("the log", std::time::Duration::from_secs(10), || {
        woken(&site, "awake").then_some(())
    });
    assert!(!woken(&site, "asleep"), "{}", site.server.all_logged());
    site.server.stop();
}

pub(super) fn t2_a_login_has_a_form_of_its_own_and_leads_to_this_site_only(site: &Site) {
    settled(site, "/t/next/");
    let page = "/t/next/accounts/login/";
    for (next, goes) in [
        ("/t/next/form/?a=b", "/t/next/form/?a=b"),
        ("https://evil.example/", "/t/next/"),
        ("//evil.example/", "/t/next/"),
        ("/\\evil.example/", "/t/next/"),
        ("javascript:alert(1)", "/t/next/"),
        ("/x\r\nSet-Cookie: a=b", "/t/next/"),
        ("", "/t/next/"),
    ] {
        let browser = Browser::new(site);
        let csrf = browser.form(page);
        let fields = [
            ("csrfmiddlewaretoken", csrf.as_str()),
            ("username", "admin"),
            ("password", PASSWORD),
            ("next", next),
        ];
        browser.send(form(page, &fields).header("Origin", "https://evil.example")).has(403);
        browser.post(page, &fields[1..]).has(403);
        let reply = browser.post(page, &fields);
        assert_eq!((reply.status, reply.header("location")), (303, goes), "{next:?}");
    }
    // Who logs in again has a new session, and the one before is over.
    let browser = logged_in(site, "/t/next/");
    let before = browser.cookies.lock().expect("cookies").clone();
    let rows = browser.who("/t/next/rows/");
    browser.log_in("/t/next/", "admin", PASSWORD).has(303);
    assert_ne!(*browser.cookies.lock().expect("cookies"), before, "the secret is another");
    assert_eq!(browser.who("/t/next/rows/")["sessions"], rows["sessions"]);
    let old = Browser::new(site);
    *old.cookies.lock().expect("cookies") = before;
    old.send(Request::get("/t/next/")).has(401);
}

pub(super) fn t1_a_refusal_takes_its_time_whoever_there_is(site: &Site) {
    settled(site, "/t/pause/");
    for (seat, name) in
        [("/t/pause/", "admin"), ("/t/pause/", "nobody"), ("/t/nobody-was-ever-here/", "admin")]
    {
        let begun = std::time::Instant::now();
        let reply = Browser::new(site).log_in(seat, name, "wrong");
        assert!(reply.has(200).text().contains(REFUSED), "{}", reply.text());
        assert!(begun.elapsed().as_millis() >= 300, "{seat} {name}: {:?}", begun.elapsed());
    }
    let begun = std::time::Instant::now();
    logged_in(site, "/t/pause/");
    assert!(begun.elapsed().as_millis() < 5_000, "who comes in waits for nothing: {:?}", begun.elapsed());
}

pub(super) fn t1_for_a_tenant_that_nobody_has_made_nothing_is_hashed(kind: &Kind) {
    // A site of its own, since hashes of others would hold it up.
    let site = Site::start(kind, "passwords at once", &[]);
    let browser = Browser::new(&site);
    let fastest = |seat: &str, tries: usize| {
        let tries = (0..tries).map(|_| {
            let begun = std::time::Instant::now();
            let reply = browser.log_in(seat, "admin", "wrong");
            assert!(reply.has(200).text().contains(REFUSED), "{}", reply.text());
            begun.elapsed()
        });
        tries.min().expect("a try")
    };
    // The first request of a host takes longer.
    fastest("/t/somebody/", 1);
    let guessed = fastest("/t/nobody-has-been/", 5);
    settled(&site, "/t/nobody-has-been/");
    let known = fastest("/t/nobody-has-been/", 2);
    assert!(guessed < known / 2, "{guessed:?} where there is nobody, and {known:?} with a hash");
    // None of the five was counted, nor made what the administrator would have found.
    logged_in(&site, "/t/nobody-has-been/");
}
