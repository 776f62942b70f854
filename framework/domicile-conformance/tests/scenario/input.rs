//! Bad input: what is not found, not allowed, malformed or odd.

use super::NOT_FOUND;
use crate::support::http::{self, Request};
use crate::support::world::World;

pub(super) fn unknown_routes_and_methods(w: &World) {
    for target in [
        "/nothing",
        "/",
        "/web/nothing",
        "/web/kinds/more",
        "/webby",
        "/entry/nothing",
        "/ledger/",
        "/WEB/kinds",
    ] {
        w.get(target).is(404, NOT_FOUND);
        w.post(target, "").is(404, NOT_FOUND);
    }
    let wrong = |method: &str, target: &str, allow: &str| {
        let reply = w.send(&Request::new(method, target));
        reply.has(405);
        assert_eq!(reply.header("allow"), allow);
    };
    wrong("POST", "/web/", "GET, HEAD");
    wrong("GET", "/web/only-post", "POST");
    wrong("OPTIONS", "/web/kinds", "GET, HEAD, POST, PUT, PATCH, DELETE");
    wrong("DELETE", "/entry/echo", "POST, PUT");
    wrong("PUT", "/ledger/unknown/add/ok", "POST");
    let unknown = w.quietly(&Request::new("BREW", "/web/kinds"));
    assert_eq!(unknown.status, 501, "workerd knows a list of methods, with words of its own for others");
}

pub(super) fn missing_slashes(w: &World) {
    let to = |target: &str, location: &str| {
        let reply = w.get(target);
        reply.has(308);
        assert_eq!(reply.header("location"), location);
    };
    to("/web/slash", "/web/slash/");
    to("/web/slash?a=b/c?d", "/web/slash/?a=b/c?d");
    to("/web", "/web/");
    to("/web?a=b", "/web/?a=b");
    to("/entry", "/entry/");
    to("/ledger/some%20one", "/ledger/some%20one/");
    to("/by-path/t/acme", "/by-path/t/acme/");
    let head = w.send(&Request::new("HEAD", "/web/slash"));
    assert_eq!((head.status, head.header("location")), (308, "/web/slash/"));
    w.post("/web/slash", "").is(404, NOT_FOUND);
    w.get("/web/no-slash/").is(404, NOT_FOUND);
}

pub(super) fn bad_encodings(w: &World) {
    for bad in ["%", "%4", "%zz", "%ff", "%c3%28", "%C3", "a%"] {
        w.get(format!("/web/word/{bad}/")).has(400);
        w.get(format!("/ledger/{bad}/")).has(400);
        w.get(format!("/entry/hello/{bad}")).has(400);
    }
    w.get("/%").has(400);
    w.get("/web/search?text=%zz").has(200);
}

pub(super) fn odd_targets(w: &World) {
    w.get("/web/../web/kinds").is(200, "GET\n");
    w.get("/a/b/../../web/./kinds").is(200, "GET\n");
    w.get("/a/%2e%2E/web/kinds").is(200, "GET\n");
    w.get("/web\\kinds").is(200, "GET\n");
    w.get("//web/kinds").is(404, NOT_FOUND);
    w.get("//evil.test/web").is(404, NOT_FOUND);
    w.get("/web//kinds").is(404, NOT_FOUND);
    w.get("/web/kinds#fragment").has(200);
    w.get("http://other.test/web/kinds").has(200);
    for odd in ["|^", "`", "{}", "\"", "<>", "[]", "ä"] {
        let reply = w.quietly(&Request::get(format!("/web/word/{odd}/")));
        // Each server has words of its own for what is no target.
        let text = if reply.status == 400 { String::new() } else { reply.text() };
        w.note(format!("{odd}: {} {text}", reply.status));
    }
    w.get("/web/word/'();:@&=+$,!*~/").has(200);
    w.get(format!("/web/word/{}/", "x".repeat(4000))).has(200);
    w.send(&Request::new("OPTIONS", "*"));
}

pub(super) fn malformed_requests(w: &World) {
    // Each server has words of its own for what is no HTTP, or closes the connection.
    let status = |bytes: &[u8]| http::send_raw(w.server.address(), bytes).map_or(400, |reply| reply.status);
    for bad in [
        "GET /web/kinds HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /web/kinds HTTP/1.0\r\n\r\n",
        "GET /web/kinds HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n",
        "POST /web/size HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: x\r\n\r\n",
        "POST /web/size HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: -1\r\n\r\n",
        "POST /web/size HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /web/kinds HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        "GET /web/kinds HTTP/3.0\r\nHost: a\r\n\r\n",
        "GET web/kinds HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "nonsense\r\n\r\n",
    ] {
        assert_eq!(status(bad.as_bytes()), 400, "{bad}");
    }
    w.raw(b"GET /web/kinds HTTP/1.0\r\nHost: a\r\n\r\n").is(200, "GET\n");
    w.get("/web/kinds").is(200, "GET\n");
}

pub(super) fn the_request_as_the_actor_sees_it(w: &World) {
    let seen = |target: &str, host: &str, expected: &str| {
        w.send(&Request::get(target).host(host)).is(200, expected);
    };
    seen(
        "/web/seen/a%20b/c?d=%20e",
        "app.test:8080",
        "origin http://app.test:8080\nprefix /web\nuri /seen/a%20b/c?d=%20e\npath /seen/a%20b/c\nrest \"a b/c\"\nlink /web/seen/me\n",
    );
    seen(
        "/site/t%20e/seen/x",
        "APP.Test",
        "origin http://app.test\nprefix /site/t%20e\nuri /seen/x\npath /seen/x\nrest \"x\"\nlink /site/t%20e/seen/me\n",
    );
}
