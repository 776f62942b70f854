//! A blog whose models are what its migrations are made from.

use domicile::prelude::*;

// mod migrations;

#[derive(Actor, Default)]
#[actor(routes = routes, models(Author, Post) /*, migrations = migrations::MIGRATIONS */)]
struct Blog;

#[derive(Model)]
struct Author {
    id: i64,
    #[model(unique)]
    name: String,
}

#[derive(Model)]
struct Post {
    id: i64,
    title: String,
    #[model(on_delete = cascade)]
    author: ForeignKey<Author>,
}

fn routes(r: &mut Routes<Blog>) {
    r.get("/", |_, _, cx| {
        let sql = "SELECT name FROM sqlite_master WHERE name IN ('author', 'post') ORDER BY name";
        cx.store().query_all::<String>(sql, ()).map(Json)
    });
}

fn app(_: &Env) -> App {
    App::new().actor::<Blog>(singleton("main"))
}

fn main() -> std::process::ExitCode {
    domicile_host::main(app)
}

#[cfg(test)]
mod tests {
    use domicile_host::test::Host;

    #[domicile::test]
    fn the_store_has_its_tables(host: Host) {
        let tables = host.get("/").json::<Vec<String>>();
        assert_eq!(tables, ["author", "post"]);
    }
}
