//! [`Draft`]: what was typed into the form, and what is wrong with it.

use domicile::prelude::*;

/// The most characters of a title.
const TITLE: usize = 200;

/// The most bytes of a text: a row of SQLite in a Durable Object has at most 2 MB.
const CONTENT: usize = 1_900_000;

/// A post that may not be one yet.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    pub(crate) title: String,
    pub(crate) content: String,
}

/// The field that a mistake is in, and what is wrong.
pub(crate) type Mistake = (&'static str, String);

impl Draft {
    /// Why it cannot be published; nothing when it can.
    pub(crate) fn mistakes(&self) -> Vec<Mistake> {
        let title = self.title.trim();
        let length = title.chars().count();
        let mut mistakes = Vec::new();
        if title.is_empty() {
            mistakes.push(("title", "A post needs a title.".to_owned()));
        } else if length > TITLE {
            mistakes
                .push(("title", format!("A title has at most {TITLE} characters, this one has {length}.")));
        } else if title.contains(char::is_control) {
            mistakes.push(("title", "A title is one line of text.".to_owned()));
        }
        if self.content.len() > CONTENT {
            mistakes.push(("content", format!("A text has at most {CONTENT} bytes.")));
        } else if self.content.contains('\0') {
            mistakes.push(("content", "A text has no null characters.".to_owned()));
        }
        mistakes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, content: &str, fields: &[&str]) {
        let draft = Draft { title: title.to_owned(), content: content.to_owned() };
        let mistakes = draft.mistakes();
        assert_eq!(mistakes.iter().map(|(field, _)| *field).collect::<Vec<_>>(), fields, "{mistakes:?}");
    }

    #[test]
    fn titles() {
        check("Hello", "", &[]);
        check(" \t ", "", &["title"]);
        check(&"é".repeat(200), "", &[]);
        check(&format!("  {}  ", "é".repeat(200)), "", &[]);
        check(&"x".repeat(201), "", &["title"]);
        check("two\nlines", "", &["title"]);
    }

    #[test]
    fn contents() {
        check("Hello", "two\r\nlines\tand a tab", &[]);
        check("Hello", "\0", &["content"]);
        check("Hello", &"x".repeat(CONTENT), &[]);
        check("", &"x".repeat(CONTENT + 1), &["title", "content"]);
    }
}
