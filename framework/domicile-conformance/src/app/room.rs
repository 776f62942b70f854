//! [`Room`]: the actor of a tenant, reached in every way in which a request can name one.

use domicile::prelude::*;

const MIGRATIONS: &[Migration] = &[Migration::sql(
    "0001_line",
    "CREATE TABLE line (id INTEGER PRIMARY KEY, said TEXT NOT NULL) STRICT;
          INSERT INTO line (said) VALUES ('welcome');",
)];

/// A room in which lines are said.
#[derive(Actor, Default)]
#[actor(routes = routes, migrations = MIGRATIONS)]
pub(crate) struct Room {}

fn routes(r: &mut Routes<Room>) {
    r.get("/", page);
    r.get("/line/{id}/", line);
    r.post("/say", say);
}

/// The room's name and lines, so that a line of another tenant would show.
fn page(_: &Room, _: &Request, cx: &Cx) -> Result<String> {
    let lines: Vec<String> = cx.store().query_all("SELECT said FROM line ORDER BY id", ())?;
    Ok(format!("{:?} at {}\n{}\n", cx.name().as_str(), cx.path("/"), lines.join("\n")))
}

fn line(_: &Room, request: &Request, cx: &Cx) -> Result<String> {
    let id: i64 = request.param("id")?;
    let said: Option<String> = cx.store().query_opt("SELECT said FROM line WHERE id = ?", (id,))?;
    said.map(|said| said + "\n").ok_or_else(|| Error::not_found("line"))
}

fn say(_: &mut Room, request: &Request, cx: &Cx) -> Result<Redirect> {
    let id: i64 =
        cx.store().query_one("INSERT INTO line (said) VALUES (?) RETURNING id", (request.text()?,))?;
    Ok(Redirect::to(cx.path(&format!("/line/{id}/"))))
}
