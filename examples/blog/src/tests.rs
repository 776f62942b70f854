//! The blog on the native host: every page, every mistake, and tenants of both kinds.

mod rig;

use domicile::http::StatusCode;
use rig::{Rig, form, links};

#[test]
fn a_new_blog_has_one_post() {
    let blog = Rig::new(&[]);
    for path in ["/", "/blog/", "/blog/post/1/"] {
        let page = blog.get(path);
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.body.contains("Example Post"), "{path}: {}", page.body);
        assert!(page.body.contains(r#"name="viewport""#), "{path}");
    }
    assert!(blog.get("/blog/post/1/").body.contains("1 January 2026"));
    assert_eq!(blog.get("/blog").header("location"), "/blog/");
}

#[test]
fn what_is_published_can_be_read() {
    let blog = Rig::new(&[]);
    let made = blog.post("  Hello ", "One.\r\n\r\n  Two.");
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/blog/post/2/"));
    let restarted = |blog: &Rig| {
        let page = blog.get("/blog/post/2/");
        assert!(page.body.contains("<h1>Hello</h1>"), "{}", page.body);
        assert!(page.body.contains(">One.\n\n  Two.</div>"), "{}", page.body);
        assert!(page.body.contains(r#"<time datetime="2026-11-03">3 November 2026</time>"#), "{}", page.body);
    };
    restarted(&blog);
    blog.evict();
    restarted(&blog);
    let list = blog.get("/blog/").body;
    assert!(list.find("Hello") < list.find("Example Post"), "the newest first");
    assert!(blog.get("/").body.contains("Hello"));
}

#[test]
fn twenty_posts_make_a_page() {
    let blog = Rig::new(&[]);
    for n in 2..=41 {
        blog.post(&format!("Post {n}."), "");
    }
    let page = |query: &str| {
        let page = blog.get(&format!("/blog/{query}"));
        assert_eq!(page.status, StatusCode::OK, "{query}");
        let posts = page.body.matches("<li>").count();
        let ends = links(&page.body).into_iter().filter(|link| link.contains("?page=")).collect::<Vec<_>>();
        (page.body, posts, ends)
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

#[test]
fn what_is_not_there_is_a_page_too() {
    let blog = Rig::new(&[]);
    let paths = ["post/2/", "post/0/", "post/-1/", "post/x/", "post/99999999999999999999/", "post/1%002/"];
    let queries =
        ["?page=0", "?page=2", "?page=-1", "?page=x", "?page=", "?page=4294967295", "?page=4294967296"];
    for path in paths.iter().chain(&queries) {
        let page = blog.get(&format!("/blog/{path}"));
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("<h1>Nothing here</h1>"), "{path}: {}", page.body);
    }
    assert_eq!(blog.get("/nothing/").status, StatusCode::NOT_FOUND);
    assert_eq!(blog.send("DELETE", "/blog/post/1/", "").status, StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn a_mistake_shows_the_form_again() {
    let blog = Rig::new(&[]);
    #[track_caller]
    fn check(blog: &Rig, title: &str, content: &str, says: &str) {
        let page = blog.post(title, content);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.body);
        assert!(page.body.contains(says), "{}", page.body);
        assert!(page.body.contains(&format!("value=\"{title}\"")), "{}", page.body);
        // A parser of HTML drops the first line break of a text area.
        assert!(page.body.contains(&format!(">\n{content}</textarea>")), "{}", page.body);
    }
    check(&blog, "", "\nWhat was typed\nstays.", "A post needs a title.");
    check(&blog, "   ", "", "A post needs a title.");
    check(&blog, &"ж".repeat(201), "x", "at most 200 characters, this one has 201");
    check(&blog, &"x".repeat(300), &"y".repeat(1_900_001), "A text has at most 1900000 bytes.");
    assert_eq!(blog.get("/blog/post/2/").status, StatusCode::NOT_FOUND, "nothing was published");
    for title in ["ж".repeat(200), "🌱".repeat(200)] {
        let made = blog.post(&title, &"y".repeat(1_900_000));
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        assert!(blog.get(made.header("location")).body.contains(&title));
    }
}

#[test]
fn a_body_that_is_no_form_is_refused() {
    let blog = Rig::new(&[]);
    assert_eq!(blog.send("POST", "/blog/new/", "").status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(blog.send("POST", "/blog/new/", "title=a&title=b").status, StatusCode::BAD_REQUEST);
    assert_eq!(
        blog.request("POST", "/blog/new/", "text/plain", "title=a").status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert_eq!(blog.get("/blog/post/2/").status, StatusCode::NOT_FOUND, "nothing was published");
}

#[test]
fn text_is_never_markup() {
    let blog = Rig::new(&[("TENANTS", "path")]);
    let evil = r#""><script>alert(1)</script><img src=x onerror='alert(2)'></textarea></style></title>"#;
    let tenant = "/t/%3Cscript%3E%22'";
    let made = blog.send("POST", &format!("{tenant}/blog/new/"), &form(evil, evil));
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let long = format!("{evil}{}", "x".repeat(200));
    let pages = [
        blog.get(made.header("location")),
        blog.get(&format!("{tenant}/")),
        blog.get(&format!("{tenant}/blog/")),
        blog.get(&format!("{tenant}/blog/?page=%3Cscript%3E")),
        blog.send("POST", &format!("{tenant}/blog/new/"), &form(&long, evil)),
    ];
    for page in pages {
        let html = page.body.to_lowercase();
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
        assert_eq!(html.matches("</textarea>").count(), html.matches("<textarea").count(), "{html}");
        assert_eq!((html.matches("</style>").count(), html.matches("</title>").count()), (1, 1), "{html}");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    }
}

#[test]
fn head_is_get_without_a_body() {
    let blog = Rig::new(&[]);
    let (head, get) = (blog.send("HEAD", "/blog/", ""), blog.get("/blog/"));
    assert_eq!((head.status, head.header("content-type")), (get.status, get.header("content-type")));
    assert_eq!(blog.send("HEAD", "/blog/post/9/", "").status, StatusCode::NOT_FOUND);
}

#[test]
fn tenants_by_path_live_under_their_prefix() {
    let blog = Rig::new(&[("TENANTS", "path")]);
    let made = blog.send("POST", "/t/acme/blog/new/", &form("Only at Acme", ""));
    assert_eq!(made.header("location"), "/t/acme/blog/post/2/");
    let pages = ["", "blog/", "blog/post/2/", "blog/new/", "blog/post/9/", "blog/?page=7"];
    for page in pages.map(|path| blog.get(&format!("/t/acme/{path}"))) {
        assert!(page.body.contains(">acme</a>"), "{}", page.body);
        let outside: Vec<_> =
            links(&page.body).into_iter().filter(|link| !link.starts_with("/t/acme/")).collect();
        assert_eq!(outside, [""; 0]);
    }
    assert!(blog.get("/t/acme/blog/").body.contains("Only at Acme"));
    assert!(!blog.get("/t/other/blog/").body.contains("Only at Acme"));
    for path in ["/", "/blog/", "/t/", "/t//blog/"] {
        assert_eq!(blog.get(path).status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(blog.get("/t/acme").header("location"), "/t/acme/");
}

#[test]
fn tenants_by_subdomain_have_a_host_each() {
    let local = Rig::new(&[("TENANTS", "subdomain")]);
    let made = local.at("acme.localhost:8787").send("POST", "/blog/new/", &form("Only at Acme", ""));
    assert_eq!(made.header("location"), "/blog/post/2/");
    assert!(local.at("ACME.localhost").get("/blog/").body.contains("Only at Acme"));
    assert!(!local.at("other.localhost").get("/blog/").body.contains("Only at Acme"));
    for host in ["localhost:8787", "127.0.0.1:8787", "acme.example.com", "a.b.localhost"] {
        assert_eq!(local.at(host).get("/blog/").status, StatusCode::NOT_FOUND, "{host}");
    }
    let based = Rig::new(&[("TENANTS", "subdomain"), ("BASE_DOMAIN", "blogs.example")]);
    assert_eq!(based.at("acme.blogs.example").get("/blog/").status, StatusCode::OK);
    assert_eq!(based.at("acme.localhost").get("/blog/").status, StatusCode::NOT_FOUND);
}

#[test]
fn an_unknown_kind_of_tenants_is_named_at_the_start() {
    let error = Rig::try_new(&[("TENANTS", "header")]).err().expect("no such kind");
    for part in ["TENANTS", "`header`", "`path`", "`subdomain`"] {
        assert!(error.contains(part), "{error}");
    }
    assert!(Rig::try_new(&[("TENANTS", "")]).is_ok());
}
