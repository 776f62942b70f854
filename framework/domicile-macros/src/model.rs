//! `#[derive(Model)]`: the const schema of a model and its typed columns, from the fields and `#[model(…)]`.

mod name;
mod read;
mod value;
mod column;
mod valid;
mod expand;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::errors::Errors;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let attrs = read::read(input, &mut errors);
    let model = valid::check(input, attrs, &mut errors);
    match (errors.told(), model) {
        (None, Some(model)) => expand::expand(&model),
        (told, model) => {
            let fallback = expand::fallback(input, model.as_ref());
            quote!(#told #fallback)
        }
    }
}
