//! `#[derive(Model)]`: the schema, the columns, and rows on their way in and out.

use domicile::model::schema::{Default as Given, Kind, Literal, Moment};
use domicile::model::{Decimal, Model, OnDelete, Schema};
use domicile::prelude::*;
use domicile::query::Column;
use domicile::value::Param;
use jiff::civil::{Date, Time};
use uuid::Uuid;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(verbose_name_plural = "people")]
struct Author {
    id: i64,
    #[model(max_length = 100, unique)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "blog_post", ordering(-pub_date, title), unique(author, slug), index(author, pub_date))]
#[model(search(title, content), tokenizer = "porter unicode61")]
struct Post {
    id: i64,
    #[model(max_length = 200, help = "Short.", column = "caption")]
    title: String,
    slug: String,
    #[model(blank, default = "")]
    content: String,
    #[model(on_delete = cascade)]
    author: ForeignKey<Author>,
    #[model(on_delete = set_null, index = false, verbose_name = "the reviewer")]
    reviewer: Option<ForeignKey<Author>>,
    #[model(default = now)]
    pub_date: Timestamp,
    #[model(updated = now)]
    changed: Option<Timestamp>,
    #[model(default = true, index)]
    is_draft: bool,
    #[model(default = -1, choices(-1 = "None", 1 = "Low", 2 = "High"))]
    r#type: i8,
    #[model(default = 1.5)]
    weight: f64,
}

#[derive(Model, Debug)]
struct Category {
    #[model(key, max_length = 20)]
    code: String,
    #[model(on_delete = protect)]
    parent: Option<ForeignKey<Category>>,
    #[model(on_delete = cascade)]
    first: Option<ForeignKey<Item>>,
}

#[derive(Model, Debug)]
struct Item {
    id: u32,
    #[model(on_delete = set_default, default = "none", unique)]
    category: ForeignKey<Category>,
}

#[derive(Choices, Debug, Clone, Copy)]
enum Status {
    Open,
    #[choice(label = "Paid in full")]
    Paid,
}

#[derive(Model, Debug)]
struct Invoice {
    #[model(key, default = uuid)]
    id: Uuid,
    #[model(default = 19.5)]
    tax: Decimal<4, 2>,
    #[model(default = -1.5)]
    wide: Decimal<20, 2>,
    #[model(default = Status::Open)]
    status: Status,
    #[model(default = Status::Paid)]
    before: Option<Status>,
    #[model(default = today, updated = today)]
    day: Date,
    #[model(default = "09:30:00")]
    time: Option<Time>,
    #[model(default = "[]")]
    lines: Json<Vec<String>>,
    #[model(default = -7)]
    exact: Exact64,
}

#[derive(Actor, Default)]
#[actor(models(Author, Post))]
struct Blog;

#[derive(Actor, Default)]
struct Bare;

fn column(schema: &'static Schema, name: &str) -> &'static domicile::model::schema::Column {
    schema.column(name).unwrap_or_else(|| panic!("there is no column {name}"))
}

#[test]
fn a_model_says_what_its_table_is() {
    let schema = Post::SCHEMA;
    assert_eq!((schema.name, schema.table), ("Post", "blog_post"));
    assert_eq!((schema.verbose_name, schema.verbose_name_plural), ("post", "posts"));
    assert_eq!(Author::SCHEMA.verbose_name_plural, "people");
    let names: Vec<_> = schema.columns.iter().map(|column| column.name).collect();
    assert_eq!(
        names,
        [
            "id", "caption", "slug", "content", "author", "reviewer", "pub_date", "changed", "is_draft",
            "type", "weight"
        ]
    );
    assert_eq!(schema.key().name, "id");
    assert_eq!(Category::SCHEMA.key().name, "code");
    let indexes: Vec<_> = schema.indexes.iter().map(|index| (index.unique, index.columns)).collect();
    assert_eq!(indexes, [(true, &["author", "slug"][..]), (false, &["author", "pub_date"][..])]);
    let ordering: Vec<_> = schema.ordering.iter().map(|by| (by.column, by.descending)).collect();
    assert_eq!(ordering, [("pub_date", true), ("caption", false)]);
    let search = schema.search.expect("it is searched");
    assert_eq!((search.columns, search.tokenizer), (&["caption", "content"][..], "porter unicode61"));
}

#[test]
fn a_field_says_what_its_column_is() {
    let title = column(Post::SCHEMA, "caption");
    assert_eq!((title.kind, title.nullable, title.blank), (Kind::Text, false, false));
    assert_eq!((title.max_length, title.help, title.verbose_name), (Some(200), "Short.", "title"));
    assert_eq!(title.default, Given::None);
    let content = column(Post::SCHEMA, "content");
    assert_eq!((content.blank, content.default), (true, Given::Value(Literal::Text(""))));
    let draft = column(Post::SCHEMA, "is_draft");
    assert_eq!((draft.index, draft.default), (true, Given::Value(Literal::Integer(1))));
    assert_eq!(draft.verbose_name, "is draft");
    let kind = column(Post::SCHEMA, "type");
    assert_eq!(
        (kind.kind, kind.default),
        (Kind::Integer { min: -128, max: 127 }, Given::Value(Literal::Integer(-1)))
    );
    let choices: Vec<_> = kind.choices.iter().map(|choice| (choice.value, choice.label)).collect();
    assert_eq!(
        choices,
        [(Literal::Integer(-1), "None"), (Literal::Integer(1), "Low"), (Literal::Integer(2), "High")]
    );
    assert_eq!(column(Post::SCHEMA, "pub_date").default, Given::Now);
    let changed = column(Post::SCHEMA, "changed");
    assert_eq!((changed.updated, changed.nullable), (Some(Moment::Now), true));
    assert_eq!(column(Post::SCHEMA, "weight").default, Given::Value(Literal::Real(1.5)));
    assert!(column(Author::SCHEMA, "name").unique);
}

#[test]
fn foreign_keys_point_to_their_models() {
    let to = |column: &domicile::model::schema::Column| {
        let reference = column.references.expect("it is a foreign key");
        ((reference.model)().name, reference.on_delete)
    };
    let author = column(Post::SCHEMA, "author");
    assert_eq!((to(author), author.index, author.nullable), (("Author", OnDelete::Cascade), true, false));
    let reviewer = column(Post::SCHEMA, "reviewer");
    assert_eq!(
        (to(reviewer), reviewer.index, reviewer.nullable),
        (("Author", OnDelete::SetNull), false, true)
    );
    assert_eq!(to(column(Category::SCHEMA, "parent")), ("Category", OnDelete::Protect));
    assert_eq!(to(column(Category::SCHEMA, "first")), ("Item", OnDelete::Cascade));
    let category = column(Item::SCHEMA, "category");
    assert_eq!((to(category), category.kind), (("Category", OnDelete::SetDefault), Kind::Text));
    // What is unique has an index already.
    assert!(category.unique && !category.index);
}

#[test]
fn columns_are_typed_constants() {
    let title: Column<Post, String> = Post::title;
    let reviewer: Column<Post, Option<ForeignKey<Author>>> = Post::reviewer;
    let kind: Column<Post, i8> = Post::r#type;
    let names = (title.schema().name, reviewer.schema().name, kind.schema().name);
    assert_eq!(names, ("caption", "reviewer", "type"));
}

#[test]
fn a_row_is_bound_in_the_order_of_the_columns() {
    let author = Author { id: 7, name: "Ada".to_owned() };
    let mut out = Vec::new();
    author.bind(&mut out).expect("it can be bound");
    assert_eq!(out, [Param::Number(7.0), Param::text("Ada")]);
    assert_eq!(author.key(), 7);
    assert_eq!(ForeignKey::from(&author), ForeignKey::new(7));
}

#[test]
fn what_cannot_be_bound_is_named() {
    let author = Author { id: i64::MAX, name: String::new() };
    let error = author.bind(&mut Vec::new()).expect_err("a number of the platform does not hold it");
    assert!(error.to_string().starts_with("author.id: integer"), "{error}");
}

#[test]
fn an_actor_says_which_models_are_in_its_store() {
    let tables: Vec<_> = Blog::MODELS.iter().map(|schema| schema.table).collect();
    assert_eq!(tables, ["author", "blog_post"]);
    assert!(Bare::MODELS.is_empty());
}

#[test]
fn defaults_are_in_the_form_in_which_they_are_stored() {
    let default = |name| column(Invoice::SCHEMA, name).default;
    assert_eq!(default("id"), Given::Uuid);
    assert_eq!(default("tax"), Given::Value(Literal::Integer(1950)));
    assert_eq!(default("wide"), Given::Value(Literal::Text("-999999999999999998.49")));
    assert_eq!(default("status"), Given::Value(Literal::Text("open")));
    assert_eq!(default("before"), Given::Value(Literal::Text("paid")));
    assert_eq!(default("day"), Given::Now);
    assert_eq!(default("time"), Given::Value(Literal::Text("09:30:00")));
    assert_eq!(default("lines"), Given::Value(Literal::Text("[]")));
    assert_eq!(default("exact"), Given::Value(Literal::Integer(-7)));
    let labels: Vec<_> =
        column(Invoice::SCHEMA, "before").choices.iter().map(|choice| choice.label).collect();
    assert_eq!(labels, ["Open", "Paid in full"]);
}
