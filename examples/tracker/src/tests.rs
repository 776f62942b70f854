//! The tracker on the native host: what people do with it, what is refused, and what it costs.

use domicile::http::StatusCode;
use domicile::prelude::*;
use domicile_host::assert_budget;
use domicile_host::test::{Host, Response};

use crate::Tracker;
use crate::model::{Comment, Issue, Label, Person, Project, Setting, State, Tag, Zone};

mod change;
mod list;

/// The morning of Tuesday, 3 November 2026.
const NOW: Timestamp = Timestamp::from_millis(1_793_694_600_000);

const DAY: std::time::Duration = std::time::Duration::from_hours(24);

/// Sends a form to a page of the team `acme`, which is done whole or not at all.
fn post(host: &Host, path: &str, form: &[(&str, &str)]) -> Response {
    let (path, form) = (format!("/t/acme{path}"), form.to_vec());
    host.atomic(move |host| host.post(&path, &form), Host::snapshot)
}

/// Sends a form that is accepted, and gives where it leads.
#[track_caller]
fn done(host: &Host, path: &str, form: &[(&str, &str)]) -> String {
    let reply = post(host, path, form);
    assert_eq!(reply.status(), StatusCode::SEE_OTHER, "{}", reply.text());
    reply.header("location").to_owned()
}

/// A page of the team `acme`.
#[track_caller]
fn get(host: &Host, path: &str) -> String {
    let page = host.get(&format!("/t/acme{path}"));
    assert_eq!(page.status(), StatusCode::OK, "{path}: {}", page.text());
    page.text().to_owned()
}

/// What is stored for the team `acme`.
#[track_caller]
fn stored<T>(host: &Host, read: impl FnOnce(&Store) -> Result<T>) -> T {
    host.actor::<Tracker>("acme").store(read).expect("a store that can be read")
}

#[track_caller]
fn has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part:?} is missing: {page}");
    }
}

#[track_caller]
fn lacks(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(!page.contains(part), "{part:?} is there: {page}");
    }
}

/// The issues of a list or of the board, in the order of the page.
fn numbers(page: &str) -> Vec<u32> {
    let cards = page.split("<span>#").skip(1);
    cards.filter_map(|rest| rest.split('<').next()?.parse().ok()).collect()
}

/// A project and two people.
fn begin(host: &Host) {
    done(host, "/projects/", &[("name", "Boats"), ("about", "Things that float.")]);
    for name in ["Ada", "Berit"] {
        done(host, "/people/", &[("name", name)]);
    }
}

/// Opens an issue of the first project.
#[track_caller]
fn open(host: &Host, title: &str, more: &[(&str, &str)]) {
    let mut form = vec![("project", "1"), ("title", title), ("description", ""), ("priority", "3")];
    form.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    form.extend(more);
    done(host, "/issue/new/", &form);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn looking_at_a_team_makes_nothing(host: Host) {
    for path in ["/", "/issues/", "/projects/", "/people/", "/report/", "/settings/", "/issue/new/"] {
        get(&host, path);
    }
    assert_eq!(host.get("/t/acme/issue/1/").status(), StatusCode::NOT_FOUND);
    assert!(host.actors().is_empty());
}

#[domicile::test(start = NOW, crash_everywhere)]
fn the_address_without_a_team_leads_to_the_demo(host: Host) {
    let reply = host.get("/");
    assert_eq!((reply.status(), reply.header("location")), (StatusCode::TEMPORARY_REDIRECT, "/t/demo/"));
}

#[domicile::test(start = NOW, crash_everywhere)]
fn teams_know_nothing_of_each_other(host: Host) {
    begin(&host);
    open(&host, "Only at Acme", &[]);
    has(&get(&host, "/"), &["Only at Acme"]);
    lacks(host.get("/t/other/").text(), &["Only at Acme"]);
    assert_eq!(host.get("/t/other/issue/1/").status(), StatusCode::NOT_FOUND);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn every_link_stays_with_the_team(host: Host) {
    done(&host, "/example/", &[]);
    for path in
        ["/", "/issues/", "/issue/1/", "/issue/1/edit/", "/projects/", "/people/", "/report/", "/settings/"]
    {
        let page = get(&host, path);
        for start in ["href=\"", "action=\""] {
            for link in page.split(start).skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(link.starts_with("/t/acme/") || link.starts_with("data:"), "{path}: {link}");
            }
        }
    }
}

#[domicile::test(start = NOW, crash_everywhere)]
fn the_example_fills_an_empty_tracker_once(host: Host) {
    has(&get(&host, "/"), &["Nothing to do yet", "Load example issues"]);
    assert_eq!(done(&host, "/example/", &[]), "/t/acme/");
    let board = get(&host, "/");
    has(&board, &["Checkout fails for addresses in Iceland", "good first issue", "Berit"]);
    lacks(&board, &["Load example issues"]);
    assert_eq!(numbers(&board).len(), 18);
    assert_eq!(post(&host, "/example/", &[]).status(), StatusCode::CONFLICT);
    let counts = stored(&host, |store| {
        Ok((Issue::objects().count(store)?, Comment::objects().count(store)?, Tag::objects().count(store)?))
    });
    assert_eq!(counts, (18, 8, 21));
    let wrong = stored(&host, |store| {
        let issues = Issue::objects().all(store)?;
        issues.into_iter().try_fold(0, |wrong, issue| {
            let said = Comment::issue.of(&issue).count(store)?;
            let closed = (issue.state == State::Done) == issue.closed.is_some();
            Ok::<_, Error>(wrong + u32::from(said != u64::from(issue.comments) || !closed))
        })
    });
    assert_eq!(wrong, 0, "the counts of comments and the days of closing agree");
}

#[domicile::test(start = NOW, crash_everywhere)]
fn what_is_not_there_is_a_page_too(host: Host) {
    begin(&host);
    for path in [
        "/issue/1/",
        "/issue/x/",
        "/issue/1/edit/",
        "/project/9/delete/",
        "/nothing/",
        "/issues/?state=lost",
        "/issues/?project=x",
        "/issues/?label=-1",
    ] {
        let page = host.get(&format!("/t/acme{path}"));
        assert_eq!(page.status(), StatusCode::NOT_FOUND, "{path}");
        has(page.text(), &["<h1>Nothing here</h1>"]);
    }
    for path in
        ["/issue/9/state/", "/issue/9/comment/", "/issue/9/edit/", "/project/9/delete/", "/person/9/delete/"]
    {
        assert_eq!(post(&host, path, &[("state", "done")]).status(), StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(host.get("/t/acme/issues/?after=x").status(), StatusCode::BAD_REQUEST);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn text_is_never_markup(host: Host) {
    let evil = r#"</textarea></style></title><script>x</script>"#;
    done(&host, "/projects/", &[("name", evil), ("about", evil)]);
    done(&host, "/people/", &[("name", evil)]);
    done(&host, "/labels/", &[("name", &evil[..30]), ("colour", "red")]);
    open(&host, evil, &[("description", evil), ("assignee", "1"), ("label", "1")]);
    done(&host, "/issue/1/comment/", &[("text", evil), ("author", "1")]);
    let wrong = host.post("/t/acme/issue/new/", [("title", evil), ("project", evil), ("due", evil)]);
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let mut pages = vec![wrong.text().to_owned()];
    for path in
        ["/", "/issues/", "/issue/1/", "/issue/1/edit/", "/projects/", "/people/", "/report/", "/settings/"]
    {
        pages.push(get(&host, path));
    }
    pages.push(get(&host, "/issues/?q=%3Cscript%3E%22&sort=%22%3E%3Cscript%3E"));
    for page in pages {
        assert!(!page.contains("<script"), "{page}");
        assert_eq!(page.matches("</textarea>").count(), page.matches("<textarea").count(), "{page}");
        assert_eq!((page.matches("</style>").count(), page.matches("</title>").count()), (1, 1), "{page}");
    }
    assert!(host.get("/t/acme/").header("content-security-policy").starts_with("default-src 'none'"));
}

#[domicile::test(start = NOW)]
fn pages_cost_no_scan_of_all_issues(host: Host) {
    begin(&host);
    stored_many(&host);
    // The issues, their labels, which are sorted by name, and the choices of the filters, whose small tables are read whole.
    let (page, list) = host.measure(|host| get(host, "/issues/?state=open"));
    assert_eq!(numbers(&page).len(), 25);
    assert_budget!(list, statements: 5, written: 0, read: 60, scanned: 5, sorts: 1);
    let mut path = "/issues/".to_owned();
    for page in 1..=4 {
        let (html, list) = host.measure(|host| get(host, &path));
        // The first page walks along the index, and later ones enter it where the one before ended.
        assert_budget!(list, statements: 5, written: 0, read: 60, scanned: if page == 1 { 26 } else { 5 }, sorts: 1);
        path = next(&html).expect("a next page");
    }
    let (_, board) = host.measure(|host| get(host, "/"));
    assert_budget!(board, statements: 6, written: 0, read: 120, scanned: 0, sorts: 2);
    // The issue, its labels, its comments, and the people who may write one.
    let (_, issue) = host.measure(|host| get(host, "/issue/7/"));
    assert_budget!(issue, statements: 4, written: 0, read: 10, scanned: 5, sorts: 1);
    let (_, found) = host.measure(|host| get(host, "/issues/?q=number+77"));
    assert_budget!(found, statements: 5, written: 0, read: 10, scanned: 5);
}

/// Where the next page is.
fn next(page: &str) -> Option<String> {
    let link = page.split("rel=\"next\" href=\"/t/acme").nth(1)?.split('"').next()?;
    Some(link.replace("&amp;", "&").replace("&#38;", "&"))
}

/// A hundred and twenty issues, a third of them done.
fn stored_many(host: &Host) {
    done(host, "/labels/", &[("name", "bug"), ("colour", "red")]);
    open(host, "Number 1", &[]);
    for n in 2..=120 {
        host.advance(DAY / 3);
        let path = "/t/acme/issue/new/".to_owned();
        let title = format!("Number {n}");
        let state = if n % 3 == 0 { "done" } else { "open" };
        host.post(&path, [("project", "1"), ("title", &title), ("priority", "2"), ("label", "1")]);
        host.post(&format!("/t/acme/issue/{n}/state/"), [("state", state)]);
    }
}
