//! A guest book, as in the README, with tests of its own.

use domicile::prelude::*;

#[derive(Actor, Default)]
#[actor(routes = routes, migrations = MIGRATIONS)]
struct Guests;

const MIGRATIONS: &[Migration] =
    &[Migration::sql("0001_guest", "CREATE TABLE guest (name TEXT NOT NULL) STRICT;")];

fn routes(r: &mut Routes<Guests>) {
    r.get("/", |_, _, cx| cx.store().query_all::<String>("SELECT name FROM guest", ()).map(Json));
    r.post("/{name}", |_, req, cx| {
        cx.store().execute("INSERT INTO guest VALUES (?)", (req.param::<String>("name")?,))?;
        Ok::<_, Error>(StatusCode::CREATED)
    });
}

fn app(_: &Env) -> App {
    App::new().actor::<Guests>(tenant::path("/t"))
}

fn main() -> std::process::ExitCode {
    domicile_host::main(app)
}

#[cfg(test)]
mod tests {
    use domicile_host::test::{AsyncHost, Host};

    use super::*;

    #[domicile::test(crash_everywhere)]
    fn guests_sign(host: Host) {
        let signed = host.atomic(|host| host.post("/t/acme/Ada", ()), Host::snapshot);
        assert_eq!(signed.status(), StatusCode::CREATED);
        assert_eq!(host.get("/t/acme/").json::<Vec<String>>(), ["Ada"]);
        assert_eq!(host.get("/t/other/").json::<Vec<String>>(), [""; 0]);
        assert_eq!(host.actors().len(), 1);
        let (_, cost) = host.measure(|host| host.get("/t/acme/"));
        domicile_host::assert_budget!(cost, statements: 1, written: 0);
    }

    #[domicile::test(seeds = 4)]
    async fn guests_sign_at_the_same_time(host: AsyncHost) {
        let guests = host.actor::<Guests>("acme");
        for name in ["Ada", "Brian"] {
            assert_eq!(guests.post(&format!("/{name}"), ()).await.status(), StatusCode::CREATED);
        }
        assert_eq!(host.get("/t/acme/").await.json::<Vec<String>>().len(), 2);
    }
}
