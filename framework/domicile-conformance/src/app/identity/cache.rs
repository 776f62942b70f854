//! Responses of every sort, to see what is said of caching them.

use domicile::http::header::{CACHE_CONTROL, VARY};
use domicile::prelude::*;

/// What `{how}` asks for.
pub(super) fn answer(request: &Request) -> Result<Response> {
    match request.param::<String>("how")?.as_str() {
        "plain" => "plain\n".response(),
        "vary" => "plain\n".with_header(VARY, "Accept"),
        "public" => "plain\n".with_header(CACHE_CONTROL, "public, max-age=60"),
        "redirect" => Redirect::permanent("/elsewhere").response(),
        "unchanged" => StatusCode::NOT_MODIFIED.response(),
        "gone" => StatusCode::GONE.response(),
        _ => Err(Error::not_found("way to answer")),
    }
}
