//! What serde's attributes make of a type on the wire, and those of them that postcard cannot carry.

use proc_macro2::TokenStream;
use syn::{Attribute, LitStr, Path, Token};

use crate::errors::Errors;

/// What matters of a type's, a variant's or a field's `#[serde(…)]`.
#[derive(Default)]
pub(super) struct Wire {
    pub(super) name: Option<LitStr>,
    /// The `skip`, which keeps it off the wire altogether.
    pub(super) skip: Option<Path>,
}

/// Postcard writes values one after the other and no names, so that a reader cannot find out what is there.
const REFUSED: &[(&str, &str)] = &[
    ("flatten", "write the fields out, or make them a field of their own"),
    ("untagged", "take it away: postcard writes the number of the variant"),
    ("tag", "take it away: postcard writes the number of the variant"),
    ("content", "take it away: postcard writes the number of the variant"),
    ("skip_serializing_if", "take it away: an `Option` that is `None` is one byte"),
    ("skip_serializing", "write `skip`, for both ways"),
    ("skip_deserializing", "write `skip`, for both ways"),
];

pub(super) fn check(attrs: &[Attribute], errors: &mut Errors) -> Wire {
    let mut wire = Wire::default();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        // What is wrong with serde's attributes is serde's to say.
        let _: syn::Result<()> = attr.parse_nested_meta(|meta| {
            let refused = REFUSED.iter().find(|(key, _)| meta.path.is_ident(key));
            if let Some((key, fix)) = refused {
                errors.at(&meta.path, format_args!("a message cannot be written with `{key}`: {fix}"));
            }
            if meta.path.is_ident("skip") {
                wire.skip = Some(meta.path.clone());
            }
            if meta.input.peek(Token![=]) {
                let value = meta.value()?;
                if meta.path.is_ident("rename") {
                    wire.name = Some(value.parse()?);
                } else {
                    value.parse::<syn::Expr>()?;
                }
            } else if meta.input.peek(syn::token::Paren) {
                let content;
                syn::parenthesized!(content in meta.input);
                content.parse::<TokenStream>()?;
            }
            Ok(())
        });
    }
    wire
}
