//! Accounts that are made here, and the first administrator.

use domicile::prelude::*;
use domicile_host::test::Host;
use domicile_identity::account::{AdminReply, NewUser, User, create_admin, create_user, look_for_admin};

use crate::app::{app, both, local, refused, same, users};

fn admin(name: &str) -> NewUser {
    NewUser { email: format!("{name}@example.com"), ..NewUser::new(name) }
}

#[domicile::test(app = app)]
fn f22_the_first_admin_is_made_once(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            same(look_for_admin(on, "admin").await?, None)?;
            let made = create_admin(on, NewUser { password: "!hash".into(), ..admin("admin") }).await?;
            same(
                (made.json().as_str(), made.status()),
                (r#"{"message":"Admin user 'admin' created.","status":"success"}"#, StatusCode::OK),
            )?;
            let row = User::objects().get(on).await?;
            same(
                (row.superuser, row.staff, row.active, row.email.as_str()),
                (true, true, true, "admin@example.com"),
            )?;
            let again = create_admin(on, NewUser { password: "!other".into(), ..admin("admin") }).await?;
            same(
                (again.json().as_str(), again.status()),
                (r#"{"message":"Admin user 'admin' already exists.","status":"info"}"#, StatusCode::OK),
            )?;
            same(look_for_admin(on, "admin").await?, Some(again))?;
            same(User::objects().get(on).await?.password, "!hash")
        })
    });
}

#[domicile::test(app = app)]
fn t1_nobody_makes_a_second_admin(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            create_admin(on, admin("admin")).await?;
            let other = create_admin(on, admin("eve")).await?;
            same((other.status(), other), (StatusCode::CONFLICT, AdminReply::NotTheFirst))?;
            // One who is not active was the first all the same.
            User::objects().update().set(User::active, false).run(on).await?;
            same(create_admin(on, admin("eve")).await?, AdminReply::NotTheFirst)?;
            same(users(on).await?, 1)
        })
    });
}

#[domicile::test(app = app)]
fn t1_a_plain_account_does_not_become_the_admin(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            local(on, "admin", "somebody@example.com").await?;
            refused(
                create_admin(on, admin("admin")).await,
                422,
                "A user with that username already exists.",
            )?;
            let eve = NewUser { email: "Somebody@example.com".into(), ..NewUser::new("eve") };
            refused(create_admin(on, eve).await, 422, "A user with that email address already exists.")?;
            refused(create_admin(on, NewUser::new("no name")).await, 422, "Enter a valid username.")?;
            same(User::objects().filter(User::superuser.eq(true)).exists(on).await?, false)
        })
    });
}

#[domicile::test(app = app)]
fn names_and_addresses_are_checked(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let new = |username: &str, email: &str| NewUser { email: email.into(), ..NewUser::new(username) };
            local(on, "bob", "bob@example.com").await?;
            // Two without an address are no trouble, and names differ by large and small letters.
            local(on, "eve", "").await?;
            local(on, "Bob", " ").await?;
            for (username, email, why) in [
                ("bob", "", "username: A user with that username already exists."),
                ("rob", "BOB@example.com", "email: A user with that email address already exists."),
                ("", "", "username: This field is required."),
                ("no name", "", "Enter a valid username."),
                ("a\u{0}b", "", "Enter a valid username."),
                ("rob", "rob", "email: Enter a valid email address."),
                ("rob", "rob@ example.com", "Enter a valid email address."),
                ("rob", "@example.com", "Enter a valid email address."),
                (&"x".repeat(151), "", "username: Write at most 150 characters"),
            ] {
                refused(create_user(on, new(username, email)).await, 422, why)?;
            }
            let long = NewUser { groups: vec!["x".repeat(151)], ..NewUser::new("rob") };
            refused(create_user(on, long).await, 422, "name: Write at most 150 characters")?;
            same(users(on).await?, 3)
        })
    });
}
