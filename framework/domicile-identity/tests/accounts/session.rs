//! Sessions.

use std::time::Duration;

use domicile::prelude::*;
use domicile::query::Executor;
use domicile_host::test::Host;
use domicile_identity::account::{Session, User, by_id};
use domicile_identity::login::change_password;
use domicile_identity::password::UNUSABLE;
use domicile_identity::session::{LIFETIME, begin, by_session, end, end_all};

use crate::app::{Watched, app, both, local, same};

#[domicile::test(app = app)]
fn a7_reading_a_session_costs_two_reads_and_no_write(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let watched = Watched::new(on);
            let on: &dyn Executor = &watched;
            let bob = local(on, "bob", "").await?;
            let session = begin(on, bob.id, LIFETIME).await?;
            watched.taken();
            let account = by_session(on, &session.secret).await?;
            same(
                (account.as_ref().map(|account| account.username.as_str()), watched.taken()),
                (Some("bob"), (2, 0)),
            )?;
            same((by_id(on, bob.id).await?, watched.taken()), (account, (2, 0)))?;
            // What nobody has costs one, and what cannot be a secret none.
            same((by_session(on, &"A".repeat(43)).await?, watched.taken()), (None, (1, 0)))?;
            for wrong in ["", "x", "' OR 1 = 1 --", &session.secret[1..]] {
                same((by_session(on, wrong).await?, watched.taken()), (None, (0, 0)))?;
            }
            Ok(())
        })
    });
}

#[domicile::test(app = app)]
fn a_secret_is_stored_as_its_hash(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let bob = local(on, "bob", "").await?;
            let (one, two) = (begin(on, bob.id, LIFETIME).await?, begin(on, bob.id, LIFETIME).await?);
            same((one.secret.len(), one.secret != two.secret), (43, true))?;
            let stored = Session::objects().select(Session::hash).all(on).await?;
            same(stored.len(), 2)?;
            for hash in stored {
                same((hash.len(), by_session(on, &hash).await?), (64, None))?;
            }
            Ok(())
        })
    });
}

#[domicile::test(app = app)]
fn a_session_lasts_two_weeks_however_it_is_used(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let watched = Watched::new(on);
            let on: &dyn Executor = &watched;
            let bob = local(on, "bob", "").await?;
            let session = begin(on, bob.id, LIFETIME).await?;
            same(session.expires, on.now().after(Duration::from_hours(336)))?;
            watched.wait(LIFETIME - Duration::from_secs(1));
            same(by_session(on, &session.secret).await?.is_some(), true)?;
            watched.wait(Duration::from_secs(1));
            same(by_session(on, &session.secret).await?, None)?;
            // It is there until the next one begins.
            same(Session::objects().count(on).await?, 1)?;
            begin(on, bob.id, LIFETIME).await?;
            same(Session::objects().select(Session::expires).all(on).await?, vec![on.now().after(LIFETIME)])
        })
    });
}

#[domicile::test(app = app)]
fn a15_logging_out_ends_the_session(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let bob = local(on, "bob", "").await?;
            let (one, two) = (begin(on, bob.id, LIFETIME).await?, begin(on, bob.id, LIFETIME).await?);
            same((end(on, &one.secret).await?, end(on, &one.secret).await?), (true, false))?;
            same(by_session(on, &one.secret).await?, None)?;
            same(by_session(on, &two.secret).await?.is_some(), true)?;
            same((end(on, "x").await?, end_all(on, bob.id, None).await?), (false, 1))?;
            same(by_session(on, &two.secret).await?, None)
        })
    });
}

#[domicile::test(app = app)]
fn a_password_change_ends_all_sessions_but_the_one_kept(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let (bob, eve) = (local(on, "bob", "").await?, local(on, "eve", "").await?);
            let mut sessions = Vec::new();
            for user in [bob.id, bob.id, eve.id] {
                sessions.push(begin(on, user, LIFETIME).await?.secret);
            }
            let running = async || -> Result<Vec<bool>> {
                let mut running = Vec::new();
                for secret in &sessions {
                    running.push(by_session(on, secret).await?.is_some());
                }
                Ok(running)
            };
            change_password(on, bob.id, UNUSABLE, Some(&sessions[1])).await?;
            same(running().await?, vec![false, true, true])?;
            // A secret of somebody else keeps nothing of theirs.
            change_password(on, bob.id, UNUSABLE, Some(&sessions[2])).await?;
            same(running().await?, vec![false, false, true])?;
            crate::app::refused(change_password(on, 99, UNUSABLE, None).await, 404, "user not found")?;
            crate::app::refused(change_password(on, bob.id, "plain", None).await, 422, "This is no hash")
        })
    });
}

#[domicile::test(app = app)]
fn a5_sessions_of_inactive_people_are_none(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let bob = local(on, "bob", "").await?;
            let session = begin(on, bob.id, LIFETIME).await?;
            User::by_key(bob.id).update().set(User::active, false).run(on).await?;
            same((by_session(on, &session.secret).await?, by_id(on, bob.id).await?), (None, None))?;
            // Whoever deletes an account deletes its sessions with it.
            bob.delete(on).await?;
            same(Session::objects().count(on).await?, 0)
        })
    });
}
