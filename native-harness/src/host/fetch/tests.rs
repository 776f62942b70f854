//! Fetching from a server of bytes: methods, redirects, and what is refused.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use bytes::Bytes;
use domicile::{Kind, Result};
use http::{Request, Response};

use super::Fetcher;

/// A server that gives these replies, one to each connection, and tells what it was asked.
fn server(replies: Vec<String>) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for reply in replies {
            let (stream, _) = listener.accept().unwrap();
            let mut stream = BufReader::new(stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                stream.read_line(&mut head).unwrap();
            }
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
            stream.read_exact(&mut body).unwrap();
            tell.send(head.clone() + &String::from_utf8(body).unwrap()).unwrap();
            stream.get_mut().write_all(reply.as_bytes()).unwrap();
        }
    });
    (address, told)
}

fn reply(head: &str, body: &str) -> String {
    format!("HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn fetch(request: http::request::Builder, body: &'static str) -> Result<Response<Bytes>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Fetcher::default().fetch(request.body(Bytes::from(body)).unwrap()))
}

#[test]
fn a_request_and_its_reply_are_whole() {
    let (address, told) = server(vec![reply("418 teapot\r\nx-y: z", "short and stout")]);
    let got = fetch(Request::put(format!("http://{address}/a?b=c")).header("x-a", "1"), "hello").unwrap();
    assert_eq!(
        (got.status().as_u16(), &got.headers()["x-y"], &got.body()[..]),
        (418, &"z".parse().unwrap(), &b"short and stout"[..])
    );
    let asked = told.recv().unwrap();
    assert!(asked.starts_with("PUT /a?b=c HTTP/1.1\r\n") && asked.ends_with("\r\n\r\nhello"), "{asked}");
    assert!(asked.contains("x-a: 1\r\n") && asked.contains(&format!("host: {address}\r\n")), "{asked}");
}

/// The second request, after a reply with `status` to a POST with a body.
fn after(status: u16) -> String {
    let (address, told) =
        server(vec![reply(&format!("{status} there\r\nlocation: /there#part"), ""), reply("200 ok", "end")]);
    let request = Request::post(format!("http://{address}/here"))
        .header("content-type", "text/x")
        .header("authorization", "a");
    let got = fetch(request, "hello").unwrap();
    assert_eq!(got.body(), "end");
    told.recv().unwrap();
    told.recv().unwrap()
}

#[test]
fn redirects_are_followed_as_the_fetch_standard_says() {
    for status in [301, 302, 303] {
        let asked = after(status);
        assert!(asked.starts_with("GET /there HTTP/1.1\r\n") && asked.ends_with("\r\n\r\n"), "{asked}");
        assert!(!asked.contains("content-type") && asked.contains("authorization: a"), "{asked}");
    }
    for status in [307, 308] {
        let asked = after(status);
        assert!(asked.starts_with("POST /there HTTP/1.1\r\n") && asked.ends_with("\r\n\r\nhello"), "{asked}");
        assert!(asked.contains("content-type: text/x"), "{asked}");
    }
}

#[test]
fn a_secret_is_not_passed_on_to_another_server() {
    let (other, told) = server(vec![reply("200 ok", "end")]);
    let (address, _first) = server(vec![reply(&format!("302 there\r\nlocation: http://{other}/"), "")]);
    let request =
        Request::get(format!("http://{address}/")).header("authorization", "a").header("cookie", "b");
    assert_eq!(fetch(request, "").unwrap().body(), "end");
    let asked = told.recv().unwrap();
    assert!(!asked.contains("authorization") && !asked.contains("cookie"), "{asked}");
    assert!(asked.contains(&format!("host: {other}")), "{asked}");
}

#[test]
fn a_redirect_in_a_circle_ends() {
    let (address, _told) = server(vec![reply("302 round\r\nlocation: /", ""); 30]);
    let error = fetch(Request::get(format!("http://{address}/")), "").unwrap_err();
    assert!(error.to_string().contains("more than 20 redirects"), "{error}");
}

#[test]
fn what_cannot_be_fetched_says_why() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, kind, words) in [
        ("ftp://x.test/".to_owned(), Kind::Unsupported, "scheme `ftp`"),
        ("/path".to_owned(), Kind::Call, "absolute"),
        (format!("http://{closed}/"), Kind::Call, "refused"),
        (format!("https://{closed}/"), Kind::Call, "refused"),
    ] {
        let error = fetch(Request::get(&url), "").unwrap_err();
        assert_eq!(error.kind(), kind, "{url}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn https_is_spoken() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let client =
        std::thread::spawn(move || fetch(Request::get(format!("https://localhost:{}/", address.port())), ""));
    let mut hello = [0; 3];
    listener.accept().unwrap().0.read_exact(&mut hello).unwrap();
    // A handshake of TLS, in the record format that every version keeps.
    assert_eq!(hello[..2], [22, 3]);
    assert_eq!(client.join().unwrap().unwrap_err().kind(), Kind::Call);
}
