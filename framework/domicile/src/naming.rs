//! How a request names the actor it is for: one for all, or one per tenant.

use http::HeaderMap;

use crate::name::{Name, NameError};
use crate::principal::Principal;
use crate::web::{Request, path};

/// How a request names its actor.
pub struct Naming {
    way: Way,
    /// Who may come to the actor of this name.
    only: Option<Only>,
}

type Only = Box<dyn Fn(&Principal, &str) -> bool>;

enum Way {
    Singleton(String),
    Subdomain(String),
    Path(String),
    Header(String),
    By(Choose),
    Identity(Of),
}

type Choose = Box<dyn Fn(&Request) -> Option<String>>;
type Of = Box<dyn Fn(&Principal) -> Option<String>>;

/// The one actor called `name`, for every request.
#[must_use]
pub fn singleton(name: &str) -> Naming {
    Naming::new(Way::Singleton(name.to_owned()))
}

/// One actor per tenant, by a part of the request. A request without a tenant is 404. The tenant's name becomes the
/// actor's by [`Name::from_parts`](crate::Name::from_parts), which escapes `/` and `%`; only [`by`](tenant::by) gives
/// the name itself.
pub mod tenant {
    use super::{Naming, Principal, Request, Way};

    /// The first label of the host, below `base`: `acme.example.com` for `example.com`. The base itself, an IP
    /// address, a deeper name and every other host are not tenants. Hosts are compared in lower case.
    #[must_use]
    pub fn subdomain(base: &str) -> Naming {
        Naming::new(Way::Subdomain(base.trim_matches('.').to_ascii_lowercase()))
    }

    /// The segment after `prefix`: with `/t`, everything of the tenant `acme` lives under `/t/acme/`.
    #[must_use]
    pub fn path(prefix: &str) -> Naming {
        Naming::new(Way::Path(prefix.trim_end_matches('/').to_owned()))
    }

    /// The value of the header `name`, where a proxy in front sets it: a client could name any tenant. A value with a
    /// comma is no tenant, since both hosts join repeated headers with one.
    #[must_use]
    pub fn header(name: &str) -> Naming {
        Naming::new(Way::Header(name.to_ascii_lowercase()))
    }

    /// What `choose` gives. The body of the request it sees is empty, as the body is read later.
    pub fn by(choose: impl Fn(&Request) -> Option<String> + 'static) -> Naming {
        Naming::new(Way::By(Box::new(choose)))
    }

    /// What `choose` gives for who asks, as the entry has verified them: so nobody can name the tenant of somebody else.
    /// Somebody for whom it gives nothing gets 404.
    ///
    /// ```
    /// # use domicile::prelude::*;
    /// # #[derive(Default, Actor)] struct Desk {}
    /// // One actor for all people of a company, by the domain of their e-mail addresses.
    /// # let _: App =
    /// App::new().actor::<Desk>(tenant::identity(|who| who.user()?.email_domain()))
    /// # ;
    /// ```
    pub fn identity(choose: impl Fn(&Principal) -> Option<String> + 'static) -> Naming {
        Naming::new(Way::Identity(Box::new(choose)))
    }
}

/// What a request says about its actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    /// Its name, how much of the path was the prefix, and the rest of the path.
    Actor { name: Name, prefix: &'a str, rest: &'a str },
    /// The tenant's path without the slash that ends it.
    AddSlash,
    /// No tenant.
    Nobody,
    /// A name that cannot be one.
    Bad(NameError),
}

impl Naming {
    fn new(way: Way) -> Self {
        Self { way, only: None }
    }

    /// Brings only those to an actor whom `may` lets in, by what the entry knows of them, which is what a token proves, and by
    /// the actor's name. To the others the actor is not there: 404, and it is not woken. Whoever has the management secret
    /// comes to all.
    ///
    /// ```
    /// # use domicile::prelude::*;
    /// # #[derive(Default, Actor)] struct Desk {}
    /// # let _: App =
    /// App::new().actor::<Desk>(tenant::path("/t").only(|who, tenant| {
    ///     who.user().and_then(|user| user.email_domain()).is_some_and(|domain| domain == tenant)
    /// }))
    /// # ;
    /// ```
    #[must_use]
    pub fn only(mut self, may: impl Fn(&Principal, &str) -> bool + 'static) -> Self {
        self.only = Some(Box::new(may));
        self
    }

    /// What no request could ever fit.
    pub(crate) fn mistake(&self) -> Option<String> {
        match &self.way {
            Way::Path(prefix) if !prefix.is_empty() && !prefix.starts_with('/') => {
                Some(format!("tenant path `{prefix}` must begin with a slash"))
            }
            _ => None,
        }
    }

    /// Whether whoever asks may come to the actor of this name.
    pub(crate) fn admits(&self, request: &Request, name: &Name) -> bool {
        self.only.as_ref().is_none_or(|may| may(request.principal(), name.as_str()))
    }

    /// The actor of a request for `target`, a path that begins with `/`.
    pub(crate) fn resolve<'a>(&self, request: &Request, target: &'a str) -> Named<'a> {
        let whole = |name: Option<Result<Name, NameError>>| match name {
            None => Named::Nobody,
            Some(name) => named(name, "", target),
        };
        match &self.way {
            Way::Singleton(name) => whole(Some(Name::new(name.as_str()))),
            Way::Subdomain(base) => whole(subdomain(host(request), base).map(outsider)),
            Way::Header(name) => whole(header(request.headers(), name).map(outsider)),
            Way::By(choose) => whole(choose(request).map(Name::new)),
            Way::Identity(choose) => whole(choose(request.principal()).map(outsider)),
            Way::Path(prefix) => segment(prefix, target),
        }
    }
}

/// A name from outside is one part: a slash in it is escaped, so that it never is the name that [`Name::from_parts`]
/// makes of several.
fn outsider(name: String) -> Result<Name, NameError> {
    Name::from_parts([name])
}

fn named<'a>(name: Result<Name, NameError>, prefix: &'a str, rest: &'a str) -> Named<'a> {
    match name {
        Ok(name) => Named::Actor { name, prefix, rest },
        Err(why) => Named::Bad(why),
    }
}

fn host(request: &Request) -> &str {
    let origin = request.origin();
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    // Two values are two opinions on whose data this is about: neither counts.
    headers.get(name)?.to_str().ok().filter(|value| !value.contains(',')).map(str::to_owned)
}

fn subdomain(host: &str, base: &str) -> Option<String> {
    let host = host.to_ascii_lowercase();
    // A port is digits after the last colon; an IPv6 address ends in a bracket.
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => &host,
    };
    let label = host.trim_end_matches('.').strip_suffix(base)?.strip_suffix('.')?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    (!label.is_empty() && !base.is_empty() && label.bytes().all(plain)).then(|| label.to_owned())
}

fn segment<'a>(prefix: &str, target: &'a str) -> Named<'a> {
    let Some(after) = target.strip_prefix(prefix).and_then(|t| t.strip_prefix('/')) else {
        return Named::Nobody;
    };
    let end = after.find(['/', '?']).unwrap_or(after.len());
    let (tenant, rest) = after.split_at(end);
    let Ok(decoded) = path::normalise(tenant) else { return Named::Nobody };
    if tenant.is_empty() {
        return Named::Nobody;
    }
    if !rest.starts_with('/') {
        return Named::AddSlash;
    }
    let prefix = target.strip_suffix(rest).unwrap_or(target);
    named(outsider(path::segment(&decoded)), prefix, rest)
}

#[cfg(test)]
mod tests;
