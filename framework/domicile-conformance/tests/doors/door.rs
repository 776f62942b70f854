//! Doors: what is open to whom, at the entry, in an actor and between actors.

use serde_json::json;

use super::site::{Browser, MANAGEMENT, Site, create_admin, json_of, manage, program, token};
use super::token::refused;
use crate::support::host::Kind;
use crate::support::http::{Reply, Request};

pub(super) fn f23_nothing_is_open_that_does_not_say_so(site: &Site) {
    let everybody = ["root@staff.example", "ada@staff.example", "ada@example.com"];
    for email in everybody {
        for path in ["/nobody/", "/t/closed-by-default/nobody/"] {
            site.get_with(path, &token(email)).is(403, r#"{"error":"You may not do this."}"#);
        }
        let post =
            Request::post("/t/closed-by-default/nobody/", "{}").header("Content-Type", "application/json");
        site.send(&post.header("Cf-Access-Jwt-Assertion", token(email))).has(403);
        site.get_with("/ask/closed-by-default/closed", &token(email)).has(403);
    }
    site.get_with("/nobody/", &program("robot.access")).has(403);
    refused(&site.get("/nobody/"));
    // The log tells whoever forgot it.
    let log = crate::support::poll::until("the log", std::time::Duration::from_secs(10), || {
        let log = site.server.log();
        log.contains("say who may with").then_some(log)
    });
    drop(log);
}

/// Whether the log tells of an event of the actor called `name`: natively as text, on workerd as JSON.
pub(super) fn woken(site: &Site, name: &str) -> bool {
    let log = site.server.all_logged();
    log.contains(&format!(" name={name} ")) || log.contains(&format!("\"name\":\"{name}\""))
}

pub(super) fn f23_who_may_not_wakes_no_actor(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    let ada = token("ada@example.com");
    // An actor's own name stands in a line of the log for each of its events, and in its path nowhere else.
    let asleep = |path: &str, token: Option<&str>, status: u16| {
        let request = Request::get(path);
        let request = match token {
            Some(token) => request.header("Cf-Access-Jwt-Assertion", token),
            None => request,
        };
        let reply = site.send(&request);
        assert_eq!(reply.status, status, "{path}: {}", reply.text());
    };
    asleep("/t/asleep/", None, 401);
    asleep("/t/asleep/public/", None, 401);
    asleep("/t/asleep/", Some("junk"), 401);
    asleep("/t/asleep/nobody/", Some(&ada), 403);
    asleep("/t/asleep/service/", Some(&program("another.access")), 403);
    asleep("/t/asleep/", Some(&program("robot.access")), 403);
    asleep("/t/asleep/no/such/page/", Some(&ada), 404);
    asleep("/own/asleep/", Some(&ada), 404);
    asleep("/t/awake/", Some(&ada), 200);
    crate::support::poll::until("the log", std::time::Duration::from_secs(10), || {
        woken(&site, "awake").then_some(())
    });
    assert!(!woken(&site, "asleep"), "{}", site.server.all_logged());
    site.server.stop();
}

pub(super) fn f23_each_sort_of_allow_lets_in_whom_it_names(site: &Site) {
    let people = [
        ("root", token("root@staff.example")),
        ("staff", token("ada@staff.example")),
        ("editor", token("editor@example.com")),
        ("reader", token("reader@example.com")),
        ("plain", token("plain@example.com")),
        ("robot", program("robot.access")),
        ("other", program("other.access")),
    ];
    for (_, token) in people.iter().take(5) {
        site.post_with("/t/allow/notes/", token, &json!("here")).has(201);
    }
    let open = |path: &str, to: &[&str]| {
        for (who, token) in &people {
            let reply = site.get_with(path, token);
            let expected = if to.contains(who) { 200 } else { 403 };
            assert_eq!(reply.status, expected, "{who} at {path}: {}", reply.text());
        }
    };
    open("/t/allow/", &["root", "staff", "editor", "reader", "plain"]);
    open("/t/allow/public/", &["root", "staff", "editor", "reader", "plain", "robot", "other"]);
    open("/t/allow/staff/", &["root", "staff"]);
    open("/t/allow/superuser/", &["root"]);
    open("/t/allow/permission/", &["root", "reader"]);
    open("/t/allow/group/", &["root", "editor"]);
    open("/t/allow/service/", &["robot"]);
    open("/t/allow/either/", &["root", "staff", "robot"]);
    open("/t/allow/nobody/", &[]);
    // At the entry nobody has an account, unless those are in D1.
    open("/open/", &["root", "staff", "editor", "reader", "plain", "robot", "other"]);
    open("/me/", &["root", "staff", "editor", "reader", "plain"]);
    open("/staff/", &[]);
    open("/robot/", &["robot"]);
    open("/nobody/", &[]);
}

pub(super) fn f23_messages_ask_in_the_name_of_who_asks(site: &Site) {
    let (root, ada, robot) = (token("root@staff.example"), token("ada@example.com"), program("robot.access"));
    for token in [&root, &ada] {
        site.post_with("/t/asked/notes/", token, &json!("here")).has(201);
    }
    let ask = |what: &str, token: &str| site.get_with(&format!("/ask/asked/{what}"), token);
    for (what, root_gets, ada_gets, robot_gets) in [
        ("closed", 403, 403, 403),
        ("mine", 200, 200, 403),
        ("everything", 200, 403, 403),
        ("open", 200, 200, 200),
        ("note", 200, 200, 403),
    ] {
        for (token, status) in [(&root, root_gets), (&ada, ada_gets), (&robot, robot_gets)] {
            let reply = ask(what, token);
            assert_eq!(reply.status, status, "{what}: {}", reply.text());
        }
    }
    let mine = json_of(&ask("mine", &ada));
    assert_eq!((&mine["who"]["email"], &mine["account"]["id"]), (&json!("ada@example.com"), &json!(2)));
    assert_eq!(site.rows("/t/asked/", &root)["notes"], 4);
    refused(&site.get("/ask/asked/open"));
    // Another actor is the app itself, unless the message says for whom it is.
    site.post_with("/t/asking/notes/", &ada, &json!("here")).has(201);
    let told = json_of(site.get_with("/t/asking/ask/asked", &ada).has(200));
    assert!(told["closed"].as_str().is_some_and(|told| told.starts_with("Ok(")), "{told}");
    assert!(told["mine"].as_str().is_some_and(|told| told.contains("ada@example.com")), "{told}");
    let told = json_of(site.get_with("/t/asking/ask/asked", &robot).has(200));
    assert_eq!(told["mine"], "Err(Denied)");
}

pub(super) fn f23_a_session_of_d1_is_nobody_s_in_an_actor_with_accounts(kind: &Kind) {
    let site = Site::start(kind, "d1", &[]);
    let password = "a horse, a staple and a battery";
    site.send(&manage("/__run_migrations__/", MANAGEMENT)).has(200);
    site.send(&create_admin("/", "admin", password)).has(200);
    let browser = Browser::new(&site);
    browser.log_in("/", "admin", password).has(303);
    assert_eq!(browser.who("/me/")["account"]["username"], "admin");
    for _ in 0..2 {
        assert_eq!(browser.who("/ask/d1/open"), json!({ "who": "anonymous", "account": null }));
        for what in ["mine", "everything", "note", "closed"] {
            browser.send(Request::get(format!("/ask/d1/{what}"))).has(403);
        }
        // The same once the actor has a store.
        site.post_with("/t/d1/notes/", &token("ada@example.com"), &json!("here")).has(201);
    }
    // Who has a token is known to both.
    let told = json_of(site.get_with("/ask/d1/mine", &token("ada@example.com")).has(200));
    assert_eq!(told["account"]["username"], "ada@example.com");
    site.server.stop();
}

/// What is said of caching the answers of every sort at a seat.
#[track_caller]
fn cached(seat: &str, ask: impl Fn(Request) -> Reply, somebody: bool) {
    let told = |reply: &Reply| (reply.all("cache-control").join("; "), reply.all("vary").join(", "));
    let expected = |cache: &str, vary: &str| (cache.to_owned(), vary.to_owned());
    let (cache, cookie, both) =
        if somebody { ("private", "Cookie", "Accept, Cookie") } else { ("", "", "Accept") };
    for (how, status, vary) in [
        ("plain", 200, cookie),
        ("vary", 200, both),
        ("redirect", 308, cookie),
        ("unchanged", 304, cookie),
        ("gone", 410, cookie),
        ("nothing", 404, cookie),
    ] {
        let reply = ask(Request::get(format!("{seat}cache/{how}")));
        assert_eq!(reply.status, status, "{seat} {how}: {}", reply.text());
        assert_eq!(told(&reply), expected(cache, vary), "{seat} {how}");
    }
    let reply = ask(Request::get(format!("{seat}cache/public")));
    assert_eq!(told(&reply), expected("public, max-age=60", ""), "{seat}");
}

pub(super) fn t6_what_somebody_is_shown_is_kept_for_them(kind: &Kind) {
    let site = Site::start(kind, "d1", &[]);
    let password = "a horse, a staple and a battery";
    site.send(&manage("/__run_migrations__/", MANAGEMENT)).has(200);
    let ada = token("ada@example.com");
    for seat in ["/", "/t/cached/"] {
        site.send(&create_admin(seat, "admin", password)).has(200);
        let browser = Browser::new(&site);
        cached(seat, |request| browser.send(request), false);
        browser.log_in(seat, "admin", password).has(303);
        cached(seat, |request| browser.send(request), true);
        cached(seat, |request| site.send(&request.header("Cf-Access-Jwt-Assertion", &ada)), true);
    }
    // What an effect answers, and what the entry does where nobody has such a page.
    for (path, status) in [
        ("/t/cached/ask/cached", 200),
        ("/t/cached/no/such/page", 404),
        ("/no/such/page", 404),
        ("/me", 308),
        ("/t/cached/rows", 308),
    ] {
        let reply = site.get_with(path, &ada);
        let cache = (reply.status, reply.all("cache-control"), reply.all("vary"));
        assert_eq!(cache, (status, vec!["private"], vec!["Cookie"]), "{path}");
    }
    site.server.stop();
}

pub(super) fn a13_f42_an_exempt_path_knows_a_session_and_a_token_comes_before_it(site: &Site) {
    // In an app where people log in with passwords too, nobody without either is anybody.
    let browser = Browser::new(site);
    for path in ["/open/", "/health/", "/t/a13/public/", "/t/exempt/public/"] {
        assert_eq!(browser.who(path), json!({ "who": "anonymous", "account": null }), "{path}");
    }
    for path in ["/me/", "/t/a13/", "/t/exempt/"] {
        site.get(path).has(401);
    }
    // A token that is wrong is nobody's, also there, and the header is no cookie that a browser has kept.
    refused(&site.get_with("/open/", "junk"));
    assert_eq!(Browser::of(site, "ada@example.com").who("/t/a13/")["account"]["email"], "ada@example.com");
    // Exempt from the token is not from the session.
    let password = "a horse, a staple and a battery";
    site.send(&create_admin("/t/exempt/", "admin", password)).has(200);
    browser.log_in("/t/exempt/", "admin", password).has(303);
    for path in ["/t/exempt/public/", "/t/exempt/superuser/"] {
        assert_eq!(browser.who(path)["account"]["username"], "admin", "{path}");
    }
    // Who brings both is who the token says.
    let ada = browser
        .dressed(Request::get("/t/exempt/"))
        .header("Cf-Access-Jwt-Assertion", token("ada@example.com"));
    assert_eq!(json_of(site.send(&ada).has(200))["account"]["username"], "ada@example.com");
    let superuser = browser.dressed(Request::get("/t/exempt/superuser/"));
    site.send(&superuser.header("Cf-Access-Jwt-Assertion", token("ada@example.com"))).has(403);
}

pub(super) fn a18_t6_pages_take_nothing_from_elsewhere_and_have_safe_headers(site: &Site) {
    let browser = Browser::of(site, "ada@example.com");
    for path in ["/form/", "/t/a18/form/"] {
        let page = browser.get(path);
        page.has(200);
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        let policy = page.header("content-security-policy");
        for part in
            ["default-src 'self'", "object-src 'none'", "form-action 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert_eq!(page.header("x-frame-options"), "DENY", "{path}");
        assert!(!page.text().contains("://"), "{path}: {}", page.text());
        assert!(!page.header("referrer-policy").is_empty(), "{path}");
    }
    let refused = site.send(&Request::get("/me/").header("Accept", "text/html"));
    assert!(refused.header("content-security-policy").contains("frame-ancestors 'none'"), "{refused:?}");
    for path in ["/me/", "/health", "/health/", "/no/such/page/"] {
        assert_eq!(site.get(path).header("x-content-type-options"), "nosniff", "{path}");
    }
}
