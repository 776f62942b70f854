//! [`Gate`]: one Access application after its settings were checked, and the issuers whose keys are needed.

use domicile::Timestamp;
use jsonwebtoken::{Algorithm, Validation};

use super::rejected::Rejected;
use super::team::Team;
use super::token::Candidate;

/// An Access application: who issues its tokens, and for which audience. It never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    teams: Vec<Team>,
    issuers: Vec<String>,
    audience: Option<String>,
    validation: Validation,
}

impl Gate {
    /// `None` accepts any audience.
    pub(super) fn new(teams: Vec<Team>, audience: Option<String>) -> Self {
        let issuers: Vec<String> = teams.iter().map(Team::issuer).collect();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&issuers);
        match &audience {
            Some(audience) => validation.set_audience(&[audience]),
            None => validation.validate_aud = false,
        }
        // It would ask the machine's clock; `Payload::check` asks the event's.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.leeway = 0;
        Self { teams, issuers, audience, validation }
    }

    /// Does every check of a token for which no key is needed. What it gives proves nothing yet.
    ///
    /// # Errors
    /// The token could not be valid with any key, so none is to be fetched for it.
    pub fn peek<'a>(&'a self, token: &'a str, now: Timestamp) -> Result<Candidate<'a>, Rejected> {
        Candidate::peek(self, token, now)
    }

    /// What `iss` of a token may be.
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        self.issuers.iter().map(String::as_str)
    }

    /// What `aud` of a token must have; `None` where any will do.
    #[must_use]
    pub fn audience(&self) -> Option<&str> {
        self.audience.as_deref()
    }

    pub(super) fn teams(&self) -> &[Team] {
        &self.teams
    }

    pub(super) fn validation(&self) -> &Validation {
        &self.validation
    }
}

/// An issuer, and where its keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// As in `iss`: `https://acme.cloudflareaccess.com`.
    pub name: String,
    /// Where its key set is served.
    pub certs_url: String,
}

impl Issuer {
    pub(super) fn new(team: &Team, certs_url: Option<&str>) -> Self {
        Self { name: team.issuer(), certs_url: certs_url.map_or_else(|| team.certs_url(), str::to_owned) }
    }
}
