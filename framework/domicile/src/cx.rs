//! [`Cx`]: what a handler is given besides its message.

use std::cell::{Cell, OnceCell};
use std::future::Future;

use bytes::Bytes;

use crate::actor::Actor;
use crate::address::Address;
use crate::alarm::{AlarmClock, Ringing};
use crate::d1::Databases;
use crate::effect::Effect;
use crate::env::Env;
use crate::error::Result;
use crate::hint::{OutsideTransaction, TakenOutside};
use crate::message::Failure;
use crate::name::Name;
use crate::outside::Outside;
use crate::platform::{Platform, SharedPlatform};
use crate::principal::{Account, Credential, Principal};
use crate::store::Store;
use crate::timestamp::Timestamp;
use crate::wire::{ActorRef, RequestId};

/// The event that is being handled: its store, its time, its caller.
///
/// A handler is lent one and cannot keep it. What must happen after the commit goes into [`Cx::effect`].
pub struct Cx {
    pub(crate) store: Store,
    pub(crate) platform: SharedPlatform,
    pub(crate) databases: Databases,
    pub(crate) this: ActorRef,
    pub(crate) now: Timestamp,
    pub(crate) request: RequestId,
    pub(crate) chain: Vec<ActorRef>,
    pub(crate) prefix: String,
    pub(crate) credential: Credential,
    /// What the door of the actor has found out.
    pub(crate) known: OnceCell<Known>,
    /// Whether the store is made by this event.
    pub(crate) fresh: Cell<bool>,
    /// A cookie that a page has asked for.
    pub(crate) issued: OnceCell<String>,
    pub(crate) ringing: Ringing,
}

/// Who asks, once the door of the actor has looked.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// What is proven.
    pub principal: Principal,
    /// Their account.
    pub account: Option<Account>,
}

impl Known {
    /// Whether they have logged in here with a password, and no token says who they are.
    pub(crate) fn is_by_session(&self) -> bool {
        self.account.is_some() && self.principal.user().is_some_and(|user| user.issuer.is_empty())
    }
}

impl Cx {
    /// The actor's database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The time of the event: it does not move while the handler runs, and SQL's own functions give it too.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// `N` bytes that nobody can guess.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        random_array(&*self.platform)
    }

    /// The actor's alarm, inside the transaction of the event.
    #[must_use]
    pub fn alarm(&self) -> AlarmClock<'_> {
        AlarmClock::new(&self.store, self.now, self.ringing)
    }

    /// The variables and secrets.
    #[must_use]
    pub fn env(&self) -> &Env {
        self.platform.env()
    }

    /// The name of this actor.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.this.name
    }

    /// The actor that sent the message; `None` when it came from the entry or the host.
    #[must_use]
    pub fn caller(&self) -> Option<&ActorRef> {
        self.chain.last()
    }

    /// Who asks. In an app without identity it is nobody.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        self.known.get().map_or(&self.credential.principal, |known| &known.principal)
    }

    /// The account of who asks, where this actor keeps accounts.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        self.known.get()?.account.as_ref()
    }

    /// The store may be written to while `run` runs, even in a read; for what stands at the doors.
    ///
    /// # Errors
    /// What `run` returns.
    #[doc(hidden)]
    pub fn while_writable<T>(&self, run: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        let before = self.store.set_writable(true);
        let ran = run(self);
        self.store.set_writable(before);
        ran
    }

    /// Whether the store is made by this event, or would be; for what stands at the doors.
    #[doc(hidden)]
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.fresh.get()
    }

    /// Says who asks, once; for what stands at the doors.
    #[doc(hidden)]
    pub fn know(&self, mut known: Known) {
        if self.fresh.get()
            && !self.store.is_writable()
            && let Some(account) = &mut known.account
        {
            // Its row is undone with the store, and the next who looks would have the same number.
            account.id = 0;
        }
        // The first to say it is the door.
        let _ = self.known.set(known);
    }

    /// The secret cookie that a page of this event asks for; `make` gives it where none does yet.
    #[doc(hidden)]
    pub fn issue(&self, make: impl FnOnce() -> String) -> &str {
        self.issued.get_or_init(make)
    }

    /// The secret cookie that a page of this event has asked for.
    #[doc(hidden)]
    #[must_use]
    pub fn issued(&self) -> Option<&str> {
        self.issued.get().map(String::as_str)
    }

    /// What the entry knows of who asks; for what stands at the doors.
    #[doc(hidden)]
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// The number of the request that this event belongs to.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.request
    }

    /// `path` as the outside knows it: with the mount's and the tenant's prefix.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// What is to happen after the commit. `run` is given the outside world, in which awaiting is allowed.
    ///
    /// ```
    /// # use domicile::prelude::*;
    /// # fn f(cx: &Cx) -> Effect<u16> {
    /// cx.effect(async |outside| {
    ///     let reply = outside.fetch(domicile::http::Request::get("https://example.com/").body("".into())
    ///         .map_err(|e| Error::internal(e.to_string()))?).await?;
    ///     Ok(reply.status().as_u16())
    /// })
    /// # }
    /// ```
    pub fn effect<R: 'static, E: 'static, F>(
        &self,
        run: impl FnOnce(Outside) -> F + TakenOutside,
    ) -> Effect<R, E>
    where
        F: Future<Output = Result<R, Failure<E>>> + 'static,
    {
        let mut chain = self.chain.clone();
        chain.push(self.this.clone());
        let outside = Outside::new(self.platform.clone(), self.databases.clone(), self.request, chain);
        let mut credential = self.credential.clone();
        if self.known.get().is_some_and(Known::is_by_session) {
            // Whom the event is for is who asks in its effect too, and not whom a token beside the session proves.
            credential.principal = Principal::Anonymous;
        }
        Effect::new(outside.on_behalf(credential), run)
    }

    /// Nothing is awaited in here; this only tells the compiler what to say.
    pub fn address<'a, A: Actor>(&'a self, name: impl AsRef<str>) -> Address<A>
    where
        Self: OutsideTransaction<'a>,
    {
        self.lent_address(name.as_ref())
    }

    /// Nothing is awaited in here; this only tells the compiler what to say.
    pub fn fetch<'a>(
        &'a self,
        request: http::Request<Bytes>,
    ) -> std::future::Ready<Result<http::Response<Bytes>>>
    where
        Self: OutsideTransaction<'a>,
    {
        self.lent_fetch(request)
    }
}

pub(crate) fn random_array<const N: usize>(platform: &dyn Platform) -> [u8; N] {
    let mut bytes = [0; N];
    platform.random(&mut bytes);
    bytes
}
