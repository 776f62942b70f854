//! A request's headers as workerd's `Headers` gives them.

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue, SET_COOKIE};

/// Gives `headers` the form that a Worker sees: sorted by name, the values of a name joined by
/// `", "` (but not those of `set-cookie`), and bytes that are not UTF-8 replaced by U+FFFD.
///
/// workerd joins repeated `cookie` headers with a comma too. No browser sends more than one.
pub(super) fn as_workerd(headers: HeaderMap) -> HeaderMap {
    let mut names: Vec<_> = headers.keys().cloned().collect();
    names.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    let mut seen = HeaderMap::with_capacity(names.len());
    for name in names {
        let mut values = headers.get_all(&name).iter();
        if name == SET_COOKIE {
            for value in values {
                seen.append(SET_COOKIE, utf8(value.clone()));
            }
            continue;
        }
        let Some(first) = values.next().cloned() else { continue };
        let joined = values.fold(first, |before, next| join(&before, next));
        seen.insert(name, utf8(joined));
    }
    seen
}

fn join(before: &HeaderValue, next: &HeaderValue) -> HeaderValue {
    let bytes = [before.as_bytes(), b", ", next.as_bytes()].concat();
    // Two values with a comma between them are always one value.
    HeaderValue::from_maybe_shared(Bytes::from(bytes)).unwrap_or_else(|_| before.clone())
}

fn utf8(value: HeaderValue) -> HeaderValue {
    if value.as_bytes().is_ascii() {
        return value;
    }
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    HeaderValue::from_maybe_shared(Bytes::from(text)).unwrap_or(value)
}
