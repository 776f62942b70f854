//! Fixtures: rows as JSON, out of a database and into one.

use domicile::model::Schema;
use domicile::prelude::{Error, Exact64, ForeignKey, Model, Result, Timestamp};
use domicile::query::Executor;
use domicile::query::fixture::{dump, load};
use domicile::{Kind, SqlKind};
use serde_json::json;

use super::super::model::{Category, Everything};
use super::{refused, same};

const MODELS: &[&Schema] = &[Category::SCHEMA, Everything::SCHEMA];

pub(super) async fn what_is_dumped_is_loaded_as_it_was(on: &dyn Executor) -> Result<()> {
    let everything = Everything {
        id: 7,
        small: Some(-128),
        exact: Some(Exact64::new(i64::MAX)),
        float: Some(0.1),
        yes: Some(true),
        text: Some("a \"quoted\"\nline 🌱".to_owned()),
        bytes: Some(vec![0, 255, 10]),
        moment: Some(Timestamp::from_millis(-1)),
    };
    everything.insert(on).await?;
    let top = Category::create().set(Category::name, "top").run(on).await?;
    Category::create().set(Category::name, "inner").set(Category::parent, &top).run(on).await?;
    let dumped = dump(MODELS, on).await?;
    same(&dumped["Category"][1], &json!({ "id": 2, "name": "inner", "parent": 1 }))?;
    Category::objects().delete(on).await?;
    Everything::objects().delete(on).await?;
    same(load(dumped.clone(), on).await?, 3)?;
    same(Everything::by_key(7).get(on).await?, everything)?;
    same(dump(MODELS, on).await?, dumped)
}

pub(super) async fn a_fixture_may_name_the_target_later(on: &dyn Executor) -> Result<()> {
    let rows = json!({ "Category": [{ "name": "inner", "id": 1, "parent": 2 }, { "id": 2, "name": "top" }] });
    same(load(rows, on).await?, 2)?;
    same(Category::by_key(1_u32).get(on).await?.parent, Some(ForeignKey::new(2)))
}

pub(super) async fn a_fixture_is_loaded_whole_or_not(on: &dyn Executor) -> Result<()> {
    let wrong = json!({ "Category": [{ "id": 1, "name": "a" }, { "id": "x", "name": 5, "colour": "red" }] });
    let error = match load(wrong, on).await {
        Err(error) => error,
        Ok(rows) => return Err(Error::internal(format!("{rows} rows were loaded"))),
    };
    let fields: Vec<&str> = error.problems().iter().map(|problem| problem.field.as_str()).collect();
    same(fields, vec!["Category[1].colour", "Category[1].id", "Category[1].name"])?;
    let twice = json!({ "Category": [{ "id": 1, "name": "a" }, { "id": 1, "name": "b" }] });
    same(load(twice, on).await.is_err_and(|error| error.is_unique_violation()), true)?;
    refused(load(json!({ "Nothing": [] }), on).await, Kind::Invalid, "there is no model `Nothing` here")?;
    refused(load(json!([]), on).await, Kind::Invalid, "a fixture is an object")?;
    same(Category::objects().count(on).await?, 0)
}

pub(super) async fn a_fixture_that_points_to_nothing_is_not_loaded(on: &dyn Executor) -> Result<()> {
    let rows =
        json!({ "Category": [{ "id": 1, "name": "top" }, { "id": 2, "name": "inner", "parent": 99 }] });
    refused(load(rows, on).await, Kind::Invalid, "a key points to nothing, from category to category")?;
    same(Category::objects().count(on).await?, 0)?;
    // The keys are immediate again.
    let wrong = Category::create().set(Category::name, "x").set(Category::parent, Some(ForeignKey::new(99)));
    refused(wrong.run(on).await, Kind::Sql(SqlKind::ForeignKey), "")
}
