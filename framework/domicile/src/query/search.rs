//! Full-text search: the words of a person, in the form of FTS5, and the join with the index.

use sea_query::{Expr as Sql, ExprTrait as _, JoinType, SelectStatement};

use super::objects::Objects;
use super::selection::Selection;
use crate::model::{Model, Schema};

impl<M: Model, S: Selection<M>> Objects<M, S> {
    /// Only the rows that have all of the words in the columns of the model's `search(…)`; the best come first unless
    /// [`order_by`](Objects::order_by) says otherwise.
    ///
    /// The text is a person's: it has no syntax. A row must have each word; text without any finds nothing.
    #[must_use]
    pub fn search(mut self, words: &str) -> Self {
        self.search = Some(all_words(words, false));
        self
    }

    /// As [`search`](Objects::search), where the last word may be the beginning of one, as it is while somebody types.
    #[must_use]
    pub fn search_as_typed(mut self, words: &str) -> Self {
        self.search = Some(all_words(words, true));
        self
    }
}

/// Each word between quotation marks, in which FTS5 knows no operators.
fn all_words(text: &str, typing: bool) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut query = words.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ");
    if typing && !query.is_empty() {
        query.push('*');
    }
    query
}

/// The table of a model's index.
pub(crate) fn table(schema: &Schema) -> String {
    format!("{}_search", schema.table)
}

/// Joins the index; a sentence where there is none.
pub(super) fn join(select: &mut SelectStatement, schema: &'static Schema, words: &str) -> Option<String> {
    if schema.search.is_none() {
        return Some(format!(
            "`{}` has no full-text index: add `#[model(search(column, …))]` to it and make a migration",
            schema.name
        ));
    }
    let index = table(schema);
    let on = Sql::col((index.clone(), "rowid")).eq(Sql::col((schema.table, schema.key().name)));
    select.join(JoinType::InnerJoin, index.clone(), on);
    // MATCH takes no empty query.
    if words.is_empty() {
        select.and_where(Sql::Constant(false.into()));
        return None;
    }
    // The column that has the table's name stands for the whole row.
    select.and_where(
        Sql::col((index.clone(), index))
            .binary(sea_query::BinOper::Custom("MATCH".into()), Sql::val(words.to_owned())),
    );
    None
}

/// The best first.
pub(super) fn by_rank(select: &mut SelectStatement, schema: &'static Schema) {
    select.order_by((table(schema), "rank"), sea_query::Order::Asc);
    select.order_by((schema.table, schema.key().name), sea_query::Order::Asc);
}

#[cfg(test)]
mod tests {
    use super::all_words;

    #[test]
    fn what_a_person_types_has_no_syntax() {
        assert_eq!(all_words("a OR b", false), r#""a" "OR" "b""#);
        assert_eq!(all_words(r#"title:x" NEAR(*) -y"#, false), r#""title" "x" "NEAR" "y""#);
        assert_eq!(all_words("Grüße, 東京", true), r#""Grüße" "東京"*"#);
        assert_eq!(all_words(" ,; ", true), "");
    }
}
