//! D1 in a test: a database in memory that is the host's own, on the host's clock.

use std::time::Duration;

use domicile::d1::{Session, Statement};
use domicile::prelude::*;
use domicile_host::test::{AsyncHost, Host, Plan};

fn app(_: &Env) -> App {
    App::new()
        .d1("DB")
        .d1("OTHER")
        .route(Method::POST, "/visit", async |_: Request, outside: Outside| -> Result<String> {
            let db = outside.d1()?;
            db.execute("CREATE TABLE IF NOT EXISTS visit (at, page UNIQUE)", ()).await?;
            let now = db.now().as_millis();
            let n = db.execute("INSERT INTO visit VALUES (?, ?)", (now, format!("page {now}"))).await?;
            Ok(format!("{n}"))
        })
        .route(Method::GET, "/forgotten", async |_: Request, outside: Outside| -> Result<String> {
            outside.d1_named("FORGOTTEN")?.query_one("SELECT 'never'", ()).await
        })
}

fn broken(_: &Env) -> App {
    App::new().d1("DB").d1("DB").d1("no name")
}

#[domicile::test(app = app)]
fn the_app_and_the_test_see_one_database(host: Host) {
    assert_eq!(host.post("/visit", [("", ""); 0]).text(), "1");
    host.advance(Duration::from_secs(60));
    host.post("/visit", [("", ""); 0]);
    // What an actor loses is none of D1's.
    host.evict();
    host.crash();
    let (count, minute): (i64, i64) = host.d1("DB", async |db| {
        db.query_one("SELECT count(*), (max(at) - min(at)) / 1000 FROM visit", ()).await.unwrap()
    });
    assert_eq!((count, minute), (2, 60));
    // The next test's host knows nothing of it, nor does another database.
    let other: Option<String> =
        host.d1("OTHER", async |db| db.query_opt("SELECT name FROM sqlite_schema", ()).await.unwrap());
    assert_eq!(other, None);
}

#[domicile::test(app = app)]
fn the_same_second_time(host: Host) {
    let tables: i64 =
        host.d1("DB", async |db| db.query_one("SELECT count(*) FROM sqlite_schema", ()).await.unwrap());
    assert_eq!(tables, 0);
}

#[domicile::test(app = app)]
fn sql_sees_the_clock_of_the_host(host: Host) {
    let seconds = |host: &Host| -> i64 {
        host.d1("DB", async |db| db.query_one("SELECT unixepoch('now')", ()).await.unwrap())
    };
    assert_eq!(seconds(&host), host.now().as_millis() / 1000);
    host.advance(Duration::from_secs(1000));
    assert_eq!(seconds(&host), host.now().as_millis() / 1000);
}

#[domicile::test(app = app)]
async fn batches_and_sessions(host: AsyncHost) {
    let db = host.d1("DB").session(Session::FirstPrimary);
    assert_eq!(db.bookmark(), None);
    let batch = [
        Statement::new("CREATE TABLE t (a UNIQUE)", ()).unwrap(),
        Statement::new("INSERT INTO t VALUES (?), (?)", (1, 2)).unwrap(),
        Statement::new("SELECT a FROM t ORDER BY a DESC", ()).unwrap(),
    ];
    let results = db.batch(batch).await.unwrap();
    assert_eq!(results[1].changes(), 2);
    assert_eq!(results[2].all::<i64>().unwrap(), [2, 1]);
    let bookmark = db.bookmark().unwrap();
    let again = [
        Statement::new("DELETE FROM t", ()).unwrap(),
        Statement::new("INSERT INTO t VALUES (1), (1)", ()).unwrap(),
    ];
    assert!(db.batch(again).await.unwrap_err().is_unique_violation());
    let later = host.d1("DB").session(Session::Bookmark(bookmark.clone()));
    assert_eq!(later.query_one::<i64>("SELECT count(*) FROM t", ()).await.unwrap(), 2);
    assert!(later.bookmark().unwrap() > bookmark);
}

#[domicile::test(app = app)]
fn a_database_that_is_not_declared_is_named(host: Host) {
    let response = host.get("/forgotten");
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let plan = Plan::new("undeclared", app);
    let why = plan.explore(|host: Host| host.d1("NOBODY", async |_| ())).expect_err("it is not declared");
    assert!(
        why.to_string().contains("there is no D1 database `NOBODY`: declare it with `App::d1(\"NOBODY\")`"),
        "{why}"
    );
}

#[test]
fn names_that_cannot_be_keep_an_app_from_starting() {
    let why = Plan::new("broken", broken).explore(|_: Host| ()).expect_err("it cannot start").to_string();
    assert!(why.contains("two D1 databases are bound as `DB`"), "{why}");
    assert!(why.contains("the D1 binding `no name` must be made of letters"), "{why}");
}
