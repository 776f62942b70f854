//! [`Identity`]: what an app says of who may come to it, and the guard that stands at its doors.

use std::cell::RefCell;
use std::time::Duration;

use domicile::Result;

use crate::access::{Access, KeyCache, Settings};
use crate::account::{NewUser, Policy};
use crate::hashing::Line;
use crate::login::Limits;
use crate::session;
use crate::visits::Visits;

/// Who may come to an app: `App::new().guarded(Identity::access(Settings::new().or_env(env)))`.
///
/// From then on nothing is open that does not say for whom, by `allow` on its route or message. The accounts are in the store
/// of each actor that lists [`MODELS`](crate::MODELS) among its models; [`in_d1`](Identity::in_d1) puts those of an app
/// without actors into a D1 database. `DOMICILE_SECRET` must be set, of at least 32 characters.
pub struct Identity {
    pub(crate) access: Option<Tokens>,
    /// Whether tokens of Access are looked at, also where the settings have a mistake.
    pub(crate) by_access: bool,
    pub(crate) passwords: bool,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    pub(crate) lifetime: Duration,
    pub(crate) database: Option<&'static str>,
    /// How many wait for their password to be hashed.
    pub(crate) hashing: Line,
    /// From where they come.
    pub(crate) visits: Visits,
    mistakes: Vec<String>,
}

/// What is configured of Cloudflare Access, and the keys that are held for it.
pub(crate) struct Tokens {
    pub(crate) settings: Access,
    pub(crate) keys: RefCell<KeyCache>,
}

impl Identity {
    fn new() -> Self {
        Self {
            access: None,
            by_access: false,
            passwords: false,
            policy: Policy::new(),
            limits: Limits::default(),
            lifetime: session::LIFETIME,
            database: None,
            hashing: Line::default(),
            visits: Visits::default(),
            mistakes: Vec::new(),
        }
    }

    /// Those whom Cloudflare Access lets in. A request without a valid token is 401, but on exempt paths. Mistakes in the
    /// settings are told when the app starts.
    ///
    /// ```
    /// use domicile::prelude::*;
    /// use domicile_identity::Identity;
    /// use domicile_identity::access::Settings;
    ///
    /// fn app(env: &Env) -> App {
    ///     // CLOUDFLARE_ACCESS_AUD, CLOUDFLARE_ACCESS_TEAM_NAME and so on, as in django-cf.
    ///     App::new().guarded(Identity::access(Settings::new().or_env(env)))
    /// }
    /// ```
    #[must_use]
    pub fn access(settings: Result<Settings>) -> Self {
        let mut identity = Self { by_access: true, ..Self::new() };
        match settings.and_then(Settings::build) {
            Ok(access) => {
                let keys = RefCell::new(KeyCache::new(&access));
                identity.access = Some(Tokens { settings: access, keys });
            }
            Err(error) => identity.mistakes.push(error.to_string()),
        }
        identity
    }

    /// Those who log in with a password, on the page `/accounts/login/`.
    #[must_use]
    pub fn passwords() -> Self {
        Self::new().or_passwords()
    }

    /// Lets people log in with a password too: a request without a token of Access is nobody's then, and no longer 401.
    ///
    /// Browsers keep the cookie of Access when they come by a way that Access does not guard. So one that proves nothing any
    /// more makes a request nobody's, and whoever has logged in with a password is that account, whatever that cookie says. What
    /// Cloudflare's edge says in the header `Cf-Access-Jwt-Assertion` comes before both.
    #[must_use]
    pub fn or_passwords(mut self) -> Self {
        self.passwords = true;
        self
    }

    /// Keeps the accounts in the D1 database with this binding, for entry routes. The database lists
    /// [`MODELS`](crate::MODELS) among its models.
    ///
    /// Whoever logged in there with a password is nobody to an actor that keeps accounts of its own: what an entry route asks it
    /// in their name is open to [`anyone`](domicile::allow::anyone) alone. An actor without accounts knows them by what D1 says.
    #[must_use]
    pub fn in_d1(mut self, binding: &'static str) -> Self {
        self.database = Some(binding);
        self
    }

    /// [`Policy::on_new_user`].
    #[must_use]
    pub fn on_new_user(
        mut self,
        hook: impl Fn(&domicile::principal::Claims, &mut NewUser) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.policy = self.policy.on_new_user(hook);
        self
    }

    /// [`Policy::link_local_accounts`].
    #[must_use]
    pub fn link_local_accounts(mut self) -> Self {
        self.policy = self.policy.link_local_accounts(true);
        self
    }

    /// [`Policy::link_local_accounts_of`].
    #[must_use]
    pub fn link_local_accounts_of(mut self, issuer: impl Into<String>) -> Self {
        self.policy = self.policy.link_local_accounts_of(issuer);
        self
    }

    /// How many attempts to log in are let through; those of [`Limits::default`] unless it is said.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long a session lasts; two weeks unless it is said.
    #[must_use]
    pub fn session_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Why an app cannot start with it.
    pub(crate) fn told(&self) -> &[String] {
        &self.mistakes
    }
}
