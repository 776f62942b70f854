//! The blog of `examples/blog` on workerd; natively its own tests have all of it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do has failed")]

#[path = "support/example.rs"]
mod example;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the client is that of the conformance tests, and has more than is asked here"
)]
#[path = "../../domicile-conformance/tests/support/http.rs"]
mod http;

use cargo_domicile::workerd::Server;
use http::{Reply, Request};

/// F25: the pages of django-cf's blog, with the one post that its first migration brings.
#[test]
fn f25_the_blog_on_workerd() {
    let Some(build) = example::build("blog") else { return };
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(&build, data.path(), &[]).unwrap();
    let send = |request: Request| http::send(server.address(), &request.host("localhost")).unwrap();
    let get = |path: &str| send(Request::get(path));
    let publish = |title: &str| -> Reply {
        let form = Request::post("/blog/new/", format!("title={title}&content=Text+of+{title}"));
        send(form.header("content-type", "application/x-www-form-urlencoded"))
    };
    assert_eq!(get("/blog/").has(200).text().matches("<li>").count(), 1);
    for path in ["/", "/blog/", "/blog/post/1/"] {
        let page = get(path);
        assert!(page.has(200).text().contains("Example Post"), "{path}: {}", page.text());
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    }
    for path in ["/blog/post/2/", "/blog/post/x/", "/blog/post/0/"] {
        get(path).has(404);
    }
    // The newest comes first, and a title has at most 200 characters.
    for (title, id) in [("Second".to_owned(), 2), ("x".repeat(200), 3)] {
        let made = publish(&title);
        assert_eq!((made.status, made.header("location")), (303, &*format!("/blog/post/{id}/")));
        assert!(get(&format!("/blog/post/{id}/")).has(200).text().contains(&format!("Text of {title}")));
    }
    publish(&"x".repeat(201)).has(422);
    publish("").has(422);
    let list = get("/blog/").has(200).text();
    let at = |text: &str| list.find(text).unwrap_or_else(|| panic!("no {text} in {list}"));
    assert!(at("xxx") < at("Second") && at("Second") < at("Example Post"), "{list}");
    drop(server);
    // All of it is stored.
    let server = Server::start(&build, data.path(), &[]).unwrap();
    let list = http::send(server.address(), &Request::get("/blog/").host("localhost")).unwrap();
    assert_eq!(list.has(200).text().matches("<li>").count(), 3);
}
