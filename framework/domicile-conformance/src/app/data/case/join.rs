//! Queries that walk along foreign keys, forwards and backwards.

use domicile::prelude::*;
use domicile::query::{Executor, count, row, whole};

use super::super::model::{Author, Category, Comment, Company, Country, Follow, Label, Letter, Post, Team};
use super::same;
use super::world::{ids, keys, names, posts, world};

/// A tree of three: a, in it b, in it c; and d by itself.
async fn tree(on: &dyn Executor) -> Result<()> {
    for (name, parent) in [("a", None), ("b", Some(1)), ("c", Some(2)), ("d", None)] {
        let new = Category::create().set(Category::name, name);
        new.set(Category::parent, parent.map(ForeignKey::new)).run(on).await?;
    }
    Ok(())
}

/// Letters between the teams 1, 2 and 3.
async fn letters(on: &dyn Executor) -> Result<()> {
    let company = Company::create().set(Company::name, "c").run(on).await?;
    for name in ["red", "green", "blue"] {
        Team::create().set(Team::name, name).set(Team::company, &company).run(on).await?;
    }
    for (text, sender, receiver) in [("a", 1, Some(2)), ("b", 2, Some(1)), ("c", 1, None), ("d", 3, Some(3))]
    {
        let new = Letter::create().set(Letter::text, text).set(Letter::sender, ForeignKey::new(sender));
        new.set(Letter::receiver, receiver.map(ForeignKey::new)).run(on).await?;
    }
    Ok(())
}

pub(super) async fn a_filter_follows_a_key(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::author.to(Author::name).eq("Berit")).await?, vec![3, 4])?;
    same(posts(on, Post::author.to(Author::name).ne("Berit")).await?, vec![1, 2, 5])
}

pub(super) async fn a_filter_follows_two_keys(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let country = || Post::author.to(Author::country).to(Country::name);
    same(posts(on, country().eq("Switzerland")).await?, vec![1, 2])?;
    let texts = Comment::objects().filter(Comment::post.to(Post::author).to(Author::name).eq("Ada"));
    same(
        texts.order_by(Comment::id).select(Comment::text).all(on).await?,
        vec!["Nice".to_owned(), "Indeed".to_owned()],
    )
}

pub(super) async fn a_filter_follows_three_keys(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let country = Comment::post.to(Post::author).to(Author::country).to(Country::code);
    same(Comment::objects().filter(country.eq("CH")).count(on).await?, 2)
}

pub(super) async fn behind_a_key_that_is_null_all_is_null(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let country = || Post::author.to(Author::country).to(Country::name);
    same(posts(on, country().is_null()).await?, vec![5])?;
    same(posts(on, country().ne("Norway")).await?, vec![1, 2, 5])?;
    same(ids(on, Post::objects().exclude(country().eq("Norway"))).await?, vec![1, 2, 5])?;
    let all = Post::objects().order_by(Post::id).select(country()).all(on).await?;
    same(all.last(), Some(&None))?;
    same(all.len(), 5)
}

pub(super) async fn one_join_serves_filter_order_and_selection(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let name = || Post::author.to(Author::name);
    let query =
        Post::objects().filter(name().gt("A")).order_by((name().desc(), Post::id)).select((Post::id, name()));
    same(query.statement()?.sql().matches("JOIN").count(), 1)?;
    let found = query.all(on).await?;
    same(found.first(), Some(&(5, "Cleo".to_owned())))?;
    same(found.iter().map(|(id, _)| *id).collect::<Vec<_>>(), vec![5, 3, 4, 1, 2])
}

pub(super) async fn a_model_that_points_to_itself_is_joined(on: &dyn Executor) -> Result<()> {
    tree(on).await?;
    same(keys(on, Category::parent.to(Category::name).eq("a")).await?, vec![2])?;
    same(keys(on, Category::parent.to(Category::parent).to(Category::name).eq("a")).await?, vec![3])?;
    let pairs = Category::objects().order_by(Category::id);
    let pairs = pairs.select((Category::name, Category::parent.to(Category::name))).all(on).await?;
    let pairs: Vec<_> = pairs.iter().map(|(name, parent)| (name.as_str(), parent.as_deref())).collect();
    same(pairs, vec![("a", None), ("b", Some("a")), ("c", Some("b")), ("d", None)])
}

pub(super) async fn a_row_is_compared_with_its_parent(on: &dyn Executor) -> Result<()> {
    tree(on).await?;
    same(keys(on, Category::parent.to(Category::id).lt(Category::id + 0)).await?, vec![2, 3])
}

pub(super) async fn two_keys_to_one_model_are_two_joins(on: &dyn Executor) -> Result<()> {
    letters(on).await?;
    let (from, to) = (|| Letter::sender.to(Team::name), || Letter::receiver.to(Team::name));
    same(keys(on, from().eq("red") & to().eq("green")).await?, vec![1])?;
    same(keys(on, from().eq("red") & to().is_null()).await?, vec![3])?;
    same(keys(on, from().eq("green") | to().eq("green")).await?, vec![1, 2])?;
    let pairs = Letter::objects().order_by(Letter::id).select((from(), to())).all(on).await?;
    same(pairs.get(1), Some(&("green".to_owned(), Some("red".to_owned()))))?;
    same(pairs.len(), 4)
}

pub(super) async fn two_keys_of_a_row_are_compared(on: &dyn Executor) -> Result<()> {
    letters(on).await?;
    let both = Letter::sender.to(Team::id).eq(Letter::receiver.to(Team::id).or(0_u32));
    same(keys(on, both).await?, vec![4])
}

pub(super) async fn a_row_is_selected_with_what_it_points_to(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let rows = Post::objects().order_by(Post::id).select((whole(), row(Post::author))).all(on).await?;
    let rows: Vec<(u32, &str)> = rows.iter().map(|(post, author)| (post.id, author.name.as_str())).collect();
    same(rows, vec![(1, "Ada"), (2, "Ada"), (3, "Berit"), (4, "Berit"), (5, "Cleo")])
}

pub(super) async fn a_row_is_selected_with_what_it_may_point_to(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let rows = Author::objects().select((Author::name, row(Author::country))).all(on).await?;
    let rows: Vec<_> =
        rows.iter().map(|(name, to)| (name.as_str(), to.as_ref().map(|to| to.name.as_str()))).collect();
    same(rows, vec![("Ada", Some("Switzerland")), ("Berit", Some("Norway")), ("Cleo", None)])
}

pub(super) async fn any_finds_what_is_pointed_to(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(names(on, Post::author.any(Post::draft.eq(true))).await?, vec!["Ada".to_owned(), "Cleo".to_owned()])
}

pub(super) async fn any_finds_a_row_once(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let authors = Author::objects().filter(Post::author.any(Post::id.gt(0)));
    same(authors.clone().count(on).await?, 3)?;
    same(authors.select(Author::name).all(on).await?.len(), 3)
}

pub(super) async fn not_any_finds_what_is_not_pointed_to(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(names(on, !Post::author.any(Post::draft.eq(true))).await?, vec!["Berit".to_owned()])?;
    letters(on).await?;
    // That some receivers are NULL does not hide those that are nobody's.
    same(keys(on, !Letter::receiver.any(Letter::id.gt(0))).await?, vec![])?;
    same(keys(on, !Letter::receiver.any(Letter::id.gt(1))).await?, vec![2])
}

pub(super) async fn any_may_ask_along_keys(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let green = Post::author.any(Comment::post.any(Comment::author.to(Author::name).eq("Ada")));
    same(names(on, green).await?, vec!["Berit".to_owned()])?;
    let swiss = Author::country.any(Post::author.any(Post::views.eq(10)));
    same(keys::<Country>(on, swiss).await?, vec!["CH".to_owned()])
}

pub(super) async fn any_asks_a_model_that_points_to_itself(on: &dyn Executor) -> Result<()> {
    tree(on).await?;
    same(keys(on, Category::parent.any(Category::name.eq("c"))).await?, vec![2])?;
    same(keys(on, !Category::parent.any(Category::id.gt(0))).await?, vec![3, 4])
}

pub(super) async fn any_of_two_conditions_is_about_one_row(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let one = Post::author.any(Post::draft.eq(true) & Post::rating.is_null());
    same(names(on, one).await?, vec!["Ada".to_owned()])?;
    let two = Post::author.any(Post::draft.eq(false)) & Post::author.any(Post::rating.is_null());
    same(names(on, two).await?, vec!["Ada".to_owned(), "Berit".to_owned()])
}

pub(super) async fn of_gives_the_rows_that_point_here(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let ada = Author::by_key(1_u32).get(on).await?;
    same(ids(on, Post::author.of(&ada)).await?, vec![1, 2])?;
    same(Comment::author.of(&ada).count(on).await?, 1)?;
    same(ids(on, Post::author.of(&ada).filter(Post::draft.eq(true))).await?, vec![2])
}

pub(super) async fn keys_of_text_are_followed(on: &dyn Executor) -> Result<()> {
    Label { name: "it's".to_owned(), weight: 7 }.insert(on).await?;
    let company = Company::create().set(Company::name, "c").run(on).await?;
    let label: ForeignKey<Label> = ForeignKey::new("it's".to_owned());
    Follow::create().set(Follow::label, label.clone()).set(Follow::company, &company).run(on).await?;
    same(keys(on, Follow::label.to(Label::weight).eq(7)).await?, vec![1])?;
    same(keys(on, Follow::label.eq(label)).await?, vec![1])?;
    same(keys::<Label>(on, Follow::label.any(Follow::rank.eq(0))).await?, vec!["it's".to_owned()])
}

pub(super) async fn rows_are_counted_over_joins(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let per_country = Post::objects().group_by(Post::author.to(Author::country).to(Country::name));
    let per_country = per_country.order_by(Post::author.to(Author::country).to(Country::name));
    let rows =
        per_country.select((Post::author.to(Author::country).to(Country::name), count())).all(on).await?;
    let rows: Vec<_> = rows.iter().map(|(name, count)| (name.as_deref(), *count)).collect();
    same(rows, vec![(None, 1), (Some("Norway"), 2), (Some("Switzerland"), 2)])?;
    same(Post::objects().filter(Post::author.to(Author::name).eq("Ada")).count(on).await?, 2)
}

pub(super) async fn names_that_are_words_of_sql(on: &dyn Executor) -> Result<()> {
    use super::super::model::Pair;
    let new = |group, select| Pair::create().set(Pair::group, group).set(Pair::select, select);
    new(1, 2).run(on).await?;
    let made = new(1, 3).run(on).await?;
    same((made.id, made.group, made.select), (2, 1, 3))?;
    same(new(1, 3).upsert((Pair::group, Pair::select), on).await?.id, 2)?;
    let sums =
        Pair::objects().group_by(Pair::group).order_by(Pair::group).select((Pair::group, Pair::select.sum()));
    same(sums.all(on).await?, vec![(1, Some(5))])?;
    let mut made = made;
    made.select = 9;
    made.save(on).await?;
    same(keys(on, Pair::select.gt(Pair::group + 5)).await?, vec![2])?;
    same(Pair::objects().filter(Pair::select.eq(9)).delete(on).await?.total(), 1)
}
