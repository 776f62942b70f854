//! Queries as values, made of a model's typed columns, which a store or D1 runs.
//!
//! `Post::objects()` are the rows of a model; `filter`, `order_by`, `select` and their like say which and what, and `all`,
//! `first`, `get`, `count` run it: `q.all(cx)?` in a handler, `q.all(&db).await?` on D1. Values
//! are always parameters.

mod aggregate;
mod arithmetic;
mod changes;
mod column;
mod create;
mod d1;
mod date;
mod delete;
mod explain;
mod failure;
mod filter;
pub mod fixture;
mod list;
mod many;
mod node;
mod objects;
mod order;
mod page;
mod search;
mod selection;
mod source;
mod sql;
mod statement;
mod term;
mod update;

pub use aggregate::{Aggregate, Summed, count};
pub use arithmetic::{Amount, Factor, Number, Times};
pub use changes::{Changed, Changes};
pub use column::{Column, Key, KeyField, Path};
pub use create::{Columns, Create};
pub use date::{Bucket, Calendar, Moments, Part};
pub use delete::Deleted;
pub use explain::Explained;
pub use filter::{Filter, IntoFilter};
pub use many::{create_all, save_columns};
pub(crate) use many::{insert, save};
pub use objects::Objects;
pub(crate) use objects::by_key;
pub use order::{IntoGroups, IntoOrder, Order};
pub use page::{Cursor, Page, Window};
pub use selection::{Related, Selection, Whole, row, whole};
pub use source::{Applied, Executor, LocalFuture, Source, on_store};
pub use statement::Statement;
pub use term::{Expr, IntoExpr, Term, Textual};
pub use update::Update;
