//! `#[derive(Message)]`: a message's name, its reply and its error.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, LitStr, Type};

use crate::at;
use crate::attr::{self, Keyed};
use crate::errors::Errors;

const KEYS: &[&str] = &["reply", "error", "allow", "name"];

#[derive(Default)]
struct Attrs {
    reply: Option<Keyed<Type>>,
    error: Option<Keyed<Type>>,
    allow: Option<Keyed<Expr>>,
    name: Option<Keyed<LitStr>>,
}

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let attrs = read(input, &mut errors);
    check(input, &attrs, &mut errors);
    let told = errors.told();
    // With generics there is no type that could be named.
    let body = input.generics.params.is_empty().then(|| expand(input, &attrs));
    quote!(#told #body)
}

fn read(input: &DeriveInput, errors: &mut Errors) -> Attrs {
    let mut attrs = Attrs::default();
    attr::read(&input.attrs, "message", KEYS, errors, |key, input, _| {
        match key.to_string().as_str() {
            "reply" => attrs.reply = Some(attr::value(key, input, "i64")?),
            "error" => attrs.error = Some(attr::value(key, input, "LimitReached")?),
            "allow" => attrs.allow = Some(attr::value(key, input, "signed_in()")?),
            _ => attrs.name = Some(attr::value(key, input, "\"blog.Add\"")?),
        }
        Ok(())
    });
    attrs
}

fn check(input: &DeriveInput, attrs: &Attrs, errors: &mut Errors) {
    // A reply that was said and not understood has its own message.
    if attrs.reply.is_none() && errors.len() == 0 {
        errors.at(
            &input.ident,
            format_args!(
                "a message says what it is answered with: add `#[message(reply = …)]` to `{}`, or `#[message(reply = ())]` for nothing",
                input.ident
            ),
        );
    }
    if let Some(Keyed { value, .. }) = &attrs.name
        && (value.value().is_empty() || value.value().chars().any(char::is_control))
    {
        errors.at(
            value,
            "`name` is what the message is called on the wire: not empty and without control characters",
        );
    }
    if !input.generics.params.is_empty() {
        errors.at(
            &input.generics,
            "a message has no generics: its name is one name for one type. Write a struct for each type that there is",
        );
    }
}

/// With a mistake in the attribute this is what stands in for the right one: a reply of `()` and no error.
fn expand(input: &DeriveInput, attrs: &Attrs) -> TokenStream {
    let ident = &input.ident;
    let name = attrs.name.as_ref().map_or_else(|| attr::plain(ident), |name| name.value.clone());
    let reply = attrs.reply.as_ref().map_or_else(|| quote!(()), |reply| reply.value.to_token_stream());
    let error = attrs.error.as_ref().map_or_else(|| quote!(::domicile::Never), |e| e.value.to_token_stream());
    let allow = attrs.allow.as_ref().map(|Keyed { value, .. }| {
        quote_spanned! {at(value.span())=>
            fn allow() -> ::core::option::Option<::domicile::Allow> {
                ::core::option::Option::Some(#value)
            }
        }
    });
    quote! {
        const _: () = {
            #[automatically_derived]
            impl ::domicile::Message for #ident {
                type Reply = #reply;
                type Error = #error;
                const NAME: &'static str = #name;
                #allow
            }
        };
    }
}
