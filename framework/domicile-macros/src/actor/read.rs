//! Reads `#[actor(…)]` as it stands; whether it makes sense is checked elsewhere.

use proc_macro2::Ident;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{DeriveInput, Expr, LitStr, Token, Type};

use crate::attr::{self, Keyed};
use crate::errors::Errors;

const KEYS: &[&str] = &[
    "handles",
    "reads",
    "defers",
    "routes",
    "migrations",
    "models",
    "start",
    "class",
    "binding",
    "kind",
    "location",
    "jurisdiction",
];

/// What the attribute says.
#[derive(Default)]
pub(super) struct Attrs {
    pub(super) messages: Vec<Listed>,
    pub(super) routes: Option<Keyed<Expr>>,
    pub(super) migrations: Option<Keyed<Expr>>,
    pub(super) models: Vec<Models>,
    pub(super) start: Option<Keyed<Expr>>,
    pub(super) class: Option<Keyed<LitStr>>,
    pub(super) binding: Option<Keyed<LitStr>>,
    pub(super) kind: Option<Keyed<LitStr>>,
    pub(super) location: Option<Keyed<LitStr>>,
    pub(super) jurisdiction: Option<Keyed<LitStr>>,
}

/// A model, or `..` and the models of another crate: a slice of schemas.
pub(super) enum Models {
    One(Type),
    All(Expr),
}

impl Parse for Models {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(Token![..]) {
            input.parse::<Token![..]>()?;
            return input.parse().map(Self::All);
        }
        input.parse().map(Self::One)
    }
}

/// A message and the list that it stands in: `handles`, `reads` or `defers`.
pub(super) struct Listed {
    pub(super) list: Ident,
    pub(super) message: Type,
}

pub(super) fn read(input: &DeriveInput, errors: &mut Errors) -> Attrs {
    let mut attrs = Attrs::default();
    attr::read(&input.attrs, "actor", KEYS, errors, |key, input, _| {
        match key.to_string().as_str() {
            "routes" => attrs.routes = Some(attr::value(key, input, "routes")?),
            "migrations" => attrs.migrations = Some(attr::value(key, input, "MIGRATIONS")?),
            "models" => attrs.models = attr::list(key, input, "Post, Author")?,
            "start" => attrs.start = Some(attr::value(key, input, "Self::load")?),
            "class" => attrs.class = Some(attr::value(key, input, "\"BlogDO\"")?),
            "binding" => attrs.binding = Some(attr::value(key, input, "\"BLOG_DO\"")?),
            "kind" => attrs.kind = Some(attr::value(key, input, "\"Blog\"")?),
            "location" => attrs.location = Some(attr::value(key, input, "\"weur\"")?),
            "jurisdiction" => attrs.jurisdiction = Some(attr::value(key, input, "\"eu\"")?),
            _ => attrs.messages.extend(list(key, input)?),
        }
        Ok(())
    });
    attrs
}

fn list(key: &Ident, input: ParseStream) -> syn::Result<Vec<Listed>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(key.span(), format!("write `{key}(Message, …)`")));
    }
    let content;
    syn::parenthesized!(content in input);
    let messages: Punctuated<Type, Token![,]> = Punctuated::parse_terminated(&content)?;
    Ok(messages.into_iter().map(|message| Listed { list: key.clone(), message }).collect())
}
