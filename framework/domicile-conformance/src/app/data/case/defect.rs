//! A case for each defect that was found in Django's databases for the platform, named after its number.
//!
//! | defect | here |
//! |---|---|
//! | D1 to D14 | a case each |
//! | D15, a test that wiped a database in use | by type: the `Host` that a `#[domicile::test]` gets is in memory, and none of its functions takes a folder or an address |

use domicile::prelude::*;
use domicile::query::{Bucket, Executor, Part, Statement, count, create_all};
use domicile::{Kind, SqlKind, Value};
use jiff::tz::{Offset, TimeZone};

use super::super::model::{Author, Exact, First, Note, Post, Second};
use super::world::{ids, keys, notes, posts, world};
use super::{refused, same};

/// Each actor that runs this finds its own tables empty, in one process with others that have run it.
pub(super) fn d01_actors_of_one_process_have_stores_of_their_own(cx: &Cx) -> Result<()> {
    same(Note::objects().count(cx)?, 0)?;
    Note::create().set(Note::text, cx.name().to_string()).run(cx)?;
    same(Note::objects().get(cx)?.text, cx.name().to_string())
}

pub(super) async fn d02_rows_come_in_order(on: &dyn Executor) -> Result<()> {
    notes(on, &["c", "a", "b"]).await?;
    let texts = Note::objects().order_by(Note::text).select(Note::text).all(on).await?;
    same(texts.concat(), "abc".to_owned())
}

pub(super) async fn d02_many_new_rows_have_their_own_keys(on: &dyn Executor) -> Result<()> {
    let texts: Vec<String> = (0..150).map(|n| format!("t{n}")).collect();
    create_all(texts.iter().map(|text| Note::create().set(Note::text, text)).collect(), on).await?;
    let mut third = Note::objects().filter(Note::text.eq("t3")).get(on).await?;
    third.text = "changed".to_owned();
    third.save(on).await?;
    same(
        Note::objects().order_by(Note::id).select(Note::text).offset(3).limit(1).get(on).await?,
        "changed".to_owned(),
    )?;
    same(Note::objects().filter(Note::text.starts_with("t")).count(on).await?, 149)
}

pub(super) async fn d03_deferred_keys_are_over_with_their_transaction(on: &dyn Executor) -> Result<()> {
    let first = First::create().run(on).await?;
    let second = Second::create().set(Second::first, &first).run(on).await?;
    First::objects().update().set(First::second, Some(ForeignKey::from(&second))).run(on).await?;
    // Rows that point to each other are deleted with keys that are deferred.
    same(first.delete(on).await?.total(), 2)?;
    same(First::objects().count(on).await?, 0)?;
    let orphan = Second::create().set(Second::first, ForeignKey::new(9)).run(on).await;
    refused(orphan, Kind::Sql(SqlKind::ForeignKey), "")
}

pub(super) async fn d04_an_error_does_not_poison_what_follows(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    for _ in 0..3 {
        let twice =
            Author::create().set(Author::name, "x").set(Author::email, "Ada@example.com").run(on).await;
        same(twice.is_err(), true)?;
        same(Author::objects().count(on).await?, 3)?;
        Note::create().set(Note::text, "x").run(on).await?;
    }
    same(Note::objects().count(on).await?, 3)
}

pub(super) async fn d05_what_fails_is_undone(on: &dyn Executor) -> Result<()> {
    notes(on, &["a"]).await?;
    let mut changes = Changes::new();
    changes.create(Note::create().set(Note::text, "b"));
    changes.create(Note::create().set(Note::id, 1).set(Note::text, "c"));
    same(changes.apply(on).await.is_err_and(|error| error.is_unique_violation()), true)?;
    same(keys(on, Note::id.gt(0)).await?, vec![1])
}

pub(super) fn d05_a_transaction_that_fails_is_undone(cx: &Cx) -> Result<()> {
    let failed: Result<()> = cx.store().transaction(|store| {
        Note::create().set(Note::text, "a").run(store)?;
        Note::objects().update().set(Note::text, "b").run(store)?;
        Err(Error::bad_request("no"))
    });
    refused(failed, Kind::BadRequest, "no")?;
    same(Note::objects().count(cx)?, 0)?;
    cx.store().transaction(|store| Note::create().set(Note::text, "c").run(store))?;
    same(Note::objects().get(cx)?.text, "c".to_owned())
}

pub(super) async fn d06_errors_have_types(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let sql = |sql: &str| on.rows(Statement::new(sql, vec![]));
    refused(sql("INSERT INTO note VALUES (1, 'a'), (1, 'b')").await, Kind::Sql(SqlKind::Unique), "note.id")?;
    refused(sql("DELETE FROM author").await, Kind::Sql(SqlKind::ForeignKey), "")?;
    refused(sql("INSERT INTO note VALUES (1, NULL)").await, Kind::Sql(SqlKind::NotNull), "note.text")?;
    refused(sql("INSERT INTO note VALUES (1, x'00')").await, Kind::Sql(SqlKind::Constraint), "note.text")?;
    refused(
        sql("SELECT 1 FROM no_such_table").await,
        Kind::Sql(SqlKind::Other),
        "no such table: no_such_table",
    )
}

pub(super) async fn d07_queries_stand_inside_a_loop_over_rows(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let mut seen = Vec::new();
    for author in Author::objects().all(on).await? {
        for post in Post::author.of(&author).order_by(Post::id).all(on).await? {
            seen.push((author.name.clone(), post.id, Post::objects().count(on).await?));
        }
    }
    let seen: Vec<_> = seen.iter().map(|(name, id, count)| (name.as_str(), *id, *count)).collect();
    same(seen, vec![("Ada", 1, 5), ("Ada", 2, 5), ("Berit", 3, 5), ("Berit", 4, 5), ("Cleo", 5, 5)])
}

pub(super) fn d07_statements_run_while_rows_are_walked(cx: &Cx) -> Result<()> {
    for n in 0..9 {
        Note::create().set(Note::text, n.to_string()).run(cx)?;
    }
    let mut seen = 0;
    cx.store().each("SELECT id FROM note ORDER BY id", (), |id: i64| {
        seen += 1;
        same(Note::objects().count(cx)?, 9)?;
        cx.store().execute("UPDATE note SET text = text || ? WHERE id = ?", ("!", id))?;
        Ok(())
    })?;
    same((seen, Note::objects().filter(Note::text.ends_with("!")).count(cx)?), (9, 9))
}

pub(super) async fn d08_text_with_percent_s_and_question_marks(on: &dyn Executor) -> Result<()> {
    let texts = ["%s", "%something%", "?", "?1", "100%%", "%(name)s", "$1"];
    notes(on, &texts).await?;
    for (id, text) in (1..).zip(texts) {
        same(keys(on, Note::text.eq(text) & Note::id.gt(0)).await?, vec![id])?;
    }
    same(keys(on, Note::text.contains("%s")).await?, vec![1, 2])?;
    let sql = "SELECT '%something%' || ?, strftime('%Y', 0, 'unixepoch'), '?'";
    let rows = on.rows(Statement::new(sql, vec![Value::Text("%s".to_owned())])).await?;
    same(rows, vec![["%something%%s", "1970", "?"].map(|text| Value::Text(text.to_owned())).to_vec()])
}

pub(super) async fn d09_buckets_with_a_filter_and_a_zone(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let zone = TimeZone::fixed(Offset::constant(-5));
    let day = || Post::pub_date.bucket(Bucket::Day, &zone);
    let days = Post::objects()
        .filter(Post::draft.eq(false) & Post::title.ne("Trees"))
        .group_by(day())
        .order_by(day());
    let days = days.having(count().gt(0)).select((day(), count())).all(on).await?;
    let days: Vec<_> = days.iter().map(|(day, count)| (day.date().to_string(), *count)).collect();
    same(days, vec![("2025-12-31".to_owned(), 1), ("2026-01-03".to_owned(), 1)])
}

pub(super) async fn d10_parts_of_dates_are_filters(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let part = |part| Post::pub_date.part(part, &TimeZone::UTC);
    same(posts(on, part(Part::Month).eq(1)).await?, vec![1, 2, 3, 4, 5])?;
    same(posts(on, part(Part::Year).eq(2026) & part(Part::Day).ge(4)).await?, vec![4, 5])?;
    same(
        posts(
            on,
            Post::pub_date
                .bucket(Bucket::Day, &TimeZone::UTC)
                .eq(jiff::civil::datetime(2026, 1, 2, 0, 0, 0, 0)),
        )
        .await?,
        vec![2],
    )
}

pub(super) async fn d11_nothing_asks_for_a_lock(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let query = Post::objects().filter(Post::id.eq(1));
    same(query.statement()?.sql().to_uppercase().contains("FOR UPDATE"), false)?;
    let new = Post::create().set(Post::title, "x").set(Post::author, ForeignKey::new(1));
    same(query.get_or_create(new, on).await?.1, false)
}

pub(super) async fn d12_counts_are_of_rows_and_not_of_index_entries(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    // Each of these rows has entries in four indexes and in the search.
    same(Post::objects().update().set(Post::title, Post::content).set(Post::draft, true).run(on).await?, 5)?;
    same(Post::objects().filter(Post::id.gt(5)).update().set(Post::draft, true).run(on).await?, 0)?;
    same(Post::objects().filter(Post::id.ge(4)).delete(on).await?.of::<Post>(), 2)?;
    let rows = ["INSERT", "UPDATE"].map(|text| Note::create().set(Note::text, text)).to_vec();
    same(create_all(rows, on).await?, 2)?;
    same(Note::objects().filter(Note::text.eq("INSERT")).update().set(Note::text, "INSERT").run(on).await?, 1)
}

pub(super) async fn d13_a_query_tells_its_parameters(on: &dyn Executor) -> Result<()> {
    let query = Post::objects().filter(Post::title.eq("a") & Post::views.gt(5) & Post::draft.eq(true));
    let statement = query.statement()?;
    same(statement.sql().matches('?').count(), 3)?;
    let params = vec![Value::Text("a".to_owned()), Value::Number(5.0), Value::Number(1.0)];
    same(statement.params().to_vec(), params)?;
    same(query.explain(on).await?.statement, statement)
}

pub(super) async fn d14_numbers_beyond_2_53_are_exact_or_refused(on: &dyn Executor) -> Result<()> {
    for n in [(1 << 53) + 1, i64::MAX, i64::MIN] {
        Exact::create().set(Exact::n, Exact64::new(n)).run(on).await?;
    }
    same(keys(on, Exact::n.eq(Exact64::new((1 << 53) + 1))).await?, vec![1])?;
    same(Exact::by_key(2_u32).get(on).await?.n.get(), i64::MAX)?;
    let instant = super::super::model::Instant::create().set(super::super::model::Instant::n, (1 << 53) + 1);
    refused(instant.set(super::super::model::Instant::at, on.now()).run(on).await, Kind::Invalid, "Exact64")?;
    same(ids(on, Post::objects()).await?, vec![])
}
