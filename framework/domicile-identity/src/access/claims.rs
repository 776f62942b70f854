//! [`Payload`]: the claims of a token in strict types, what must hold of them, and the [`Principal`] that they are.

use domicile::principal::{Claims, Service};
use domicile::{Principal, Timestamp};
use serde_json::{Map, Value};

use super::rejected::{Quoted, Rejected};

/// How far a clock may be behind the issuer's, in seconds: for `nbf` and `iat`. A token that has expired has expired:
/// `exp` has no such leeway, as django-cf gives none.
const LEEWAY: f64 = 60.0;

/// The most bytes of an e-mail address (RFC 5321: 64 before the `@`, 255 behind it).
const MAX_EMAIL: usize = 320;
/// The most bytes of `sub` and `common_name`.
const MAX_SUBJECT: usize = 255;

/// The claims of a token, by their types only.
#[derive(Debug)]
pub(super) struct Payload {
    claims: Map<String, Value>,
    pub(super) issuer: String,
    audience: Vec<String>,
    kind: String,
    expires: f64,
    begins: Option<f64>,
    issued: Option<f64>,
}

impl Payload {
    pub(super) fn read(claims: Map<String, Value>) -> Result<Self, Rejected> {
        Ok(Self {
            issuer: text(&claims, "iss")?,
            audience: audience(&claims)?,
            kind: text(&claims, "type")?,
            expires: seconds(&claims, "exp")?.ok_or(Rejected::Claim("exp", "a number"))?,
            begins: seconds(&claims, "nbf")?,
            issued: seconds(&claims, "iat")?,
            claims,
        })
    }

    /// Whether it is for this audience (any, if there is none) and its time is now.
    pub(super) fn check(&self, audience: Option<&str>, now: Timestamp) -> Result<(), Rejected> {
        if self.kind != "app" {
            return Err(Rejected::Type(Quoted::new(&self.kind)));
        }
        if audience.is_some_and(|wanted| !self.audience.iter().any(|aud| aud == wanted)) {
            return Err(Rejected::Audience(Quoted::new(&self.audience.join(", "))));
        }
        // Exact: milliseconds up to the year 287396 fit in an f64.
        #[allow(clippy::cast_precision_loss)]
        let now = now.as_millis() as f64 / 1_000.0;
        if self.expires <= now {
            return Err(Rejected::Expired(Quoted::seconds(self.expires)));
        }
        match (self.begins, self.issued) {
            (Some(begins), _) if begins > now + LEEWAY => Err(Rejected::NotYet(Quoted::seconds(begins))),
            (_, Some(issued)) if issued > now + LEEWAY => Err(Rejected::IssuedLater(Quoted::seconds(issued))),
            _ => Ok(()),
        }
    }

    /// Who it is: a person by `email` and `sub`, a program by `common_name` where both are missing or empty.
    pub(super) fn principal(&self) -> Result<Principal, Rejected> {
        let subject = optional(&self.claims, "sub")?;
        let email = optional(&self.claims, "email")?;
        let program = optional(&self.claims, "common_name")?;
        if email.is_empty() && subject.is_empty() && is_plain(program, MAX_SUBJECT) {
            return Ok(Principal::Service(Service {
                issuer: self.issuer.clone(),
                client_id: program.to_owned(),
            }));
        }
        if !is_plain(email, MAX_EMAIL) {
            return Err(Rejected::NoEmail);
        }
        if !is_plain(subject, MAX_SUBJECT) {
            return Err(Rejected::NoSubject);
        }
        let custom = self.claims.get("custom").and_then(Value::as_object).filter(|all| !all.is_empty());
        Ok(Principal::User(Claims {
            issuer: self.issuer.clone(),
            subject: subject.to_owned(),
            email: email.to_owned(),
            name: self.name(custom),
            custom: custom.map(|all| Value::Object(all.clone()).to_string()).unwrap_or_default(),
        }))
    }

    /// The claim `name`, else the first and the last name of the custom claims. What is no text counts as missing:
    /// it is the identity provider's, and no reason to keep anybody out.
    fn name(&self, custom: Option<&Map<String, Value>>) -> String {
        match self.claims.get("name").and_then(Value::as_str) {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => {
                let part = |name| custom.and_then(|all| all.get(name)?.as_str()).unwrap_or_default();
                format!("{} {}", part("firstName"), part("lastName")).trim().to_owned()
            }
        }
    }
}

/// Not empty, not over `most` bytes, and without spaces and control characters.
fn is_plain(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn text(claims: &Map<String, Value>, name: &'static str) -> Result<String, Rejected> {
    match claims.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        _ => Err(Rejected::Claim(name, "text")),
    }
}

/// A text that may be missing or null.
fn optional<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, Rejected> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Rejected::Claim(name, "text")),
    }
}

fn seconds(claims: &Map<String, Value>, name: &'static str) -> Result<Option<f64>, Rejected> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or(Rejected::Claim(name, "a number")),
    }
}

/// One text or a list of some, none of them empty.
fn audience(claims: &Map<String, Value>) -> Result<Vec<String>, Rejected> {
    const WRONG: Rejected = Rejected::Claim("aud", "a text or a list of texts");
    let one = |value: &Value| value.as_str().filter(|aud| !aud.is_empty()).map(str::to_owned).ok_or(WRONG);
    match claims.get("aud") {
        Some(Value::Array(list)) if !list.is_empty() => list.iter().map(one).collect(),
        Some(value @ Value::String(_)) => Ok(vec![one(value)?]),
        _ => Err(WRONG),
    }
}
