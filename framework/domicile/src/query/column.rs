//! [`Column`]: a column of a model by its Rust type, `Post::title`.

use std::marker::PhantomData;

use crate::model::{Model, schema};

/// A column of the model `M` whose field has the type `T`. `#[derive(Model)]` gives a constant for each.
pub struct Column<M, T> {
    at: usize,
    types: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Column<M, T> {
    /// The column at `at` of the model's schema; for the derive.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(at: usize) -> Self {
        Self { at, types: PhantomData }
    }
}

impl<M: Model, T> Column<M, T> {
    /// What the schema says of it.
    #[must_use]
    pub const fn schema(self) -> &'static schema::Column {
        &M::SCHEMA.columns[self.at]
    }
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}
