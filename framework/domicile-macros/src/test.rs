//! `#[domicile::test]`: a function with a host becomes a test. The function stays as it is, inside of the test.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Ident, ItemFn, LitInt, LitStr, Path, Token, parenthesized};

use crate::at;
use crate::attr::{self, Keyed};
use crate::errors::Errors;

const KEYS: &[&str] = &["app", "vars", "start", "crash_everywhere", "idempotent", "seeds"];

/// What the arguments say.
#[derive(Default)]
struct Arguments {
    app: Option<Expr>,
    vars: Vec<Var>,
    start: Option<Expr>,
    crash_everywhere: bool,
    idempotent: Vec<Path>,
    seeds: Option<LitInt>,
}

/// `NAME = "value"`.
struct Var {
    name: Ident,
    value: LitStr,
}

impl Parse for Var {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let name = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(Self { name, value: input.parse()? })
    }
}

pub(crate) fn attribute(arguments: &TokenStream, item: &ItemFn) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = read(arguments, &mut errors);
    if item.sig.inputs.len() != 1 || item.sig.receiver().is_some() {
        errors.at(&item.sig, "a test takes its host and nothing else: `fn it_works(host: Host)`");
    }
    if let Some(parameter) = item.sig.generics.params.first() {
        errors.at(parameter, "a test has no generic parameters: call a generic function from it");
    }
    if !arguments.crash_everywhere
        && let Some(message) = arguments.idempotent.first()
    {
        errors.at(
            message,
            "messages are only repeated by `crash_everywhere`: add it, or take `idempotent(…)` away",
        );
    }
    match errors.told() {
        // The function is left out, since its own mistakes would only repeat this one.
        Some(told) => told,
        None => expand(&arguments, item),
    }
}

fn read(arguments: &TokenStream, errors: &mut Errors) -> Arguments {
    let mut read = Arguments::default();
    attr::read_arguments(arguments, KEYS, errors, |key, input, errors| {
        match key.to_string().as_str() {
            "app" => read.app = Some(attr::value(key, input, "blog::app")?.value),
            "start" => {
                read.start =
                    Some(attr::value(key, input, "Timestamp::from_millis(1_767_268_800_000)")?.value);
            }
            "crash_everywhere" => read.crash_everywhere = true,
            "vars" => read.vars = list(key, input, "TENANTS = \"path\"")?,
            "idempotent" => read.idempotent = list(key, input, "Add")?,
            _ => {
                let Keyed { value, .. } = attr::value::<LitInt>(key, input, "64")?;
                if value.base10_parse::<u64>().is_ok_and(|seeds| seeds > 0) {
                    read.seeds = Some(value);
                } else {
                    errors.at(&value, "a test has at least one seed: write `seeds = 64`");
                }
            }
        }
        Ok(())
    });
    read
}

/// `(value, value)`, where `example` shows one.
fn list<T: Parse>(key: &Ident, input: ParseStream, example: &str) -> syn::Result<Vec<T>> {
    let told = |span| syn::Error::new(span, format!("write `{key}({example})`"));
    if !input.peek(syn::token::Paren) {
        return Err(told(key.span()));
    }
    let inside;
    parenthesized!(inside in input);
    let span = if inside.is_empty() { key.span() } else { inside.span() };
    let values = Punctuated::<T, Token![,]>::parse_terminated(&inside).map_err(|_| told(span))?;
    Ok(values.into_iter().collect())
}

fn expand(arguments: &Arguments, item: &ItemFn) -> TokenStream {
    let ItemFn { attrs, vis, sig, block } = item;
    let (name, text) = (&sig.ident, attr::plain(&sig.ident));
    let Arguments { app, vars, start, crash_everywhere, idempotent, seeds } = arguments;
    let app = match app {
        Some(app) => quote!(#app),
        None => quote_spanned!(at(name.span())=> crate::app),
    };
    let vars = vars.iter().map(|Var { name, value }| {
        let name = attr::plain(name);
        quote!(.var(#name, #value))
    });
    let start = start.iter().map(|start| quote!(.start(#start)));
    let seeds = seeds.iter().map(|seeds| quote!(.seeds(#seeds)));
    let crash = crash_everywhere.then(|| quote!(.crash_everywhere()));
    let messages = (!idempotent.is_empty())
        .then(|| quote!(.idempotent(&[#(<#idempotent as ::domicile::Message>::NAME),*])));
    // The place of the argument, so that a host of the wrong kind is told there.
    let place = at(sig.inputs.span());
    let run = if sig.asyncness.is_some() {
        quote_spanned!(place=> run_async(#name))
    } else {
        quote_spanned!(place=> run(#name))
    };
    quote! {
        #[::core::prelude::v1::test]
        #(#attrs)*
        #vis fn #name() {
            // A host is given away to its test, which may do with it what it likes.
            #[allow(clippy::needless_pass_by_value)]
            #sig #block
            ::domicile_host::test::Plan::new(#text, #app)
                #(#vars)* #(#start)* #(#seeds)* #crash #messages
                .#run;
        }
    }
}
