//! What a handler is given, against what workerd 1.20261117.1 gives a Worker (measured).

use super::rig::{body, config, get, post, rig, status};

/// The target that a handler gets for each target that is sent.
#[test]
fn a_target_is_what_new_url_makes_of_it() {
    let rig = rig(config());
    for (sent, given) in [
        ("/", "/"),
        ("/a/../b", "/b"),
        ("/a/./b", "/a/b"),
        ("/..", "/"),
        ("/../../x", "/x"),
        ("/a/..", "/"),
        ("/a/.", "/a/"),
        ("/a/b/../", "/a/"),
        ("/a/%2e%2e/x", "/x"),
        ("/a/.%2E/x", "/x"),
        ("//x", "//x"),
        ("//x/y?z", "//x/y?z"),
        ("///", "///"),
        ("//[::1/x", "//[::1/x"),
        ("//u@h/x", "//u@h/x"),
        ("//x:99999/", "//x:99999/"),
        ("/a^b?^", "/a%5Eb?^"),
        ("/a//b", "/a//b"),
        ("/a%20b", "/a%20b"),
        ("/a%2fb", "/a%2fb"),
        ("/%", "/%"),
        ("/%zz", "/%zz"),
        ("/%00", "/%00"),
        ("/?", "/"),
        ("/a?", "/a"),
        ("/a?#f", "/a"),
        ("/a#f", "/a"),
        ("/a?b#f", "/a?b"),
        ("/a?b?c", "/a?b?c"),
        ("/a\\b", "/a/b"),
        ("/\\x", "//x"),
        ("/a/..\\b", "/b"),
        ("/caf\u{e9}", "/caf%C3%A9"),
        ("/a?q=\u{e9}", "/a?q=%C3%A9"),
        ("/a?q=%zz&x=a\\b", "/a?q=%zz&x=a\\b"),
        ("/a?q=a|b{}`^", "/a?q=a|b{}`^"),
        ("/a?x=/../y", "/a?x=/../y"),
        ("/A%41?%41", "/A%41?%41"),
        ("/~a/!$&'()*,=@;:+", "/~a/!$&'()*,=@;:+"),
        ("*", "/"),
        ("foo", "/"),
        ("http://other.com/abs?q", "/abs?q"),
        ("http://other.com", "/"),
        ("HTTP://Other.COM/Q", "/Q"),
        ("https://u:p@other.com:8080/x", "/x"),
    ] {
        let reply = rig.ask(get(sent, ""));
        assert_eq!((status(&reply), body(&reply)), (200, &*format!("path {given}")), "{sent}");
    }
}

#[test]
fn a_target_that_is_none_is_400() {
    let rig = rig(config());
    for sent in ["\\a", "foo/bar", "?x", "#x", "", "/a b", "/a?b c", "/a\tb", "/a\x01b", "/a\x7fb", "/a<b>"] {
        assert_eq!(status(&rig.ask(get(sent, ""))), 400, "{sent:?}");
    }
    assert_eq!(status(&rig.ask(b"GET /caf\xe9 HTTP/1.1\r\nHost: a\r\n\r\n")), 400);
}

#[test]
fn a_target_over_64_kib_is_414() {
    let rig = rig(config());
    assert_eq!(status(&rig.ask(get(&format!("/{}", "a".repeat(60_000)), ""))), 200);
    assert_eq!(status(&rig.ask(get(&format!("/{}", "a".repeat(70_000)), ""))), 414);
}

#[test]
fn a_request_needs_one_host_that_is_a_host() {
    let rig = rig(config());
    for (hosts, expected) in [
        ("Host: ex.com\r\n", 200),
        ("Host: EX.com:8787\r\n", 200),
        ("Host: [::1]:80\r\n", 200),
        ("Host: 127.0.0.1\r\n", 200),
        ("Host: a_b\r\n", 200),
        ("Host: b\u{fc}cher.de\r\n", 200),
        ("", 400),
        ("Host: \r\n", 400),
        ("Host: a\r\nHost: a\r\n", 400),
        ("Host: a b\r\n", 400),
        ("Host: ex.com/p\r\n", 400),
        ("Host: ex.com?q\r\n", 400),
        ("Host: ex.com#f\r\n", 400),
        ("Host: u@ex.com\r\n", 400),
        ("Host: a\\b\r\n", 400),
        ("Host: a\tb\r\n", 400),
        ("Host: <x>\r\n", 400),
        ("Host: ex.com:99999\r\n", 400),
        ("Host: 256.1.1.1\r\n", 400),
    ] {
        let reply = rig.ask(format!("GET /x HTTP/1.1\r\nConnection: close\r\n{hosts}\r\n"));
        assert_eq!(status(&reply), expected, "{hosts:?}");
    }
    // Whether or not the client asks for it, its connection ends.
    assert_eq!(status(&rig.ask("GET /x HTTP/1.1\r\n\r\n")), 400);
    assert_eq!(status(&rig.ask("GET /x HTTP/1.0\r\n\r\n")), 400);
}

#[test]
fn the_methods_are_those_of_workerd() {
    let rig = rig(config());
    for (method, expected) in [
        ("GET", 200),
        ("POST", 200),
        ("DELETE", 200),
        ("OPTIONS", 200),
        ("TRACE", 200),
        ("PROPFIND", 200),
        ("QUERY", 200),
        ("get", 501),
        ("FOO", 501),
        ("LINK", 501),
        ("M-SEARCH", 501),
        ("G@T", 400),
    ] {
        assert_eq!(status(&rig.ask(get("/x", "").replacen("GET", method, 1))), expected, "{method}");
    }
    assert_eq!(status(&rig.ask("CONNECT ex.com:80 HTTP/1.1\r\nHost: ex.com:80\r\n\r\n")), 501);
}

#[test]
fn headers_come_sorted_joined_and_in_lower_case() {
    let rig = rig(config());
    let headers = "X-B: 1\r\nx-b: 2\r\nCookie: a=1\r\nCookie: b=2\r\nX-Empty:\r\nX-A:   a  b  \r\nX-B: 3\r\n\
                   Set-Cookie: x=1\r\nSet-Cookie: y=2\r\n";
    assert_eq!(
        body(&rig.ask(get("/seen", headers))),
        "GET /seen\nconnection=close\ncookie=a=1, b=2\nhost=ex.com\nset-cookie=x=1\nset-cookie=y=2\n\
         x-a=a  b\nx-b=1, 2, 3\nx-empty=\nbody=\n"
    );
}

#[test]
fn a_header_that_is_not_utf_8_gets_replacement_characters() {
    let rig = rig(config());
    let reply = rig.ask(
        b"GET /seen HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-L: caf\xe9\r\nX-U: caf\xc3\xa9\r\n\r\n",
    );
    assert!(body(&reply).contains("x-l=caf\u{fffd}\nx-u=caf\u{e9}\n"), "{reply}");
}

#[test]
fn a_malformed_head_is_400() {
    let rig = rig(config());
    for line in ["X L: a", "X(L: a", "X-L : a", "XL", "X-L: a\r\n b", ": a", "X-L: a\0b"] {
        assert_eq!(status(&rig.ask(get("/x", &format!("{line}\r\n")))), 400, "{line:?}");
    }
    for head in
        ["GET /x\r\n\r\n", "GET /x HTTP/2.0\r\n\r\n", "GET /x HTTP/1.2\r\n\r\n", "\x16\x03\x01junk\r\n\r\n"]
    {
        assert_eq!(status(&rig.ask(head)), 400, "{head:?}");
    }
}

#[test]
fn a_get_may_have_a_body() {
    let rig = rig(config());
    let reply = rig.ask(get("/seen", "Content-Length: 3\r\n") + "abc");
    assert_eq!(body(&reply), "GET /seen\nconnection=close\ncontent-length=3\nhost=ex.com\nbody=abc\n");
}

#[test]
fn a_chunked_body_comes_whole_and_without_its_trailers() {
    let rig = rig(config());
    let chunks = "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-T: 1\r\n\r\n";
    let sent = post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", chunks).replace("/echo", "/seen");
    assert_eq!(
        body(&rig.ask(sent)),
        "POST /seen\nconnection=close\nhost=ex.com\ntransfer-encoding=chunked\nbody=abcde\n"
    );
}
