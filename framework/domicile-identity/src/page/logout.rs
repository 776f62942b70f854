//! Logging out: the session ends, and where Cloudflare Access lets people in, theirs there too.

use domicile::Result;
use domicile::http::header::CACHE_CONTROL;
use domicile::web::{Redirect, ReplyExt as _, Response};

use super::Of;
use crate::cookie;
use crate::door::forged;
use crate::message::Ask;

/// Where Access ends its own session, on the host of the application.
const ACCESS: &str = "/cdn-cgi/access/logout";

pub(super) async fn serve(of: &Of<'_>) -> Result<Response> {
    if let Some(response) = forged(of.request, of.outside)? {
        return Ok(response);
    }
    if let Some(session) = of.kept_session()? {
        of.ask(Ask::Logout { session }).await?;
    }
    let by_access = of.identity.access.is_some() && !of.request.principal().is_anonymous();
    let to = if by_access { ACCESS.to_owned() } else { of.path("/") };
    let name = cookie::session_name(of.request.origin(), &of.seat.prefix);
    let over = cookie::made(of.request.origin(), name, String::new(), Some(0));
    Redirect::to(to).with_cookie(over)?.with_header(CACHE_CONTROL, "no-store")
}
