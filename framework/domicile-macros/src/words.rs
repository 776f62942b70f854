//! Names made of names: a table's of a type's, a value's of a variant's, and what people say.

/// `BlogPost` as `blog_post`: a word starts at a capital after a small letter or a digit, and at the last capital of
/// several when a small letter follows.
pub(crate) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|i| chars.get(i)).copied().unwrap_or('_');
        let after = chars.get(i + 1).copied().unwrap_or('_');
        let starts = c.is_uppercase()
            && (before.is_lowercase()
                || before.is_ascii_digit()
                || (before.is_uppercase() && after.is_lowercase()));
        if starts {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// `pub_date` as `pub date`.
pub(crate) fn words(name: &str) -> String {
    name.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// What `name` is by a rule of serde's for `rename_all`; `None` where there is no such rule.
pub(crate) fn renamed(name: &str, rule: &str) -> Option<String> {
    let snake = snake(name);
    Some(match rule {
        "snake_case" => snake,
        "kebab-case" => snake.replace('_', "-"),
        "SCREAMING_SNAKE_CASE" => snake.to_uppercase(),
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        "PascalCase" => name.to_owned(),
        _ => return None,
    })
}

/// The rules of [`renamed`].
pub(crate) const RULES: &[&str] =
    &["snake_case", "kebab-case", "SCREAMING_SNAKE_CASE", "lowercase", "UPPERCASE", "PascalCase"];

/// `InReview` as `In review`.
pub(crate) fn label(name: &str) -> String {
    let words = words(&snake(name));
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_starts_at_a_capital() {
        for (name, expect) in [
            ("Post", "post"),
            ("BlogPost", "blog_post"),
            ("HTTPRequest", "http_request"),
            ("Post2Tag", "post2_tag"),
            ("A", "a"),
            ("Blog_Post", "blog_post"),
        ] {
            assert_eq!(snake(name), expect);
        }
    }

    #[test]
    fn people_read_words() {
        assert_eq!((words("pub_date"), words("_x__y_")), ("pub date".to_owned(), "x y".to_owned()));
        assert_eq!(label("InReview"), "In review");
    }

    #[test]
    fn every_rule_is_known() {
        let all: Vec<_> = RULES.iter().filter_map(|rule| renamed("InReview", rule)).collect();
        assert_eq!(all, ["in_review", "in-review", "IN_REVIEW", "inreview", "INREVIEW", "InReview"]);
        assert_eq!(renamed("InReview", "camelCase"), None);
    }
}
