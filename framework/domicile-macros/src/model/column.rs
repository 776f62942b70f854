//! Checks what `#[model(…)]` says of a field.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Field, GenericArgument, LitInt, LitStr, PathArguments, Type};

use super::name;
use super::read::FieldAttrs;
use super::valid::said;
use super::value::{self, Literal, Value};
use crate::attr::{self, Keyed};
use crate::errors::Errors;
use crate::words;

const ON_DELETE: &[(&str, &str)] =
    &[("protect", "Protect"), ("cascade", "Cascade"), ("set_null", "SetNull"), ("set_default", "SetDefault")];

/// A column with everything said.
pub(super) struct Column<'a> {
    pub(super) field: &'a Field,
    pub(super) ident: &'a Ident,
    pub(super) key: bool,
    pub(super) name: LitStr,
    pub(super) verbose_name: LitStr,
    pub(super) help: Option<LitStr>,
    pub(super) default: Option<Value>,
    /// `now` or `today`.
    pub(super) updated: Option<Ident>,
    pub(super) unique: bool,
    pub(super) index: Option<bool>,
    pub(super) max_length: Option<LitInt>,
    pub(super) blank: Option<Ident>,
    /// The word, whose place is where mistakes are told, and the variant that it is.
    pub(super) on_delete: Option<(Ident, &'static str)>,
    pub(super) choices: Vec<(Literal, LitStr)>,
}

pub(super) fn check<'a>(
    field: &'a Field,
    ident: &'a Ident,
    attrs: FieldAttrs,
    key: bool,
    errors: &mut Errors,
) -> Column<'a> {
    if ident.unraw() == "objects" {
        errors.at(
            ident,
            "a model's queries begin with `objects()`, which the column's constant would hide: call the field something else, with `#[model(column = \"objects\")]`",
        );
    }
    if key {
        nothing_twice(&attrs, errors);
    }
    let words = words::words(&ident.unraw().to_string());
    let verbose_name = said(attrs.verbose_name, errors).unwrap_or_else(|| LitStr::new(&words, ident.span()));
    let name = named(attrs.column, ident, errors);
    let on_delete = on_delete(attrs.on_delete, field, attrs.default.is_some(), errors);
    let max_length = max_length(attrs.max_length, errors);
    let default = value::default(attrs.default, errors);
    if let Some(Value::Literal(literal)) = &default {
        fits(literal, max_length.as_ref(), attrs.blank.is_some(), errors);
    }
    let choices = choices(attrs.choices, errors);
    if let Some(Value::Literal(literal)) = &default
        && !choices.is_empty()
        && !choices.iter().any(|(choice, _)| same(choice, literal))
    {
        errors.push(syn::Error::new(
            literal.span,
            "the default is none of the choices: write one of them, as it stands there",
        ));
    }
    Column {
        field,
        ident,
        key,
        name,
        verbose_name,
        help: said(attrs.help, errors),
        default,
        updated: value::moment(attrs.updated, errors),
        unique: attrs.unique.is_some(),
        index: attrs.index.map(|index| index.value),
        max_length,
        blank: attrs.blank,
        on_delete,
        choices,
    }
}

/// What a key is anyway.
fn nothing_twice(attrs: &FieldAttrs, errors: &mut Errors) {
    let index = attrs.index.as_ref().map(|index| &index.key);
    for word in attrs.unique.iter().chain(index) {
        errors.at(word, format_args!("a key is unique and has an index: take `{word}` away"));
    }
    if let Some(Keyed { key, value }) = &attrs.default
        && value::literal(value).is_some()
    {
        errors.at(key, "every row has a key of its own, so no literal is its default: take it away");
    }
    if let Some(Keyed { key, .. }) = &attrs.updated {
        errors.at(key, "a key stays as it is when its row is updated: take `updated` away");
    }
}

fn named(given: Option<Keyed<LitStr>>, ident: &Ident, errors: &mut Errors) -> LitStr {
    let name = given.map_or_else(|| attr::plain(ident), |given| given.value);
    let text = name.value();
    if let Some(wrong) = name::wrong(&text) {
        errors.at(&name, format_args!("a column {wrong}: write `#[model(column = \"…\")]`"));
    }
    if name::ROWID.iter().any(|taken| text.eq_ignore_ascii_case(taken)) {
        errors.at(
            &name,
            format_args!("`{text}` is what SQLite calls the number of any row: write `#[model(column = \"…\")]` with another name"),
        );
    }
    name
}

fn on_delete(
    given: Option<Keyed<Ident>>,
    field: &Field,
    default: bool,
    errors: &mut Errors,
) -> Option<(Ident, &'static str)> {
    let (foreign, nullable) = seen(&field.ty);
    let Some(Keyed { value, .. }) = given else {
        if foreign {
            errors.at(
                &field.ty,
                "a foreign key says what becomes of the row when its target is deleted: add `#[model(on_delete = protect)]`, or `cascade`, `set_null` or `set_default`",
            );
        }
        return None;
    };
    let Some((word, variant)) = ON_DELETE.iter().find(|(word, _)| value == word) else {
        let known: Vec<&str> = ON_DELETE.iter().map(|(word, _)| *word).collect();
        errors.at(&value, attr::unknown(&value.to_string(), &known, "ways"));
        return None;
    };
    if *word == "set_null" && foreign && !nullable {
        errors.at(&value, "`set_null` needs a column that may be NULL: make the field an `Option`");
    }
    if *word == "set_default" && !default {
        errors.at(
            &value,
            "`set_default` needs a default: add `default = …`, the key of the row that takes over",
        );
    }
    Some((value, variant))
}

/// Whether a type is a `ForeignKey` by its tokens, and whether in an `Option`. An alias is seen by the compiler only.
fn seen(ty: &Type) -> (bool, bool) {
    let Type::Path(path) = ty else { return (false, false) };
    let Some(last) = path.path.segments.last() else { return (false, false) };
    if last.ident == "ForeignKey" {
        return (true, false);
    }
    if last.ident == "Option"
        && let PathArguments::AngleBracketed(arguments) = &last.arguments
        && let Some(GenericArgument::Type(inner)) = arguments.args.first()
    {
        return (seen(inner).0, true);
    }
    (false, false)
}

fn max_length(given: Option<Keyed<LitInt>>, errors: &mut Errors) -> Option<LitInt> {
    let Keyed { value, .. } = given?;
    match value.base10_parse::<u32>() {
        Ok(1..) => Some(value),
        _ => {
            errors.at(&value, "`max_length` is a number of characters: write 1 or more");
            None
        }
    }
}

/// That a default is a value which a form would take.
fn fits(literal: &Literal, max_length: Option<&LitInt>, blank: bool, errors: &mut Errors) {
    let Some(text) = &literal.text else { return };
    if let Some(most) = max_length.and_then(|most| most.base10_parse::<usize>().ok())
        && text.chars().count() > most
    {
        errors.push(syn::Error::new(
            literal.span,
            format!("the default is longer than `max_length` allows, which is {most}: shorten it, or raise `max_length`"),
        ));
    }
    if text.is_empty() && !blank {
        errors.push(syn::Error::new(
            literal.span,
            "the default is empty, and empty text is not taken: add `blank`, or take the default away",
        ));
    }
}

fn choices(given: Vec<super::read::Chosen>, errors: &mut Errors) -> Vec<(Literal, LitStr)> {
    let mut choices: Vec<(Literal, LitStr)> = Vec::with_capacity(given.len());
    for chosen in given {
        let Some(literal) = value::literal(&chosen.value) else {
            errors.at(
                &chosen.value,
                "a choice is a literal: write `\"draft\" = \"Draft\"` or `1 = \"Low\"`, or derive `Choices` for an enum",
            );
            continue;
        };
        if choices.iter().any(|(other, _)| same(other, &literal)) {
            errors.at(&chosen.value, "this choice stands twice: take one away");
        }
        choices.push((literal, chosen.label));
    }
    choices
}

fn same(one: &Literal, other: &Literal) -> bool {
    one.given.to_string() == other.given.to_string()
}
