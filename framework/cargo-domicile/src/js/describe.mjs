// Prints what the app in the folder of the first argument says of itself.
// While it does, the app has no host: any call to one is an error that names the call.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const directory = resolve(process.argv[process.argv.length - 1]);
const said = [];
const host = new Proxy({}, {
    get: (_, name) => (...args) => {
        // The app's panic hook calls the host with the panic's message.
        said.push(...args.filter((arg) => typeof arg === "string"));
        throw new Error(`main or describe called the host function ${String(name)}`);
    },
});
try {
    const { instantiate } = await import(pathToFileURL(`${directory}/glue.js`));
    const app = instantiate(new WebAssembly.Module(readFileSync(`${directory}/app.wasm`)), host);
    if (typeof app.describe !== "function") {
        throw new Error("it exports no `describe`: its main must call domicile_host::main(app)");
    }
    process.stdout.write(app.describe());
} catch (error) {
    console.error([...said, error.message].join("\n"));
    process.exit(1);
}
