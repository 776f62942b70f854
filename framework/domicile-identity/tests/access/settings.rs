//! What may be configured, in Rust and in the environment, and what is told where it may not.

use std::time::Duration;

use domicile::Env;
use domicile_identity::access::{Access, Application, Settings};

fn env(vars: &[(&str, &str)]) -> Env {
    Env::new(vars.iter().map(|(name, value)| (format!("CLOUDFLARE_ACCESS_{name}"), (*value).to_owned())))
}

#[track_caller]
fn mistake(built: domicile::Result<Access>, says: &str) {
    let error = built.map(|access| format!("{access:?}")).unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

const NEITHER: &str = "Either CLOUDFLARE_ACCESS_AUD or CLOUDFLARE_ACCESS_TEAM_NAME setting is required";

#[test]
fn f26_neither_setting_is_a_mistake() {
    mistake(Settings::new().build(), NEITHER);
    mistake(Settings::new().team("").audience("").build(), NEITHER);
    mistake(Settings::new().exempt(["/health"]).build(), NEITHER);
    mistake(Access::from_env(&Env::default()), NEITHER);
    mistake(Access::from_env(&env(&[("AUD", ""), ("TEAM_NAME", " ")])), NEITHER);
    mistake(Settings::new().application("/admin", Application::new()).build(), NEITHER);
    mistake(Settings::new().allowed_teams(["acme"]).build(), NEITHER);
}

#[test]
fn f28_both_settings_from_rust_or_from_the_environment() {
    let from_env = Access::from_env(&env(&[
        ("AUD", "aud"),
        ("TEAM_NAME", "https://acme.cloudflareaccess.com/"),
        ("EXEMPT_PATHS", " /health, /public/,"),
        ("CACHE_TIMEOUT", "60"),
    ]))
    .unwrap();
    let from_rust = Settings::new()
        .audience("aud")
        .team("acme.cloudflareaccess.com")
        .exempt(["/health", "/public"])
        .cache_timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    assert_eq!(from_env, from_rust);
    let plain = Settings::new().audience("aud").team("acme").build().unwrap();
    assert_eq!(plain.cache_timeout(), Duration::from_secs(3_600));
    assert_eq!(plain.issuers()[0].certs_url, "https://acme.cloudflareaccess.com/cdn-cgi/access/certs");
}

#[test]
fn the_environment_says_what_rust_has_not() {
    let settings = Settings::new().team("acme").exempt(["/a"]).cache_timeout(Duration::from_secs(9));
    let vars = env(&[
        ("AUD", "aud"),
        ("TEAM_NAME", "other"),
        ("ALLOWED_TEAMS", "other"),
        ("EXEMPT_PATHS", "/b"),
        ("CACHE_TIMEOUT", "8"),
    ]);
    let access = settings.or_env(&vars).unwrap().build().unwrap();
    let gate = access.gate("/").unwrap();
    assert_eq!(gate.audience(), Some("aud"));
    assert_eq!(gate.issuers().collect::<Vec<_>>(), ["https://acme.cloudflareaccess.com"]);
    assert!(access.is_exempt("/a") && !access.is_exempt("/b"));
    assert_eq!(access.cache_timeout(), Duration::from_secs(9));
}

#[test]
fn f28_a03_a_team_alone_is_a_mistake_unless_it_is_meant() {
    let says = ".accept_any_audience_of_the_team()";
    mistake(Settings::new().team("acme").build(), says);
    mistake(Access::from_env(&env(&[("TEAM_NAME", "acme")])), says);
    let opt_in = "ACCEPT_ANY_AUDIENCE_OF_THE_TEAM";
    mistake(Access::from_env(&env(&[("TEAM_NAME", "acme"), (opt_in, "false")])), says);
    for value in ["1", "yes", "TRUE"] {
        mistake(Access::from_env(&env(&[("TEAM_NAME", "acme"), (opt_in, value)])), "it is `true` or not set");
    }
    for access in [
        Access::from_env(&env(&[("TEAM_NAME", "acme"), (opt_in, "true")])).unwrap(),
        Settings::new().team("acme").accept_any_audience_of_the_team().build().unwrap(),
    ] {
        assert_eq!(access.gate("/").unwrap().audience(), None);
    }
    mistake(
        Settings::new().team("acme").audience("a").accept_any_audience_of_the_team().build(),
        "take one of the two",
    );
}

#[test]
fn f27_f28_a01_an_audience_alone_needs_the_teams() {
    let says = "CLOUDFLARE_ACCESS_ALLOWED_TEAMS";
    mistake(Settings::new().audience("aud").build(), says);
    mistake(Access::from_env(&env(&[("AUD", "aud")])), says);
    mistake(Settings::new().audience("aud").allowed_teams([""; 0]).build(), says);
    mistake(
        Settings::new().audience("aud").allowed_teams(["acme", "a.b"]).build(),
        "no Cloudflare Access team",
    );
    mistake(
        Settings::new().audience("aud").team("acme").allowed_teams(["b"]).build(),
        "take one of the two away",
    );
    let access = Access::from_env(&env(&[
        ("AUD", "aud"),
        ("ALLOWED_TEAMS", "acme, https://beta.cloudflareaccess.com"),
    ]));
    let issuers = access.unwrap().issuers().iter().map(|issuer| issuer.name.clone()).collect::<Vec<_>>();
    assert_eq!(issuers, ["https://acme.cloudflareaccess.com", "https://beta.cloudflareaccess.com"]);
}

#[test]
fn what_cannot_be_is_told_with_its_place() {
    let set = || Settings::new().team("acme").audience("aud");
    mistake(Settings::new().team("acme.example.com").audience("aud").build(), "no Cloudflare Access team");
    mistake(Settings::new().team("acme").audience("a b").build(), "no audience tag");
    mistake(Settings::new().team("acme").audience("a,b").build(), "no audience tag");
    mistake(set().exempt(["health"]).build(), "is no path");
    mistake(set().exempt(["/"]).build(), "`/` alone would be every path");
    mistake(set().cache_timeout(Duration::ZERO).build(), "1 to 604800 s");
    mistake(set().cache_timeout(Duration::from_secs(604_801)).build(), "1 to 604800 s");
    for value in ["1h", "-1", "1.5", "99999999999999999999"] {
        let vars = env(&[("TEAM_NAME", "acme"), ("AUD", "aud"), ("CACHE_TIMEOUT", value)]);
        mistake(Access::from_env(&vars), "whole seconds");
    }
    let admin = || Application::new().audience("admin");
    mistake(set().application("admin", admin()).build(), "is no path");
    mistake(set().application("/", admin()).build(), "is no path");
    mistake(
        set().application("/a", admin()).application("/%61/", admin()).build(),
        "two Cloudflare Access applications",
    );
    mistake(set().application("/a", Application::new()).build(), ".accept_any_audience_of_the_team()");
    mistake(set().application("/a", Application::new().team("b")).build(), "application of /a");
    mistake(Settings::new().application("/a", admin()).build(), "application of /a");
}

#[test]
fn an_application_has_the_sites_team_unless_it_names_one() {
    let access = Settings::new()
        .team("acme")
        .audience("aud")
        .application("/a", Application::new().audience("a"))
        .application("/b", Application::new().audience("b").team("beta"))
        .build()
        .unwrap();
    let issuer = |path| access.gate(path).unwrap().issuers().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(issuer("/a"), ["https://acme.cloudflareaccess.com"]);
    assert_eq!(issuer("/b/c"), ["https://beta.cloudflareaccess.com"]);
    assert_eq!(access.issuers().len(), 2);
}

#[test]
fn the_certs_url_of_a_test_is_safe() {
    let set = |url: &str| Settings::new().team("acme").audience("aud").with_certs_url(url).build();
    for url in [
        "http://127.0.0.1:8788/certs",
        "http://localhost:1/",
        "http://[::1]:1/certs",
        "http://127.9.9.9",
        "https://keys.example.com/certs",
    ] {
        assert_eq!(set(url).unwrap().issuers()[0].certs_url, url);
    }
    let both = |url| Access::from_env(&env(&[("AUD", "aud"), ("TEAM_NAME", "acme"), ("CERTS_URL", url)]));
    let loopback = "http://127.0.0.1:8788/certs";
    assert_eq!(both(loopback).unwrap().issuers()[0].certs_url, loopback);
    // Whoever could set a variable must not be able to let in whom they like.
    mistake(both("https://keys.example.com/certs"), "an http URL of a loopback host");
    mistake(both("http://keys.example.com/certs"), "cannot be where the keys");
    for url in [
        "",
        "certs",
        "/certs",
        "http://",
        "http://keys.example.com/certs",
        "http://127.0.0.1@evil.example/",
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://10.0.0.1/",
        "https://user@keys.example.com/",
        "ftp://127.0.0.1/",
        "file:///certs",
        "127.0.0.1:8788",
    ] {
        mistake(set(url), "cannot be where the keys");
    }
}
