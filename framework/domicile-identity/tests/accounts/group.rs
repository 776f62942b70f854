//! Groups and permissions.

use domicile::allow::{group, permission, staff};
use domicile::prelude::*;
use domicile::principal::{Claims, Principal};
use domicile::query::Executor;
use domicile_host::test::Host;
use domicile_identity::account::{
    Group, add_to_group, by_id, grant, grant_to_group, remove_from_group, revoke, revoke_from_group,
};

use crate::app::{Watched, app, both, local, refused, same};

#[domicile::test(app = app)]
fn an_account_has_its_groups_and_all_permissions_once(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let watched = Watched::new(on);
            let on: &dyn Executor = &watched;
            let (bob, eve) = (local(on, "bob", "").await?, local(on, "eve", "").await?);
            for name in ["writers", "editors"] {
                same(add_to_group(on, bob.id, name).await?, true)?;
            }
            same(add_to_group(on, bob.id, "editors").await?, false)?;
            add_to_group(on, eve.id, "others").await?;
            for (group, permission) in
                [("editors", "blog.b"), ("writers", "blog.a"), ("others", "blog.z"), ("editors", "blog.a")]
            {
                same(grant_to_group(on, group, permission).await?, true)?;
            }
            same((grant(on, bob.id, "blog.a").await?, grant(on, bob.id, "blog.c").await?), (true, true))?;
            same(grant(on, bob.id, "blog.c").await?, false)?;
            watched.taken();
            let account = by_id(on, bob.id).await?.unwrap_or_default();
            same(watched.taken(), (2, 0))?;
            same(account.groups.clone(), vec!["editors", "writers"])?;
            same(account.permissions.clone(), vec!["blog.a", "blog.b", "blog.c"])?;
            let person = Principal::User(Claims::default());
            same(permission("blog.b").admits(&person, Some(&account)), true)?;
            same(permission("blog.z").admits(&person, Some(&account)), false)?;
            same(group("writers").admits(&person, Some(&account)), true)?;
            same(staff().admits(&person, Some(&account)), false)
        })
    });
}

#[domicile::test(app = app)]
fn what_is_taken_away_is_gone(host: Host) {
    both(&host, |on| {
        Box::pin(async move {
            let bob = local(on, "bob", "").await?;
            add_to_group(on, bob.id, "editors").await?;
            grant_to_group(on, "editors", "blog.a").await?;
            grant(on, bob.id, "blog.a").await?;
            let held = async || Ok::<_, Error>(by_id(on, bob.id).await?.unwrap_or_default());
            same((revoke(on, bob.id, "blog.a").await?, revoke(on, bob.id, "blog.a").await?), (true, false))?;
            same(held().await?.permissions, vec!["blog.a"])?;
            same(revoke_from_group(on, "editors", "blog.a").await?, true)?;
            same(held().await?.permissions, Vec::<String>::new())?;
            same(
                (
                    remove_from_group(on, bob.id, "editors").await?,
                    remove_from_group(on, bob.id, "none").await?,
                ),
                (true, false),
            )?;
            same(held().await?.groups, Vec::<String>::new())?;
            same(Group::objects().count(on).await?, 1)?;
            refused(grant(on, 99, "blog.a").await, 404, "user not found")?;
            refused(add_to_group(on, 99, "editors").await, 404, "user not found")?;
            refused(grant(on, bob.id, "").await, 422, "permission: This field is required.")
        })
    });
}
