//! Filters and functions of texts: whole, parts, case, and texts that are hard to keep whole.

use domicile::prelude::*;
use domicile::query::{Executor, create_all};

use super::super::model::{Everything, Note, Post};
use super::same;
use super::world::{keys, notes, posts, world};

const HARD: [&str; 9] = [
    "O'Brien said \"hi\" `there`",
    "a\0b",
    "cafe\u{301} 🙂 naïve",
    "100% _sure_ [x] *y* ?",
    "",
    "\\ \n \t \r",
    "🙂🙃",
    "\u{10ffff}\u{d7ff}\u{e000}",
    "%s %d $1 :a @b ?1 {}",
];

pub(super) async fn hard_texts_come_back_whole(on: &dyn Executor) -> Result<()> {
    notes(on, &HARD).await?;
    let texts = Note::objects().order_by(Note::id).select(Note::text).all(on).await?;
    same(texts, HARD.map(str::to_owned).to_vec())
}

pub(super) async fn hard_texts_are_found_by_eq(on: &dyn Executor) -> Result<()> {
    notes(on, &HARD).await?;
    for (id, text) in (1..).zip(HARD) {
        same(keys(on, Note::text.eq(text)).await?, vec![id])?;
        same(keys(on, Note::text.is_in([text])).await?, vec![id])?;
        same(keys(on, Note::text.ieq(text)).await?, vec![id])?;
    }
    Ok(())
}

pub(super) async fn hard_texts_are_found_in_long_lists(on: &dyn Executor) -> Result<()> {
    notes(on, &HARD).await?;
    for (id, text) in (1..).zip(HARD) {
        let list = (0..30).map(|n| format!("no{n}")).chain([text.to_owned()]);
        same(keys(on, Note::text.is_in(list)).await?, vec![id])?;
    }
    Ok(())
}

pub(super) async fn hard_texts_are_found_by_their_parts(on: &dyn Executor) -> Result<()> {
    notes(on, &HARD).await?;
    for (part, id) in [
        ("Brien said \"", 1),
        ("\0", 2),
        ("e\u{301} ", 3),
        ("% _s", 4),
        ("[x] *", 4),
        ("\n \t", 6),
        ("🙃", 7),
        ("\u{d7ff}", 8),
        ("?1 {", 9),
    ] {
        same(keys(on, Note::text.contains(part)).await?, vec![id])?;
        same(keys(on, Note::text.icontains(part)).await?, vec![id])?;
    }
    Ok(())
}

pub(super) async fn hard_texts_are_found_by_their_ends(on: &dyn Executor) -> Result<()> {
    notes(on, &HARD).await?;
    for (id, text) in (1_u32..).zip(HARD).filter(|(_, text)| !text.is_empty()) {
        let chars: Vec<char> = text.chars().collect();
        let start: String = chars.iter().take(2).collect();
        let end: String = chars.iter().skip(chars.len().saturating_sub(2)).collect();
        same(keys(on, Note::text.starts_with(start.as_str())).await?.contains(&id), true)?;
        same(keys(on, Note::text.istarts_with(start)).await?.contains(&id), true)?;
        same(keys(on, Note::text.ends_with(end.as_str())).await?.contains(&id), true)?;
        same(keys(on, Note::text.iends_with(end)).await?.contains(&id), true)?;
    }
    same(keys(on, Note::text.starts_with("a\0c")).await?, vec![])?;
    same(keys(on, Note::text.istarts_with("A\0B")).await?, vec![2])?;
    same(keys(on, Note::text.istarts_with("A\0c")).await?, vec![])?;
    same(keys(on, Note::text.ends_with("\0b")).await?, vec![2])?;
    same(keys(on, Note::text.iends_with("A\0B")).await?, vec![2])?;
    same(keys(on, Note::text.ends_with("\u{301}b")).await?, vec![])
}

pub(super) async fn needles_of_60_bytes_are_no_trouble(on: &dyn Executor) -> Result<()> {
    let long = "x".repeat(60);
    notes(on, &[&format!("a{long}B"), &long, "x"]).await?;
    same(keys(on, Note::text.contains(long.as_str())).await?, vec![1, 2])?;
    same(keys(on, Note::text.icontains(long.to_uppercase())).await?, vec![1, 2])?;
    same(keys(on, Note::text.starts_with(long.as_str())).await?, vec![2])?;
    same(keys(on, Note::text.ends_with(long.as_str())).await?, vec![2])?;
    same(keys(on, Note::text.iends_with(format!("{long}b"))).await?, vec![1])?;
    same(keys(on, Note::text.contains("x".repeat(61))).await?, vec![])
}

pub(super) async fn wildcards_are_letters_like_others(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    for part in ["%", "_", "*", "[a-z]", "?", "B%"] {
        let found = if ["%", "_"].contains(&part) { vec![5] } else { vec![] };
        same(posts(on, Post::title.contains(part)).await?, found.clone())?;
        same(posts(on, Post::title.icontains(part)).await?, found)?;
        same(posts(on, Post::title.starts_with(part)).await?, vec![])?;
        same(posts(on, Post::title.istarts_with(part)).await?, vec![])?;
    }
    same(posts(on, Post::title.ends_with("_")).await?, vec![5])
}

pub(super) async fn parts_know_large_from_small(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::title.contains("boats")).await?, vec![2])?;
    same(posts(on, Post::title.starts_with("tree")).await?, vec![])?;
    same(posts(on, Post::title.ends_with("Trees")).await?, vec![3])
}

pub(super) async fn i_forms_do_not_know_large_from_small(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::title.ieq("bOATS")).await?, vec![1])?;
    same(posts(on, Post::title.icontains("BOATS")).await?, vec![1, 2])?;
    same(posts(on, Post::title.istarts_with("abOUT")).await?, vec![2])?;
    same(posts(on, Post::title.iends_with("TREES")).await?, vec![3, 4])
}

pub(super) async fn i_forms_know_a_to_z_only(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    same(posts(on, Post::title.ieq("ünder trees")).await?, vec![])?;
    same(posts(on, Post::title.ieq("Ünder TREES")).await?, vec![4])?;
    same(posts(on, Post::title.icontains("üN")).await?, vec![])?;
    same(posts(on, Post::title.icontains("ÜN")).await?, vec![4])?;
    same(posts(on, Post::title.istarts_with("ÜNDER")).await?, vec![4])?;
    let made = Post::by_key(4_u32).select((Post::title.lower(), Post::title.upper())).get(on).await?;
    same(made, ("Ünder trees".to_owned(), "ÜNDER TREES".to_owned()))
}

pub(super) async fn combining_marks_are_letters_of_their_own(on: &dyn Executor) -> Result<()> {
    notes(on, &["cafe\u{301}", "caf\u{e9}"]).await?;
    same(keys(on, Note::text.eq("caf\u{e9}")).await?, vec![2])?;
    same(keys(on, Note::text.contains("cafe")).await?, vec![1])?;
    let lengths = Note::objects().order_by(Note::id).select(Note::text.length()).all(on).await?;
    same(lengths, vec![5, 4])
}

pub(super) async fn the_empty_text_is_part_of_all(on: &dyn Executor) -> Result<()> {
    notes(on, &["a", ""]).await?;
    same(keys(on, Note::text.contains("")).await?, vec![1, 2])?;
    same(keys(on, Note::text.icontains("")).await?, vec![1, 2])?;
    same(keys(on, Note::text.starts_with("")).await?, vec![1, 2])?;
    same(keys(on, Note::text.istarts_with("")).await?, vec![1, 2])?;
    same(keys(on, Note::text.ends_with("")).await?, vec![1, 2])?;
    same(keys(on, Note::text.iends_with("")).await?, vec![1, 2])?;
    same(keys(on, Note::text.eq("")).await?, vec![2])
}

pub(super) async fn the_empty_text_is_not_null(on: &dyn Executor) -> Result<()> {
    for (id, text) in [(1, Some("")), (2, None), (3, Some("x"))] {
        let text = text.map(str::to_owned);
        Everything::create().set(Everything::id, id).set(Everything::text, text).run(on).await?;
    }
    same(keys(on, Everything::text.eq("")).await?, vec![1])?;
    same(keys(on, Everything::text.is_null()).await?, vec![2])?;
    same(keys(on, Everything::text.ne("")).await?, vec![2, 3])?;
    same(keys(on, Everything::text.contains("")).await?, vec![1, 3])?;
    same(keys(on, Everything::text.starts_with("")).await?, vec![1, 3])?;
    same(keys(on, Everything::text.ends_with("")).await?, vec![1, 3])?;
    same(keys(on, !Everything::text.contains("x")).await?, vec![1, 2])?;
    let lengths = Everything::objects().order_by(Everything::id).select(Everything::text.length());
    same(lengths.all(on).await?, vec![Some(0), None, Some(1)])
}

pub(super) async fn lengths_count_characters(on: &dyn Executor) -> Result<()> {
    notes(on, &["abc", "ÄÖÜ", "🙂🙃", "", "東京"]).await?;
    let lengths = Note::objects().order_by(Note::id).select(Note::text.length()).all(on).await?;
    same(lengths, vec![3, 3, 2, 0, 2])?;
    same(keys(on, Note::text.length().gt(2)).await?, vec![1, 2])
}

pub(super) async fn left_takes_whole_characters(on: &dyn Executor) -> Result<()> {
    notes(on, &["abc", "ÄÖÜ", "🙂🙃", ""]).await?;
    let starts = |n| Note::objects().order_by(Note::id).select(Note::text.left(n));
    same(starts(1).all(on).await?, vec!["a".to_owned(), "Ä".to_owned(), "🙂".to_owned(), String::new()])?;
    same(starts(0).all(on).await?, vec![String::new(); 4])?;
    same(starts(9).first(on).await?, Some("abc".to_owned()))?;
    same(keys(on, Note::text.left(2).eq("ÄÖ")).await?, vec![2])
}

pub(super) async fn functions_stand_in_each_other(on: &dyn Executor) -> Result<()> {
    notes(on, &["Hello World", "hello"]).await?;
    same(keys(on, Note::text.lower().left(5).eq("hello")).await?, vec![1, 2])?;
    same(keys(on, Note::text.upper().length().eq(5)).await?, vec![2])?;
    same(keys(on, Note::text.lower().contains("o w")).await?, vec![1])?;
    same(keys(on, Note::text.lower().starts_with("hello ")).await?, vec![1])
}

pub(super) async fn starts_with_uses_an_index(on: &dyn Executor) -> Result<()> {
    world(on).await?;
    let plan = super::super::model::Author::objects()
        .filter(super::super::model::Author::email.starts_with("Ada"))
        .order_by(super::super::model::Author::email)
        .explain(on)
        .await?;
    same(plan.full_scans(), vec![])?;
    same(plan.steps.iter().any(|step| step.contains("author_email_uniq")), true)
}

pub(super) async fn texts_sort_byte_by_byte(on: &dyn Executor) -> Result<()> {
    notes(on, &["b", "B", "a", "Ä", "aa", "", "z", "🙂"]).await?;
    let texts = Note::objects().order_by(Note::text).select(Note::text).all(on).await?;
    same(
        texts.iter().map(String::as_str).collect::<Vec<_>>(),
        vec!["", "B", "a", "aa", "b", "z", "Ä", "🙂"],
    )?;
    let folded =
        Note::objects().order_by((Note::text.lower(), -Note::text)).select(Note::text).all(on).await?;
    same(folded.iter().map(String::as_str).collect::<Vec<_>>(), vec!["", "a", "aa", "b", "B", "z", "Ä", "🙂"])
}

pub(super) async fn long_texts_come_back_whole(on: &dyn Executor) -> Result<()> {
    let long = "0123456789abcdeü".repeat(20_000);
    let rows = vec![Note::create().set(Note::text, long.as_str()), Note::create().set(Note::text, "x")];
    create_all(rows, on).await?;
    same(Note::by_key(1_u32).get(on).await?.text == long, true)?;
    same(Note::by_key(1_u32).select(Note::text.length()).get(on).await?, 320_000)?;
    same(keys(on, Note::text.eq(long)).await?, vec![1])
}
