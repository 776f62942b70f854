//! Migrations at development time: what the models want, what the migrations give, and the step between the two.
//!
//! None of it is in an app on Cloudflare. There only [`domicile::Migration`] is known, as const data.
//!
//! What the migrations give is found out by applying them to a database in memory, by the engine that actors use, and
//! by looking at its schema: SQLite itself says what a step of raw SQL comes to, and an edit by hand cannot be
//! overlooked. What SQLite cannot say, which of several kinds an INTEGER or a TEXT is and which indexes are the models',
//! is read from `models.json` beside the migrations, and believed where the storage agrees.

mod answer;
mod change;
mod convert;
mod ddl;
mod file;
mod live;
mod plan;
mod rebuild;
mod rename;
mod scratch;
mod state;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use answer::Answers;
pub(crate) use change::file_name;
pub(crate) use file::{Known, NewStep, Place, next_name, number};
pub(crate) use live::Live;
pub(crate) use plan::{Plan, differences, plan, verify};
pub(crate) use rename::{Question, questions};
pub(crate) use scratch::Scratch;
pub(crate) use state::Snapshot;
