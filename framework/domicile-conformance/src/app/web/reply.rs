//! What a route can answer.

use domicile::Kind;
use domicile::http::header::{CACHE_CONTROL, ETAG};
use domicile::http::{HeaderName, HeaderValue};
use domicile::prelude::*;

use super::Web;

pub(super) fn routes(r: &mut Routes<Web>) {
    r.get("/reply/text", |_, _, _| "text, häßlich\n");
    r.get("/reply/html", |_, _, _| Html("<p>html</p>\n"));
    r.get("/reply/json", |_, _, _| Json(("json", 1.5, Option::<u8>::None)));
    r.get("/reply/bytes", |_, _, _| (0..=255).collect::<Vec<u8>>());
    r.get("/reply/empty", |_, _, _| ());
    r.get("/reply/nothing", |_, _, _| "");
    r.get("/reply/status/{code}", status);
    r.get("/reply/error/{kind}", error);
    r.get("/reply/teapot", |_, _, _| (StatusCode::IM_A_TEAPOT, Json("teapot")));
    r.get("/reply/headers", headers);
    r.get("/reply/cookies", cookies);
    r.get("/reply/bad-header", |_, _, _| "text".with_header(CACHE_CONTROL, "no\nstore"));
    r.get("/reply/bad-redirect", |_, _, _| Redirect::to("/a\r\nSet-Cookie: b=c"));
    r.get("/reply/big", |_, _, _| vec![b'x'; 10 * 1024 * 1024]);
    r.get("/redirect/see-other", |_, _, cx| Redirect::to(cx.path("/")));
    r.get("/redirect/temporary", |_, _, _| Redirect::temporary("https://example.com/there?a=b#c"));
    r.get("/redirect/permanent", |_, _, cx| Redirect::permanent(cx.path("/slash/")));
    r.post("/echo", |_, request, _| request.body().clone());
    r.post("/store", |_, request, cx| {
        let id: i64 = cx
            .store()
            .query_one("INSERT INTO blob (bytes) VALUES (?) RETURNING id", (&request.body()[..],))?;
        Ok::<_, Error>(format!("{id}\n"))
    });
    r.get("/store/{id}", |_, request, cx| {
        let bytes: Option<Vec<u8>> =
            cx.store().query_opt("SELECT bytes FROM blob WHERE id = ?", (request.param::<i64>("id")?,))?;
        bytes.ok_or_else(|| Error::not_found("blob"))
    });
    r.get("/greeting", |_, _, cx| {
        let required = cx.env().require("GREETING").is_ok();
        Json((
            cx.env().get("GREETING").map(str::to_owned),
            required,
            cx.env().get("NOT_SET").map(str::to_owned),
        ))
    });
    r.get("/greeting/required", |_, _, cx| cx.env().require("NOT_SET").map(|v| format!("{v}\n")));
    r.get("/time", time);
    r.get("/random", |_, _, cx| Json((cx.random::<16>() != cx.random::<16>(), cx.random::<16>() != [0; 16])));
}

fn status(_: &Web, request: &Request, _: &Cx) -> Result<(StatusCode, &'static str)> {
    let code: u16 = request.param("code")?;
    Ok((StatusCode::from_u16(code).map_err(|e| Error::bad_request(e.to_string()))?, "a body\n"))
}

fn error(_: &Web, request: &Request, _: &Cx) -> Result<()> {
    let kinds = [
        Kind::BadRequest,
        Kind::Unauthorized,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::Conflict,
        Kind::TooLarge,
        Kind::UnsupportedMediaType,
        Kind::Invalid,
        Kind::ReadOnly,
        Kind::Decode,
        Kind::Migration,
        Kind::Refused(418),
        Kind::Call,
        Kind::Unavailable,
        Kind::TimedOut,
        Kind::Unsupported,
        Kind::Internal,
    ];
    let kind = kinds.get(request.param::<usize>("kind")?).copied().ok_or_else(|| Error::not_found("kind"))?;
    Err(Error::new(kind, format!("it is {kind:?}")).context("while trying"))
}

fn headers(_: &Web, _: &Request, _: &Cx) -> Result<Response> {
    let mut response = "headers\n".with_header(CACHE_CONTROL, "no-store")?.with_header(ETAG, "\"abc\"")?;
    let twice = HeaderName::from_static("x-twice");
    response.headers_mut().append(twice.clone(), HeaderValue::from_static("one"));
    response.headers_mut().append(twice, HeaderValue::from_static("two"));
    let latin = HeaderValue::from_bytes(b"caf\xe9").map_err(|e| Error::internal(e.to_string()))?;
    response.headers_mut().append(HeaderName::from_static("x-latin"), latin);
    response.headers_mut().append(HeaderName::from_static("x-empty"), HeaderValue::from_static(""));
    Ok(response)
}

fn cookies(_: &Web, _: &Request, _: &Cx) -> Result<Response> {
    let session = Cookie::build(("session", "abc")).path("/").http_only(true).secure(true);
    "three cookies\n"
        .with_cookie(Cookie::new("plain", "1"))?
        .with_cookie(Cookie::new("odd", "ä; b=c, d"))?
        .with_cookie(session.build())
}

/// Whether the time stands still in an event, for Rust and for SQL, and is that of the world.
fn time(_: &Web, request: &Request, cx: &Cx) -> Result<Json<[bool; 4]>> {
    let before: i64 = request.query_value("before").and_then(|t| t.parse().ok()).unwrap_or_default();
    let sql = |text: &str| cx.store().query_one::<i64>(text, ());
    let seconds = sql("SELECT unixepoch()")?;
    let mut turns = 0_u64;
    while turns < 100_000 {
        turns += u64::from(std::hint::black_box(turns) >= turns);
    }
    Ok(Json([
        cx.now() == cx.now(),
        seconds == sql("SELECT CAST(strftime('%s', 'now') AS INTEGER)")?,
        seconds == cx.now().as_millis() / 1000,
        cx.now().as_millis() >= before,
    ]))
}
