//! Deletion, and what `on_delete` says of the rows that point to what is deleted.

use std::cell::Cell;

use domicile::model::Schema;
use domicile::prelude::*;
use domicile::query::{Applied, Executor, LocalFuture, Statement, count, create_all};
use domicile::{Kind, Value};

use super::super::model::{
    Author, Bare, Category, Comment, Company, Country, First, Follow, Item, Keeper, Label, Letter, Line,
    Node, Note, Post, Project, Second, Snow, Task, Team,
};
use super::world::{ids, keys, notes, world};
use super::{refused, same};

/// Two companies, each with two teams, a project and two tasks.
async fn companies(on: &dyn Executor) -> Result<()> {
    for name in ["a", "b"] {
        let company = Company::create().set(Company::name, name).run(on).await?;
        let project =
            Project::create().set(Project::name, name).set(Project::company, &company).run(on).await?;
        for at in 1..3 {
            let team = Team::create().set(Team::name, format!("{name}{at}")).set(Team::company, &company);
            let team = team.run(on).await?;
            let task = Task::create().set(Task::name, "t").set(Task::team, &team);
            task.set(Task::project, &project).run(on).await?;
        }
    }
    Ok(())
}

async fn chain(on: &dyn Executor, length: u32) -> Result<()> {
    for n in 0..length {
        let parent = n.checked_sub(1).map(|before| ForeignKey::new(before + 1));
        Category::create().set(Category::name, format!("c{n}")).set(Category::parent, parent).run(on).await?;
    }
    Ok(())
}

pub(super) async fn what_a_filter_finds_is_deleted(on: &dyn Executor) -> Result<()> {
    notes(on, &["a", "b", "c"]).await?;
    let deleted = Note::objects().filter(Note::text.ge("b")).delete(on).await?;
    same((deleted.of::<Note>(), deleted.total()), (2, 2))?;
    same(keys(on, Note::id.gt(0)).await?, vec![1])?;
    same(Note::objects().delete(on).await?.total(), 1)
}

pub(super) async fn deleting_what_is_not_there_is_zero(on: &dyn Executor) -> Result<()> {
    same(Note::by_key(1_u32).delete(on).await?.total(), 0)?;
    same(Company::by_key(1_u32).delete(on).await?.total(), 0)?;
    same(Category::objects().delete(on).await?.of::<Category>(), 0)
}

pub(super) async fn a_limit_is_deleted_in_order(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    Comment::objects().delete(on).await?;
    same(Post::objects().limit(2).delete(on).await?.of::<Post>(), 2)?;
    same(ids(on, Post::objects()).await?, vec![1, 2, 3])?;
    notes(on, &["c", "a", "b"]).await?;
    same(Note::objects().order_by(Note::text).limit(1).offset(1).delete(on).await?.total(), 1)?;
    same(keys(on, Note::id.gt(0)).await?, vec![1, 2])
}

pub(super) async fn a_deletion_filters_along_keys(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let nice = Comment::objects().filter(Comment::post.to(Post::author).to(Author::name).eq("Ada"));
    same(nice.delete(on).await?.total(), 2)?;
    let commented = Post::objects().filter(Comment::post.any(Comment::id.gt(0)));
    same(commented.delete(on).await?.total(), 2)?;
    same(Post::objects().count(on).await?, 4)
}

pub(super) async fn cascade_deletes_what_points_here(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let deleted = Post::by_key(1_u32).delete(on).await?;
    same((deleted.of::<Post>(), deleted.of::<Comment>(), deleted.total()), (1, 2, 3))?;
    same(deleted.rows, vec![("Post", 1), ("Comment", 2)])?;
    same(Comment::objects().count(on).await?, 1)
}

pub(super) async fn cascade_goes_three_levels_down(on: &dyn Executor) -> Result<()> {
    companies(on).await?;
    let team = Team::by_key(1_u32).get(on).await?;
    Letter::create().set(Letter::text, "x").set(Letter::sender, &team).run(on).await?;
    let deleted = Company::by_key(1_u32).delete(on).await?;
    same((deleted.of::<Company>(), deleted.of::<Team>(), deleted.of::<Task>()), (1, 2, 2))?;
    same((deleted.of::<Letter>(), deleted.total()), (1, 7))?;
    same(keys(on, Team::id.gt(0)).await?, vec![3, 4])?;
    same(keys(on, Task::id.gt(0)).await?, vec![3, 4])
}

pub(super) async fn a_diamond_is_deleted_once(on: &dyn Executor) -> Result<()> {
    companies(on).await?;
    // The tasks are reached over their team and over their project.
    let deleted = Company::objects().delete(on).await?;
    same((deleted.of::<Task>(), deleted.total()), (4, 12))?;
    same(Task::objects().count(on).await?, 0)
}

pub(super) async fn cascade_follows_a_model_into_itself(on: &dyn Executor) -> Result<()> {
    chain(on, 30).await?;
    Category::create().set(Category::name, "other").run(on).await?;
    same(Category::by_key(11_u32).delete(on).await?.total(), 20)?;
    same(Category::objects().count(on).await?, 11)?;
    same(Category::by_key(1_u32).delete(on).await?.total(), 10)
}

pub(super) async fn rows_that_point_round_in_one_table(on: &dyn Executor) -> Result<()> {
    chain(on, 3).await?;
    Category::by_key(1_u32).update().set(Category::parent, Some(ForeignKey::new(3))).run(on).await?;
    same(Category::by_key(2_u32).delete(on).await?.total(), 3)?;
    let own = Category::create().set(Category::name, "own").run(on).await?;
    Category::objects().update().set(Category::parent, Some(ForeignKey::from(&own))).run(on).await?;
    same(own.delete(on).await?.total(), 1)
}

pub(super) async fn two_tables_that_point_to_each_other(on: &dyn Executor) -> Result<()> {
    for _ in 0..2 {
        let first = First::create().run(on).await?;
        let second = Second::create().set(Second::first, &first).run(on).await?;
        let update = First::by_key(first.id).update().set(First::second, Some(ForeignKey::from(&second)));
        update.run(on).await?;
    }
    let deleted = First::by_key(1_u32).delete(on).await?;
    same((deleted.of::<First>(), deleted.of::<Second>(), deleted.total()), (1, 1, 2))?;
    same(Second::by_key(2_u32).delete(on).await?.total(), 2)?;
    same((First::objects().count(on).await?, Second::objects().count(on).await?), (0, 0))
}

pub(super) async fn set_null_leaves_the_row(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let deleted = Country::by_key("CH".to_owned()).delete(on).await?;
    same(deleted.total(), 1)?;
    same(Author::by_key(1_u32).get(on).await?.country, None)?;
    same(Author::by_key(2_u32).get(on).await?.country.map(ForeignKey::into_key), Some("NO".to_owned()))
}

pub(super) async fn two_keys_to_what_is_deleted(on: &dyn Executor) -> Result<()> {
    companies(on).await?;
    for (sender, receiver) in [(1, 2), (2, 1), (3, 2)] {
        let letter = Letter::create().set(Letter::text, "x").set(Letter::sender, ForeignKey::new(sender));
        letter.set(Letter::receiver, Some(ForeignKey::new(receiver))).run(on).await?;
    }
    let deleted = Team::by_key(2_u32).delete(on).await?;
    same((deleted.of::<Team>(), deleted.of::<Letter>()), (1, 1))?;
    let letters =
        Letter::objects().order_by(Letter::id).select((Letter::id, Letter::receiver)).all(on).await?;
    same(letters, vec![(1, None), (3, None)])
}

pub(super) async fn set_default_gives_the_default(on: &dyn Executor) -> Result<()> {
    for code in ["XX", "NO"] {
        Country { code: code.to_owned(), name: code.to_owned() }.insert(on).await?;
    }
    let norway = ForeignKey::new("NO".to_owned());
    Line { id: Exact64::new(i64::MAX), country: norway, amount: 5 }.insert(on).await?;
    same(Country::by_key("NO".to_owned()).delete(on).await?.total(), 1)?;
    same(Line::objects().select(Line::country).get(on).await?.into_key(), "XX".to_owned())
}

pub(super) async fn set_default_to_nothing_is_an_error(on: &dyn Executor) -> Result<()> {
    Country { code: "NO".to_owned(), name: "Norway".to_owned() }.insert(on).await?;
    let norway = ForeignKey::new("NO".to_owned());
    Line { id: Exact64::new(1), country: norway, amount: 5 }.insert(on).await?;
    let deleted = Country::by_key("NO".to_owned()).delete(on).await;
    refused(deleted, Kind::Sql(domicile::SqlKind::ForeignKey), "")?;
    same((Country::objects().count(on).await?, Line::objects().count(on).await?), (1, 1))
}

pub(super) async fn protect_names_what_it_protects(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let one = Author::by_key(3_u32).delete(on).await;
    refused(one, Kind::Conflict, "the author cannot be deleted: 1 comment points to it by `author`")?;
    Comment::objects().update().set(Comment::author, ForeignKey::new(3)).run(on).await?;
    let three = Author::by_key(3_u32).delete(on).await;
    refused(three, Kind::Conflict, "the author cannot be deleted: 3 comments point to it by `author`")
}

pub(super) async fn what_is_protected_stays_whole(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(Author::by_key(3_u32).delete(on).await.is_err(), true)?;
    same(Author::objects().delete(on).await.is_err(), true)?;
    same((Author::objects().count(on).await?, Post::objects().count(on).await?), (3, 5))?;
    same(Comment::objects().count(on).await?, 3)
}

pub(super) async fn protect_holds_below_a_cascade(on: &dyn Executor) -> Result<()> {
    let bare = Bare::create().run(on).await?;
    let item = Item::create().set(Item::bare, &bare).run(on).await?;
    Keeper::create().set(Keeper::item, &item).run(on).await?;
    refused(bare.delete(on).await, Kind::Conflict, "1 keeper points to it by `item`")?;
    same((Bare::objects().count(on).await?, Item::objects().count(on).await?), (1, 1))?;
    Keeper::objects().delete(on).await?;
    same(bare.delete(on).await?.total(), 2)
}

pub(super) async fn protect_within_a_model(on: &dyn Executor) -> Result<()> {
    let top = Node::create().run(on).await?;
    let leaf = Node::create().set(Node::parent, Some(ForeignKey::from(&top))).run(on).await?;
    refused(top.delete(on).await, Kind::Conflict, "1 node points to it by `parent`")?;
    same(leaf.delete(on).await?.total(), 1)?;
    same(top.delete(on).await?.total(), 1)
}

pub(super) async fn ten_thousand_rows_are_deleted(on: &dyn Executor) -> Result<()> {
    Category::create().set(Category::name, "top").run(on).await?;
    let rows = (0..9_999)
        .map(|_| Category::create().set(Category::name, "x").set(Category::parent, Some(ForeignKey::new(1))));
    create_all(rows.collect(), on).await?;
    same(Category::by_key(1_u32).delete(on).await?.total(), 10_000)?;
    same(Category::objects().count(on).await?, 0)
}

pub(super) async fn keys_of_text_and_of_64_bits_are_deleted(on: &dyn Executor) -> Result<()> {
    let company = Company::create().set(Company::name, "c").run(on).await?;
    for name in ["a'b", "a\"b", "1", "ü"] {
        let label = Label { name: name.to_owned(), weight: 1 };
        label.insert(on).await?;
        Follow::create().set(Follow::label, &label).set(Follow::company, &company).run(on).await?;
    }
    same(Label::by_key("1".to_owned()).delete(on).await?.total(), 2)?;
    same(Label::objects().filter(Label::name.starts_with("a")).delete(on).await?.total(), 4)?;
    for id in [i64::MAX, i64::MAX - 1, i64::MIN] {
        Snow { id: Exact64::new(id), name: "x".to_owned(), parent: None }.insert(on).await?;
    }
    same(Snow::by_key(i64::MAX).delete(on).await?.total(), 1)?;
    same(keys(on, Snow::name.eq("x")).await?, vec![Exact64::new(i64::MIN), Exact64::new(i64::MAX - 1)])
}

pub(super) async fn groups_are_not_deleted(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let says = "groups are no rows that can be updated or deleted";
    let grouped = Post::objects().group_by(Post::author).having(count().gt(1));
    refused(grouped.clone().delete(on).await, Kind::Invalid, says)?;
    refused(Comment::objects().having(count().gt(9)).delete(on).await, Kind::Invalid, says)?;
    let mut changes = Changes::new();
    changes.delete(grouped);
    refused(changes.apply(on).await, Kind::Invalid, says)?;
    same((Post::objects().count(on).await?, Comment::objects().count(on).await?), (5, 3))?;
    // What the sentence says to do instead.
    let authors = Post::objects().group_by(Post::author).having(count().lt(2)).select(Post::author);
    same(Post::objects().filter(Post::author.is_in_query(authors)).delete(on).await?.of::<Post>(), 1)
}

pub(super) async fn the_model_that_is_asked_for_comes_first(on: &dyn Executor) -> Result<()> {
    let first = First::create().run(on).await?;
    let second = Second::create().set(Second::first, &first).run(on).await?;
    First::by_key(first.id).update().set(First::second, Some(ForeignKey::from(&second))).run(on).await?;
    same(second.delete(on).await?.rows, vec![("Second", 1), ("First", 1)])?;
    let first = First::create().run(on).await?;
    let second = Second::create().set(Second::first, &first).run(on).await?;
    First::by_key(first.id).update().set(First::second, Some(ForeignKey::from(&second))).run(on).await?;
    let mut changes = Changes::new();
    changes.delete(First::by_key(first.id));
    same(first.delete(on).await?.rows, vec![("First", 1), ("Second", 1)])?;
    same(changes.apply(on).await?.rows, vec![0])
}

pub(super) async fn a_row_that_is_changed_meanwhile_is_not_deleted(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let meanwhile = "UPDATE post SET draft = 0 WHERE id = 5";
    let drafts = || Post::objects().filter(Post::draft.eq(true));
    let raced = Meanwhile::new(on, meanwhile);
    refused(
        drafts().delete(&raced as &dyn Executor).await,
        Kind::Conflict,
        "somebody has changed rows meanwhile",
    )?;
    same(ids(on, Post::objects()).await?, vec![1, 2, 3, 4, 5])?;
    // Asked again, it deletes what is a draft now.
    same(drafts().delete(on).await?.of::<Post>(), 1)?;
    same(ids(on, Post::objects()).await?, vec![1, 3, 4, 5])
}

pub(super) async fn a_row_that_points_elsewhere_meanwhile_is_not_deleted(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let raced = Meanwhile::after(on, 2, "UPDATE comment SET post = 2 WHERE id = 1");
    let first = Post::by_key(1_u32).delete(&raced as &dyn Executor).await;
    refused(first, Kind::Conflict, "somebody has changed rows meanwhile")?;
    same((Post::objects().count(on).await?, Comment::objects().count(on).await?), (5, 3))?;
    let raced = Meanwhile::after(on, 2, "INSERT INTO comment (post, author, text) VALUES (1, 1, 'new')");
    let first = Post::by_key(1_u32).delete(&raced as &dyn Executor).await;
    refused(first, Kind::Sql(domicile::SqlKind::ForeignKey), "")?;
    same((Post::objects().count(on).await?, Comment::objects().count(on).await?), (5, 4))
}

pub(super) async fn changes_meanwhile_are_noticed_before_the_first_change(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let changes = || {
        let mut changes = Changes::new();
        changes.require(Post::objects().filter(Post::views.eq(10)), "the first post was read meanwhile");
        changes.update(Post::objects().update().set(Post::draft, false));
        changes.delete(Post::objects().filter(Post::draft.eq(true)));
        changes
    };
    let raced = Meanwhile::new(on, "UPDATE post SET draft = 0 WHERE id = 2");
    refused(
        changes().apply(&raced as &dyn Executor).await,
        Kind::Conflict,
        "somebody has changed rows meanwhile",
    )?;
    same(ids(on, Post::objects().filter(Post::draft.eq(true))).await?, vec![5])?;
    // A sentence that was given for it is told first.
    let raced = Meanwhile::new(on, "UPDATE post SET draft = 0, views = 11");
    let told = changes().apply(&raced as &dyn Executor).await;
    refused(told, Kind::Conflict, "the first post was read meanwhile")?;
    Post::objects().update().set(Post::views, 10).set(Post::draft, true).run(on).await?;
    // What the update itself changes is not meanwhile.
    let undisturbed = Meanwhile::new(on, "SELECT 1");
    same(changes().apply(&undisturbed as &dyn Executor).await?.rows, vec![5, 5])
}

pub(super) async fn a_row_that_is_gone_meanwhile_is_no_conflict(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let raced = Meanwhile::after(on, 2, "DELETE FROM comment WHERE id = 1");
    let deleted = Post::by_key(1_u32).delete(&raced as &dyn Executor).await?;
    same(deleted.rows, vec![("Post", 1), ("Comment", 1)])?;
    let raced = Meanwhile::new(on, "DELETE FROM post WHERE id = 2");
    same(Post::by_key(2_u32).delete(&raced as &dyn Executor).await?.of::<Post>(), 0)
}

pub(super) async fn a_row_that_comes_meanwhile_pushes_none_out_of_a_limit(on: &dyn Executor) -> Result<()> {
    let rows = (0..60).map(|n| Category::create().set(Category::name, ["a", "b"][n % 2]));
    create_all(rows.collect(), on).await?;
    let raced = Meanwhile::new(on, "INSERT INTO category (name) VALUES ('0')");
    let few = Category::objects().filter(Category::name.ne("c")).order_by(Category::name).limit(10);
    same(few.delete(&raced as &dyn Executor).await?.total(), 10)?;
    same(Category::objects().filter(Category::name.eq("a")).count(on).await?, 20)?;
    same(Category::objects().filter(Category::name.eq("0")).count(on).await?, 1)
}

/// A database on which somebody else runs a statement after rows were read for the `left`th time.
struct Meanwhile<'a> {
    on: &'a dyn Executor,
    left: Cell<u32>,
    sql: &'static str,
}

impl<'a> Meanwhile<'a> {
    fn new(on: &'a dyn Executor, sql: &'static str) -> Self {
        Self::after(on, 1, sql)
    }

    fn after(on: &'a dyn Executor, reads: u32, sql: &'static str) -> Self {
        Self { on, left: Cell::new(reads), sql }
    }
}

impl Executor for Meanwhile<'_> {
    fn rows(&self, statement: Statement) -> LocalFuture<'_, Vec<Vec<Value>>> {
        Box::pin(async move {
            let rows = self.on.rows(statement).await?;
            self.left.set(self.left.get().saturating_sub(1));
            if self.left.get() == 0 {
                self.on.apply(vec![Statement::new(self.sql, vec![])]).await?;
                self.left.set(u32::MAX);
            }
            Ok(rows)
        })
    }

    fn apply(&self, statements: Vec<Statement>) -> LocalFuture<'_, Vec<Applied>> {
        self.on.apply(statements)
    }

    fn now(&self) -> Timestamp {
        self.on.now()
    }

    fn random(&self, bytes: &mut [u8]) {
        self.on.random(bytes);
    }

    fn models(&self) -> &[&'static Schema] {
        self.on.models()
    }

    fn reads_hold(&self) -> bool {
        false
    }
}
