//! Reads `#[model(…)]` of a struct and its fields as it stands; whether it makes sense is checked elsewhere.

use proc_macro2::Ident;
use syn::parse::{Parse, ParseStream};
use syn::{Data, DeriveInput, Expr, ExprAssign, ExprLit, Field, Fields, Lit, LitBool, LitInt, LitStr, Token};

use crate::attr::{self, Keyed, Keys};
use crate::errors::Errors;

const KEYS: Keys<'_> = Keys {
    known: &[
        "table",
        "verbose_name",
        "verbose_name_plural",
        "ordering",
        "unique",
        "index",
        "search",
        "tokenizer",
    ],
    many: &["unique", "index"],
};

const FIELD_KEYS: &[&str] = &[
    "key",
    "column",
    "default",
    "updated",
    "unique",
    "index",
    "max_length",
    "verbose_name",
    "help",
    "blank",
    "on_delete",
    "choices",
];

/// What the attribute of the struct says, and those of its fields in their order.
#[derive(Default)]
pub(super) struct Attrs {
    pub(super) table: Option<Keyed<LitStr>>,
    pub(super) verbose_name: Option<Keyed<LitStr>>,
    pub(super) verbose_name_plural: Option<Keyed<LitStr>>,
    pub(super) ordering: Vec<Ordered>,
    /// `unique(…)` and `index(…)`.
    pub(super) indexes: Vec<Keyed<Vec<Ident>>>,
    pub(super) search: Option<Keyed<Vec<Ident>>>,
    pub(super) tokenizer: Option<Keyed<LitStr>>,
    pub(super) fields: Vec<FieldAttrs>,
}

/// A field under `ordering(…)`, and whether `-` stands before it.
pub(super) struct Ordered {
    pub(super) descending: bool,
    pub(super) field: Ident,
}

/// What the attribute of a field says.
#[derive(Default)]
pub(super) struct FieldAttrs {
    pub(super) key: Option<Ident>,
    pub(super) column: Option<Keyed<LitStr>>,
    pub(super) default: Option<Keyed<Expr>>,
    pub(super) updated: Option<Keyed<Ident>>,
    pub(super) unique: Option<Ident>,
    pub(super) index: Option<Keyed<bool>>,
    pub(super) max_length: Option<Keyed<LitInt>>,
    pub(super) verbose_name: Option<Keyed<LitStr>>,
    pub(super) help: Option<Keyed<LitStr>>,
    pub(super) blank: Option<Ident>,
    pub(super) on_delete: Option<Keyed<Ident>>,
    pub(super) choices: Vec<Chosen>,
}

/// A value under `choices(…)` and what people call it.
pub(super) struct Chosen {
    pub(super) value: Expr,
    pub(super) label: LitStr,
}

impl Parse for Ordered {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let descending = input.parse::<Option<Token![-]>>()?.is_some();
        Ok(Self { descending, field: input.parse()? })
    }
}

impl Parse for Chosen {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        // `"draft" = "Draft"` is an assignment to the parser of expressions.
        let expr: Expr = input.parse()?;
        let Expr::Assign(ExprAssign { left, right, .. }) = expr else {
            return Err(syn::Error::new_spanned(
                expr,
                "write the value and what people call it: `\"draft\" = \"Draft\"`",
            ));
        };
        match *right {
            Expr::Lit(ExprLit { lit: Lit::Str(label), .. }) => Ok(Self { value: *left, label }),
            other => Err(syn::Error::new_spanned(other, "write what people call it in quotes")),
        }
    }
}

pub(super) fn read(input: &DeriveInput, errors: &mut Errors) -> Attrs {
    let mut attrs = Attrs::default();
    attr::read_keys(&input.attrs, "model", KEYS, errors, |key, input, _| {
        match key.to_string().as_str() {
            "table" => attrs.table = Some(attr::value(key, input, "\"post\"")?),
            "verbose_name" => attrs.verbose_name = Some(attr::value(key, input, "\"post\"")?),
            "verbose_name_plural" => attrs.verbose_name_plural = Some(attr::value(key, input, "\"posts\"")?),
            "ordering" => attrs.ordering = attr::list(key, input, "-pub_date")?,
            "search" => {
                attrs.search = Some(Keyed { key: key.clone(), value: attr::list(key, input, "title")? });
            }
            "tokenizer" => attrs.tokenizer = Some(attr::value(key, input, "\"unicode61\"")?),
            _ => {
                attrs
                    .indexes
                    .push(Keyed { key: key.clone(), value: attr::list(key, input, "author, slug")? });
            }
        }
        Ok(())
    });
    if let Data::Struct(data) = &input.data
        && let Fields::Named(fields) = &data.fields
    {
        attrs.fields = fields.named.iter().map(|field| read_field(field, errors)).collect();
    }
    attrs
}

fn read_field(field: &Field, errors: &mut Errors) -> FieldAttrs {
    let mut attrs = FieldAttrs::default();
    attr::read(&field.attrs, "model", FIELD_KEYS, errors, |key, input, _| {
        match key.to_string().as_str() {
            "key" => attrs.key = Some(key.clone()),
            "column" => attrs.column = Some(attr::value(key, input, "\"caption\"")?),
            "default" => attrs.default = Some(attr::value(key, input, "0")?),
            "updated" => attrs.updated = Some(attr::value(key, input, "now")?),
            "unique" => attrs.unique = Some(key.clone()),
            "index" if input.peek(Token![=]) => {
                let Keyed { key, value }: Keyed<LitBool> = attr::value(key, input, "false")?;
                attrs.index = Some(Keyed { key, value: value.value });
            }
            "index" => attrs.index = Some(Keyed { key: key.clone(), value: true }),
            "max_length" => attrs.max_length = Some(attr::value(key, input, "200")?),
            "verbose_name" => attrs.verbose_name = Some(attr::value(key, input, "\"day of publication\"")?),
            "help" => attrs.help = Some(attr::value(key, input, "\"A sentence.\"")?),
            "blank" => attrs.blank = Some(key.clone()),
            "on_delete" => attrs.on_delete = Some(attr::value(key, input, "protect")?),
            _ => attrs.choices = attr::list(key, input, "\"draft\" = \"Draft\"")?,
        }
        Ok(())
    });
    attrs
}
