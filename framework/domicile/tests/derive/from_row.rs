//! `#[derive(FromRow)]`: by name for named fields, by position for the others.

use domicile::prelude::*;
use domicile::value::{FromValue, ValueRef};
use domicile::wire::Fault;

use crate::rig::{Actors, Table};

#[derive(FromRow, Debug, PartialEq, Serialize, Deserialize, Schema)]
struct Post {
    id: i64,
    #[row(name = "caption")]
    title: Option<String>,
    r#type: String,
}

#[derive(FromRow, Debug, PartialEq, Serialize, Deserialize, Schema)]
struct Pair(i64, String);

#[derive(FromRow, Debug, PartialEq, Serialize, Deserialize, Schema)]
struct Tagged<T> {
    id: i64,
    value: T,
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Post)]
struct ReadPost;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Pair)]
struct ReadPair;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Tagged<bool>)]
struct ReadTagged;

#[derive(Actor, Default)]
#[actor(reads(ReadPost, ReadPair, ReadTagged))]
struct Desk;

impl Reader<ReadPost> for Desk {
    fn read(&self, _: ReadPost, cx: &Cx) -> Result<Post, Failure> {
        Ok(cx.store().query_one("SELECT 1", ())?)
    }
}

impl Reader<ReadPair> for Desk {
    fn read(&self, _: ReadPair, cx: &Cx) -> Result<Pair, Failure> {
        Ok(cx.store().query_one("SELECT 1", ())?)
    }
}

impl Reader<ReadTagged> for Desk {
    fn read(&self, _: ReadTagged, cx: &Cx) -> Result<Tagged<bool>, Failure> {
        Ok(cx.store().query_one("SELECT 1", ())?)
    }
}

#[track_caller]
fn check<M: Message>(message: &M, table: Table, expect: Result<M::Reply, Fault>)
where
    M::Reply: PartialEq + std::fmt::Debug,
{
    let app: domicile::AppFn = |_| App::new().hosts::<Desk>();
    let reply =
        Actors::new(app, "Desk", table).map_err(|_| Fault::Error).and_then(|mut desk| desk.send(message));
    match (reply, expect) {
        (Ok(Ok(reply)), expect) => assert_eq!(Ok(reply), expect),
        (Ok(Err(refusal)), _) => panic!("refused with {refusal:?}"),
        (Err(fault), expect) => assert_eq!(Err(fault), expect),
    }
}

#[test]
fn named_fields_are_found_by_the_name_of_the_column() {
    let post = Post { id: 7, title: Some("Hello".to_owned()), r#type: "draft".to_owned() };
    let cells = &[ValueRef::Text("draft"), ValueRef::Text("Hello"), ValueRef::Null, ValueRef::Number(7.0)];
    check(&ReadPost, (&["type", "CAPTION", "other", "id"], cells), Ok(post));
}

#[test]
fn a_column_that_is_not_there_is_an_error() {
    check(&ReadPost, (&["type", "title", "id"], &[ValueRef::Null; 3]), Err(Fault::Error));
}

#[test]
fn the_fields_of_a_tuple_struct_are_read_by_position() {
    let cells = &[ValueRef::Number(7.0), ValueRef::Text("Hello")];
    check(&ReadPair, (&["b", "a"], cells), Ok(Pair(7, "Hello".to_owned())));
}

#[test]
fn a_tuple_struct_wants_as_many_columns_as_it_has_fields() {
    let cells = &[ValueRef::Number(7.0), ValueRef::Text("Hello"), ValueRef::Null];
    check(&ReadPair, (&[], cells), Err(Fault::Error));
}

#[test]
fn a_generic_struct_reads_what_its_fields_are() {
    let cells = &[ValueRef::Number(1.0), ValueRef::Number(7.0)];
    check(&ReadTagged, (&["value", "id"], cells), Ok(Tagged { id: 7, value: true }));
}

#[test]
fn the_columns_are_those_of_the_fields() {
    assert_eq!(Post::COLUMNS, Some(&["id", "caption", "type"][..]));
    assert_eq!(Pair::COLUMNS, None);
    fn columns<T: FromValue>() -> Option<&'static [&'static str]> {
        Tagged::<T>::COLUMNS
    }
    assert_eq!(columns::<String>(), Some(&["id", "value"][..]));
}
