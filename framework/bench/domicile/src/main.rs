//! The contender on Domicile: an actor whose routes do what those of the others do. `cargo domicile bench` compares the
//! bytes of all of them before it measures.

use blog::page::Site;
use domicile::prelude::*;
use domicile::query::create_all;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = String)]
struct Echo(String);

#[derive(Actor, Default)]
#[actor(reads(Echo), routes = routes, models(Entry), migrations = MIGRATIONS)]
struct Bench;

const MIGRATIONS: &[Migration] =
    &[Migration::sql("0001_all_tables", include_str!("../../shared/schema.sql"))];

/// A row of the table that is read as a whole.
#[derive(FromRow, Serialize)]
struct Product {
    id: u32,
    name: String,
    price: f64,
    stock: u32,
    note: String,
}

/// A row of the table that is written to.
#[derive(Model)]
struct Entry {
    id: u32,
    label: String,
    amount: u32,
}

const PUT: &str =
    "INSERT INTO item (id, value) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value";

impl Reader<Echo> for Bench {
    fn read(&self, Echo(text): Echo, _: &Cx) -> Result<String, Failure> {
        Ok(text)
    }
}

fn routes(r: &mut Routes<Bench>) {
    r.get("/hello", |_, _, _| "hello\n");
    r.put("/item/{id}", put);
    r.get("/item/{id}", |_, request, cx| {
        let id: u32 = request.param("id")?;
        cx.store().query_one::<String>("SELECT value FROM item WHERE id = ?", (id,))
    });
    r.get("/products", |_, _, cx| {
        cx.store()
            .query_all::<Product>("SELECT id, name, price, stock, note FROM product ORDER BY id", ())
            .map(Json)
    });
    r.get("/products/json", |_, _, cx| products_as_json(cx));
    r.post("/entries/100", |_, _, cx| singly(100, cx));
    r.post("/entries/10000", |_, _, cx| at_once(10_000, cx));
    r.post("/refuse", |_, _, cx| {
        cx.store().execute(PUT, (1, "refused"))?;
        Err::<(), _>(Error::conflict("the item is taken"))
    });
    r.post("/ask", |_, request, cx| {
        let text = request.text()?.to_owned();
        Ok::<_, Error>(cx.effect(async move |outside: Outside| {
            outside.address::<Bench>("peer").ask(Echo(text)).await?.response().map_err(Into::into)
        }))
    });
    r.post("/echo", |_, request, _| request.body().clone());
    r.get("/blog/", |_, _, cx| {
        blog::page::list(&Site::new("bench", cx.path("")), 1, blog::post::page(1).all(cx)?)
    });
    r.post("/fill", |_, _, cx| {
        cx.store().execute(include_str!("../../shared/fill.sql"), ()).map(|_| "filled\n")
    });
}

fn put(_: &mut Bench, request: &Request, cx: &Cx) -> Result<&'static str> {
    cx.store().execute(PUT, (request.param::<u32>("id")?, request.text()?))?;
    Ok("stored\n")
}

fn products_as_json(cx: &Cx) -> Result<Response> {
    let json: String = cx.store().query_one(
        "SELECT json_group_array(json_object('id', id, 'name', name, 'price', price, 'stock', stock, 'note', note)) \
         FROM (SELECT id, name, price, stock, note FROM product ORDER BY id)",
        (),
    )?;
    json.with_header(domicile::http::header::CONTENT_TYPE, "application/json")
}

fn singly(count: u32, cx: &Cx) -> Result<String> {
    cx.store().execute("DELETE FROM entry", ())?;
    for n in 0..count {
        cx.store().execute("INSERT INTO entry (label, amount) VALUES (?, ?)", (format!("Entry {n}"), n))?;
    }
    Ok(format!("{count} rows\n"))
}

fn at_once(count: u32, cx: &Cx) -> Result<String> {
    cx.store().execute("DELETE FROM entry", ())?;
    let row = |n| Entry::create().set(Entry::label, format!("Entry {n}")).set(Entry::amount, n);
    create_all((0..count).map(row).collect(), cx)?;
    Ok(format!("{count} rows\n"))
}

fn app(_: &Env) -> App {
    App::new().actor::<Bench>(tenant::path("/a")).route(Method::GET, "/hello", async |_, _| "hello\n")
}

fn main() -> std::process::ExitCode {
    domicile_host::main(app)
}
