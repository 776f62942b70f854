//! Paths: their percent-encoding is checked once and undone for matching, so that both hosts match the same.

use std::borrow::Cow;

/// A path whose percent-encoding is broken, or is not UTF-8: 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadEncoding;

/// Undoes the encoding of everything but `/` and `%`, which stay `%2F` and `%25`: so that an encoded slash does not
/// make a segment of its own, and undoing twice gives nothing new.
///
/// # Errors
/// What follows a `%` is no byte, or the bytes are not UTF-8.
pub fn normalise(path: &str) -> Result<Cow<'_, str>, BadEncoding> {
    if !path.contains('%') {
        return Ok(Cow::Borrowed(path));
    }
    let mut out = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (Some(high), Some(low)) = (bytes.next().and_then(hex), bytes.next().and_then(hex)) else {
            return Err(BadEncoding);
        };
        match high * 16 + low {
            b'/' => out.extend(b"%2F"),
            b'%' => out.extend(b"%25"),
            other => out.push(other),
        }
    }
    String::from_utf8(out).map(Cow::Owned).map_err(|_| BadEncoding)
}

/// `target` with the escapes undone that need none: letters, digits, `-`, `.`, `_` and `~` (RFC 3986, 6.2.2.2). So a
/// path has one spelling, and a check of it cannot be passed by writing `%65` for `e`. A path in which an escape is broken, which
/// is answered by 400, stays as it is: in `%6%31` it would otherwise become whole.
pub(crate) fn canonical(target: &str) -> Cow<'_, str> {
    let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
    if !path.contains('%') {
        return Cow::Borrowed(target);
    }
    let mut out = String::with_capacity(target.len());
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let mut digits = escape.bytes().skip(1).map(hex);
        let (Some(high), Some(low)) = (digits.next().flatten(), digits.next().flatten()) else {
            return Cow::Borrowed(target);
        };
        let byte = high * 16 + low;
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
            rest = escape.get(3..).unwrap_or_default();
        } else {
            out.push('%');
            rest = escape.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out.push_str(query);
    Cow::Owned(out)
}

/// The text of one segment of a normalised path.
pub(crate) fn segment(text: &str) -> String {
    text.replace("%2F", "/").replace("%25", "%")
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expect: Result<&str, BadEncoding>) {
        assert_eq!(normalise(path).as_deref(), expect.as_ref().map(|s| *s));
    }

    #[test]
    fn encoding_is_undone_but_for_slash_and_percent() {
        check("/a/b", Ok("/a/b"));
        check("/a%20b/%C3%A9", Ok("/a b/é"));
        check("/a%2fb%25", Ok("/a%2Fb%25"));
        check("/%252F", Ok("/%252F"));
        check("/%", Err(BadEncoding));
        check("/%4", Err(BadEncoding));
        check("/%zz", Err(BadEncoding));
        check("/%ff", Err(BadEncoding));
        check("/%é1", Err(BadEncoding));
    }

    #[test]
    fn a_path_has_one_spelling() {
        let check = |target: &str, expect: &str| assert_eq!(canonical(target), expect);
        check("/%65ntry/%41%7e?q=%65", "/entry/A~?q=%65");
        check("/a%2Fb%2fc%25%20%C3%A9", "/a%2Fb%2fc%25%20%C3%A9");
        check("/%256%35", "/%2565");
        check("/%", "/%");
        check("/%4", "/%4");
        check("/%zz%é", "/%zz%é");
        check("/%6%31dmin/%61", "/%6%31dmin/%61");
    }

    #[test]
    fn a_segment_gets_its_slash_back() {
        assert_eq!(segment("a%2Fb"), "a/b");
        assert_eq!(segment("%252F"), "%2F");
    }
}
