//! The tokenizer of statements, and what is told from its tokens: what a text does, and where its statements end.

use domicile::sql::statement::{Class, Refused, classify, classify_one, split, tokens};

/// What stands between two tokens to keep them apart, whatever they are.
const APART: &str = " /**/";

/// Looks at `data` as SQL.
pub fn run(data: &[u8]) {
    let sql = &*String::from_utf8_lossy(data);
    pieces_are_the_text(sql);
    spaces_and_comments_say_nothing(sql);
    a_text_does_what_its_statements_do(sql);
}

/// Tokens stand in the text in their order, and between them are spaces, comments and byte order marks.
fn pieces_are_the_text(sql: &str) {
    let mut at = 0;
    for token in tokens(sql) {
        assert!(!token.is_empty(), "a token without text");
        let from = token.as_ptr() as usize - sql.as_ptr() as usize;
        assert!(from >= at && from + token.len() <= sql.len(), "{token:?} stands elsewhere");
        says_nothing(&sql[at..from]);
        at = from + token.len();
    }
    says_nothing(&sql[at..]);
}

#[track_caller]
fn says_nothing(gap: &str) {
    let mut rest = gap;
    while !rest.is_empty() {
        rest = if let Some(comment) = rest.strip_prefix("--") {
            comment.find('\n').map_or("", |end| &comment[end..])
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or("", |end| &comment[end + 2..])
        } else {
            match rest.strip_prefix([' ', '\t', '\n', '\x0b', '\x0c', '\r', '\u{feff}']) {
                Some(rest) => rest,
                None => panic!("{rest:?} of {gap:?} is in no token"),
            }
        };
    }
}

/// The tokens with comments between them are the same tokens, and do the same.
fn spaces_and_comments_say_nothing(sql: &str) {
    let spelled = spelled(sql);
    assert!(tokens(sql).eq(tokens(&spelled)), "{spelled:?} has other tokens");
    match classify(sql) {
        // What stands behind the last statement may be a comment, and a NUL in one, which are gone.
        Err(Refused::Trailing | Refused::Nul) => {}
        told => assert_eq!(classify(&spelled), told, "{spelled:?}"),
    }
    let (lower, upper) = (spelled.to_ascii_lowercase(), spelled.to_ascii_uppercase());
    for other in [lower, upper] {
        match (classify(&spelled), classify(&other)) {
            // It is told as it is spelled.
            (Err(Refused::HiddenName(_)), Err(Refused::HiddenName(_))) => {}
            (told, again) => assert_eq!(again, told, "{other:?}"),
        }
    }
}

fn spelled(sql: &str) -> String {
    tokens(sql).collect::<Vec<_>>().join(APART)
}

/// A text only reads if each of its statements does.
fn a_text_does_what_its_statements_do(sql: &str) {
    let Ok(pieces) = split(sql) else {
        assert!(classify(sql).is_err(), "it cannot be split, and would run");
        return;
    };
    let mut at = 0;
    for piece in &pieces {
        let from = piece.text.as_ptr() as usize - sql.as_ptr() as usize;
        assert!(from >= at && !piece.text.is_empty(), "{piece:?} stands elsewhere");
        assert_eq!(piece.line, 1 + sql[..from].matches('\n').count(), "{piece:?}");
        at = from + piece.text.len();
    }
    let of_pieces = pieces.iter().flat_map(|piece| tokens(piece.text));
    assert!(of_pieces.filter(|t| *t != ";").eq(tokens(sql).filter(|t| *t != ";")), "tokens are lost");
    match classify(sql) {
        Ok(class) => {
            assert!(!pieces.is_empty());
            let classes: Vec<_> = pieces.iter().map(|piece| classify_one(piece.text)).collect();
            let all_read = classes.iter().all(|class| *class == Ok(Class::Read));
            assert_eq!(all_read, class == Class::Read, "{classes:?}");
            assert_eq!(classify_one(sql).is_ok(), pieces.len() == 1);
        }
        Err(Refused::NoStatement) => assert!(pieces.is_empty(), "{pieces:?}"),
        Err(_) => {}
    }
}
