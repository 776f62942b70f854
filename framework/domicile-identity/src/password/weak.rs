//! What makes a password too weak: Django's four validators, with its sentences and its bounds.

/// The fewest characters.
const MIN_CHARS: usize = 8;

/// How alike a password and what is known of the account may be, as the share of characters that they have in common.
const MAX_SIMILARITY: f64 = 0.7;

/// What is tried first by whoever guesses.
const COMMON: &str = include_str!("common.txt");

/// What is wrong with a new password, in sentences for the one who chose it; empty where nothing is.
///
/// `about` is what is known of the account and what it is called: `[("username", "ada"), ("email address", "ada@…")]`.
///
/// ```
/// use domicile_identity::password::problems;
///
/// assert!(problems("correct horse", &[("username", "ada")]).is_empty());
/// assert_eq!(problems("password", &[]), ["This password is too common."]);
/// ```
#[must_use]
pub fn problems(password: &str, about: &[(&str, &str)]) -> Vec<String> {
    let mut told = Vec::new();
    if let Some((name, _)) = about.iter().find(|(_, value)| is_similar(password, value)) {
        told.push(format!("The password is too similar to the {name}."));
    }
    if password.chars().count() < MIN_CHARS {
        told.push(format!("This password is too short. It must contain at least {MIN_CHARS} characters."));
    }
    let lower = password.to_lowercase();
    if COMMON.lines().any(|common| common == lower.trim()) {
        told.push("This password is too common.".to_owned());
    }
    if !password.is_empty() && password.chars().all(char::is_numeric) {
        told.push("This password is entirely numeric.".to_owned());
    }
    if password.len() > super::MAX_BYTES {
        told.push(format!("This password is too long. It must contain at most {} bytes.", super::MAX_BYTES));
    }
    told
}

/// Whether the password is much the same as a value or one of the words in it.
fn is_similar(password: &str, value: &str) -> bool {
    let (password, value) = (password.to_lowercase(), value.to_lowercase());
    let words = value.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.chain([value.as_str()]).any(|part| similarity(&password, part) >= MAX_SIMILARITY)
}

/// What Python calls `quick_ratio`: twice the characters that both have, in whatever order, by all that there are. Of texts
/// of very different length it is 0, as Django has it, since it could not be large.
fn similarity(one: &str, other: &str) -> f64 {
    let (mut left, there): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let all = left.len() + there.len();
    if there.is_empty() || left.len() >= 10 * there.len() || there.len() > super::MAX_BYTES {
        return 0.0;
    }
    let mut both = 0_u32;
    for c in there {
        if let Some(at) = left.iter().position(|known| *known == c) {
            left.swap_remove(at);
            both += 1;
        }
    }
    f64::from(2 * both) / f64::from(u32::try_from(all).unwrap_or(u32::MAX))
}
