//! `#[derive(FromRow)]`: a struct from the columns of a row.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Generics, LitStr};

use crate::attr::{self, Keyed};
use crate::errors::Errors;
use crate::{at, hidden};

const KEYS: &[&str] = &["name"];

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let body = match &input.data {
        Data::Struct(data) => {
            columns(&data.fields, &mut errors).map(|columns| expand(input, &data.fields, &columns))
        }
        _ => None,
    };
    if body.is_none() {
        errors.at(
            &input.ident,
            "a row is read as a struct with a field for each column: write such a struct, or implement `FromRow` by hand",
        );
    }
    match errors.told() {
        None => quote!(#body),
        Some(told) => {
            let fallback = fallback(input);
            quote!(#told #fallback)
        }
    }
}

/// The name of each field's column, for what they are worth in a tuple struct; `None` where there are no fields.
fn columns(fields: &Fields, errors: &mut Errors) -> Option<Vec<LitStr>> {
    let mut columns: Vec<LitStr> = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let name = column(at, field, errors);
        // SQLite does not tell names apart by case.
        if columns.iter().any(|other| other.value().eq_ignore_ascii_case(&name.value())) {
            errors
                .at(&name, format_args!("two fields read the column `{}`: give each its own", name.value()));
        }
        columns.push(name);
    }
    (!columns.is_empty()).then_some(columns)
}

fn column(at: usize, field: &Field, errors: &mut Errors) -> LitStr {
    let mut name: Option<Keyed<LitStr>> = None;
    attr::read(&field.attrs, "row", KEYS, errors, |key, input, _| {
        name = Some(attr::value(key, input, "\"column\"")?);
        Ok(())
    });
    match (name, &field.ident) {
        (Some(Keyed { key, value }), None) => {
            errors.at(
                key,
                "the fields of a tuple struct are read by position: name the fields, or take `name` away",
            );
            value
        }
        (Some(Keyed { value, .. }), Some(_)) => {
            if value.value().is_empty() {
                errors.at(&value, "a column has a name: write the one that the statement gives it");
            }
            value
        }
        (None, Some(ident)) => attr::plain(ident),
        (None, None) => LitStr::new(&at.to_string(), field.span()),
    }
}

fn expand(input: &DeriveInput, fields: &Fields, columns: &[LitStr]) -> TokenStream {
    let row = hidden("row");
    let reads = fields.iter().enumerate().map(|(place, field)| {
        let ty = &field.ty;
        let read = quote_spanned!(at(ty.span())=> #row.get::<#ty>(#place)?);
        match &field.ident {
            Some(ident) => quote!(#ident: #read),
            None => read,
        }
    });
    let (columns, value) = match fields {
        Fields::Named(_) => {
            (quote!(::core::option::Option::Some(&[#(#columns),*])), quote!(Self { #(#reads),* }))
        }
        _ => (quote!(::core::option::Option::None), quote!(Self(#(#reads),*))),
    };
    // By name, each column is found or the statement fails; by position, somebody has to count.
    let count = matches!(fields, Fields::Unnamed(_)).then(|| {
        let wanted = fields.len();
        quote!(::domicile::__private::count(#row, #wanted)?;)
    });
    implement(input, fields, &columns, &quote!(#count ::domicile::Result::Ok(#value)))
}

/// Stands in for the right one where something is wrong.
fn fallback(input: &DeriveInput) -> TokenStream {
    implement(
        input,
        &Fields::Unit,
        &quote!(::core::option::Option::None),
        &quote!(::domicile::Result::Err(::domicile::Error::internal("this does not compile"))),
    )
}

fn implement(input: &DeriveInput, fields: &Fields, columns: &TokenStream, body: &TokenStream) -> TokenStream {
    let row = hidden("row");
    let generics = bounded(&input.generics, fields);
    let (ident, (generics, types, bounds)) = (&input.ident, generics.split_for_impl());
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #generics ::domicile::FromRow for #ident #types #bounds {
                const COLUMNS: ::core::option::Option<&'static [&'static str]> = #columns;

                fn from_row(#row: &::domicile::__private::Row<'_>) -> ::domicile::Result<Self> {
                    #body
                }
            }
        };
    }
}

/// What a generic struct needs: that its fields can be read. A plain one needs nothing said, and its mistakes are
/// told at the field.
fn bounded(generics: &Generics, fields: &Fields) -> Generics {
    let mut generics = generics.clone();
    if generics.type_params().next().is_some() {
        let bounds = fields.iter().map(|field| &field.ty);
        generics.make_where_clause().predicates.extend(
            bounds.map(|ty| -> syn::WherePredicate { syn::parse_quote!(#ty: ::domicile::FromValue) }),
        );
    }
    generics
}
