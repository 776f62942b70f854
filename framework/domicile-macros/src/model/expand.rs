//! Emits the `impl` of a model: its schema with a line for each field, and a typed column for each.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, GenericArgument, Ident, LitStr, PathArguments, Type};

use super::column::Column;
use super::valid::Model;
use super::value::{Literal, Value};
use crate::{at, hidden};

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { name, table, verbose_name, verbose_name_plural, key, .. } = model;
    let columns = model.columns.iter().map(schema_of);
    let indexes = model.indexes.iter().map(|index| {
        let (unique, columns) = (index.unique, names(model, &index.columns));
        quote!(::domicile::__private::schema::Index { columns: &[#(#columns),*], unique: #unique })
    });
    let ordering = model.ordering.iter().map(|(place, descending)| {
        let column = model.columns.get(*place).map(|column| &column.name);
        quote!(::domicile::__private::schema::Ordering { column: #column, descending: #descending })
    });
    let search = search(model);
    let schema = quote! {
        ::domicile::__private::schema::Schema {
            name: #name,
            table: #table,
            verbose_name: #verbose_name,
            verbose_name_plural: #verbose_name_plural,
            columns: &[#(#columns),*],
            key: #key,
            indexes: &[#(#indexes),*],
            ordering: &[#(#ordering),*],
            search: #search,
        }
    };
    let (row, start, out) = (hidden("row"), hidden("at"), hidden("out"));
    let reads = model.columns.iter().enumerate().map(|(place, column)| {
        let (ident, ty) = (column.ident, &column.field.ty);
        let read = quote_spanned! {at(ty.span())=>
            <#ty as ::domicile::__private::Field>::read_at(#row, #start, #place, Self::SCHEMA)?
        };
        quote!(#ident: #read)
    });
    let binds = model.columns.iter().enumerate().map(|(place, column)| {
        let (ident, ty) = (column.ident, &column.field.ty);
        let value = quote!(&self.#ident);
        quote_spanned! {at(ty.span())=>
            <#ty as ::domicile::__private::Field>::bind_at(#value, #out, #place, Self::SCHEMA)?;
        }
    });
    let (key, key_type) = key_of(model);
    let body = Body {
        key_type: quote!(#key_type),
        schema,
        read: quote!(::domicile::Result::Ok(Self { #(#reads),* })),
        bind: quote!(#(#binds)* ::domicile::Result::Ok(())),
        key: quote!(::core::clone::Clone::clone(&self.#key)),
    };
    implement(&model.input.ident, &body, &constants(model))
}

/// Stands in for a model whose attribute has a mistake, so that what uses it has no more to say.
pub(super) fn fallback(input: &DeriveInput, model: Option<&Model>) -> TokenStream {
    // With generics there is no type that could be named.
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let broken = quote!(::domicile::Result::Err(::domicile::Error::internal("this does not compile")));
    let body = Body {
        key_type: quote!(i64),
        schema: quote! {
            ::domicile::__private::schema::Schema {
                name: "",
                table: "",
                verbose_name: "",
                verbose_name_plural: "",
                columns: &[],
                key: 0,
                indexes: &[],
                ordering: &[],
                search: ::core::option::Option::None,
            }
        },
        read: broken.clone(),
        bind: broken,
        key: quote!(0),
    };
    let constants = model.map(constants).unwrap_or_default();
    implement(&input.ident, &body, &constants)
}

/// What the methods of the `impl` do.
struct Body {
    key_type: TokenStream,
    schema: TokenStream,
    read: TokenStream,
    bind: TokenStream,
    key: TokenStream,
}

fn implement(ident: &Ident, body: &Body, constants: &TokenStream) -> TokenStream {
    let Body { key_type, schema, read, bind, key } = body;
    let (row, start, out) = (hidden("row"), hidden("at"), hidden("out"));
    quote! {
        const _: () = {
            #[automatically_derived]
            impl ::domicile::__private::Model for #ident {
                type Key = #key_type;

                const SCHEMA: &'static ::domicile::__private::schema::Schema = &#schema;

                fn read(#row: &::domicile::__private::Row<'_>, #start: usize) -> ::domicile::Result<Self> {
                    #read
                }

                fn bind<'value>(
                    &'value self,
                    #out: &mut ::std::vec::Vec<::domicile::__private::Param<'value>>,
                ) -> ::domicile::Result<()> {
                    #bind
                }

                fn key(&self) -> Self::Key {
                    #key
                }
            }

            #constants
        };
    }
}

/// The typed columns.
fn constants(model: &Model) -> TokenStream {
    let (ident, vis) = (&model.input.ident, &model.input.vis);
    let constants = model.columns.iter().enumerate().map(|(place, column)| {
        let (name, ty) = (column.ident, &column.field.ty);
        let docs: Vec<&Attribute> =
            column.field.attrs.iter().filter(|attr| attr.path().is_ident("doc")).collect();
        let docs = match docs.as_slice() {
            [] => {
                let text = format!("The column `{}`.", column.name.value());
                quote!(#[doc = #text])
            }
            docs => quote!(#(#docs)*),
        };
        quote! {
            #docs
            #vis const #name: ::domicile::__private::Column<Self, #ty> =
                ::domicile::__private::Column::new(#place);
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(dead_code, non_upper_case_globals, private_interfaces)]
        impl #ident {
            #(#constants)*
        }
    }
}

fn key_of<'a>(model: &'a Model) -> (Option<&'a Ident>, Option<&'a Type>) {
    let key = model.columns.get(model.key);
    (key.map(|key| key.ident), key.map(|key| &key.field.ty))
}

fn names<'a>(model: &'a Model, places: &'a [usize]) -> impl Iterator<Item = &'a LitStr> {
    places.iter().filter_map(|place| model.columns.get(*place)).map(|column| &column.name)
}

fn search(model: &Model) -> TokenStream {
    let Some((places, tokenizer)) = &model.search else { return quote!(::core::option::Option::None) };
    let columns = places.iter().filter_map(|place| model.columns.get(*place)).map(|column| {
        let (name, ty) = (&column.name, &column.field.ty);
        Slot(ty).call(ty.span(), "searched", &quote!(#name))
    });
    quote! {
        ::core::option::Option::Some(::domicile::__private::schema::Search {
            columns: &[#(#columns),*],
            tokenizer: #tokenizer,
        })
    }
}

/// The line of a field: what its type says, and before it what the attribute does.
fn schema_of(column: &Column) -> TokenStream {
    let Column { name, verbose_name, field, .. } = column;
    let slot = Slot(&field.ty);
    let mut said: Vec<TokenStream> = Vec::new();
    if let Some(default) = &column.default {
        let default = slot.default(default);
        said.push(quote!(default: #default));
    }
    if let Some(word) = &column.updated {
        let updated = slot.call(word.span(), &format!("updated_{word}"), &TokenStream::new());
        said.push(quote!(updated: #updated));
    }
    if column.unique {
        said.push(quote!(unique: true));
    }
    // An index that is unique is one already.
    if let Some(index) =
        column.index.or_else(|| (column.unique && column.on_delete.is_some()).then_some(false))
    {
        said.push(quote!(index: #index));
    }
    if let Some(most) = &column.max_length {
        let max_length = slot.call(most.span(), "max_length", &quote!(#most));
        said.push(quote!(max_length: #max_length));
    }
    if !column.choices.is_empty() {
        let choices = column.choices.iter().map(|(literal, label)| {
            let given = &literal.given;
            slot.call(literal.span, "choice", &quote!(#given, #label))
        });
        said.push(quote!(choices: &[#(#choices),*]));
    }
    if let Some(help) = &column.help {
        said.push(quote!(help: #help));
    }
    if let Some(word) = &column.blank {
        let blank = slot.call(word.span(), "blank", &TokenStream::new());
        said.push(quote!(blank: #blank));
    }
    let whole = match &column.on_delete {
        Some((word, variant)) => {
            let variant = Ident::new(variant, Span::mixed_site());
            let arguments = quote!(#name, #verbose_name, ::domicile::__private::schema::OnDelete::#variant);
            slot.call(word.span(), "foreign", &arguments)
        }
        None => {
            let how = if column.key { "key" } else { "plain" };
            slot.call(field.ty.span(), how, &quote!(#name, #verbose_name))
        }
    };
    match said.is_empty() {
        true => whole,
        false => quote!(::domicile::__private::schema::Column { #(#said,)* ..#whole }),
    }
}

/// Calls of the framework's `Slot`, at the token where a mistake that the types show is told.
struct Slot<'a>(&'a Type);

impl Slot<'_> {
    fn call(&self, span: Span, function: &str, arguments: &TokenStream) -> TokenStream {
        let (ty, function) = (self.0, Ident::new(function, at(span)));
        // The type keeps its own place: that it is no field is told there.
        let slot = quote_spanned!(at(ty.span())=> <#ty as ::domicile::__private::Field>::SLOT);
        quote_spanned!(at(span)=> ::domicile::__private::Slot::#function(#slot, #arguments))
    }

    /// A number of a type that may be a decimal of many digits, which is text and has to stand somewhere.
    fn number(&self, literal: &Literal) -> TokenStream {
        let given = &literal.given;
        let wide = self.call(literal.span, "wide", given);
        let default = self.call(literal.span, "default_number", &quote!(#given, &WIDE));
        quote!({
            const WIDE: ::domicile::__private::Wide = #wide;
            #default
        })
    }

    fn default(&self, value: &Value) -> TokenStream {
        match value {
            Value::Literal(literal) if literal.number && !primitive(self.0) => self.number(literal),
            Value::Literal(literal) => self.call(literal.span, "default", &literal.given),
            Value::Word(word) => self.call(word.span(), &word.to_string(), &TokenStream::new()),
            Value::Variant(path) => {
                let ty = self.0;
                let variant = quote_spanned! {at(path.span())=> {
                    const _: <#ty as ::domicile::__private::Field>::Base = #path;
                    ::domicile::__private::Given::Text(#path.value())
                }};
                self.call(path.span(), "default", &variant)
            }
        }
    }
}

/// Whether a type is a number of Rust's by its tokens, as nearly all are.
fn primitive(ty: &Type) -> bool {
    const NUMBERS: &[&str] = &["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f64", "Exact64"];
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|last| match &last.arguments {
        PathArguments::None => NUMBERS.iter().any(|number| last.ident == number),
        PathArguments::AngleBracketed(arguments) if last.ident == "Option" => {
            matches!(arguments.args.first(), Some(GenericArgument::Type(inner)) if primitive(inner))
        }
        _ => false,
    })
}
