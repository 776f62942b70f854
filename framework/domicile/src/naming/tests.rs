//! Who is a tenant and who is not.

use super::*;

#[track_caller]
fn check_subdomain(host: &str, expect: Option<&str>) {
    assert_eq!(subdomain(host, "example.com").as_deref(), expect, "{host}");
}

#[test]
fn a_subdomain_is_one_label_below_the_base() {
    check_subdomain("acme.example.com", Some("acme"));
    check_subdomain("ACME.Example.com:8787", Some("acme"));
    check_subdomain("acme.example.com.", Some("acme"));
    check_subdomain("example.com", None);
    check_subdomain(".example.com", None);
    check_subdomain("a.b.example.com", None);
    check_subdomain("acmeexample.com", None);
    check_subdomain("127.0.0.1:8787", None);
    check_subdomain("[::1]:8787", None);
    check_subdomain("acme.example.com.evil.net", None);
    check_subdomain("", None);
}

#[test]
fn a_path_without_a_slash_is_a_mistake() {
    assert!(tenant::path("t").mistake().is_some_and(|why| why.contains("`t`")));
    assert!(tenant::path("/t").mistake().is_none() && tenant::path("").mistake().is_none());
}

#[track_caller]
fn check_path(target: &str, expect: &str) {
    let got = match segment("/t", target) {
        Named::Actor { name, prefix, rest } => format!("{name} {prefix} {rest}"),
        other => format!("{other:?}"),
    };
    assert_eq!(got, expect);
}

#[test]
fn a_path_segment_is_decoded_and_taken_off() {
    check_path("/t/acme/blog/?page=2", "acme /t/acme /blog/?page=2");
    check_path("/t/a%20b/", "a b /t/a%20b /");
    check_path("/t/a%2Fb/", "a%2Fb /t/a%2Fb /");
    check_path("/t/acme", "AddSlash");
    check_path("/t/acme?x", "AddSlash");
    check_path("/t//x", "Nobody");
    check_path("/t/", "Nobody");
    check_path("/tea/acme/", "Nobody");
    check_path("/", "Nobody");
    check_path("/t/%00/", "Bad(Control)");
}
