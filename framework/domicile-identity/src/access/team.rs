//! [`Team`]: a Zero Trust organisation by its one DNS label, and the issuer that it is.

use std::str::FromStr;

use domicile::{Error, Result};

const DOMAIN: &str = ".cloudflareaccess.com";

/// The name of a team: one DNS label in lower case, as `acme` of `https://acme.cloudflareaccess.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team(String);

impl Team {
    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What `iss` of the team's tokens is: `https://acme.cloudflareaccess.com`.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("https://{}{DOMAIN}", self.0)
    }

    /// Where the team's keys are.
    #[must_use]
    pub fn certs_url(&self) -> String {
        format!("{}/cdn-cgi/access/certs", self.issuer())
    }
}

/// Reads `acme`, `acme.cloudflareaccess.com`, `https://acme.cloudflareaccess.com` and the last with a slash at its end.
impl FromStr for Team {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let label = match text.strip_prefix("https://") {
            Some(host) => host.strip_suffix('/').unwrap_or(host).strip_suffix(DOMAIN),
            None => Some(text.strip_suffix(DOMAIN).unwrap_or(text)),
        };
        match label.filter(|label| is_label(label)) {
            Some(label) => Ok(Self(label.to_owned())),
            None => Err(Error::internal(format!(
                "{text:?} is no Cloudflare Access team: write it as in `acme`, `acme.cloudflareaccess.com` or \
                 `https://acme.cloudflareaccess.com`, in lower case"
            ))),
        }
    }
}

/// `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`
fn is_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f27_a_team_is_told_in_three_ways() {
        for text in [
            "acme",
            "acme.cloudflareaccess.com",
            "https://acme.cloudflareaccess.com",
            "https://acme.cloudflareaccess.com/",
        ] {
            let team: Team = text.parse().unwrap();
            assert_eq!(team.as_str(), "acme");
            assert_eq!(team.issuer(), "https://acme.cloudflareaccess.com");
            assert_eq!(team.certs_url(), "https://acme.cloudflareaccess.com/cdn-cgi/access/certs");
        }
        let longest = "a".repeat(63);
        assert_eq!(longest.parse::<Team>().unwrap().as_str(), longest);
        assert_eq!("a-1".parse::<Team>().unwrap().as_str(), "a-1");
    }

    #[test]
    fn a01_nothing_else_is_a_team() {
        for text in [
            "",
            " ",
            "acme ",
            "Acme",
            "-acme",
            "acme-",
            "a.b",
            "é",
            "a_b",
            ".cloudflareaccess.com",
            "team..cloudflareaccess.com",
            "a.b.cloudflareaccess.com",
            "acme.cloudflareaccess.com/",
            "acme.cloudflareaccess.com.",
            "acme.cloudflareaccess.com.evil.example",
            "http://acme.cloudflareaccess.com",
            "https://acme",
            "https://acme.cloudflareaccess.com//",
            "https://acme.cloudflareaccess.com/x",
            "https://acme.cloudflareaccess.com?x",
            "https://evil.example/?.cloudflareaccess.com",
            "https://evil.example/#.cloudflareaccess.com",
            "https://evil.example/.cloudflareaccess.com",
            "https://user@acme.cloudflareaccess.com",
            "https://acme.cloudflareaccess.com:443",
            "https://https://acme.cloudflareaccess.com",
            "HTTPS://acme.cloudflareaccess.com",
            "acme\n",
        ] {
            let error = text.parse::<Team>().unwrap_err().to_string();
            assert!(error.contains("write it as in `acme`"), "{text:?}: {error}");
        }
        assert!("a".repeat(64).parse::<Team>().is_err());
    }
}
