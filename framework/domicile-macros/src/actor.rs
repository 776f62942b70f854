//! `#[derive(Actor)]`: the const table of an actor, from `#[actor(…)]`.

mod expand;
mod read;
mod valid;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::errors::Errors;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let attrs = read::read(input, &mut errors);
    let actor = valid::check(input, attrs, &mut errors);
    match errors.told() {
        None => expand::expand(&actor),
        Some(told) => {
            let fallback = expand::fallback(input, &actor);
            quote!(#told #fallback)
        }
    }
}
