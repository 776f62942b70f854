//! Deletions and links that are one statement within a batch. A deletion among `Changes` reads its rows before the batch
//! begins, so that a session which begins in between would be left; and a row that belongs to one which the same batch
//! makes is found by its name, since nobody knows its number yet. The data layer has neither.

use domicile::query::Statement;
use domicile::{Model as _, Result, Timestamp, ToValue, Value};

use crate::account::{
    AccessIdentity, Group, LoginAttempt, LoginNonce, Membership, Session, User, UserPermission,
};

/// Sessions that are over.
pub(crate) fn expired_sessions(now: Timestamp) -> Result<Statement> {
    Ok(Statement::new(format!("DELETE FROM {} WHERE expires <= ?", Session::SCHEMA.table), vec![value(now)?]))
}

/// All sessions of a user, but for the one with this hash.
pub(crate) fn sessions_of(user: u32, but: Option<&str>) -> Result<Statement> {
    let sql = format!("DELETE FROM {} WHERE user_id = ? AND hash <> ?", Session::SCHEMA.table);
    Ok(Statement::new(sql, vec![value(user)?, value(but.unwrap_or_default())?]))
}

/// The oldest sessions of a user over so many; the one with this hash stays.
pub(crate) fn sessions_over(most: u32, user: u32, hash: &str) -> Result<Statement> {
    let table = Session::SCHEMA.table;
    let sql = format!(
        "DELETE FROM {table} WHERE user_id = ? AND hash NOT IN \
         (SELECT hash FROM {table} WHERE user_id = ? ORDER BY hash = ? DESC, created DESC LIMIT ?)"
    );
    Ok(Statement::new(sql, vec![value(user)?, value(user)?, value(hash)?, value(most)?]))
}

/// Logins of a user whose passwords are being compared.
pub(crate) fn nonces_of(user: u32) -> Result<Statement> {
    Ok(Statement::new(
        format!("DELETE FROM {} WHERE user_id = ?", LoginNonce::SCHEMA.table),
        vec![value(user)?],
    ))
}

/// A login that has ended, and all whose time is over.
pub(crate) fn nonces(hash: &str, now: Timestamp) -> Result<Statement> {
    let sql = format!("DELETE FROM {} WHERE hash = ? OR expires <= ?", LoginNonce::SCHEMA.table);
    Ok(Statement::new(sql, vec![value(hash)?, value(now)?]))
}

/// Attempts that count no more.
pub(crate) fn attempts_until(at: Timestamp) -> Result<Statement> {
    Ok(Statement::new(format!("DELETE FROM {} WHERE at <= ?", LoginAttempt::SCHEMA.table), vec![value(at)?]))
}

/// All attempts by a name from an address.
pub(crate) fn attempts_of(who: &str, address: &str) -> Result<Statement> {
    let sql = format!("DELETE FROM {} WHERE who = ? AND address = ?", LoginAttempt::SCHEMA.table);
    Ok(Statement::new(sql, vec![value(who)?, value(address)?]))
}

/// What binds the user or the subject to another.
pub(crate) fn identities(issuer: &str, subject: &str, user: u32) -> Result<Statement> {
    let table = AccessIdentity::SCHEMA.table;
    let sql = format!("DELETE FROM {table} WHERE issuer = ? AND (subject = ? OR user_id = ?)");
    Ok(Statement::new(sql, vec![value(issuer)?, value(subject)?, value(user)?]))
}

/// Binds the user of this name.
pub(crate) fn bind(issuer: &str, subject: &str, username: &str) -> Result<Statement> {
    let (table, users) = (AccessIdentity::SCHEMA.table, User::SCHEMA.table);
    let sql = format!(
        "INSERT INTO {table} (issuer, subject, user_id) SELECT ?, ?, id FROM {users} WHERE username = ?"
    );
    Ok(Statement::new(sql, vec![value(issuer)?, value(subject)?, value(username)?]))
}

/// Makes a group unless it is there.
pub(crate) fn group(name: &str) -> Result<Statement> {
    let sql = format!("INSERT INTO {} (name) VALUES (?) ON CONFLICT DO NOTHING", Group::SCHEMA.table);
    Ok(Statement::new(sql, vec![value(name)?]))
}

/// Puts the user of this name into the group of this name.
pub(crate) fn join(username: &str, group: &str) -> Result<Statement> {
    let (table, users, groups) = (Membership::SCHEMA.table, User::SCHEMA.table, Group::SCHEMA.table);
    let sql = format!(
        "INSERT INTO {table} (user_id, group_id) SELECT u.id, g.id FROM {users} u, {groups} g \
         WHERE u.username = ? AND g.name = ?"
    );
    Ok(Statement::new(sql, vec![value(username)?, value(group)?]))
}

/// Lets the user of this name do something.
pub(crate) fn allow(username: &str, permission: &str) -> Result<Statement> {
    let (table, users) = (UserPermission::SCHEMA.table, User::SCHEMA.table);
    let sql =
        format!("INSERT INTO {table} (user_id, permission) SELECT id, ? FROM {users} WHERE username = ?");
    Ok(Statement::new(sql, vec![value(permission)?, value(username)?]))
}

fn value<T: ToValue>(value: T) -> Result<Value> {
    Ok(value.to_value()?.into_value())
}
