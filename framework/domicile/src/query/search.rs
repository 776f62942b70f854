//! Full-text search: the words of a person, in the form of FTS5, and the join with the index.

use super::objects::Objects;
use super::selection::Selection;
use super::sql::{Rank, Sql, Text};
use crate::model::{Model, Schema};
use crate::value::Value;

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

/// Each word between quotation marks, in which FTS5 knows no operators. What is not ASCII is left to its tokenizer, which
/// knows the marks that stand behind a letter.
fn all_words(text: &str, typing: bool) -> String {
    let parts = text.split(|c: char| c.is_whitespace() || (c.is_ascii() && !c.is_ascii_alphanumeric()));
    let words = parts.filter(|word| word.contains(char::is_alphanumeric));
    let mut query = words.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" ");
    if typing && !query.is_empty() {
        query.push('*');
    }
    query
}

/// The table of a model's index.
fn table(schema: &Schema) -> String {
    format!("{}_search", schema.table)
}

/// Joins the index and gives the condition; a sentence where there is none.
pub(super) fn join(text: &mut Text, schema: &'static Schema, words: &str) -> Result<Sql, String> {
    if schema.search.is_none() {
        return Err(format!(
            "`{}` has no full-text index: add `#[model(search(column, …))]` to it and make a migration",
            schema.name
        ));
    }
    let index = table(schema);
    text.push(" JOIN ").name(&index).push(" ON ").add(Sql::column(&index, "rowid")).push(" = ");
    text.add(Sql::column(schema.table, schema.key().name));
    // MATCH takes no empty query.
    if words.is_empty() {
        return Ok(Sql::raw("FALSE"));
    }
    // The column that has the table's name stands for the whole row.
    Ok(Sql::column(&index, &index).infix("MATCH", Rank::Equal, Sql::param(Value::Text(words.to_owned()))))
}

/// The best first.
pub(super) fn by_rank(text: &mut Text, schema: &'static Schema) {
    text.push(" ORDER BY ").add(Sql::column(&table(schema), "rank")).push(", ");
    text.add(Sql::column(schema.table, schema.key().name));
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
