//! Checks what `#[model(…)]` says, and fills in what it leaves out.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Fields, FieldsNamed, LitStr};

use super::column::{self, Column};
use super::name;
use super::read::{Attrs, Ordered};
use crate::attr::{self, Keyed};
use crate::errors::Errors;
use crate::words;

/// The most columns that a table has on the platform.
const MAX_COLUMNS: usize = 100;
/// How FTS5 makes words of text where nothing is said.
const TOKENIZER: &str = "unicode61";

/// A model with everything said.
pub(super) struct Model<'a> {
    pub(super) input: &'a DeriveInput,
    pub(super) name: LitStr,
    pub(super) table: LitStr,
    pub(super) verbose_name: LitStr,
    pub(super) verbose_name_plural: LitStr,
    pub(super) columns: Vec<Column<'a>>,
    /// Where the key stands; 0 after a mistake.
    pub(super) key: usize,
    pub(super) indexes: Vec<Index>,
    /// Places of columns, and whether the largest is first.
    pub(super) ordering: Vec<(usize, bool)>,
    pub(super) search: Option<(Vec<usize>, LitStr)>,
}

/// An index over several columns, by their places.
pub(super) struct Index {
    pub(super) unique: bool,
    pub(super) columns: Vec<usize>,
}

/// The model; `None` where there are no fields to make one of.
pub(super) fn check<'a>(input: &'a DeriveInput, attrs: Attrs, errors: &mut Errors) -> Option<Model<'a>> {
    let Some(fields) = named(input) else {
        errors
            .at(&input.ident, "a model is a struct with a named field for each column: write such a struct");
        return None;
    };
    if !input.generics.params.is_empty() {
        errors.at(
            &input.generics,
            "a model has no generics: it is one table. Write a struct for each table that there is",
        );
        return None;
    }
    let key = key(input, fields, &attrs, errors);
    let columns = columns(fields, attrs.fields, key, errors);
    let all = Names(&columns);
    let name = input.ident.unraw().to_string();
    let verbose_name = said(attrs.verbose_name, errors)
        .unwrap_or_else(|| LitStr::new(&words::words(&words::snake(&name)), input.ident.span()));
    let verbose_name_plural = said(attrs.verbose_name_plural, errors)
        .unwrap_or_else(|| LitStr::new(&format!("{}s", verbose_name.value()), input.ident.span()));
    let table = table(attrs.table, &name, &input.ident, errors);
    let ordering = ordering(&attrs.ordering, &all, errors);
    let indexes = indexes(&attrs.indexes, &all, errors);
    let search = search(attrs.search, attrs.tokenizer, &all, errors);
    Some(Model {
        input,
        name: LitStr::new(&name, input.ident.span()),
        table,
        verbose_name,
        verbose_name_plural,
        columns,
        key: key.unwrap_or_default(),
        indexes,
        ordering,
        search,
    })
}

fn named(input: &DeriveInput) -> Option<&FieldsNamed> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => Some(fields),
            _ => None,
        },
        _ => None,
    }
}

/// The field that is marked, or that is called `id`.
fn key(input: &DeriveInput, fields: &FieldsNamed, attrs: &Attrs, errors: &mut Errors) -> Option<usize> {
    let mut marked =
        attrs.fields.iter().enumerate().filter_map(|(at, field)| Some((at, field.key.as_ref()?)));
    if let Some((at, _)) = marked.next() {
        for (_, second) in marked {
            errors.at(
                second,
                "a model has one key: take one of them away, and write `unique(…)` on the struct for several columns together",
            );
        }
        return Some(at);
    }
    let id = fields.named.iter().position(|field| field.ident.as_ref().is_some_and(|ident| ident == "id"));
    if id.is_none() {
        errors.at(
            &input.ident,
            "a model has a primary key: add a field `id: i64`, which numbers the rows, or mark another with `#[model(key)]`",
        );
    }
    id
}

fn columns<'a>(
    fields: &'a FieldsNamed,
    attrs: Vec<super::read::FieldAttrs>,
    key: Option<usize>,
    errors: &mut Errors,
) -> Vec<Column<'a>> {
    let mut columns: Vec<Column<'a>> = Vec::with_capacity(fields.named.len());
    for (at, (field, attrs)) in fields.named.iter().zip(attrs).enumerate() {
        let Some(ident) = &field.ident else { continue };
        let column = column::check(field, ident, attrs, key == Some(at), errors);
        // SQLite does not tell names apart by case.
        if columns.iter().any(|other| other.name.value().eq_ignore_ascii_case(&column.name.value())) {
            errors.at(
                &column.name,
                format_args!("two fields are the column `{}`: give each its own", column.name.value()),
            );
        }
        if at == MAX_COLUMNS {
            errors.at(
                ident,
                format_args!(
                    "a table has at most {MAX_COLUMNS} columns on the platform, and this is one more: move some to a model that points to this one"
                ),
            );
        }
        columns.push(column);
    }
    columns
}

fn table(given: Option<Keyed<LitStr>>, name: &str, ident: &Ident, errors: &mut Errors) -> LitStr {
    let table = match given {
        Some(Keyed { value, .. }) => value,
        None => LitStr::new(&words::snake(name), ident.span()),
    };
    let text = table.value();
    if let Some(wrong) = name::wrong(&text) {
        errors.at(&table, format_args!("a table {wrong}: write `#[model(table = \"…\")]`"));
    }
    let small = text.to_ascii_lowercase();
    if let Some((taken, whose)) = name::TAKEN.iter().find(|(taken, _)| small.starts_with(taken)) {
        errors.at(
            &table,
            format_args!("tables whose names begin with `{taken}` belong to {whose}: write `#[model(table = \"…\")]` with another"),
        );
    }
    table
}

/// Text that people read, which is not empty.
pub(super) fn said(given: Option<Keyed<LitStr>>, errors: &mut Errors) -> Option<LitStr> {
    let Keyed { key, value } = given?;
    if value.value().trim().is_empty() {
        errors.at(&value, format_args!("`{key}` is empty: write it, or take it away"));
    }
    Some(value)
}

/// The fields by name.
struct Names<'a, 'b>(&'b [Column<'a>]);

impl Names<'_, '_> {
    fn find(&self, name: &Ident, errors: &mut Errors) -> Option<usize> {
        let found = self.0.iter().position(|column| column.ident == name);
        if found.is_none() {
            let known: Vec<String> = self.0.iter().map(|column| column.ident.unraw().to_string()).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            errors.at(name, attr::unknown(&name.unraw().to_string(), &known, "fields"));
        }
        found
    }

    /// The fields of a list, in which none stands twice.
    fn list(&self, list: &Keyed<Vec<Ident>>, errors: &mut Errors) -> Vec<usize> {
        let mut places = Vec::with_capacity(list.value.len());
        for name in &list.value {
            let Some(place) = self.find(name, errors) else { continue };
            if places.contains(&place) {
                errors.at(name, format_args!("`{name}` stands twice in `{}(…)`: take one away", list.key));
            }
            places.push(place);
        }
        places
    }
}

fn ordering(ordered: &[Ordered], all: &Names<'_, '_>, errors: &mut Errors) -> Vec<(usize, bool)> {
    let mut places: Vec<(usize, bool)> = Vec::with_capacity(ordered.len());
    for Ordered { descending, field } in ordered {
        let Some(place) = all.find(field, errors) else { continue };
        if places.iter().any(|(other, _)| *other == place) {
            errors.at(field, format_args!("`{field}` stands twice in `ordering(…)`: take one away"));
        }
        places.push((place, *descending));
    }
    places
}

fn indexes(lists: &[Keyed<Vec<Ident>>], all: &Names<'_, '_>, errors: &mut Errors) -> Vec<Index> {
    let mut indexes: Vec<Index> = Vec::with_capacity(lists.len());
    for list in lists {
        let (key, columns) = (&list.key, all.list(list, errors));
        if let [only] = list.value.as_slice() {
            errors.at(
                only,
                format_args!(
                    "`{key}(…)` is for several columns: for one, write `#[model({key})]` on the field"
                ),
            );
        }
        if !columns.is_empty() && indexes.iter().any(|other| other.columns == columns) {
            errors.at(key, "there is an index over these columns already: take one away");
        }
        indexes.push(Index { unique: key == "unique", columns });
    }
    indexes
}

fn search(
    list: Option<Keyed<Vec<Ident>>>,
    tokenizer: Option<Keyed<LitStr>>,
    all: &Names<'_, '_>,
    errors: &mut Errors,
) -> Option<(Vec<usize>, LitStr)> {
    if let (None, Some(Keyed { key, .. })) = (&list, &tokenizer) {
        errors.at(
            key,
            "`tokenizer` is of the full-text index: add `search(…)` with the fields that are searched",
        );
    }
    let list = list?;
    let tokenizer = said(tokenizer, errors).unwrap_or_else(|| LitStr::new(TOKENIZER, list.key.span()));
    Some((all.list(&list, errors), tokenizer))
}
