//! An issue tracker on Domicile: one for each team, under `/t/<team>/`, each in a SQLite database of its own.
//!
//! `actor.rs` has the actor and its routes, `model.rs` what is stored; then there is a file for each part: `board.rs`, the
//! lists of issues; `issue.rs`, one of them; `project.rs`, `person.rs`, `setting.rs`, `report.rs`, and `example.rs` with
//! data to try it with. `form.rs` reads forms by the models, `page.rs` has what all pages share.

mod actor;
mod board;
mod example;
mod form;
mod issue;
mod migrations;
pub mod model;
mod page;
mod person;
mod project;
mod report;
mod setting;

use domicile::prelude::*;

pub use actor::Tracker;

/// A tracker for each `/t/<team>/`; the address without one leads to that of a demo.
#[must_use]
pub fn app(_: &Env) -> App {
    App::new()
        .route(Method::GET, "/", async |_, _| Redirect::temporary("/t/demo/"))
        .actor::<Tracker>(tenant::path("/t"))
}

#[cfg(test)]
mod tests;
