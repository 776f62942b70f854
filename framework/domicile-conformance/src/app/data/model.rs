//! The models of the cases: those of a blog here, and those that show one thing each below.

mod graph;
mod value;
mod wide;

use domicile::prelude::*;

pub(super) use graph::{
    Company, First, Follow, Item, Keeper, Label, Letter, Node, Project, Second, Snow, Task, Team,
};
pub(super) use value::{Bare, Everything, Exact, Instant, Note, Number, Pair, Stamp, State, Typed};
pub(super) use wide::Wide;

#[derive(Debug, Clone, PartialEq, Model)]
pub(super) struct Country {
    #[model(key, max_length = 2)]
    pub code: String,
    #[model(max_length = 80, unique)]
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(ordering(name))]
pub(super) struct Author {
    pub id: u32,
    #[model(max_length = 80)]
    pub name: String,
    #[model(max_length = 80, unique)]
    pub email: String,
    #[model(on_delete = set_null)]
    pub country: Option<ForeignKey<Country>>,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(ordering(-pub_date), index(draft, pub_date), unique(author, title), search(title, content))]
pub(super) struct Post {
    pub id: u32,
    #[model(max_length = 200)]
    pub title: String,
    #[model(blank, default = "")]
    pub content: String,
    #[model(on_delete = cascade)]
    pub author: ForeignKey<Author>,
    #[model(default = now)]
    pub pub_date: Timestamp,
    #[model(default = 0)]
    pub views: u32,
    #[model(default = true)]
    pub draft: bool,
    pub rating: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Model)]
pub(super) struct Comment {
    pub id: u32,
    #[model(on_delete = cascade)]
    pub post: ForeignKey<Post>,
    #[model(on_delete = protect)]
    pub author: ForeignKey<Author>,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
pub(super) struct Category {
    pub id: u32,
    pub name: String,
    #[model(on_delete = cascade)]
    pub parent: Option<ForeignKey<Category>>,
}

#[derive(Debug, Clone, PartialEq, Model)]
pub(super) struct Line {
    pub id: Exact64,
    #[model(on_delete = set_default, default = "XX")]
    pub country: ForeignKey<Country>,
    pub amount: i64,
}
