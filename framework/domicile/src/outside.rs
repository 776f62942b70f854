//! [`Outside`]: the world as seen from an effect or an entry route, where awaiting is allowed and no store is.

use bytes::Bytes;

use crate::actor::Actor;
use crate::address::Address;
use crate::cx::random_array;
use crate::d1::{self, D1, DEFAULT_BINDING, Databases};
use crate::env::Env;
use crate::error::Result;
use crate::platform::{Platform, SharedPlatform};
use crate::principal::{Credential, Principal};
use crate::store::Store;
use crate::timestamp::Timestamp;
use crate::wire::{ActorRef, RequestId};

/// What an effect or an entry route may do: ask actors, use D1, fetch, wait, read the clock and the
/// environment.
#[derive(Clone)]
pub struct Outside {
    platform: SharedPlatform,
    databases: Databases,
    request: RequestId,
    chain: Vec<ActorRef>,
    credential: Credential,
}

/// Never implemented: it exists so that the compiler can say what to do instead.
#[diagnostic::on_unimplemented(
    message = "an effect runs after the commit and has no store",
    note = "decide and write before the effect; to write its results, send a message to the actor: \
            `outside.address::<MyActor>(name).ask(…).await?`"
)]
pub trait InsideTransaction<'a> {
    /// The store that there would be.
    fn lent_store(&'a self) -> &'a Store;
}

impl Outside {
    pub(crate) fn new(
        platform: SharedPlatform,
        databases: Databases,
        request: RequestId,
        chain: Vec<ActorRef>,
    ) -> Self {
        Self { platform, databases, request, chain, credential: Credential::default() }
    }

    /// The same world, in which things happen for somebody.
    pub(crate) fn on_behalf(mut self, credential: Credential) -> Self {
        self.credential = credential;
        self
    }

    /// The actor `A` called `name`; whether the name is valid is told when it is asked.
    #[must_use]
    pub fn address<A: Actor>(&self, name: impl AsRef<str>) -> Address<A> {
        Address::new(self.clone(), name.as_ref())
    }

    /// Sends a request over the network and gives the whole reply.
    ///
    /// # Errors
    /// The network's.
    pub async fn fetch(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>> {
        self.platform.fetch(request).await
    }

    /// The D1 database that is bound as `DB`.
    ///
    /// # Errors
    /// There is none; the app says with [`App::d1`](crate::App::d1) that it needs one.
    pub fn d1(&self) -> Result<D1> {
        self.d1_named(DEFAULT_BINDING)
    }

    /// The D1 database that is bound as `binding`.
    ///
    /// # Errors
    /// There is none; the app says with [`App::d1`](crate::App::d1) that it needs one.
    pub fn d1_named(&self, binding: &str) -> Result<D1> {
        let declared = self.databases.iter().find(|known| known.name() == binding).copied();
        let declared = declared.ok_or_else(|| d1::missing(binding))?;
        Ok(D1::new(self.platform.database(binding)?, self.platform.clone(), declared))
    }

    /// Waits.
    pub async fn sleep(&self, time: std::time::Duration) {
        self.platform.sleep(time).await;
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.platform.now()
    }

    /// `N` bytes that nobody can guess.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        random_array(&*self.platform)
    }

    /// The variables and secrets.
    #[must_use]
    pub fn env(&self) -> &Env {
        self.platform.env()
    }

    /// The number of the request that this belongs to.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.request
    }

    /// There is no store out here; this only tells the compiler what to say.
    pub fn store<'a>(&'a self) -> &'a Store
    where
        Self: InsideTransaction<'a>,
    {
        self.lent_store()
    }

    /// Who asks, as the entry knows them. The actors that are asked from here know them too.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.credential.principal
    }

    pub(crate) fn credential(&self) -> &Credential {
        &self.credential
    }

    pub(crate) fn platform(&self) -> &dyn Platform {
        &*self.platform
    }

    pub(crate) fn chain(&self) -> &[ActorRef] {
        &self.chain
    }
}
