//! Brings an app's D1 databases to their newest schema: those on this machine by workerd, those on Cloudflare by wrangler.
//!
//! The steps and their checksums come from the compiled app. What is applied is asked of the database itself, and compared
//! as a store does it.

mod workerd;
mod wrangler;

use anyhow::{Context, Result, anyhow};
use domicile::migration::{Batch, applied};

use crate::describe::D1;

pub use workerd::Workerd;
pub use wrangler::{Place, Wrangler};

/// A way to one D1 database.
pub trait Door {
    /// The names and checksums of what is applied, in order.
    ///
    /// # Errors
    ///
    /// When the database cannot be asked.
    fn applied(&self) -> Result<Vec<(String, String)>>;

    /// Applies the steps from `from` on, in order, each whole or not at all, and gives how many it has applied.
    ///
    /// # Errors
    ///
    /// The sentence of the first one that failed; those before it stay.
    fn apply(&self, all: &[Batch], from: usize) -> Result<()>;
}

/// The steps that `door`'s database has not, in order.
///
/// # Errors
///
/// When it cannot be asked; or when what it has was edited, is missing in the app, or is in another order there.
pub fn missing<'a>(door: &dyn Door, database: &'a D1) -> Result<&'a [Batch]> {
    let all = &database.migrations;
    let done =
        door.applied().with_context(|| format!("the D1 database `{}` cannot be read", database.binding))?;
    let done = applied(&done, all).map_err(|error| cannot(database, &error))?;
    Ok(all.get(done..).unwrap_or_default())
}

/// Applies what is missing and gives it.
///
/// # Errors
///
/// As [`missing`], and when a step fails.
pub fn migrate<'a>(door: &dyn Door, database: &'a D1) -> Result<&'a [Batch]> {
    let missing = missing(door, database)?;
    if !missing.is_empty() {
        let from = database.migrations.len() - missing.len();
        door.apply(&database.migrations, from).map_err(|error| cannot(database, &error))?;
    }
    Ok(missing)
}

fn cannot(database: &D1, why: &dyn std::fmt::Display) -> anyhow::Error {
    anyhow!("the D1 database `{}` cannot be migrated: {why}", database.binding)
}
