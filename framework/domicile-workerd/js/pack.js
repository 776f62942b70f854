// The packed form of parameters and rows; `src/pack.rs` has its description and the other half.

const NULL = 0;
const NUMBER = 1;
const TEXT = 2;
const BLOB = 3;

export const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** The parameters in `bytes`, as `SqlStorage.exec` and D1 take them. */
export function readParams(bytes) {
  const values = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at++];
    if (tag === NULL) {
      values.push(null);
    } else if (tag === NUMBER) {
      values.push(view.getFloat64(at, true));
      at += 8;
    } else {
      const length = view.getUint32(at, true);
      at += 4;
      // Copies: the bytes are a view on Wasm memory, which a statement may outlive.
      const content = bytes.slice(at, at + length);
      values.push(tag === TEXT ? decoder.decode(content) : content);
      at += length;
    }
  }
  return values;
}

/** A buffer that grows. That of the actors' SQL is kept between statements. */
export class Writer {
  constructor() {
    this.bytes = new Uint8Array(4096);
    this.view = new DataView(this.bytes.buffer);
    this.at = 0;
  }

  room(count) {
    if (this.at + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }

  start(status) {
    // One large result must not hold its memory for ever.
    if (this.bytes.length > 1 << 20) {
      this.bytes = new Uint8Array(4096);
      this.view = new DataView(this.bytes.buffer);
    }
    this.bytes[0] = status;
    this.at = 1;
  }

  double(value) {
    this.room(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  short(value) {
    this.room(2);
    this.view.setUint16(this.at, value, true);
    this.at += 2;
  }

  // UTF-8 takes at most three bytes for each unit of a JavaScript string.
  text(value) {
    this.room(value.length * 3);
    const { written } = encoder.encodeInto(value, this.bytes.subarray(this.at));
    this.at += written;
    return written;
  }

  value(value) {
    this.room(16);
    if (value === null) {
      this.bytes[this.at++] = NULL;
    } else if (typeof value === "number") {
      this.bytes[this.at++] = NUMBER;
      this.view.setFloat64(this.at, value, true);
      this.at += 8;
    } else if (typeof value === "string") {
      this.bytes[this.at++] = TEXT;
      const length = this.at;
      this.at += 4;
      // Before the view is taken: the text may make the buffer grow.
      const written = this.text(value);
      this.view.setUint32(length, written, true);
    } else {
      const blob = new Uint8Array(value);
      this.bytes[this.at++] = BLOB;
      this.view.setUint32(this.at, blob.length, true);
      this.at += 4;
      this.room(blob.length);
      this.bytes.set(blob, this.at);
      this.at += blob.length;
    }
  }

  done() {
    return this.bytes.slice(0, this.at);
  }
}

const writer = new Writer();

/** Runs `text` on `sql`; packed rows, or a packed error. Never throws. */
export function runSql(sql, text, params, names, changes) {
  try {
    const cursor = params.length === 0 ? sql.exec(text) : sql.exec(text, ...readParams(params));
    const columns = cursor.columnNames;
    writer.start(0);
    // The counters are known at the end; their place comes first.
    writer.at += 24;
    writer.room(24);
    writer.short(columns.length);
    if (names) {
      for (const name of columns) {
        const length = writer.at;
        writer.room(2);
        writer.at += 2;
        const written = writer.text(name);
        writer.view.setUint16(length, written, true);
      }
    }
    for (const row of cursor.raw()) {
      for (const value of row) writer.value(value);
    }
    writer.view.setFloat64(1, cursor.rowsRead, true);
    writer.view.setFloat64(9, cursor.rowsWritten, true);
    // Rows written count entries of indexes; only SQLite knows how many rows it changed.
    writer.view.setFloat64(17, changes ? sql.exec("SELECT changes()").raw().next().value[0] : 0, true);
    return writer.done();
  } catch (error) {
    writer.start(1);
    writer.text(String(error?.message ?? error));
    return writer.done();
  }
}
