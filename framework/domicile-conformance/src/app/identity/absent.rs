//! The class of [`Member`](super::member::Member) in the app that knows nobody: exported, and of no use there.

use domicile::prelude::*;

/// Nobody reaches it.
#[derive(Actor, Default)]
pub(super) struct Member {}
