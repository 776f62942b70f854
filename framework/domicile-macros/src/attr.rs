//! Reads attributes of the form `#[name(key = value, key(…))]`, keeping on after a mistake.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitStr, Meta, Token};

use crate::errors::Errors;

/// The keys of an attribute.
#[derive(Clone, Copy)]
pub(crate) struct Keys<'a> {
    /// All that there are.
    pub(crate) known: &'a [&'a str],
    /// Those that may stand several times.
    pub(crate) many: &'a [&'a str],
}

/// A value and the key that it stood behind.
pub(crate) struct Keyed<T> {
    pub(crate) key: Ident,
    pub(crate) value: T,
}

/// Gives every key of the attributes called `name` to `take`, which parses what follows it.
///
/// `known` are the keys that there are; any other is a mistake, and so is one that stands twice.
pub(crate) fn read(
    attrs: &[Attribute],
    name: &str,
    known: &[&str],
    errors: &mut Errors,
    take: impl FnMut(&Ident, ParseStream, &mut Errors) -> syn::Result<()>,
) {
    read_keys(attrs, name, Keys { known, many: &[] }, errors, take);
}

/// As [`read`], with keys that may stand several times.
pub(crate) fn read_keys(
    attrs: &[Attribute],
    name: &str,
    keys: Keys<'_>,
    errors: &mut Errors,
    mut take: impl FnMut(&Ident, ParseStream, &mut Errors) -> syn::Result<()>,
) {
    let mut seen: Vec<Ident> = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        if !matches!(attr.meta, Meta::List(_)) {
            errors.at(
                &attr.meta,
                format_args!("write `#[{name}(…)]`; its keys are: {}", keys.known.join(", ")),
            );
            continue;
        }
        told(errors, |errors| {
            attr.parse_args_with(|input: ParseStream| entries(input, keys, &mut seen, errors, &mut take))
        });
    }
}

/// As [`read`], of the arguments of an attribute macro.
pub(crate) fn read_arguments(
    arguments: &TokenStream,
    known: &[&str],
    errors: &mut Errors,
    mut take: impl FnMut(&Ident, ParseStream, &mut Errors) -> syn::Result<()>,
) {
    told(errors, |errors| {
        let keys = Keys { known, many: &[] };
        let parser = |input: ParseStream| entries(input, keys, &mut Vec::new(), errors, &mut take);
        parser.parse2(arguments.clone())
    });
}

/// Tells what `read` failed with, unless it has told a mistake already: what is left over after one is a consequence of it.
fn told(errors: &mut Errors, read: impl FnOnce(&mut Errors) -> syn::Result<()>) {
    let before = errors.len();
    if let Err(error) = read(errors)
        && errors.len() == before
    {
        errors.push(error);
    }
}

fn entries(
    input: ParseStream,
    keys: Keys<'_>,
    seen: &mut Vec<Ident>,
    errors: &mut Errors,
    take: &mut impl FnMut(&Ident, ParseStream, &mut Errors) -> syn::Result<()>,
) -> syn::Result<()> {
    while !input.is_empty() {
        if let Err(error) = entry(input, keys, seen, errors, take) {
            errors.push(error);
            skip(input)?;
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

fn entry(
    input: ParseStream,
    keys: Keys<'_>,
    seen: &mut Vec<Ident>,
    errors: &mut Errors,
    take: &mut impl FnMut(&Ident, ParseStream, &mut Errors) -> syn::Result<()>,
) -> syn::Result<()> {
    let key = input.call(Ident::parse_any)?;
    let text = key.to_string();
    if !keys.known.contains(&text.as_str()) {
        return Err(syn::Error::new(key.span(), unknown(&text, keys.known, "keys")));
    }
    if seen.contains(&key) && !keys.many.contains(&text.as_str()) {
        return Err(syn::Error::new(key.span(), format!("`{key}` stands twice: say it once")));
    }
    seen.push(key.clone());
    take(&key, input, errors)?;
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    Err(input.error(format!("expected `,` after the value of `{key}`")))
}

/// That there is no `name` among `known`, which are `what`, and which of them was meant.
pub(crate) fn unknown(name: &str, known: &[&str], what: &str) -> String {
    let near = known
        .iter()
        .map(|known| (strsim::normalized_damerau_levenshtein(name, known), *known))
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let all = known.join(", ");
    match near {
        Some((_, near)) => format!("there is no `{name}`: did you mean `{near}`? The {what} are: {all}"),
        None => format!("there is no `{name}`. The {what} are: {all}"),
    }
}

/// Skips to the next comma that is not between `<` and `>`.
fn skip(input: ParseStream) -> syn::Result<()> {
    let mut depth = 0_usize;
    while !input.is_empty() && (depth > 0 || !input.peek(Token![,])) {
        if let TokenTree::Punct(punct) = input.parse::<TokenTree>()? {
            match punct.as_char() {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    Ok(())
}

/// `= value`, where `example` shows what is meant.
pub(crate) fn value<T: Parse>(key: &Ident, input: ParseStream, example: &str) -> syn::Result<Keyed<T>> {
    let told = |span| syn::Error::new(span, format!("write `{key} = {example}`"));
    if !input.peek(Token![=]) {
        return Err(told(key.span()));
    }
    input.parse::<Token![=]>()?;
    let span = if input.is_empty() { key.span() } else { input.span() };
    let value = input.parse().map_err(|_| told(span))?;
    Ok(Keyed { key: key.clone(), value })
}

/// `(a, b)`, where `example` shows what is meant by one.
pub(crate) fn list<T: Parse>(key: &Ident, input: ParseStream, example: &str) -> syn::Result<Vec<T>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(key.span(), format!("write `{key}({example}, …)`")));
    }
    let content;
    syn::parenthesized!(content in input);
    let list: Punctuated<T, Token![,]> = Punctuated::parse_terminated(&content)?;
    if list.is_empty() {
        return Err(syn::Error::new(key.span(), format!("`{key}(…)` is empty: write `{key}({example}, …)`")));
    }
    Ok(list.into_iter().collect())
}

/// The name that a type or a field has as text, without the `r#` of a raw identifier.
pub(crate) fn plain(ident: &Ident) -> LitStr {
    LitStr::new(&ident.unraw().to_string(), ident.span())
}
