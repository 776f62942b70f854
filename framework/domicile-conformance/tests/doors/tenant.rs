//! Tenants: nobody comes to that of somebody else, whatever they send.

use serde_json::json;

use super::site::{Browser, Site, json_of, program, token};
use super::token::refused;
use crate::support::http::Request;

pub(super) fn a_tenant_of_the_identity_cannot_be_named(site: &Site) {
    let (ada, spy) = (token("ada@one.example"), token("spy@two.example"));
    site.post_with("/own/one.example/notes/", &ada, &json!("secret")).has(201);
    site.post_with("/own/two.example/notes/", &spy, &json!("own")).has(201);
    let paths = ["", "public/", "staff/", "rows/", "form/", "nobody/", "accounts/login/", "accounts/logout/"];
    for path in paths {
        for tenant in [
            "one.example",
            "%6Fne.example",
            "ONE.example",
            "one.example%2F",
            "none.example",
            "one.example%00",
        ] {
            for method in ["GET", "POST", "PUT", "DELETE"] {
                let request = Request::new(method, format!("/own/{tenant}/{path}"));
                let reply = site.send(&request.header("Cf-Access-Jwt-Assertion", &spy));
                assert!(
                    [404, 405, 400].contains(&reply.status),
                    "{method} {tenant}/{path}: {}",
                    reply.text()
                );
            }
        }
        refused(&site.get(&format!("/own/one.example/{path}")));
        site.get_with(&format!("/own/one.example/{path}"), &program("robot.access")).has(404);
    }
    let rows = site.rows("/own/one.example/", &ada);
    assert_eq!((&rows["users"], &rows["notes"]), (&json!(1), &json!(1)));
}

pub(super) fn a_tenant_by_the_identity_is_one_s_own(site: &Site) {
    let (ada, berit, spy) =
        (token("ada@firm.example"), token("berit@FIRM.example"), token("spy@rival.example"));
    site.post_with("/mine/notes/", &ada, &json!("secret")).has(201);
    site.post_with("/mine/notes/", &berit, &json!("too")).has(201);
    assert_eq!(site.rows("/mine/", &spy)["notes"], 0);
    for header in ["X-Tenant", "Host", "X-Forwarded-Host"] {
        let request = Request::get("/mine/rows/?tenant=firm.example").header("Cf-Access-Jwt-Assertion", &spy);
        let request = if header == "Host" {
            request.host("firm.example")
        } else {
            request.header(header, "firm.example")
        };
        assert_eq!(json_of(site.send(&request).has(200))["notes"], 0, "{header}");
    }
    assert_eq!(site.rows("/mine/", &berit)["notes"], 2);
    site.get_with("/mine/", &program("robot.access")).has(404);
}

pub(super) fn an_account_is_of_its_tenant_alone(site: &Site) {
    let root = token("root@staff.example");
    for tenant in ["/t/first-tenant/", "/t/second-tenant/"] {
        site.post_with(&format!("{tenant}notes/"), &root, &json!("here")).has(201);
        site.post_with(&format!("{tenant}notes/"), &token("ada@example.com"), &json!("here")).has(201);
    }
    let dismissed = json!({ "username": "ada@example.com", "active": false });
    site.post_with("/t/first-tenant/manage/active/", &root, &dismissed).has(204);
    site.get_with("/t/first-tenant/", &token("ada@example.com")).has(403);
    site.get_with("/t/second-tenant/", &token("ada@example.com")).has(200);
    assert_eq!(Browser::of(site, "ada@example.com").who("/t/second-tenant/")["account"]["id"], 2);
}
