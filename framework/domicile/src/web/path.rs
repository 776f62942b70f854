//! Paths: their percent-encoding is checked once and undone for matching, so that both hosts match the same.

use std::borrow::Cow;

/// A path whose percent-encoding is broken, or is not UTF-8: 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadEncoding;

/// Undoes the encoding of everything but `/` and `%`, which stay `%2F` and `%25`: so that an encoded slash does not
/// make a segment of its own, and undoing twice gives nothing new.
pub(crate) fn normalise(path: &str) -> Result<Cow<'_, str>, BadEncoding> {
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
    fn a_segment_gets_its_slash_back() {
        assert_eq!(segment("a%2Fb"), "a/b");
        assert_eq!(segment("%252F"), "%2F");
    }
}
