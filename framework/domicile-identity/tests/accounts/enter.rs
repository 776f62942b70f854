//! From tokens to accounts.

use domicile::prelude::*;
use domicile::query::{Executor, row};
use domicile_host::test::Host;
use domicile_identity::account::{
    AccessIdentity, Look, Policy, Refusal, User, Written, look, relink, unlink,
};
use domicile_identity::{password, session};

use crate::app::{ISSUER, Watched, app, both, claims, enter, local, refused, same, users};

async fn user(on: &dyn Executor, username: &str) -> Result<User> {
    User::objects().filter(User::username.eq(username)).get(on).await
}

#[domicile::test(app = app)]
fn f38_a_new_person_gets_a_plain_account(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let policy = Policy::new();
            let ada = enter(on, &claims("s1", "Ada@Example.com", "Ada King Lovelace"), &policy).await?;
            same((ada.username.as_str(), ada.email.as_str()), ("Ada@Example.com", "Ada@Example.com"))?;
            same((ada.first_name.as_str(), ada.last_name.as_str()), ("Ada", "King Lovelace"))?;
            same((ada.staff, ada.superuser, ada.groups.len()), (false, false, 0))?;
            let row = user(on, "Ada@Example.com").await?;
            same((row.active, row.password.as_str(), row.last_login), (true, password::UNUSABLE, None))?;
            same(row.email_key.as_deref(), Some("ada@example.com"))?;
            let identity = AccessIdentity::objects().get(on).await?;
            same((identity.issuer.as_str(), identity.subject.as_str()), (ISSUER, "s1"))?;
            same(identity.user, ForeignKey::new(ada.id))
        })
    });
}

#[domicile::test(app = app)]
fn f38_names_are_split_at_the_first_space(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let names = [
                ("Ada King Lovelace", "Ada", "King Lovelace"),
                ("Ada", "Ada", ""),
                ("", "", ""),
                (" Ada  Lovelace ", "Ada", "Lovelace"),
                ("'); DROP TABLE auth_user; --", "');", "DROP TABLE auth_user; --"),
            ];
            for (at, (name, first, last)) in names.into_iter().enumerate() {
                let claims = claims(&format!("s{at}"), &format!("{at}@example.com"), name);
                let account = enter(on, &claims, &Policy::new()).await?;
                same((account.first_name.as_str(), account.last_name.as_str()), (first, last))?;
                same(matches!(look(on, &claims, &Policy::new()).await?, Look::Found(_)), true)?;
            }
            // A name that is cut is not taken for another one each time.
            let long =
                claims("long", "long@example.com", &format!("{} {}", "é".repeat(200), "b ".repeat(200)));
            let account = enter(on, &long, &Policy::new()).await?;
            same((account.first_name.chars().count(), account.last_name.chars().count()), (150, 149))?;
            same(matches!(look(on, &long, &Policy::new()).await?, Look::Found(_)), true)
        })
    });
}

#[domicile::test(app = app)]
fn f39_a_new_name_is_taken_over_and_an_empty_one_never(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let policy = Policy::new();
            let name = async |name: &str| -> Result<(String, String)> {
                let account = enter(on, &claims("s1", "ada@example.com", name), &policy).await?;
                Ok((account.first_name, account.last_name))
            };
            let pair = |first: &str, last: &str| (first.to_owned(), last.to_owned());
            same(name("Ada Byron").await?, pair("Ada", "Byron"))?;
            same(name("Ada King Lovelace").await?, pair("Ada", "King Lovelace"))?;
            same(name("").await?, pair("Ada", "King Lovelace"))?;
            same(name("  ").await?, pair("Ada", "King Lovelace"))?;
            // Where somebody has split it otherwise, the name is still the same.
            let ada = user(on, "ada@example.com").await?;
            User { first_name: "Ada King".into(), last_name: "Lovelace".into(), ..ada }.save(on).await?;
            same(name("Ada King Lovelace").await?, pair("Ada King", "Lovelace"))?;
            same(users(on).await?, 1)
        })
    });
}

#[domicile::test(app = app)]
fn f41_a_hook_may_make_staff_or_refuse(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let policy = Policy::new().on_new_user(|claims, user| match claims.email_domain().as_deref() {
                Some("yourcompany.com") => {
                    user.staff = true;
                    user.groups = vec!["editors".into(), "editors".into()];
                    user.permissions = vec!["blog.add_post".into()];
                    Ok(())
                }
                Some("friend.com") => Ok(()),
                Some("broken.com") => Err(Error::internal("the hook's own mistake")),
                _ => Err(Error::forbidden("Only people of ours.")),
            });
            let staff = enter(on, &claims("s1", "ada@YourCompany.com", ""), &policy).await?;
            same((staff.staff, staff.superuser), (true, false))?;
            same(staff.groups, vec!["editors"])?;
            same(staff.permissions, vec!["blog.add_post"])?;
            same(enter(on, &claims("s2", "eve@friend.com", ""), &policy).await?.staff, false)?;
            refused(enter(on, &claims("s3", "x@other.com", ""), &policy).await, 403, "Only people of ours.")?;
            refused(enter(on, &claims("s4", "x@broken.com", ""), &policy).await, 500, "own mistake")?;
            same(users(on).await?, 2)?;
            // It is about new accounts, so that what an administrator takes away stays away.
            let ada = user(on, "ada@YourCompany.com").await?;
            User { staff: false, ..ada }.save(on).await?;
            same(enter(on, &claims("s1", "ada@YourCompany.com", ""), &policy).await?.staff, false)
        })
    });
}

#[domicile::test(app = app)]
fn a5_inactive_people_are_refused_and_stay_inactive(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let (policy, claims) = (Policy::new(), claims("s1", "ada@example.com", "Ada"));
            enter(on, &claims, &policy).await?;
            User::objects().update().set(User::active, false).run(on).await?;
            let renamed = domicile::principal::Claims { name: "Eve".into(), ..claims.clone() };
            for claims in [&claims, &renamed] {
                refused(enter(on, claims, &policy).await, 403, "This account is inactive")?;
            }
            let row = user(on, "ada@example.com").await?;
            same((row.active, row.first_name.as_str()), (false, "Ada"))?;
            // Nor is one linked that was made here.
            local(on, "bob", "bob@example.com").await?;
            User::objects().update().set(User::active, false).run(on).await?;
            let link = Policy::new().link_local_accounts(true);
            refused(enter(on, &crate::app::claims("s2", "bob@example.com", ""), &link).await, 403, "inactive")
        })
    });
}

#[domicile::test(app = app)]
fn a6_a_known_address_with_another_subject_is_refused_until_it_is_linked(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let policy = Policy::new().link_local_accounts(true);
            let (first, again) =
                (claims("s1", "ada@example.com", "Ada"), claims("s2", "ADA@example.com", "Eve"));
            let ada = enter(on, &first, &policy).await?;
            refused(enter(on, &again, &policy).await, 403, "ask an administrator to link it again")?;
            let Look::Refused(refusal) = look(on, &again, &policy).await? else { return same("found", "") };
            same(refusal, Refusal::Bound { user: ada.id })?;
            // Another issuer's people are strangers too.
            let other = domicile::principal::Claims { issuer: "https://x.example".into(), ..first.clone() };
            refused(enter(on, &other, &policy).await, 403, "bound to another identity")?;
            same(user(on, "ada@example.com").await?.first_name, "Ada")?;

            let old = session::begin(on, ada.id, session::LIFETIME).await?;
            relink(on, ada.id, ISSUER, "s2").await?;
            same(enter(on, &again, &policy).await?.id, ada.id)?;
            refused(enter(on, &first, &policy).await, 403, "bound to another identity")?;
            same(session::by_session(on, &old.secret).await?, None)?;
            same((users(on).await?, AccessIdentity::objects().count(on).await?), (1, 1))?;
            refused(relink(on, 99, ISSUER, "s3").await, 404, "user not found")?;

            same((unlink(on, ada.id, ISSUER).await?, unlink(on, ada.id, ISSUER).await?), (true, false))?;
            refused(enter(on, &again, &Policy::new()).await, 403, "not linked to this login")
        })
    });
}

#[domicile::test(app = app)]
fn a6_a_subject_that_is_linked_elsewhere_leaves_its_old_account(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let policy = Policy::new();
            let ada = enter(on, &claims("s1", "ada@example.com", ""), &policy).await?;
            let bob = enter(on, &claims("s2", "bob@example.com", ""), &policy).await?;
            relink(on, ada.id, ISSUER, "s2").await?;
            let bound =
                AccessIdentity::objects().select((AccessIdentity::subject, row(AccessIdentity::user)));
            let bound = bound.all(on).await?;
            same(bound.len(), 1)?;
            same(bound.iter().all(|(subject, user)| subject == "s2" && user.id == ada.id), true)?;
            // Its address is another account's, which keeps it.
            let account = enter(on, &claims("s2", "bob@example.com", ""), &policy).await?;
            same((account.id, account.email.as_str()), (ada.id, "ada@example.com"))?;
            same(user(on, "bob@example.com").await?.id, bob.id)
        })
    });
}

#[domicile::test(app = app)]
fn a6_a_local_account_is_linked_only_where_the_policy_says(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let bob = local(on, "bob", "Bob@Example.com").await?;
            let claims = claims("s1", "bob@example.com", "Bob Smith");
            refused(enter(on, &claims, &Policy::new()).await, 403, "not linked to this login")?;
            same(AccessIdentity::objects().count(on).await?, 0)?;
            let link = Policy::new().link_local_accounts(true);
            let linked = enter(on, &claims, &link).await?;
            same((linked.id, linked.username.as_str(), linked.last_name.as_str()), (bob.id, "bob", "Smith"))?;
            // Once it is linked, it is known.
            same(enter(on, &claims, &Policy::new()).await?.id, bob.id)?;
            let eve = crate::app::claims("s2", "bob@example.com", "");
            refused(enter(on, &eve, &link).await, 403, "bound to another identity")
        })
    });
}

#[domicile::test(app = app)]
fn a6_letters_that_become_others_when_they_are_small_are_no_way_in(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            local(on, "mike", "mike@example.com").await?;
            let link = Policy::new().link_local_accounts(true);
            let eve = enter(on, &claims("s1", "mi\u{212a}e@example.com", ""), &link).await?;
            same((eve.username.as_str(), users(on).await?), ("mi\u{212a}e@example.com", 2))
        })
    });
}

#[domicile::test(app = app)]
fn a6_a_username_that_is_taken_is_told(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            local(on, "ada@example.com", "other@example.com").await?;
            let claims = claims("s1", "ada@example.com", "");
            refused(
                enter(on, &claims, &Policy::new()).await,
                409,
                "has this e-mail address for its username",
            )?;
            same((users(on).await?, AccessIdentity::objects().count(on).await?), (1, 0))
        })
    });
}

#[domicile::test(app = app)]
fn a6_two_at_once_are_one_account(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let (policy, claims) = (Policy::new(), claims("s1", "ada@example.com", "Ada"));
            let plan = async || match look(on, &claims, &policy).await? {
                Look::Write(plan) => Ok(plan),
                other => Err(Error::internal(format!("{other:?}"))),
            };
            let (first, second) = (plan().await?, plan().await?);
            let (Written::Account(first), Written::Account(second)) =
                (first.write(on).await?, second.write(on).await?)
            else {
                return same("refused", "");
            };
            same(first, second)?;
            same((users(on).await?, AccessIdentity::objects().count(on).await?), (1, 1))?;
            // Two people of one address are not one.
            let eve = crate::app::claims("s2", "eve@example.com", "");
            let Look::Write(plan) = look(on, &eve, &policy).await? else { return same("found", "") };
            enter(on, &crate::app::claims("s3", "Eve@example.com", ""), &policy).await?;
            same(matches!(plan.write(on).await?, Written::Refused(Refusal::Bound { .. })), true)
        })
    });
}

#[domicile::test(app = app)]
fn a7_somebody_who_is_known_costs_two_reads_and_no_write(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let watched = Watched::new(on);
            let on: &dyn Executor = &watched;
            let (policy, claims) = (Policy::new(), claims("s1", "ada@example.com", "Ada Lovelace"));
            let Look::Write(plan) = look(on, &claims, &policy).await? else { return same("found", "") };
            same((watched.taken(), users(on).await?), ((3, 0), 0))?;
            plan.write(on).await?;
            watched.taken();
            for email in ["ada@example.com", "ADA@example.com"] {
                let claims = crate::app::claims("s1", email, "Ada Lovelace");
                same(matches!(look(on, &claims, &policy).await?, Look::Found(_)), true)?;
                same(watched.taken(), (2, 0))?;
            }
            enter(on, &crate::app::claims("s1", "ada@example.com", "Ada Byron"), &policy).await?;
            same(watched.taken(), (3, 1))
        })
    });
}

#[domicile::test(app = app)]
fn an_address_follows_the_token_unless_another_account_has_it(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let policy = Policy::new();
            enter(on, &claims("s1", "ada@example.com", ""), &policy).await?;
            local(on, "eve", "eve@example.com").await?;
            let moved = enter(on, &claims("s1", "Ada@new.example", ""), &policy).await?;
            same((moved.username.as_str(), moved.email.as_str()), ("ada@example.com", "Ada@new.example"))?;
            same(user(on, "ada@example.com").await?.email_key.as_deref(), Some("ada@new.example"))?;
            let kept = enter(on, &claims("s1", "Eve@example.com", ""), &policy).await?;
            same(kept.email, "Ada@new.example")?;
            same(user(on, "eve").await?.email, "eve@example.com")
        })
    });
}

#[domicile::test(app = app)]
fn f37_a_token_that_lacks_something_makes_no_account(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let unfit = [
                (claims("s1", " ", ""), "no e-mail address"),
                (claims("", "a@example.com", ""), "does not say who"),
                (
                    domicile::principal::Claims { issuer: String::new(), ..claims("s1", "a@b", "") },
                    "does not say who",
                ),
                (claims("s1", &format!("{}@example.com", "a".repeat(150)), ""), "longer than a username"),
                (claims(&"s".repeat(256), "a@example.com", ""), "longer than an account can hold"),
            ];
            for (claims, why) in unfit {
                refused(enter(on, &claims, &Policy::new()).await, 403, why)?;
            }
            same(users(on).await?, 0)
        })
    });
}
