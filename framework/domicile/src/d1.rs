//! [`D1`]: a D1 database, from entry routes and effects, where awaiting is allowed.
//!
//! There is no transaction that stays open: each statement is one, and so is each [`batch`](D1::batch).

mod behind;
mod forward;

use std::rc::Rc;

use crate::cx::random_array;
use crate::error::{Error, Kind, Result};
use crate::hint::InteractiveTransaction;
use crate::migration::Migration;
use crate::model::Schema;
use crate::params::Params;
use crate::platform::{Database, SharedPlatform};
use crate::row::FromRow;
use crate::timestamp::Timestamp;

pub use crate::platform::{Meta, ResultSet, Statement};

/// The name of the binding that [`Outside::d1`](crate::Outside::d1) means.
pub const DEFAULT_BINDING: &str = "DB";

/// A D1 database, or a session on one. A clone is the same.
///
/// What a statement takes and gives is as with a [`Store`](crate::Store), but that D1 carries values as JSON: an infinite
/// number cannot be a parameter and comes as NULL, and -0 is 0.
#[derive(Clone)]
pub struct D1 {
    database: Rc<dyn Database>,
    platform: SharedPlatform,
    declared: D1Binding,
}

/// The databases that an app declares.
pub(crate) type Databases = Rc<[D1Binding]>;

/// Where a session reads first. Later it reads nothing older than what it has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Session {
    /// From whatever copy is near.
    FirstUnconstrained,
    /// From the primary, so that it sees all that was written before.
    FirstPrimary,
    /// From any copy that has all that the session saw which gave this bookmark.
    Bookmark(String),
}

impl D1 {
    pub(crate) fn new(database: Rc<dyn Database>, platform: SharedPlatform, declared: D1Binding) -> Self {
        Self { database, platform, declared }
    }

    /// The row that the statement gives.
    ///
    /// ```
    /// # async fn f(db: &domicile::D1) -> domicile::Result<()> {
    /// let n: i64 = db.query_one("UPDATE counter SET n = n + ? RETURNING n", (1,)).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The statement's, [`SqlKind::NoRow`](crate::SqlKind::NoRow) when there is none,
    /// [`SqlKind::ManyRows`](crate::SqlKind::ManyRows) when there are more: what it wrote stays.
    pub async fn query_one<T: FromRow>(&self, sql: &str, params: impl Params) -> Result<T> {
        self.query(sql, params, ResultSet::one).await
    }

    /// The row that the statement gives, or `None`.
    ///
    /// # Errors
    /// The statement's, [`SqlKind::ManyRows`](crate::SqlKind::ManyRows) when there is more than one row: what it wrote
    /// stays.
    pub async fn query_opt<T: FromRow>(&self, sql: &str, params: impl Params) -> Result<Option<T>> {
        self.query(sql, params, ResultSet::opt).await
    }

    /// All rows that the statement gives, in its order.
    ///
    /// # Errors
    /// The statement's, or a column that does not hold what `T` wants: what it wrote stays.
    pub async fn query_all<T: FromRow>(&self, sql: &str, params: impl Params) -> Result<Vec<T>> {
        self.query(sql, params, ResultSet::all).await
    }

    /// Runs the statement and gives how many rows it inserted, updated and deleted, those of triggers and of foreign
    /// keys' actions included.
    ///
    /// # Errors
    /// The statement's.
    pub async fn execute(&self, sql: &str, params: impl Params) -> Result<u64> {
        let statement = Statement::new(sql, params)?;
        let context = statement.shortened();
        match self.database.batch(&[statement]).await {
            Ok(ran) => Ok(ran.first().map_or(0, ResultSet::changes)),
            Err(error) => Err(self.told(error).await.context(context)),
        }
    }

    /// Runs the statements one after the other in one transaction, and gives what each gave: all of them, or none.
    ///
    /// None of them can depend on what Rust makes of an earlier one; conditions belong into the SQL. A batch of nothing
    /// does nothing. To read rows, name the columns: of those that share a name only the last is there.
    ///
    /// ```
    /// # async fn f(db: &domicile::D1) -> domicile::Result<()> {
    /// use domicile::d1::Statement;
    ///
    /// let moved = db
    ///     .batch([
    ///         Statement::new("UPDATE account SET n = n - ? WHERE id = ?", (5, "a"))?,
    ///         Statement::new("UPDATE account SET n = n + ? WHERE id = ? RETURNING n", (5, "b"))?,
    ///     ])
    ///     .await?;
    /// let n: i64 = moved[1].one()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// The first statement's that fails; nothing of the batch was applied.
    pub async fn batch(&self, statements: impl IntoIterator<Item = Statement>) -> Result<Vec<ResultSet>> {
        let statements: Vec<Statement> = statements.into_iter().collect();
        if statements.is_empty() {
            return Ok(Vec::new());
        }
        match self.database.batch(&statements).await {
            Ok(results) => Ok(results),
            Err(error) => {
                let first = statements[0].shortened();
                let context = format!("a batch of {} that begins with {first}", statements.len());
                Err(self.told(error).await.context(context))
            }
        }
    }

    /// The same database as a session, which reads from replicas where `start` allows it.
    #[must_use]
    pub fn session(&self, start: Session) -> Self {
        let database = self.database.session(match &start {
            Session::FirstUnconstrained => "first-unconstrained",
            Session::FirstPrimary => "first-primary",
            Session::Bookmark(bookmark) => bookmark,
        });
        Self { database, platform: self.platform.clone(), declared: self.declared }
    }

    /// What a later session has to begin with to see all that this one saw. There is none before the first reply, and
    /// none of a database that is no session.
    #[must_use]
    pub fn bookmark(&self) -> Option<String> {
        self.database.bookmark()
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.platform.now()
    }

    /// `N` bytes that nobody can guess.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        random_array(&*self.platform)
    }

    /// Runs a statement and gives its rows as they are.
    pub(crate) async fn run(&self, statement: Statement) -> Result<ResultSet> {
        match self.database.query(&statement).await {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.told(error).await.context(statement.shortened())),
        }
    }

    pub(crate) fn fill(&self, bytes: &mut [u8]) {
        self.platform.random(bytes);
    }

    /// The models that the app says are in it.
    pub(crate) fn models(&self) -> &'static [&'static Schema] {
        self.declared.models
    }

    /// D1 has none; this only tells the compiler what to say.
    pub fn transaction<'a, T>(&'a self, body: impl FnOnce(&'a Self) -> T) -> T
    where
        Self: InteractiveTransaction<'a>,
    {
        self.in_transaction(body)
    }

    async fn query<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&ResultSet) -> Result<T>,
    ) -> Result<T> {
        let statement = Statement::new(sql, params)?;
        let read = match self.database.query(&statement).await {
            Ok(rows) => read(&rows),
            Err(error) => Err(self.told(error).await),
        };
        read.map_err(|e| e.context(statement.shortened()))
    }
}

/// The declaration of a D1 binding, its models and its migrations: [`App::d1`](crate::App::d1).
#[derive(Debug, Clone, Copy)]
pub struct D1Binding {
    name: &'static str,
    pub(crate) models: &'static [&'static Schema],
    pub(crate) migrations: &'static [Migration],
}

impl D1Binding {
    /// The binding called `name`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, models: &[], migrations: &[] }
    }

    /// The models whose tables are in it.
    #[must_use]
    pub const fn with_models(mut self, models: &'static [&'static Schema]) -> Self {
        self.models = models;
        self
    }

    /// The migrations that make its tables. `cargo domicile migrate --d1` applies them; natively they are applied when the app
    /// starts.
    #[must_use]
    pub const fn with_migrations(mut self, migrations: &'static [Migration]) -> Self {
        self.migrations = migrations;
        self
    }

    /// The models whose tables are in it.
    #[must_use]
    pub const fn models(self) -> &'static [&'static Schema] {
        self.models
    }

    /// The migrations that make its tables.
    #[must_use]
    pub const fn migrations(self) -> &'static [Migration] {
        self.migrations
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Why it cannot be one.
    pub(crate) fn mistake(self) -> Option<String> {
        let letters = self.name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && self.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (!letters).then(|| {
            format!(
                "the D1 binding `{}` must be made of letters, digits and `_`, and must not start with a digit",
                self.name
            )
        })
    }
}

impl From<&'static str> for D1Binding {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

/// The error of a binding that there is not. Both hosts answer [`Platform::database`](crate::platform::Platform::database)
/// with it.
#[must_use]
pub fn missing(binding: &str) -> Error {
    Error::new(
        Kind::Internal,
        format!(
            "there is no D1 database `{binding}`: declare it with `App::d1(\"{binding}\")`, and put {{ \"binding\": \
             \"{binding}\", \"database_name\": …, \"database_id\": … }} into `d1_databases` of wrangler.jsonc"
        ),
    )
}
