//! [`Entry`]: the app's entry on a thread of the HTTP server.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use domicile::platform;
use domicile::site::{Head, Site, origin};
use http::{Request, Response, StatusCode};

use super::Remote;
use super::fetch::Fetcher;
use super::platform::{Native, Network};
use crate::server::{Handler, ReplyBody};

/// Distinguishes the generators of all entries from each other and from those of the threads of actors.
static NEXT: AtomicUsize = AtomicUsize::new(1 << 16);

/// The app's entry. It stays on the thread that made it.
pub(crate) struct Entry(domicile::Result<Site>);

impl Remote {
    /// Builds the app again for this thread: it is not `Send`.
    pub(crate) fn entry(&self) -> Entry {
        let random = self.random(NEXT.fetch_add(1, Ordering::Relaxed));
        let network = Network::Real(Fetcher::default());
        let (env, databases) = (self.env.clone(), self.databases.clone());
        let native = Native::new(self.time.clone(), random, env, self.router.clone(), network, databases);
        Entry(Site::start(self.app, Rc::new(native)))
    }
}

impl Handler for Entry {
    async fn handle(&self, request: Request<Bytes>, _: SocketAddr) -> Response<ReplyBody> {
        let site = match &self.0 {
            Ok(site) => site,
            Err(error) => {
                tracing::error!(%error, "the app started on other threads and not on this one");
                let mut response = Response::new(ReplyBody::from("Internal Server Error"));
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                return response;
            }
        };
        let (parts, body) = request.into_parts();
        let head = Head { origin: origin("http", &parts), parts };
        let response = site.serve(head, body, site.request_id()).await;
        response.map(|body| match body {
            platform::ReplyBody::Whole(bytes) => ReplyBody::Whole(bytes),
            platform::ReplyBody::Pieces(pieces) => ReplyBody::pieces(pieces),
            // This host makes none.
            platform::ReplyBody::Host(_) => ReplyBody::from(""),
        })
    }
}
