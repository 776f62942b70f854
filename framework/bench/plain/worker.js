// The plain contender: a Worker and a Durable Object by hand. The entry calls the object by RPC, which is faster than
// `fetch`; what the object gives is a text or bytes, so that no request and no response crosses.

import { DurableObject } from "cloudflare:workers";
import schema from "schema.sql";
import fill from "fill.sql";
import { HEADERS, LIST, page } from "blog.js";

const PRODUCTS = "SELECT id, name, price, stock, note FROM product ORDER BY id";
const PRODUCTS_AS_JSON =
  "SELECT json_group_array(json_object('id', id, 'name', name, 'price', price, 'stock', stock, 'note', note)) " +
  "FROM (SELECT id, name, price, stock, note FROM product ORDER BY id)";
const PUT = "INSERT INTO item (id, value) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET value = excluded.value";
const INSERT = "INSERT INTO entry (label, amount) VALUES (?, ?)";

export class Bench extends DurableObject {
  #sql;

  constructor(ctx, env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    if (ctx.storage.kv.get("schema") === undefined) {
      ctx.storage.transactionSync(() => {
        this.#sql.exec(schema);
        ctx.storage.kv.put("schema", 1);
      });
    }
  }

  fill() {
    this.#sql.exec(fill);
    return "filled\n";
  }

  hello() {
    return "hello\n";
  }

  put(id, value) {
    this.#sql.exec(PUT, id, value);
    return "stored\n";
  }

  get(id) {
    for (const [value] of this.#sql.exec("SELECT value FROM item WHERE id = ?", id).raw()) return value;
    return null;
  }

  products() {
    return JSON.stringify(this.#sql.exec(PRODUCTS).toArray());
  }

  productsAsJson() {
    return this.#sql.exec(PRODUCTS_AS_JSON).raw().next().value[0];
  }

  entries(count) {
    const sql = this.#sql;
    sql.exec("DELETE FROM entry");
    for (let n = 0; n < count; n++) sql.exec(INSERT, `Entry ${n}`, n);
    return `${count} rows\n`;
  }

  /** Whether the item was taken, in which case nothing is kept. */
  refuse() {
    try {
      this.ctx.storage.transactionSync(() => {
        this.#sql.exec(PUT, 1, "refused");
        throw new Error("the item is taken");
      });
    } catch (error) {
      return `${error.message}\n`;
    }
    return null;
  }

  echo(body) {
    return body;
  }

  ask(text) {
    return stub(this.env, "peer").echo(text);
  }

  blog(number, prefix) {
    return page(this.#sql.exec(LIST, (number - 1) * 20).raw().toArray(), number, "bench", prefix);
  }
}

const stub = (env, name) => env.BENCH.get(env.BENCH.idFromName(name));

const json = { headers: { "content-type": "application/json" } };

export default {
  async fetch(request, env) {
    const { url } = request;
    const path = url.slice(url.indexOf("/", 8));
    if (path === "/hello") return new Response("hello\n");
    const [, , name, what, id] = path.split("/");
    const actor = stub(env, name);
    switch (what) {
      case "hello":
        return new Response(await actor.hello());
      case "item":
        return request.method === "PUT"
          ? new Response(await actor.put(Number(id), await request.text()))
          : new Response(await actor.get(Number(id)));
      case "products":
        return new Response(await (id === "json" ? actor.productsAsJson() : actor.products()), json);
      case "entries":
        return new Response(await actor.entries(Number(id)));
      case "refuse":
        return new Response(await actor.refuse(), { status: 409 });
      case "ask":
        return new Response(await actor.ask(await request.text()));
      case "echo":
        return new Response(await actor.echo(await request.arrayBuffer()), BYTES);
      case "blog":
        return new Response(await actor.blog(1, `/a/${name}`), { headers: HEADERS });
      case "fill":
        return new Response(await actor.fill());
    }
    return new Response("", { status: 404 });
  },
};

const BYTES = { headers: { "content-type": "application/octet-stream" } };
