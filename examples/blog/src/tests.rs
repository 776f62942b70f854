//! The blog on the native host: every page, every mistake, and tenants of both kinds.

use domicile::Timestamp;
use domicile::http::{Method, Request, StatusCode};
use domicile_host::assert_budget;
use domicile_host::test::{Host, Plan, Response};

use crate::Blog;

/// The morning of 3 November 2026.
const NOW: Timestamp = Timestamp::from_millis(1_793_694_600_000);

/// Sends a form, which is stored whole or not at all.
fn send(host: &Host, path: &str, title: &str, content: &str) -> Response {
    host.atomic(|host| host.post(path, [("title", title), ("content", content)]), Host::snapshot)
}

/// Publishes a post by the form.
fn publish(host: &Host, title: &str, content: &str) -> Response {
    send(host, "/blog/new/", title, content)
}

/// Sends a request whose body is of this type.
fn request(host: &Host, method: Method, path: &str, kind: &str, body: &'static str) -> Response {
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    host.request(request.body(body).expect("a request"))
}

/// The addresses of the blog that a page leads to, each once.
fn links(html: &str) -> Vec<String> {
    let starts = ["href=\"", "action=\""].map(|start| html.split(start).skip(1));
    let links = starts.into_iter().flatten().filter_map(|rest| rest.split('"').next());
    let mut all = Vec::new();
    for link in links.filter(|link| !link.starts_with("data:")) {
        if !all.iter().any(|known| known == link) {
            all.push(link.to_owned());
        }
    }
    all
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_new_blog_has_one_post(blog: Host) {
    for path in ["/", "/blog/", "/blog/post/1/"] {
        let page = blog.get(path);
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.text().contains("Example Post"), "{path}: {}", page.text());
        assert!(page.text().contains(r#"name="viewport""#), "{path}");
    }
    assert!(blog.get("/blog/post/1/").text().contains("1 January 2026"));
    assert_eq!(blog.get("/blog").header("location"), "/blog/");
}

#[domicile::test(start = NOW, crash_everywhere)]
fn what_is_published_can_be_read(blog: Host) {
    let made = publish(&blog, "  Hello ", "One.\r\n\r\n  Two.");
    assert_eq!((made.status(), made.header("location")), (StatusCode::SEE_OTHER, "/blog/post/2/"));
    let restarted = |blog: &Host| {
        let page = blog.get("/blog/post/2/");
        assert!(page.text().contains("<h1>Hello</h1>"), "{}", page.text());
        assert!(page.text().contains(">One.\n\n  Two.</div>"), "{}", page.text());
        assert!(
            page.text().contains(r#"<time datetime="2026-11-03">3 November 2026</time>"#),
            "{}",
            page.text()
        );
    };
    restarted(&blog);
    blog.evict();
    restarted(&blog);
    let list = blog.get("/blog/");
    let list = list.text();
    assert!(list.find("Hello") < list.find("Example Post"), "the newest first");
    assert!(blog.get("/").text().contains("Hello"));
}

#[domicile::test(start = NOW, crash_everywhere)]
fn twenty_posts_make_a_page(blog: Host) {
    for n in 2..=41 {
        publish(&blog, &format!("Post {n}."), "");
    }
    let page = |query: &str| {
        let page = blog.get(&format!("/blog/{query}"));
        assert_eq!(page.status(), StatusCode::OK, "{query}");
        let posts = page.text().matches("<li>").count();
        let ends = links(page.text()).into_iter().filter(|link| link.contains("?page=")).collect::<Vec<_>>();
        (page.text().to_owned(), posts, ends)
    };
    let (first, posts, ends) = page("");
    assert!(
        first.contains("Post 41.") && first.contains("Post 22.") && !first.contains("Post 21."),
        "{first}"
    );
    assert_eq!((posts, ends), (20, vec!["/blog/?page=2".to_owned()]));
    let (second, posts, ends) = page("?page=2");
    assert!(second.contains("Post 21.") && second.contains("Post 2."), "{second}");
    assert_eq!((posts, ends), (20, vec!["/blog/?page=1".to_owned(), "/blog/?page=3".to_owned()]));
    let (third, posts, ends) = page("?page=3");
    assert!(third.contains("Example Post"), "{third}");
    assert_eq!((posts, ends), (1, vec!["/blog/?page=2".to_owned()]));
    assert_eq!(page("?page=1").0, first);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn what_is_not_there_is_a_page_too(blog: Host) {
    let paths = ["post/2/", "post/0/", "post/-1/", "post/x/", "post/99999999999999999999/", "post/1%002/"];
    let queries =
        ["?page=0", "?page=2", "?page=-1", "?page=x", "?page=", "?page=4294967295", "?page=4294967296"];
    for path in paths.iter().chain(&queries) {
        let page = blog.get(&format!("/blog/{path}"));
        assert_eq!(page.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(page.text().contains("<h1>Nothing here</h1>"), "{path}: {}", page.text());
    }
    assert_eq!(blog.get("/nothing/").status(), StatusCode::NOT_FOUND);
    assert_eq!(
        request(&blog, Method::DELETE, "/blog/post/1/", "text/plain", "").status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_mistake_shows_the_form_again(blog: Host) {
    #[track_caller]
    fn check(blog: &Host, title: &str, content: &str, says: &str) {
        let page = publish(blog, title, content);
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{}", page.text());
        assert!(page.text().contains(says), "{}", page.text());
        assert!(page.text().contains(&format!("value=\"{title}\"")), "{}", page.text());
        // A parser of HTML drops the first line break of a text area.
        assert!(page.text().contains(&format!(">\n{content}</textarea>")), "{}", page.text());
    }
    check(&blog, "", "\nWhat was typed\nstays.", "A post needs a title.");
    check(&blog, "   ", "", "A post needs a title.");
    check(&blog, &"ж".repeat(201), "x", "at most 200 characters, this one has 201");
    check(&blog, &"x".repeat(300), &"y".repeat(1_900_001), "A text has at most 1900000 bytes.");
    assert_eq!(blog.get("/blog/post/2/").status(), StatusCode::NOT_FOUND, "nothing was published");
    for title in ["ж".repeat(200), "🌱".repeat(200)] {
        let made = publish(&blog, &title, &"y".repeat(1_900_000));
        assert_eq!(made.status(), StatusCode::SEE_OTHER, "{}", made.text());
        assert!(blog.get(made.header("location")).text().contains(&title));
    }
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_body_that_is_no_form_is_refused(blog: Host) {
    assert_eq!(
        blog.atomic(|blog| blog.post("/blog/new/", ()), Host::snapshot).status(),
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(blog.post("/blog/new/", [("title", "a"), ("title", "b")]).status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        request(&blog, Method::POST, "/blog/new/", "text/plain", "title=a").status(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(blog.get("/blog/post/2/").status(), StatusCode::NOT_FOUND, "nothing was published");
}

#[domicile::test(vars(TENANTS = "path"), start = NOW, crash_everywhere)]
fn text_is_never_markup(blog: Host) {
    let evil = r#""><script>alert(1)</script><img src=x onerror='alert(2)'></textarea></style></title>"#;
    let tenant = "/t/%3Cscript%3E%22'";
    let made = send(&blog, &format!("{tenant}/blog/new/"), evil, evil);
    assert_eq!(made.status(), StatusCode::SEE_OTHER, "{}", made.text());
    let long = format!("{evil}{}", "x".repeat(200));
    let pages = [
        blog.get(made.header("location")),
        blog.get(&format!("{tenant}/")),
        blog.get(&format!("{tenant}/blog/")),
        blog.get(&format!("{tenant}/blog/?page=%3Cscript%3E")),
        send(&blog, &format!("{tenant}/blog/new/"), &long, evil),
    ];
    for page in pages {
        let html = page.text().to_lowercase();
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        assert_eq!(html.matches("</textarea>").count(), html.matches("<textarea").count(), "{html}");
        assert_eq!((html.matches("</style>").count(), html.matches("</title>").count()), (1, 1), "{html}");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    }
}

#[domicile::test(start = NOW, crash_everywhere)]
fn head_is_get_without_a_body(blog: Host) {
    let head = |path| request(&blog, Method::HEAD, path, "text/plain", "");
    let (get, first) = (blog.get("/blog/"), head("/blog/"));
    assert_eq!((first.status(), first.header("content-type")), (get.status(), get.header("content-type")));
    assert_eq!(head("/blog/post/9/").status(), StatusCode::NOT_FOUND);
}

#[domicile::test(vars(TENANTS = "path"), start = NOW, crash_everywhere)]
fn tenants_by_path_live_under_their_prefix(blog: Host) {
    let made = send(&blog, "/t/acme/blog/new/", "Only at Acme", "");
    assert_eq!(made.header("location"), "/t/acme/blog/post/2/");
    let pages = ["", "blog/", "blog/post/2/", "blog/new/", "blog/post/9/", "blog/?page=7"];
    for page in pages.map(|path| blog.get(&format!("/t/acme/{path}"))) {
        assert!(page.text().contains(">acme</a>"), "{}", page.text());
        let outside: Vec<_> =
            links(page.text()).into_iter().filter(|link| !link.starts_with("/t/acme/")).collect();
        assert_eq!(outside, [""; 0]);
    }
    assert!(blog.get("/t/acme/blog/").text().contains("Only at Acme"));
    assert!(!blog.get("/t/other/blog/").text().contains("Only at Acme"));
    for path in ["/", "/blog/", "/t/", "/t//blog/"] {
        assert_eq!(blog.get(path).status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(blog.get("/t/acme").header("location"), "/t/acme/");
}

/// The page at `path` of this name of the host.
fn at(blog: &Host, authority: &str, path: &str) -> Response {
    blog.request(Request::get(path).header("host", authority).body("").expect("a request"))
}

#[domicile::test(vars(TENANTS = "subdomain"), start = NOW, crash_everywhere)]
fn tenants_by_subdomain_have_a_host_each(blog: Host) {
    let post = |blog: &Host| {
        let request = Request::post("/blog/new/").header("host", "acme.localhost:8787");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        blog.request(request.body("title=Only+at+Acme&content=").expect("a request"))
    };
    assert_eq!(blog.atomic(post, Host::snapshot).header("location"), "/blog/post/2/");
    assert!(at(&blog, "ACME.localhost", "/blog/").text().contains("Only at Acme"));
    assert!(!at(&blog, "other.localhost", "/blog/").text().contains("Only at Acme"));
    for host in ["localhost:8787", "127.0.0.1:8787", "acme.example.com", "a.b.localhost"] {
        assert_eq!(at(&blog, host, "/blog/").status(), StatusCode::NOT_FOUND, "{host}");
    }
}

#[domicile::test(vars(TENANTS = "subdomain", BASE_DOMAIN = "blogs.example"), crash_everywhere)]
fn tenants_may_be_below_another_domain(blog: Host) {
    assert_eq!(at(&blog, "acme.blogs.example", "/blog/").status(), StatusCode::OK);
    assert_eq!(at(&blog, "acme.localhost", "/blog/").status(), StatusCode::NOT_FOUND);
}

#[test]
fn an_unknown_kind_of_tenants_is_named_at_the_start() {
    let start = |tenants| Plan::new("start", crate::app).var("TENANTS", tenants).explore(drop::<Host>);
    let error = start("header").expect_err("no such kind").message;
    for part in ["TENANTS", "`header`", "`path`", "`subdomain`"] {
        assert!(error.contains(part), "{error}");
    }
    assert!(start("").is_ok());
}

#[domicile::test]
fn a_page_costs_no_scan_of_all_posts(blog: Host) {
    publish(&blog, "Hello", "");
    let (_, list) = blog.measure(|blog| blog.get("/blog/"));
    assert_budget!(list, statements: 1, written: 0);
    let (_, post) = blog.measure(|blog| blog.actor::<Blog>("blog").get("/blog/post/2/"));
    assert_budget!(post, statements: 1, written: 0, read: 1);
    // The row, and its entry in the index by date.
    let (_, published) = blog.measure(|blog| publish(blog, "Again", ""));
    assert_budget!(published, statements: 1, written: 2);
    assert_eq!(blog.full_scans(), []);
}
