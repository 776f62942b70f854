//! Requests to elsewhere, over HTTP/1.1 and TLS, as a Worker's `fetch` makes them.

use std::cell::OnceCell;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use domicile::platform::Bounds;
use domicile::{Error, Kind, Result};
use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, LOCATION,
};
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::Url;

/// The longest reply, in bytes: a Worker has as much memory in all.
const REPLY: usize = 128 << 20;

/// How many redirects are followed, as the fetch standard has it.
const REDIRECTS: usize = 20;

type Connections = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Sends requests. The connections it keeps belong to the thread that first uses it.
#[derive(Default)]
pub(super) struct Fetcher(OnceCell<Result<Connections, String>>);

impl Fetcher {
    /// Sends `request`, follows redirects, and gives the whole reply.
    ///
    /// # Errors
    ///
    /// `Kind::Unsupported` for a scheme that is neither http nor https, `Kind::Call` for all else.
    pub(super) fn fetch(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>>> + use<> {
        let connections = self.0.get_or_init(connections).clone();
        async move {
            let connections = connections.map_err(|why| Error::new(Kind::Call, format!("fetch: {why}")))?;
            follow(connections, request).await
        }
    }
}

fn connections() -> Result<Connections, String> {
    // The provider is named here, since a process in which two are linked has no default.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let https =
        HttpsConnectorBuilder::new().with_provider_and_webpki_roots(provider).map_err(|e| e.to_string())?;
    let https = https.https_or_http().enable_http1().build();
    Ok(Client::builder(TokioExecutor::new()).build(https))
}

async fn follow(connections: Connections, mut request: Request<Bytes>) -> Result<Response<Bytes>> {
    let bounds = request.extensions().get::<Bounds>().copied();
    let most = bounds.map_or(REPLY, |bounds| bounds.max_bytes);
    for _ in 0..=REDIRECTS {
        let asked = request.clone();
        let reply = send(&connections, request, most).await?;
        if bounds.is_some_and(|bounds| !bounds.follow) {
            return Ok(reply);
        }
        match redirected(asked, &reply)? {
            Some(next) => request = next,
            None => return Ok(reply),
        }
    }
    Err(Error::new(Kind::Call, format!("fetch: more than {REDIRECTS} redirects")))
}

async fn send(connections: &Connections, request: Request<Bytes>, most: usize) -> Result<Response<Bytes>> {
    match request.uri().scheme_str() {
        Some("http" | "https") => {}
        Some(other) => {
            return Err(Error::new(
                Kind::Unsupported,
                format!("fetch: the scheme `{other}` is not supported"),
            ));
        }
        None => return Err(Error::new(Kind::Call, "fetch: the URL must be absolute")),
    }
    let failed = |error: &dyn std::fmt::Display| Error::new(Kind::Call, format!("fetch: {error}"));
    let reply = connections.request(request.map(Full::new)).await.map_err(|e| failed(&chain(&e)))?;
    let (head, body) = reply.into_parts();
    let body = Limited::new(body, most).collect().await.map_err(|e| failed(&e))?.to_bytes();
    Ok(Response::from_parts(head, body))
}

/// An error with its causes, of which the last often says the most.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}

/// The request that a redirect asks for, by the rules of the fetch standard.
fn redirected(asked: Request<Bytes>, reply: &Response<Bytes>) -> Result<Option<Request<Bytes>>> {
    let becomes_get = match reply.status() {
        StatusCode::SEE_OTHER => !matches!(*asked.method(), Method::GET | Method::HEAD),
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => *asked.method() == Method::POST,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => false,
        _ => return Ok(None),
    };
    let Some(location) = reply.headers().get(LOCATION) else { return Ok(None) };
    let wrong = || Error::new(Kind::Call, "fetch: a redirect to something that is not a URL");
    let from = Url::parse(&asked.uri().to_string()).map_err(|_| wrong())?;
    let mut to = location.to_str().ok().and_then(|to| from.join(to).ok()).ok_or_else(wrong)?;
    to.set_fragment(None);
    let (mut head, mut body) = asked.into_parts();
    head.uri = to.as_str().parse::<Uri>().map_err(|_| wrong())?;
    if becomes_get {
        head.method = Method::GET;
        body = Bytes::new();
        for name in [CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE] {
            head.headers.remove(name);
        }
    }
    if from.origin() != to.origin() {
        // What is meant for one server is not for another.
        head.headers.remove(AUTHORIZATION);
        head.headers.remove(COOKIE);
        head.headers.remove(http::header::HOST);
    }
    Ok(Some(Request::from_parts(head, body)))
}

#[cfg(test)]
mod tests;
