//! The smallest Domicile app: one actor that counts.

use domicile::prelude::*;

const MIGRATIONS: &[Migration] = &[Migration {
    name: "0001_counter",
    sql: "CREATE TABLE counter (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;
          INSERT INTO counter (id, n) VALUES (1, 0);",
}];

#[derive(Default)]
pub struct Counter {}

impl Actor for Counter {
    const KIND: &'static str = "Counter";
    const CLASS: &'static str = "CounterDO";
    const BINDING: &'static str = "COUNTER_DO";
    const LOCATION: Option<&'static str> = None;
    const JURISDICTION: Option<&'static str> = None;
    const DISPATCH: &'static [domicile::__private::Dispatch<Self>] = &[];
    const MIGRATIONS: &'static [Migration] = MIGRATIONS;
    fn start(_: &Cx) -> Result<Self> {
        Ok(Self::default())
    }
    fn routes(r: &mut Routes<Self>) {
        r.get("/", |_, _, cx| {
            Ok::<_, Error>(format!("{}\n", cx.store().query_one::<i64>("SELECT n FROM counter", ())?))
        });
        r.post("/add", |_, _, cx| {
            cx.store().execute("UPDATE counter SET n = n + 1", ())?;
            Ok::<_, Error>(Redirect::to(cx.path("/")))
        });
        r.post("/panic", |_, _, cx| -> Result<String> {
            cx.store().execute("UPDATE counter SET n = n + 100", ())?;
            panic!("on purpose")
        });
        r.get("/later", |_, _, cx| {
            cx.effect(async |outside: domicile::Outside| {
                outside.sleep(std::time::Duration::from_millis(20)).await;
                "later".response().map_err(Into::into)
            })
        });
        r.get("/pages", |_, _, _| {
            Body::pages(0, |_, at: i32| {
                Ok(Page { bytes: format!("page {at}\n").into(), next: (at < 3).then_some(at + 1) })
            })
        });
    }
}

fn app(_: &Env) -> App {
    App::new().actor::<Counter>(tenant::path("/t"))
}

fn main() -> std::process::ExitCode {
    domicile_host::main(app)
}
