// Requests and responses of the entry, between the runtime's own objects and packed bytes.

export const NO_BYTES = new Uint8Array(0);

const DEFAULT_BODY_LIMIT = 10 * 1024 * 1024;

// A name may begin with U+FEFF, which is no byte order mark there.
export const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The `Response` of a packed reply whose head is that of an HTTP response. */
export function responseOf(packed, method, stream) {
  const length = new DataView(packed.buffer, packed.byteOffset).getUint32(2, true);
  const end = 6 + length;
  let at = 8;
  const varint = () => {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = packed[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
      shift += 7;
    }
  };
  const status = varint();
  // Pairs cost less than a `Headers` that they are appended to.
  let headers = [];
  for (let left = varint(); left > 0; left--) {
    let size = varint();
    const name = decoder.decode(packed.subarray(at, at + size));
    at += size;
    size = varint();
    headers.push([name, decoder.decode(packed.subarray(at, at + size))]);
    at += size;
  }
  const bare = method === "HEAD" || status === 101 || status === 204 || status === 205 || status === 304;
  if (bare) {
    stream?.cancel().catch(() => {});
    // The handler may have left out the body of a HEAD, so nothing is no length.
    if (method === "HEAD" && !stream && packed.length > end && status !== 204 && status !== 304) {
      headers = headers.filter(([name]) => name !== "content-length");
      headers.push(["content-length", String(packed.length - end)]);
    }
    return new Response(null, { status: status === 101 ? 500 : status, headers });
  }
  return new Response(stream ?? packed.subarray(end), { status, headers });
}

/** The version of the wire format, `domicile::wire::VERSION`: what packed replies have in their seventh byte. */
export const WIRE = 3;

/** Whether a packed reply is that of an HTTP request. */
export const isHttp = (packed) => packed[6] === WIRE && packed[7] === 2;

export function textPage(status, text) {
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  return new Response(text, { status, headers });
}

/** The page of a failure that Rust can no longer write. */
export const failedPage = (id) => textPage(500, `Internal Server Error\nrequest ${id}\n`);

// Randomness for many requests, since fetching some costs more than using it.
const chance = new Uint32Array(256);
let unused = 0;

export function requestId() {
  if (unused === 0) {
    crypto.getRandomValues(chance);
    unused = chance.length;
  }
  const high = chance[--unused];
  return high.toString(16).padStart(8, "0") + chance[--unused].toString(16).padStart(8, "0");
}

// A host and its port. workerd puts the header into the URL as it is, so one with a slash would choose the path.
const HOST = /^(\[[\da-f:.]+\]|[^\s/\\?#@:[\]<>^|%]+)(:\d{1,5})?$/i;

/**
 * What the platform itself knows of who asks, where Cloudflare Access protects the Worker and not only its host name: `ctx.access`.
 * It is empty elsewhere, on a machine of one's own too.
 */
export async function accessOf(ctx) {
  if (ctx.access === undefined) return "";
  const identity = await ctx.access.getIdentity();
  return JSON.stringify({ aud: ctx.access.aud, identity: identity ?? null });
}

// What parsing leaves as it is: no part of the path begins with a dot, and nothing needs to be encoded.
const PLAIN_URL = /^(https?:\/\/)([^/?#\\]+)((?:\/(?!\.|%2e)[\w~!$&()*+,;=:@%.-]*)+(?:\?[\w~!$&()*+,;=:@%./?-]*)?)$/i;

// The authorities of URLs that could be parsed; an app has few.
const hosts = new Set();

/** The scheme of a request, and its path with the query; null where its URL cannot be one. */
function targetOf(address) {
  const plain = PLAIN_URL.exec(address);
  if (plain !== null && hosts.has(plain[2])) return plain;
  if (!URL.canParse(address)) return null;
  if (plain !== null) {
    if (hosts.size >= 256) hosts.clear();
    hosts.add(plain[2]);
  }
  const url = new URL(address);
  return [, `${url.protocol}//`, , `${url.pathname}${url.search}`];
}

/** The head of a request as `plan` and `serve` take it; null where its URL or host cannot be one. `access` is what `accessOf` gave. */
export function headOf(request, id, access) {
  let host = "";
  let headers = "";
  for (const [name, value] of request.headers) {
    if (name === "host") host = value;
    headers += `\n${name}\n${value}`;
  }
  const target = HOST.test(host) ? targetOf(request.url) : null;
  return target && `${id}\n${access}\n${request.method}\n${target[1]}${host}${target[3]}${headers}`;
}

/** The longest body that is let in. A variable that is no number must not let everything in. */
export function bodyLimit(env) {
  const limit = Number(env.DOMICILE_BODY_LIMIT ?? DEFAULT_BODY_LIMIT);
  return limit >= 0 ? limit : DEFAULT_BODY_LIMIT;
}

/** The body of a request, or null where it is over `limit`. */
export async function bodyOf(request, limit) {
  if (request.body === null) return NO_BYTES;
  const length = request.headers.get("content-length") ?? "";
  if (Number(length) > limit) return null;
  // What arrives is as long as that, and reading it at once costs far less than piece by piece. Of a length that is no number
  // nothing is believed.
  if (/^\d+$/.test(length)) return new Uint8Array(await request.arrayBuffer());
  const pieces = [];
  let size = 0;
  for await (const piece of request.body) {
    size += piece.length;
    if (size > limit) return null;
    pieces.push(piece);
  }
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
