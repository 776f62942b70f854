//! [`App`]: which actors there are, how requests find them, and what the entry answers itself.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use http::Method;

use crate::actor::Actor;
use crate::address::target;
use crate::allow::Allow;
use crate::d1::{D1Binding, Databases};
use crate::env::Env;
use crate::error::Result;
use crate::guard::Guard;
use crate::migration::{self, Migration};
use crate::model::Schema;
use crate::name::Name;
use crate::naming::Naming;
use crate::outside::Outside;
use crate::platform::{SharedPlatform, Storage, Target};
use crate::resident::{Kit, Residence, Resident};
use crate::site::{Listed, Site};
use crate::store::Classes;
use crate::web::{Found, IntoReply, Outcome, Request, Response, Route, Routes, Table};
use crate::wire::ActorRef;

/// What makes an app: given the environment, so that a variable can choose.
pub type AppFn = fn(&Env) -> App;

/// An entry route, and who may use it.
pub(crate) struct EntryRoute {
    pub(crate) run: EntryFn,
    pub(crate) allow: Option<Allow>,
}

pub(crate) type EntryFn = Rc<dyn Fn(Request, Outside) -> LocalBoxFuture<'static, Result<Outcome>>>;
pub(crate) type BeforeFn =
    Box<dyn Fn(Request, Outside) -> LocalBoxFuture<'static, Result<ControlFlow<Response, Request>>>>;
pub(crate) type AfterFn = Box<dyn Fn(&Request, &mut Response)>;

/// An app: its actors and its entry.
///
/// ```
/// use domicile::prelude::*;
/// # #[derive(Default, Actor)] pub struct Blog {}
/// fn app(_: &Env) -> App {
///     App::new().actor::<Blog>(singleton("main"))
/// }
/// ```
#[derive(Default)]
pub struct App {
    pub(crate) kinds: Vec<Rc<dyn AnyKind>>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) entry: Table<EntryRoute>,
    /// The method and path of the entry route that was added last.
    last: Option<(Method, String)>,
    pub(crate) guard: Option<Rc<dyn Guard>>,
    pub(crate) before: Vec<BeforeFn>,
    pub(crate) after: Vec<AfterFn>,
    pub(crate) needs: Vec<&'static str>,
    pub(crate) takes: Vec<&'static str>,
    pub(crate) databases: Vec<D1Binding>,
    pub(crate) mistakes: Vec<String>,
}

/// An actor's place in the tree of paths.
pub(crate) struct Mount {
    pub(crate) prefix: String,
    pub(crate) naming: Naming,
    pub(crate) kind: Rc<dyn AnyKind>,
}

impl App {
    /// An app with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends every request that nothing else takes to the actor `A` that `naming` names.
    #[must_use]
    pub fn actor<A: Actor>(self, naming: Naming) -> Self {
        self.mount::<A>("", naming)
    }

    /// Sends the requests under `prefix` to the actor `A` that `naming` names. The longest prefix wins.
    #[must_use]
    pub fn mount<A: Actor>(mut self, prefix: &str, naming: Naming) -> Self {
        let prefix = prefix.trim_end_matches('/').to_owned();
        if !prefix.is_empty() && !prefix.starts_with('/') {
            self.mistakes.push(format!("mount `{prefix}` must begin with a slash"));
        }
        if self.mounts.iter().any(|m| m.prefix == prefix) {
            self.mistakes.push(format!("two actors are mounted at `{prefix}/`"));
        }
        self.mistakes.extend(naming.mistake());
        let kind = self.kind::<A>();
        self.mounts.push(Mount { prefix, naming, kind });
        self.mounts.sort_by_key(|m| std::cmp::Reverse(m.prefix.len()));
        self
    }

    /// Hosts the actor `A`, which only messages reach.
    #[must_use]
    pub fn hosts<A: Actor>(mut self) -> Self {
        self.kind::<A>();
        self
    }

    /// Answers `method` on `path` at the entry: async, stateless, and before any actor. Login, webhooks and apps
    /// without an actor live here.
    #[must_use]
    pub fn route<T: IntoReply, F: Future<Output = T> + 'static>(
        mut self,
        method: Method,
        path: &str,
        run: impl Fn(Request, Outside) -> F + 'static,
    ) -> Self {
        let run: EntryFn = Rc::new(move |request, outside| {
            let future = run(request, outside);
            Box::pin(async move { future.await.into_reply() })
        });
        self.last = Some((method.clone(), path.to_owned()));
        self.entry.add(method, path, EntryRoute { run, allow: None });
        self
    }

    /// Says who may use the entry route that was added last. In an app with identity nobody may unless this is said.
    #[must_use]
    pub fn allow(mut self, allow: Allow) -> Self {
        let route = self.last.as_ref().and_then(|(method, path)| self.entry.named_mut(method, path));
        match route {
            Some(route) => route.allow = Some(allow),
            None => self
                .mistakes
                .push("`allow` says who may use the entry route before it, and there is none".to_owned()),
        }
        self
    }

    /// Puts `guard` at the doors: from here on nothing is open that does not say for whom, with `allow`.
    #[must_use]
    pub fn guarded(mut self, guard: impl Guard + 'static) -> Self {
        if self.guard.is_some() {
            self.mistakes.push("an app has one identity, and this one is given two".to_owned());
        }
        self.guard = Some(Rc::new(guard));
        self
    }

    /// Looks at every request first: goes on with it, changed or not, or answers it.
    #[must_use]
    pub fn before<F: Future<Output = Result<ControlFlow<Response, Request>>> + 'static>(
        mut self,
        hook: impl Fn(Request, Outside) -> F + 'static,
    ) -> Self {
        self.before.push(Box::new(move |request, outside| Box::pin(hook(request, outside))));
        self
    }

    /// Looks at every response last, and may change it, errors and the answers of hooks before included. The request
    /// is the one that the hooks before let through. What the server refuses before the app sees it, such as a body
    /// over the limit, and the page of a panic in an entry route or a hook, pass no hook.
    #[must_use]
    pub fn after(mut self, hook: impl Fn(&Request, &mut Response) + 'static) -> Self {
        self.after.push(Box::new(hook));
        self
    }

    /// Names a variable or secret without which the app does not start.
    #[must_use]
    pub fn needs(mut self, name: &'static str) -> Self {
        self.needs.push(name);
        self
    }

    /// Names a variable or secret that the app looks at, so that `cargo domicile dev --var` passes it on.
    #[must_use]
    pub fn takes(mut self, name: &'static str) -> Self {
        self.takes.push(name);
        self
    }

    /// Declares a D1 database by the name of its binding, which [`Outside::d1_named`] takes; without it the app does not
    /// start. That of [`Outside::d1`] is called `DB`.
    ///
    /// ```
    /// # use domicile::prelude::*;
    /// fn app(_: &Env) -> App {
    ///     App::new().d1("DB").route(Method::GET, "/posts", async |_, outside: Outside| {
    ///         let titles: Vec<String> = outside.d1()?.query_all("SELECT title FROM post", ()).await?;
    ///         Ok::<_, Error>(titles.join("\n"))
    ///     })
    /// }
    /// ```
    #[must_use]
    pub fn d1(mut self, database: impl Into<D1Binding>) -> Self {
        let database = database.into();
        self.mistakes.extend(database.mistake());
        let wrong = migration::mistakes(database.migrations());
        self.mistakes.extend(wrong.into_iter().map(|why| format!("{}: {why}", database.name())));
        if self.databases.iter().any(|known| known.name() == database.name()) {
            self.mistakes.push(format!("two D1 databases are bound as `{}`", database.name()));
        }
        self.databases.push(database);
        self
    }

    /// Says that the app cannot start, and why: for a variable with a value that means nothing.
    #[must_use]
    pub fn mistake(mut self, why: impl Into<String>) -> Self {
        self.mistakes.push(why.into());
        self
    }

    fn kind<A: Actor>(&mut self) -> Rc<dyn AnyKind> {
        if let Some(known) = self.kinds.iter().find(|k| k.kind() == A::KIND) {
            if known.class() != A::CLASS || known.binding() != A::BINDING {
                self.mistakes.push(format!("two actors are called `{}`", A::KIND));
            }
            return known.clone();
        }
        if let Some(other) = self.kinds.iter().find(|k| k.class() == A::CLASS || k.binding() == A::BINDING) {
            self.mistakes.push(format!(
                "`{}` and `{}` share the class `{}` or the binding `{}`: give one of them `#[actor(class = …, binding = …)]`",
                other.kind(), A::KIND, A::CLASS, A::BINDING
            ));
        }
        let mut routes = Routes::default();
        A::routes(&mut routes);
        self.mistakes.extend(routes.table().mistakes().iter().map(|m| format!("{}: {m}", A::KIND)));
        let names = A::MIGRATIONS.iter().map(Migration::name);
        self.mistakes.extend(names.clone().enumerate().filter_map(|(at, name)| {
            let again = names.clone().take(at).any(|earlier| earlier == name);
            again.then(|| format!("{}: two migrations are called `{name}`: rename the newer one", A::KIND))
        }));
        let kind: Rc<dyn AnyKind> =
            Rc::new(KindOf::<A> { routes: Rc::new(routes), classes: Rc::default(), actor: PhantomData });
        self.kinds.push(kind.clone());
        kind
    }
}

/// What an app keeps in stores of one kind: an actor's, or a D1 database.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// The kind of the actor, or the name of the binding.
    pub name: &'static str,
    /// The steps that make its tables.
    pub migrations: &'static [Migration],
    /// The models whose tables are in it.
    pub models: &'static [&'static Schema],
}

/// An actor type, erased.
pub(crate) trait AnyKind {
    fn kind(&self) -> &'static str;
    fn class(&self) -> &'static str;
    fn binding(&self) -> &'static str;
    fn target(&self, name: Name) -> Target;
    fn find(&self, method: &Method, path: &str) -> Found;
    fn allow(&self, path: usize, method: usize) -> Option<&Allow>;
    /// Its routes.
    fn listed(&self) -> Vec<Listed>;
    /// Its messages that say who may send them.
    fn messages(&self) -> Vec<(&'static str, Allow)>;
    fn kept(&self) -> Kept;
    fn reside(
        &self,
        platform: &SharedPlatform,
        databases: &Databases,
        guard: Option<&Rc<dyn Guard>>,
        storage: Rc<dyn Storage>,
        name: Name,
    ) -> Box<dyn Residence>;
}

struct KindOf<A> {
    routes: Rc<Routes<A>>,
    classes: Rc<Classes>,
    actor: PhantomData<fn() -> A>,
}

impl<A: Actor> AnyKind for KindOf<A> {
    fn kind(&self) -> &'static str {
        A::KIND
    }

    fn class(&self) -> &'static str {
        A::CLASS
    }

    fn binding(&self) -> &'static str {
        A::BINDING
    }

    fn target(&self, name: Name) -> Target {
        target::<A>(name)
    }

    fn find(&self, method: &Method, path: &str) -> Found {
        self.routes.table().find(method, path)
    }

    fn allow(&self, path: usize, method: usize) -> Option<&Allow> {
        self.routes.table().get(path, method)?.allow.as_ref()
    }

    fn listed(&self) -> Vec<Listed> {
        let listed = |(method, path, route): (&Method, &str, &Route<A>)| Listed {
            actor: Some(A::KIND),
            method: method.clone(),
            path: path.to_owned(),
            allow: route.allow.clone(),
        };
        self.routes.table().all().map(listed).collect()
    }

    fn messages(&self) -> Vec<(&'static str, Allow)> {
        A::DISPATCH.iter().filter_map(|line| Some((line.name, (line.allow)()?))).collect()
    }

    fn kept(&self) -> Kept {
        Kept { name: A::KIND, migrations: A::MIGRATIONS, models: A::MODELS }
    }

    fn reside(
        &self,
        platform: &SharedPlatform,
        databases: &Databases,
        guard: Option<&Rc<dyn Guard>>,
        storage: Rc<dyn Storage>,
        name: Name,
    ) -> Box<dyn Residence> {
        let kit = Kit {
            routes: self.routes.clone(),
            classes: self.classes.clone(),
            platform: platform.clone(),
            databases: databases.clone(),
            guard: guard.cloned(),
        };
        Box::new(Resident::<A>::new(kit, storage, ActorRef { kind: A::KIND.to_owned(), name }))
    }
}

/// Whether it keeps anybody out.
fn restricts(allow: Option<&Allow>) -> bool {
    allow.is_some_and(|allow| !allow.admits_strangers())
}

impl App {
    /// What routes and messages say of who may, which the guard does not take.
    pub(crate) fn unclear(&self) -> Vec<String> {
        let Some(guard) = &self.guard else { return Vec::new() };
        let routes = Site::routes(self).into_iter().filter_map(|route| {
            let of = route.actor.map(|actor| format!(" of {actor}")).unwrap_or_default();
            Some((format!("{} {}{of}", route.method, route.path), route.allow?))
        });
        let messages = self.kinds.iter().flat_map(|kind| {
            let said = move |(name, allow)| (format!("the message {name} of {}", kind.kind()), allow);
            kind.messages().into_iter().map(said)
        });
        guard.unclear(&routes.chain(messages).collect::<Vec<_>>())
    }

    /// The routes that keep somebody out, where nothing stands at the doors to do so.
    pub(crate) fn unguarded(&self) -> Option<String> {
        if self.guard.is_some() {
            return None;
        }
        let restricted = Site::routes(self).into_iter().filter(|route| restricts(route.allow.as_ref()));
        let all: Vec<String> = restricted.map(|route| format!("{} {}", route.method, route.path)).collect();
        (!all.is_empty()).then(|| {
            format!(
                "routes say who may use them, and the app does not know who asks: give it an identity with \
                 `.guarded(Identity::…)` ({})",
                all.join(", ")
            )
        })
    }
}
