//! The derive macros of Domicile.
//!
//! Each emits an `impl` from what an attribute says and rewrites nothing of the user's. All mistakes of one attribute
//! are told at once, each at its own token. The way of each is: read the attribute, check it, expand; and where
//! something is wrong, an `impl` that stands in for the right one, so that one mistake gives one message.
#![forbid(unsafe_code)]

mod actor;
mod attr;
mod choices;
mod errors;
mod from_row;
mod message;
mod model;
mod refusal;
mod schema;
mod test;
mod words;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use proc_macro2::{Ident, Span};
use syn::{DeriveInput, parse_macro_input};

/// Makes a type an actor: `#[actor(…)]` says which messages it takes and where it lives.
///
/// `#[actor(handles(Add), reads(Total), defers(Checkout), routes = routes, migrations = MIGRATIONS)]`
///
/// Every key may be left out:
///
/// - `handles(A, B)`, `reads(C)`, `defers(D)`: the messages, for each of which there is a `Handler`, `Reader` or
///   `Deferring`. `handles(Alarm)` takes the alarm.
/// - `routes = path`: a `fn(&mut Routes<Self>)`.
/// - `migrations = PATH`: a `&'static [Migration]`.
/// - `models(Post, Author)`: the models whose tables are in its store, for `makemigrations` and the admin site.
/// - `start = path`: a `fn(&Cx) -> Result<Self>`; without it the actor starts as its `Default`.
/// - `kind = "Blog"`: its name on the wire; the type's name without it.
/// - `class = "BlogDO"`: the exported class; the type's name and `DO` without it.
/// - `binding = "DO_STORAGE"`: the name of the binding; the class in capitals, `BLOG_DO`, without it.
/// - `location = "weur"`: where new objects are created: one of wnam, enam, sam, weur, eeur, apac, oc, afr, me.
/// - `jurisdiction = "eu"`: eu or fedramp.
#[proc_macro_derive(Actor, attributes(actor))]
pub fn derive_actor(input: TokenStream) -> TokenStream {
    actor::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a type a message: `#[message(reply = i64, error = LimitReached)]`.
///
/// `reply` is required; `error` is `Never` and `name = "…"`, its name on the wire, the type's name without them.
#[proc_macro_derive(Message, attributes(message))]
pub fn derive_message(input: TokenStream) -> TokenStream {
    message::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a struct a model: a row of a table, with a typed column for each field, `Post::title`.
///
/// `#[model(table = "post", ordering(-pub_date, title), unique(author, slug), index(author, pub_date))]`
///
/// Of the struct, every key may be left out; names in lists are fields:
///
/// - `table = "post"`: the table; the type's name in snake case without it.
/// - `verbose_name = "post"`, `verbose_name_plural = "posts"`: what people call one and several.
/// - `ordering(-pub_date, title)`: how rows are ordered where a query does not say; `-` means largest first.
/// - `unique(author, slug)`, `index(author, pub_date)`: over several columns; each may stand several times.
/// - `search(title, content)`, `tokenizer = "porter unicode61"`: the full-text index.
///
/// Of a field, `#[model(…)]`:
///
/// - `key`: the primary key, an integer, `Exact64`, `String` or `Uuid`; the field called `id` without it.
/// - `column = "…"`: the column; the field's name without it.
/// - `default = …`: what a new row gets: a literal, a variant of an enum that derives `Choices`, `now`, `today` or `uuid`.
/// - `updated = now` or `today`: what every update that does not say sets it to.
/// - `unique`, `index`: of this column alone. A foreign key has an index unless `index = false` says otherwise.
/// - `on_delete = protect`, `cascade`, `set_null` or `set_default`: required on a `ForeignKey`: what becomes of the row
///   when its target is deleted.
/// - `max_length = 200`: the most characters; `blank`: text may be empty.
/// - `choices("draft" = "Draft", "done" = "Done")`: the values that are allowed, and what people call them.
/// - `verbose_name = "…"`, `help = "…"`: what people call it, and a sentence for the one who fills it in.
#[proc_macro_derive(Model, attributes(model))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    model::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes an enum without values the type of a field: `#[derive(Choices, Clone, Copy)]`.
///
/// A variant is stored as text, its name in snake case, and shown as its label, its name as words. It gets `ALL`,
/// `value()` and `label()`, `Display` of the label and `FromStr` of the value.
///
/// `#[choices(rename_all = "kebab-case")]` on the enum makes the values by another rule, one of serde's; `#[choice(value =
/// "draft", label = "Draft")]` on a variant says both.
#[proc_macro_derive(Choices, attributes(choices, choice))]
pub fn derive_choices(input: TokenStream) -> TokenStream {
    choices::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a type the error of a message. `#[refusal(status = 429)]`, on the type or on a variant, which goes first, is
/// the HTTP status that it becomes when it leaves a route; 409 without.
#[proc_macro_derive(Refusal, attributes(refusal))]
pub fn derive_refusal(input: TokenStream) -> TokenStream {
    refusal::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Reads a struct from a row: named fields by the name of the column, or `#[row(name = "…")]`; the fields of a tuple
/// struct by position.
#[proc_macro_derive(FromRow, attributes(row))]
pub fn derive_from_row(input: TokenStream) -> TokenStream {
    from_row::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Describes a type for the hash of the messages that hold it, as postcard-schema's own derive does.
///
/// It refuses serde's attributes that postcard cannot carry, such as `flatten`.
#[proc_macro_derive(Schema)]
pub fn derive_schema(input: TokenStream) -> TokenStream {
    schema::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a function a test that has a host of its own, in memory: `#[domicile::test] fn it_works(host: Host)`.
///
/// `Host` is `domicile_host::test::Host`; an `async fn` takes `domicile_host::test::AsyncHost`. A test returns nothing or
/// a `Result`. It runs with `cargo test` and needs nothing else.
///
/// `#[domicile::test(app = blog::app, vars(TENANTS = "path"), crash_everywhere, seeds = 64)]`
///
/// Every key may be left out:
///
/// - `app = path`: the app, a `fn(&Env) -> App`; `crate::app` without it.
/// - `vars(NAME = "value")`: variables of the app.
/// - `start = expression`: the `Timestamp` at which the test begins; noon of 1 January 2026 in UTC without it.
/// - `crash_everywhere`: runs the test again with each fault that the platform can produce at each point where it can.
///   Such a test makes its writes with `host.atomic(call, view)` or states what always holds with `host.invariant(…)`.
/// - `idempotent(Add)`: messages that `crash_everywhere` may deliver twice.
/// - `seeds = 64`: runs the test with as many seeds, each of which is another order of what happens at the same time.
///
/// What fails is told with the one line that reproduces it: `DOMICILE_SEED=… DOMICILE_FAULT=… cargo test …`.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    test::attribute(&arguments.into(), &parse_macro_input!(item as syn::ItemFn)).into()
}

/// The place of `span` with a macro's hygiene, so that the compiler points there and lints do not look.
fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// A variable that code of the user's cannot see: `routes = routes` means the function.
fn hidden(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
