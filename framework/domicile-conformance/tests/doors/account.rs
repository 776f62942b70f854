//! Accounts that tokens make: who gets one, whose it stays, and when nothing is written.

use domicile_identity::access::test::KeyPair;
use serde_json::{Value, json};

use super::site::{ISSUER, Site, claims_with, json_of, token, token_with};
use super::token::refused;
use crate::support::host::Kind;

/// A token of this subject.
fn of(email: &str, subject: &str) -> String {
    token_with(email, &json!({ "sub": subject }))
}

#[track_caller]
fn account(site: &Site, path: &str, token: &str) -> Value {
    json_of(site.get_with(path, token).has(200))["account"].clone()
}

/// Makes the accounts of these tokens last: what makes one in a store that is empty is undone, as looking leaves nothing.
#[track_caller]
fn settled(site: &Site, tenant: &str, tokens: &[&str]) {
    for token in tokens {
        site.post_with(&format!("{tenant}notes/"), token, &json!("a note")).has(201);
    }
}

pub(super) fn f37_f38_an_account_is_made_of_the_claims(site: &Site) {
    let names = [
        (json!({ "name": "Ada King Lovelace" }), "Ada", "King Lovelace"),
        (json!({ "name": "Ada" }), "Ada", ""),
        (json!({ "name": "" }), "", ""),
        (json!({}), "", ""),
        (json!({ "name": " Ada  Lovelace " }), "Ada", "Lovelace"),
        (json!({ "name": 7 }), "", ""),
        (json!({ "custom": { "firstName": "Grace", "lastName": "Hopper" } }), "Grace", "Hopper"),
        (json!({ "custom": { "firstName": "Grace" } }), "Grace", ""),
        (json!({ "custom": { "lastName": "Hopper" } }), "Hopper", ""),
        (json!({ "name": "Ada", "custom": { "firstName": "Grace" } }), "Ada", ""),
        (json!({ "custom": null }), "", ""),
        (json!({ "custom": "Grace" }), "", ""),
        (json!({ "custom": { "firstName": ["Grace"], "lastName": null } }), "", ""),
        (json!({ "name": "Ünï Çødé <b>" }), "Ünï", "Çødé <b>"),
    ];
    for (n, (changes, first, last)) in names.iter().enumerate() {
        let email = format!("person{n}@example.com");
        let token = token_with(&email, changes);
        settled(site, "/t/f38/", &[&token]);
        let made = account(site, "/t/f38/", &token);
        let expected = json!({
            "id": n + 1, "username": email, "email": email, "first": first, "last": last,
            "staff": false, "superuser": false, "groups": [], "permissions": [],
        });
        assert_eq!(made, expected, "{changes}");
    }
    let rows = site.rows("/t/f38/", &token("person0@example.com"));
    let all = json!(names.len());
    assert_eq!((&rows["users"], &rows["identities"], &rows["notes"]), (&all, &all, &all));
    assert_eq!(rows["sessions"], 0, "who has a token needs no session (F40)");
    // Without an e-mail address there is none.
    refused(&site.get_with("/t/f38/", &token_with("x@example.com", &json!({ "email": null }))));
}

pub(super) fn f38_looking_makes_no_store(site: &Site) {
    let other = token("berit@example.com");
    // Nobody has a row, so nobody has the number of one.
    for (email, token) in [("ada@example.com", &token("ada@example.com")), ("berit@example.com", &other)] {
        let made = account(site, "/t/f38-looked/", token);
        assert_eq!((&made["username"], &made["id"]), (&json!(email), &json!(0)));
        let asked = json_of(site.get_with("/ask/f38-looked/mine", token).has(200));
        assert_eq!(asked["account"]["id"], 0);
    }
    assert_eq!(site.rows("/t/f38-looked/", &other)["users"], 1, "only who looks is there");
    settled(site, "/t/f38-looked/", &[&other]);
    assert_eq!(account(site, "/t/f38-looked/", &other)["id"], 1);
    assert_eq!(site.rows("/t/f38-looked/", &other)["users"], 1);
}

pub(super) fn f38_a_store_that_is_behind_is_migrated_and_then_gets_the_account(kind: &Kind) {
    let mut site = Site::start(kind, "access", &[("VERSION", "first")]);
    let (ada, berit) = (token("ada@example.com"), token("berit@example.com"));
    let post = |site: &Site, path: &str, token: &str| {
        site.post_with(path, token, &json!({})).has(201);
    };
    for path in ["/late/read/", "/late/written/", "/late/known/"] {
        post(&site, path, &ada);
    }
    site.begin_again("access", &[("VERSION", "second")]);
    // The migration is committed, then the account, and then the event comes to its handler.
    assert_eq!(account(&site, "/late/read/", &berit)["id"], 2);
    assert_eq!(account(&site, "/late/read/", &berit)["id"], 2);
    post(&site, "/late/written/", &berit);
    assert_eq!(account(&site, "/late/written/", &berit)["id"], 2);
    assert_eq!(account(&site, "/late/known/", &ada)["id"], 1);
    site.server.stop();
}

pub(super) fn f39_a_name_that_differs_is_taken_over_and_an_empty_one_never(site: &Site) {
    let named = |name: &str| token_with("ada@example.com", &json!({ "name": name }));
    settled(site, "/t/f39/", &[&named("Ada Byron")]);
    for (name, first, last) in [
        ("Ada Byron", "Ada", "Byron"),
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("", "Ada", "Lovelace"),
        ("Ada  Lovelace", "Ada", "Lovelace"),
        ("Ada", "Ada", ""),
    ] {
        let is = account(site, "/t/f39/", &named(name));
        assert_eq!((&is["first"], &is["last"]), (&json!(first), &json!(last)), "{name:?}");
        assert_eq!(is["id"], 1);
    }
    assert_eq!(site.rows("/t/f39/", &named(""))["users"], 1);
}

/// Whether the host has stored nothing new while `ask` ran.
fn nothing_is_written(site: &Site, ask: impl FnOnce()) -> bool {
    let before = site.bytes();
    ask();
    before == site.bytes()
}

/// Asks for everything that somebody may look at.
fn reads(site: &Site, token: &str) {
    for _ in 0..5 {
        let reply = site.get_with("/t/a7/", token);
        reply.has(200);
        assert!(reply.all("set-cookie").is_empty(), "no cookie is turned");
        site.get_with("/t/a7/rows/", token).has(200);
        site.get_with("/t/a7/staff/", token).has(403);
        site.get_with("/t/a7/nobody/", token).has(403);
        site.get_with("/ask/a7/mine", token).has(200);
    }
}

pub(super) fn f40_a7_nothing_is_written_where_nothing_changed(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    let ada = token_with("ada@example.com", &json!({ "name": "Ada Lovelace" }));
    settled(&site, "/t/a7/", &[&ada]);
    site.get_with("/t/a7/", &ada).has(200);
    let before = site.bytes();
    assert!(before.values().any(|bytes| bytes.windows(15).any(|part| part == b"ada@example.com")), "a store");
    // What the host moves from one file to another by itself is no write, and does not come in every round.
    let rounds: Vec<bool> = (0..4).map(|_| nothing_is_written(&site, || reads(&site, &ada))).collect();
    assert!(rounds.contains(&true), "each round of reads has written");
    // A new name is written once.
    let renamed = token_with("ada@example.com", &json!({ "name": "Ada King" }));
    let kept = nothing_is_written(&site, || {
        site.get_with("/t/a7/", &renamed).has(200);
    });
    assert!(!kept, "the comparison sees what is written");
    let rounds: Vec<bool> = (0..4).map(|_| nothing_is_written(&site, || reads(&site, &renamed))).collect();
    assert!(rounds.contains(&true), "each round of reads has written");
    let log = site.server.all_logged();
    // It was made once and renamed once.
    assert_eq!(log.matches("an account follows its token").count(), 2, "{log}");
    site.server.stop();
}

pub(super) fn f41_a_hook_makes_staff_by_the_domain_and_refuses(site: &Site) {
    let cases = [
        ("ada@staff.example", true, false, json!([]), json!([])),
        ("root@staff.example", true, true, json!([]), json!([])),
        ("ada@STAFF.example", true, false, json!([]), json!([])),
        ("ada@staff.example.evil", false, false, json!([]), json!([])),
        ("staff.example@evil.example", false, false, json!([]), json!([])),
        ("editor@example.com", false, false, json!(["editors"]), json!([])),
        ("reader@example.com", false, false, json!([]), json!(["member.read"])),
    ];
    for (n, (email, staff, superuser, groups, permissions)) in cases.iter().enumerate() {
        let tenant = format!("/t/f41-{n}/");
        let token = token(email);
        settled(site, &tenant, &[&token]);
        let made = account(site, &tenant, &token);
        assert_eq!((&made["staff"], &made["superuser"]), (&json!(staff), &json!(superuser)), "{email}");
        assert_eq!((&made["groups"], &made["permissions"]), (groups, permissions), "{email}");
        let status = |path: &str| site.get_with(&format!("{tenant}{path}/"), &token).status;
        let may = |yes: bool| if yes { 200 } else { 403 };
        assert_eq!(status("staff"), may(*staff || *superuser), "{email}");
        assert_eq!(status("superuser"), may(*superuser), "{email}");
        assert_eq!(status("group"), may(*superuser || groups[0] == "editors"), "{email}");
        assert_eq!(status("permission"), may(*superuser || permissions[0] == "member.read"), "{email}");
        assert_eq!((status("service"), status("nobody")), (403, 403), "{email}");
    }
    let reply = site.get_with("/t/f41/", &token("ada@refused.example"));
    reply.is(403, r#"{"error":"Nobody comes in from there."}"#);
    assert_eq!(site.rows("/t/f41/", &token("root@staff.example"))["users"], 1, "of who asks");
}

pub(super) fn a5_who_is_not_active_does_not_come_in(site: &Site) {
    let (root, ada) = (token("root@staff.example"), token("ada@example.com"));
    settled(site, "/t/a5/", &[&root, &ada]);
    let set = |active: bool| {
        let asked = json!({ "username": "ada@example.com", "active": active });
        site.post_with("/t/a5/manage/active/", &root, &asked).has(204);
    };
    set(false);
    for _ in 0..2 {
        for path in ["/t/a5/", "/t/a5/staff/", "/t/a5/public/"] {
            let reply = site.get_with(path, &ada);
            assert_eq!(reply.status, 403, "{path}: {}", reply.text());
            assert!(reply.text().contains("inactive"), "{}", reply.text());
        }
        site.post_with("/t/a5/notes/", &ada, &json!("x")).has(403);
        site.get_with("/ask/a5/mine", &ada).has(403);
    }
    // A new name or another token does not make them active.
    site.get_with("/t/a5/", &token_with("ada@example.com", &json!({ "name": "Ada" }))).has(403);
    assert_eq!(site.rows("/t/a5/", &root)["notes"], 2);
    set(true);
    site.get_with("/t/a5/", &ada).has(200);
}

pub(super) fn a6_an_account_belongs_to_a_subject_and_not_to_an_address(site: &Site) {
    let ada = of("Ada@Example.com", "subject-1");
    let root = token("root@staff.example");
    settled(site, "/t/a6/", &[&ada, &root]);
    // Another spelling or another address is the same person.
    for email in ["ada@example.com", "ADA@EXAMPLE.COM", "ada@new.example", "Ada@Example.com"] {
        assert_eq!(account(site, "/t/a6/", &of(email, "subject-1"))["id"], 1, "{email}");
    }
    // Who was given the address later is not.
    for email in ["Ada@Example.com", "ada@example.com", "ADA@EXAMPLE.COM"] {
        for path in ["/t/a6/", "/t/a6/public/", "/t/a6/notes/"] {
            let reply = site.get_with(path, &of(email, "subject-2"));
            assert!([403, 405].contains(&reply.status), "{email} {path}: {}", reply.text());
        }
    }
    assert_eq!(site.rows("/t/a6/", &root)["users"], 2);
    // Until somebody who may says so, and from then on the first one is not.
    let bind = json!({ "username": "Ada@Example.com", "issuer": ISSUER, "subject": "subject-2" });
    site.post_with("/t/a6/manage/link/", &ada, &bind).has(403);
    site.post_with("/t/a6/manage/link/", &root, &bind).has(204);
    assert_eq!(account(site, "/t/a6/", &of("Ada@Example.com", "subject-2"))["id"], 1);
    site.get_with("/t/a6/", &ada).has(403);
}

pub(super) fn a6_a_local_account_is_nobody_s_by_its_address(site: &Site) {
    let root = token("root@staff.example");
    settled(site, "/t/a6-local/", &[&root]);
    let local = json!({ "username": "boss", "email": "boss@example.com" });
    site.post_with("/t/a6-local/manage/local/", &root, &local).has(201);
    let reply = site.get_with("/t/a6-local/", &token("Boss@example.com"));
    reply.has(403);
    assert!(reply.text().contains("not linked"), "{}", reply.text());
    // One whose name is another's address gets nobody's account either, and no 500.
    let name = json!({ "username": "taken@example.com", "email": "" });
    site.post_with("/t/a6-local/manage/local/", &root, &name).has(201);
    site.get_with("/t/a6-local/", &token("taken@example.com")).has(409);
    assert_eq!(site.rows("/t/a6-local/", &root)["users"], 3);
}

pub(super) fn a6_where_it_is_said_a_local_account_is_linked_once(kind: &Kind) {
    let site = Site::start(kind, "linking", &[]);
    let root = token("root@staff.example");
    settled(&site, "/t/a/", &[&root]);
    let local = json!({ "username": "boss", "email": "boss@example.com" });
    site.post_with("/t/a/manage/local/", &root, &local).has(201);
    let linked = account(&site, "/t/a/", &of("boss@example.com", "boss-1"));
    assert_eq!((&linked["username"], &linked["id"]), (&json!("boss"), &json!(2)));
    site.get_with("/t/a/", &of("boss@example.com", "boss-2")).has(403);
    assert_eq!(account(&site, "/t/a/", &of("boss@example.com", "boss-1"))["id"], 2);
    site.server.stop();
}

pub(super) fn a6_with_several_teams_one_alone_is_linked(kind: &Kind) {
    let several = [("CLOUDFLARE_ACCESS_TEAM_NAME", ""), ("CLOUDFLARE_ACCESS_ALLOWED_TEAMS", "acme,beta")];
    let log = Site::refuses(kind, "linking", &several);
    assert!(log.contains("link_local_accounts_of("), "{log}");
    let site = Site::start(kind, "linking-one", &several);
    let root = token("root@staff.example");
    settled(&site, "/t/a/", &[&root]);
    for name in ["boss", "clerk"] {
        let local = json!({ "username": name, "email": format!("{name}@example.com") });
        site.post_with("/t/a/manage/local/", &root, &local).has(201);
    }
    let beta = |email: &str| token_with(email, &json!({ "iss": "https://beta.cloudflareaccess.com" }));
    site.get_with("/t/a/", &beta("boss@example.com")).has(403);
    assert_eq!(account(&site, "/t/a/", &token("boss@example.com"))["username"], "boss");
    site.get_with("/t/a/", &beta("clerk@example.com")).has(403);
    // Who has no account here gets one, as ever.
    settled(&site, "/t/a/", &[&beta("new@example.com")]);
    site.server.stop();
}

pub(super) fn a6_two_who_come_at_once_end_in_one_account(site: &Site) {
    let root = token("root@staff.example");
    settled(site, "/t/a6-race/", &[&root]);
    let address = site.server.address();
    let ada = KeyPair::first().token(&claims_with("ada@example.com", &json!({})));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let request = crate::support::http::Request::get("/t/a6-race/");
                let request = request.header("Cf-Access-Jwt-Assertion", &ada);
                crate::support::http::send(address, &request).expect("a reply").has(200);
            });
        }
    });
    let rows = site.rows("/t/a6-race/", &root);
    assert_eq!((&rows["users"], &rows["identities"]), (&json!(2), &json!(2)));
}
