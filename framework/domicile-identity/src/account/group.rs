//! Who is in which group, and who may do what.

use domicile::query::{Executor, Term as _};
use domicile::{ForeignKey, Model as _, Result};

use super::model::{Group, GroupPermission, Membership, User, UserPermission};

/// Puts a user into a group, which is made where there is none of this name, and tells whether they are new in it.
///
/// # Errors
/// [`Kind::NotFound`](domicile::Kind::NotFound) where there is no such user; the statements'.
pub async fn add_to_group(on: &dyn Executor, user: u32, group: &str) -> Result<bool> {
    let user = existing(on, user).await?;
    let group = named(on, group).await?;
    let new = Membership::create().set(Membership::user, user).set(Membership::group, &group);
    Ok(new.run_or_ignore(on).await?.is_some())
}

/// Takes a user out of a group, and tells whether they were in it.
///
/// # Errors
/// The statements'.
pub async fn remove_from_group(on: &dyn Executor, user: u32, group: &str) -> Result<bool> {
    let groups = Group::objects().filter(Group::name.eq(group)).select(Group::id);
    let held = Membership::user.of(ForeignKey::new(user)).filter(Membership::group.is_in_query(groups));
    Ok(held.delete(on).await?.total() > 0)
}

/// Lets a user do something, as in `blog.add_post`, and tells whether it is new.
///
/// # Errors
/// [`Kind::NotFound`](domicile::Kind::NotFound) where there is no such user; the statements'.
pub async fn grant(on: &dyn Executor, user: u32, permission: &str) -> Result<bool> {
    let user = existing(on, user).await?;
    let new =
        UserPermission::create().set(UserPermission::user, user).set(UserPermission::permission, permission);
    Ok(new.run_or_ignore(on).await?.is_some())
}

/// Takes from a user what it was granted itself, and tells whether it was. What a group of theirs may stays.
///
/// # Errors
/// The statements'.
pub async fn revoke(on: &dyn Executor, user: u32, permission: &str) -> Result<bool> {
    let held = UserPermission::user.of(ForeignKey::new(user));
    Ok(held.filter(UserPermission::permission.eq(permission)).delete(on).await?.total() > 0)
}

/// Lets all in a group do something, and tells whether it is new. The group is made where there is none of this name.
///
/// # Errors
/// The statements'.
pub async fn grant_to_group(on: &dyn Executor, group: &str, permission: &str) -> Result<bool> {
    let group = named(on, group).await?;
    let new = GroupPermission::create()
        .set(GroupPermission::group, &group)
        .set(GroupPermission::permission, permission);
    Ok(new.run_or_ignore(on).await?.is_some())
}

/// Takes from a group what it was granted, and tells whether it was.
///
/// # Errors
/// The statements'.
pub async fn revoke_from_group(on: &dyn Executor, group: &str, permission: &str) -> Result<bool> {
    let groups = Group::objects().filter(Group::name.eq(group)).select(Group::id);
    let held = GroupPermission::objects().filter(GroupPermission::group.is_in_query(groups));
    Ok(held.filter(GroupPermission::permission.eq(permission)).delete(on).await?.total() > 0)
}

async fn named(on: &dyn Executor, name: &str) -> Result<Group> {
    let rows = Group::objects().filter(Group::name.eq(name));
    Ok(rows.get_or_create(Group::create().set(Group::name, name), on).await?.0)
}

async fn existing(on: &dyn Executor, user: u32) -> Result<ForeignKey<User>> {
    Ok(ForeignKey::new(User::by_key(user).select(User::id).get(on).await?))
}
