//! New rows: one at a time, many, and only where they are not there yet.

use domicile::prelude::*;
use domicile::query::{Executor, create_all};
use domicile::{Kind, SqlKind};

use super::super::model::{
    Author, Bare, Category, Country, Follow, Label, Note, Number, Post, Snow, Stamp, Wide,
};
use super::world::{keys, notes, world};
use super::{refused, same, since};

fn author(name: &str, email: &str) -> domicile::query::Create<Author> {
    Author::create().set(Author::name, name).set(Author::email, email)
}

pub(super) async fn a_new_row_comes_back_as_it_is_stored(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let made = Post::create().set(Post::title, "New").set(Post::author, ForeignKey::new(1)).run(on).await?;
    same((made.id, made.title.as_str()), (6, "New"))?;
    same(Post::by_key(6_u32).get(on).await?, made)
}

pub(super) async fn what_is_not_set_gets_its_default(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let made = Post::create().set(Post::title, "New").set(Post::author, ForeignKey::new(1)).run(on).await?;
    same((made.views, made.draft, made.content.as_str(), made.rating), (0, true, "", None))
}

pub(super) async fn now_is_the_time_of_the_event(on: &dyn Executor) -> Result<()> {
    let begin = on.now();
    let made = Stamp::create().set(Stamp::code, "a").run(on).await?;
    since(made.made, begin, on)?;
    since(made.changed, begin, on)?;
    let day = jiff::Timestamp::try_from(on.now())?.to_zoned(jiff::tz::TimeZone::UTC).date();
    same((made.day, made.level), (day, 1))
}

pub(super) async fn a_uuid_is_of_the_events_time(on: &dyn Executor) -> Result<()> {
    let first = Stamp::create().set(Stamp::code, "a").run(on).await?.token;
    let second = Stamp::create().set(Stamp::code, "b").run(on).await?.token;
    same((first.get_version_num(), first == second), (7, false))?;
    let rows = (0..40).map(|_| Stamp::create().set(Stamp::code, "c")).collect();
    create_all(rows, on).await?;
    same(Stamp::objects().select(Stamp::token.count_distinct()).get(on).await?, 42)
}

pub(super) async fn keys_are_counted(on: &dyn Executor) -> Result<()> {
    notes(on, &["a", "b"]).await?;
    same(Note::create().set(Note::id, 10).set(Note::text, "c").run(on).await?.id, 10)?;
    same(Note::create().set(Note::text, "d").run(on).await?.id, 11)?;
    let snow = Snow::create().set(Snow::id, Exact64::new(i64::MAX - 1)).set(Snow::name, "x").run(on).await?;
    same(snow.id.get(), i64::MAX - 1)?;
    same(Snow::create().set(Snow::name, "y").run(on).await?.id.get(), i64::MAX)
}

pub(super) async fn a_model_with_a_key_only_is_created(on: &dyn Executor) -> Result<()> {
    same(Bare::create().run(on).await?.id, 1)?;
    same(Bare::create().run(on).await?.id, 2)?;
    same(create_all(vec![Bare::create(); 150], on).await?, 150)?;
    let bare = Bare::by_key(152_u32).get(on).await?;
    bare.save(on).await?;
    Bare { id: 900 }.insert(on).await?;
    same(Bare::create().run_or_ignore(on).await?, Some(Bare { id: 901 }))?;
    refused(Bare { id: 999 }.save(on).await, Kind::NotFound, "bare not found")
}

pub(super) async fn what_is_missing_is_named(on: &dyn Executor) -> Result<()> {
    refused(Post::create().run(on).await, Kind::Invalid, "title")?;
    refused(Post::create().set(Post::title, "x").run(on).await, Kind::Invalid, "author")?;
    refused(Country::create().set(Country::name, "x").run(on).await, Kind::Invalid, "code")?;
    same(Post::objects().count(on).await?, 0)
}

pub(super) async fn text_that_is_too_long_is_refused(on: &dyn Executor) -> Result<()> {
    same(Stamp::create().set(Stamp::code, "äöü🙂x").run(on).await?.code, "äöü🙂x".to_owned())?;
    let long = || Stamp::create().set(Stamp::code, "123456");
    refused(long().run(on).await, Kind::Invalid, "code")?;
    refused(
        create_all(vec![Stamp::create().set(Stamp::code, "ok"), long()], on).await,
        Kind::Invalid,
        "code",
    )?;
    refused(Stamp::objects().update().set(Stamp::code, "123456").run(on).await, Kind::Invalid, "code")?;
    same(Stamp::objects().count(on).await?, 1)
}

pub(super) async fn a_value_that_is_no_choice_is_refused(on: &dyn Executor) -> Result<()> {
    let of = |level| Stamp::create().set(Stamp::code, "a").set(Stamp::level, level);
    same(of(2).run(on).await?.level, 2)?;
    refused(of(3).run(on).await, Kind::Invalid, "level")?;
    let mut row = Stamp::objects().get(on).await?;
    row.level = 0;
    refused(row.save(on).await, Kind::Invalid, "level")?;
    same(Stamp::objects().select(Stamp::level).get(on).await?, 2)
}

pub(super) async fn a_key_to_nothing_is_a_foreign_key_error(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let kind = Kind::Sql(SqlKind::ForeignKey);
    let nobody = Post::create().set(Post::title, "x").set(Post::author, ForeignKey::new(99));
    refused(nobody.clone().run(on).await, kind, "")?;
    refused(nobody.run_or_ignore(on).await, kind, "")?;
    refused(Post::objects().update().set(Post::author, ForeignKey::new(99)).run(on).await, kind, "")?;
    same(Post::objects().count(on).await?, 5)
}

pub(super) async fn a_value_that_is_there_is_a_unique_error(on: &dyn Executor) -> Result<()> {
    author("Ada", "a@x").run(on).await?;
    let twice = author("Berit", "a@x").run(on).await;
    refused(twice, Kind::Sql(SqlKind::Unique), "author.email")?;
    let key = Country { code: "NO".to_owned(), name: "Norway".to_owned() };
    key.insert(on).await?;
    let error = Country { name: "Other".to_owned(), ..key }.insert(on).await;
    same(error.is_err_and(|error| error.is_unique_violation()), true)
}

pub(super) async fn values_that_are_unique_together(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let boats = |author| Post::create().set(Post::title, "Boats").set(Post::author, ForeignKey::new(author));
    same(boats(2).run(on).await?.id, 6)?;
    same(boats(1).run(on).await.is_err_and(|error| error.is_unique_violation()), true)
}

pub(super) async fn upsert_creates_or_updates(on: &dyn Executor) -> Result<()> {
    same(author("A", "a@x").upsert(Author::email, on).await?.id, 1)?;
    let again = author("B", "a@x").upsert(Author::email, on).await?;
    same((again.id, again.name.as_str()), (1, "B"))?;
    same(author("C", "c@x").upsert(Author::email, on).await?.name, "C".to_owned())?;
    same(Author::objects().count(on).await?, 2)
}

pub(super) async fn upsert_leaves_what_is_not_set(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let new = Post::create().set(Post::title, "Boats").set(Post::author, ForeignKey::new(1));
    let row = new.set(Post::rating, Some(2.0)).upsert((Post::author, Post::title), on).await?;
    same((row.id, row.views, row.draft, row.rating), (1, 10, false, Some(2.0)))
}

pub(super) async fn upsert_by_key(on: &dyn Executor) -> Result<()> {
    let new = |weight| Label::create().set(Label::name, "x").set(Label::weight, weight);
    same(new(1).upsert(Label::name, on).await?.weight, 1)?;
    same(new(2).upsert(Label::name, on).await?.weight, 2)?;
    same(Label::objects().count(on).await?, 1)
}

pub(super) async fn upsert_of_nothing_but_what_is_unique(on: &dyn Executor) -> Result<()> {
    Label { name: "x".to_owned(), weight: 1 }.insert(on).await?;
    let company =
        super::super::model::Company::create().set(super::super::model::Company::name, "c").run(on).await?;
    let new = || {
        Follow::create().set(Follow::label, ForeignKey::new("x".to_owned())).set(Follow::company, &company)
    };
    let first = new().upsert((Follow::label, Follow::company), on).await?;
    same(new().upsert((Follow::label, Follow::company), on).await?, first)
}

pub(super) async fn upsert_of_another_unique_value_is_an_error(on: &dyn Executor) -> Result<()> {
    Country { code: "NO".to_owned(), name: "Norway".to_owned() }.insert(on).await?;
    let new = Country::create().set(Country::code, "SE").set(Country::name, "Norway");
    same(new.upsert(Country::code, on).await.is_err_and(|error| error.is_unique_violation()), true)?;
    same(keys::<Country>(on, Vec::<domicile::query::Filter<Country>>::new()).await?, vec!["NO".to_owned()])
}

pub(super) async fn run_or_ignore_ignores_what_is_there(on: &dyn Executor) -> Result<()> {
    same(author("A", "a@x").run_or_ignore(on).await?.map(|author| author.id), Some(1))?;
    same(author("B", "a@x").run_or_ignore(on).await?, None)?;
    same(Author::objects().get(on).await?.name, "A".to_owned())
}

pub(super) async fn get_or_create_gets(on: &dyn Executor) -> Result<()> {
    let made = author("A", "a@x").run(on).await?;
    let got = Author::objects().filter(Author::email.eq("a@x")).get_or_create(author("B", "a@x"), on).await?;
    same(got, (made, false))
}

pub(super) async fn get_or_create_creates(on: &dyn Executor) -> Result<()> {
    let found = Author::objects().filter(Author::email.eq("a@x"));
    let (made, new) = found.get_or_create(author("B", "a@x"), on).await?;
    same((made.id, made.name.as_str(), new), (1, "B", true))?;
    same(Author::objects().count(on).await?, 1)
}

pub(super) async fn get_or_create_of_what_somebody_else_has(on: &dyn Executor) -> Result<()> {
    author("A", "a@x").run(on).await?;
    let found = Author::objects().filter(Author::name.eq("B"));
    let got = found.get_or_create(author("B", "a@x"), on).await;
    refused(got, Kind::Sql(SqlKind::Unique), "author.email")?;
    same(Author::objects().count(on).await?, 1)
}

pub(super) async fn a_thousand_rows_keep_their_order(on: &dyn Executor) -> Result<()> {
    let rows = (0..1_000).map(|n| Category::create().set(Category::name, format!("c{n}"))).collect();
    same(create_all(rows, on).await?, 1_000)?;
    let all = Category::objects().order_by(Category::id).all(on).await?;
    same(all.len(), 1_000)?;
    same(all.iter().all(|row| row.name == format!("c{}", row.id - 1)), true)
}

pub(super) async fn rows_of_99_columns_are_created(on: &dyn Executor) -> Result<()> {
    let rows = (0..5).map(|n| Wide::create().set(Wide::c01, n).set(Wide::c98, -n)).collect();
    same(create_all(rows, on).await?, 5)?;
    let last = Wide::by_key(5_u32).get(on).await?;
    same((last.c01, last.c50, last.c98), (4, 0, -4))?;
    let whole = Wide { id: 77, ..last };
    whole.insert(on).await?;
    same(Wide::by_key(77_u32).get(on).await?, whole)
}

pub(super) async fn rows_of_each_width_fill_their_statements(on: &dyn Executor) -> Result<()> {
    // A number is nine parameters, so eleven fit a statement.
    for count in [1_u32, 10, 11, 12, 23] {
        let rows = (0..count).map(|_| {
            let new = Number::create().set(Number::i8, 1).set(Number::i16, 2).set(Number::i32, 3);
            let new = new.set(Number::i64, 4).set(Number::u8, 5).set(Number::u16, 6);
            new.set(Number::u32, 7).set(Number::u64, 8)
        });
        same(create_all(rows.collect(), on).await?, u64::from(count))?;
    }
    same(Number::objects().count(on).await?, 57)?;
    same(
        Number::objects().select((Number::i8.sum(), Number::u64.sum())).get(on).await?,
        (Some(57), Some(456)),
    )
}

pub(super) async fn rows_that_set_other_columns_are_created_together(on: &dyn Executor) -> Result<()> {
    let rows = vec![
        Note::create().set(Note::text, "a"),
        Note::create().set(Note::id, 50).set(Note::text, "b"),
        Note::create().set(Note::text, "c"),
    ];
    same(create_all(rows, on).await?, 3)?;
    same(keys(on, Note::text.eq("c")).await?, vec![51])
}

pub(super) async fn many_rows_are_stored_whole_or_not(on: &dyn Executor) -> Result<()> {
    let mut rows: Vec<_> = (0..200).map(|n| author("x", &format!("{n}"))).collect();
    rows.push(author("y", "0"));
    same(create_all(rows, on).await.is_err_and(|error| error.is_unique_violation()), true)?;
    same(Author::objects().count(on).await?, 0)?;
    same(create_all(Vec::<domicile::query::Create<Author>>::new(), on).await?, 0)
}
