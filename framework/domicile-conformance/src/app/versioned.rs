//! An actor in several versions: a start with another `VERSION` is the deployment of another version of the app.

use domicile::prelude::*;

const NOTE: Migration =
    Migration::sql("0001_note", "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;");

macro_rules! version {
    ($(#[$doc:meta])* $module:ident, $migrations:expr) => {
        $(#[$doc])*
        mod $module {
            use domicile::prelude::*;

            const MIGRATIONS: &[Migration] = $migrations;

            #[derive(Actor, Default)]
            #[actor(routes = routes, migrations = MIGRATIONS)]
            pub(super) struct Versioned {}

            fn routes(r: &mut Routes<Versioned>) {
                r.get("/", |_, _, cx| super::page(cx));
                r.post("/", |_, request, cx| super::add(request, cx));
            }
        }
    };
}

version!(first, &[super::NOTE]);
version!(
    /// The second step fails, after a statement of it that does not.
    broken,
    &[super::NOTE, Migration::sql("0002_stars", "CREATE TABLE half (n INTEGER) STRICT; ALTER TABLE nothing ADD COLUMN stars INTEGER;")]
);
version!(
    second,
    &[
        super::NOTE,
        Migration::sql("0002_stars", "ALTER TABLE note ADD COLUMN stars INTEGER NOT NULL DEFAULT 5;")
    ]
);
version!(
    /// The first step is not what was applied.
    edited,
    &[Migration::sql("0001_note", "CREATE TABLE note (id INTEGER PRIMARY KEY) STRICT;")]
);

/// Mounts the version that `VERSION` names, the first without it.
pub(super) fn mount(app: App, env: &Env) -> App {
    let naming = tenant::path("");
    match env.get("VERSION") {
        None | Some("first") => app.mount::<first::Versioned>("/versioned", naming),
        Some("broken") => app.mount::<broken::Versioned>("/versioned", naming),
        Some("second") => app.mount::<second::Versioned>("/versioned", naming),
        Some("edited") => app.mount::<edited::Versioned>("/versioned", naming),
        Some(other) => app.mistake(format!("VERSION is `{other}`: write first, broken, second or edited")),
    }
}

/// The columns of the table and the notes.
fn page(cx: &Cx) -> Result<String> {
    let columns: Vec<String> = cx.store().query_all("SELECT name FROM pragma_table_info('note')", ())?;
    let notes: Vec<String> = cx.store().query_all("SELECT text FROM note ORDER BY id", ())?;
    Ok(format!("{}: {}\n", columns.join(" "), notes.join(", ")))
}

fn add(request: &Request, cx: &Cx) -> Result<StatusCode> {
    cx.store().execute("INSERT INTO note (text) VALUES (?)", (request.text()?,))?;
    Ok(StatusCode::CREATED)
}
