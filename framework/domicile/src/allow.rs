//! [`Allow`]: who may use a route or a message.

use std::ops::{BitAnd, BitOr};

use crate::principal::{Account, Principal};

/// Who may use a route or a message: `r.post("/draft", …).allow(staff())`, `#[message(allow = staff())]`.
///
/// `staff() | permission("blog.add_post")` lets in whom one of the two lets in, `&` whom both do. An app without identity is
/// open. With it, nothing is open that does not say so.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    Service {
        /// Who issued it, as in `https://acme.cloudflareaccess.com`; `None` where the app lets in one issuer's alone.
        issuer: Option<&'static str>,
        /// Its identifier.
        client_id: &'static str,
    },
    /// Whom one of these lets in.
    Any(Vec<Allow>),
    /// Whom all of these let in.
    All(Vec<Allow>),
}

/// Everybody, known or not.
#[must_use]
pub fn anyone() -> Allow {
    Allow::Anyone
}

/// Every person who is known and whose account is active.
#[must_use]
pub fn signed_in() -> Allow {
    Allow::SignedIn
}

/// Staff, and superusers.
#[must_use]
pub fn staff() -> Allow {
    Allow::Staff
}

/// Superusers.
#[must_use]
pub fn superuser() -> Allow {
    Allow::Superuser
}

/// Who has this permission, as in `blog.add_post`, of their own or by a group; and superusers.
#[must_use]
pub fn permission(name: &'static str) -> Allow {
    Allow::Permission(name)
}

/// Who is in this group; and superusers.
#[must_use]
pub fn group(name: &'static str) -> Allow {
    Allow::Group(name)
}

/// The program whose service token has this identifier. An app that lets in the tokens of several issuers does not start with
/// it, since each of them may give a token any identifier: there it is [`service_of`].
#[must_use]
pub fn service(client_id: &'static str) -> Allow {
    Allow::Service { issuer: None, client_id }
}

/// The program whose service token has this identifier and is of this issuer:
/// `service_of("https://acme.cloudflareaccess.com", "e367826f93b8.access")`.
#[must_use]
pub fn service_of(issuer: &'static str, client_id: &'static str) -> Allow {
    Allow::Service { issuer: Some(issuer), client_id }
}

impl BitOr for Allow {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        match self {
            Self::Any(mut of) => {
                of.push(other);
                Self::Any(of)
            }
            one => Self::Any(vec![one, other]),
        }
    }
}

impl BitAnd for Allow {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        match self {
            Self::All(mut of) => {
                of.push(other);
                Self::All(of)
            }
            one => Self::All(vec![one, other]),
        }
    }
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
            Self::Service { issuer, client_id } => principal.service().is_some_and(|service| {
                service.client_id == *client_id && issuer.is_none_or(|issuer| service.issuer == issuer)
            }),
            Self::Any(of) => of.iter().any(|allow| allow.admits(principal, account)),
            Self::All(of) => !of.is_empty() && of.iter().all(|allow| allow.admits(principal, account)),
        }
    }

    /// What it is put together of by `|` and `&`; itself where it is not.
    #[must_use]
    pub fn parts(&self) -> Vec<&Allow> {
        match self {
            Self::Any(of) | Self::All(of) => of.iter().flat_map(Self::parts).collect(),
            one => vec![one],
        }
    }

    /// Whether somebody of whom nothing is known may be let in.
    #[must_use]
    pub fn admits_strangers(&self) -> bool {
        self.admits(&Principal::Anonymous, None)
    }

    /// Whether a person may be let in, whatever their account.
    #[must_use]
    pub fn may_admit_people(&self) -> bool {
        match self {
            Self::Service { .. } => false,
            Self::Any(of) => of.iter().any(Self::may_admit_people),
            Self::All(of) => !of.is_empty() && of.iter().all(Self::may_admit_people),
            Self::Anyone
            | Self::SignedIn
            | Self::Staff
            | Self::Superuser
            | Self::Permission(_)
            | Self::Group(_) => true,
        }
    }

    /// Whether it asks for something that only an account tells.
    #[must_use]
    pub fn needs_account(&self) -> bool {
        match self {
            Self::Anyone | Self::SignedIn | Self::Service { .. } => false,
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
        let either = || staff() | permission("blog.add_post");
        let both = || staff() & group("editors");
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
        let issued = |issuer: &str| {
            Principal::Service(Service { issuer: issuer.to_owned(), client_id: "robot".into() })
        };
        check(service_of("https://a.example", "robot"), &issued("https://a.example"), None, true);
        check(service_of("https://a.example", "robo"), &issued("https://a.example"), None, false);
        check(service_of("https://a.example", "robot"), &issued("https://b.example"), None, false);
        check(service_of("https://a.example", "robot"), &program, None, false);
        check(either(), &person, Some(&editor), true);
        check(either(), &person, Some(&plain), false);
        check(both(), &person, Some(&clerk), false);
        check(Allow::All(vec![]), &person, Some(&root), false);
        check(Allow::Any(vec![]), &person, Some(&root), false);
    }

    #[test]
    fn it_tells_its_parts() {
        let allow = staff() | (group("x") & (service("a") | service_of("i", "b")));
        assert_eq!(allow.parts(), [&staff(), &group("x"), &service("a"), &service_of("i", "b")]);
    }

    #[test]
    fn strangers_come_in_where_anyone_does() {
        assert!((staff() | anyone()).admits_strangers());
        assert!(!(staff() | signed_in() | superuser()).admits_strangers());
        assert!((service("x") | staff()).may_admit_people() && !(service("x") & staff()).may_admit_people());
        assert!(!service("x").may_admit_people() && anyone().may_admit_people());
        assert!((anyone() | group("x")).needs_account() && !signed_in().needs_account());
    }
}
