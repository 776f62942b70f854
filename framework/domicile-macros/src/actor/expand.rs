//! Emits the `impl` of an actor: names, one line per message, and calls of what the attribute names.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, Ident, LitStr, Type};

use super::read::Models;
use super::valid::Actor;
use crate::{at, hidden};

pub(super) fn expand(actor: &Actor) -> TokenStream {
    let table = actor.messages.iter().map(|line| {
        let (list, message) = (Ident::new(&line.list.to_string(), Span::mixed_site()), &line.message);
        quote_spanned!(at(message.span())=> ::domicile::__private::Dispatch::<Self>::#list::<#message>())
    });
    let start = match &actor.start {
        Some(start) => called(start, &quote!(fn(&::domicile::Cx) -> ::domicile::Result<Self>), &hidden("cx")),
        None => quote_spanned! {at(actor.ident.span())=>
            ::domicile::Result::Ok(<Self as ::domicile::__private::StartsByDefault>::by_default())
        },
    };
    let routes = actor.routes.as_ref().map(|routes| {
        called(routes, &quote!(fn(&mut ::domicile::__private::Routes<Self>)), &hidden("routes"))
    });
    let migrations = actor.migrations.as_ref().map_or_else(|| quote!(&[]), ToTokens::to_token_stream);
    let models = models(&actor.models);
    implement(actor, &quote!(&[#(#table),*]), &migrations, &models, &start, &routes.unwrap_or_default())
}

/// The schemas of all models, in one slice.
fn models(models: &[Models]) -> TokenStream {
    let one = |model: &Type| quote_spanned!(at(model.span())=> <#model as ::domicile::Model>::SCHEMA);
    if models.iter().all(|models| matches!(models, Models::One(_))) {
        let all = models.iter().filter_map(|models| match models {
            Models::One(model) => Some(one(model)),
            Models::All(_) => None,
        });
        return quote!(&[#(#all),*]);
    }
    let lists = models.iter().map(|models| match models {
        Models::One(model) => {
            let schema = one(model);
            quote!(&[#schema])
        }
        Models::All(list) => list.to_token_stream(),
    });
    let lists = quote!(&[#(#lists),*]);
    quote! {{
        const LISTS: &[&[&::domicile::__private::schema::Schema]] = #lists;
        const ALL: [&::domicile::__private::schema::Schema; ::domicile::__private::total(LISTS)] =
            ::domicile::__private::concat(LISTS);
        &ALL
    }}
}

/// Stands in for an actor whose attribute has a mistake, so that what uses it has no more to say.
pub(super) fn fallback(input: &DeriveInput, actor: &Actor) -> TokenStream {
    // With generics there is no type that could be named.
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let start = quote!(::domicile::Result::Err(::domicile::Error::internal("this does not compile")));
    implement(actor, &quote!(&[]), &quote!(&[]), &quote!(&[]), &start, &TokenStream::new())
}

/// A call of what the attribute names, of which the type is said first: a mistake in it then names the right one.
fn called(function: &Expr, signature: &TokenStream, argument: &Ident) -> TokenStream {
    quote_spanned! {at(function.span())=>
        let function: #signature = #function;
        function(#argument)
    }
}

fn implement(
    actor: &Actor,
    table: &TokenStream,
    migrations: &TokenStream,
    models: &TokenStream,
    start: &TokenStream,
    routes: &TokenStream,
) -> TokenStream {
    let Actor { ident, kind, class, binding, .. } = actor;
    let (cx, added) = (hidden("cx"), hidden("routes"));
    let location = option(actor.location.as_ref());
    let jurisdiction = option(actor.jurisdiction.as_ref());
    let accepts = actor.messages.iter().map(|line| {
        let message = &line.message;
        quote_spanned! {at(message.span())=>
            #[automatically_derived]
            impl ::domicile::Accepts<#message> for #ident {}
        }
    });
    let distinct = (actor.messages.len() > 1).then(|| {
        quote_spanned! {at(ident.span())=>
            const _: () = ::core::assert!(
                ::domicile::__private::distinct(<#ident as ::domicile::Actor>::DISPATCH),
                "two messages of this actor have one name: give one of them another with `#[message(name = …)]`"
            );
        }
    });
    let distinct_tables = (actor.models.len() > 1).then(|| {
        quote_spanned! {at(ident.span())=>
            const _: () = ::core::assert!(
                ::domicile::__private::distinct_tables(<#ident as ::domicile::Actor>::MODELS),
                "two models of this actor have one table: list each once, and give one of them another with `#[model(table = …)]`"
            );
        }
    });
    quote! {
        const _: () = {
            #[automatically_derived]
            impl ::domicile::Actor for #ident {
                const KIND: &'static str = #kind;
                const CLASS: &'static str = #class;
                const BINDING: &'static str = #binding;
                const LOCATION: ::core::option::Option<&'static str> = #location;
                const JURISDICTION: ::core::option::Option<&'static str> = #jurisdiction;
                const DISPATCH: &'static [::domicile::__private::Dispatch<Self>] = #table;
                const MIGRATIONS: &'static [::domicile::Migration] = #migrations;
                const MODELS: &'static [&'static ::domicile::__private::schema::Schema] = #models;

                fn start(#cx: &::domicile::Cx) -> ::domicile::Result<Self> {
                    #start
                }

                fn routes(#added: &mut ::domicile::__private::Routes<Self>) {
                    #routes
                }
            }

            #(#accepts)*
            #distinct
            #distinct_tables
        };
    }
}

fn option(value: Option<&LitStr>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
