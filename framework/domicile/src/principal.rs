//! [`Principal`]: who asks, as a verified token or a session proves it; and [`Account`], what an actor knows of them.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Who asks. It travels beside an event, as an argument of the call and never in a header that an outsider could send.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Principal {
    /// Nobody who is known.
    #[default]
    Anonymous,
    /// A person.
    User(Claims),
    /// A program, by the identifier of its service token.
    Service(Service),
}

/// What is proven of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who says so, as in `https://acme.cloudflareaccess.com`; empty for an account that logged in with its password.
    pub issuer: String,
    /// The person among those of the issuer; it stays when the e-mail address changes.
    pub subject: String,
    /// The e-mail address, as the issuer spells it.
    pub email: String,
    /// The full name; empty where it is not told.
    pub name: String,
    /// The claims that the identity provider adds, as a JSON object; empty where there are none.
    pub custom: String,
}

/// What is proven of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Who says so.
    pub issuer: String,
    /// The identifier of the token that it authenticated with.
    pub client_id: String,
}

impl Principal {
    /// Whether nobody is known.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        *self == Self::Anonymous
    }

    /// The person, if it is one.
    #[must_use]
    pub fn user(&self) -> Option<&Claims> {
        match self {
            Self::User(claims) => Some(claims),
            Self::Anonymous | Self::Service(_) => None,
        }
    }

    /// The program, if it is one.
    #[must_use]
    pub fn service(&self) -> Option<&Service> {
        match self {
            Self::Service(service) => Some(service),
            Self::Anonymous | Self::User(_) => None,
        }
    }
}

impl Claims {
    /// What the identity provider says of `name`; `None` where it says nothing.
    ///
    /// ```
    /// # use domicile::principal::Claims;
    /// let claims = Claims { custom: r#"{"org":"acme"}"#.into(), ..Claims::default() };
    /// assert_eq!(claims.custom("org").and_then(|org| org.as_str().map(str::to_owned)), Some("acme".to_owned()));
    /// ```
    #[must_use]
    pub fn custom(&self, name: &str) -> Option<Json> {
        let all: Json = serde_json::from_str(&self.custom).ok()?;
        all.get(name).cloned()
    }

    /// The part of the e-mail address behind its last `@`, in lower case.
    #[must_use]
    pub fn email_domain(&self) -> Option<String> {
        let (_, domain) = self.email.rsplit_once('@')?;
        (!domain.is_empty()).then(|| domain.to_ascii_lowercase())
    }
}

/// What an event brings along of who asks: what is proven already, and what only the actor can look up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// What a token proves.
    pub principal: Principal,
    /// The secret of a session, which the actor looks up in its own store.
    pub session: Option<String>,
    /// It is the app itself that asks, as in a test: everything is open to it.
    pub app: bool,
    /// The random cookie of a browser that has no session.
    pub browser: Option<String>,
    /// It comes by a path that asks for no token, where who asks is known at times and at times not.
    pub exempt: bool,
}

impl Credential {
    /// Whether it tells one asker from another: by a token, by what may be a session, or by the random cookie of a browser,
    /// which the forms of its pages are bound to.
    #[must_use]
    pub fn is_somebody(&self) -> bool {
        !self.principal.is_anonymous() || self.session.is_some() || self.browser.is_some()
    }
}

/// What the platform itself says of who asks, beside the request and where no client could write it: `ctx.access` of
/// Cloudflare's runtime.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ByPlatform {
    /// The audience tag of the application that let them in.
    pub aud: String,
    /// What `getIdentity()` gives; nothing for a program.
    pub identity: Option<Json>,
}

impl ByPlatform {
    /// Reads the JSON that a host makes of it; `None` where there is none.
    #[must_use]
    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}

/// A person's account, as the actor's store has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The key of its row; 0 where there is none: an event that only reads makes no store, so in one that nobody has written
    /// to yet nobody has a row, and whoever looks is told who they would be.
    pub id: u32,
    /// The name to log in with.
    pub username: String,
    /// The e-mail address.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// May enter the administration.
    pub staff: bool,
    /// May do everything.
    pub superuser: bool,
    /// The names of its groups, sorted.
    pub groups: Vec<String>,
    /// Its permissions and those of its groups, sorted: `blog.add_post`.
    pub permissions: Vec<String>,
}

impl Account {
    /// Whether it may do this. A superuser may do everything.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        self.superuser || self.permissions.iter().any(|held| held == permission)
    }

    /// The full name, or the username where there is none.
    #[must_use]
    pub fn display_name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        match name.trim() {
            "" => self.username.clone(),
            name => name.to_owned(),
        }
    }
}
