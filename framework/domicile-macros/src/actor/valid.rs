//! Checks what `#[actor(…)]` says, and fills in what it leaves out.

use std::collections::HashMap;

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{DeriveInput, Expr, Ident, LitStr};

use super::read::{Attrs, Listed, Models};
use crate::attr::Keyed;
use crate::errors::Errors;

const LOCATIONS: &[&str] = &["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"];
const JURISDICTIONS: &[&str] = &["eu", "fedramp"];

/// An actor with everything said.
pub(super) struct Actor<'a> {
    pub(super) ident: &'a Ident,
    pub(super) kind: LitStr,
    pub(super) class: LitStr,
    pub(super) binding: LitStr,
    pub(super) location: Option<LitStr>,
    pub(super) jurisdiction: Option<LitStr>,
    pub(super) messages: Vec<Listed>,
    pub(super) routes: Option<Expr>,
    pub(super) migrations: Option<Expr>,
    pub(super) models: Vec<Models>,
    pub(super) start: Option<Expr>,
}

pub(super) fn check<'a>(input: &'a DeriveInput, attrs: Attrs, errors: &mut Errors) -> Actor<'a> {
    if !input.generics.params.is_empty() {
        errors.at(
            &input.generics,
            "an actor has no generics: its kind is one name for one type. Write a struct for each type that there is",
        );
    }
    let name = input.ident.unraw().to_string();
    if !is_plain(&name) {
        errors.at(
            &input.ident,
            "an actor's name becomes a class of the script: give the type a name of ASCII letters, digits and `_`",
        );
    }
    let class = named(attrs.class, errors, || format!("{name}DO"), &input.ident);
    let binding = named(attrs.binding, errors, || screaming(&class.value()), &input.ident);
    Actor {
        ident: &input.ident,
        kind: named(attrs.kind, errors, || name, &input.ident),
        class,
        binding,
        location: one_of(attrs.location, LOCATIONS, errors),
        jurisdiction: one_of(attrs.jurisdiction, JURISDICTIONS, errors),
        messages: once(attrs.messages, errors),
        routes: path(attrs.routes, errors),
        migrations: path(attrs.migrations, errors),
        models: attrs.models,
        start: path(attrs.start, errors),
    }
}

/// A name that is exported to the script and stands in its configuration: an identifier of ASCII.
fn named(
    given: Option<Keyed<LitStr>>,
    errors: &mut Errors,
    default: impl FnOnce() -> String,
    ident: &Ident,
) -> LitStr {
    let Some(Keyed { key, value }) = given else { return LitStr::new(&default(), ident.span()) };
    if !is_plain(&value.value()) {
        errors.at(
            &value,
            format_args!(
                "`{key}` is a name of ASCII letters, digits and `_` that does not start with a digit"
            ),
        );
    }
    value
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn one_of(given: Option<Keyed<LitStr>>, known: &[&str], errors: &mut Errors) -> Option<LitStr> {
    let Keyed { key, value } = given?;
    if !known.contains(&value.value().as_str()) {
        errors.at(
            &value,
            format_args!("there is no {key} `{}`: write one of {}", value.value(), known.join(", ")),
        );
    }
    Some(value)
}

/// What is named and not quoted.
fn path(given: Option<Keyed<Expr>>, errors: &mut Errors) -> Option<Expr> {
    let Keyed { key, value } = given?;
    if let Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &value {
        errors
            .at(text, format_args!("`{key}` is a path: write it without quotes, `{key} = {}`", text.value()));
    }
    Some(value)
}

/// Each message once: dispatch is by name, so a second line would never be reached.
fn once(listed: Vec<Listed>, errors: &mut Errors) -> Vec<Listed> {
    let mut seen: HashMap<String, Ident> = HashMap::new();
    let mut kept = Vec::with_capacity(listed.len());
    for line in listed {
        let text = line.message.to_token_stream().to_string();
        if let Some(list) = seen.get(&text) {
            let both = match line.list == *list {
                true => format!("stands twice under `{list}(…)`: take one away"),
                false => format!("stands under `{list}(…)` and `{}(…)`: keep one of them", line.list),
            };
            errors.at(&line.message, format_args!("`{}` {both}", text.replace(' ', "")));
            continue;
        }
        seen.insert(text, line.list.clone());
        kept.push(line);
    }
    kept
}

/// `CounterDO` as `COUNTER_DO`: a word starts at a capital after a small letter or a digit, and at the last capital of
/// several when a small letter follows.
pub(super) fn screaming(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| chars.get(i)).copied().unwrap_or('_');
        let after = chars.get(i + 1).copied().unwrap_or('_');
        let starts = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
        if starts {
            out.push('_');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}

#[cfg(test)]
mod tests;
