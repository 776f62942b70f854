//! [`Allow`]: who may use a route or a message.

use crate::principal::{Account, Principal};

/// Who may use a route or a message: `r.post("/draft", …).allow(staff())`, `#[message(allow = staff())]`.
///
/// An app without identity is open. With it, nothing is open that does not say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allow {
    /// Everybody, known or not.
    Anyone,
    /// Every person who is known and whose account is active.
    SignedIn,
    /// Staff, and superusers.
    Staff,
    /// Superusers.
    Superuser,
    /// Who has this permission, of their own or by a group; and superusers.
    Permission(&'static str),
    /// Who is in this group; and superusers.
    Group(&'static str),
    /// The program with this service token.
    Service(&'static str),
    /// Whom one of these lets in.
    Any(&'static [Allow]),
    /// Whom all of these let in.
    All(&'static [Allow]),
}

/// Everybody, known or not.
#[must_use]
pub const fn anyone() -> Allow {
    Allow::Anyone
}

/// Every person who is known and whose account is active.
#[must_use]
pub const fn signed_in() -> Allow {
    Allow::SignedIn
}

/// Staff, and superusers.
#[must_use]
pub const fn staff() -> Allow {
    Allow::Staff
}

/// Superusers.
#[must_use]
pub const fn superuser() -> Allow {
    Allow::Superuser
}

/// Who has this permission, as in `blog.add_post`, of their own or by a group; and superusers.
#[must_use]
pub const fn permission(name: &'static str) -> Allow {
    Allow::Permission(name)
}

/// Who is in this group; and superusers.
#[must_use]
pub const fn group(name: &'static str) -> Allow {
    Allow::Group(name)
}

/// The program whose service token has this identifier.
#[must_use]
pub const fn service(client_id: &'static str) -> Allow {
    Allow::Service(client_id)
}

/// Whom one of these lets in.
#[must_use]
pub const fn any(of: &'static [Allow]) -> Allow {
    Allow::Any(of)
}

/// Whom all of these let in.
#[must_use]
pub const fn all(of: &'static [Allow]) -> Allow {
    Allow::All(of)
}

impl Allow {
    /// Whether it lets in who is known as `principal` and has this account.
    #[must_use]
    pub fn admits(&self, principal: &Principal, account: Option<&Account>) -> bool {
        let held = |holds: &dyn Fn(&Account) -> bool| {
            account.is_some_and(|account| account.superuser || holds(account))
        };
        match self {
            Self::Anyone => true,
            // An actor that keeps no accounts knows its people by what is proven of them.
            Self::SignedIn => account.is_some() || principal.user().is_some(),
            Self::Staff => held(&|account| account.staff),
            Self::Superuser => held(&|_| false),
            Self::Permission(name) => held(&|account| account.may(name)),
            Self::Group(name) => held(&|account| account.groups.iter().any(|group| group == name)),
            Self::Service(id) => principal.service().is_some_and(|service| service.client_id == *id),
            Self::Any(of) => of.iter().any(|allow| allow.admits(principal, account)),
            Self::All(of) => !of.is_empty() && of.iter().all(|allow| allow.admits(principal, account)),
        }
    }

    /// Whether somebody of whom nothing is known may be let in.
    #[must_use]
    pub fn admits_strangers(&self) -> bool {
        self.admits(&Principal::Anonymous, None)
    }

    /// Whether it asks for something that only an account tells.
    #[must_use]
    pub fn needs_account(&self) -> bool {
        match self {
            Self::Anyone | Self::SignedIn | Self::Service(_) => false,
            Self::Staff | Self::Superuser | Self::Permission(_) | Self::Group(_) => true,
            Self::Any(of) | Self::All(of) => of.iter().any(Self::needs_account),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::principal::{Claims, Service};

    #[track_caller]
    fn check(allow: Allow, principal: &Principal, account: Option<&Account>, expect: bool) {
        assert_eq!(allow.admits(principal, account), expect, "{allow:?} {principal:?} {account:?}");
    }

    #[test]
    fn each_lets_in_whom_it_names() {
        const EITHER: Allow = any(&[staff(), permission("blog.add_post")]);
        const BOTH: Allow = all(&[staff(), group("editors")]);
        let nobody = Principal::Anonymous;
        let person = Principal::User(Claims::default());
        let program = Principal::Service(Service { issuer: String::new(), client_id: "robot".into() });
        let plain = Account::default();
        let editor = Account {
            groups: vec!["editors".into()],
            permissions: vec!["blog.add_post".into()],
            ..Account::default()
        };
        let clerk = Account { staff: true, ..Account::default() };
        let root = Account { superuser: true, ..Account::default() };
        check(anyone(), &nobody, None, true);
        check(signed_in(), &nobody, None, false);
        check(signed_in(), &person, None, true);
        check(signed_in(), &person, Some(&plain), true);
        check(signed_in(), &program, None, false);
        check(staff(), &person, None, false);
        check(staff(), &person, Some(&plain), false);
        check(staff(), &person, Some(&clerk), true);
        check(superuser(), &person, Some(&clerk), false);
        check(superuser(), &person, Some(&root), true);
        check(permission("blog.add_post"), &person, Some(&editor), true);
        check(permission("blog.add"), &person, Some(&editor), false);
        check(group("editors"), &person, Some(&root), true);
        check(group("editors"), &person, Some(&clerk), false);
        check(service("robot"), &program, None, true);
        check(service("robo"), &program, None, false);
        check(service("robot"), &person, Some(&root), false);
        check(EITHER, &person, Some(&editor), true);
        check(EITHER, &person, Some(&plain), false);
        check(BOTH, &person, Some(&clerk), false);
        check(all(&[]), &person, Some(&root), false);
        check(any(&[]), &person, Some(&root), false);
    }

    #[test]
    fn strangers_come_in_where_anyone_does() {
        assert!(any(&[staff(), anyone()]).admits_strangers());
        assert!(!any(&[staff(), signed_in()]).admits_strangers());
        assert!(any(&[anyone(), group("x")]).needs_account() && !signed_in().needs_account());
    }
}
