//! [`Routes`]: an actor's paths and the functions behind them.
//!
//! Matching is `matchit`'s: `/post/{id}` takes one segment, `/files/{*rest}` all that follows.

use http::Method;

use crate::allow::Allow;
use crate::cx::Cx;
use crate::error::Result;
use crate::web::reply::{IntoReply, Outcome};
use crate::web::request::Request;
use crate::web::table::Table;

type ReadFn<A> = Box<dyn Fn(&A, &Request, &Cx) -> Result<Outcome>>;
type WriteFn<A> = Box<dyn Fn(&mut A, &Request, &Cx) -> Result<Outcome>>;

/// The routes of an actor. Each runs in a transaction of its own: an error that leaves it becomes its status after
/// the rollback, and `Ok` with any status commits.
pub struct Routes<A>(Table<Route<A>>);

/// What stands behind a path and a method.
pub(crate) struct Route<A> {
    pub(crate) run: RouteFn<A>,
    pub(crate) writes: bool,
    pub(crate) allow: Option<Allow>,
}

pub(crate) enum RouteFn<A> {
    Read(ReadFn<A>),
    Write(WriteFn<A>),
}

/// What can still be said of a route.
pub struct RouteOptions<'a> {
    writes: Option<&'a mut bool>,
    allow: Option<&'a mut Option<Allow>>,
}

impl RouteOptions<'_> {
    /// Lets a GET route write to the store, as when a link confirms something.
    pub fn writes(mut self) -> Self {
        if let Some(writes) = &mut self.writes {
            **writes = true;
        }
        self
    }

    /// Says who may use it. In an app with identity nobody may unless this is said.
    pub fn allow(mut self, allow: Allow) -> Self {
        if let Some(known) = &mut self.allow {
            **known = Some(allow);
        }
        self
    }
}

impl<A> Default for Routes<A> {
    fn default() -> Self {
        Self(Table::default())
    }
}

macro_rules! writes {
    ($($(#[$doc:meta])* $name:ident $method:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name<T: IntoReply>(
            &mut self,
            path: &str,
            run: impl Fn(&mut A, &Request, &Cx) -> T + 'static,
        ) -> RouteOptions<'_> {
            let run: WriteFn<A> = Box::new(move |actor, request, cx| run(actor, request, cx).into_reply());
            self.add(Method::$method, path, Route { run: RouteFn::Write(run), writes: true, allow: None })
        }
    )*};
}

impl<A> Routes<A> {
    /// Answers GET and HEAD on `path`. The route reads; [`RouteOptions::writes`] lets it write.
    pub fn get<T: IntoReply>(
        &mut self,
        path: &str,
        run: impl Fn(&A, &Request, &Cx) -> T + 'static,
    ) -> RouteOptions<'_> {
        let run: ReadFn<A> = Box::new(move |actor, request, cx| run(actor, request, cx).into_reply());
        self.add(Method::GET, path, Route { run: RouteFn::Read(run), writes: false, allow: None })
    }

    writes! {
        /// Answers POST on `path`; the route may write.
        post POST;
        /// Answers PUT on `path`; the route may write.
        put PUT;
        /// Answers PATCH on `path`; the route may write.
        patch PATCH;
        /// Answers DELETE on `path`; the route may write.
        delete DELETE;
    }

    fn add(&mut self, method: Method, path: &str, route: Route<A>) -> RouteOptions<'_> {
        match self.0.add(method, path, route) {
            Some(route) => RouteOptions { writes: Some(&mut route.writes), allow: Some(&mut route.allow) },
            None => RouteOptions { writes: None, allow: None },
        }
    }

    pub(crate) fn table(&self) -> &Table<Route<A>> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Found;

    fn routes() -> Routes<()> {
        let mut r = Routes::default();
        r.get("/", |(), _, _| "");
        r.get("/blog/", |(), _, _| "");
        r.get("/post/{id}/", |(), _, _| "").writes();
        r.post("/post/{id}/", |(), _, _| "");
        r
    }

    #[track_caller]
    fn check(method: Method, path: &str, expect: &str) {
        let found = match routes().table().find(&method, path) {
            Found::Route { path, method, params } => format!("{path} {method} {params:?}"),
            other => format!("{other:?}"),
        };
        assert_eq!(found, expect);
    }

    #[test]
    fn paths_and_methods() {
        check(Method::GET, "/", "0 0 []");
        check(Method::HEAD, "/", "0 0 []");
        check(Method::POST, "/post/7/", r#"2 1 [("id", "7")]"#);
        check(Method::PUT, "/post/7/", r#"OtherMethods("GET, HEAD, POST")"#);
        check(Method::GET, "/blog", "AddSlash");
        check(Method::GET, "/nothing", "Nothing");
    }

    #[test]
    fn mistakes_are_kept_for_the_start() {
        let mut r = routes();
        r.get("/", |(), _, _| "");
        r.get("/post/{other}/", |(), _, _| "");
        r.get("no-slash", |(), _, _| "");
        assert_eq!(r.table().mistakes().len(), 3, "{:?}", r.table().mistakes());
    }
}
