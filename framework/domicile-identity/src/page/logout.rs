//! Logging out: the session ends, and where Cloudflare Access lets people in, theirs there too.

use domicile::Result;
use domicile::http::header::CACHE_CONTROL;
use domicile::web::{Redirect, ReplyExt as _, Response};

use super::Of;
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
    Redirect::to(to).with_cookie(of.session_cookie(None)?)?.with_header(CACHE_CONTROL, "no-store")
}
