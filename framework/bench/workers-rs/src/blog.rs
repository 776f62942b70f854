//! The list page of the blog in examples/blog, with that blog's own templates.

use askama::Template;
use serde::Deserialize;

pub const PER_PAGE: u32 = 20;

/// The statement behind a page; its one parameter is how many posts come before it.
pub const LIST: &str = "SELECT id, title, substr(content, 1, 240) AS beginning, pub_date FROM post \
                        ORDER BY pub_date DESC, id DESC LIMIT 21 OFFSET ?";

pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; \
                          base-uri 'none'; frame-ancestors 'none'";

#[derive(Deserialize)]
pub struct Row {
    id: u32,
    title: String,
    beginning: String,
    pub_date: i64,
}

pub struct Site {
    pub name: String,
    pub prefix: String,
}

impl Site {
    fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }
}

#[derive(Template)]
#[template(path = "list.html")]
struct List<'a> {
    site: &'a Site,
    posts: &'a [(u32, String, String, i64)],
    number: u32,
    older: bool,
}

/// The first page.
pub fn list(site: &Site, rows: Vec<Row>) -> Result<String, askama::Error> {
    let older = rows.len() > PER_PAGE as usize;
    let posts: Vec<_> = rows
        .into_iter()
        .take(PER_PAGE as usize)
        .map(|row| (row.id, row.title, row.beginning, row.pub_date))
        .collect();
    List { site, posts: &posts, number: 1, older }.render()
}
