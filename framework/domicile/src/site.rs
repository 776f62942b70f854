//! [`Site`]: an app that runs on a host. Hosts give it requests and storage; it gives plans, responses and residents.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{ALLOW, HOST, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use tracing::Instrument as _;

use crate::app::{App, AppFn, Kept};
use crate::cx::random_array;
use crate::d1::{D1Binding, Databases};
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::name::Name;
use crate::naming::Named;
use crate::outside::Outside;
use crate::platform::{Call, CallFailure, Delivered, ReplyBody, SharedPlatform, Storage};
use crate::resident::Residence;
use crate::web::{
    Body, Found, Outcome, Redirect, ReplyExt, Request, Response, error_response, path, sendable,
};
use crate::wire::{Event, Fault, Header, HttpHead, Reply, RequestId, What};

/// An app on a host, ready for requests.
pub struct Site {
    app: App,
    platform: SharedPlatform,
    databases: Databases,
}

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
        Ok(Self { app, platform, databases })
    }

    /// The classes of an app, as a build asks for them.
    #[must_use]
    pub fn classes(app: &App) -> Vec<Class> {
        app.kinds.iter().map(|k| Class { kind: k.kind(), class: k.class(), binding: k.binding() }).collect()
    }

    /// Why an app cannot start, whatever its environment: routes that cannot be, two actors in one place.
    #[must_use]
    pub fn mistakes(app: &App) -> Vec<String> {
        app.mistakes.iter().chain(app.entry.mistakes()).cloned().collect()
    }

    /// The variables that an app needs or looks at.
    #[must_use]
    pub fn vars(app: &App) -> Vec<&'static str> {
        app.needs.iter().chain(&app.takes).copied().collect()
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
        Ok(known.reside(&self.platform, &self.databases, storage, name))
    }

    /// The world outside of actors, as an entry route that serves the request `id` sees it.
    #[must_use]
    pub fn outside(&self, id: RequestId) -> Outside {
        Outside::new(self.platform.clone(), self.databases.clone(), id, Vec::new())
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
        let response = match self.find(&mut request, id) {
            Ok(Way::Entry(_)) => return Plan::Serve,
            Ok(Way::Actor(call)) => return Plan::Forward(call),
            Ok(Way::Respond(response)) => response,
            Err(error) => error_response(&error, id),
        };
        answered(request.method(), request.uri(), response.status(), id);
        Plan::Respond(response)
    }

    /// Serves a request whose body has arrived. A panic of an entry route or a hook becomes a 500.
    pub async fn serve(&self, head: Head, body: Bytes, id: RequestId) -> SiteResponse {
        let request = asked(head.parts, head.origin, body);
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let forwarded = Cell::new(false);
        let response = self.serve_hooked(request, &forwarded, id).await;
        if !forwarded.get() {
            answered(&method, &uri, response.status(), id);
        }
        response
    }

    async fn serve_hooked(&self, request: Request, forwarded: &Cell<bool>, id: RequestId) -> SiteResponse {
        // What the hooks after are shown; a hook before takes the request itself away.
        let seen = RefCell::new((!self.app.after.is_empty()).then(|| request.clone()));
        let panicked = || send(error_response(&Error::internal("panic"), id));
        let response =
            match AssertUnwindSafe(self.through_hooks(request, &seen, forwarded, id)).catch_unwind().await {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => {
                    log(id, &error);
                    send(error_response(&error, id))
                }
                // In Wasm nothing of the app runs after a panic; so no hook sees its page here either.
                Err(_) => return panicked(),
            };
        let Some(seen) = seen.into_inner() else { return response };
        std::panic::catch_unwind(AssertUnwindSafe(|| self.finish(&seen, response)))
            .unwrap_or_else(|_| panicked())
    }

    async fn through_hooks(
        &self,
        mut request: Request,
        seen: &RefCell<Option<Request>>,
        forwarded: &Cell<bool>,
        id: RequestId,
    ) -> Result<SiteResponse> {
        let outside = self.outside(id);
        for hook in &self.app.before {
            match hook(request, outside.clone()).await? {
                ControlFlow::Continue(next) => request = next,
                ControlFlow::Break(response) => return Ok(send(sendable(response)?)),
            }
            if let Some(seen) = seen.borrow_mut().as_mut() {
                seen.clone_from(&request);
            }
        }
        self.answer(&mut request, outside, forwarded, id).await
    }

    async fn answer(
        &self,
        request: &mut Request,
        outside: Outside,
        forwarded: &Cell<bool>,
        id: RequestId,
    ) -> Result<SiteResponse> {
        match self.find(request, id)? {
            Way::Respond(response) => Ok(send(response)),
            Way::Entry(run) => {
                let route = tracing::info_span!("entry", request = %id, path = request.path());
                match run(request.clone(), outside).instrument(route).await? {
                    Outcome::Now(response) => Ok(send(sendable(response)?)),
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

    fn find(&self, request: &mut Request, id: RequestId) -> Result<Way> {
        let target = request.uri().path_and_query().map_or("/", |t| t.as_str()).to_owned();
        let encoded = request.path().to_owned();
        let normal =
            path::normalise(&encoded).map_err(|_| Error::bad_request("the path is not encoded right"))?;
        match self.app.entry.find(request.method(), &normal) {
            Found::Route { path, method, params } => {
                request.set_params(params.into_iter());
                return Ok(self
                    .app
                    .entry
                    .get(path, method)
                    .map_or(Way::nothing(), |run| Way::Entry(run.clone())));
            }
            Found::OtherMethods(allow) => return wrong_method(&allow),
            Found::AddSlash if is_get(request) => return add_slash(&target),
            Found::AddSlash | Found::Nothing => {}
        }
        for mount in &self.app.mounts {
            let Some(inside) = target.strip_prefix(mount.prefix.as_str()) else { continue };
            if !inside.starts_with('/') {
                if !mount.prefix.is_empty()
                    && (inside.is_empty() || inside.starts_with('?'))
                    && is_get(request)
                {
                    return add_slash(&target);
                }
                continue;
            }
            let (name, prefix, rest) = match mount.naming.resolve(request, inside) {
                Named::Actor { name, prefix, rest } => (name, prefix, rest),
                Named::AddSlash if is_get(request) => return add_slash(&target),
                Named::Bad(why) => return Err(Error::new(Kind::NotFound, why.to_string())),
                Named::AddSlash | Named::Nobody => continue,
            };
            let rest_path = rest.split('?').next().unwrap_or(rest);
            let normal = path::normalise(rest_path)
                .map_err(|_| Error::bad_request("the path is not encoded right"))?;
            return match mount.kind.find(request.method(), &normal) {
                Found::Route { .. } => {
                    let what = What::Http(http_head(request, rest, format!("{}{prefix}", mount.prefix)));
                    let event = Event { request: id, chain: Vec::new(), what };
                    Ok(Way::Actor(Box::new(Call {
                        target: mount.kind.target(name),
                        event,
                        body: Bytes::new(),
                    })))
                }
                Found::OtherMethods(allow) => wrong_method(&allow),
                Found::AddSlash if is_get(request) => add_slash(&target),
                Found::AddSlash | Found::Nothing => Err(Error::not_found("page")),
            };
        }
        Err(Error::not_found("page"))
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

/// Where a request goes.
enum Way {
    Respond(Response),
    Entry(crate::app::EntryFn),
    Actor(Box<Call>),
}

impl Way {
    fn nothing() -> Self {
        Way::Respond(error_response(&Error::not_found("page"), RequestId(0)))
    }
}

fn is_get(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

fn wrong_method(allow: &str) -> Result<Way> {
    let response =
        (StatusCode::METHOD_NOT_ALLOWED, format!("this page takes {allow}\n")).with_header(ALLOW, allow)?;
    Ok(Way::Respond(response))
}

fn add_slash(target: &str) -> Result<Way> {
    let (path, query) = target.split_once('?').map_or((target, None), |(p, q)| (p, Some(q)));
    // A path that begins with two slashes would be read as another host.
    let path = format!("/{}", path.trim_start_matches('/'));
    let location = query.map_or_else(|| format!("{path}/"), |q| format!("{path}/?{q}"));
    Ok(Way::Respond(Redirect::permanent(location).response()?))
}

fn http_head(request: &Request, target: &str, prefix: String) -> HttpHead {
    HttpHead {
        method: request.method().as_str().to_owned(),
        target: target.to_owned(),
        prefix,
        origin: request.origin().to_owned(),
        headers: request
            .headers()
            .iter()
            .map(|(name, value)| Header(name.as_str().to_owned(), value.as_bytes().to_owned()))
            .collect(),
    }
}

/// The response that a reply is to the client.
#[must_use]
pub fn response(delivered: Delivered, id: RequestId) -> SiteResponse {
    let error = match delivered.reply {
        Reply::Http { status, headers } => {
            let mut response = http::Response::new(delivered.body);
            *response.status_mut() =
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            for Header(name, value) in headers {
                if let (Ok(name), Ok(value)) =
                    (HeaderName::try_from(name.as_str()), HeaderValue::from_bytes(&value))
                {
                    response.headers_mut().append(name, value);
                }
            }
            return response;
        }
        Reply::Failed(Fault::Migration) => Error::new(Kind::Migration, "migration"),
        Reply::Failed(Fault::TimedOut) => Error::new(Kind::TimedOut, "timed out"),
        Reply::Failed(_) | Reply::Message(_) | Reply::Refused(_) | Reply::Alarm => Error::internal("failed"),
    };
    send(error_response(&error, id))
}

/// The response to a request whose call brought no reply.
#[must_use]
pub fn failure_response(failure: &CallFailure, id: RequestId) -> SiteResponse {
    let error = failed(failure);
    log(id, &error);
    let mut response = error_response(&error, id);
    if failure.overloaded || failure.retryable {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    send(response)
}

/// The response to a request whose head cannot be one.
#[must_use]
pub fn bad_request(why: &str, id: RequestId) -> SiteResponse {
    send(error_response(&Error::bad_request(why), id))
}

fn failed(failure: &CallFailure) -> Error {
    let kind = if failure.timed_out {
        Kind::TimedOut
    } else if failure.overloaded || failure.retryable {
        Kind::Unavailable
    } else {
        Kind::Internal
    };
    Error::new(kind, failure.message.clone())
}

fn send(response: Response) -> SiteResponse {
    response.map(|body| match body {
        Body::Whole(bytes) => ReplyBody::Whole(bytes),
        // Pages are read from a store, of which the entry has none.
        Body::Pages(_) => ReplyBody::Whole(Bytes::from_static(b"")),
    })
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
