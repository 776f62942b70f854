//! [`Settings`]: what an app says of Cloudflare Access, in Rust or in its environment, and what of it is a mistake.

use std::net::IpAddr;
use std::time::Duration;

use domicile::{Env, Error, Result};
use http::Uri;

use super::gate::{Gate, Issuer};
use super::paths::Prefix;
use super::team::Team;
use super::{Access, provider};

/// The variable for [`Application::audience`].
pub const AUD: &str = "CLOUDFLARE_ACCESS_AUD";
/// Where keys are fetched instead, for a test that plays Access: an URL of a loopback host.
pub const CERTS_URL: &str = "CLOUDFLARE_ACCESS_CERTS_URL";
/// The variable for [`Application::team`].
pub const TEAM_NAME: &str = "CLOUDFLARE_ACCESS_TEAM_NAME";
/// The variable for [`Settings::exempt`]: paths with commas between them.
pub const EXEMPT_PATHS: &str = "CLOUDFLARE_ACCESS_EXEMPT_PATHS";
/// The variable for [`Settings::cache_timeout`]: whole seconds.
pub const CACHE_TIMEOUT: &str = "CLOUDFLARE_ACCESS_CACHE_TIMEOUT";
/// The variable for [`Application::allowed_teams`]: teams with commas between them.
pub const ALLOWED_TEAMS: &str = "CLOUDFLARE_ACCESS_ALLOWED_TEAMS";
/// The variable for [`Application::accept_any_audience_of_the_team`]: `true` is the only value that says so.
pub const ANY_AUDIENCE: &str = "CLOUDFLARE_ACCESS_ACCEPT_ANY_AUDIENCE_OF_THE_TEAM";

const NEITHER: &str = "Either CLOUDFLARE_ACCESS_AUD or CLOUDFLARE_ACCESS_TEAM_NAME setting is required";

/// The longest that keys may be used without asking for newer ones: Cloudflare takes an old key away after 7 days.
const LONGEST_CACHE: Duration = Duration::from_secs(7 * 24 * 3_600);

/// An Access application: whose tokens are accepted, and for which audience.
///
/// An empty text is as good as none, so that a variable can be set to nothing.
#[derive(Debug, Clone, Default)]
pub struct Application {
    audience: String,
    team: String,
    allowed_teams: Vec<String>,
    any_audience: bool,
}

impl Application {
    /// One of which nothing is said yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The application audience tag (AUD), as Cloudflare's dashboard shows it.
    #[must_use]
    pub fn audience(mut self, tag: impl Into<String>) -> Self {
        self.audience = tag.into();
        self
    }

    /// The team: `acme`, `acme.cloudflareaccess.com` or `https://acme.cloudflareaccess.com`.
    #[must_use]
    pub fn team(mut self, team: impl Into<String>) -> Self {
        self.team = team.into();
        self
    }

    /// The teams one of which issued a token, in the place of [`team`](Self::team).
    #[must_use]
    pub fn allowed_teams<T: Into<String>>(mut self, teams: impl IntoIterator<Item = T>) -> Self {
        self.allowed_teams = teams.into_iter().map(Into::into).collect();
        self
    }

    /// Accepts the tokens of **every** application of the team, also of those that ask less of who enters. Only
    /// without an audience.
    #[must_use]
    pub fn accept_any_audience_of_the_team(mut self) -> Self {
        self.any_audience = true;
        self
    }

    fn is_unset(&self) -> bool {
        self.audience.is_empty() && self.team.is_empty()
    }

    /// The gate at `path`, which is empty for the whole site.
    fn gate(&self, path: &str) -> Result<Gate> {
        if self.is_unset() {
            return Err(mistake(NEITHER, path));
        }
        let any = self.audience.is_empty();
        if any && !self.any_audience {
            return Err(mistake(
                "a Cloudflare Access team is set and no audience, by which the tokens of every application of the team \
                 would be accepted. Set CLOUDFLARE_ACCESS_AUD to the application's audience tag; or, if that is meant, \
                 say so by `.accept_any_audience_of_the_team()` or \
                 CLOUDFLARE_ACCESS_ACCEPT_ANY_AUDIENCE_OF_THE_TEAM=true",
                path,
            ));
        }
        if !any && self.any_audience {
            return Err(mistake(
                "a Cloudflare Access audience is set, and also that any audience of the team is accepted: take one of \
                 the two away",
                path,
            ));
        }
        if !any && !self.audience.bytes().all(|b| b.is_ascii_graphic() && b != b',') {
            return Err(mistake(
                &format!(
                    "CLOUDFLARE_ACCESS_AUD is {:?}, which is no audience tag: it is one word, 64 hexadecimal digits",
                    self.audience
                ),
                path,
            ));
        }
        Ok(Gate::new(self.teams(path)?, (!any).then(|| self.audience.clone())))
    }

    fn teams(&self, path: &str) -> Result<Vec<Team>> {
        match (self.team.is_empty(), self.allowed_teams.is_empty()) {
            (false, true) => Ok(vec![self.team.parse()?]),
            (true, false) => self.allowed_teams.iter().map(|team| team.parse()).collect(),
            (true, true) => Err(mistake(
                "a Cloudflare Access audience is set and no team, and a token is not asked who may have issued it. Set \
                 CLOUDFLARE_ACCESS_TEAM_NAME, or list the teams by `.allowed_teams([…])` or in \
                 CLOUDFLARE_ACCESS_ALLOWED_TEAMS",
                path,
            )),
            (false, false) => Err(mistake(
                "both a Cloudflare Access team and a list of allowed teams are set: take one of the two away",
                path,
            )),
        }
    }
}

/// What an app says of Cloudflare Access, before it is checked by [`build`](Settings::build).
///
/// ```
/// use std::time::Duration;
/// use domicile_identity::access::{Application, Settings};
///
/// # fn main() -> domicile::Result<()> {
/// let access = Settings::new()
///     .team("acme")
///     .audience("f00d")
///     .application("/admin", Application::new().audience("cafe"))
///     .exempt(["/health"])
///     .cache_timeout(Duration::from_secs(600))
///     .build()?;
/// assert!(access.is_exempt("/health/live") && !access.is_exempt("/healthadmin"));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Settings {
    site: Application,
    below: Vec<(String, Application)>,
    exempt: Vec<String>,
    cache_timeout: Option<Duration>,
    certs_url: Option<String>,
}

impl Settings {
    /// Settings of which nothing is said yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// [`Application::audience`] of the whole site.
    #[must_use]
    pub fn audience(mut self, tag: impl Into<String>) -> Self {
        self.site = self.site.audience(tag);
        self
    }

    /// [`Application::team`] of the whole site.
    #[must_use]
    pub fn team(mut self, team: impl Into<String>) -> Self {
        self.site = self.site.team(team);
        self
    }

    /// [`Application::allowed_teams`] of the whole site.
    #[must_use]
    pub fn allowed_teams<T: Into<String>>(mut self, teams: impl IntoIterator<Item = T>) -> Self {
        self.site = self.site.allowed_teams(teams);
        self
    }

    /// [`Application::accept_any_audience_of_the_team`] for the whole site.
    #[must_use]
    pub fn accept_any_audience_of_the_team(mut self) -> Self {
        self.site = self.site.accept_any_audience_of_the_team();
        self
    }

    /// Another application for `path` and all below it, in the place of the site's; the longest path wins. Where it names
    /// no team it has the site's. A token for another application is of no use there, nor is one for this elsewhere.
    ///
    /// If only such applications are set, no token is accepted for other paths.
    #[must_use]
    pub fn application(mut self, path: impl Into<String>, application: Application) -> Self {
        self.below.push((path.into(), application));
        self
    }

    /// The paths that need no token, each with all below it. A token is looked at there too, but nothing fails.
    #[must_use]
    pub fn exempt<T: Into<String>>(mut self, paths: impl IntoIterator<Item = T>) -> Self {
        self.exempt.extend(paths.into_iter().map(Into::into));
        self
    }

    /// How long keys are used before newer ones are asked for: 1 s to 7 days, an hour unless it is said.
    #[must_use]
    pub fn cache_timeout(mut self, timeout: Duration) -> Self {
        self.cache_timeout = Some(timeout);
        self
    }

    /// Gets the keys of every team from `url`, which is `https`, or `http` on a loopback host: so that a test can play
    /// Access.
    #[must_use]
    pub fn with_certs_url(mut self, url: impl Into<String>) -> Self {
        self.certs_url = Some(url.into());
        self
    }

    /// Takes from the environment what Rust has not said, for the application of the whole site.
    ///
    /// # Errors
    /// A variable cannot be what it is.
    pub fn or_env(mut self, env: &Env) -> Result<Self> {
        let get = |name| env.get(name).map(str::trim).unwrap_or_default();
        if self.site.audience.is_empty() {
            self.site.audience = get(AUD).to_owned();
        }
        if self.site.team.is_empty() && self.site.allowed_teams.is_empty() {
            self.site.team = get(TEAM_NAME).to_owned();
            self.site.allowed_teams = list(get(ALLOWED_TEAMS));
        }
        if self.certs_url.is_none() && !get(CERTS_URL).is_empty() {
            let url = get(CERTS_URL);
            // Whoever could set a variable must not be able to let in whom they like.
            if !url.starts_with("http://") {
                return Err(Error::internal(format!(
                    "{CERTS_URL} is {url:?}: it is for tests, and an http URL of a loopback host"
                )));
            }
            self.certs_url = Some(url.to_owned());
        }
        match get(ANY_AUDIENCE) {
            "" | "false" => {}
            "true" => self.site.any_audience = true,
            other => {
                return Err(Error::internal(format!("{ANY_AUDIENCE} is {other:?}: it is `true` or not set")));
            }
        }
        if self.exempt.is_empty() {
            self.exempt = list(get(EXEMPT_PATHS));
        }
        let timeout = get(CACHE_TIMEOUT);
        if self.cache_timeout.is_none() && !timeout.is_empty() {
            let seconds = timeout.parse().map_err(|_| {
                Error::internal(format!("{CACHE_TIMEOUT} is {timeout:?}: it is a number of whole seconds"))
            })?;
            self.cache_timeout = Some(Duration::from_secs(seconds));
        }
        Ok(self)
    }

    /// Checks all of it. Nothing of it changes afterwards.
    ///
    /// # Errors
    /// Something is missing, contradicts something else, or would let in whom it should not; the text says what to do.
    pub fn build(self) -> Result<Access> {
        provider::install()?;
        let mut gates = Vec::new();
        if self.below.is_empty() || !self.site.is_unset() {
            gates.push((None, self.site.gate("")?));
        }
        for (path, mut application) in self.below {
            if application.team.is_empty() && application.allowed_teams.is_empty() {
                application.team.clone_from(&self.site.team);
                application.allowed_teams.clone_from(&self.site.allowed_teams);
            }
            let prefix = Prefix::new(&path, "the applications of Cloudflare Access")?;
            if gates.iter().any(|(other, _)| other.as_ref() == Some(&prefix)) {
                return Err(mistake("there are two Cloudflare Access applications for one path", &path));
            }
            gates.push((Some(prefix), application.gate(&path)?));
        }
        let cache_timeout = self.cache_timeout.unwrap_or(Duration::from_secs(3_600));
        if !(Duration::from_secs(1)..=LONGEST_CACHE).contains(&cache_timeout) {
            return Err(Error::internal(format!(
                "{CACHE_TIMEOUT} is {} s: it is 1 to {} s",
                cache_timeout.as_secs_f64(),
                LONGEST_CACHE.as_secs()
            )));
        }
        if let Some(url) = &self.certs_url {
            check_certs_url(url)?;
        }
        let exempt: Result<Vec<_>> = self.exempt.iter().map(|path| Prefix::new(path, EXEMPT_PATHS)).collect();
        let issuers = issuers(&gates, self.certs_url.as_deref());
        Ok(Access::new(gates, exempt?, issuers, cache_timeout))
    }
}

/// The issuers of all gates, each once.
fn issuers(gates: &[(Option<Prefix>, Gate)], certs_url: Option<&str>) -> Vec<Issuer> {
    let mut issuers: Vec<Issuer> = Vec::new();
    for team in gates.iter().flat_map(|(_, gate)| gate.teams()) {
        let issuer = Issuer::new(team, certs_url);
        if !issuers.contains(&issuer) {
            issuers.push(issuer);
        }
    }
    issuers
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn check_certs_url(url: &str) -> Result<()> {
    let uri: Option<Uri> = url.parse().ok();
    let safe = uri.as_ref().and_then(|uri| {
        let authority = uri.authority()?;
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        let open = match uri.scheme_str()? {
            "https" => !host.is_empty(),
            "http" => loopback,
            _ => false,
        };
        (open && !authority.as_str().contains('@')).then_some(())
    });
    safe.ok_or_else(|| {
        Error::internal(format!(
            "{url:?} cannot be where the keys of Cloudflare Access are: it is an https URL, or for tests an http URL of a \
             loopback host, as in http://127.0.0.1:8788/certs"
        ))
    })
}

/// A mistake in the application at `path`.
fn mistake(what: &str, path: &str) -> Error {
    let error = Error::internal(what);
    if path.is_empty() {
        error
    } else {
        error.context(format!("the Cloudflare Access application of {path}"))
    }
}
