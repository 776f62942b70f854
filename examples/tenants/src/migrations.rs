//! The steps that make the store. `makemigrations` adds lines to the list.

use domicile::prelude::*;

/// Every step, oldest first.
pub(crate) const MIGRATIONS: &[Migration] =
    &[Migration::sql("0001_initial", include_str!("migrations/0001_initial.sql"))];
