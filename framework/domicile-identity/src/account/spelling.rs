//! How names and e-mail addresses are written.

use super::model::User;

/// The most characters of a first name and of a last name.
const MAX_NAME: usize = 150;

/// The form in which e-mail addresses are compared: without spaces around, A to Z small.
///
/// Other letters stay as they are. Some of them become A to Z when they are made small, such as the sign for Kelvin, so that
/// whoever has an address with one would have that of somebody else (CVE-2019-19844 in Django).
///
/// ```
/// # use domicile_identity::account::normal_email;
/// assert_eq!(normal_email(" Ada@Example.COM "), "ada@example.com");
/// assert_ne!(normal_email("mi\u{212a}e@example.com"), "mike@example.com");
/// ```
#[must_use]
pub fn normal_email(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}

/// The first name, which is the first word, and the last name, which is the rest, each cut at 150 characters.
///
/// What is around and between the words is one space before they are split: Django's `' Ada  Lovelace '` would have no
/// first name.
///
/// ```
/// # use domicile_identity::account::split_name;
/// let split = |name| split_name(name);
/// assert_eq!(split("Ada King Lovelace"), ("Ada".to_owned(), "King Lovelace".to_owned()));
/// assert_eq!(split(" Ada  Lovelace "), ("Ada".to_owned(), "Lovelace".to_owned()));
/// assert_eq!(split("Ada"), ("Ada".to_owned(), String::new()));
/// assert_eq!(split(""), (String::new(), String::new()));
/// ```
#[must_use]
pub fn split_name(name: &str) -> (String, String) {
    let words = words(name);
    let (first, last) = words.split_once(' ').unwrap_or((&words, ""));
    (cut(first), cut(last))
}

/// Both names with one space between.
#[must_use]
pub fn full_name(user: &User) -> String {
    joined(&user.first_name, &user.last_name)
}

/// As [`full_name`], of names that are no row yet.
pub(super) fn joined(first: &str, last: &str) -> String {
    words(&format!("{first} {last}"))
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(name: &str) -> String {
    // A space at the end would be gone when the names are joined, and the name another one.
    name.chars().take(MAX_NAME).collect::<String>().trim_end().to_owned()
}
