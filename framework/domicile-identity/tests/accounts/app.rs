//! What the tests run on: an actor and a D1 database with the models and nothing else, and an executor that counts what
//! passes it and may be later than it is.

use std::cell::Cell;
use std::fmt::Debug;
use std::panic::Location;
use std::time::Duration;

use domicile::d1::D1Binding;
use domicile::model::Schema as ModelSchema;
use domicile::prelude::*;
use domicile::principal::Claims;
use domicile::query::{Applied, Executor, LocalFuture, Statement, on_store};
use domicile::{Account, Value};
use domicile_host::test::Host;
use domicile_identity::MODELS;
use domicile_identity::account::{
    AccessIdentity, Group, GroupPermission, LoginAttempt, LoginNonce, Look, Membership, NewUser, Policy,
    Session, User, UserPermission, Written, create_user, look,
};

/// A test, on whatever it is run.
pub(crate) type Case = for<'a> fn(&'a dyn Executor) -> LocalFuture<'a, ()>;

thread_local! {
    /// A test's host is on the test's own thread, and a function does not fit into a message.
    static CASE: Cell<Option<Case>> = const { Cell::new(None) };
}

const MIGRATIONS: &[Migration] = &[Migration::sql("0001_initial", include_str!("tables.sql"))];

/// Plays the case, and gives what is wrong; empty where nothing is.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = String)]
struct Play;

#[derive(Actor, Default)]
#[actor(
    models(
        User,
        Group,
        Membership,
        UserPermission,
        GroupPermission,
        AccessIdentity,
        Session,
        LoginAttempt,
        LoginNonce
    ),
    handles(Play),
    migrations = MIGRATIONS
)]
pub(crate) struct Place {}

impl Handler<Play> for Place {
    fn handle(&mut self, _: Play, cx: &Cx) -> Result<String, Failure> {
        let case = CASE.take().ok_or_else(|| Error::internal("no case"))?;
        Ok(on_store(cx, case).err().map(|error| format!("{error:?}")).unwrap_or_default())
    }
}

pub(crate) fn app(_: &Env) -> App {
    let d1 = D1Binding::new("DB").with_models(MODELS).with_migrations(MIGRATIONS);
    App::new().actor::<Place>(singleton("main")).d1(d1)
}

/// Runs a test on a store and on D1.
#[track_caller]
pub(crate) fn both(host: &Host, case: Case) {
    CASE.set(Some(case));
    let wrong = host.actor::<Place>("main").ask(Play).expect("a reply");
    assert_eq!(wrong, "", "on a store");
    let wrong = host.d1("DB", async |db| case(&db).await.err());
    assert!(wrong.is_none(), "on D1: {wrong:?}");
}

/// An executor that counts, and whose clock can be put forward.
pub(crate) struct Watched<'a> {
    on: &'a dyn Executor,
    later: Cell<Duration>,
    reads: Cell<usize>,
    writes: Cell<usize>,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(on: &'a dyn Executor) -> Self {
        Self { on, later: Cell::default(), reads: Cell::default(), writes: Cell::default() }
    }

    pub(crate) fn wait(&self, time: Duration) {
        self.later.set(self.later.get() + time);
    }

    /// The statements that read and those that write since this was asked last.
    pub(crate) fn taken(&self) -> (usize, usize) {
        (self.reads.take(), self.writes.take())
    }
}

impl Executor for Watched<'_> {
    fn rows(&self, statement: Statement) -> LocalFuture<'_, Vec<Vec<Value>>> {
        let reads = statement.sql().starts_with("SELECT ");
        let counter = if reads { &self.reads } else { &self.writes };
        counter.set(counter.get() + 1);
        self.on.rows(statement)
    }

    fn apply(&self, statements: Vec<Statement>) -> LocalFuture<'_, Vec<Applied>> {
        self.writes.set(self.writes.get() + statements.len());
        self.on.apply(statements)
    }

    fn now(&self) -> Timestamp {
        self.on.now().after(self.later.get())
    }

    fn random(&self, bytes: &mut [u8]) {
        self.on.random(bytes);
    }

    fn models(&self) -> &[&'static ModelSchema] {
        self.on.models()
    }

    fn reads_hold(&self) -> bool {
        self.on.reads_hold()
    }
}

/// An error that names the line, since a panic in an actor tells only its host.
#[track_caller]
pub(crate) fn same<T: PartialEq<U> + Debug, U: Debug>(actual: T, expect: U) -> Result<()> {
    if actual == expect {
        return Ok(());
    }
    let line = Location::caller().line();
    Err(Error::internal(format!("line {line}: {actual:?} where {expect:?} is expected")))
}

/// That it failed with this status and sentence.
#[track_caller]
pub(crate) fn refused<T: Debug>(result: Result<T>, status: u16, why: &str) -> Result<()> {
    let line = Location::caller().line();
    match result {
        Err(error) if error.status() == status && error.to_string().contains(why) => Ok(()),
        other => Err(Error::internal(format!("line {line}: {other:?} where {status} {why:?} is expected"))),
    }
}

pub(crate) const ISSUER: &str = "https://acme.cloudflareaccess.com";

pub(crate) fn claims(subject: &str, email: &str, name: &str) -> Claims {
    Claims {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        email: email.to_owned(),
        name: name.to_owned(),
        custom: String::new(),
    }
}

/// Lets somebody in with a token, writing what is to be written.
pub(crate) async fn enter(on: &dyn Executor, claims: &Claims, policy: &Policy) -> Result<Account> {
    match look(on, claims, policy).await? {
        Look::Found(account) => Ok(account),
        Look::Refused(refusal) => Err(refusal.into()),
        Look::Write(plan) => match plan.write(on).await? {
            Written::Account(account) => Ok(account),
            Written::Refused(refusal) => Err(refusal.into()),
        },
    }
}

/// An account that was made here.
pub(crate) async fn local(on: &dyn Executor, username: &str, email: &str) -> Result<User> {
    create_user(on, NewUser { email: email.to_owned(), ..NewUser::new(username) }).await
}

pub(crate) async fn users(on: &dyn Executor) -> Result<u64> {
    User::objects().count(on).await
}

#[domicile::test(app = app)]
fn the_tables_have_the_columns_of_the_models(host: Host) {
    host.actor::<Place>("main").store(|store| {
        for model in MODELS {
            let names: Vec<String> = store
                .query_all("SELECT name FROM pragma_table_info(?) ORDER BY cid", (model.table,))
                .expect("columns");
            let expect: Vec<&str> = model.columns.iter().map(|column| column.name).collect();
            assert_eq!(names, expect, "{}", model.table);
        }
    });
}
