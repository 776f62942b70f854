//! [`Policy`]: what an app says of accounts that come from tokens.

use std::fmt;
use std::sync::Arc;

use domicile::Result;
use domicile::principal::Claims;

use super::create::NewUser;
use crate::access::{Issuer, misspelled, said_in};

/// Changes a new account before it is made, or refuses it with an error of the client's, such as
/// [`Error::forbidden`](domicile::Error::forbidden).
pub type NewUserHook = Arc<dyn Fn(&Claims, &mut NewUser) -> Result<()> + Send + Sync>;

/// What an app says of accounts that come from tokens.
///
/// ```
/// use domicile_identity::account::Policy;
///
/// let policy = Policy::new().on_new_user(|claims, user| {
///     user.staff = claims.email_domain().as_deref() == Some("yourcompany.com");
///     Ok(())
/// });
/// ```
#[derive(Clone, Default)]
pub struct Policy {
    link_local_accounts: bool,
    link_those_of: Vec<String>,
    new_user: Option<NewUserHook>,
}

impl Policy {
    /// Nobody is linked, and new accounts are plain ones.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Links an account that was made here, and is bound to no identity, to the first who proves to have its e-mail address.
    ///
    /// Whoever can set the address of an account to one that is not theirs shares that account with its owner then. Leave it
    /// off where people may change their addresses without proving them. An app that lets in several issuers does not start
    /// with it, since each of them may say of anybody to have any address: there it is
    /// [`link_local_accounts_of`](Self::link_local_accounts_of).
    #[must_use]
    pub fn link_local_accounts(mut self, link: bool) -> Self {
        self.link_local_accounts = link;
        self
    }

    /// [`link_local_accounts`](Self::link_local_accounts) for the identities of one issuer, as in
    /// `https://acme.cloudflareaccess.com`. Said again, it adds another.
    #[must_use]
    pub fn link_local_accounts_of(mut self, issuer: impl Into<String>) -> Self {
        self.link_those_of.push(issuer.into());
        self
    }

    /// Asks `hook` before an account is made. It is only asked then, and not at later logins.
    ///
    /// Every team that is let in is trusted for the addresses that it proves. With several of them, look at `claims.issuer`
    /// before you give anything by the domain of an address: the other team's people may have whatever address it says.
    #[must_use]
    pub fn on_new_user(
        mut self,
        hook: impl Fn(&Claims, &mut NewUser) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.new_user = Some(Arc::new(hook));
        self
    }

    /// Whether accounts that were made here are linked to identities of this issuer.
    pub(super) fn links(&self, issuer: &str) -> bool {
        self.link_local_accounts || self.link_those_of.iter().any(|one| one == issuer)
    }

    /// What the app's hook says of a new account; `None` where there is none.
    pub(super) fn welcome(&self, claims: &Claims, user: &mut NewUser) -> Option<Result<()>> {
        self.new_user.as_ref().map(|hook| hook(claims, user))
    }

    /// Why an app that lets in these issuers cannot start with it.
    pub(crate) fn unclear(&self, issuers: &[Issuer]) -> Vec<String> {
        let several = (self.link_local_accounts && issuers.len() > 1).then(|| {
            format!(
                "`link_local_accounts` does not say whose identities are linked, and {} may say of anybody to have an address: \
                 write `link_local_accounts_of({:?})` with the one that is meant",
                said_in(issuers),
                issuers.first().map(|issuer| issuer.name.as_str()).unwrap_or_default(),
            )
        });
        let wrong = self.link_those_of.iter().filter_map(|issuer| misspelled(issuer));
        several.into_iter().chain(wrong.map(|why| format!("`link_local_accounts_of`: {why}"))).collect()
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("link_local_accounts", &self.link_local_accounts)
            .field("link_those_of", &self.link_those_of)
            .field("new_user", &self.new_user.is_some())
            .finish()
    }
}
