//! `#[derive(Refusal)]`: the HTTP status of a message's own error.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Ident, LitInt};

use crate::attr::{self, Keyed};
use crate::errors::Errors;

const KEYS: &[&str] = &["status"];
/// As `Refusal::status` says when nobody says otherwise: 409 Conflict.
const DEFAULT: u16 = 409;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let whole = read(&input.attrs, &mut errors).unwrap_or(DEFAULT);
    let mut variants: BTreeMap<u16, Vec<&Ident>> = BTreeMap::new();
    if let Data::Enum(data) = &input.data {
        for variant in &data.variants {
            let status = read(&variant.attrs, &mut errors).unwrap_or(whole);
            variants.entry(status).or_default().push(&variant.ident);
        }
    }
    let told = errors.told();
    let body = expand(input, whole, &variants);
    quote!(#told #body)
}

fn read(attrs: &[Attribute], errors: &mut Errors) -> Option<u16> {
    let mut status: Option<Keyed<LitInt>> = None;
    attr::read(attrs, "refusal", KEYS, errors, |key, input, _| {
        status = Some(attr::value(key, input, "429")?);
        Ok(())
    });
    let literal = status?.value;
    match literal.base10_parse::<u16>() {
        Ok(number) if (400..600).contains(&number) => Some(number),
        _ => {
            errors.at(&literal, "a refusal has a status of a client's or a server's error: write 400 to 599");
            None
        }
    }
}

fn expand(input: &DeriveInput, whole: u16, variants: &BTreeMap<u16, Vec<&Ident>>) -> TokenStream {
    let (ident, (generics, types, bounds)) = (&input.ident, input.generics.split_for_impl());
    // With a mistake in the attribute this stands in for the right one.
    let number = match variants.len() {
        0 => quote!(#whole),
        1 => variants.keys().map(|status| quote!(#status)).collect(),
        _ => {
            let arms = variants.iter().map(|(status, names)| quote!(#(Self::#names { .. })|* => #status));
            quote!(match self { #(#arms),* })
        }
    };
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #generics ::domicile::Refusal for #ident #types #bounds {
                fn status(&self) -> ::domicile::__private::StatusCode {
                    ::domicile::__private::StatusCode::from_u16(#number)
                        .unwrap_or(::domicile::__private::StatusCode::CONFLICT)
                }
            }
        };
    }
}
