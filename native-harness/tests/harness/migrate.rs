//! A deployment that migrates stores, with a crash before each statement of it: a parent with children of every
//! `on_delete` is made anew.

use std::cell::Cell;
use std::path::Path;
use std::process::ExitCode;

use domicile::prelude::*;
use domicile_host::test::{Host, Plan};

/// Opens the shop: customers, and rows of each sort that point to them.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Open;

/// All that is in the store.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Vec<String>)]
struct Report;

macro_rules! version {
    ($module:ident, $migrations:expr, { $($customer:tt)* }) => {
        mod $module {
            use domicile::prelude::*;

            use super::{Open, Report};

            const MIGRATIONS: &[Migration] = $migrations;

            #[derive(Model)]
            #[model(search(name))]
            struct Customer { id: i64, $($customer)* }

            #[derive(Model)]
            struct Protected { id: i64, #[model(on_delete = protect)] customer: ForeignKey<Customer> }

            #[derive(Model)]
            struct Cascaded { id: i64, #[model(on_delete = cascade)] customer: ForeignKey<Customer> }

            #[derive(Model)]
            struct Nulled { id: i64, #[model(on_delete = set_null)] customer: Option<ForeignKey<Customer>> }

            #[derive(Model)]
            struct Defaulted {
                id: i64,
                #[model(on_delete = set_default, default = 1)]
                customer: ForeignKey<Customer>,
            }

            #[derive(Actor, Default)]
            #[actor(
                handles(Open),
                reads(Report),
                models(Customer, Protected, Cascaded, Nulled, Defaulted),
                migrations = MIGRATIONS
            )]
            pub(super) struct Shop;

            impl Handler<Open> for Shop {
                fn handle(&mut self, _: Open, cx: &Cx) -> Result<(), Failure> {
                    Ok(super::open(cx)?)
                }
            }

            impl Reader<Report> for Shop {
                fn read(&self, _: Report, cx: &Cx) -> Result<Vec<String>, Failure> {
                    Ok(super::report(cx)?)
                }
            }

            pub(super) fn app(_: &Env) -> App {
                App::new().actor::<Shop>(singleton("main"))
            }
        }
    };
}

const INITIAL: Migration = Migration::sql("0001_initial", include_str!("shop/migrations/0001_initial.sql"));

version!(first, &[super::INITIAL], { #[model(unique)] name: String, note: Option<String>, balance: i32 });
version!(
    second,
    &[super::INITIAL, Migration::sql("0002_customer_changes", include_str!("shop/migrations/0002_customer_changes.sql"))],
    { #[model(unique)] name: String, note: String, balance: String }
);

fn open(cx: &Cx) -> Result<()> {
    for (id, name) in (1_i64..).zip(["Ada", "Brian", "Cleo"]) {
        let note = (id == 2).then_some("good");
        cx.store().execute("INSERT INTO customer VALUES (?, ?, ?, ?)", (id, name, note, id * 100))?;
        for table in ["protected", "cascaded", "nulled", "defaulted"] {
            cx.store().execute(&format!("INSERT INTO {table} (customer) VALUES (?)"), (id,))?;
        }
    }
    Ok(())
}

fn report(cx: &Cx) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for sql in [
        "SELECT concat_ws(' ', id, name, ifnull(note, 'none'), balance) FROM customer ORDER BY id",
        "SELECT concat_ws(' ', 'protected', id, customer) FROM protected ORDER BY id",
        "SELECT concat_ws(' ', 'cascaded', id, customer) FROM cascaded ORDER BY id",
        "SELECT concat_ws(' ', 'nulled', id, customer) FROM nulled ORDER BY id",
        "SELECT concat_ws(' ', 'defaulted', id, customer) FROM defaulted ORDER BY id",
        "SELECT concat_ws(' ', 'found', rowid) FROM customer_search WHERE customer_search MATCH 'brian'",
    ] {
        all.extend(cx.store().query_all::<String>(sql, ())?);
    }
    Ok(all)
}

#[test]
fn a_crash_at_any_statement_of_a_migration_loses_nothing() {
    let crashed = Cell::new(0);
    let explored = Plan::new("migrate", first::app).crash_everywhere().explore(|host| {
        let shop = host.actor::<first::Shop>("main");
        host.atomic(|_| shop.ask(Open), Host::snapshot).unwrap();
        let before = shop.ask(Report).unwrap();
        assert_eq!(before.len(), 3 + 4 * 3 + 1, "{before:?}");
        host.deploy(second::app);
        let shop = host.actor::<second::Shop>("main");
        assert_eq!(shop.ask(Report).unwrap(), before);
        let made: String = shop
            .store(|store| {
                store.query_one("SELECT type FROM pragma_table_info('customer') WHERE name = 'balance'", ())
            })
            .unwrap();
        assert_eq!(made, "TEXT");
        crashed.set(crashed.get() + usize::from(host.journal().contains("fault: crash-in-migration")));
    });
    let explored = explored.unwrap_or_else(|broken| panic!("{broken}"));
    // Each statement of the step, the check of the keys, the end of their deferral, and the line in the books.
    let step = include_str!("shop/migrations/0002_customer_changes.sql");
    let statements = domicile::sql::statement::split(step).unwrap().len();
    assert_eq!(crashed.get(), statements + 3, "{explored:?}");
    assert!(explored.faults > crashed.get(), "other things go wrong too");
}

/// What the test migrates with is what `makemigrations` writes.
#[test]
fn the_migrations_are_those_of_the_models() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/harness/shop");
    let line = |what: &[&str]| {
        let words = std::iter::once("shop").chain(what.iter().copied()).map(Into::into);
        words.chain(["--source".into(), source.clone().into_os_string()]).collect::<Vec<std::ffi::OsString>>()
    };
    let code = |code: ExitCode| format!("{code:?}");
    assert_eq!(
        code(domicile_host::run(second::app, line(&["migrations", "check"]))),
        code(ExitCode::SUCCESS)
    );
    assert_eq!(code(domicile_host::run(first::app, line(&["migrations", "check"]))), code(ExitCode::FAILURE));
}
