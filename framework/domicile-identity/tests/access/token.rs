//! Claims and headers: what is accepted of those that Access itself has signed, and whom they name.

use std::time::Duration;

use domicile::Timestamp;
use domicile::principal::{Claims, Service};
use domicile_identity::access::test::{KeyPair, service, user};
use domicile_identity::access::{Application, MAX_KEY_ID, MAX_TOKEN, Rejected, Settings};
use serde_json::{Value, json};

use crate::site::{ISSUER, NOW, Refused, Site, claims, claims_with, claims_without};

#[track_caller]
fn accepted(claims: &Value) -> domicile::Principal {
    Site::new().ask(&KeyPair::first().token(claims)).unwrap_or_else(|refused| panic!("{claims}: {refused:?}"))
}

/// What it is rejected for, at no fetch, signed as it is by the right key.
#[track_caller]
fn rejected(label: &str, claims: &Value, why: &str) {
    Site::new().rejects(label, &KeyPair::first().token(claims), why, 0);
}

#[test]
fn f34_a_valid_token_proves_who_asks() {
    let mut site = Site::new();
    let principal = site.ask(&KeyPair::first().token(&claims())).unwrap();
    assert_eq!(
        principal.user(),
        Some(&Claims {
            issuer: ISSUER.into(),
            subject: "sub-of-ada@example.com".into(),
            email: "ada@example.com".into(),
            name: String::new(),
            custom: String::new(),
        })
    );
    assert_eq!(site.fetched, ["https://acme.cloudflareaccess.com/cdn-cgi/access/certs"]);
}

#[test]
fn a14_a_service_token_is_a_program_and_no_user() {
    let claims = service("acme", "aud", "f1.access", NOW);
    let expect = Service { issuer: ISSUER.into(), client_id: "f1.access".into() };
    assert_eq!(accepted(&claims).service(), Some(&expect));
    let mut without = claims.clone();
    without.as_object_mut().unwrap().remove("common_name");
    rejected("no common_name", &without, "no usable `email`");
    let mut named = claims;
    named["email"] = json!("ada@example.com");
    rejected("an e-mail address and no subject", &named, "no usable `sub`");
    named["email"] = Value::Null;
    named["sub"] = json!("somebody");
    rejected("a subject and no e-mail address", &named, "no usable `email`");
    // A person may have a certificate, and stays a person.
    assert!(accepted(&claims_with("common_name", json!("laptop"))).user().is_some());
}

#[test]
fn f33_f37_a_person_has_an_email_and_a_subject() {
    for (label, claims, why) in [
        ("no email", claims_without("email"), "no usable `email`"),
        ("null", claims_with("email", Value::Null), "no usable `email`"),
        ("empty", claims_with("email", json!("")), "no usable `email`"),
        ("a list", claims_with("email", json!(["a@b"])), "`email` is missing or not text"),
        ("a line", claims_with("email", json!("a@b\nroot@b")), "no usable `email`"),
        ("too long", claims_with("email", json!("a".repeat(321))), "no usable `email`"),
        ("no sub", claims_without("sub"), "no usable `sub`"),
        ("empty sub", claims_with("sub", json!("")), "no usable `sub`"),
        ("sub is a number", claims_with("sub", json!(7)), "`sub` is missing or not text"),
        ("sub is too long", claims_with("sub", json!("a".repeat(256))), "no usable `sub`"),
    ] {
        rejected(label, &claims, why);
    }
}

#[test]
fn f37_the_name_is_the_claim_or_else_of_the_custom_claims() {
    for (name, custom, expect) in [
        (json!("Ada Lovelace"), json!({ "firstName": "X", "lastName": "Y" }), "Ada Lovelace"),
        (json!(" Ada  Lovelace "), Value::Null, " Ada  Lovelace "),
        (json!(""), json!({ "firstName": "Ada", "lastName": "Lovelace" }), "Ada Lovelace"),
        (Value::Null, json!({ "firstName": "Ada" }), "Ada"),
        (Value::Null, json!({ "lastName": " King Lovelace " }), "King Lovelace"),
        (json!(7), json!({ "firstName": 7, "lastName": null }), ""),
        (Value::Null, json!({}), ""),
        (Value::Null, Value::Null, ""),
        (Value::Null, json!("firstName"), ""),
        (Value::Null, json!([{ "firstName": "Ada" }]), ""),
        (Value::Null, json!(7), ""),
    ] {
        let mut claims = claims();
        claims["name"] = name;
        claims["custom"] = custom;
        let principal = accepted(&claims);
        assert_eq!(principal.user().unwrap().name, expect, "{claims}");
    }
    assert_eq!(accepted(&claims_without("custom")).user().unwrap().name, "");
}

#[test]
fn custom_claims_are_passed_on_as_an_object() {
    for (custom, expect) in [
        (json!({ "org": "a", "n": [1, 2.5] }), r#"{"n":[1,2.5],"org":"a"}"#),
        (json!({}), ""),
        (json!([1]), ""),
        (Value::Null, ""),
    ] {
        let given = accepted(&claims_with("custom", custom));
        let given = &given.user().unwrap().custom;
        assert_eq!(
            serde_json::from_str::<Value>(given).ok(),
            serde_json::from_str::<Value>(expect).ok(),
            "{given}"
        );
    }
}

#[test]
fn f34_a04_a_token_has_an_end_that_is_a_number_in_the_future() {
    let seconds = NOW.as_millis() / 1_000;
    for (label, claims, why) in [
        ("missing", claims_without("exp"), "`exp` is missing or not a number"),
        ("null", claims_with("exp", Value::Null), "`exp` is missing or not a number"),
        (
            "a string",
            claims_with("exp", json!((seconds + 60).to_string())),
            "`exp` is missing or not a number",
        ),
        ("a list", claims_with("exp", json!([seconds + 60])), "`exp` is missing or not a number"),
        ("true", claims_with("exp", json!(true)), "`exp` is missing or not a number"),
        ("0", claims_with("exp", json!(0)), "expired"),
        ("negative", claims_with("exp", json!(-1)), "expired"),
        ("a second ago", claims_with("exp", json!(seconds - 1)), "expired"),
        ("now", claims_with("exp", json!(seconds)), "expired"),
    ] {
        rejected(label, &claims, why);
    }
    accepted(&claims_with("exp", json!(seconds + 1)));
    accepted(&claims_with("exp", json!(f64::from(1_800_000_000) + 0.25)));
    // A number that does not fit is no JSON to read, and nothing that lasts for ever.
    let endless = claims().to_string().replace("\"exp\":1800086400", "\"exp\":1e999");
    assert!(endless.contains("1e999"));
    let key = KeyPair::first();
    let token = key.token_of(&json!({ "alg": "RS256", "kid": key.id() }).to_string(), &endless);
    Site::new().rejects("1e999", &token, "JSON", 0);
}

#[test]
fn a04_a_token_expires_while_its_key_is_held() {
    let (mut site, token) = (Site::new(), KeyPair::first().token(&claims()));
    site.ask(&token).unwrap();
    site.later(Duration::from_secs(86_399));
    site.ask(&token).unwrap();
    site.later(Duration::from_secs(1));
    site.rejects("a day later", &token, "expired", 0);
}

#[test]
fn the_time_is_the_events_and_not_the_machines() {
    for now in [1_000_000_000_000, 4_000_000_000_000].map(Timestamp::from_millis) {
        let mut site = Site::new();
        site.now = now;
        site.ask(&KeyPair::first().token(&user("acme", "aud", "ada@example.com", now))).unwrap();
    }
}

#[test]
fn f34_a04_a_token_has_begun_give_or_take_a_minute() {
    let seconds = NOW.as_millis() / 1_000;
    for name in ["nbf", "iat"] {
        accepted(&claims_without(name));
        accepted(&claims_with(name, json!(seconds + 60)));
        accepted(&claims_with(name, json!(0)));
        for (label, value) in [("null", Value::Null), ("a string", json!("0")), ("a list", json!([0]))] {
            rejected(label, &claims_with(name, value), "is missing or not a number");
        }
    }
    rejected("nbf", &claims_with("nbf", json!(seconds + 61)), "not valid before 1800000061 s");
    rejected("iat", &claims_with("iat", json!(seconds + 61)), "in the future");
}

#[test]
fn f35_a03_the_audience_is_in_the_list_or_is_the_text() {
    for aud in [json!("aud"), json!(["aud"]), json!(["x", "aud"])] {
        accepted(&claims_with("aud", aud));
    }
    for (aud, why) in [
        (json!("other"), r#"is for "other""#),
        (json!(["other", "audience", "AUD", " aud"]), "and not for the configured audience"),
        (json!([]), "`aud` is missing"),
        (json!(""), "`aud` is missing"),
        (json!(["aud", 7]), "`aud` is missing"),
        (json!(["aud", ""]), "`aud` is missing"),
        (json!([["aud"]]), "`aud` is missing"),
        (json!({ "aud": "aud" }), "`aud` is missing"),
        (json!(7), "`aud` is missing"),
        (Value::Null, "`aud` is missing"),
    ] {
        rejected(&aud.to_string(), &claims_with("aud", aud.clone()), why);
    }
    rejected("missing", &claims_without("aud"), "`aud` is missing");
}

#[test]
fn f28_a03_a_team_alone_takes_any_audience_but_no_token_without_one() {
    let settings = || Settings::new().team("acme").accept_any_audience_of_the_team();
    let key = KeyPair::first();
    for aud in [json!("aud"), json!(["other"])] {
        Site::of(settings()).ask(&key.token(&claims_with("aud", aud))).unwrap();
    }
    for aud in [json!([]), json!(""), json!([""]), json!(7), Value::Null] {
        Site::of(settings()).rejects(
            &aud.to_string(),
            &key.token(&claims_with("aud", aud.clone())),
            "`aud` is missing",
            0,
        );
    }
    Site::of(settings()).rejects("missing", &key.token(&claims_without("aud")), "`aud` is missing", 0);
    let org = key.token(&claims_with("type", json!("org")));
    Site::of(settings()).rejects("org", &org, "only `app`", 0);
    let other = key.token(&user("other", "aud", "ada@example.com", NOW));
    Site::of(settings()).rejects("another team", &other, "no issuer that is configured", 0);
}

#[test]
fn f28_a01_an_audience_alone_takes_the_teams_that_are_listed() {
    let mut site = Site::of(Settings::new().audience("aud").allowed_teams(["acme", "beta"]));
    let key = KeyPair::first();
    for (team, fetches) in [("acme", 1), ("beta", 2), ("acme", 2)] {
        let token = key.token(&user(team, "aud", "ada@example.com", NOW));
        let principal = site.ask(&token).unwrap();
        assert_eq!(principal.user().unwrap().issuer, format!("https://{team}.cloudflareaccess.com"));
        assert_eq!(site.fetched.len(), fetches);
    }
    let other = key.token(&user("gamma", "aud", "ada@example.com", NOW));
    site.rejects("another team", &other, "no issuer that is configured", 0);
}

#[test]
fn a03_only_tokens_of_applications_are_accepted() {
    for kind in [json!("org"), json!("App"), json!("")] {
        rejected(
            &kind.to_string(),
            &claims_with("type", kind.clone()),
            if kind == "" { "`type`" } else { "only `app`" },
        );
    }
    rejected("a list", &claims_with("type", json!(["app"])), "`type` is missing or not text");
    rejected("missing", &claims_without("type"), "`type` is missing or not text");
}

#[test]
fn a01_an_issuer_is_a_configured_one_to_the_letter() {
    for issuer in [
        "https://evil.cloudflareaccess.com",
        "https://acme.cloudflareaccess.com/",
        "https://acme.cloudflareaccess.com:443",
        "https://ACME.cloudflareaccess.com",
        "http://acme.cloudflareaccess.com",
        "acme.cloudflareaccess.com",
        "acme",
        "https://evil.example/?.cloudflareaccess.com",
        "https://evil.example/#.cloudflareaccess.com",
        "https://evil.example/.cloudflareaccess.com",
        "https://acme.cloudflareaccess.com@evil.example/?.cloudflareaccess.com",
        "https://acme.cloudflareaccess.com.evil.example",
        "https://acme.cloudflareaccess.com ",
        "https://acme.cloudflareaccess.com\u{0}",
        "https://acme。cloudflareaccess.com",
        "https://127.0.0.1/?.cloudflareaccess.com",
    ] {
        rejected(issuer, &claims_with("iss", json!(issuer)), "no issuer that is configured");
    }
    for issuer in
        [json!([ISSUER]), json!(["x", ISSUER]), json!({ "iss": ISSUER }), json!(""), json!(1), Value::Null]
    {
        rejected(&issuer.to_string(), &claims_with("iss", issuer.clone()), "`iss` is missing or not text");
    }
    rejected("missing", &claims_without("iss"), "`iss` is missing or not text");
}

#[test]
fn each_path_has_its_application() {
    let settings = Settings::new()
        .team("acme")
        .audience("aud")
        .application("/admin", Application::new().audience("admin"))
        .application("/admin/beta/", Application::new().team("beta").audience("deep"));
    let mut site = Site::of(settings);
    let key = KeyPair::first();
    let [all, admin, deep] = [("acme", "aud"), ("acme", "admin"), ("beta", "deep")]
        .map(|(team, aud)| key.token(&user(team, aud, "ada@example.com", NOW)));
    for (path, at) in [
        ("/", 0),
        ("/administration", 0),
        ("/admin%2Fx", 0),
        ("/admin", 1),
        ("/%61dmin/x", 1),
        ("/admin/betaadmin", 1),
        ("/admin/beta", 2),
        ("/admin/beta/x", 2),
    ] {
        for (n, token) in [&all, &admin, &deep].into_iter().enumerate() {
            assert_eq!(site.ask_at(path, token).is_ok(), n == at, "{path} with token {n}");
        }
    }
    assert_eq!(site.fetched.len(), 2);
    let mut only =
        Site::of(Settings::new().application("/admin", Application::new().team("acme").audience("aud")));
    only.ask_at("/admin", &all).unwrap();
    for path in ["/", "/%", "/admin%ff"] {
        assert_eq!(only.ask_at(path, &all), Err(Refused::Rejected(Rejected::NoApplication)), "{path}");
    }
}

#[test]
fn f30_f31_a12_exempt_paths_are_whole_segments() {
    let access =
        Settings::new().team("acme").audience("aud").exempt(["/health", "/public/"]).build().unwrap();
    for (path, exempt) in [
        ("/health", true),
        ("/health/", true),
        ("/health/x?y", true),
        ("/h%65alth", true),
        ("/public", true),
        ("/public/a%20b", true),
        ("/", false),
        ("/healthadmin", false),
        ("/health%2Fadmin", false),
        ("/publicity", false),
        ("/x/health", false),
        ("/health/../admin", false),
        ("/health/%2e%2e/admin", false),
        ("/health/./x", false),
        ("/health/%", false),
        ("", false),
    ] {
        assert_eq!(access.is_exempt(path), exempt, "{path}");
    }
    assert!(!Settings::new().team("acme").audience("aud").build().unwrap().is_exempt("/health"));
}

#[test]
fn a09_what_is_no_token_is_told_at_no_cost() {
    let key = KeyPair::first();
    let good = key.token(&claims());
    let id = "a".repeat(MAX_KEY_ID + 1);
    let head = |header: Value| key.token_with(&header, &claims());
    let long = key.token(&claims_with("x", json!("x".repeat(MAX_TOKEN))));
    for (label, token, why) in [
        ("empty", String::new(), "three parts"),
        ("a word", "token".into(), "three parts"),
        ("four parts", format!("{good}.x"), "three parts"),
        ("a dot at the end", format!("{good}."), "three parts"),
        ("no signature", format!("{}.", good.rsplit_once('.').unwrap().0), "three parts"),
        ("dots", "..".into(), "three parts"),
        ("too long", long, "bytes, and 8192 are the most"),
        ("not encoded", format!("!.{}", good.split_once('.').unwrap().1), "header is not encoded"),
        ("é", "é.é.é".into(), "header is not encoded"),
        ("no kid", head(json!({ "alg": "RS256" })), "`kid`"),
        ("kid is null", head(json!({ "alg": "RS256", "kid": null })), "`kid`"),
        ("kid is a number", head(json!({ "alg": "RS256", "kid": 1 })), "`kid`"),
        ("kid is empty", head(json!({ "alg": "RS256", "kid": "" })), "`kid`"),
        ("kid is too long", head(json!({ "alg": "RS256", "kid": id })), "`kid`"),
        ("crit", head(json!({ "alg": "RS256", "kid": key.id(), "crit": ["exp"] })), "`crit`"),
        ("a list", key.token_of("[]", &claims().to_string()), "header is not a JSON object"),
        ("no JSON", key.token_of("{}x", "{}"), "header is not a JSON object"),
        ("a list of claims", head_of(&key, "[]"), "payload is not a JSON object"),
        ("no claims", head_of(&key, "{}"), "`iss` is missing"),
    ] {
        Site::new().rejects(label, &token, why, 0);
    }
}

fn head_of(key: &KeyPair, claims: &str) -> String {
    key.token_of(&json!({ "alg": "RS256", "kid": key.id() }).to_string(), claims)
}

#[test]
fn a_key_that_is_there_twice_is_no_choice() {
    let key = KeyPair::first();
    let twice = |name: &str, value: &str| {
        let mut text = claims().to_string();
        text.insert_str(1, &format!("\"{name}\":{value},"));
        head_of(&key, &text)
    };
    for (label, token) in [
        ("exp", twice("exp", "9999999999")),
        ("email", twice("email", "\"root@example.com\"")),
        ("escaped", twice("\\u0065mail", "\"root@example.com\"")),
        ("unknown", twice("country", "1")),
        ("nested", twice("custom", r#"{"a":1,"a":2}"#)),
    ] {
        Site::new().rejects(label, &token, "payload is not a JSON object with each key once", 0);
    }
    let header = format!(r#"{{"alg":"none","alg":"RS256","kid":"{}"}}"#, key.id());
    let token = key.token_of(&header, &claims().to_string());
    Site::new().rejects("alg", &token, "header is not a JSON object with each key once", 0);
}

#[test]
fn a16_nothing_of_a_token_spoils_the_log() {
    let evil = format!("x\n2026-11-25 INFO admin logged in\u{1b}[2J{}", "é".repeat(500));
    for claims in
        [claims_with("iss", json!(evil)), claims_with("aud", json!(evil)), claims_with("type", json!(evil))]
    {
        Site::new().rejects("evil", &KeyPair::first().token(&claims), "\\n2026", 0);
    }
    let mut site = Site::new();
    let key = KeyPair::first().with_id("k\n\u{1b}".to_owned() + &"é".repeat(50));
    site.rejects("kid", &key.token(&claims()), "no key \"k\\n\\u{1b}é", 1);
    assert!(!format!("{:?}", Rejected::TooLong(9_000)).is_empty());
    let at = Timestamp::from_millis(i64::MAX);
    assert!(site.access.gate("/").unwrap().peek(&key.token(&self::claims()), at).is_err());
}
