//! Models that point to each other in every way.

use domicile::prelude::*;

/// The top of three levels and of a diamond.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Company {
    pub id: u32,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Team {
    pub id: u32,
    pub name: String,
    #[model(on_delete = cascade)]
    pub company: ForeignKey<Company>,
}

#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Project {
    pub id: u32,
    pub name: String,
    #[model(on_delete = cascade)]
    pub company: ForeignKey<Company>,
}

/// The bottom of the diamond.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Task {
    pub id: u32,
    pub name: String,
    #[model(on_delete = cascade)]
    pub team: ForeignKey<Team>,
    #[model(on_delete = cascade)]
    pub project: ForeignKey<Project>,
}

/// Two keys to one model.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Letter {
    pub id: u32,
    pub text: String,
    #[model(on_delete = cascade)]
    pub sender: ForeignKey<Team>,
    #[model(on_delete = set_null)]
    pub receiver: Option<ForeignKey<Team>>,
}

/// One half of two tables that point to each other.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct First {
    pub id: u32,
    #[model(on_delete = cascade)]
    pub second: Option<ForeignKey<Second>>,
}

#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Second {
    pub id: u32,
    #[model(on_delete = cascade)]
    pub first: ForeignKey<First>,
}

/// Keys beyond 2⁵³, which point to each other.
#[derive(Debug, Clone, PartialEq, Model)]
#[model(ordering(id))]
pub(crate) struct Snow {
    pub id: Exact64,
    pub name: String,
    #[model(on_delete = cascade)]
    pub parent: Option<ForeignKey<Snow>>,
}

/// A tree whose inner nodes cannot be deleted.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Node {
    pub id: u32,
    #[model(on_delete = protect)]
    pub parent: Option<ForeignKey<Node>>,
}

/// Pointed to by what is protected below what cascades.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Item {
    pub id: u32,
    #[model(on_delete = cascade)]
    pub bare: ForeignKey<super::Bare>,
}

#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Keeper {
    pub id: u32,
    #[model(on_delete = protect)]
    pub item: ForeignKey<Item>,
}

/// A key of text, which others point to by it.
#[derive(Debug, Clone, PartialEq, Model)]
pub(crate) struct Label {
    #[model(key)]
    pub name: String,
    pub weight: i64,
}

#[derive(Debug, Clone, PartialEq, Model)]
#[model(unique(label, company))]
pub(crate) struct Follow {
    pub id: u32,
    #[model(on_delete = cascade)]
    pub label: ForeignKey<Label>,
    #[model(on_delete = cascade)]
    pub company: ForeignKey<Company>,
    #[model(default = 0)]
    pub rank: i64,
}
