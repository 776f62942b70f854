//! Where a request goes: to an entry route, to an actor, or nowhere.

use std::rc::Rc;

use bytes::Bytes;
use http::header::ALLOW;
use http::{Method, StatusCode};

use super::Site;
use crate::error::{Error, Kind, Result};
use crate::guard::{Guard, Seat};
use crate::naming::Named;
use crate::platform::Call;
use crate::web::{Found, Redirect, ReplyExt, Request, Response, path};
use crate::wire::{Event, Header, HttpHead, RequestId, What};

/// Where a request goes.
pub(super) enum Way {
    Respond(Response),
    /// An entry route, by its place in the table.
    Entry {
        path: usize,
        method: usize,
    },
    /// A page of what stands at the doors.
    Guard {
        seat: Seat,
        guard: Rc<dyn Guard>,
    },
    Actor(Box<Call>),
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
    // A path that begins with two slashes, or a backslash for one of them, would be read as another host.
    let path = match path.trim_start_matches(['/', '\\']) {
        "" => return Err(Error::not_found("page")),
        path => format!("/{path}"),
    };
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

impl Site {
    /// The way to a page of the guard's, if it has one at this seat.
    fn guard_page(&self, request: &mut Request, seat: impl FnOnce() -> Seat) -> Option<Way> {
        let guard = self.app.guard.as_ref()?;
        let seat = seat();
        if !guard.page(request.method(), &seat) {
            return None;
        }
        let actor = seat.actor.as_ref().map(|target| &target.actor);
        request.credential.session = guard.session(request, actor, self.platform.env());
        Some(Way::Guard { seat, guard: guard.clone() })
    }

    pub(super) fn find(&self, request: &mut Request, id: RequestId) -> Result<Way> {
        let target = request.uri().path_and_query().map_or("/", |t| t.as_str()).to_owned();
        let encoded = request.path().to_owned();
        let normal =
            path::normalise(&encoded).map_err(|_| Error::bad_request("the path is not encoded right"))?;
        let seat = || Seat {
            actor: None,
            prefix: String::new(),
            path: normal.clone().into_owned(),
            models: &[],
            admitted: true,
        };
        if let Some(way) = self.guard_page(request, seat) {
            return Ok(way);
        }
        match self.app.entry.find(request.method(), &normal) {
            Found::Route { path, method, params } => {
                request.set_params(params.into_iter());
                return Ok(Way::Entry { path, method });
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
            let prefix = format!("{}{prefix}", mount.prefix);
            let admitted = mount.naming.admits(request, &name);
            let to = mount.kind.target(name);
            let seat = || Seat {
                actor: Some(to.clone()),
                prefix: prefix.clone(),
                path: normal.clone().into_owned(),
                models: mount.kind.kept().models,
                admitted,
            };
            if let Some(way) = self.guard_page(request, seat) {
                return Ok(way);
            }
            if !admitted {
                continue;
            }
            return match mount.kind.find(request.method(), &normal) {
                Found::Route { path, method, .. } => {
                    let allow = mount.kind.allow(path, method);
                    if let Some(guard) = &self.app.guard {
                        request.credential.session =
                            guard.session(request, Some(&to.actor), self.platform.env());
                        if let Some(response) = guard.turn_away(request, &prefix, allow) {
                            return Ok(Way::Respond(response));
                        }
                    }
                    let what = What::Http(http_head(request, rest, prefix));
                    let event = Event { credential: request.credential.clone(), ..Event::new(id, what) };
                    Ok(Way::Actor(Box::new(Call { target: to, event, body: Bytes::new() })))
                }
                Found::OtherMethods(allow) => wrong_method(&allow),
                Found::AddSlash if is_get(request) => add_slash(&target),
                Found::AddSlash | Found::Nothing => Err(Error::not_found("page")),
            };
        }
        Err(Error::not_found("page"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_that_is_added_leads_to_no_other_site() {
        for (target, location) in [
            ("/a", Some("/a/")),
            ("/a?b=//c", Some("/a/?b=//c")),
            ("//evil.example", Some("/evil.example/")),
            ("/\\evil.example", Some("/evil.example/")),
            ("/\\/\\evil.example", Some("/evil.example/")),
            ("//", None),
            ("/\\", None),
        ] {
            let told = match add_slash(target) {
                Ok(Way::Respond(response)) => Some(response.headers()[http::header::LOCATION].clone()),
                _ => None,
            };
            assert_eq!(told.as_ref().map(|to| to.to_str().unwrap()), location, "{target}");
        }
    }
}
