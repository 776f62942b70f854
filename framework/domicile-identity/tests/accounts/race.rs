//! What several do at the same time on D1, where others write between one's reads and writes. On a store nobody does.

use domicile::prelude::*;
use domicile::principal::Claims;
use domicile_host::test::Host;
use domicile_identity::account::{
    AccessIdentity, AdminReply, LoginAttempt, NewUser, Policy, User, add_to_group, create_admin, create_user,
};
use domicile_identity::login::{Begin, Compared, Limits, begin_login, change_password, finish_login};
use domicile_identity::password::{self, Verdict};
use domicile_identity::session::LIFETIME;
use domicile_identity::{Secret, session};
use futures_util::future::{join, join_all};

use crate::app::{app, claims, enter, local};

#[domicile::test(app = app)]
fn a6_many_at_once_are_one_account(host: Host) {
    host.d1("DB", async |db| {
        let policy = Policy::new();
        let claims = claims("s1", "ada@example.com", "Ada Lovelace");
        let entered = join_all((0..8).map(|_| enter(&db, &claims, &policy))).await;
        let ids: Vec<u32> = entered.into_iter().map(|entered| entered.expect("an account").id).collect();
        assert_eq!(ids, [ids[0]; 8]);
        assert_eq!(User::objects().count(&db).await.expect("users"), 1);
        // As many people as there are subjects want one address, and one gets it.
        let strangers: Vec<_> =
            (0..6).map(|at| crate::app::claims(&format!("t{at}"), "eve@example.com", "")).collect();
        let entered = join_all(strangers.iter().map(|claims| enter(&db, claims, &policy))).await;
        let (fine, refused): (Vec<_>, Vec<_>) = entered.into_iter().partition(Result::is_ok);
        assert_eq!((fine.len(), refused.len()), (1, 5));
        assert!(refused.into_iter().all(|refused| refused.is_err_and(|error| error.status() == 403)));
        assert_eq!(AccessIdentity::objects().count(&db).await.expect("identities"), 2);
    });
}

#[domicile::test(app = app)]
fn a6_a_local_account_is_linked_to_one_at_once(host: Host) {
    host.d1("DB", async |db| {
        let link = Policy::new().link_local_accounts(true);
        for round in 0..4 {
            let email = format!("bob{round}@example.com");
            local(&db, &format!("bob{round}"), &email).await.expect("bob");
            let issuers: Vec<_> = (0..4)
                .map(|at| Claims { issuer: format!("https://{at}.example"), ..claims("s", &email, "") })
                .map(|claims| Claims { subject: format!("s{round}"), ..claims })
                .collect();
            let entered = join_all(issuers.iter().map(|claims| enter(&db, claims, &link))).await;
            assert_eq!(entered.into_iter().filter(Result::is_ok).count(), 1);
        }
        assert_eq!(AccessIdentity::objects().count(&db).await.expect("identities"), 4);
    });
}

#[domicile::test(app = app)]
fn t1_many_at_once_make_one_admin(host: Host) {
    host.d1("DB", async |db| {
        let made = join_all((0..6).map(|at| create_admin(&db, NewUser::new(format!("admin{at}"))))).await;
        let made: Vec<_> = made.into_iter().map(|made| made.expect("a reply")).collect();
        let created = made.iter().filter(|made| matches!(made, AdminReply::Created { .. })).count();
        let others = made.iter().filter(|made| **made == AdminReply::NotTheFirst).count();
        assert_eq!((created, others), (1, 5));
        assert_eq!(User::objects().count(&db).await.expect("users"), 1);
    });
}

fn secret() -> Secret {
    Secret::new("DOMICILE_SECRET", "a secret of thirty-two bytes, or more").expect("a secret")
}

#[domicile::test(app = app)]
fn many_attempts_at_once_are_counted_one_by_one(host: Host) {
    host.d1("DB", async |db| {
        let (secret, limits) = (secret(), Limits::default());
        let addresses: Vec<String> = (0..120).map(|at| format!("2001:db8:1:2::{at}")).collect();
        let attempts = addresses.iter().map(|address| begin_login(&db, "bob", address, &secret, &limits));
        let begun = join_all(attempts).await;
        let begun = begun.into_iter().filter(|begun| matches!(begun, Ok(Begin::Begun(_)))).count();
        assert_eq!(begun, 10);
        // Those that came too late are not counted, and keep nobody out who comes from elsewhere.
        assert_eq!(LoginAttempt::objects().count(&db).await.expect("attempts"), 10);
        let elsewhere = begin_login(&db, "bob", "192.0.2.9", &secret, &limits).await;
        assert!(matches!(elsewhere, Ok(Begin::Begun(_))), "{elsewhere:?}");
    });
}

#[domicile::test(app = app)]
fn a_nonce_makes_one_session_and_none_with_an_old_password(host: Host) {
    host.d1("DB", async |db| {
        let hash = password::decoy(&secret(), "x");
        let bob =
            create_user(&db, NewUser { password: hash.clone(), ..NewUser::new("bob") }).await.expect("bob");
        let begin = async || match begin_login(&db, "bob", "", &secret(), &Limits::default()).await {
            Ok(Begin::Begun(begun)) => begun.nonce,
            other => panic!("{other:?}"),
        };
        let nonce = begin().await;
        let finish = |nonce: &str| {
            let nonce = nonce.to_owned();
            let db = &db;
            let compared = Compared { stored: hash.clone(), verdict: Verdict::Right, rehashed: None };
            async move { finish_login(db, &nonce, "", compared, LIFETIME).await.expect("an end") }
        };
        let finished = join_all((0..6).map(|_| finish(&nonce))).await;
        assert_eq!(finished.into_iter().flatten().count(), 1);
        for _ in 0..8 {
            let nonce = begin().await;
            let (_, changed) = join(finish(&nonce), change_password(&db, bob.id, &hash, None)).await;
            changed.expect("a change");
            // Whichever was first: after the change there is a session only where it began after it, and then with no
            // login of before.
            let late = finish(&nonce).await;
            assert_eq!(late, None);
            session::end_all(&db, bob.id, None).await.expect("an end");
        }
    });
}

#[domicile::test(app = app)]
fn groups_that_are_made_at_once_are_one(host: Host) {
    host.d1("DB", async |db| {
        let bob = local(&db, "bob", "").await.expect("bob");
        let new = join_all((0..6).map(|_| add_to_group(&db, bob.id, "editors"))).await;
        let new: Vec<bool> = new.into_iter().map(|new| new.expect("a group")).collect();
        assert_eq!(new.iter().filter(|new| **new).count(), 1);
    });
}
