//! Logging in with a password.

use std::time::Duration;

use domicile::prelude::*;
use domicile::query::Executor;
use domicile_host::test::Host;
use domicile_identity::account::{LoginAttempt, LoginNonce, NewUser, Session, User, create_user, relink};
use domicile_identity::login::{
    Begin, Begun, Compared, Limits, LoggedIn, begin_login, change_password, finish_login, replace_password,
};
use domicile_identity::password::{UNUSABLE, Verdict};
use domicile_identity::session::{self, LIFETIME, by_session};
use domicile_identity::{Secret, password};

use crate::app::{Watched, app, both, refused, same};

const ADDRESS: &str = "192.0.2.7";
/// Of `password`, with few passes, and so in a form that is old.
const HASH: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

fn secret() -> Result<Secret> {
    Secret::new("DOMICILE_SECRET", "a secret of thirty-two bytes, or more")
}

async fn bob(on: &dyn Executor) -> Result<User> {
    let new = NewUser::new("bob");
    create_user(on, NewUser { email: "bob@example.com".into(), password: HASH.into(), ..new }).await
}

async fn begin(on: &dyn Executor, name: &str, address: &str) -> Result<Begin> {
    begin_login(on, name, address, &secret()?, &Limits::default()).await
}

async fn begun(on: &dyn Executor, name: &str) -> Result<Begun> {
    match begin(on, name, ADDRESS).await? {
        Begin::Begun(begun) => Ok(begun),
        Begin::TooMany { retry_after } => Err(Error::internal(format!("too many: {retry_after:?}"))),
    }
}

async fn finish(on: &dyn Executor, nonce: &str, verdict: Verdict) -> Result<Option<LoggedIn>> {
    let compared = Compared { stored: HASH.to_owned(), verdict, rehashed: None };
    finish_login(on, nonce, ADDRESS, compared, LIFETIME).await
}

#[domicile::test(app = app)]
fn a_right_password_begins_a_session(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let bob = bob(on).await?;
            let Begun { stored, nonce } = begun(on, "bob").await?;
            same(stored.as_str(), HASH)?;
            let verdict = password::verify("password", &stored);
            same(verdict, Verdict::RightAndOld)?;
            let Some(LoggedIn { user, username, session }) = finish(on, &nonce, verdict).await? else {
                return same("nobody", "bob");
            };
            same((user, username.as_str(), session.expires), (bob.id, "bob", on.now().after(LIFETIME)))?;
            same(by_session(on, &session.secret).await?.map(|account| account.id), Some(bob.id))?;
            same(User::by_key(bob.id).get(on).await?.last_login, Some(on.now()))?;
            same(LoginNonce::objects().count(on).await?, 0)
        })
    });
}

#[domicile::test(app = app)]
fn a_nonce_works_once_and_for_a_minute(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let watched = Watched::new(on);
            let on: &dyn Executor = &watched;
            bob(on).await?;
            let nonce = begun(on, "bob").await?.nonce;
            same(finish(on, &nonce, Verdict::Wrong).await?, None)?;
            same(finish(on, &nonce, Verdict::Right).await?, None)?;
            let nonce = begun(on, "bob").await?.nonce;
            same(finish(on, &nonce, Verdict::Right).await?.is_some(), true)?;
            same(finish(on, &nonce, Verdict::Right).await?, None)?;
            let nonce = begun(on, "bob").await?.nonce;
            same(LoginNonce::objects().select(LoginNonce::hash).get(on).await? == nonce, false)?;
            watched.wait(Duration::from_secs(60));
            same(finish(on, &nonce, Verdict::Right).await?, None)?;
            for wrong in ["", "x", &"A".repeat(43)] {
                same(finish(on, wrong, Verdict::Right).await?, None)?;
            }
            same(Session::objects().count(on).await?, 1)
        })
    });
}

#[domicile::test(app = app)]
fn a_decoy_is_the_same_each_time_and_lets_nobody_in(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            bob(on).await?;
            create_user(on, NewUser::new("access-only")).await?;
            let inactive = NewUser { active: false, password: HASH.into(), ..NewUser::new("gone") };
            create_user(on, inactive).await?;
            let long = "x".repeat(100_000);
            for name in ["nobody", "access-only", "gone", "Bob", "", "' OR 1=1 --", long.as_str()] {
                let (one, two) = (begun(on, name).await?, begun(on, name).await?);
                same(one.stored.clone(), two.stored)?;
                same(one.stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), true)?;
                same(password::is_usable(&one.stored), true)?;
                // Even if the entry said so.
                same(finish(on, &one.nonce, Verdict::Right).await?, None)?;
            }
            same(Session::objects().count(on).await?, 0)
        })
    });
}

#[domicile::test(app = app)]
fn a5_who_becomes_inactive_meanwhile_does_not_come_in(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            bob(on).await?;
            let nonce = begun(on, "bob").await?.nonce;
            User::objects().update().set(User::active, false).run(on).await?;
            same(finish(on, &nonce, Verdict::Right).await?, None)?;
            User::objects().update().set(User::active, true).run(on).await?;
            same(finish(on, &nonce, Verdict::Right).await?, None)?;
            same(Session::objects().count(on).await?, 0)
        })
    });
}

#[domicile::test(app = app)]
fn t2_an_email_address_is_a_name_too_and_has_a_count_of_its_own(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let bob = bob(on).await?;
            // What is counted is the same for names that somebody has and for those that nobody has.
            for names in [[" BOB@example.com", "bob@example.com"], [" EVE@example.com", "eve@example.com"]] {
                for at in 0..10 {
                    let stored = begun(on, names[at % 2]).await?.stored;
                    same(stored == HASH, names[1].starts_with("bob"))?;
                }
                for name in names {
                    same(matches!(begin(on, name, ADDRESS).await?, Begin::TooMany { .. }), true)?;
                }
            }
            // That one account has both names is not told.
            same(begun(on, "bob").await?.stored.as_str(), HASH)?;
            // A username comes first where it is another's address.
            let eve = NewUser { password: UNUSABLE.into(), ..NewUser::new("bob@example.com") };
            create_user(on, eve).await?;
            let Begin::Begun(begun) = begin(on, "bob@example.com", "192.0.2.8").await? else {
                return same("too many", "");
            };
            same(begun.stored != bob.password, true)
        })
    });
}

#[domicile::test(app = app)]
fn ten_attempts_by_a_name_are_let_through_in_fifteen_minutes(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let watched = Watched::new(on);
            let on: &dyn Executor = &watched;
            bob(on).await?;
            for name in ["bob", "nobody"] {
                for _ in 0..10 {
                    begun(on, name).await?;
                    watched.wait(Duration::from_secs(10));
                }
                watched.taken();
                let too_many = Begin::TooMany { retry_after: Duration::from_secs(800) };
                // It costs no write.
                same(begin(on, name, ADDRESS).await?, too_many)?;
                same(watched.taken().1, 0)?;
                // Whoever comes from elsewhere is not kept out by it.
                same(matches!(begin(on, name, "203.0.113.1").await?, Begin::Begun(_)), true)?;
            }
            begun(on, "somebody").await?;
            watched.wait(Duration::from_secs(700));
            begun(on, "bob").await?;
            same(matches!(begin(on, "bob", ADDRESS).await?, Begin::TooMany { .. }), true)?;
            watched.wait(Duration::from_mins(16));
            begun(on, "bob").await?;
            same(LoginAttempt::objects().count(on).await?, 1)
        })
    });
}

#[domicile::test(app = app)]
fn a_hundred_attempts_by_a_name_are_let_through_from_everywhere(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            bob(on).await?;
            for at in 0..100 {
                let address = format!("192.0.2.{}", at % 25);
                same(matches!(begin(on, "bob", &address).await?, Begin::Begun(_)), true)?;
            }
            same(matches!(begin(on, "bob", "192.0.2.200").await?, Begin::TooMany { .. }), true)?;
            same(matches!(begin(on, "eve", "192.0.2.200").await?, Begin::Begun(_)), true)
        })
    });
}

#[domicile::test(app = app)]
fn fifty_attempts_from_an_address_are_let_through(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            bob(on).await?;
            for at in 0..50 {
                let address = format!("2001:db8:1:2::{at:x}");
                same(matches!(begin(on, &format!("name {at}"), &address).await?, Begin::Begun(_)), true)?;
            }
            let network = "2001:db8:1:2:ffff::1";
            let Begin::TooMany { retry_after } = begin(on, "bob", network).await? else {
                return same("begun", "");
            };
            same(retry_after, Duration::from_mins(15))?;
            same(matches!(begin(on, "bob", "2001:db8:1:3::1").await?, Begin::Begun(_)), true)
        })
    });
}

#[domicile::test(app = app)]
fn a_login_that_succeeds_is_no_longer_counted_where_it_came_from(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            bob(on).await?;
            begun(on, "nobody").await?;
            for _ in 0..9 {
                let nonce = begun(on, "bob").await?.nonce;
                same(finish(on, &nonce, Verdict::Wrong).await?, None)?;
            }
            let nonce = begun(on, "bob").await?.nonce;
            same(finish(on, &nonce, Verdict::Right).await?.is_some(), true)?;
            same(LoginAttempt::objects().count(on).await?, 1)?;
            // What others tried from elsewhere is.
            for address in [ADDRESS, "192.0.2.8"] {
                same(matches!(begin(on, "bob", address).await?, Begin::Begun(_)), true)?;
            }
            let nonce = begun(on, "bob").await?.nonce;
            same(finish(on, &nonce, Verdict::Right).await?.is_some(), true)?;
            same(LoginAttempt::objects().count(on).await?, 2)
        })
    });
}

#[domicile::test(app = app)]
fn the_oldest_session_ends_where_there_are_too_many(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let watched = Watched::new(on);
            let on: &dyn Executor = &watched;
            let (bob, eve) = (bob(on).await?, create_user(on, NewUser::new("eve")).await?);
            let others = session::begin(on, eve.id, LIFETIME).await?;
            let mut all = Vec::new();
            for _ in 0..session::MOST + 2 {
                all.push(session::begin(on, bob.id, LIFETIME).await?.secret);
                watched.wait(Duration::from_millis(1));
            }
            let mut running = Vec::new();
            for secret in &all {
                running.push(by_session(on, secret).await?.is_some());
            }
            same(running[..3].to_vec(), vec![false, false, true])?;
            same(running.iter().filter(|runs| **runs).count(), session::MOST as usize)?;
            same(by_session(on, &others.secret).await?.is_some(), true)
        })
    });
}

#[domicile::test(app = app)]
fn an_old_hash_is_replaced_where_the_password_was_right(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            bob(on).await?;
            let new = password::hash("password", [3; 16])?;
            let login = async |verdict, rehashed: &str| -> Result<String> {
                let nonce = begun(on, "bob").await?.nonce;
                let stored = User::objects().select(User::password).get(on).await?;
                let compared = Compared { stored, verdict, rehashed: Some(rehashed.to_owned()) };
                finish_login(on, &nonce, ADDRESS, compared, LIFETIME).await?;
                User::objects().select(User::password).get(on).await
            };
            same(login(Verdict::Wrong, &new).await?.as_str(), HASH)?;
            same(login(Verdict::Right, &new).await?.as_str(), HASH)?;
            same(login(Verdict::RightAndOld, "no hash").await?.as_str(), HASH)?;
            same(login(Verdict::RightAndOld, &new).await?, new.clone())?;
            same(password::verify("password", &new), Verdict::Right)
        })
    });
}

#[domicile::test(app = app)]
fn what_was_compared_is_what_the_account_has(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let bob = bob(on).await?;
            // On D1 the password may change between the reading of the hash and the writing of the nonce, which the change
            // then does not find.
            let nonce = begun(on, "bob").await?.nonce;
            let new = password::hash("another one", [3; 16])?;
            User::by_key(bob.id).update().set(User::password, &new).run(on).await?;
            let compared = Compared {
                stored: HASH.to_owned(),
                verdict: Verdict::RightAndOld,
                rehashed: Some(password::hash("password", [3; 16])?),
            };
            same(finish_login(on, &nonce, ADDRESS, compared, LIFETIME).await?, None)?;
            same(User::by_key(bob.id).get(on).await?.password.as_str(), new.as_str())?;
            same(Session::objects().count(on).await?, 0)?;
            // Nor is a password replaced that an administrator has taken away meanwhile.
            relink(on, bob.id, "https://acme.cloudflareaccess.com", "somebody-else").await?;
            refused(replace_password(on, bob.id, &new, HASH, None).await, 409, "changed")?;
            same(User::by_key(bob.id).get(on).await?.password.as_str(), UNUSABLE)?;
            replace_password(on, bob.id, UNUSABLE, HASH, None).await
        })
    });
}

#[domicile::test(app = app)]
fn a_password_change_ends_logins_with_the_old_one(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let bob = bob(on).await?;
            let nonce = begun(on, "bob").await?.nonce;
            let new = password::hash("another one", [3; 16])?;
            change_password(on, bob.id, &new, None).await?;
            same(finish(on, &nonce, Verdict::Right).await?, None)?;
            same(begun(on, "bob").await?.stored, new)?;
            refused(change_password(on, bob.id, "", None).await, 422, "no hash")
        })
    });
}
