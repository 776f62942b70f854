//! The app that the program serves: notes for each tenant, and entry routes that tell of the environment.

use domicile::prelude::*;

const MIGRATIONS: &[Migration] = &[Migration::sql(
    "0001",
    "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
          CREATE TABLE total (id INTEGER PRIMARY KEY, notes INTEGER NOT NULL) STRICT;
          INSERT INTO total VALUES (1, 0)",
)];

#[derive(Actor, Default)]
#[actor(routes = routes, migrations = MIGRATIONS)]
struct Notes {}

fn routes(routes: &mut Routes<Notes>) {
    // The notes, and how many there should be.
    routes.get("/", |_, _, cx| -> Result<String> {
        let mut texts: Vec<String> = cx.store().query_all("SELECT text FROM note ORDER BY id", ())?;
        let total: i64 = cx.store().query_one("SELECT notes FROM total", ())?;
        texts.push(total.to_string());
        Ok(texts.join(" "))
    });
    routes.post("/", |_, request, cx| -> Result<&'static str> {
        cx.store().execute("INSERT INTO note (text) VALUES (?)", (request.text()?,))?;
        cx.store().execute("UPDATE total SET notes = notes + 1", ())?;
        if request.text()? == "panic" {
            panic!("a message that only the log may hold");
        }
        Ok("kept")
    });
    routes.post("/length", |_, request, _| request.body().len().to_string());
    routes.get("/pages", |_, _, _| {
        Body::pages(0, |_, n| {
            Ok(Page { bytes: format!("page {n}\n").into(), next: (n < 2).then_some(n + 1) })
        })
    });
}

/// What the program serves. With the variable `NEEDY` it needs more than it gets.
pub(super) fn app(env: &Env) -> App {
    let app = App::new().mount::<Notes>("", tenant::path("/t"));
    let app =
        app.route(Method::GET, "/env/{name}", async |request: Request, outside: Outside| -> Result<String> {
            let name: String = request.param("name")?;
            Ok(outside.env().get(&name).unwrap_or("not set").to_owned())
        });
    if env.get("NEEDY").is_some() { app.needs("A_SECRET") } else { app }
}
