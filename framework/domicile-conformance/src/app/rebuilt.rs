//! An actor whose later version makes a parent anew, with children of every `on_delete`: as `makemigrations` writes it, and
//! in two ways that fail.

use domicile::prelude::*;

const INITIAL: Migration = Migration::sql("0001_initial", include_str!("rebuilt/0001_initial.sql"));

macro_rules! version {
    ($(#[$doc:meta])* $module:ident, $migrations:expr) => {
        $(#[$doc])*
        mod $module {
            use domicile::prelude::*;

            const MIGRATIONS: &[Migration] = $migrations;

            #[derive(Actor, Default)]
            #[actor(routes = routes, migrations = MIGRATIONS)]
            pub(super) struct Rebuilt {}

            fn routes(r: &mut Routes<Rebuilt>) {
                r.get("/", |_, _, cx| super::page(cx));
                r.post("/", |_, request, cx| super::fill(request, cx));
                r.post("/orphan", |_, _, cx| super::orphan(cx));
            }
        }
    };
}

version!(first, &[super::INITIAL]);
version!(
    second,
    &[
        super::INITIAL,
        Migration::sql("0002_customer_changes", include_str!("rebuilt/0002_customer_changes.sql"))
    ]
);
version!(
    /// It does not copy all rows back, so children point nowhere.
    broken,
    &[
        super::INITIAL,
        Migration::sql(
            "0002_customer_changes",
            "PRAGMA defer_foreign_keys = ON;
             CREATE TABLE aside AS SELECT * FROM customer;
             DROP TABLE customer;
             CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
             INSERT INTO customer SELECT id, name FROM aside WHERE id > 1;
             DROP TABLE aside;",
        )
    ]
);
version!(
    /// Its values do not fit.
    edited,
    &[
        super::INITIAL,
        Migration::sql(
            "0002_customer_changes",
            "PRAGMA defer_foreign_keys = ON;
             CREATE TABLE aside AS SELECT * FROM customer;
             DROP TABLE customer;
             CREATE TABLE customer (id INTEGER PRIMARY KEY, name INTEGER NOT NULL) STRICT;
             INSERT INTO customer SELECT id, CAST(name AS BLOB) FROM aside;
             DROP TABLE aside;",
        )
    ]
);

/// Mounts the version that `VERSION` names, the first without it.
pub(super) fn mount(app: App, env: &Env) -> App {
    let naming = tenant::path("");
    match env.get("VERSION") {
        Some("second") => app.mount::<second::Rebuilt>("/rebuilt", naming),
        Some("broken") => app.mount::<broken::Rebuilt>("/rebuilt", naming),
        Some("edited") => app.mount::<edited::Rebuilt>("/rebuilt", naming),
        _ => app.mount::<first::Rebuilt>("/rebuilt", naming),
    }
}

/// The type of a column that changes, and all rows.
fn page(cx: &Cx) -> Result<String> {
    let mut page = String::new();
    for sql in [
        "SELECT type || \" \" || \"notnull\" FROM pragma_table_info('customer') WHERE name IN ('note', 'balance')",
        "SELECT concat_ws(' ', id, name, ifnull(note, 'none'), balance) FROM customer ORDER BY id",
        "SELECT concat_ws(' ', 'protected', id, customer) FROM protected ORDER BY id",
        "SELECT concat_ws(' ', 'cascaded', id, customer) FROM cascaded ORDER BY id",
        "SELECT concat_ws(' ', 'nulled', id, customer) FROM nulled ORDER BY id",
        "SELECT concat_ws(' ', 'defaulted', id, customer) FROM defaulted ORDER BY id",
        "SELECT concat_ws(' ', 'found', rowid) FROM customer_search WHERE customer_search MATCH 'name7'",
    ] {
        cx.store().each(sql, (), |line: String| {
            page.push_str(&line);
            page.push('\n');
            Ok(())
        })?;
    }
    Ok(page)
}

/// Makes so many customers, and a row of each sort that points to each.
fn fill(request: &Request, cx: &Cx) -> Result<StatusCode> {
    let count: u32 = request.text()?.parse().map_err(|_| Error::bad_request("a number, please"))?;
    cx.store().execute(
        "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n LIMIT ?)
         INSERT INTO customer SELECT id, 'name' || id, iif(id % 2, 'note', NULL), id * 7 FROM n",
        (count,),
    )?;
    for table in ["protected", "cascaded", "nulled", "defaulted"] {
        cx.store().execute(&format!("INSERT INTO {table} (customer) SELECT id FROM customer"), ())?;
    }
    Ok(StatusCode::CREATED)
}

/// Points nowhere, which must fail at once, whatever was deferred in a migration just before.
fn orphan(cx: &Cx) -> Result<StatusCode> {
    cx.store().execute("INSERT INTO protected (customer) VALUES (999999)", ())?;
    Ok(StatusCode::CREATED)
}
