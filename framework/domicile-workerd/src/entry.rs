//! What the entry's instance does: it decides from the head of a request, or serves all of it.

use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use domicile::platform::{Delivered, ReplyBody};
use domicile::principal::ByPlatform;
use domicile::site::{Head, Plan, SiteResponse};
use domicile::wire::{self, Fault, Header, Reply, RequestId};
use domicile::{site as domicile_site, web};
use futures_util::future::LocalBoxFuture;
use wasm_bindgen::prelude::*;

use crate::actor::packed;
use crate::site;

// The first byte of a plan.
const RESPOND: u8 = 0;
const FORWARD: u8 = 1;
const SERVE: u8 = 2;

/// Decides what becomes of a request, from its head: the lines are the request's number, method, URL, and a name and a
/// value for each header. Gives 0 and a packed reply; or 1, the binding, name, location and jurisdiction of an actor
/// (each with a two-byte length) and the packed event; or 2 where `serve` is to be called with the body.
#[wasm_bindgen]
#[allow(unreachable_pub)]
pub fn plan(head: &str) -> Vec<u8> {
    let Some(site) = site() else { return respond(&failed(0)) };
    let (head, id) = match parse(head) {
        Ok(parsed) => parsed,
        Err(id) => return respond(&bad_request(id)),
    };
    match site.plan(&head, id) {
        Plan::Serve => vec![SERVE],
        Plan::Respond(response) => {
            let (parts, body) = response.into_parts();
            let web::Body::Whole(body) = body else { return respond(&failed(id.0)) };
            respond(&SiteResponse::from_parts(parts, ReplyBody::Whole(body)))
        }
        Plan::Forward(call) => {
            let mut out = vec![FORWARD];
            let target = &call.target;
            let texts = [
                target.binding,
                target.actor.name.as_str(),
                target.location.unwrap_or_default(),
                target.jurisdiction.unwrap_or_default(),
            ];
            for text in texts {
                // Names have at most 1,024 bytes, the others are a program's own.
                out.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes());
                out.extend(text.as_bytes());
            }
            out.extend(wire::encode(&call.event));
            out
        }
    }
}

/// Serves a request whose body has arrived: a packed reply, or `{ head, stream }`; or a promise of it where the route waits
/// for something. A promise costs more than all else that an entry route needs, so that one which waits for nothing has none.
#[wasm_bindgen]
#[allow(unreachable_pub)]
pub fn serve(head: String, body: Vec<u8>) -> JsValue {
    let mut answer: LocalBoxFuture<'static, Result<JsValue, JsValue>> = Box::pin(answer(head, body));
    // What is polled again is woken by the newest waker alone, so this one may do nothing.
    match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(answer)) => answer,
        Poll::Ready(Err(error)) => js_sys::Promise::reject(&error).into(),
        Poll::Pending => wasm_bindgen_futures::future_to_promise(answer).into(),
    }
}

async fn answer(head: String, body: Vec<u8>) -> Result<JsValue, JsValue> {
    let Some(site) = site() else { return Err(JsValue::from_str("the app is not configured")) };
    let response = match parse(&head) {
        Ok((head, id)) => site.serve(head, Bytes::from(body), id).await,
        Err(id) => bad_request(id),
    };
    let head = js_sys::Uint8Array::from(&respond(&response)[1..]);
    let ReplyBody::Host(stream) = response.into_body() else { return Ok(head.into()) };
    let Ok(stream) = stream.downcast::<JsValue>() else { return Ok(head.into()) };
    let both = js_sys::Object::new();
    js_sys::Reflect::set(&both, &"head".into(), &head)?;
    js_sys::Reflect::set(&both, &"stream".into(), &stream)?;
    Ok(both.into())
}

/// The packed response to a call that failed, or to a reply that is not a response.
#[wasm_bindgen(js_name = failureResponse)]
#[allow(unreachable_pub)]
pub fn failure_response(id: &str, reply: &[u8], message: &str, retryable: bool, overloaded: bool) -> Vec<u8> {
    let id = number(id);
    let response = match wire::decode::<Reply>(reply) {
        Ok(reply) => domicile_site::response(Delivered { reply, body: ReplyBody::Whole(Bytes::new()) }, id),
        Err(_) => {
            let message = message.to_owned();
            domicile_site::failure_response(&crate::platform::lost(message, retryable, overloaded), id)
        }
    };
    respond(&response)[1..].to_vec()
}

/// A packed plan to respond; without its first byte, a packed reply.
fn respond(response: &SiteResponse) -> Vec<u8> {
    let headers = response
        .headers()
        .iter()
        .map(|(n, v)| Header(n.as_str().to_owned(), v.as_bytes().to_owned()))
        .collect();
    let reply = Reply::Http { status: response.status().as_u16(), headers };
    let body: &[u8] = match response.body() {
        ReplyBody::Whole(bytes) => bytes,
        // A stream travels beside the packed reply; pieces are the native host's.
        ReplyBody::Host(_) | ReplyBody::Pieces(_) => &[],
    };
    let mut out = vec![RESPOND];
    out.extend(packed(0, 0, &reply, body));
    out
}

fn failed(id: u64) -> SiteResponse {
    domicile_site::response(
        Delivered { reply: Reply::Failed(Fault::Error), body: ReplyBody::Whole(Bytes::new()) },
        RequestId(id),
    )
}

fn bad_request(id: RequestId) -> SiteResponse {
    domicile_site::bad_request("malformed request", id)
}

fn number(id: &str) -> RequestId {
    RequestId(u64::from_str_radix(id, 16).unwrap_or(0))
}

/// The head of a request; its number alone where the rest cannot be one.
fn parse(head: &str) -> Result<(Head, RequestId), RequestId> {
    let mut lines = head.split('\n');
    let id = number(lines.next().unwrap_or_default());
    // What `accessOf` of the script gave.
    let access = lines.next().and_then(ByPlatform::read);
    let mut build = || {
        let method = lines.next()?;
        let url = lines.next()?;
        let (scheme, rest) = url.split_once("://")?;
        let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (_, target) = rest.split_at(at);
        let target = target.split('#').next().unwrap_or_default();
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        let mut builder = http::Request::builder().method(method).uri(target);
        while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
            builder = builder.header(name, value);
        }
        if let Some(access) = &access {
            builder = builder.extension(access.clone());
        }
        let (parts, ()) = builder.body(()).ok()?.into_parts();
        Some(Head { origin: domicile_site::origin(scheme, &parts), parts })
    };
    build().map(|head| (head, id)).ok_or(id)
}
