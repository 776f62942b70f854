//! [`Draft`]: what was typed into the form, and what is wrong with it.

use domicile::prelude::*;
use domicile::query::Create;

use crate::post::Post;

/// The most bytes of a text: a row of SQLite in a Durable Object has at most 2 MB.
const CONTENT: usize = 1_900_000;

/// A post that may not be one yet.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub(crate) title: String,
    pub(crate) content: String,
}

/// The field that a mistake is in, and what is wrong.
pub type Mistake = (&'static str, String);

impl Draft {
    /// The new post.
    ///
    /// # Errors
    /// Why it cannot be published.
    pub fn post(&self) -> Result<Create<Post>, Vec<Mistake>> {
        let mistakes = self.mistakes();
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        // Browsers end the lines of a form with two characters.
        let content = self.content.replace("\r\n", "\n");
        Ok(Post::create().set(Post::title, self.title.trim()).set(Post::content, content))
    }

    /// Why it cannot be published, in the blog's own words; nothing when it can.
    fn mistakes(&self) -> Vec<Mistake> {
        // The model refuses the same title, but in words for every model.
        let most = Post::title.schema().max_length.map_or(usize::MAX, |most| most as usize);
        let title = self.title.trim();
        let length = title.chars().count();
        let mut mistakes = Vec::new();
        if title.is_empty() {
            mistakes.push(("title", "A post needs a title.".to_owned()));
        } else if length > most {
            mistakes
                .push(("title", format!("A title has at most {most} characters, this one has {length}.")));
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
