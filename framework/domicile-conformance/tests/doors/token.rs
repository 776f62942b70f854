//! Tokens: where they are looked for, whom they prove, and what those get who bring none that is right.

use domicile_identity::access::test::{self, KeyPair};
use serde_json::json;

use super::door::woken;
use super::site::{
    AUDIENCE, ISSUER, OTHER_AUDIENCE, REQUIRED, Site, TEAM, claims, json_of, now, token, token_with,
};
use crate::support::http::{Reply, Request};

/// That somebody is refused as F32 says.
#[track_caller]
pub(super) fn refused(reply: &Reply) {
    reply.is(401, REQUIRED);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("www-authenticate"), "Cloudflare-Access");
    assert!(reply.header("vary").contains("Cookie"), "{reply:?}");
    assert!(reply.all("set-cookie").is_empty());
}

pub(super) fn f27_f28_f34_a_token_of_the_team_comes_in(site: &Site) {
    let reply = site.get_with("/t/f27/", &token("ada@example.com"));
    let told = json_of(reply.has(200));
    assert_eq!(
        told["who"],
        json!({ "issuer": ISSUER, "subject": "sub-of-ada@example.com", "email": "ada@example.com", "name": "" })
    );
    assert_eq!(told["account"]["username"], "ada@example.com");
    // An entry route knows of them what the token proves, and no account.
    let told = json_of(site.get_with("/me/", &token("ada@example.com")).has(200));
    assert_eq!((&told["who"]["email"], &told["account"]), (&json!("ada@example.com"), &json!(null)));
}

pub(super) fn f29_the_header_then_the_cookies_and_nothing_after_an_invalid_one(site: &Site) {
    let [header, upper, lower] = ["header@x.example", "upper@x.example", "lower@x.example"].map(token);
    let ask = |lines: &[(&str, &str)]| {
        let request = lines.iter().fold(Request::get("/me/"), |r, (name, value)| r.header(name, value));
        site.send(&request)
    };
    let both = format!("cf_authorization={lower}; CF_Authorization={upper}");
    let email = |reply: &Reply| json_of(reply.has(200))["who"]["email"].clone();
    const ASSERTION: &str = "Cf-Access-Jwt-Assertion";
    assert_eq!(email(&ask(&[(ASSERTION, &header), ("Cookie", &both)])), "header@x.example");
    assert_eq!(email(&ask(&[("CF-ACCESS-JWT-ASSERTION", &header)])), "header@x.example");
    assert_eq!(email(&ask(&[("Cookie", &both)])), "upper@x.example");
    assert_eq!(email(&ask(&[("Cookie", &format!("a=b; cf_authorization={lower}; c=d"))])), "lower@x.example");
    // The first that is not empty counts.
    assert_eq!(email(&ask(&[(ASSERTION, ""), ("Cookie", &both)])), "upper@x.example");
    let empty = format!("CF_Authorization=; cf_authorization={lower}");
    assert_eq!(email(&ask(&[("Cookie", &empty)])), "lower@x.example");
    // An invalid one is not made good by another.
    refused(&ask(&[(ASSERTION, "junk"), ("Cookie", &both)]));
    refused(&ask(&[("Cookie", &format!("CF_Authorization=junk; cf_authorization={lower}"))]));
    refused(&ask(&[(ASSERTION, &header), (ASSERTION, &upper)]));
    // Django saw `HTTP_CF_ACCESS_JWT_ASSERTION` for this one too (W6).
    refused(&ask(&[("Cf_Access_Jwt_Assertion", &header)]));
    refused(&ask(&[("Authorization", &format!("Bearer {header}"))]));
    refused(&site.get(&format!("/me/?CF_Authorization={header}")));
}

pub(super) fn f32_a18_who_has_no_token_gets_401_as_json_or_as_a_page(site: &Site) {
    let (fetches, ()) = site.fetches(|| {
        for path in ["/", "/me/", "/nobody/", "/t/f32/", "/t/f32/public/", "/t/f32/nothing/", "/no/such/page"]
        {
            refused(&site.get(path));
            refused(&site.send(&Request::get(path).header("Accept", "*/*")));
            refused(&site.send(&Request::post(path, "x").header("Accept", "application/json")));
        }
    });
    assert_eq!(fetches, 0, "nothing is fetched for nobody");
    let page = site.send(&Request::get("/me/").header("Accept", "text/html,application/xhtml+xml;q=0.9"));
    page.has(401);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text().starts_with("<!DOCTYPE html>"), "{}", page.text());
    let head = site.send(&Request::new("HEAD", "/me/"));
    assert_eq!((head.status, head.body.len()), (401, 0));
}

pub(super) fn f33_f34_a4_tokens_that_prove_nothing_are_401_and_fetch_nothing(site: &Site) {
    let now = super::site::seconds();
    let by = |changes| token_with("ada@example.com", &changes);
    site.get_with("/me/", &token("warm@example.com")).has(200);
    let tokens = [
        ("no token at all", "x".to_owned()),
        ("two parts", "a.b".to_owned()),
        ("four parts", format!("{}.x", token("ada@example.com"))),
        ("no exp", by(json!({ "exp": null }))),
        ("exp 0", by(json!({ "exp": 0 }))),
        ("exp as text", by(json!({ "exp": (now + 60).to_string() }))),
        ("exp as a list", by(json!({ "exp": [now + 60] }))),
        ("expired a second ago", by(json!({ "exp": now - 1 }))),
        ("nbf in the future", by(json!({ "nbf": now + 120 }))),
        ("nbf as text", by(json!({ "nbf": "0" }))),
        ("iat in the future", by(json!({ "iat": now + 120 }))),
        ("another audience", by(json!({ "aud": ["beef"] }))),
        ("no audience", by(json!({ "aud": null }))),
        ("an empty list of audiences", by(json!({ "aud": [] }))),
        ("an audience that only begins so", by(json!({ "aud": [&AUDIENCE[..4]] }))),
        ("an audience of a number", by(json!({ "aud": 42 }))),
        ("type org", by(json!({ "type": "org" }))),
        ("no type", by(json!({ "type": null }))),
        ("another issuer", by(json!({ "iss": "https://evil.cloudflareaccess.com" }))),
        ("no issuer", by(json!({ "iss": null }))),
        ("a list of issuers", by(json!({ "iss": ["x", ISSUER] }))),
        ("no e-mail", by(json!({ "email": null }))),
        ("an empty e-mail", by(json!({ "email": "" }))),
        ("an e-mail of a number", by(json!({ "email": 7 }))),
        ("an e-mail with a line", by(json!({ "email": "ada@example.com\nroot@staff.example" }))),
        ("no subject", by(json!({ "sub": null }))),
        ("an empty subject", by(json!({ "sub": "" }))),
    ];
    let (fetches, ()) = site.fetches(|| {
        for (what, token) in &tokens {
            let reply = site.get_with("/me/", token);
            assert_eq!(reply.status, 401, "{what}: {}", reply.text());
            refused(&reply);
        }
    });
    assert_eq!(fetches, 0);
    // What is missing or odd and says nothing of who asks is let pass.
    for changes in [json!({ "nbf": null, "iat": null }), json!({ "custom": null }), json!({ "country": 7 })] {
        site.get_with("/me/", &by(changes)).has(200);
    }
}

pub(super) fn f35_the_audience_is_a_text_or_one_of_a_list(site: &Site) {
    for aud in [json!(AUDIENCE), json!(["other", AUDIENCE]), json!([AUDIENCE])] {
        site.get_with("/me/", &token_with("ada@example.com", &json!({ "aud": aud }))).has(200);
    }
    for aud in [json!("other"), json!(["other"]), json!([[AUDIENCE]]), json!({ "aud": AUDIENCE })] {
        refused(&site.get_with("/me/", &token_with("ada@example.com", &json!({ "aud": aud }))));
    }
}

pub(super) fn f44_a3_a_token_is_of_use_in_its_own_application_only(site: &Site) {
    let own = token("ada@example.com");
    let other = token_with("ada@example.com", &json!({ "aud": [OTHER_AUDIENCE] }));
    for path in ["/other/", "/o%74her/", "/other/?x=/me/"] {
        site.get_with(path, &other).has(200);
        refused(&site.get_with(path, &own));
    }
    for path in ["/me/", "/otherwise/", "/t/f44/", "/t/other/"] {
        refused(&site.get_with(path, &other));
        site.get_with(path, &own).has(200);
    }
    // One that is for both is for both.
    let both = KeyPair::first().token(&{
        let mut both = claims("ada@example.com");
        both["aud"] = json!([AUDIENCE, OTHER_AUDIENCE]);
        both
    });
    site.get_with("/other/", &both).has(200);
    site.get_with("/me/", &both).has(200);
}

pub(super) fn a14_a_program_reaches_what_is_granted_to_it_and_has_no_account(site: &Site) {
    let robot = super::site::program(super::site::ROBOT);
    for path in ["/robot/", "/t/a14/service/", "/t/a14/either/", "/open/", "/t/a14/public/"] {
        let told = json_of(site.get_with(path, &robot).has(200));
        assert_eq!(told["who"], json!({ "issuer": ISSUER, "program": "robot.access" }), "{path}");
        assert_eq!(told["account"], json!(null));
    }
    let closed =
        ["/me/", "/staff/", "/nobody/", "/t/a14/", "/t/a14/staff/", "/t/a14/superuser/", "/t/a14/group/"];
    for path in closed {
        site.get_with(path, &robot).has(403);
    }
    for path in ["/robot/", "/t/a14/service/", "/t/a14/either/", "/me/", "/t/a14/"] {
        site.get_with(path, &super::site::program("another.access")).has(403);
    }
    // Nor is a person with that name a program.
    site.get_with("/robot/", &token("robot.access@example.com")).has(403);
    let both = token_with("ada@example.com", &json!({ "common_name": "robot.access" }));
    site.get_with("/robot/", &both).has(403);
    let neither = test::service(TEAM, AUDIENCE, "", now());
    refused(&site.get_with("/robot/", &KeyPair::first().token(&neither)));
    // A program sends no form and needs no token against forged ones.
    let post = Request::post("/t/a14/service/", "a note").header("Content-Type", "text/plain");
    site.send(&post.header("Cf-Access-Jwt-Assertion", &robot)).has(201);
    let rows = json_of(site.get_with("/t/a14/rows/", &robot).has(200));
    assert_eq!((&rows["users"], &rows["identities"], &rows["notes"]), (&json!(0), &json!(0), &json!(1)));
}

pub(super) fn f30_f31_a12_exempt_paths_are_whole_segments_and_never_fail(site: &Site) {
    let valid = token("ada@example.com");
    site.get_with("/me/", &valid).has(200);
    let (fetches, ()) = site.fetches(|| {
        for path in ["/health/", "/health/deep/", "/h%65alth/", "/health/?x=1", "/t/exempt/public/"] {
            let told = |reply: &Reply| json_of(reply.has(200))["who"].clone();
            assert_eq!(told(&site.get(path)), "anonymous", "{path}");
            // A token that is right is taken, as its keys are held.
            assert_eq!(told(&site.get_with(path, &valid))["email"], "ada@example.com", "{path}");
            for wrong in ["junk", &token_with("x@example.com", &json!({ "exp": 1 }))] {
                assert_eq!(told(&site.get_with(path, wrong)), "anonymous", "{path} {wrong}");
            }
            let forged = KeyPair::second().token(&claims("x@example.com"));
            assert_eq!(told(&site.get_with(path, &forged)), "anonymous", "{path}");
        }
        // Exempt from the token, and not from what the route says of who may.
        refused(&site.get("/health/closed/"));
        site.get_with("/health/closed/", &valid).has(200);
        refused(&site.get("/t/exempt/"));
        assert_eq!(site.get("/health").status, 308);
        for path in [
            "/healthadmin/",
            "/healthadmin",
            "/HEALTH/",
            "/t/exempt2/public/",
            "/t/exemp/public/",
            "/health%2Fdeep/",
            "/x/health/",
            "//health/",
            "/health/../me/",
            "/health/%2e%2e/me/",
            "/health/..%2Fme/",
            "/health/./../me/",
        ] {
            let reply = site.get(path);
            assert!([401, 400, 404].contains(&reply.status), "{path}: {} {}", reply.status, reply.text());
        }
    });
    assert_eq!(fetches, 0);
}

pub(super) fn a10_a_token_has_one_spelling(site: &Site) {
    let valid = token("ada@example.com");
    site.get_with("/me/", &valid).has(200);
    let (head, signature) = valid.rsplit_once('.').expect("a signature");
    // The last letter of 256 bytes in Base64 has four bits that say nothing.
    let last = signature.chars().last().expect("a letter");
    let neighbour = char::from(last as u8 + 1);
    let (fetches, ()) = site.fetches(|| {
        for other in [
            format!("{head}.{}!{}", &signature[..9], &signature[9..]),
            format!("{head}.{} {}", &signature[..9], &signature[9..]),
            format!("{head}.{signature}=="),
            format!("{head}.{signature}="),
            format!("{head}.{signature}\u{7f}"),
            format!("{head}.{}{neighbour}", &signature[..signature.len() - 1]),
            format!("{head}.+{}", &signature[1..]),
            format!("{head}."),
            head.to_owned(),
            format!("{valid}."),
            format!(".{valid}"),
        ] {
            let reply = site.get_with("/me/", &other);
            assert!([401, 400].contains(&reply.status), "{other}: {}", reply.text());
        }
    });
    assert_eq!(fetches, 0);
}

pub(super) fn a16_f43_the_log_says_why_and_has_no_token(site: &Site) {
    site.get_with("/t/a16/?kept-secret=1", &token("ada@example.com")).has(200);
    site.get_with("/me/?kept-secret=1", &token("ada@example.com")).has(200);
    let wrong = token_with("a16@example.com", &json!({ "aud": ["a16-audience\u{7}with a bell"] }));
    refused(&site.get_with("/me/?a16", &wrong));
    let long = "z".repeat(3000);
    refused(&site.get_with("/me/?a16", &token_with("a16@example.com", &json!({ "iss": long }))));
    refused(&site.get_with(
        "/me/?a16",
        &KeyPair::second().with_id(KeyPair::first().id()).token(&claims("a16@example.com")),
    ));
    let log = crate::support::poll::until("the log", std::time::Duration::from_secs(10), || {
        let log = site.server.all_logged();
        let told = ["a16-audience", "zzzz", "signature"].iter().all(|part| log.contains(part));
        (told && woken(site, "a16")).then_some(log)
    });
    assert!(log.contains("a token is not accepted"), "{log}");
    assert!(!log.contains("kept-secret"), "a query is in the log: {log}");
    for part in wrong.split('.') {
        assert!(!log.contains(part), "a token is in the log");
    }
    assert!(!log.contains('\u{7}') && !log.contains(&"z".repeat(300)), "a claim is in the log as it is");
}
