//! `#[derive(Schema)]`: a type's description, the same as postcard-schema's own derive gives.

mod wire;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DataEnum, DeriveInput, Field, Fields, Generics, LitStr, TypeParam};

use crate::errors::Errors;
use crate::{at, attr};

/// Where the types of a description are.
struct Types;

impl ToTokens for Types {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(quote!(::domicile::__private::postcard_schema::schema));
    }
}

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let wire = wire::check(&input.attrs, &mut errors);
    let name = wire.name.unwrap_or_else(|| attr::plain(&input.ident));
    let ty = match &input.data {
        Data::Struct(data) => {
            let shape =
                shape(&data.fields, ["UnitStruct", "NewtypeStruct", "TupleStruct", "Struct"], &mut errors);
            quote!(#Types::DataModelType::#shape)
        }
        Data::Enum(data) => variants(data, &mut errors),
        Data::Union(data) => {
            errors.at(data.union_token, "a union says not what is in it: write an enum");
            quote!(#Types::DataModelType::Unit)
        }
    };
    let told = errors.told();
    let body = implement(input, &name, &ty);
    quote!(#told #body)
}

fn variants(data: &DataEnum, errors: &mut Errors) -> TokenStream {
    let mut lines = Vec::new();
    for variant in &data.variants {
        let wire = wire::check(&variant.attrs, errors);
        if let Some(skip) = wire.skip {
            errors.at(
                skip,
                "serde counts a skipped variant when it writes and not when it reads: take the variant away",
            );
        }
        let name = wire.name.unwrap_or_else(|| attr::plain(&variant.ident));
        let names = ["UnitVariant", "NewtypeVariant", "TupleVariant", "StructVariant"];
        let shape = shape(&variant.fields, names, errors);
        lines.push(quote!(&#Types::NamedVariant { name: #name, ty: &#Types::DataModelVariant::#shape }));
    }
    quote!(#Types::DataModelType::Enum(&[#(#lines),*]))
}

/// The form of some fields, of which `names` has the four: none, one, several, named.
fn shape(fields: &Fields, names: [&str; 4], errors: &mut Errors) -> TokenStream {
    let [unit, newtype, tuple, named] =
        names.map(|name| syn::Ident::new(name, proc_macro2::Span::call_site()));
    let mut all = Vec::new();
    for field in fields {
        let wire = wire::check(&field.attrs, errors);
        if wire.skip.is_none() {
            all.push(described(field, wire.name));
        }
    }
    match fields {
        Fields::Unit => quote!(#unit),
        Fields::Named(_) => quote!(#named(&[#(#all),*])),
        // One that is left beside skipped ones is still written as a tuple.
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 && all.len() == 1 => quote!(#newtype(#(#all)*)),
        Fields::Unnamed(_) => quote!(#tuple(&[#(#all),*])),
    }
}

fn described(field: &Field, name: Option<LitStr>) -> TokenStream {
    let ty = &field.ty;
    let schema = quote_spanned!(at(ty.span())=> <#ty as ::domicile::__private::Described>::SCHEMA);
    match &field.ident {
        None => schema,
        Some(ident) => {
            let name = name.unwrap_or_else(|| attr::plain(ident));
            quote!(&#Types::NamedValue { name: #name, ty: #schema })
        }
    }
}

fn implement(input: &DeriveInput, name: &LitStr, ty: &TokenStream) -> TokenStream {
    let generics = bounded(&input.generics);
    let (ident, (generics, types, bounds)) = (&input.ident, generics.split_for_impl());
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #generics ::domicile::Schema for #ident #types #bounds {
                const SCHEMA: &'static #Types::NamedType =
                    &#Types::NamedType { name: #name, ty: &#ty };
            }
        };
    }
}

fn bounded(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    let bound = |param: &mut TypeParam| param.bounds.push(syn::parse_quote!(::domicile::Schema));
    generics.type_params_mut().for_each(bound);
    generics
}
