//! [`Site`]: an app that runs on a host. Hosts give it requests and storage; it gives plans, responses and residents.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::HOST;
use http::{Method, StatusCode, Uri};
use tracing::Instrument as _;

use crate::app::{App, AppFn, EntryRoute, Kept};
use crate::cx::random_array;
use crate::d1::{D1Binding, Databases};
use crate::env;
use crate::error::{Error, Result};
use crate::guard::{Entering, Guard};
use crate::name::Name;
use crate::outside::Outside;
use crate::platform::{Call, ReplyBody, SharedPlatform, Storage};
use crate::principal::Credential;
use crate::resident::Residence;
use crate::web::{Body, Outcome, Request, Response, error_response, keep_private, path, sendable};
use crate::wire::RequestId;

mod find;
mod reply;

use find::Way;
use reply::send;
pub use reply::{bad_request, failure_response, response};

/// An app on a host, ready for requests.
pub struct Site {
    app: App,
    platform: SharedPlatform,
    databases: Databases,
    /// Who asks in the requests that were planned and are about to be served, so that no token is verified twice.
    entered: RefCell<VecDeque<(RequestId, Credential)>>,
}

/// What is found out of a request on its way.
#[derive(Default)]
struct Passed {
    /// Its answer is an actor's.
    forwarded: Cell<bool>,
    /// Who asks is not just anybody.
    somebody: Cell<bool>,
}

/// How many requests may stand between their plan and their service; an older one is verified again.
const ENTERED: usize = 64;

/// What the host must know to export an actor's class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// The actor's kind.
    pub kind: &'static str,
    /// The exported class.
    pub class: &'static str,
    /// The name of the binding.
    pub binding: &'static str,
}

/// The head of a request as a host got it.
#[derive(Debug)]
pub struct Head {
    /// `http` or `https` and the host, as in `https://example.com`.
    pub origin: String,
    /// The method, the path with its query, and the headers.
    pub parts: http::request::Parts,
}

/// A route of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The kind of its actor; `None` at the entry.
    pub actor: Option<&'static str>,
    /// The method.
    pub method: Method,
    /// The path with its parameters, below the actor's prefix.
    pub path: String,
    /// Who may use it, where that is said.
    pub allow: Option<crate::Allow>,
}

/// What the entry decided from the head of a request alone.
pub enum Plan {
    /// This, at once.
    Respond(Response),
    /// Deliver it to an actor. The body of the call is empty, as it has not arrived.
    Forward(Box<Call>),
    /// It needs the body, or awaits: call [`Site::serve`].
    Serve,
}

/// A response on its way to the client.
pub type SiteResponse = http::Response<ReplyBody>;

impl Site {
    /// Starts an app on a host.
    ///
    /// # Errors
    /// Every mistake in the app at once: routes that cannot be, variables that are missing.
    pub fn start(app: AppFn, platform: SharedPlatform) -> Result<Self> {
        let app = app(platform.env());
        let mut mistakes = Self::mistakes(&app);
        mistakes.extend(app.guard.iter().flat_map(|guard| guard.mistakes(platform.env())));
        let missing: Vec<&str> =
            app.needs.iter().copied().filter(|name| platform.env().get(name).is_none()).collect();
        if !missing.is_empty() {
            mistakes.push(env::missing(&missing));
        }
        let absent = app.databases.iter().filter_map(|database| platform.database(database.name()).err());
        mistakes.extend(absent.map(|error| error.to_string()));
        if !mistakes.is_empty() {
            return Err(Error::internal(mistakes.join("; ")).context("the app cannot start"));
        }
        let databases = app.databases.clone().into();
        Ok(Self { app, platform, databases, entered: RefCell::default() })
    }

    /// The classes of an app, as a build asks for them.
    #[must_use]
    pub fn classes(app: &App) -> Vec<Class> {
        app.kinds.iter().map(|k| Class { kind: k.kind(), class: k.class(), binding: k.binding() }).collect()
    }

    /// Why an app cannot start, whatever its environment: routes that cannot be, two actors in one place.
    #[must_use]
    pub fn mistakes(app: &App) -> Vec<String> {
        let own = app.mistakes.iter().chain(app.entry.mistakes()).cloned();
        own.chain(app.unguarded()).chain(app.unclear()).collect()
    }

    /// The variables that an app needs or looks at.
    #[must_use]
    pub fn vars(app: &App) -> Vec<&'static str> {
        let guard = app.guard.as_ref().map(|guard| guard.vars()).unwrap_or_default();
        app.needs.iter().chain(&app.takes).copied().chain(guard).collect()
    }

    /// All routes of an app, those of the entry first: to walk over them in a test.
    #[must_use]
    pub fn routes(app: &App) -> Vec<Listed> {
        let entry = app.entry.all().map(|(method, path, route)| Listed {
            actor: None,
            method: method.clone(),
            path: path.to_owned(),
            allow: route.allow.clone(),
        });
        entry.chain(app.kinds.iter().flat_map(|kind| kind.listed())).collect()
    }

    /// The stores that an app has models or migrations for: those of its actors, then D1 databases.
    #[must_use]
    pub fn kept(app: &App) -> Vec<Kept> {
        let databases = app.databases.iter().map(|database| Kept {
            name: database.name(),
            migrations: database.migrations(),
            models: database.models(),
        });
        let all = app.kinds.iter().map(|kind| kind.kept()).chain(databases);
        all.filter(|kept| !(kept.models.is_empty() && kept.migrations.is_empty())).collect()
    }

    /// The D1 databases that an app declares.
    #[must_use]
    pub fn databases(app: &App) -> &[D1Binding] {
        &app.databases
    }

    /// The platform it runs on.
    #[must_use]
    pub fn platform(&self) -> &SharedPlatform {
        &self.platform
    }

    /// The kinds of its actors.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.app.kinds.iter().map(|known| known.kind())
    }

    /// Takes an actor in.
    ///
    /// # Errors
    /// The app has no actor of that kind.
    pub fn reside(&self, kind: &str, name: Name, storage: Rc<dyn Storage>) -> Result<Box<dyn Residence>> {
        let known = self.app.kinds.iter().find(|k| k.kind() == kind);
        let known = known.ok_or_else(|| Error::internal(format!("the app has no actor `{kind}`")))?;
        Ok(known.reside(&self.platform, &self.databases, self.app.guard.as_ref(), storage, name))
    }

    /// The world outside of actors as the app itself sees it, when it serves nobody's request: in a test, or for a tool.
    #[must_use]
    pub fn outside(&self, id: RequestId) -> Outside {
        self.outside_for(id, Credential { app: true, ..Credential::default() })
    }

    fn outside_for(&self, id: RequestId, credential: Credential) -> Outside {
        Outside::new(self.platform.clone(), self.databases.clone(), id, Vec::new()).on_behalf(credential)
    }

    /// A number for a request.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        RequestId(u64::from_le_bytes(random_array(&*self.platform)))
    }

    /// Decides what becomes of a request, from its head.
    #[must_use]
    pub fn plan(&self, head: &Head, id: RequestId) -> Plan {
        if !self.app.before.is_empty() || !self.app.after.is_empty() {
            return Plan::Serve;
        }
        let mut request = asked(head.parts.clone(), head.origin.clone(), Bytes::new());
        if let Some(guard) = &self.app.guard {
            let outside = self.outside_for(id, Credential::default());
            let entered = match guard.enter(&request, &outside) {
                Entering::Now(entered) => Some(entered),
                Entering::Later(_) => None,
            };
            match entered {
                Some(Ok(credential)) => request.credential = credential,
                Some(Err(response)) => {
                    let response = secured(*response, id);
                    answered(request.method(), request.uri(), response.status(), id);
                    return Plan::Respond(response);
                }
                None => return Plan::Serve,
            }
        }
        let mut response = match self.find(&mut request, id) {
            Ok(Way::Entry { .. } | Way::Guard { .. }) => {
                if self.app.guard.is_some() {
                    let mut entered = self.entered.borrow_mut();
                    if entered.len() >= ENTERED {
                        entered.pop_front();
                    }
                    entered.push_back((id, request.credential));
                }
                return Plan::Serve;
            }
            Ok(Way::Actor(call)) => return Plan::Forward(call),
            Ok(Way::Respond(response)) => secured(response, id),
            Err(error) => error_response(&error, id),
        };
        let session = |guard: &Rc<dyn Guard>| guard.session(&request, None, self.platform.env()).is_some();
        if request.credential.is_somebody() || self.app.guard.as_ref().is_some_and(session) {
            keep_private(response.headers_mut());
        }
        answered(request.method(), request.uri(), response.status(), id);
        Plan::Respond(response)
    }

    /// Serves a request whose body has arrived. A panic of an entry route or a hook becomes a 500.
    pub async fn serve(&self, head: Head, body: Bytes, id: RequestId) -> SiteResponse {
        let request = asked(head.parts, head.origin, body);
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let passed = Passed::default();
        let response = self.serve_hooked(request, &passed, id).await;
        if !passed.forwarded.get() {
            answered(&method, &uri, response.status(), id);
        }
        response
    }

    async fn serve_hooked(&self, request: Request, passed: &Passed, id: RequestId) -> SiteResponse {
        // What the hooks after are shown; a hook before takes the request itself away.
        let seen = RefCell::new((!self.app.after.is_empty()).then(|| request.clone()));
        let panicked = || send(error_response(&Error::internal("panic"), id));
        let mut response =
            match AssertUnwindSafe(self.through_hooks(request, &seen, passed, id)).catch_unwind().await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => {
                    log(id, &error);
                    send(error_response(&error, id))
                }
                // In Wasm nothing of the app runs after a panic; so no hook sees its page here either.
                Err(_) => return panicked(),
            };
        if passed.somebody.get() && !passed.forwarded.get() {
            keep_private(response.headers_mut());
        }
        let Some(seen) = seen.into_inner() else { return response };
        std::panic::catch_unwind(AssertUnwindSafe(|| self.finish(&seen, response)))
            .unwrap_or_else(|_| panicked())
    }

    async fn through_hooks(
        &self,
        mut request: Request,
        seen: &RefCell<Option<Request>>,
        passed: &Passed,
        id: RequestId,
    ) -> Result<SiteResponse> {
        let mut outside = self.outside_for(id, Credential::default());
        if let Some(guard) = &self.app.guard {
            let entered = match self.planned(id) {
                Some(credential) => Ok(credential),
                None => match guard.enter(&request, &outside) {
                    Entering::Now(entered) => entered,
                    Entering::Later(entered) => entered.await,
                },
            };
            match entered {
                Ok(credential) => request.credential = credential,
                Err(response) => return Ok(send(sendable(*response)?)),
            }
            request.credential.session = guard.session(&request, None, self.platform.env());
            passed.somebody.set(request.credential.is_somebody());
            outside = outside.on_behalf(request.credential.clone());
        }
        for hook in &self.app.before {
            match hook(request, outside.clone()).await? {
                ControlFlow::Continue(next) => request = next,
                ControlFlow::Break(response) => return Ok(send(sendable(response)?)),
            }
            if let Some(seen) = seen.borrow_mut().as_mut() {
                seen.clone_from(&request);
            }
        }
        self.answer(&mut request, outside, &passed.forwarded, id).await
    }

    /// Who asks, as the plan of this request has found out.
    fn planned(&self, id: RequestId) -> Option<Credential> {
        let mut entered = self.entered.borrow_mut();
        let at = entered.iter().position(|(known, _)| *known == id)?;
        entered.remove(at).map(|(_, credential)| credential)
    }

    async fn answer(
        &self,
        request: &mut Request,
        mut outside: Outside,
        forwarded: &Cell<bool>,
        id: RequestId,
    ) -> Result<SiteResponse> {
        match self.find(request, id)? {
            Way::Respond(response) => Ok(send(sendable(response)?)),
            Way::Guard { seat, guard } => {
                Ok(send(sendable(guard.serve(request.clone(), outside, seat).await?)?))
            }
            Way::Entry { path, method } => {
                let Some(EntryRoute { run, allow }) = self.app.entry.get(path, method) else {
                    return Err(Error::not_found("page"));
                };
                if let Some(guard) = &self.app.guard {
                    match guard.admit_at_entry(request, &outside, allow.as_ref()).await {
                        Ok(known) => {
                            request.credential.principal = known.principal;
                            request.account = known.account;
                        }
                        Err(response) => return Ok(send(sendable(response)?)),
                    }
                    outside = outside.on_behalf(request.credential.clone());
                }
                let route = tracing::info_span!("entry", request = %id, path = request.path());
                match run(request.clone(), outside).instrument(route).await? {
                    Outcome::Now(response) => {
                        let mut response = sendable(response)?;
                        if let (Some(guard), Some(issued)) = (&self.app.guard, request.issued()) {
                            guard.dress(request, issued, &mut response);
                        }
                        Ok(send(response))
                    }
                    Outcome::Later(_) => {
                        Err(Error::internal("an entry route awaits by itself and returns no effect"))
                    }
                }
            }
            Way::Actor(mut call) => {
                forwarded.set(true);
                call.body = request.body.clone();
                Ok(self.forward(*call).await)
            }
        }
    }

    /// Delivers a planned call and makes a response of the reply.
    pub async fn forward(&self, call: Call) -> SiteResponse {
        let id = call.event.request;
        match self.platform.call(call).await {
            Ok(delivered) => response(delivered, id),
            Err(failure) => failure_response(&failure, id),
        }
    }

    fn finish(&self, request: &Request, response: SiteResponse) -> SiteResponse {
        // The hooks see the head and not the body, which may still be on its way.
        let (parts, body) = response.into_parts();
        let mut seen = Response::from_parts(parts, Body::empty());
        for hook in &self.app.after {
            hook(request, &mut seen);
        }
        let (parts, replaced) = seen.into_parts();
        let body = match replaced {
            Body::Whole(bytes) if bytes.is_empty() => body,
            Body::Whole(bytes) => ReplyBody::Whole(bytes),
            Body::Pages(_) => body,
        };
        SiteResponse::from_parts(parts, body)
    }
}

/// The request of a head, its path in its one spelling.
fn asked(mut parts: http::request::Parts, origin: String, body: Bytes) -> Request {
    let target = parts.uri.path_and_query().map_or("/", |t| t.as_str());
    if let Cow::Owned(canonical) = path::canonical(target)
        && let Ok(uri) = canonical.parse()
    {
        parts.uri = uri;
    }
    let mut request = Request::new(parts, body);
    request.origin = origin;
    request
}

/// The response with the headers that every one has.
fn secured(response: Response, id: RequestId) -> Response {
    sendable(response).unwrap_or_else(|error| error_response(&error, id))
}

/// The line of a request that no actor saw; the others have one of their actor's.
fn answered(method: &Method, uri: &Uri, status: StatusCode, id: RequestId) {
    tracing::info!(request = %id, %method, path = uri.path(), status = status.as_u16(), "answered at the entry");
}

fn log(id: RequestId, error: &Error) {
    if error.status().is_server_error() {
        tracing::error!(request = %id, %error, "request failed");
    }
}

/// The origin that a request's `Host` header names, spelled as a URL's: in lower case and without the scheme's own
/// port.
#[must_use]
pub fn origin(scheme: &str, parts: &http::request::Parts) -> String {
    let host = parts.headers.get(HOST).and_then(|h| h.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let own_port = if scheme == "https" { ":443" } else { ":80" };
    format!("{scheme}://{}", host.strip_suffix(own_port).unwrap_or(&host))
}
