//! Forged tokens, forged issuers and forged headers: all are refused, and none makes the app fetch what it should not.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domicile_identity::access::test::{KeyPair, key_set};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::certs::{Certs, Served};
use super::site::{Site, claims, claims_with, json_of, token};
use super::token::refused;
use crate::support::host::Kind;
use crate::support::http::Request;

fn encoded(part: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

/// A token whose signature is an HMAC.
fn hmac_signed(header: &Value, claims: &Value, key: &[u8]) -> String {
    let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key");
    mac.update(message.as_bytes());
    format!("{message}.{}", encoded(mac.finalize().into_bytes()))
}

pub(super) fn a17_a_forged_signature_is_refused_and_costs_at_most_the_first_fetch(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    let (first, second) = (KeyPair::first(), KeyPair::second());
    let root = claims("root@staff.example");
    let header = |alg: &str| json!({ "alg": alg, "kid": first.id(), "typ": "JWT" });
    let valid = first.token(&root);
    let parts: Vec<&str> = valid.split('.').collect();
    let jwk = first.jwk();
    let n = jwk["n"].as_str().expect("a modulus");
    let modulus = URL_SAFE_NO_PAD.decode(n).expect("a number");
    // Of these, what is not signed by a key is told without one.
    let (fetches, ()) = site.fetches(|| {
        let none = |alg: &str| format!("{}.{}.", encoded(header(alg).to_string()), parts[1]);
        let forged = [
            ("alg none", none("none")),
            ("alg None", none("None")),
            ("alg none, with a signature", first.token_with(&header("none"), &root)),
            ("no alg", first.token_with(&json!({ "kid": first.id() }), &root)),
            ("RS256 in a list", first.token_with(&json!({ "alg": ["RS256"], "kid": first.id() }), &root)),
            ("HS256 with the modulus", hmac_signed(&header("HS256"), &root, &modulus)),
            ("HS256 with its text", hmac_signed(&header("HS256"), &root, n.as_bytes())),
            ("HS256 with the key", hmac_signed(&header("HS256"), &root, jwk.to_string().as_bytes())),
            ("HS256 with the set", hmac_signed(&header("HS256"), &root, key_set(&[&first]).as_bytes())),
            ("HS256 with nothing", hmac_signed(&header("HS256"), &root, b"")),
            ("RS256 with an HMAC", hmac_signed(&header("RS256"), &root, &modulus)),
            ("RS512", first.token_with(&header("RS512"), &root)),
            ("PS256", first.token_with(&header("PS256"), &root)),
            ("rs256", first.token_with(&header("rs256"), &root)),
            ("no kid", first.token_with(&json!({ "alg": "RS256" }), &root)),
            ("an empty kid", first.token_with(&json!({ "alg": "RS256", "kid": "" }), &root)),
            ("a kid of a number", first.token_with(&json!({ "alg": "RS256", "kid": 1 }), &root)),
            ("a kid of a null", first.token_with(&json!({ "alg": "RS256", "kid": null }), &root)),
            ("a long kid", first.token_with(&json!({ "alg": "RS256", "kid": "k".repeat(129) }), &root)),
            ("a crit", first.token_with(&json!({ "alg": "RS256", "kid": first.id(), "crit": ["x"] }), &root)),
            ("a short signature", format!("{}.{}.{}", parts[0], parts[1], encoded([0; 255]))),
            ("a long signature", format!("{}.{}.{}", parts[0], parts[1], encoded([0; 513]))),
            ("an empty signature", format!("{}.{}.", parts[0], parts[1])),
            ("a header of no JSON", first.token_of("junk", &root.to_string())),
            ("claims of no JSON", first.token_of(&header("RS256").to_string(), "junk")),
            ("claims that are a list", first.token_of(&header("RS256").to_string(), "[]")),
            ("a header that ends late", first.token_of(&format!("{} ,", header("RS256")), &root.to_string())),
            (
                "over 8 KiB",
                first.token(&claims_with("root@staff.example", &json!({ "x": "x".repeat(9_000) }))),
            ),
        ];
        for (what, token) in &forged {
            let reply = site.get_with("/me/", token);
            assert_eq!(reply.status, 401, "{what}: {}", reply.text());
            refused(&reply);
        }
        for twice in
            ["\"exp\":1,", "\"iss\":\"x\",", "\"aud\":\"x\",", "\"email\":\"x@y\",", "\"type\":\"org\","]
        {
            let text = root.to_string().replacen('{', &format!("{{{twice}"), 1);
            refused(&site.get_with("/me/", &first.token_of(&header("RS256").to_string(), &text)));
        }
    });
    assert_eq!(fetches, 0, "{:?}", site.certs.asked());
    // These look right until a key is asked for.
    let (fetches, ()) = site.fetches(|| {
        let mut flipped = URL_SAFE_NO_PAD.decode(parts[2]).expect("a signature");
        flipped[100] ^= 1;
        let others = encoded(claims("root@staff.example").to_string().replace("root@", "boot@"));
        let forged = [
            ("another key under this id", second.clone().with_id(first.id()).token(&root)),
            ("a bit is another", format!("{}.{}.{}", parts[0], parts[1], encoded(&flipped))),
            ("zeros", format!("{}.{}.{}", parts[0], parts[1], encoded([0; 256]))),
            ("all ones", format!("{}.{}.{}", parts[0], parts[1], encoded([255; 256]))),
            ("the modulus", format!("{}.{}.{}", parts[0], parts[1], encoded(&modulus))),
            ("other claims", format!("{}.{others}.{}", parts[0], parts[2])),
            (
                "a key in the header",
                second.token_with(&json!({ "alg": "RS256", "kid": first.id(), "jwk": second.jwk() }), &root),
            ),
            (
                "a URL of keys in the header",
                second.token_with(
                    &json!({ "alg": "RS256", "kid": first.id(), "jku": site.certs.url() }),
                    &root,
                ),
            ),
        ];
        for (what, token) in &forged {
            let reply = site.get_with("/me/", token);
            assert_eq!(reply.status, 401, "{what}: {}", reply.text());
        }
        site.get_with("/me/", &valid).has(200);
    });
    assert_eq!(fetches, 1, "{:?}", site.certs.asked());
    site.server.stop();
}

pub(super) fn a1_a2_an_issuer_that_is_a_url_trick_is_asked_for_nothing(kind: &Kind) {
    let site = Site::start(kind, "access", &[]);
    let evil = Certs::start();
    evil.serve(Served::keys(&[&KeyPair::second()]));
    let key = KeyPair::second();
    let at = evil.address();
    let tricks = [
        format!("https://{at}/?.cloudflareaccess.com"),
        format!("https://{at}/#.cloudflareaccess.com"),
        format!("https://{at}/.cloudflareaccess.com"),
        format!("http://{at}/?.cloudflareaccess.com"),
        format!("http://{at}"),
        format!("https://acme.cloudflareaccess.com@{at}/"),
        format!("https://acme.{at}/?.cloudflareaccess.com"),
        format!("https://acme.cloudflareaccess.com.{at}"),
        "https://evil.example/?.cloudflareaccess.com".to_owned(),
        "https://acme.evil.example/?.cloudflareaccess.com".to_owned(),
        "https://.cloudflareaccess.com".to_owned(),
        "https://team..cloudflareaccess.com".to_owned(),
        "https://evil.cloudflareaccess.com".to_owned(),
        "https://acme.cloudflareaccess.com/".to_owned(),
        "https://acme.cloudflareaccess.com:443".to_owned(),
        "https://ACME.cloudflareaccess.com".to_owned(),
        "https://acme.cloudflareaccess.com\u{0}".to_owned(),
        " https://acme.cloudflareaccess.com".to_owned(),
        "http://acme.cloudflareaccess.com".to_owned(),
        "acme.cloudflareaccess.com".to_owned(),
        "acme".to_owned(),
        "https://acme.cloudflareaccess.com/../evil".to_owned(),
        "https://аcme.cloudflareaccess.com".to_owned(),
    ];
    for issuer in &tricks {
        let claims = claims_with("root@staff.example", &json!({ "iss": issuer }));
        for key in [&key, &KeyPair::first()] {
            let reply = site.get_with("/t/a1/staff/", &key.token(&claims));
            assert_eq!(reply.status, 401, "{issuer}: {}", reply.text());
        }
    }
    assert_eq!((site.certs.count(), evil.count()), (0, 0), "{:?} {:?}", site.certs.asked(), evil.asked());
    // Nor do their keys come to be those of the team.
    let forged = key.token(&claims("root@staff.example"));
    refused(&site.get_with("/t/a1/staff/", &forged));
    site.get_with("/t/a1/staff/", &token("root@staff.example")).has(200);
    refused(&site.get_with("/t/a1/staff/", &forged));
    assert_eq!((site.certs.count(), evil.count()), (1, 0), "{:?} {:?}", site.certs.asked(), evil.asked());
    let line = format!("GET {} HTTP/1.1", super::certs::PATH);
    assert_eq!(site.certs.asked(), [line]);
    site.server.stop();
}

/// What somebody outside could send in the hope that it is taken for what the entry passes on to an actor.
const ENVELOPE: [(&str, &str); 15] = [
    ("Cf-Access-Authenticated-User-Email", "root@staff.example"),
    ("Cf-Access-User", "root@staff.example"),
    ("X-Forwarded-User", "root@staff.example"),
    ("X-Forwarded-Email", "root@staff.example"),
    ("Remote-User", "root@staff.example"),
    ("X-Domicile-Principal", "{\"User\":{\"email\":\"root@staff.example\"}}"),
    ("X-Domicile-Credential", "{\"app\":true}"),
    ("X-Domicile-User", "root@staff.example"),
    ("X-Domicile-App", "true"),
    ("X-Domicile-Session", "1"),
    ("X-Domicile-Prefix", "/t/other"),
    ("X-Domicile-Caller", "Member/other"),
    ("X-Domicile-Actor", "Member/other"),
    (
        "X-Domicile-Access",
        "{\"aud\":\"f00df00d\",\"identity\":{\"email\":\"root@staff.example\",\"user_uuid\":\"1\"}}",
    ),
    ("Cf-Worker", "root@staff.example"),
];

pub(super) fn a2_headers_that_a_client_forges_change_nothing(site: &Site) {
    let dressed = |request: Request| ENVELOPE.iter().fold(request, |r, (name, value)| r.header(name, value));
    for path in ["/me/", "/staff/", "/t/envelope/", "/t/envelope/staff/", "/t/envelope/public/", "/nobody/"] {
        refused(&site.send(&dressed(Request::get(path))));
    }
    let plain = token("plain@example.com");
    for path in ["/me/", "/open/", "/t/envelope/", "/t/envelope/public/", "/ask/envelope/mine"] {
        let plainly = Request::get(path).header("Cf-Access-Jwt-Assertion", &plain);
        let (without, with) = (site.send(&plainly), site.send(&dressed(plainly.clone())));
        assert_eq!(json_of(&with), json_of(without.has(200)), "{path}");
        assert_eq!(json_of(&with)["who"]["email"], "plain@example.com");
    }
    for path in ["/staff/", "/robot/", "/nobody/", "/t/envelope/staff/", "/t/envelope/service/"] {
        let plainly = Request::get(path).header("Cf-Access-Jwt-Assertion", &plain);
        site.send(&dressed(plainly)).has(403);
    }
    let exempt = json_of(site.send(&dressed(Request::get("/health/"))).has(200));
    assert_eq!(exempt, json!({ "who": "anonymous", "account": null }));
    // What an entry route asks an actor goes in the name of who asks, and of nobody else.
    let ask = Request::get("/ask/envelope/closed").header("Cf-Access-Jwt-Assertion", &plain);
    site.send(&dressed(ask)).has(403);
}
