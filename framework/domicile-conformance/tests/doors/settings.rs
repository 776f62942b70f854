//! Settings: which make an app that does not start, and what each way of saying them lets in.

use std::time::Duration;

use domicile_identity::access::test::{self, KeyPair};
use serde_json::json;

use super::site::{AUDIENCE, ROBOT, Site, claims_with, now, token, token_with};
use super::token::refused;
use crate::support::host::Kind;
use crate::support::http::Request;
use crate::support::poll::until;

const AUD: &str = "CLOUDFLARE_ACCESS_AUD";
const TEAM: &str = "CLOUDFLARE_ACCESS_TEAM_NAME";
const TEAMS: &str = "CLOUDFLARE_ACCESS_ALLOWED_TEAMS";
const ANY: &str = "CLOUDFLARE_ACCESS_ACCEPT_ANY_AUDIENCE_OF_THE_TEAM";
const EXEMPT: &str = "CLOUDFLARE_ACCESS_EXEMPT_PATHS";
const TIMEOUT: &str = "CLOUDFLARE_ACCESS_CACHE_TIMEOUT";
const CERTS: &str = "CLOUDFLARE_ACCESS_CERTS_URL";

pub(super) fn f26_a1_settings_that_cannot_be_do_not_start(kind: &Kind) {
    let neither = "Either CLOUDFLARE_ACCESS_AUD or CLOUDFLARE_ACCESS_TEAM_NAME setting is required";
    let wrong: [(&[(&str, &str)], &str); 17] = [
        (&[(AUD, ""), (TEAM, "")], neither),
        (&[(TEAM, "")], "no team"),
        (&[(AUD, "")], "no audience"),
        (&[(ANY, "true")], "take one of the two away"),
        (&[(ANY, "yes")], "it is `true` or not set"),
        (&[(TEAMS, "acme,beta")], "take one of the two away"),
        (&[(TEAM, "evil.example/?.cloudflareaccess.com")], "team"),
        (&[(TEAM, "https://evil.example/?.cloudflareaccess.com")], "team"),
        (&[(TEAM, "a.b.cloudflareaccess.com")], "team"),
        (&[(TEAM, ".cloudflareaccess.com")], "team"),
        (&[(TEAM, "http://acme.cloudflareaccess.com")], "team"),
        (&[(AUD, "two words")], "no audience tag"),
        (&[(EXEMPT, "/")], "is no path"),
        (&[(EXEMPT, "health")], "is no path"),
        (&[(TIMEOUT, "an hour")], "whole seconds"),
        (&[(CERTS, "https://evil.example/certs")], "loopback"),
        (&[(CERTS, "http://127.0.0.1.evil.example/certs")], "loopback"),
    ];
    for (own, why) in wrong {
        let log = Site::refuses(kind, "access", own);
        assert!(log.contains(why), "{own:?}: {log}");
    }
}

pub(super) fn f43_the_log_says_as_much_as_is_wanted(kind: &Kind) {
    // Natively `--log` says it.
    for (level, wanted) in [("info", true), ("warn", *kind == Kind::Native)] {
        let site = Site::start(kind, "access", &[("DOMICILE_LOG", level)]);
        site.get("/health/").has(200);
        // Of this there is a line in any case, and it comes after that of the other.
        refused(&site.get_with("/me/", "junk"));
        until("the log", Duration::from_secs(10), || {
            site.server.all_logged().contains("a token is not accepted").then_some(())
        });
        let log = site.server.all_logged();
        assert_eq!(log.contains("answered at the entry"), wanted, "{level}: {log}");
        site.server.stop();
    }
    if *kind != Kind::Native {
        let log = Site::refuses(kind, "access", &[("DOMICILE_LOG", "loud")]);
        assert!(log.contains("DOMICILE_LOG is `loud`: set it to off, error, warn"), "{log}");
    }
}

pub(super) fn t2_without_a_secret_of_its_own_an_app_does_not_start(kind: &Kind) {
    for how in ["access", "passwords", "d1"] {
        let log = Site::refuses(kind, how, &[("DOMICILE_SECRET", "")]);
        assert!(log.contains("DOMICILE_SECRET is not set"), "{how}: {log}");
    }
    let log = Site::refuses(kind, "no time", &[]);
    assert!(log.contains("have no limit: give `Limits::window` a time"), "{log}");
    assert!(log.contains("a session that lasts no second is none"), "{log}");
    for (name, secret) in [("DOMICILE_SECRET", "short"), ("DOMICILE_MANAGEMENT_SECRET", "short")] {
        let log = Site::refuses(kind, "passwords", &[(name, secret)]);
        assert!(log.contains(name), "{log}");
        assert!(!log.contains("\"short\""), "a secret is in the log: {log}");
    }
}

pub(super) fn f27_a_team_is_spelled_in_three_ways(kind: &Kind) {
    for team in ["acme.cloudflareaccess.com", "https://acme.cloudflareaccess.com"] {
        let site = Site::start(kind, "access", &[(TEAM, team)]);
        site.get_with("/me/", &token("ada@example.com")).has(200);
        assert_eq!(site.certs.count(), 1);
        site.server.stop();
    }
}

pub(super) fn f28_a3_any_audience_of_the_team_is_accepted_where_that_is_said(kind: &Kind) {
    let site = Site::start(kind, "access", &[(AUD, ""), (ANY, "true")]);
    let by = |changes| token_with("ada@example.com", &changes);
    for aud in [json!(["anything"]), json!("anything"), json!(["a", "b"])] {
        site.get_with("/me/", &by(json!({ "aud": aud }))).has(200);
    }
    for changes in [
        json!({ "aud": null }),
        json!({ "aud": [] }),
        json!({ "aud": "" }),
        json!({ "aud": [""] }),
        json!({ "aud": 42 }),
        json!({ "type": "org" }),
        json!({ "iss": "https://beta.cloudflareaccess.com" }),
        json!({ "exp": null }),
    ] {
        refused(&site.get_with("/me/", &by(changes)));
    }
    // The application at another path keeps its own.
    refused(&site.get_with("/other/", &by(json!({ "aud": ["anything"] }))));
    assert_eq!(site.certs.count(), 1);
    site.server.stop();
}

pub(super) fn f28_a1_a11_an_audience_takes_its_teams_from_a_list(kind: &Kind) {
    let site = Site::start(kind, "access", &[(TEAM, ""), (TEAMS, "acme, beta")]);
    let of = |team: &str, key: &KeyPair| {
        let issuer = format!("https://{team}.cloudflareaccess.com");
        key.token(&claims_with("ada@example.com", &json!({ "iss": issuer, "sub": team })))
    };
    let (first, second) = (KeyPair::first(), KeyPair::second());
    for team in ["gamma", "acme.evil", "betabeta"] {
        refused(&site.get_with("/me/", &of(team, &first)));
    }
    assert_eq!(site.certs.count(), 0);
    // Who issued one token changes nothing for the next.
    for _ in 0..3 {
        for team in ["acme", "beta"] {
            let told = super::site::json_of(site.get_with("/me/", &of(team, &first)).has(200));
            assert_eq!(told["who"]["issuer"], format!("https://{team}.cloudflareaccess.com"));
            refused(&site.get_with("/me/", &of(team, &second.clone().with_id(first.id()))));
        }
        refused(&site.get_with("/me/", &of("gamma", &first)));
    }
    assert_eq!(site.certs.count(), 2, "one for each team: {:?}", site.certs.asked());
    site.server.stop();
}

pub(super) fn a6_one_address_of_two_issuers_is_two_people(kind: &Kind) {
    let site = Site::start(kind, "access", &[(TEAM, ""), (TEAMS, "acme,beta")]);
    let of = |team: &str| {
        let issuer = format!("https://{team}.cloudflareaccess.com");
        token_with("ada@example.com", &json!({ "iss": issuer, "sub": "the-same" }))
    };
    site.post_with("/t/issuers/notes/", &of("acme"), &json!("here")).has(201);
    site.get_with("/t/issuers/", &of("beta")).has(403);
    site.get_with("/t/issuers/", &of("acme")).has(200);
    site.server.stop();
}

pub(super) fn a14_with_several_teams_a_program_is_of_one(kind: &Kind) {
    let several = [(TEAM, ""), (TEAMS, "acme,beta")];
    let log = Site::refuses(kind, "plain", &several);
    for part in
        ["`service_of(", "of GET /robot/ does not say who issued the token", "beta.cloudflareaccess.com"]
    {
        assert!(log.contains(part), "{log}");
    }
    let of = |site: &Site, team: &str, path: &str| {
        let claims = test::service(team, AUDIENCE, ROBOT, now());
        site.get_with(path, &KeyPair::first().token(&claims)).status
    };
    let site = Site::start(kind, "access", &several);
    for path in ["/robot/", "/t/robots/service/", "/t/robots/either/"] {
        assert_eq!((of(&site, "acme", path), of(&site, "beta", path)), (200, 403), "{path}");
    }
    // Both are let in where nobody is asked for.
    assert_eq!((of(&site, "acme", "/open/"), of(&site, "beta", "/open/")), (200, 200));
    site.server.stop();
    // Of one team it needs no more than the program's name.
    let site = Site::start(kind, "plain", &[]);
    assert_eq!(of(&site, "acme", "/robot/"), 200);
    site.server.stop();
}

pub(super) fn f31_no_path_is_exempt_unless_it_is_said(kind: &Kind) {
    let site = Site::start(kind, "access", &[(EXEMPT, "")]);
    for path in ["/", "/health/", "/open/", "/t/exempt/public/"] {
        refused(&site.get(path));
    }
    site.server.stop();
    let site = Site::start(kind, "access", &[(EXEMPT, " /open/ , ,/t/a%20b")]);
    site.get("/open/").has(200);
    site.get("/t/a%20b/public/").has(200);
    for path in ["/health/", "/opened/", "/t/a/public/", "/me/"] {
        refused(&site.get(path));
    }
    site.server.stop();
}

/// F44: an app may leave the guard out, as django-cf's README advises for development; it is the app that says so.
pub(super) fn f44_an_app_without_identity_is_open(kind: &Kind) {
    let server = crate::support::world::Server::start(kind, &[]);
    let world = crate::support::world::World::new(&server);
    world.quietly(&Request::get("/entry/")).is(200, "entry\n");
    world.quietly(&Request::get("/entry/").header("Cf-Access-Jwt-Assertion", "junk")).has(200);
    world.quietly(&Request::get("/__create_admin__/")).has(404);
    server.stop();
}
