//! [`Body`]: a reply's body, whole or as pages that are read one by one.

use bytes::Bytes;

use crate::cx::Cx;
use crate::error::Result;

/// The body of a reply.
pub enum Body {
    /// All of it.
    Whole(Bytes),
    /// Pieces, each of which is a read of its own.
    Pages(Pages),
}

/// One piece of a paged body, and where the next one starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<C> {
    /// The bytes of this piece.
    pub bytes: Bytes,
    /// Where to go on; `None` after the last piece.
    pub next: Option<C>,
}

type NextPage = Box<dyn FnMut(&Cx) -> Result<Option<Bytes>>>;

/// A body that is read piece by piece.
pub struct Pages(NextPage);

impl Body {
    /// An empty body.
    #[must_use]
    pub fn empty() -> Self {
        Body::Whole(Bytes::new())
    }

    /// A long body, made piece by piece from `start`. Each piece is a read of its own, so no transaction or cursor
    /// stays open between them and a slow client holds one piece; continue by key, as rows may change in between.
    /// An error breaks the reply off, so that the client never takes a part for the whole.
    ///
    /// ```
    /// use domicile::prelude::*;
    /// fn export(cx: &Cx, after: i64) -> Result<Page<i64>> {
    ///     let rows: Vec<(i64, String)> = cx.store().query_all(
    ///         "SELECT id, title FROM post WHERE id > ? ORDER BY id LIMIT 100", (after,))?;
    ///     let next = rows.last().map(|(id, _)| *id);
    ///     Ok(Page { bytes: rows.into_iter().map(|(_, title)| title + "\n").collect::<String>().into(), next })
    /// }
    /// let body = Body::pages(0, export);
    /// ```
    pub fn pages<C: 'static>(start: C, read: impl Fn(&Cx, C) -> Result<Page<C>> + 'static) -> Self {
        let mut at = Some(start);
        Body::Pages(Pages(Box::new(move |cx| {
            let Some(from) = at.take() else { return Ok(None) };
            let page = read(cx, from)?;
            at = page.next;
            Ok(Some(page.bytes))
        })))
    }
}

impl Pages {
    pub(crate) fn next(&mut self, cx: &Cx) -> Result<Option<Bytes>> {
        (self.0)(cx)
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Body::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Body::Pages(_) => f.write_str("Pages"),
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Body::empty()
    }
}

macro_rules! whole {
    ($($t:ty)*) => {$(
        impl From<$t> for Body {
            fn from(bytes: $t) -> Self {
                Body::Whole(Bytes::from(bytes))
            }
        }
    )*};
}
whole!(String &'static str Vec<u8> &'static [u8] Bytes);
