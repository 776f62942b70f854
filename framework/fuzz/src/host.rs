//! A host of which nothing is needed but that an app starts on it: its clock stands still, and it reaches nobody.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use domicile::platform::{Applied, Call, CallFailure, Database, Delivered, Platform};
use domicile::site::{Head, Site, SiteResponse};
use domicile::wire::RequestId;
use domicile::{AppFn, Env, Error, Result, Timestamp, http};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

/// The time that it always is.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// What `DOMICILE_SECRET` is.
pub(crate) const SECRET: &str = "a secret for fuzzing, of 32 bytes or more";

struct Still {
    env: Env,
    drawn: Cell<u8>,
}

impl Platform for Still {
    fn now(&self) -> Timestamp {
        NOW
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn random(&self, bytes: &mut [u8]) {
        self.drawn.set(self.drawn.get().wrapping_add(1));
        bytes.fill(self.drawn.get());
    }

    fn env(&self) -> &Env {
        &self.env
    }

    fn call(&self, _: Call) -> LocalBoxFuture<'static, Result<Delivered, CallFailure>> {
        let message = "nobody is there".to_owned();
        let failure = CallFailure {
            message,
            retryable: false,
            overloaded: false,
            timed_out: false,
            applied: Applied::No,
        };
        ready(Err(failure)).boxed_local()
    }

    fn sleep(&self, _: Duration) -> LocalBoxFuture<'static, ()> {
        ready(()).boxed_local()
    }

    fn fetch(&self, _: http::Request<Bytes>) -> LocalBoxFuture<'static, Result<http::Response<Bytes>>> {
        ready(Err(Error::internal("there is no network"))).boxed_local()
    }

    fn database(&self, binding: &str) -> Result<Rc<dyn Database>> {
        Err(domicile::d1::missing(binding))
    }
}

/// Starts an app whose mistakes would be ours.
pub(crate) fn start(app: AppFn) -> Site {
    let vars = [
        ("DOMICILE_SECRET", SECRET),
        ("CLOUDFLARE_ACCESS_AUD", "f00d"),
        ("CLOUDFLARE_ACCESS_TEAM_NAME", "acme"),
    ];
    let env = Env::new(vars.map(|(name, value)| (name.to_owned(), value.to_owned())));
    match Site::start(app, Rc::new(Still { env, drawn: Cell::new(0) })) {
        Ok(site) => site,
        Err(error) => panic!("{error}"),
    }
}

/// What a site answers, which never waits here.
pub(crate) fn serve(site: &Site, origin: &str, request: http::Request<Bytes>) -> SiteResponse {
    let (parts, body) = request.into_parts();
    let head = Head { origin: origin.to_owned(), parts };
    let served = site.serve(head, body, RequestId(1)).now_or_never();
    served.unwrap_or_else(|| panic!("the site waits for something"))
}
