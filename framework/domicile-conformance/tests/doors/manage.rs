//! The endpoints of whoever manages the app.

use std::thread::scope;

use serde_json::json;

use super::site::{Browser, MANAGEMENT, Site, create_admin, form, json_of, manage, token};
use crate::support::host::Kind;
use crate::support::http::{self, Reply, Request};

const MIGRATED: &str = r#"{"status":"success","message":"Migrations applied."}"#;
const CREATED: &str = r#"{"status":"success","message":"Admin user 'admin' created."}"#;
const EXISTS: &str = r#"{"status":"info","message":"Admin user 'admin' already exists."}"#;
const PASSWORD: &str = "a horse, a staple and a battery";

/// Compares as JSON: the order of two names says nothing.
#[track_caller]
fn says(reply: &Reply, status: u16, text: &str) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(json_of(reply), serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
}

pub(super) fn f21_migrations_run_and_run_again(site: &Site) {
    for _ in 0..2 {
        says(&site.send(&manage("/t/f21/__run_migrations__/", MANAGEMENT)), 200, MIGRATED);
    }
    // By no GET, whoever asks (T3).
    let get =
        Request::get("/t/f21/__run_migrations__/").header("Authorization", format!("Bearer {MANAGEMENT}"));
    let reply = site.send(&get);
    assert_eq!((reply.status, reply.header("allow")), (405, "POST"));
}

pub(super) fn f22_t1_the_first_administrator_is_made_once(site: &Site) {
    let seat = "/t/f22/";
    says(&site.send(&create_admin(seat, "admin", PASSWORD)), 200, CREATED);
    says(&site.send(&create_admin(seat, "admin", PASSWORD)), 200, EXISTS);
    says(&site.send(&create_admin(seat, "admin", "another password of mine")), 200, EXISTS);
    let second = site.send(&create_admin(seat, "second", PASSWORD));
    assert_eq!((second.status, json_of(&second)["status"].clone()), (409, json!("error")));
    let browser = Browser::new(site);
    browser.log_in(seat, "admin", "another password of mine").has(200);
    browser.log_in(seat, "second", PASSWORD).has(200);
    browser.log_in(seat, "admin", PASSWORD).has(303);
    let account = browser.who("/t/f22/superuser/")["account"].clone();
    assert_eq!((&account["username"], &account["email"]), (&json!("admin"), &json!("admin@example.com")));
    assert_eq!((&account["staff"], &account["superuser"]), (&json!(true), &json!(true)));
}

pub(super) fn t1_nobody_manages_without_the_secret(site: &Site) {
    for path in ["/t/t1/__run_migrations__/", "/t/t1/__create_admin__/"] {
        let tries = [
            (Request::post(path, ""), 401),
            (Request::get(path), 401),
            (Request::post(path, "").header("Authorization", "Basic YWRtaW46cGFzc3dvcmQ="), 401),
            (Request::post(path, "").header("Authorization", MANAGEMENT), 401),
            (manage(path, ""), 401),
            (manage(path, "x"), 403),
            (manage(path, &MANAGEMENT[1..]), 403),
            (manage(path, &format!("{MANAGEMENT}x")), 403),
            (manage(path, &MANAGEMENT.to_uppercase()), 403),
            (
                Request::post(format!("{path}?secret=x"), "")
                    .header("Cookie", format!("secret={MANAGEMENT}")),
                401,
            ),
            (Request::post(path, "").header("Cf-Access-Jwt-Assertion", token("root@staff.example")), 401),
            (Request::post(path, "").host("127.0.0.1"), 401),
            (Request::post(path, "").host("localhost"), 401),
        ];
        for (request, status) in tries {
            let reply = site.send(&request);
            assert_eq!(reply.status, status, "{} {path}: {}", request.method, reply.text());
            assert_eq!(json_of(&reply)["status"], "error");
            assert!(!reply.text().contains(MANAGEMENT));
        }
    }
    let browser = Browser::new(site);
    browser.log_in("/t/t1/", "admin", "password").has(200);
    assert_eq!(browser.who("/t/t1/rows/")["users"], 0, "nobody was made");
}

pub(super) fn t1_where_no_secret_is_set_there_are_no_such_pages(kind: &Kind) {
    for how in ["passwords", "access"] {
        let site = Site::start(kind, how, &[("DOMICILE_MANAGEMENT_SECRET", "")]);
        for path in ["/t/t1/__run_migrations__/", "/t/t1/__create_admin__/"] {
            for host in ["app.test", "127.0.0.1", "localhost"] {
                for bearer in ["", "undefined", "null", MANAGEMENT] {
                    let reply = site.send(&manage(path, bearer).host(host));
                    assert_eq!(reply.status, 404, "{how} {path} {host}: {}", reply.text());
                    site.send(&Request::get(path).host(host)).has(404);
                }
            }
        }
        site.server.stop();
    }
}

pub(super) fn t1_weak_passwords_and_odd_names_are_refused(site: &Site) {
    for (password, why) in [
        ("password", "too common"),
        ("short", "too short"),
        ("7391846205", "numeric"),
        ("adminadm", "similar"),
        ("", "too short"),
    ] {
        let reply = site.send(&create_admin("/t/weak/", "admin", password));
        assert_eq!(reply.status, 422, "{password}: {}", reply.text());
        assert!(reply.text().contains(why), "{password}: {}", reply.text());
    }
    for name in ["", "two words", "a\nb", &"n".repeat(151)] {
        let reply = site.send(&create_admin("/t/weak/", name, PASSWORD));
        assert_eq!(reply.status, 422, "{name:?}: {}", reply.text());
    }
    assert_eq!(Browser::new(site).who("/t/weak/rows/")["users"], 0);
    says(&site.send(&create_admin("/t/weak/", "admin", PASSWORD)), 200, CREATED);
}

pub(super) fn t4_errors_tell_nothing_of_the_inside(site: &Site) {
    for body in ["", "{", "[]", "{\"username\":7}", "{\"password\":null}", "\u{0}"] {
        let request = manage("/t/t4/__create_admin__/", MANAGEMENT).body(body);
        let reply = site.send(&request.header("Content-Type", "application/json"));
        assert!((400..=422).contains(&reply.status), "{body}: {} {}", reply.status, reply.text());
        assert_eq!(json_of(&reply)["status"], "error");
        for inside in ["src/", ".rs", "panicked", "SELECT", "sqlite", "no such table"] {
            assert!(!reply.text().contains(inside), "{}", reply.text());
        }
    }
}

pub(super) fn t5_many_at_once_migrate_and_make_one_administrator(site: &Site) {
    let address = site.server.address();
    let ask = |n: usize| {
        let seat = "/t/t5/";
        let migrate = manage(&format!("{seat}__run_migrations__/"), MANAGEMENT);
        says(&http::send(address, &migrate).expect("a reply"), 200, MIGRATED);
        http::send(address, &create_admin(seat, &format!("admin{n}"), PASSWORD)).expect("a reply").status
    };
    let statuses: Vec<u16> = scope(|scope| {
        let threads: Vec<_> = (0..4).map(|n| scope.spawn(move || ask(n))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a status")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 409, 429].contains(status)), "{statuses:?}");
    assert_eq!(Browser::new(site).who("/t/t5/rows/")["users"], 1);
}

pub(super) fn t1_for_development_a_loopback_host_needs_no_secret(kind: &Kind) {
    let site = Site::start(kind, "passwords", &[("DOMICILE_DEV", "1"), ("DOMICILE_MANAGEMENT_SECRET", "")]);
    for host in
        ["app.test", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "example.com:8787"]
    {
        for path in ["/t/dev/__run_migrations__/", "/t/dev/__create_admin__/"] {
            site.send(&Request::get(path).host(host)).has(404);
            site.send(&Request::post(path, "").host(host)).has(404);
        }
    }
    let get = |path: &str| site.send(&Request::get(path).host("127.0.0.1:8787"));
    says(&get("/t/dev/__run_migrations__/"), 200, MIGRATED);
    says(&get("/t/dev/__create_admin__/"), 200, CREATED);
    says(&get("/t/dev/__create_admin__/"), 200, EXISTS);
    assert!(site.server.log().contains("DOMICILE_DEV=1"), "a warning");
    let browser = Browser::new(&site).at("localhost:8787");
    browser.log_in("/t/dev/", "admin", "password").has(303);
    assert_eq!(browser.who("/t/dev/")["account"]["email"], "admin@example.com");
    site.server.stop();
    // Another value says nothing, and with a secret set nobody else is let in.
    for (dev, secret, status) in [("0", "", 404), ("true", "", 404), ("0", MANAGEMENT, 401)] {
        let site =
            Site::start(kind, "passwords", &[("DOMICILE_DEV", dev), ("DOMICILE_MANAGEMENT_SECRET", secret)]);
        site.send(&Request::get("/t/dev/__create_admin__/").host("127.0.0.1:8787")).has(status);
        site.server.stop();
    }
}

pub(super) fn f23_behind_access_the_secret_alone_counts(site: &Site) {
    let path = "/t/f23/__run_migrations__/";
    site.send(&Request::post(path, "")).has(401);
    let by = |token: &str, request: Request| site.send(&request.header("Cf-Access-Jwt-Assertion", token));
    by(&token("root@staff.example"), Request::post(path, "")).has(401);
    by("junk", manage(path, "x")).has(403);
    says(&by("junk", manage(path, MANAGEMENT)), 200, MIGRATED);
    says(&site.send(&manage(path, MANAGEMENT)), 200, MIGRATED);
    says(&site.send(&create_admin("/t/f23/", "admin", PASSWORD)), 200, CREATED);
    // A path that only ends so is open to nobody.
    for path in ["/nobody/__run_migrations__/", "/me/__create_admin__/", "/__run_migrations__/"] {
        let reply = site.send(&manage(path, MANAGEMENT));
        assert_eq!(reply.status, 404, "{path}: {}", reply.text());
    }
}

pub(super) fn f24_pages_render_before_any_migration(site: &Site) {
    site.get("/").is(200, "entry\n");
    let browser = Browser::new(site);
    for path in ["/t/f24/public/", "/t/f24/form/", "/t/f24/rows/", "/t/f24/accounts/login/"] {
        browser.get(path).has(200);
    }
    // And what asks for accounts leads to the login.
    let reply = browser.get("/t/f24/?x=1");
    assert_eq!(
        (reply.status, reply.header("location")),
        (303, "/t/f24/accounts/login/?next=%2Ft%2Ff24%2F%3Fx%3D1")
    );
}

pub(super) fn f21_f22_of_accounts_in_d1(kind: &Kind) {
    let site = Site::start(kind, "d1", &[]);
    site.send(&Request::post("/__run_migrations__/", "")).has(401);
    let address = site.server.address();
    // Natively they were applied at the start; on workerd of four at once each is applied by one (T5).
    scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let reply =
                    http::send(address, &manage("/__run_migrations__/", MANAGEMENT)).expect("a reply");
                says(&reply, 200, MIGRATED);
            });
        }
    });
    says(&site.send(&manage("/__run_migrations__/", MANAGEMENT)), 200, MIGRATED);
    says(&site.send(&create_admin("/", "admin", PASSWORD)), 200, CREATED);
    says(&site.send(&create_admin("/", "admin", PASSWORD)), 200, EXISTS);
    site.send(&create_admin("/", "second", PASSWORD)).has(409);
    // An entry route knows the account now, by a session and by a token.
    let browser = Browser::new(&site);
    site.get("/staff/").has(401);
    browser.log_in("/", "admin", "wrong").has(200);
    let reply = browser.log_in("/", "admin", PASSWORD);
    assert_eq!((reply.status, reply.header("location")), (303, "/"));
    assert_eq!(browser.who("/staff/")["account"]["username"], "admin");
    let ada = json_of(site.get_with("/me/", &token("ada@example.com")).has(200));
    assert_eq!((&ada["account"]["username"], &ada["account"]["id"]), (&json!("ada@example.com"), &json!(2)));
    site.get_with("/staff/", &token("ada@example.com")).has(403);
    site.get_with("/staff/", &token("berit@staff.example")).has(200);
    site.get_with("/me/", &token("ada@refused.example")).has(403);
    crate::support::poll::until("the log says why", std::time::Duration::from_secs(10), || {
        site.server.log().contains("a token is right, and nobody comes in by it").then_some(())
    });
    // The form of a session, and its end.
    let csrf = browser.form("/form/");
    browser.post("/form/", &[("x", "y")]).has(403);
    browser.post("/form/", &[("csrfmiddlewaretoken", &csrf)]).has(201);
    browser
        .send(form("/form/", &[("csrfmiddlewaretoken", &csrf)]).header("Origin", "https://evil.example"))
        .has(403);
    browser.post("/accounts/logout/", &[("csrfmiddlewaretoken", &csrf)]).has(303);
    browser.send(Request::get("/staff/")).has(401);
    site.server.stop();
}
