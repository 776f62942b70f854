//! [`Errors`]: the mistakes found so far, which are told together.

use proc_macro2::TokenStream;
use quote::ToTokens;

/// A list of mistakes, each at the token that caused it.
#[derive(Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Adds a mistake at `tokens`. `message` names the rule and the fix.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The `compile_error!`s, when there is any.
    pub(crate) fn told(&self) -> Option<TokenStream> {
        (!self.0.is_empty()).then(|| self.0.iter().map(syn::Error::to_compile_error).collect())
    }
}
