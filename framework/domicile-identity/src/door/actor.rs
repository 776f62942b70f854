//! The actor's door: the session, the account and what it may, looked up in the store before the handler runs.

use domicile::cx::Known;
use domicile::guard::{Admission, Asked};
use domicile::principal::{Claims, Credential};
use domicile::query::{Executor, on_store};
use domicile::{Account, Cx, Principal, Result};

use super::forgery;
use crate::account::{Look, Policy, Refusal, Written, look};
use crate::answer;
use crate::identity::Identity;
use crate::message::keeps_accounts;
use crate::session::by_session;

/// What was found of who asks, where nothing had to be written.
enum Found {
    Known(Box<Known>),
    Refused(Refusal),
    /// An account has to be made or changed first.
    Write,
}

pub(super) fn admit(identity: &Identity, cx: &Cx, asked: Asked<'_>) -> Result<Admission> {
    let credential = cx.credential();
    let request = asked.request;
    let refused = |response| Ok(Admission::Refused(Box::new(response)));
    let Some(allow) = asked.allow else {
        tracing::warn!(request = %cx.request_id(), "nobody may do this: say who may with `allow`");
        return refused(answer::forbidden(request));
    };
    let known = match find(identity, cx, credential)? {
        Found::Known(known) => *known,
        Found::Refused(refusal) => {
            refusal.log(cx.request_id());
            return refused(answer::refused(request, refusal.status(), &refusal.to_string()));
        }
        Found::Write => {
            let policy = identity.policy.clone();
            let credential = credential.clone();
            let written = cx.while_writable(|cx| {
                on_store(cx, |on| Box::pin(async move { known_written(on, &credential, &policy).await }))
            })?;
            return match written {
                Ok(account) => {
                    tracing::info!(request = %cx.request_id(), user = account.id, "an account follows its token");
                    Ok(Admission::Written)
                }
                Err(refusal) => {
                    refusal.log(cx.request_id());
                    refused(answer::refused(request, refusal.status(), &refusal.to_string()))
                }
            };
        }
    };
    if !allow.admits(&known.principal, known.account.as_ref()) {
        return refused(match (&known.principal, request) {
            (Principal::Anonymous, Some(request)) => super::entry::login(identity, request, request.prefix()),
            (Principal::Anonymous, None) => answer::login_required(None),
            _ => answer::forbidden(request),
        });
    }
    if let Some(request) = request
        && let Some(why) = forgery::suspicion(cx.env(), request)?
    {
        tracing::warn!(request = %cx.request_id(), path = request.path(), why, "a form is not accepted");
        return refused(forgery::refused(request));
    }
    cx.know(known);
    Ok(Admission::Admitted)
}

fn find(identity: &Identity, cx: &Cx, credential: &Credential) -> Result<Found> {
    let nobody = credential.principal.user().is_none() && credential.session.is_none();
    if nobody || !keeps_accounts(cx.store().models()) {
        return Ok(Found::Known(Box::new(Known { principal: credential.principal.clone(), account: None })));
    }
    let (credential, policy) = (credential.clone(), identity.policy.clone());
    on_store(cx, |on| Box::pin(async move { looked_up(on, &credential, &policy).await }))
}

async fn looked_up(on: &dyn Executor, credential: &Credential, policy: &Policy) -> Result<Found> {
    let by = |principal: Principal, account| Found::Known(Box::new(Known { principal, account }));
    // Whoever has logged in here is that account, whatever the cookie of Access says.
    if let Some(session) = &credential.session
        && let Some(account) = by_session(on, session).await?
    {
        // Nobody has proven the address that the account has.
        let claims = Claims { subject: account.id.to_string(), ..Claims::default() };
        return Ok(by(Principal::User(claims), Some(account)));
    }
    Ok(match &credential.principal {
        // Who logged in where accounts are in D1 has none here, and no token that could make one.
        Principal::User(claims) if claims.issuer.is_empty() => Found::Known(Box::default()),
        Principal::User(claims) => match look(on, claims, policy).await? {
            Look::Found(account) => by(credential.principal.clone(), Some(account)),
            Look::Refused(refusal) => Found::Refused(refusal),
            Look::Write(_) => Found::Write,
        },
        principal => by(principal.clone(), None),
    })
}

/// Makes or changes the account of a token.
async fn known_written(
    on: &dyn Executor,
    credential: &Credential,
    policy: &Policy,
) -> Result<Result<Account, Refusal>> {
    let Principal::User(claims) = &credential.principal else { return Ok(Err(Refusal::Inactive)) };
    Ok(match look(on, claims, policy).await? {
        Look::Found(account) => Ok(account),
        Look::Refused(refusal) => Err(refusal),
        Look::Write(plan) => match plan.write(on).await? {
            Written::Account(account) => Ok(account),
            Written::Refused(refusal) => Err(refusal),
        },
    })
}

/// Who asks, by a database that is no actor's; what has to be written is.
pub(super) async fn known(
    on: &dyn Executor,
    credential: &Credential,
    policy: &Policy,
) -> Result<Result<Known, Refusal>> {
    let nobody = credential.principal.user().is_none() && credential.session.is_none();
    if nobody || !keeps_accounts(on.models()) {
        return Ok(Ok(Known { principal: credential.principal.clone(), account: None }));
    }
    Ok(match looked_up(on, credential, policy).await? {
        Found::Known(known) => Ok(*known),
        Found::Refused(refusal) => Err(refusal),
        Found::Write => known_written(on, credential, policy)
            .await?
            .map(|account| Known { principal: credential.principal.clone(), account: Some(account) }),
    })
}
