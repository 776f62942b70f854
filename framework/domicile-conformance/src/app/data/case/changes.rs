//! Several writes as one value, and queries that explain themselves, beside SQL by hand.

use domicile::prelude::*;
use domicile::query::{Changed, Executor, Statement};
use domicile::{Kind, SqlKind, Value};

use super::super::model::{Author, Category, Comment, Company, Letter, Note, Post, Stamp, Team};
use super::world::{keys, notes, world};
use super::{refused, same, since};

async fn views(on: &dyn Executor, id: u32) -> Result<u32> {
    Post::by_key(id).select(Post::views).get(on).await
}

fn transfer(amount: u32) -> Changes {
    let mut changes = Changes::new();
    changes.update(Post::by_key(2_u32).update().set(Post::views, Post::views + amount));
    changes.require(Post::by_key(1_u32).filter(Post::views.ge(amount)), "there are too few views");
    changes.update(Post::by_key(1_u32).update().set(Post::views, Post::views - amount));
    changes
}

pub(super) async fn changes_are_made_in_order(on: &dyn Executor) -> Result<()> {
    notes(on, &["a"]).await?;
    let mut changes = Changes::new();
    changes.update(Note::by_key(1_u32).update().set(Note::text, "b"));
    changes.create(Note::create().set(Note::text, "c"));
    changes.update(Note::objects().filter(Note::text.eq("b")).update().set(Note::text, "d"));
    changes.update(Note::by_key(2_u32).update().set(Note::text, "e"));
    same(changes.apply(on).await?, Changed { rows: vec![1, 1, 1, 1] })?;
    let texts = Note::objects().order_by(Note::id).select(Note::text).all(on).await?;
    same(texts, vec!["d".to_owned(), "e".to_owned()])
}

pub(super) async fn changes_of_every_kind_in_one(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let mut third = Post::by_key(3_u32).get(on).await?;
    third.title = "Firs".to_owned();
    let mut changes = Changes::new();
    changes.create(Post::create().set(Post::title, "New").set(Post::author, ForeignKey::new(3)));
    changes.save(&third)?;
    changes.update(Post::objects().filter(Post::draft.eq(true)).update().set(Post::views, 1));
    changes.delete(Post::by_key(1_u32));
    changes.statement(Statement::new("UPDATE comment SET text = ?", vec![Value::Text("x".to_owned())]));
    same(changes.apply(on).await?.rows, vec![1, 1, 3, 1, 1])?;
    same(Post::objects().count(on).await?, 5)?;
    same(Post::by_key(3_u32).get(on).await?, third)?;
    same(Comment::objects().select(Comment::text).get(on).await?, "x".to_owned())
}

pub(super) async fn changes_that_fail_leave_nothing(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let mut changes = Changes::new();
    changes.update(Post::objects().update().set(Post::views, 99));
    changes.delete(Post::by_key(2_u32));
    changes.create(Post::create().set(Post::title, "Boats").set(Post::author, ForeignKey::new(1)));
    same(changes.apply(on).await.is_err_and(|error| error.is_unique_violation()), true)?;
    same((views(on, 2).await?, Post::objects().count(on).await?), (0, 5))
}

pub(super) async fn no_changes_are_none(on: &dyn Executor) -> Result<()> {
    let changes = Changes::new();
    same(changes.is_empty(), true)?;
    same(changes.apply(on).await?, Changed { rows: vec![] })?;
    let mut nothing = Changes::new();
    nothing.delete(Post::by_key(9_u32));
    same(nothing.apply(on).await?, Changed { rows: vec![0] })
}

pub(super) async fn a_requirement_that_holds(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(transfer(4).apply(on).await?.rows, vec![1, 1])?;
    same((views(on, 1).await?, views(on, 2).await?), (6, 4))?;
    same(transfer(6).apply(on).await?.rows, vec![1, 1])?;
    same((views(on, 1).await?, views(on, 2).await?), (0, 10))
}

pub(super) async fn a_requirement_that_does_not_hold_says_its_sentence(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    refused(transfer(11).apply(on).await, Kind::Conflict, "there are too few views")?;
    same((views(on, 1).await?, views(on, 2).await?), (10, 0))
}

pub(super) async fn the_sentence_is_of_the_requirement_that_fails(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let mut changes = Changes::new();
    changes.require(Post::by_key(1_u32), "first");
    changes.require(Post::by_key(9_u32), "second: it's \"gone\"");
    changes.require(Post::by_key(10_u32), "third");
    refused(changes.apply(on).await, Kind::Conflict, "second: it's \"gone\"")
}

pub(super) async fn what_must_not_be_there(on: &dyn Executor) -> Result<()> {
    let claim = || {
        let mut changes = Changes::new();
        changes.require_none(Note::objects().filter(Note::text.eq("mine")), "it is taken");
        changes.create(Note::create().set(Note::text, "mine"));
        changes
    };
    same(claim().apply(on).await?.rows, vec![1])?;
    refused(claim().apply(on).await, Kind::Conflict, "it is taken")?;
    same(Note::objects().count(on).await?, 1)
}

pub(super) async fn a_requirement_sees_what_came_before_it(on: &dyn Executor) -> Result<()> {
    notes(on, &["a"]).await?;
    let mut changes = Changes::new();
    changes.create(Note::create().set(Note::text, "b"));
    changes.require(Note::objects().filter(Note::text.eq("b")), "b is not there");
    changes.delete(Note::by_key(1_u32));
    changes.require_none(Note::by_key(1_u32), "a is there");
    same(changes.apply(on).await?.rows, vec![1, 1])
}

pub(super) async fn a_requirement_may_ask_along_keys(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let mut changes = Changes::new();
    changes.require(Post::by_key(1_u32).filter(Post::author.to(Author::name).eq("Ada")), "not hers");
    changes.require_none(Post::objects().filter(Post::author.to(Author::name).eq("Nobody")), "somebody's");
    changes.update(Post::by_key(1_u32).update().set(Post::views, 1));
    same(changes.apply(on).await?.rows, vec![1])
}

pub(super) async fn what_does_not_hold_is_refused_before_anything(on: &dyn Executor) -> Result<()> {
    notes(on, &["a"]).await?;
    let mut changes = Changes::new();
    changes.update(Note::objects().update().set(Note::text, "b"));
    changes.create(Note::create());
    refused(changes.apply(on).await, Kind::Invalid, "text")?;
    same(keys(on, Note::text.eq("a")).await?, vec![1])
}

pub(super) async fn deletions_among_changes_cascade_and_protect(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let mut changes = Changes::new();
    changes.update(Post::objects().update().set(Post::views, 1));
    changes.delete(Author::by_key(3_u32));
    refused(changes.apply(on).await, Kind::Conflict, "1 comment points to it")?;
    same(views(on, 1).await?, 10)?;
    let mut changes = Changes::new();
    changes.delete(Post::by_key(1_u32));
    changes.delete(Comment::objects());
    changes.delete(Author::objects());
    // What points to a row is looked for before the first change is made.
    refused(changes.apply(on).await, Kind::Conflict, "comments point to it")?;
    let mut changes = Changes::new();
    changes.delete(Post::by_key(1_u32));
    same(changes.apply(on).await?.rows, vec![1])?;
    same(Comment::objects().count(on).await?, 1)
}

pub(super) async fn saved_rows_among_changes_are_updated_now(on: &dyn Executor) -> Result<()> {
    let (old, begin) = (Timestamp::from_millis(1), on.now());
    let row = Stamp::create().set(Stamp::code, "a").set(Stamp::changed, old).run(on).await?;
    let mut changes = Changes::new();
    changes.save(&row)?;
    same(changes.apply(on).await?.rows, vec![1])?;
    since(Stamp::objects().select(Stamp::changed).get(on).await?, begin, on)?;
    let wrong = Stamp { level: 9, ..row };
    refused(Changes::new().save(&wrong), Kind::Invalid, "level")
}

pub(super) async fn a_query_explains_itself(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let plan = Post::by_key(1_u32).explain(on).await?;
    same(plan.full_scans(), vec![])?;
    same(plan.steps.len(), 1)?;
    same(plan.to_string().contains("SELECT") && plan.to_string().contains("SEARCH post"), true)
}

pub(super) async fn a_full_scan_is_named(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let plan = Post::objects().filter(Post::content.contains("x")).order_by(Post::id).explain(on).await?;
    same(plan.full_scans(), vec!["SCAN post"])?;
    let key =
        Post::objects().filter(Post::author.eq(ForeignKey::new(1))).order_by(Post::id).explain(on).await?;
    same(key.full_scans(), vec![])?;
    let list = Post::objects().filter(Post::id.is_in(0..100)).order_by(Post::id).explain(on).await?;
    same(list.full_scans(), vec![])?;
    let search = Post::objects().search("x").explain(on).await?;
    same(search.full_scans(), vec![])
}

pub(super) async fn sql_by_hand_stands_beside_it(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let sql = "SELECT title, views FROM post WHERE views > ? ORDER BY id";
    let rows = on.rows(Statement::new(sql, vec![Value::Number(5.0)])).await?;
    let text = |text: &str| Value::Text(text.to_owned());
    same(rows, vec![vec![text("Boats"), Value::Number(10.0)], vec![text("Trees"), Value::Number(7.0)]])?;
    let update = Statement::new("UPDATE post SET views = 1 WHERE views > ?", vec![Value::Number(5.0)]);
    same(on.apply(vec![update]).await?.first().map(|applied| applied.changes), Some(2))?;
    same(Post::objects().filter(Post::views.eq(1)).count(on).await?, 2)
}

pub(super) async fn a_statement_is_a_value(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let query = Post::objects()
        .filter(Post::title.eq("Boats") & Post::views.gt(5))
        .order_by(Post::id)
        .select(Post::id);
    let statement = query.statement()?;
    same(statement.params().to_vec(), vec![Value::Text("Boats".to_owned()), Value::Number(5.0)])?;
    same(on.rows(statement).await?, vec![vec![Value::Number(1.0)]])
}

pub(super) async fn sql_by_hand_that_fails_is_a_typed_error(on: &dyn Executor) -> Result<()> {
    let run = |sql: &str| on.rows(Statement::new(sql, vec![]));
    refused(run("SELECT * FROM nothing").await, Kind::Sql(SqlKind::Other), "nothing")?;
    refused(run("SELEKT 1").await, Kind::Sql(SqlKind::Other), "syntax error")?;
    refused(run("INSERT INTO note (id) VALUES (1)").await, Kind::Sql(SqlKind::NotNull), "note.text")
}

pub(super) async fn a_deletion_has_its_place_in_the_order(on: &dyn Executor) -> Result<()> {
    // Nothing points to a note, so it is found when its turn comes.
    notes(on, &["a", "b"]).await?;
    let mut changes = Changes::new();
    changes.update(Note::by_key(1_u32).update().set(Note::text, "b"));
    changes.delete(Note::objects().filter(Note::text.eq("b")));
    changes.create(Note::create().set(Note::text, "b"));
    same(changes.apply(on).await?.rows, vec![1, 2, 1])?;
    same(keys(on, Note::text.eq("b")).await?, vec![1])?;
    // Those of a model that something points to are read before.
    world(on).await?;
    let mut changes = Changes::new();
    changes.update(Post::by_key(1_u32).update().set(Post::draft, true));
    changes.delete(Post::objects().filter(Post::draft.eq(true)));
    same(changes.apply(on).await?.rows, vec![1, 2])?;
    same(keys::<Post>(on, Post::draft.eq(true)).await?, vec![1])
}

pub(super) async fn what_is_moved_away_is_not_deleted_with_its_target(on: &dyn Executor) -> Result<()> {
    for name in ["a", "b"] {
        let company = Company::create().set(Company::name, name).run(on).await?;
        let team = Team::create().set(Team::name, name).set(Team::company, &company).run(on).await?;
        Letter::create().set(Letter::text, name).set(Letter::sender, &team).run(on).await?;
    }
    let moved = || Team::by_key(1_u32).update().set(Team::company, ForeignKey::new(2));
    let mut changes = Changes::new();
    changes.update(moved());
    changes.delete(Company::by_key(1_u32));
    refused(
        changes.apply(on).await,
        Kind::Conflict,
        "pointed elsewhere by an earlier change: apply that first",
    )?;
    same(Team::by_key(1_u32).get(on).await?.company, ForeignKey::new(1))?;
    moved().run(on).await?;
    same(Company::by_key(1_u32).delete(on).await?.total(), 1)?;
    // One that is pointed to what goes has a key to nothing.
    Letter::by_key(1_u32).delete(on).await?;
    let company = Company::create().set(Company::name, "c").run(on).await?;
    let mut changes = Changes::new();
    changes.update(Team::by_key(1_u32).update().set(Team::company, &company));
    changes.delete(Company::by_key(company.id));
    refused(changes.apply(on).await, Kind::Sql(SqlKind::ForeignKey), "")?;
    let mut changes = Changes::new();
    changes.update(Letter::objects().update().set(Letter::text, "c"));
    changes.delete(Company::by_key(2_u32));
    same(changes.apply(on).await?.rows, vec![1, 1])?;
    same((Team::objects().count(on).await?, Letter::objects().count(on).await?), (0, 0))
}

pub(super) async fn a_tree_is_deleted_among_changes(on: &dyn Executor) -> Result<()> {
    for parent in [None, Some(1), Some(2), Some(2)] {
        let parent = parent.map(ForeignKey::<Category>::new);
        Category::create().set(Category::name, "x").set(Category::parent, parent).run(on).await?;
    }
    let mut changes = Changes::new();
    changes.update(Category::by_key(4_u32).update().set(Category::parent, None));
    changes.delete(Category::by_key(1_u32));
    refused(changes.apply(on).await, Kind::Conflict, "pointed elsewhere by an earlier change")?;
    let mut changes = Changes::new();
    changes.update(Category::by_key(4_u32).update().set(Category::name, "y"));
    changes.delete(Category::by_key(1_u32));
    same(changes.apply(on).await?.rows, vec![1, 4])
}

pub(super) async fn a_new_row_is_not_taken_for_one_that_is_gone(on: &dyn Executor) -> Result<()> {
    for name in ["keep", "go"] {
        Category::create().set(Category::name, name).run(on).await?;
    }
    let mut changes = Changes::new();
    changes.delete(Category::objects().filter(Category::name.eq("go")));
    changes.create(Category::create().set(Category::name, "new"));
    changes.delete(Category::objects().filter(Category::name.ne("keep")));
    same(changes.apply(on).await?.rows, vec![1, 1, 0])?;
    let names = Category::objects().order_by(Category::id).select(Category::name).all(on).await?;
    same(names, vec!["keep".to_owned(), "new".to_owned()])
}
