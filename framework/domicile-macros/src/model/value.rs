//! Values in `#[model(…)]`: literals, words such as `now`, and variants of an enum.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, ExprPath, ExprUnary, Ident, Lit, UnOp};

use crate::at;
use crate::attr::Keyed;
use crate::errors::Errors;

/// What a column is set to.
pub(super) enum Value {
    /// A literal, as the `Given` that it is to the framework.
    Literal(Literal),
    /// `now`, `today` or `uuid`.
    Word(Ident),
    /// A variant of an enum that derives `Choices`.
    Variant(ExprPath),
}

/// A literal: what it is to the framework, where it stands, and its text where it is one.
pub(super) struct Literal {
    pub(super) given: TokenStream,
    pub(super) span: Span,
    pub(super) number: bool,
    pub(super) text: Option<String>,
}

/// What stands behind `default =`.
pub(super) fn default(given: Option<Keyed<Expr>>, errors: &mut Errors) -> Option<Value> {
    let Keyed { value, .. } = given?;
    if let Some(literal) = literal(&value) {
        return Some(Value::Literal(literal));
    }
    match value {
        Expr::Path(path) => match path.path.get_ident() {
            Some(word) if ["now", "today", "uuid"].iter().any(|known| word == known) => {
                Some(Value::Word(word.clone()))
            }
            Some(word) => {
                errors.at(
                    word,
                    format_args!("there is no `default = {word}`: write a literal, `now`, `today`, `uuid`, or a variant such as `Status::Draft`"),
                );
                None
            }
            None => Some(Value::Variant(path)),
        },
        other => {
            errors.at(
                other,
                "a default is the same for all rows: write a literal, `now`, `today`, `uuid`, or a variant such as `Status::Draft`",
            );
            None
        }
    }
}

/// `now` or `today`, behind `updated =`.
pub(super) fn moment(given: Option<Keyed<Ident>>, errors: &mut Errors) -> Option<Ident> {
    let Keyed { value, .. } = given?;
    if value != "now" && value != "today" {
        errors.at(
            &value,
            "a column is set to the time of an update: write `updated = now`, or `today` for a `Date`",
        );
        return None;
    }
    Some(value)
}

/// A literal, with `-` before it or without.
pub(super) fn literal(expr: &Expr) -> Option<Literal> {
    let (sign, lit) = match expr {
        Expr::Lit(ExprLit { lit, .. }) => ("", lit),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match &**expr {
            Expr::Lit(ExprLit { lit: lit @ (Lit::Int(_) | Lit::Float(_)), .. }) => ("-", lit),
            _ => return None,
        },
        _ => return None,
    };
    let span = expr.span();
    let given = match lit {
        Lit::Bool(yes) => quote!(Bool(#yes)),
        Lit::Int(number) => {
            let number: i64 = format!("{sign}{}", number.base10_digits()).parse().ok()?;
            quote!(Integer(#number))
        }
        Lit::Float(number) => {
            let digits = format!("{sign}{}", number.base10_digits());
            let number: f64 = digits.parse().ok()?;
            quote!(Real(#number, #digits))
        }
        Lit::Str(text) => quote!(Text(#text)),
        Lit::ByteStr(bytes) => quote!(Blob(#bytes)),
        _ => return None,
    };
    let number = matches!(lit, Lit::Int(_) | Lit::Float(_));
    let text = match lit {
        Lit::Str(text) => Some(text.value()),
        _ => None,
    };
    Some(Literal {
        given: quote_spanned!(at(span)=> ::domicile::__private::Given::#given),
        span,
        number,
        text,
    })
}
