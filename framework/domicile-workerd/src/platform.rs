//! [`Workerd`]: the platform as Rust sees it, through the script's imports and `worker`'s fetch.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use domicile::platform::{Applied, Bounds, Call, CallFailure, Database, Delivered, Platform, ReplyBody};
use domicile::{Env, Error, Kind, Timestamp, wire};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use crate::database::ScriptDatabase;
use crate::pack::Reader;
use crate::script;

pub(crate) struct Workerd {
    env: Env,
}

impl Workerd {
    pub(crate) fn new(env: Env) -> Self {
        Self { env }
    }
}

impl Platform for Workerd {
    fn now(&self) -> Timestamp {
        #[allow(clippy::cast_possible_truncation)]
        Timestamp::from_millis(script::now() as i64)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_secs_f64((script::monotonic() / 1000.0).max(0.0))
    }

    fn random(&self, bytes: &mut [u8]) {
        script::random(bytes);
    }

    fn env(&self) -> &Env {
        &self.env
    }

    fn call(&self, call: Call) -> LocalBoxFuture<'static, Result<Delivered, CallFailure>> {
        let target = call.target;
        let promise = script::call_actor(
            target.binding,
            target.actor.name.as_str(),
            target.location.map(str::to_owned),
            target.jurisdiction.map(str::to_owned),
            &wire::encode(&call.event),
            &call.body,
        );
        Box::pin(async move {
            match JsFuture::from(promise).await {
                Ok(value) => delivered(&value),
                Err(value) => Err(failure(&value)),
            }
        })
    }

    fn sleep(&self, time: Duration) -> LocalBoxFuture<'static, ()> {
        Box::pin(Sleep::new(time))
    }

    fn fetch(
        &self,
        request: http::Request<Bytes>,
    ) -> LocalBoxFuture<'static, domicile::Result<http::Response<Bytes>>> {
        Box::pin(
            async move { fetch(request).await.map_err(|e| Error::new(Kind::Call, format!("fetch: {e}"))) },
        )
    }

    fn database(&self, binding: &str) -> domicile::Result<Rc<dyn Database>> {
        let database = script::d1(binding);
        if database.is_undefined() {
            return Err(domicile::d1::missing(binding));
        }
        Ok(Rc::new(ScriptDatabase(database)))
    }
}

async fn fetch(request: http::Request<Bytes>) -> worker::Result<http::Response<Bytes>> {
    let (parts, body) = request.into_parts();
    let bounds = parts.extensions.get::<Bounds>().copied();
    let headers = worker::Headers::new();
    for (name, value) in &parts.headers {
        headers.append(name.as_str(), &String::from_utf8_lossy(value.as_bytes()))?;
    }
    let mut init = worker::RequestInit::new();
    init.with_method(worker::Method::from(parts.method.as_str().to_owned())).with_headers(headers);
    if bounds.is_some_and(|bounds| !bounds.follow) {
        init.with_redirect(worker::RequestRedirect::Manual);
    }
    if !body.is_empty() {
        init.with_body(Some(js_sys::Uint8Array::from(&body[..]).into()));
    }
    let request = worker::Request::new_with_init(&parts.uri.to_string(), &init)?;
    let mut got = worker::Fetch::Request(request).send().await?;
    let mut response = http::Response::builder().status(got.status_code());
    for (name, value) in got.headers().entries() {
        response = response.header(name, value);
    }
    let body = match bounds {
        None => Bytes::from(got.bytes().await?),
        Some(Bounds { max_bytes, .. }) => {
            let (mut body, mut stream) = (Vec::new(), got.stream()?);
            while let Some(piece) = stream.next().await {
                body.extend_from_slice(&piece?);
                if body.len() > max_bytes {
                    return Err(worker::Error::RustError(format!(
                        "the reply has more than {max_bytes} bytes"
                    )));
                }
            }
            Bytes::from(body)
        }
    };
    response.body(body).map_err(|e| worker::Error::RustError(e.to_string()))
}

/// Reads what `callActor` resolved to: bytes, or `{ head, stream }`, or an error as an object.
fn delivered(value: &JsValue) -> Result<Delivered, CallFailure> {
    let field = |name: &str| js_sys::Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let stream = field("stream");
    let bytes = if stream.is_undefined() { value.clone() } else { field("head") };
    let Some(bytes) = bytes.dyn_ref::<js_sys::Uint8Array>() else { return Err(failure(value)) };
    let bytes = Bytes::from(bytes.to_vec());
    let mut reader = Reader(&bytes);
    let malformed = || lost("the actor's class sent a malformed reply".to_owned(), false, false);
    // Verdict and kind, which only the script looks at.
    let (Some(_), Some(_), Some(length)) = (reader.byte(), reader.byte(), reader.long()) else {
        return Err(malformed());
    };
    let start = bytes.len() - reader.0.len();
    let end = start.checked_add(length).filter(|end| *end <= bytes.len()).ok_or_else(malformed)?;
    let reply = wire::decode(&bytes[start..end]).map_err(|_| malformed())?;
    let body = if stream.is_undefined() {
        ReplyBody::Whole(bytes.slice(end..))
    } else {
        ReplyBody::Host(Box::new(stream))
    };
    Ok(Delivered { reply, body })
}

fn failure(value: &JsValue) -> CallFailure {
    let field = |name: &str| js_sys::Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED);
    lost(
        field("message").as_string().unwrap_or_else(|| "the actor could not be called".to_owned()),
        field("retryable").is_truthy(),
        field("overloaded").is_truthy(),
    )
}

/// The failure of a call of which the runtime tells only this. What is overloaded has not taken the call; of any other
/// call the platform does not say whether it was delivered.
pub(crate) fn lost(message: String, retryable: bool, overloaded: bool) -> CallFailure {
    let applied = if overloaded { Applied::No } else { Applied::Unknown };
    CallFailure { message, retryable, overloaded, timed_out: false, applied }
}

/// A timer of the script's, cancelled when it is dropped: a timer that is left would keep the object from eviction.
struct Sleep {
    timer: f64,
    state: Rc<State>,
    _wake: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    done: Cell<bool>,
    waker: Cell<Option<Waker>>,
}

impl Sleep {
    fn new(time: Duration) -> Self {
        let state = Rc::new(State::default());
        let seen = state.clone();
        let wake = Closure::new(move || {
            seen.done.set(true);
            if let Some(waker) = seen.waker.take() {
                waker.wake();
            }
        });
        Self { timer: script::set_timer(time.as_secs_f64() * 1000.0, &wake), state, _wake: wake }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.state.done.get() {
            return Poll::Ready(());
        }
        self.state.waker.set(Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        script::clear_timer(self.timer);
    }
}
