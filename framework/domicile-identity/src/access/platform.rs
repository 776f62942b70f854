//! What the platform itself says of who asks, where Cloudflare Access protects the Worker and not only its host name: there is
//! no token to verify, and nothing that a client could have written.

use domicile::Principal;
use domicile::principal::{ByPlatform, Claims};
use serde_json::Value;

use super::Access;

impl Access {
    /// Who asks by what the platform says, as the token of the same person would prove. `None` where it says nothing of a
    /// person, or lets them in to another application than the one that is configured for `path`.
    #[must_use]
    pub fn by_platform(&self, path: &str, said: &ByPlatform) -> Option<Principal> {
        let gate = self.gate(path)?;
        if gate.audience().is_some_and(|audience| audience != said.aud) {
            return None;
        }
        // Only one team protects a Worker, that of its own account.
        let mut issuers = gate.issuers();
        let (Some(issuer), None) = (issuers.next(), issuers.next()) else { return None };
        let identity = said.identity.as_ref()?;
        let text =
            |name: &str| identity.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let (subject, email) = (text("user_uuid"), text("email"));
        if subject.is_empty() || email.is_empty() {
            return None;
        }
        let (issuer, name, custom) = (issuer.to_owned(), text("name"), String::new());
        Some(Principal::User(Claims { issuer, subject, email, name, custom }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Application, Settings};
    use super::*;

    fn said(json: &str) -> ByPlatform {
        ByPlatform::read(json).unwrap()
    }

    #[test]
    fn a_person_is_who_their_token_says() {
        let access = Settings::new().team("acme").audience("f00d").build().unwrap();
        let ada = said(r#"{"aud":"f00d","identity":{"email":"ada@x","user_uuid":"u1","name":"Ada King"}}"#);
        let Some(Principal::User(claims)) = access.by_platform("/", &ada) else { panic!("nobody") };
        assert_eq!(
            (claims.issuer.as_str(), claims.subject.as_str()),
            ("https://acme.cloudflareaccess.com", "u1")
        );
        assert_eq!((claims.email.as_str(), claims.name.as_str()), ("ada@x", "Ada King"));
    }

    #[test]
    fn others_are_nobody() {
        let access = Settings::new().team("acme").audience("f00d");
        let admin =
            access.clone().application("/admin", Application::new().audience("cafe")).build().unwrap();
        let several = Settings::new().audience("f00d").allowed_teams(["acme", "beta"]).build().unwrap();
        let access = access.build().unwrap();
        let ada = r#"{"aud":"f00d","identity":{"email":"ada@x","user_uuid":"u1"}}"#;
        assert!(admin.by_platform("/", &said(ada)).is_some());
        assert_eq!(admin.by_platform("/admin/", &said(ada)), None, "another application");
        assert_eq!(several.by_platform("/", &said(ada)), None, "whose token it is, is not said");
        for json in [
            r#"{"aud":"f00d","identity":null}"#,
            r#"{"aud":"beef","identity":{"email":"ada@x","user_uuid":"u1"}}"#,
            r#"{"aud":"f00d","identity":{"email":"ada@x"}}"#,
            r#"{"aud":"f00d","identity":{"email":"","user_uuid":"u1"}}"#,
            r#"{"aud":"f00d","identity":{"email":7,"user_uuid":"u1"}}"#,
            r#"{"aud":"f00d","identity":[]}"#,
        ] {
            assert_eq!(access.by_platform("/", &said(json)), None, "{json}");
        }
        assert_eq!(ByPlatform::read(""), None);
        assert_eq!(ByPlatform::read(r#"{"identity":{}}"#), None);
    }
}
