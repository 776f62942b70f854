//! Who issued what an app lets in: with several issuers, something that one of them may say as well as another proves nothing.

use domicile::Allow;

use super::gate::Issuer;
use super::team::Team;

/// Why an app cannot start with what it says of service tokens: each of several issuers may give a program any identifier.
pub(crate) fn unclear(issuers: &[Issuer], said: &[(String, Allow)]) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (place, allow) in said {
        for part in allow.parts() {
            let Allow::Service { issuer, client_id } = part else { continue };
            match issuer {
                Some(issuer) => {
                    mistakes.extend(misspelled(issuer).map(|why| format!("`service_of` of {place}: {why}")));
                }
                None if issuers.len() > 1 => mistakes.push(format!(
                    "`service({client_id:?})` of {place} does not say who issued the token, and {} may have: write \
                     `service_of({:?}, {client_id:?})` with the one that is meant",
                    said_in(issuers),
                    issuers.first().map(|issuer| issuer.name.as_str()).unwrap_or_default(),
                )),
                None => {}
            }
        }
    }
    mistakes
}

/// The issuers, as a sentence has them.
pub(crate) fn said_in(issuers: &[Issuer]) -> String {
    issuers.iter().map(|issuer| issuer.name.as_str()).collect::<Vec<_>>().join(" or ")
}

/// Why no token can be of this issuer; `None` where one can.
pub(crate) fn misspelled(issuer: &str) -> Option<String> {
    match issuer.parse::<Team>().map(|team| team.issuer()) {
        Ok(right) if right == issuer => None,
        Ok(right) => Some(format!("no token is of the issuer {issuer:?}: write {right:?}")),
        Err(_) => Some(format!(
            "no token is of the issuer {issuer:?}: write one as in \"https://acme.cloudflareaccess.com\""
        )),
    }
}
