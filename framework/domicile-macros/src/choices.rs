//! `#[derive(Choices)]`: an enum as a field of a model, stored as text.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, Ident, LitStr, Variant};

use crate::attr::{self, Keyed};
use crate::errors::Errors;
use crate::{hidden, words};

const KEYS: &[&str] = &["rename_all"];
const VARIANT_KEYS: &[&str] = &["value", "label"];

/// A variant with everything said.
struct Choice<'a> {
    ident: &'a Ident,
    value: LitStr,
    label: LitStr,
}

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let choices = check(input, &mut errors);
    let told = errors.told();
    if !input.generics.params.is_empty() {
        return quote!(#told);
    }
    let body = expand(&input.ident, &choices, told.is_some());
    quote!(#told #body)
}

fn check<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Vec<Choice<'a>> {
    if !input.generics.params.is_empty() {
        errors.at(&input.generics, "choices have no generics: they are the values of one column");
    }
    let mut rule: Option<Keyed<LitStr>> = None;
    attr::read(&input.attrs, "choices", KEYS, errors, |key, input, _| {
        rule = Some(attr::value(key, input, "\"kebab-case\"")?);
        Ok(())
    });
    let rule = rule.map(|rule| rule.value);
    if let Some(rule) = &rule
        && !words::RULES.contains(&rule.value().as_str())
    {
        errors.at(rule, attr::unknown(&rule.value(), words::RULES, "rules"));
    }
    let Data::Enum(data) = &input.data else {
        errors.at(&input.ident, "choices are the variants of an enum: write such an enum");
        return Vec::new();
    };
    if data.variants.is_empty() {
        errors.at(&input.ident, "there is nothing to choose from: write a variant for each value");
    }
    let mut choices: Vec<Choice<'a>> = Vec::with_capacity(data.variants.len());
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors
                .at(&variant.fields, "a choice is stored as one text: take the values of this variant away");
            continue;
        }
        let choice = check_variant(variant, rule.as_ref(), errors);
        if choices.iter().any(|other| other.value.value() == choice.value.value()) {
            errors.at(
                &choice.value,
                format_args!("two choices are stored as {:?}: give each its own", choice.value.value()),
            );
        }
        choices.push(choice);
    }
    choices
}

fn check_variant<'a>(variant: &'a Variant, rule: Option<&LitStr>, errors: &mut Errors) -> Choice<'a> {
    let (mut value, mut label): (Option<Keyed<LitStr>>, Option<Keyed<LitStr>>) = (None, None);
    attr::read(&variant.attrs, "choice", VARIANT_KEYS, errors, |key, input, _| {
        match key.to_string().as_str() {
            "value" => value = Some(attr::value(key, input, "\"draft\"")?),
            _ => label = Some(attr::value(key, input, "\"Draft\"")?),
        }
        Ok(())
    });
    for said in value.iter().chain(&label).filter(|said| said.value.value().trim().is_empty()) {
        errors.at(&said.value, format_args!("`{}` is empty: write it, or take it away", said.key));
    }
    let name = variant.ident.unraw().to_string();
    let rule = rule.map_or_else(|| "snake_case".to_owned(), LitStr::value);
    let renamed = words::renamed(&name, &rule).unwrap_or_else(|| name.clone());
    let span = variant.ident.span();
    Choice {
        ident: &variant.ident,
        value: value.map_or_else(|| LitStr::new(&renamed, span), |value| value.value),
        label: label.map_or_else(|| LitStr::new(&words::label(&name), span), |label| label.value),
    }
}

fn expand(ident: &Ident, choices: &[Choice], broken: bool) -> TokenStream {
    let names: Vec<&Ident> = choices.iter().map(|choice| choice.ident).collect();
    let values: Vec<&LitStr> = choices.iter().map(|choice| &choice.value).collect();
    let labels: Vec<&LitStr> = choices.iter().map(|choice| &choice.label).collect();
    let (f, text, value, row) = (hidden("f"), hidden("text"), hidden("value"), hidden("row"));
    // After a mistake not all variants are there.
    let nothing = broken.then(|| quote!(_ => ""));
    quote! {
        const _: () = {
            #[automatically_derived]
            #[allow(dead_code)]
            impl #ident {
                /// All of them, in order.
                pub const ALL: &'static [Self] = &[#(Self::#names),*];

                /// The text that it is stored as.
                #[inline]
                #[must_use]
                pub const fn value(&self) -> &'static str {
                    match *self {
                        #(Self::#names => #values,)*
                        #nothing
                    }
                }

                /// What people call it.
                #[inline]
                #[must_use]
                pub const fn label(&self) -> &'static str {
                    match *self {
                        #(Self::#names => #labels,)*
                        #nothing
                    }
                }
            }

            #[automatically_derived]
            impl ::core::fmt::Display for #ident {
                fn fmt(&self, #f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #f.pad(self.label())
                }
            }

            #[automatically_derived]
            impl ::core::str::FromStr for #ident {
                type Err = ::domicile::model::NotAChoice;

                fn from_str(#text: &str) -> ::core::result::Result<Self, Self::Err> {
                    match #text {
                        #(#values => ::core::result::Result::Ok(Self::#names),)*
                        _ => ::core::result::Result::Err(::domicile::model::NotAChoice::new(
                            #text,
                            <Self as ::domicile::__private::Field>::CHOICES,
                        )),
                    }
                }
            }

            #[automatically_derived]
            impl ::domicile::ToValue for #ident {
                fn to_value(&self) -> ::domicile::Result<::domicile::__private::Param<'_>> {
                    ::domicile::Result::Ok(::domicile::__private::Param::text(self.value()))
                }
            }

            #[automatically_derived]
            impl ::domicile::FromValue for #ident {
                fn from_value(#value: ::domicile::__private::ValueRef<'_>) -> ::domicile::Result<Self> {
                    ::domicile::__private::chosen(#value)
                }
            }

            #[automatically_derived]
            impl ::domicile::FromRow for #ident {
                const COLUMNS: ::core::option::Option<&'static [&'static str]> = ::core::option::Option::None;

                fn from_row(#row: &::domicile::__private::Row<'_>) -> ::domicile::Result<Self> {
                    ::domicile::__private::only(#row)
                }
            }

            #[automatically_derived]
            impl ::domicile::__private::Field for #ident {
                const KIND: ::domicile::__private::schema::Kind = ::domicile::__private::schema::Kind::Text;
                const CHOICES: &'static [::domicile::__private::schema::Choice] = &[
                    #(::domicile::__private::schema::Choice {
                        value: ::domicile::__private::schema::Literal::Text(#values),
                        label: #labels,
                    }),*
                ];
                type Base = Self;
            }
        };
    }
}
