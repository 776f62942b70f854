// D1 for Rust: packed statements in, packed results or a packed error out; `src/database.rs` has the other half.
//
// A statement alone is asked with `raw`, which gives its columns as they are and no counts; a batch gives the counts and
// its rows as objects, in which columns of one name merge. D1 offers nothing that gives both. It tells blobs as arrays of
// numbers, and numbers as JSON does.

import { Writer, decoder, readParams } from "./pack.js";

/** The database of a binding; undefined where there is none. */
export function openD1(env, binding) {
  const database = env[binding];
  return typeof database?.prepare === "function" && typeof database.batch === "function" ? database : undefined;
}

/** Runs one statement. Never rejects. */
export async function queryD1(database, text, params) {
  // The bytes are a view on Wasm memory, so they are read before anything is awaited.
  const values = readParams(params);
  return packed(async (writer) => {
    const [columns, ...rows] = await prepare(database, text, values).raw({ columnNames: true });
    result(writer, undefined, columns, rows);
  });
}

/** Runs statements in one transaction. Never rejects. */
export async function batchD1(database, statements) {
  const list = readStatements(statements);
  return packed(async (writer) => {
    const answers = await database.batch(list.map(([text, values]) => prepare(database, text, values)));
    for (const { meta, results } of answers) {
      const columns = results.length === 0 ? [] : Object.keys(results[0]);
      const rows = results.map((row) => columns.map((name) => row[name]));
      result(writer, meta, columns, rows);
    }
  });
}

function prepare(database, text, values) {
  const statement = database.prepare(text);
  return values.length === 0 ? statement : statement.bind(...values);
}

/** Each is a text and its packed parameters, both with a length in four bytes. */
function readStatements(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const statements = [];
  let at = 0;
  const piece = () => {
    const start = at + 4;
    at = start + view.getUint32(at, true);
    return bytes.subarray(start, at);
  };
  while (at < bytes.length) statements.push([decoder.decode(piece()), readParams(piece())]);
  return statements;
}

/** What `write` packs, or its error. */
async function packed(write) {
  const writer = new Writer();
  writer.start(0);
  try {
    await write(writer);
  } catch (error) {
    writer.start(1);
    writer.text(String(error?.message ?? error));
  }
  return writer.done();
}

function result(writer, meta, columns, rows) {
  writer.short(meta === undefined ? 0 : 1);
  if (meta !== undefined) {
    writer.double(meta.changes ?? 0);
    writer.double(meta.last_row_id ?? 0);
    writer.double(meta.rows_read ?? 0);
    writer.double(meta.rows_written ?? 0);
  }
  writer.short(columns.length);
  for (const name of columns) writer.value(name);
  writer.double(rows.length);
  for (const row of rows) for (const value of row) writer.value(value);
}
