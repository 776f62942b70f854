//! The hidden table in each actor's database: whose it is, and when its alarm goes off.
//!
//! The app cannot see or touch it, as names that begin with `_cf_` are the platform's. The alarm lives in it so that a
//! rollback of the event restores it together with all else.

use domicile::wire::ActorRef;
use domicile::{Name, Timestamp};

use crate::sqlite::{Database, SqlError};

/// The table and its one row. Made in this way, the row shows neither in the app's `last_insert_rowid()` nor in its
/// `total_changes()`.
const TABLE: &str = "CREATE TABLE _cf_actor AS SELECT 1 AS id, ? AS kind, ? AS name, NULL AS alarm";

/// Reads what [`write`] and [`set_alarm`] wrote, for connections of other kinds too.
pub(super) const READ: &str = "SELECT kind, name, alarm FROM _cf_actor";

/// What the table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) actor: ActorRef,
    pub(super) alarm: Option<Timestamp>,
}

impl Label {
    /// The label in a row of [`READ`].
    ///
    /// # Errors
    ///
    /// The columns do not hold what they should; what is no actor's name cannot have been written here.
    pub(super) fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        let name: String = row.get(1)?;
        let bad = |e| rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(e));
        let name = Name::new(name).map_err(bad)?;
        let alarm: Option<i64> = row.get(2)?;
        Ok(Self { actor: ActorRef { kind: row.get(0)?, name }, alarm: alarm.map(Timestamp::from_millis) })
    }
}

/// Makes the table in a database that is `actor`'s from now on.
pub(super) fn write(db: &Database, actor: &ActorRef) -> Result<(), SqlError> {
    db.privileged(|host| host.execute(TABLE, (&actor.kind, actor.name.as_str()))).map(drop)
}

/// The label of a database.
pub(super) fn read(db: &Database) -> Result<Option<Label>, SqlError> {
    db.privileged(|host| host.first(READ, (), Label::from_row))
}

/// The time of the alarm.
pub(super) fn alarm(db: &Database) -> Result<Option<Timestamp>, SqlError> {
    let at = db.privileged(|host| host.first("SELECT alarm FROM _cf_actor", (), |row| row.get(0)))?;
    Ok(at.flatten().map(Timestamp::from_millis))
}

/// Sets or clears the alarm.
pub(super) fn set_alarm(db: &Database, at: Option<Timestamp>) -> Result<(), SqlError> {
    let at = at.map(Timestamp::as_millis);
    db.privileged(|host| host.execute("UPDATE _cf_actor SET alarm = ? WHERE id = 1", (at,))).map(drop)
}
