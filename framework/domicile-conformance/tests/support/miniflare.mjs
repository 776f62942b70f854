// Serves a built app in Miniflare, as `wrangler dev` does, and tells the port as workerd's control file does. It ends at
// SIGTERM, and with the one that started it: nobody can be left to stop it by hand.
//
// node miniflare.mjs MODULE BUILD DATA
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const [module, build, data] = process.argv.slice(2);
const { Miniflare, convertV4MiniflareOptions } = (await import(pathToFileURL(module))).default;

const { classes, vars, d1 } = JSON.parse(readFileSync(join(build, "app.json"), "utf8"));
const files = readdirSync(build, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(build, join(entry.parentPath, entry.name)))
  .filter((path) => /\.(js|wasm)$/.test(path) && !path.startsWith("d1/"))
  // The entry comes first.
  .sort((a, b) => Number(b === "entry.js") - Number(a === "entry.js"));

const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    modules: files.map((path) => ({
      type: path.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
      path: join(build, path),
      contents: readFileSync(join(build, path), path.endsWith(".wasm") ? undefined : "utf8"),
    })),
    modulesRoot: build,
    compatibilityDate: "2026-08-03",
    durableObjects: Object.fromEntries(
      classes.map((c) => [c.binding, { className: c.class, useSQLite: true }]),
    ),
    d1Databases: Object.fromEntries(d1.map(({ binding, local }) => [binding, local ?? binding])),
    bindings: Object.fromEntries(vars.filter((name) => name in process.env).map((name) => [name, process.env[name]])),
    host: "127.0.0.1",
    port: 0,
    resourcePersistencePath: join(data, "v3"),
    cf: false,
  }),
);

const stop = async () => {
  await miniflare.dispose();
  process.exit(0);
};
process.on("SIGTERM", stop).on("SIGINT", stop);
const parent = process.ppid;
setInterval(() => process.ppid !== parent && stop(), 500).unref();

const url = await miniflare.ready;
console.log(JSON.stringify({ event: "listen", socket: "http", port: Number(url.port) }));
