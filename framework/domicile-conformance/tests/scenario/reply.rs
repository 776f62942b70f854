//! Requests and replies, of every method, type and size.

use super::{NOT_FOUND, PLAIN};
use crate::support::http::Request;
use crate::support::world::World;

pub(super) fn every_method(w: &World) {
    w.get("/web/kinds").is(200, "GET\n");
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        w.send(&Request::new(method, "/web/kinds").body("body")).is(200, &format!("{method} b\"body\"\n"));
        w.send(&Request::new(method, "/web/kinds")).is(200, &format!("{method} b\"\"\n"));
    }
}

pub(super) fn head_is_get_without_a_body(w: &World) {
    for target in [
        "/web/no-slash",
        "/web/reply/bytes",
        "/web/reply/empty",
        "/web/redirect/see-other",
        "/web/nothing",
        "/entry/",
    ] {
        let get = w.get(target);
        let head = w.send(&Request::new("HEAD", target));
        head.is(get.status, "");
        assert_eq!(head.all("content-type"), get.all("content-type"));
        // A handler may leave out the body of a HEAD, so an empty one has no length.
        let length: Vec<_> = get.all("content-length").into_iter().filter(|l| *l != "0").collect();
        assert_eq!(head.all("content-length"), length, "{target}");
    }
    w.send(&Request::new("HEAD", "/web/pages/few")).is(200, "");
    w.send(&Request::new("HEAD", "/web/only-post")).has(405);
}

pub(super) fn path_parameters(w: &World) {
    w.get("/web/item/7").is(200, "7\n");
    w.get("/web/item/007").is(200, "7\n");
    w.get("/web/word/a%20b%C3%A4+c/").is(200, "\"a bä+c\"\n");
    w.get("/web/word/a%2Fb/").is(200, "\"a/b\"\n");
    w.get("/web/word/%252F/").is(200, "\"%2F\"\n");
    w.get("/web/word/a%3Fb%23c/").is(200, "\"a?b#c\"\n");
    w.get("/web/word//").has(404);
    w.get("/web/files/a/b%2Fc/d").is(200, "\"a/b/c/d\"\n");
    w.get("/web/files/").has(404);
    w.get("/web/missing/1").failed(500, "Internal Server Error");
}

pub(super) fn a_parameter_that_does_not_parse(w: &World) {
    for bad in ["x", "-1", "4294967296", "1.0", "%20", "1%2F2"] {
        w.get(format!("/web/item/{bad}")).is(404, NOT_FOUND);
    }
}

pub(super) fn queries(w: &World) {
    w.get("/web/search?text=a+b%20c%C3%A4&page=2").is(200, "Search { text: \"a b cä\", page: Some(2) }\n");
    w.get("/web/search?text=").is(200, "Search { text: \"\", page: None }\n");
    w.get("/web/search?text=a&other=b").is(200, "Search { text: \"a\", page: None }\n");
    w.get("/web/search").has(400);
    w.get("/web/search?text=a&page=x").has(400);
    w.get("/web/search?text=a&text=b").has(400);
    w.get("/web/query?a=1&b&a=2&=c&%26=%3D")
        .is(200, "[(\"a\", \"1\"), (\"b\", \"\"), (\"a\", \"2\"), (\"\", \"c\"), (\"&\", \"=\")]\n");
    w.get("/web/query").is(200, "[]\n");
    w.get("/web/query?").is(200, "[]\n");
    w.get("/web/query?a=%ff%zz").has(200);
    w.get("/web/query/a?b=1&a=x%20y&a=z").is(200, "Some(\"x y\")\n");
    w.get("/web/query/a?b=1").is(200, "None\n");
}

pub(super) fn forms(w: &World) {
    let form =
        |body: &str, kind: &str| w.send(&Request::post("/web/form", body).header("Content-Type", kind));
    let urlencoded = "application/x-www-form-urlencoded";
    form("text=a+b&page=3", urlencoded).is(200, "Search { text: \"a b\", page: Some(3) }\n");
    form("text=%C3%A4", "Application/X-WWW-Form-URLencoded; charset=UTF-8")
        .is(200, "Search { text: \"ä\", page: None }\n");
    form("page=3", urlencoded).has(400);
    form("text=a&page=-3", urlencoded).has(400);
    form("text=a", "text/plain").has(415);
    w.post("/web/form", "text=a").has(415);
}

pub(super) fn json(w: &World) {
    let json =
        |body: &str, kind: &str| w.send(&Request::post("/web/json", body).header("Content-Type", kind));
    json(r#"{"text": "ä\n", "page": 1}"#, "application/json")
        .is(200, "Search { text: \"ä\\n\", page: Some(1) }\n");
    json(r#"{"text": "a"}"#, "application/problem+json; a=b").is(200, "Search { text: \"a\", page: None }\n");
    json(r#"{"text": 1}"#, "application/json").has(400);
    json(r#"{"text": "a""#, "application/json").has(400);
    json("", "application/json").has(400);
    json("{}", "text/json").has(415);
    let echo = Request::post("/web/json/echo", r#"{"b": 1.5, "a": null, "ü": 1e300}"#);
    let reply = w.send(&echo.header("Content-Type", "application/json"));
    reply.is(200, r#"{"a":null,"b":1.5,"ü":1e+300}"#);
    assert_eq!(reply.header("content-type"), "application/json");
}

pub(super) fn text_bodies(w: &World) {
    w.post("/web/text", "häß\r\n").is(200, "\"häß\\r\\n\"\n");
    w.post("/web/text", "").is(200, "\"\"\n");
    w.post("/web/text", b"\xff").is(400, "the body is not UTF-8\n");
    w.send(&Request::post("/web/text", "in chunks").chunked()).is(200, "\"in chunks\"\n");
}

pub(super) fn headers_and_cookies_of_a_request(w: &World) {
    w.send(&Request::get("/web/header/x-one").header("X-ONE", "  a b\t")).is(200, "\"a b\"\n");
    w.send(&Request::get("/web/header/x-none")).is(200, "");
    let utf = Request::get("/web/header/x-utf").header("X-UTF", "häß");
    w.send(&utf).is(200, "\"h\\\\xc3\\\\xa4\\\\xc3\\\\x9f\"\n");
    w.send(&Request::get("/web/header/x-latin").header("X-Latin", b"caf\xe9")).has(200);
    w.send(&Request::get("/web/header/x-two").header("X-Two", "a").header("X-Two", "b")).has(200);
    let cookies = Request::get("/web/cookies").header("Cookie", "a=1; b=%C3%A4%3B; a=2; c=\"q\"; d");
    w.send(&cookies).has(200);
    w.send(&Request::get("/web/cookie/b").header("Cookie", "a=1; b=x%20y")).is(200, "Some(\"x y\")\n");
    w.send(&Request::get("/web/cookie/c").header("Cookie", "a=1; b=2")).is(200, "None\n");
    w.get("/web/cookies").is(200, "");
    // Repeated headers reach a Worker as one, joined with a comma, which is no cookie's separator.
    let two = Request::get("/web/cookies").header("Cookie", "a=1").header("Cookie", "b=2");
    w.send(&two).is(200, "a=\"1, b=2\"\n");
}

pub(super) fn several_cookies(w: &World) {
    let reply = w.get("/web/reply/cookies");
    reply.is(200, "three cookies\n");
    assert_eq!(
        reply.all("set-cookie"),
        ["plain=1", "odd=%C3%A4%3B%20b%3Dc%2C%20d", "session=abc; HttpOnly; Secure; Path=/"]
    );
    let reply = w.get("/entry/cookies");
    assert_eq!(reply.all("set-cookie"), ["a=1", "b=2"]);
}

pub(super) fn redirects(w: &World) {
    let to = |target: &str, status: u16, location: &str| {
        let reply = w.get(target);
        reply.is(status, "");
        assert_eq!(reply.header("location"), location);
    };
    to("/web/redirect/see-other", 303, "/web/");
    to("/site/ten%20ant/redirect/see-other", 303, "/site/ten%20ant/");
    to("/web/redirect/temporary", 307, "https://example.com/there?a=b#c");
    to("/web/redirect/permanent", 308, "/web/slash/");
}

pub(super) fn replies_of_every_type(w: &World) {
    let typed = |target: &str, status: u16, kind: &[&str], body: &str| {
        let reply = w.get(target);
        reply.is(status, body);
        assert_eq!(reply.all("content-type"), kind, "{target}");
    };
    typed("/web/reply/text", 200, &[PLAIN], "text, häßlich\n");
    typed("/web/reply/html", 200, &["text/html; charset=utf-8"], "<p>html</p>\n");
    typed("/web/reply/json", 200, &["application/json"], "[\"json\",1.5,null]");
    typed("/web/reply/empty", 204, &[], "");
    typed("/web/reply/nothing", 200, &[PLAIN], "");
    typed("/web/reply/teapot", 418, &["application/json"], "\"teapot\"");
    let reply = w.get("/web/reply/headers");
    reply.is(200, "headers\n");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("etag"), "\"abc\"");
    assert_eq!(reply.header("x-utf"), "h\u{c3}\u{a4}\u{c3}\u{9f}", "the bytes of its UTF-8");
}

pub(super) fn statuses(w: &World) {
    for status in [200, 201, 202, 206, 299, 300, 400, 404, 418, 451, 499, 500, 503, 599] {
        w.get(format!("/web/reply/status/{status}")).is(status, "a body\n");
    }
    for bare in [204, 205, 304] {
        w.get(format!("/web/reply/status/{bare}")).is(bare, "");
    }
    for none in [100, 101, 103, 199, 600, 999] {
        w.get(format!("/web/reply/status/{none}")).failed(500, "Internal Server Error");
    }
}

pub(super) fn errors_become_statuses(w: &World) {
    let kinds = [400, 401, 403, 404, 409, 413, 415, 422, 500, 500, 503, 418, 502, 503, 504, 501, 500];
    for (kind, status) in kinds.into_iter().enumerate() {
        let reply = w.get(format!("/web/reply/error/{kind}"));
        reply.has(status);
        let told = reply.text().starts_with("it is ");
        assert_eq!(told, status < 500, "a client is told what is its own fault: {}", reply.text());
    }
    w.get("/web/reply/error/17").is(404, "kind not found\n");
}

pub(super) fn headers_that_cannot_be(w: &World) {
    w.get("/web/reply/bad-header").failed(500, "Internal Server Error");
    let reply = w.get("/web/reply/bad-redirect");
    reply.failed(500, "Internal Server Error");
    assert_eq!(reply.all("set-cookie"), Vec::<&str>::new());
    w.get("/web/reply/status/1000").has(400);
}

pub(super) fn binary_bodies(w: &World) {
    let all: Vec<u8> = (0..=255).collect();
    let reply = w.get("/web/reply/bytes");
    assert_eq!(reply.body, all);
    assert_eq!(reply.header("content-type"), "application/octet-stream");
    assert_eq!(w.post("/web/echo", &all).body, all);
    assert_eq!(w.post("/entry/echo", &all).body, all);
    assert_eq!(w.send(&Request::post("/web/echo", &all).chunked()).body, all);
    let id = w.post("/site/binary/store", &all).text();
    assert_eq!(w.get(format!("/site/binary/store/{}", id.trim())).body, all);
    assert_eq!(w.post("/site/binary/store", "").text(), "2\n");
    w.get("/site/binary/store/2").is(200, "");
    w.get("/site/binary/store/3").is(404, "blob not found\n");
}

pub(super) const LIMIT: usize = 10 * 1024 * 1024;

pub(super) fn large_bodies(w: &World) {
    let body: Vec<u8> = (0..LIMIT).map(|i| u8::try_from(i * 31 % 251).unwrap_or_default()).collect();
    assert!(w.post("/web/echo", &body).body == body, "ten MiB come back as they went");
    assert!(w.post("/entry/echo", &body).body == body, "ten MiB come back as they went");
    w.send(&Request::post("/web/size", &body).chunked()).is(200, "10485760\n");
    let reply = w.get("/web/reply/big");
    assert_eq!((reply.status, reply.body.len()), (200, LIMIT));
}

pub(super) fn bodies_over_the_limit(w: &World) {
    let body = vec![b'x'; LIMIT + 1];
    for target in ["/ledger/too-large/add/ok", "/entry/echo"] {
        w.post(target, &body).has(413);
        w.send(&Request::post(target, &body).chunked()).has(413);
        w.send(&Request::post(target, "").announced(LIMIT + 1)).has(413);
        w.send(&Request::post(target, "").announced(usize::MAX / 4)).has(413);
    }
    w.get("/ledger/too-large/").is(200, "balance 0, rows 0, memory 0, alarm none, notes []\n");
}

pub(super) fn pages(w: &World) {
    let reply = w.get("/web/pages/few");
    reply.is(200, "piece 0\npiece 1\npiece 2\npiece 3\npiece 4\n");
    assert_eq!(reply.header("content-type"), "text/csv");
    w.get("/web/pages/empty").is(200, "piece 1\npiece 3\npiece 5\n");
    w.get("/web/pages/none").is(200, "");
    let big = w.get("/web/pages/big");
    assert!(!big.broken && big.body.len() == LIMIT);
    assert!(big.body.chunks(65536).zip(0..).all(|(piece, at)| piece.iter().all(|b| *b == at)));
}

pub(super) fn rows_page_by_page(w: &World) {
    w.get("/site/rows/rows").is(200, "");
    w.post("/site/rows/rows", "250").is(201, "");
    let expected: String = (1..=250).map(|i| format!("row {i}\n")).collect();
    w.get("/site/rows/rows").is(200, &expected);
}

pub(super) fn a_page_that_fails(w: &World) {
    for end in ["error", "write"] {
        let reply = w.get(format!("/site/broken/pages/{end}"));
        assert!(reply.broken, "a client must not take a part for the whole: {reply:?}");
        assert!(!reply.text().contains("secret"));
    }
    w.get("/site/broken/pages/other").is(404, "way to end not found\n");
    w.get("/site/broken/rows").is(200, "");
}
