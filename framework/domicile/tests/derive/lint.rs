//! What the macros emit raises no lint, however strict the crate is, and sees none of the names around it.
#![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery, clippy::cargo)]
#![deny(
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    missing_docs,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unsafe_code,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    variant_size_differences
)]
#![deny(
    clippy::absolute_paths,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::default_numeric_fallback,
    clippy::indexing_slicing,
    clippy::missing_inline_in_public_items,
    clippy::missing_trait_methods,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::question_mark_used,
    clippy::ref_patterns,
    clippy::same_name_method,
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::single_char_lifetime_names,
    clippy::wildcard_enum_match_arm
)]
// The types are there to be expanded.
#![allow(dead_code)]

use ::std::option::Option as Perhaps;
use ::std::result::Result as Outcome;
use ::std::vec::Vec as Several;

use ::domicile::web::Routes as Table;
use ::domicile::{
    Actor, Alarm, Choices, Cx, Deferring, Effect, Error, Failure, ForeignKey, FromRow, Handler, Message,
    Migration, Model, Reader, Refusal, Schema, Timestamp,
};
use ::serde::{Deserialize, Serialize};
#[expect(unused_imports, reason = "that the macros use none of these names is what is shown")]
use names::*;

/// Names that the macros must not take for their own.
#[allow(non_upper_case_globals, dead_code, unused, clippy::all, clippy::nursery)]
mod names {
    pub(super) mod core {}
    pub(super) mod domicile {}
    pub(super) mod serde {}
    pub(super) struct Result;
    pub(super) struct Option;
    pub(super) struct Vec;
    pub(super) struct Dispatch;
    pub(super) struct Routes;
    pub(super) struct Row;
    pub(super) const Some: () = ();
    pub(super) const None: () = ();
    pub(super) const Ok: () = ();
    pub(super) const Err: () = ();
}

/// A refusal of every form.
#[derive(Debug, Refusal, Serialize, Deserialize, Schema)]
enum Refused {
    /// It has no value.
    Unit,
    /// It has one.
    #[refusal(status = 404)]
    One(i64),
    /// It has several.
    #[refusal(status = 410)]
    Many {
        /// One of them.
        row: i64,
    },
}

/// A message whose fields have the names of the macros' variables.
#[derive(Debug, Message, FromRow, Serialize, Deserialize, Schema)]
#[message(reply = (i64, Reply<i64>), error = Refused)]
struct Asked {
    row: i64,
    #[row(name = "the routes")]
    routes: i64,
    cx: i64,
}

/// A reply with generics.
#[derive(Debug, FromRow, Serialize, Deserialize, Schema)]
struct Reply<T>(T, i64);

/// A message of nothing.
#[derive(Debug, Clone, Copy, Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Nothing;

/// A model with every key, whose fields have the names of the macros' variables.
#[derive(Debug, Model)]
#[model(table = "t", verbose_name = "a", verbose_name_plural = "b", ordering(-row, at), unique(row, at))]
#[model(index(out, at), search(row), tokenizer = "unicode61")]
struct Every {
    #[model(key, column = "the_key")]
    number: i64,
    #[model(max_length = 20, unique, verbose_name = "a", help = "b", default = "", blank)]
    row: String,
    #[model(default = -1, index, choices(-1 = "None", 1 = "One"))]
    at: Perhaps<i64>,
    #[model(default = now, updated = now, index = false)]
    out: Timestamp,
    #[model(on_delete = set_null)]
    key: Perhaps<ForeignKey<Self>>,
    #[model(default = 1000000.5)]
    bind: f64,
    #[model(default = b"x")]
    value: Bytes,
    #[model(default = Chosen::Two)]
    chosen: Chosen,
    /// It has a sentence of its own.
    private: Private,
}

/// Choices of every form.
#[derive(Debug, Clone, Copy, Choices)]
enum Chosen {
    /// It is stored as its name.
    One,
    /// It says what it is stored as.
    #[choice(value = "2", label = "The second")]
    Two,
}

/// A model with none.
#[derive(Debug, Model)]
struct Least {
    id: i64,
}

type Private = bool;
type Bytes = Several<u8>;

/// An actor with every key.
#[derive(Debug, Actor)]
#[actor(handles(Alarm), reads(Asked), defers(Nothing), routes = routes, migrations = MIGRATIONS, start = start)]
#[actor(models(Every, Least), class = "A", binding = "B", kind = "C", location = "weur", jurisdiction = "eu")]
struct Full;

/// An actor with none.
#[derive(Debug, Default, Actor)]
struct Bare;

const MIGRATIONS: &[Migration] = &[];

fn routes(routes: &mut Table<Full>) {
    routes.get("/", |_, _, _| "");
}

#[expect(clippy::unnecessary_wraps, reason = "an actor may fail to start")]
const fn start(_: &Cx) -> Outcome<Full, Error> {
    Outcome::Ok(Full)
}

impl Handler<Alarm> for Full {
    fn handle(&mut self, _: Alarm, _: &Cx) -> Outcome<(), Failure> {
        Outcome::Ok(())
    }
}

impl Reader<Asked> for Full {
    fn read(&self, asked: Asked, _: &Cx) -> Outcome<(i64, Reply<i64>), Failure<Refused>> {
        match asked {
            Asked { row: 0, .. } => Outcome::Err(Failure::Refused(Refused::Unit)),
            Asked { row: 1, cx: one, .. } => Outcome::Err(Failure::Refused(Refused::One(one))),
            Asked { row: 2, routes: row, .. } => Outcome::Err(Failure::Refused(Refused::Many { row })),
            Asked { row, cx: one, routes: other } => Outcome::Ok((row, Reply(one, other))),
        }
    }
}

impl Deferring<Nothing> for Full {
    fn defer(&mut self, _: Nothing, cx: &Cx) -> Outcome<Effect<()>, Failure> {
        Outcome::Ok(cx.effect(async |_| Outcome::Ok(())))
    }
}
