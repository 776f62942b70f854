//! [`Home`]: one actor in this instance, held by its Durable Object in the script.

use std::rc::Rc;

use bytes::Bytes;
use domicile::Name;
use domicile::resident::{Done, Residence, Then, Verdict};
use domicile::web::{Body, Pages};
use domicile::wire::{self, Event, Fault, Reply, What};
use futures_util::future::LocalBoxFuture;
use wasm_bindgen::prelude::*;

use crate::site;
use crate::storage::ScriptStorage;

/// An actor at home. The script frees it together with its Durable Object.
#[wasm_bindgen]
pub struct Home {
    residence: Box<dyn Residence>,
    effect: Option<LocalBoxFuture<'static, (Reply, Body)>>,
    pages: Option<Stream>,
}

/// A body that is read piece by piece.
#[wasm_bindgen]
pub struct Stream {
    event: Event,
    pages: Pages,
}

// The second byte of a packed reply.
const WHOLE: u8 = 0;
const EFFECT: u8 = 1;
const PAGED: u8 = 2;

#[wasm_bindgen]
impl Home {
    /// Takes the actor `name` of `kind` in, with `store`, an object of the script's.
    ///
    /// # Errors
    /// The app has no such actor, or the name is not valid.
    #[wasm_bindgen(constructor)]
    pub fn new(kind: &str, name: &str, store: JsValue) -> Result<Home, JsValue> {
        let text = |e: &dyn std::fmt::Display| JsValue::from_str(&e.to_string());
        let site = site().ok_or_else(|| JsValue::from_str("the app is not configured"))?;
        let name = Name::new(name).map_err(|e| text(&e))?;
        let residence = site.reside(kind, name, Rc::new(ScriptStorage(store))).map_err(|e| text(&e))?;
        Ok(Home { residence, effect: None, pages: None })
    }

    /// Handles an event inside the script's transaction. The first byte says what to do with that (0 commit, 1 roll
    /// back, 2 commit and deliver again), the second what follows (0 the reply, 1 `effect()`, 2 `stream()`).
    pub fn deliver(&mut self, event: &[u8], body: Vec<u8>) -> Vec<u8> {
        let event: Event = match wire::decode(event) {
            Ok(event) => event,
            Err(error) => {
                tracing::error!(%error, "an event could not be read");
                let fault =
                    if matches!(error, wire::WireError::Version(_)) { Fault::Skew } else { Fault::Codec };
                return packed(1, WHOLE, &Reply::Failed(fault), &[]);
            }
        };
        let Done { verdict, then, .. } = self.residence.deliver(&event, Bytes::from(body));
        let verdict = byte(verdict);
        match then {
            Then::Effect(effect) => {
                self.effect = Some(effect);
                vec![verdict, EFFECT]
            }
            Then::Reply(reply, Body::Whole(bytes)) => packed(verdict, WHOLE, &reply, &bytes),
            Then::Reply(reply, Body::Pages(pages)) => {
                self.pages = Some(Stream { event, pages });
                packed(verdict, PAGED, &reply, &[])
            }
        }
    }

    /// The effect of the last delivery: a promise of its packed reply.
    pub fn effect(&mut self) -> js_sys::Promise {
        let effect = self.effect.take();
        wasm_bindgen_futures::future_to_promise(async move {
            let Some(effect) = effect else { return Err(JsValue::from_str("no effect is waiting")) };
            let (reply, body) = effect.await;
            let bytes = match body {
                Body::Whole(bytes) => bytes,
                Body::Pages(_) => {
                    tracing::error!("an effect cannot return pages: they are reads of the store");
                    Bytes::new()
                }
            };
            Ok(js_sys::Uint8Array::from(&packed(0, WHOLE, &reply, &bytes)[..]).into())
        })
    }

    /// The paged body of the last delivery.
    pub fn stream(&mut self) -> Option<Stream> {
        self.pages.take()
    }

    /// Reads the next piece of a paged body inside the script's transaction: the verdict, then 0 and the piece, 1 at
    /// the end, 2 where it failed.
    pub fn page(&mut self, stream: &mut Stream) -> Vec<u8> {
        let (verdict, _, piece) = self.residence.page(&stream.event, &mut stream.pages);
        let mut out = vec![byte(verdict)];
        match piece {
            Ok(Some(bytes)) => {
                out.push(0);
                out.extend(bytes);
            }
            Ok(None) => out.push(1),
            Err(_) => out.push(2),
        }
        out
    }

    /// Drops the actor value, as when the commit failed.
    pub fn forget(&mut self) {
        self.residence.forget();
    }
}

/// The packed event of an alarm that was set to `scheduled` milliseconds after 1970, and whose tries have failed
/// `retry` times.
#[wasm_bindgen(js_name = alarmEvent)]
#[allow(unreachable_pub)]
pub fn alarm_event(retry: u32, scheduled: f64) -> Vec<u8> {
    let request = site().map_or(wire::RequestId(0), |site| site.request_id());
    // The platform's alarms are whole milliseconds in the range of its own clock.
    #[allow(clippy::cast_possible_truncation)]
    let scheduled = scheduled as i64;
    wire::encode(&Event::new(request, What::Alarm { retry, scheduled }))
}

fn byte(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Commit => 0,
        Verdict::Rollback => 1,
        Verdict::Again => 2,
    }
}

/// A reply as it crosses to the script: two bytes, the length of the head in four, the head, the body.
pub(crate) fn packed(verdict: u8, kind: u8, reply: &Reply, body: &[u8]) -> Vec<u8> {
    let head = wire::encode(reply);
    let mut out = Vec::with_capacity(6 + head.len() + body.len());
    out.extend([verdict, kind]);
    out.extend(u32::try_from(head.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(head);
    out.extend(body);
    out
}
