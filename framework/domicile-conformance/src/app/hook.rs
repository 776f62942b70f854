//! Hooks before and after every request. They are off by default, as they make the entry await the body.

use std::ops::ControlFlow;

use domicile::http::{HeaderName, HeaderValue};
use domicile::prelude::*;

/// Adds the hooks.
///
/// Before: `X-Guard: closed` is answered with 401 and `X-Guard: broken` fails; others go on with `X-Seen`. After: the
/// response tells the path, and a 404 gets another page.
pub(super) fn add(app: App) -> App {
    app.before(async |mut request: Request, _| match request.header("x-guard") {
        Some("closed") => Ok(ControlFlow::Break((StatusCode::UNAUTHORIZED, "closed\n").response()?)),
        Some("broken") => Err(Error::forbidden("the guard is broken")),
        Some("panic") => panic!("the secret of the guard"),
        _ => {
            request.headers_mut().insert(HeaderName::from_static("x-seen"), HeaderValue::from_static("yes"));
            Ok(ControlFlow::Continue(request))
        }
    })
    .after(|request, response| {
        if let Ok(path) = HeaderValue::from_str(request.path()) {
            response.headers_mut().insert(HeaderName::from_static("x-path"), path);
        }
        if response.status() == StatusCode::NOT_FOUND {
            *response.body_mut() = "no such page, says the hook\n".into();
        }
    })
}
