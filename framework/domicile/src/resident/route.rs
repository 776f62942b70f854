//! An HTTP request at its actor: matched again, since the entry may be of another version of the app.

use bytes::Bytes;

use super::{Asked, Done, Door, Failed, Ran, Residence, Resident, Then, Verdict, again};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::platform::Cost;
use crate::report::{Outcome as Reported, Report};
use crate::web::{
    Body, Found, Outcome, Request, Response, RouteFn, Routes, error_response, keep_private, path, sendable,
};
use crate::wire::{Event, Header, HttpHead, Reply};

impl<A: Actor> Resident<A> {
    pub(super) fn http(&mut self, event: &Event, head: &HttpHead, body: Bytes) -> Done {
        let cx = self.cx(event, self.may_write(event));
        let writes = cx.store.is_writable();
        let (routes, guard) = (self.kit.routes.clone(), self.kit.guard.clone());
        // A query may have in it what belongs into no log.
        let name = format!("{} {}", head.method, head.target.split('?').next().unwrap_or_default());
        let kept = guard.is_some() && event.credential.is_somebody();
        let leave = move |mut response: Response| {
            if kept {
                keep_private(response.headers_mut());
            }
            pack(response)
        };
        let report = Report::start(&cx, &name);
        let found = request(head, body).and_then(|mut request| {
            request.credential.clone_from(&event.credential);
            let place = locate(&routes, &mut request)?;
            Ok((request, place))
        });
        let (request, (path, method)) = match found {
            Ok(found) => found,
            Err(error) => {
                report.end(&cx, Reported::Error(&error));
                let (reply, body) = leave(error_response(&error, event.request));
                let then = Then::Reply(reply, body);
                return Done { verdict: Verdict::Rollback, then, cost: Cost::default() };
            }
        };
        let route_allow = routes.table().get(path, method).and_then(|route| route.allow.as_ref());
        let (verdict, result) = report.within(|| {
            let door = Door::Guarded(Asked { request: Some(&request), allow: route_allow });
            self.event(&cx, writes, door, |actor, cx| {
                let result = match routes.table().get(path, method).map(|route| &route.run) {
                    Some(RouteFn::Read(run)) => run(actor, &request, cx),
                    Some(RouteFn::Write(run)) => run(actor, &request, cx),
                    None => Err(Error::not_found("page")),
                };
                let result = match result {
                    Ok(Outcome::Now(response)) => sendable(response).map(|mut response| {
                        if let (Some(guard), Some(issued)) = (&guard, cx.issued()) {
                            guard.dress(&request, issued, &mut response);
                        }
                        Outcome::Now(response)
                    }),
                    other => other,
                };
                Ran { keep: result.is_ok(), result }
            })
        });
        if verdict == Verdict::Again {
            return again();
        }
        let id = event.request;
        let then = match result {
            Ok(Outcome::Now(response)) => {
                report.end(&cx, Reported::Status(response.status()));
                let (reply, body) = leave(response);
                Then::Reply(reply, body)
            }
            Ok(Outcome::Later(effect)) => {
                report.end(&cx, Reported::Ok);
                let report = Report::start(&cx, &name);
                let issued = cx.issued().map(str::to_owned);
                Then::Effect(Box::pin(async move {
                    let response =
                        match report.around(effect.run()).await.map_err(Error::from).and_then(sendable) {
                            Ok(mut response) => {
                                report.effect(Reported::Status(response.status()));
                                if let (Some(guard), Some(issued)) = (&guard, &issued) {
                                    guard.dress(&request, issued, &mut response);
                                }
                                response
                            }
                            Err(error) => {
                                report.effect(Reported::Error(&error));
                                error_response(&error, id)
                            }
                        };
                    leave(response)
                }))
            }
            Err(Failed::Error(error)) => {
                report.end(&cx, Reported::Error(&error));
                let (reply, body) = leave(error_response(&error, id));
                Then::Reply(reply, body)
            }
            Err(Failed::Refused(response)) => {
                report.end(&cx, Reported::Status(response.status()));
                let response = sendable(*response).unwrap_or_else(|error| error_response(&error, id));
                let (reply, body) = leave(response);
                Then::Reply(reply, body)
            }
            Err(Failed::Panic) => {
                report.end(&cx, Reported::Panic);
                let (reply, body) = leave(error_response(&Error::internal("panic"), id));
                Then::Reply(reply, body)
            }
        };
        Done { verdict, then, cost: self.cost(&cx) }
    }
}

pub(super) fn request(head: &HttpHead, body: Bytes) -> Result<Request> {
    let mut builder = http::Request::builder().method(head.method.as_str()).uri(head.target.as_str());
    for Header(name, value) in &head.headers {
        builder = builder.header(name.as_str(), value.as_slice());
    }
    let (parts, ()) = builder.body(()).map_err(|e| Error::bad_request(e.to_string()))?.into_parts();
    let mut request = Request::new(parts, body);
    request.prefix.clone_from(&head.prefix);
    request.origin.clone_from(&head.origin);
    Ok(request)
}

/// The route of a request, whose parameters it is given.
fn locate<A>(routes: &Routes<A>, request: &mut Request) -> Result<(usize, usize)> {
    let path =
        path::normalise(request.path()).map_err(|_| Error::bad_request("the path is not encoded right"))?;
    match routes.table().find(request.method(), &path) {
        Found::Route { path, method, params } => {
            request.set_params(params.into_iter());
            Ok((path, method))
        }
        // The entry answers these before it wakes an actor; they come here when the entry is of another version.
        Found::AddSlash | Found::Nothing | Found::OtherMethods(_) => Err(Error::not_found("page")),
    }
}

pub(crate) fn pack(response: Response) -> (Reply, Body) {
    let (parts, body) = response.into_parts();
    let headers =
        parts.headers.iter().map(|(n, v)| Header(n.as_str().to_owned(), v.as_bytes().to_owned())).collect();
    (Reply::Http { status: parts.status.as_u16(), headers }, body)
}
