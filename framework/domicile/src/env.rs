//! [`Env`]: the variables, secrets and names of bindings that the app is given, alike on both hosts.
//!
//! On workerd they come from the Worker's `env`; natively from the process' environment, `.dev.vars` and `--var`.

use std::collections::BTreeMap;

use crate::error::{Error, Result};

/// The secret of an app that knows its users: what a browser brings back is signed by it.
pub const SECRET: &str = "DOMICILE_SECRET";

/// The secret of whoever manages the app.
pub const MANAGEMENT_SECRET: &str = "DOMICILE_MANAGEMENT_SECRET";

/// Opens what is for development alone, where it is `1`.
pub const DEV: &str = "DOMICILE_DEV";

/// What the app is configured with, by name.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// An environment of these variables.
    pub fn new(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(vars.into_iter().collect())
    }

    /// The same with more variables, which win over those that are there.
    #[must_use]
    pub fn and(mut self, vars: impl IntoIterator<Item = (String, String)>) -> Self {
        self.0.extend(vars);
        self
    }

    /// The variable or secret called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The variable or secret called `name`, which must be there.
    ///
    /// # Errors
    /// It is missing; the error names it and where to set it.
    pub fn require(&self, name: &str) -> Result<&str> {
        self.get(name).ok_or_else(|| Error::internal(missing(&[name])))
    }
}

pub(crate) fn missing(names: &[&str]) -> String {
    format!(
        "{} not set: put it into `vars` of wrangler.jsonc or `wrangler secret put`, natively into the environment, \
         `--var NAME=VALUE` or `.dev.vars`, in a test into `#[domicile::test(vars(NAME = \"VALUE\"))]`",
        names.join(", ")
    )
}

/// Only the names are shown, as some of the values are secrets.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
