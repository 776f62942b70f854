//! The derive macros of Domicile.

use proc_macro::TokenStream;

macro_rules! stub { ($($name:ident, $fn:ident, $attr:ident);*) => {$(
/// Stub.
#[proc_macro_derive($name, attributes($attr))]
pub fn $fn(_: TokenStream) -> TokenStream { TokenStream::new() }
)*} }
stub!(Actor, actor, actor; Message, message, message; Refusal, refusal, refusal; FromRow, from_row, row; Schema, schema, schema);
