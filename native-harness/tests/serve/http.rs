//! What the server makes of requests and of an app's replies, all the way through.

use super::rig::{Program, start};

fn with(test: impl Fn(&Program), arguments: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    test(&start(folder.path(), arguments));
}

/// A request that ends the connection, as bytes.
fn closing(method: &str, path: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: x.test\r\nconnection: close\r\n\r\n")
}

#[test]
fn pages_come_as_chunks_and_head_has_none() {
    with(
        |program| {
            let reply = program.connect().raw(&closing("GET", "/t/a/pages"));
            assert!(reply.contains("transfer-encoding: chunked"), "{reply}");
            assert!(
                reply.ends_with("\r\n\r\n7\r\npage 0\n\r\n7\r\npage 1\n\r\n7\r\npage 2\n\r\n0\r\n\r\n"),
                "{reply}"
            );
            let reply = program.connect().raw(&closing("HEAD", "/t/a/pages"));
            assert!(reply.starts_with("HTTP/1.1 200") && reply.ends_with("\r\n\r\n"), "{reply}");
        },
        &[],
    );
}

#[test]
fn bad_requests_get_their_status() {
    with(
        |program| {
            for (method, path, status) in [
                ("GET", "/nothing/", 404),
                ("GET", "/t/a/nothing", 404),
                ("DELETE", "/t/a/", 405),
                ("GET", "/t/a/%zz", 400),
                ("GET", "/t/a", 308),
            ] {
                assert_eq!(program.connect().ask(method, path, "").0, status, "{method} {path}");
            }
            let reply = program.connect().raw(&closing("PUT", "/t/a/"));
            assert!(reply.contains("allow: GET, HEAD, POST"), "{reply}");
        },
        &[],
    );
}

#[test]
fn a_body_over_the_limit_is_refused() {
    with(
        |program| {
            assert_eq!(program.post("/t/a/length", &"x".repeat(1000)), (200, "1000".to_owned()));
            assert_eq!(program.post("/t/a/length", &"x".repeat(1001)).0, 413);
        },
        &["--body-limit", "1000"],
    );
    with(
        |program| {
            let most = "x".repeat(10 << 20);
            assert_eq!(program.post("/t/a/length", &most).0, 200);
            assert_eq!(program.post("/t/a/length", &format!("{most}x")).0, 413);
        },
        &[],
    );
}
