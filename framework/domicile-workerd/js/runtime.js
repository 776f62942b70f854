// The script between workerd and the compiled app: the entry of the Worker and the classes of its Durable Objects.
//
// It makes two instances of the app, one for the entry and one for all actors of the isolate, and a new one when an
// instance is lost to a trap. Everything that crosses is packed bytes; `src/actor.rs` and `src/entry.rs` describe them.

import { DurableObject } from "cloudflare:workers";
import {
  NO_BYTES, WIRE, accessOf, bodyLimit, bodyOf, decoder, failedPage, headOf, isHttp, requestId, responseOf, textPage,
} from "./http.js";
import { batchD1, openD1, queryD1 } from "./d1.js";
import { runSql } from "./pack.js";

// What a packed reply begins with.
const COMMIT = 0;
const ROLLBACK = 1;
const AGAIN = 2;
const EFFECT = 1;
const PAGED = 2;
// What a plan begins with.
const RESPOND = 0;
const FORWARD = 1;

// A packed reply that says "the handler panicked": two bytes, a length, and `Reply::Failed(Fault::Panic)`.
const PANICKED = new Uint8Array([ROLLBACK, 0, 3, 0, 0, 0, WIRE, 4, 1]);

// How often one event is delivered: it may migrate the store first, and then make the account of who asks.
const DELIVERIES = 3;

// The platform gives an alarm up when it fails after this many retries.
const RETRIES = 6;

// An object that had no event for this long, in milliseconds, is evicted by workerd.
const IDLE = 10_000;

const levels = ["error", "warn", "info", "debug"];

/** What a transaction throws to be rolled back. */
class Rolled extends Error {}
const rolled = new Rolled("rolled back");

/** Runs `body` in a transaction; undoes it where `body` gives false. */
function transaction(storage, body) {
  try {
    storage.transactionSync(() => {
      if (!body()) throw rolled;
    });
  } catch (error) {
    if (error !== rolled) throw error;
  }
}

/** An instance of the app, made anew after a trap. */
class Instance {
  constructor(module, instantiate, env) {
    this.dead = false;
    // Those who wait for a promise of this instance, each by a promise of its own: one that all share would be that
    // of the request that made the instance, and workerd lets nobody await it once that request has ended.
    this.waiting = new Set();
    // The homes of actors in this instance, the one that has rested for longest first.
    this.homes = new Set();
    this.exports = instantiate(module, hostOf(this, env));
    this.broken = this.exports.configure(JSON.stringify(strings(env)));
    if (this.broken) console.error(JSON.stringify({ level: "ERROR", message: this.broken }));
  }

  /**
   * Notes that `slot` has an event now, and frees the homes of actors that have rested for long. The garbage
   * collector would free them too, but it knows nothing of the memory in Wasm that a home holds, and comes too late.
   */
  use(slot) {
    const now = Date.now();
    this.homes.delete(slot);
    slot.used = now;
    for (const rested of this.homes) {
      if (now - rested.used < IDLE) break;
      this.homes.delete(rested);
      rested.home.free();
      rested.home = undefined;
    }
    this.homes.add(slot);
  }

  /** The instance is lost: what waits for it fails now, and the next event gets a new one. */
  lose(error) {
    if (this.dead) return;
    this.dead = true;
    for (const reject of this.waiting) reject(error);
    this.waiting.clear();
    // The panic hook calls this with Rust still on the stack.
    queueMicrotask(() => this.exports?.retire());
  }

  /** What `promise` gives, unless the instance dies first. */
  outlive(promise) {
    return new Promise((resolve, reject) => {
      if (this.dead) return reject(new Error("the instance was lost"));
      this.waiting.add(reject);
      promise.then(resolve, reject).finally(() => this.waiting.delete(reject));
    });
  }
}

/** The variables and secrets among the bindings. */
function strings(env) {
  const found = {};
  for (const [name, value] of Object.entries(env)) if (typeof value === "string") found[name] = value;
  return found;
}

/** What the app may call, for one instance. None of it throws, but `nested` passes a trap on. */
function hostOf(instance, env) {
  return {
    sql: (store, text, params, names, changes) => runSql(store.sql, text, params, names, changes),
    nested(store, body) {
      const alarm = store.alarm;
      let kept;
      try {
        transaction(store.storage, () => (kept = body()));
      } catch (error) {
        // A trap inside `body`: nothing of the instance may run on.
        if (kept === undefined) throw error;
        store.alarm = alarm;
        return String(error?.message ?? error);
      }
      if (!kept) store.alarm = alarm;
    },
    getAlarm: (store) => store.alarm ?? NaN,
    setAlarm(store, at) {
      try {
        // Both give promises, but the write itself is done at once, in the transaction.
        if (Number.isNaN(at)) store.storage.deleteAlarm();
        else store.storage.setAlarm(at);
        store.alarm = Number.isNaN(at) ? null : at;
      } catch (error) {
        return String(error?.message ?? error);
      }
    },
    callActor: (binding, name, location, jurisdiction, event, body) =>
      callActor(env, binding, name, location, jurisdiction, event.slice(), body.slice()),
    d1: (binding) => openD1(env, binding),
    queryD1,
    batchD1,
    sessionD1: (database, start) => database.withSession(start),
    bookmarkD1: (database) => database.getBookmark?.() ?? undefined,
    now: () => Date.now(),
    monotonic: () => performance.now(),
    // Wasm memory cannot be filled in place where it is shared or larger than the quota.
    random(bytes) {
      for (let at = 0; at < bytes.length; at += 65536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65536));
      }
    },
    setTimer: (ms, wake) => setTimeout(wake, ms),
    clearTimer: (timer) => clearTimeout(timer),
    log: (level, line) => console[levels[level] ?? "log"](line),
    panicked(line) {
      console.error(line);
      instance.lose(new Error("panic"));
    },
  };
}

/** The stub of an actor. */
function stubOf(env, binding, name, location, jurisdiction) {
  let namespace = env[binding];
  if (!namespace) throw new Error(`no Durable Object binding ${binding}: add it to wrangler.jsonc`);
  if (jurisdiction) namespace = namespace.jurisdiction(jurisdiction);
  const id = namespace.idFromName(name);
  return namespace.get(id, location ? { locationHint: location } : undefined);
}

/** What an actor answers: packed bytes, `{ head, stream }`, or an error as an object. Never rejects. */
async function callActor(env, binding, name, location, jurisdiction, event, body) {
  try {
    return await stubOf(env, binding, name, location, jurisdiction).deliver(event, body);
  } catch (error) {
    return {
      message: String(error?.message ?? error),
      retryable: error?.retryable === true,
      overloaded: error?.overloaded === true,
    };
  }
}

/**
 * The Worker of an app: `entry` is its default export, `actor(class)` the base of each class that it exports.
 * `classes` are what the app said of itself when it was built: `{ class, binding, actor }`.
 */
export function serve(module, instantiate, { classes }) {
  const kinds = new Map(classes.map((c) => [c.class, c.actor]));
  let actors;
  let entry;

  const actorInstance = (env) => {
    if (!actors || actors.dead) actors = new Instance(module, instantiate, env);
    return actors;
  };
  const entryInstance = (env) => {
    if (!entry || entry.dead) entry = new Instance(module, instantiate, env);
    return entry;
  };

  /** Calls an export; any exception out of one means that the instance is lost. */
  const guarded = (instance, call) => {
    try {
      return call(instance.exports);
    } catch (error) {
      // Rust gives an `Err` as a text: nothing is broken by that.
      if (typeof error === "string") throw new Error(error);
      if (!instance.dead) console.error(JSON.stringify({ level: "ERROR", message: "trap", panic: String(error) }));
      instance.lose(error);
      throw error;
    }
  };

  const actor = (name) =>
    class extends DurableObject {
      #store;
      #slot;
      #instance;
      #givenUp;

      constructor(ctx, env) {
        super(ctx, env);
        this.#store = { sql: ctx.storage.sql, storage: ctx.storage, alarm: undefined };
      }

      /** The actor's home in the instance of today. */
      #open() {
        const instance = actorInstance(this.env);
        if (this.#instance !== instance || !this.#slot.home) {
          const id = this.ctx.id.name;
          if (id === undefined) throw new Error("a Durable Object without a name cannot be an actor");
          const home = guarded(instance, (e) => new e.Home(kinds.get(name), id, this.#store));
          this.#slot = { home, used: 0 };
          this.#instance = instance;
        }
        instance.use(this.#slot);
        return this.#slot.home;
      }

      /** The time of the alarm is a promise once; from then on it is tracked here: null where this object cleared it. */
      async #loadAlarm() {
        const alarm = await this.ctx.storage.getAlarm();
        // That it is not set may also mean that the platform is about to call `alarm`.
        if (this.#store.alarm === undefined) this.#store.alarm = alarm ?? NaN;
      }

      /** Runs `step`, which gives bytes that begin with a verdict, in a transaction; repeats it where it says so. */
      #inTransaction(step) {
        for (let deliveries = 0; deliveries < DELIVERIES; deliveries++) {
          const home = this.#open();
          const instance = this.#instance;
          const alarm = this.#store.alarm;
          let out;
          try {
            transaction(this.ctx.storage, () => {
              out = guarded(instance, () => step(home));
              return out[0] !== ROLLBACK;
            });
          } catch (error) {
            this.#store.alarm = alarm;
            // The commit failed: memory must not keep what the store did not.
            if (!instance.dead) guarded(instance, () => home.forget());
            throw error;
          }
          if (out[0] === ROLLBACK) this.#store.alarm = alarm;
          if (out[0] !== AGAIN) return out;
        }
        throw new Error("the actor asked to be given the event again and again");
      }

      /** Runs an event up to its commit; a trap becomes a packed reply. */
      #decide(step) {
        try {
          return this.#inTransaction(step);
        } catch (error) {
          if (this.#instance?.dead) return PANICKED;
          throw error;
        }
      }

      /** Delivers a packed event; gives a packed reply, or `{ head, stream }`. Only the app's own entry and actors can call it. */
      async deliver(event, body) {
        if (this.#store.alarm === undefined) await this.#loadAlarm();
        const out = this.#decide((home) => home.deliver(event, body));
        if (out[1] === EFFECT) return this.#effect();
        if (out[1] === PAGED) return { head: out, stream: this.#pages() };
        return out;
      }

      /** Rejects where the instance dies: a reply would say that nothing was kept, and the handler has committed. */
      async #effect() {
        const instance = this.#instance;
        const promise = guarded(instance, () => this.#slot.home.effect());
        const reply = instance.outlive(promise);
        // It goes on when the caller goes away.
        this.ctx.waitUntil(reply.catch(() => {}));
        return reply;
      }

      #pages() {
        const instance = this.#instance;
        const stream = guarded(instance, () => this.#slot.home.stream());
        return new ReadableStream({
          type: "bytes",
          pull: (controller) => {
            if (instance.dead) throw new Error("the body was broken off");
            for (;;) {
              const out = this.#inTransaction((home) => home.page(stream));
              if (out[1] === 1) {
                controller.close();
                controller.byobRequest?.respond(0);
                return;
              }
              if (out[1] === 2) throw new Error("the body was broken off");
              // An empty piece is no end: a byte stream cannot carry one.
              if (out.length > 2) {
                controller.enqueue(out.subarray(2));
                return;
              }
            }
          },
          cancel: () => {
            if (!instance.dead) stream.free();
          },
        });
      }

      /** Nothing is awaited before the commit, so no event comes between what is tracked here and what is stored. */
      async alarm({ retryCount, scheduledTime }) {
        const store = this.#store;
        // The platform says that none is set while it runs one, so what it runs is what was set. Its clock goes on
        // during an event, and a time that has passed on it by then was set to a later one.
        if (store.alarm !== null && !(store.alarm >= scheduledTime)) store.alarm = scheduledTime;
        // It was not given up after all.
        if (store.alarm === null && this.#givenUp === scheduledTime) store.alarm = scheduledTime;
        // It was cleared or moved, and the platform had not heard of it yet.
        if (store.alarm === null || (store.alarm > scheduledTime && store.alarm > Date.now())) return;
        // One that was set between two tries of another, and is overdue, rings in place of the next try.
        const tries = store.alarm === scheduledTime ? retryCount : 0;
        const event = guarded(actorInstance(this.env), (e) => e.alarmEvent(tries, store.alarm));
        let out;
        try {
          out = this.#decide((home) => this.#ring(home, event));
          if (out[0] === ROLLBACK) throw new Error("the alarm's handler failed");
        } catch (error) {
          if (tries >= RETRIES) this.#giveUp(scheduledTime, tries + 1);
          // The platform tries it again.
          throw error;
        }
        // The handler has committed and the alarm is over, whatever becomes of its effect: the next one does not wait.
        if (out[1] === EFFECT) this.#effect().catch((error) => console.error(String(error)));
      }

      /** The platform clears an alarm that failed at its last try, without a word and only after this. */
      #giveUp(scheduledTime, tries) {
        const message = "the alarm is given up: its handler failed at every try";
        const actor = `${kinds.get(name)}/${this.ctx.id.name}`;
        console.error(JSON.stringify({ level: "ERROR", message, actor, tries }));
        this.#store.alarm = null;
        this.#givenUp = scheduledTime;
      }

      /** Delivers an alarm. That it is over is part of the transaction. */
      #ring(home, event) {
        const store = this.#store;
        const alarm = store.alarm;
        // While its handler runs an alarm is not set.
        store.alarm = null;
        const out = home.deliver(event, NO_BYTES);
        if (out[0] === AGAIN) store.alarm = alarm;
        // The platform would clear it after a handler that never touched it, also in what was undone.
        else if (out[0] === COMMIT && store.alarm === null) store.storage.deleteAlarm();
        return out;
      }
    };

  const respond = (packed, request, id, stream) =>
    isHttp(packed) ? responseOf(packed, request.method, stream) : failedPage(id);

  async function handle(request, env, ctx) {
    const id = requestId();
    let instance;
    try {
      instance = entryInstance(env);
    } catch (error) {
      console.error(JSON.stringify({ level: "ERROR", message: String(error?.message ?? error) }));
      return failedPage(id);
    }
    if (instance.broken) return failedPage(id);
    try {
      // On the plain way nothing is awaited for it.
      const access = ctx.access === undefined ? "" : await accessOf(ctx);
      const head = headOf(request, id, access);
      if (head === null) return textPage(400, "The Host header is not a host name with an optional port.");
      const plan = guarded(instance, (e) => e.plan(head));
      if (plan[0] === RESPOND) return respond(plan.subarray(1), request, id);
      const limit = bodyLimit(env);
      let body;
      try {
        body = await bodyOf(request, limit);
      } catch {
        return textPage(400, "The request body is broken.");
      }
      if (body === null) {
        return textPage(413, `The request body is longer than the ${limit} bytes that are allowed.`);
      }
      if (plan[0] !== FORWARD) {
        let answer = guarded(instance, (e) => e.serve(head, body));
        if (answer instanceof Promise) {
          const outlived = instance.outlive(answer);
          ctx.waitUntil(outlived.catch(() => {}));
          answer = await outlived;
        }
        return respond(answer.head ?? answer, request, id, answer.stream);
      }
      const view = new DataView(plan.buffer, plan.byteOffset);
      let at = 1;
      const text = () => {
        const length = view.getUint16(at, true);
        at += 2 + length;
        return decoder.decode(plan.subarray(at - length, at));
      };
      const [binding, name, location, jurisdiction] = [text(), text(), text(), text()];
      const reply = await callActor(env, binding, name, location, jurisdiction, plan.subarray(at), body);
      const packed = reply.head ?? reply;
      if (packed instanceof Uint8Array && isHttp(packed)) {
        return responseOf(packed, request.method, reply.stream);
      }
      const failed = guarded(entryInstance(env), (e) =>
        packed instanceof Uint8Array
          ? e.failureResponse(id, packed.subarray(6), "", false, false)
          : e.failureResponse(id, NO_BYTES, reply.message, reply.retryable, reply.overloaded),
      );
      return respond(failed, request, id);
    } catch (error) {
      if (!instance.dead) console.error(JSON.stringify({ level: "ERROR", message: String(error), request: id }));
      return failedPage(id);
    }
  }

  return { actor, entry: { fetch: handle } };
}
