//! The contender on workers-rs: the crate `worker` and its own glue, as its documentation has it.

mod blog;
mod post;

use serde::{Deserialize, Serialize};
use worker::{
    Context, DurableObject, Env, Headers, Method, Request, RequestInit, Response, Result, SqlStorageValue, State, Stub,
    durable_object, event,
};

const SCHEMA: &str = include_str!("../../shared/schema.sql");
const FILL: &str = include_str!("../../shared/fill.sql");
const PUT: &str =
    "INSERT INTO item (id, value) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value";
const PRODUCTS_AS_JSON: &str = "SELECT json_group_array(json_object('id', id, 'name', name, 'price', price, \
                                'stock', stock, 'note', note)) AS json \
                                FROM (SELECT id, name, price, stock, note FROM product ORDER BY id)";

#[derive(Deserialize)]
struct Item {
    value: String,
}

#[derive(Deserialize)]
struct AsJson {
    json: String,
}

#[derive(Serialize, Deserialize)]
struct Product {
    id: u32,
    name: String,
    price: f64,
    stock: u32,
    note: String,
}

fn stub(env: &Env, name: &str) -> Result<Stub> {
    env.durable_object("Bench")?.get_by_name(name)
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, _: Context) -> Result<Response> {
    let path = request.path();
    if path == "/hello" {
        return Response::ok("hello\n");
    }
    let name = path.split('/').nth(2).unwrap_or_default();
    stub(&env, name)?.fetch_with_request(request).await
}

#[durable_object(fetch)]
pub struct Bench {
    state: State,
    env: Env,
}

impl DurableObject for Bench {
    fn new(state: State, env: Env) -> Self {
        let sql = state.storage().sql();
        let known = sql
            .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'item'", None)
            .and_then(|cursor| cursor.to_array::<serde::de::IgnoredAny>())
            .is_ok_and(|tables| !tables.is_empty());
        if !known && let Err(error) = sql.exec(SCHEMA, None) {
            worker::console_error!("{error}");
        }
        Self { state, env }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let path = request.path();
        let mut parts = path.split('/').skip(2);
        let (name, what, id) =
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let sql = self.state.storage().sql();
        match what {
            "hello" => Response::ok("hello\n"),
            "item" if request.method() == Method::Put => {
                let value = request.text().await?;
                sql.exec(PUT, vec![number(id).into(), value.into()])?;
                Response::ok("stored\n")
            }
            "item" => {
                let rows: Vec<Item> =
                    sql.exec("SELECT value FROM item WHERE id = ?", vec![number(id).into()])?.to_array()?;
                match rows.into_iter().next() {
                    Some(item) => Response::ok(item.value),
                    None => Response::error("not found", 404),
                }
            }
            "products" if id == "json" => {
                let rows: Vec<AsJson> = sql.exec(PRODUCTS_AS_JSON, None)?.to_array()?;
                let json = rows.into_iter().next().map(|row| row.json).unwrap_or_default();
                let headers = Headers::new();
                headers.set("content-type", "application/json")?;
                Ok(Response::ok(json)?.with_headers(headers))
            }
            "products" => {
                let rows: Vec<Product> = sql
                    .exec("SELECT id, name, price, stock, note FROM product ORDER BY id", None)?
                    .to_array()?;
                Response::from_json(&rows)
            }
            "entries" => {
                let count = number(id);
                sql.exec("DELETE FROM entry", None)?;
                for n in 0..count {
                    let values: Vec<SqlStorageValue> = vec![format!("Entry {n}").into(), n.into()];
                    sql.exec("INSERT INTO entry (label, amount) VALUES (?, ?)", values)?;
                }
                Response::ok(format!("{count} rows\n"))
            }
            "ask" => {
                let mut init = RequestInit::new();
                init.with_method(Method::Post).with_body(Some(request.text().await?.into()));
                let ask = Request::new_with_init("https://bench/a/peer/said", &init)?;
                let mut reply = stub(&self.env, "peer")?.fetch_with_request(ask).await?;
                Response::ok(reply.text().await?)
            }
            "said" => Response::ok(request.text().await?),
            "echo" => Response::from_bytes(request.bytes().await?),
            "blog" => {
                let rows: Vec<blog::Row> = sql.exec(blog::LIST, vec![0.into()])?.to_array()?;
                let site = blog::Site { name: "bench".to_owned(), prefix: format!("/a/{name}") };
                let html = blog::list(&site, rows).map_err(|error| error.to_string())?;
                let headers = Headers::new();
                headers.set("content-type", "text/html; charset=utf-8")?;
                headers.set("content-security-policy", blog::POLICY)?;
                Ok(Response::ok(html)?.with_headers(headers))
            }
            "fill" => {
                sql.exec(FILL, None)?;
                Response::ok("filled\n")
            }
            _ => Response::error("not found", 404),
        }
    }
}

fn number(text: &str) -> i32 {
    text.parse().unwrap_or_default()
}
