//! The smallest Domicile app: an actor that counts, by message and over HTTP.
use domicile::prelude::*;

#[cfg(test)]
mod tests;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Add(i64);
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
struct Total;

#[derive(Actor, Default)]
#[actor(handles(Add), reads(Total), routes = routes, migrations = MIGRATIONS)]
struct Counter;

const MIGRATIONS: &[Migration] = &[Migration::sql(
    "0001_counter",
    "CREATE TABLE counter (n INTEGER NOT NULL) STRICT; INSERT INTO counter VALUES (0);",
)];

impl Handler<Add> for Counter {
    fn handle(&mut self, Add(by): Add, cx: &Cx) -> Result<i64, Failure> {
        Ok(cx.store().query_one("UPDATE counter SET n = n + ? RETURNING n", (by,))?)
    }
}
impl Reader<Total> for Counter {
    fn read(&self, _: Total, cx: &Cx) -> Result<i64, Failure> {
        Ok(cx.store().query_one("SELECT n FROM counter", ())?)
    }
}

fn routes(r: &mut Routes<Counter>) {
    r.get("/", |counter, _, cx| counter.read(Total, cx).map(|n| format!("{n}\n")));
    r.post("/add", |counter, _, cx| counter.handle(Add(1), cx).map(|_| Redirect::to(cx.path("/"))));
}

fn app(_: &Env) -> App {
    App::new().actor::<Counter>(singleton("main"))
}

fn main() -> std::process::ExitCode {
    domicile_host::main(app)
}
