//! The classes of [`Member`](super::member::Member) and [`Late`](super::late) in the app that knows nobody: exported, and of
//! no use there.

use domicile::prelude::*;

/// Nobody reaches it.
#[derive(Actor, Default)]
pub(super) struct Member {}

/// Nobody reaches it.
#[derive(Actor, Default)]
pub(super) struct Late {}
