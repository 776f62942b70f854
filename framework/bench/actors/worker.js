// The contender on @cloudflare/actors: an `Actor` that answers requests, as its documentation has it.

import { Actor, handler } from "@cloudflare/actors";
import schema from "schema.sql";
import fill from "fill.sql";
import { HEADERS, LIST, page } from "blog.js";

const PRODUCTS = "SELECT id, name, price, stock, note FROM product ORDER BY id";
const PRODUCTS_AS_JSON =
  "SELECT json_group_array(json_object('id', id, 'name', name, 'price', price, 'stock', stock, 'note', note)) AS json " +
  "FROM (SELECT id, name, price, stock, note FROM product ORDER BY id)";

export class Bench extends Actor {
  async onInit() {
    this.storage.migrations = [{ idMonotonicInc: 1, description: "all tables", sql: schema }];
    await this.storage.runMigrations();
  }

  echo(text) {
    return text;
  }

  async onRequest(request) {
    const { url } = request;
    const [, , name, what, id] = url.slice(url.indexOf("/", 8)).split("/");
    switch (what) {
      case "hello":
        return new Response("hello\n");
      case "item":
        if (request.method === "PUT") {
          const value = await request.text();
          this.sql`INSERT INTO item (id, value) VALUES (${Number(id)}, ${value}) ON CONFLICT (id) DO UPDATE SET value = excluded.value`;
          return new Response("stored\n");
        }
        return new Response(this.sql`SELECT value FROM item WHERE id = ${Number(id)}`[0].value);
      case "products":
        return id === "json"
          ? new Response(this.ctx.storage.sql.exec(PRODUCTS_AS_JSON).one().json, JSON_TYPE)
          : Response.json(this.ctx.storage.sql.exec(PRODUCTS).toArray());
      case "entries": {
        const count = Number(id);
        this.sql`DELETE FROM entry`;
        for (let n = 0; n < count; n++) this.sql`INSERT INTO entry (label, amount) VALUES (${`Entry ${n}`}, ${n})`;
        return new Response(`${count} rows\n`);
      }
      case "ask":
        return new Response(await Bench.get("peer").echo(await request.text()));
      case "echo":
        return new Response(await request.arrayBuffer(), BYTES);
      case "blog": {
        const rows = this.ctx.storage.sql.exec(LIST, 0).raw().toArray();
        return new Response(page(rows, 1, "bench", `/a/${name}`), { headers: HEADERS });
      }
      case "fill":
        this.ctx.storage.sql.exec(fill);
        return new Response("filled\n");
    }
    return new Response("", { status: 404 });
  }
}

const JSON_TYPE = { headers: { "content-type": "application/json" } };
const BYTES = { headers: { "content-type": "application/octet-stream" } };

export default handler((request) => {
  const { url } = request;
  const path = url.slice(url.indexOf("/", 8));
  if (path === "/hello") return new Response("hello\n");
  return Bench.get(path.split("/", 3)[2]).fetch(request);
});
