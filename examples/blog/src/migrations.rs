//! The steps that make the store. `makemigrations` adds lines to the list.

use domicile::prelude::*;

/// Every step, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    Migration::sql("0001_post", include_str!("migrations/0001_post.sql")),
    Migration::sql("0002_index", include_str!("migrations/0002_index.sql")),
];
