//! The blog on D1 answers as the blog does, page by page, on the native host; and what becomes of it when its database is
//! behind.

use std::cell::RefCell;

use domicile::http::{Method, Request, StatusCode};
use domicile::{AppFn, Timestamp};
use domicile_host::test::{Host, Plan, Response};

/// The morning of 3 November 2026.
const NOW: Timestamp = Timestamp::from_millis(1_793_694_600_000);

/// Sends a request whose body is of this type.
fn request(host: &Host, method: Method, path: &str, kind: &str, body: &'static str) -> Response {
    let request = Request::builder().method(method).uri(path).header("content-type", kind);
    host.request(request.body(body).expect("a request"))
}

fn publish(host: &Host, title: &str, content: &str) -> Response {
    host.post("/blog/new/", [("title", title), ("content", content)])
}

/// What a reply tells: its status, its headers but those that differ from one to the next, and its text.
type Told = (String, StatusCode, Vec<(String, String)>, String);

fn told(what: &str, reply: &Response) -> Told {
    let header = |name: &str| (name.to_owned(), reply.header(name).to_owned());
    let names = ["content-type", "location", "content-security-policy", "allow"];
    // What fails is told with the number of its request.
    let text = reply.text().split("request ").next().unwrap_or_default();
    (what.to_owned(), reply.status(), names.map(header).to_vec(), text.to_owned())
}

/// What all pages and mistakes give, in order, on a new host.
fn visit(app: AppFn) -> Vec<Told> {
    let all = RefCell::new(Vec::new());
    Plan::new("visit", app).start(NOW).run(|host: Host| {
        let look = |path: &str| all.borrow_mut().push(told(path, &host.get(path)));
        let send = |title: &str, content: &str| {
            all.borrow_mut().push(told(title, &publish(&host, title, content)));
        };
        let pages = ["/", "/blog/", "/blog/new/", "/blog/post/1/", "/blog", "/blog/post/1", "/nothing/"];
        pages.iter().for_each(|page| look(page));
        send("  Hello ", "One.\r\n\r\n  Two.");
        send("", "\nWhat was typed\nstays.");
        send("   ", "");
        send(&"ж".repeat(201), "x");
        send(&"x".repeat(300), &"y".repeat(1_900_001));
        send("\"><script>alert(1)</script>", "</textarea><script>");
        send(&"🌱".repeat(200), &"y".repeat(1_900_000));
        look("/blog/post/2/");
        for n in 5..=41 {
            send(&format!("Post {n}."), "");
        }
        pages.iter().for_each(|page| look(page));
        let posts = ["2/", "3/", "4/", "41/", "42/", "0/", "-1/", "x/", "99999999999999999999/", "1%002/"];
        posts.iter().for_each(|post| look(&format!("/blog/post/{post}")));
        for number in ["1", "2", "3", "4", "0", "-1", "x", "", "4294967295", "4294967296", "%3Cscript%3E"] {
            look(&format!("/blog/?page={number}"));
        }
        let form = "application/x-www-form-urlencoded";
        for (method, path, kind, body) in [
            (Method::POST, "/blog/new/", form, ""),
            (Method::POST, "/blog/new/", form, "title=a&title=b"),
            (Method::POST, "/blog/new/", "text/plain", "title=a"),
            (Method::DELETE, "/blog/post/1/", "text/plain", ""),
            (Method::HEAD, "/blog/", "text/plain", ""),
            (Method::HEAD, "/blog/post/99/", "text/plain", ""),
        ] {
            let reply = request(&host, method.clone(), path, kind, body);
            all.borrow_mut().push(told(&format!("{method} {path} {body}"), &reply));
        }
    });
    all.into_inner()
}

#[test]
fn it_answers_as_the_blog_does() {
    let (blog, d1) = (visit(blog::app), visit(crate::app));
    assert_eq!(blog.len(), d1.len());
    for (blog, d1) in blog.iter().zip(&d1) {
        assert_eq!(blog, d1);
    }
    // So that both do not fail alike.
    let count = |status| d1.iter().filter(|(_, given, ..)| *given == status).count();
    assert_eq!(count(StatusCode::SEE_OTHER), 40);
    assert_eq!(count(StatusCode::UNPROCESSABLE_ENTITY), 5);
    assert!(count(StatusCode::OK) > 15 && count(StatusCode::NOT_FOUND) > 10);
    assert!(!d1.iter().any(|(_, given, ..)| given.is_server_error()));
}

#[domicile::test(start = NOW)]
fn what_is_published_is_in_d1(blog: Host) {
    let made = publish(&blog, "  Hello ", "One.\r\nTwo.");
    assert_eq!((made.status(), made.header("location")), (StatusCode::SEE_OTHER, "/blog/post/2/"));
    let stored: (String, String, i64) = blog.d1("DB", async |db| {
        db.query_one("SELECT title, content, pub_date FROM post WHERE id = 2", ()).await.expect("a row")
    });
    assert_eq!(stored, ("Hello".to_owned(), "One.\nTwo.".to_owned(), NOW.as_millis()));
    assert!(blog.actors().is_empty(), "there is no actor");
}

#[domicile::test]
fn a_database_that_is_behind_is_told_from_one_that_is_broken(blog: Host) {
    let run = |sql: &'static str| blog.d1("DB", async |db| db.execute(sql, ()).await.expect("it runs"));
    let error = || {
        blog.d1("DB", async |db| db.query_one::<i64>("SELECT count(*) FROM post", ()).await.map(drop))
            .expect_err("there is no table")
            .to_string()
    };
    run("DROP TABLE post");
    assert_eq!(blog.get("/blog/").status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!error().contains("behind"), "{}", error());
    run("DELETE FROM domicile_migration WHERE position = 1");
    assert_eq!(blog.get("/blog/").status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(publish(&blog, "Hello", "").status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        error().contains("the D1 database `DB` is behind the app, as migration `0002_index`"),
        "{}",
        error()
    );
    run("DROP TABLE domicile_migration");
    assert_eq!(blog.get("/").status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(error().contains("as migration `0001_post`"), "{}", error());
}

#[test]
fn the_models_are_what_the_migrations_make() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../blog/src");
    let arguments = ["blog-d1", "migrations", "check", "--source", source];
    let code = domicile_host::run(crate::app, arguments.map(Into::into));
    assert_eq!(format!("{code:?}"), format!("{:?}", std::process::ExitCode::SUCCESS));
}
