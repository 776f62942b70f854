//! What the host gives: variables, time, chance, entry routes.

use crate::support::http::Request;
use crate::support::world::World;

pub(super) fn variables(w: &World) {
    w.get("/web/greeting").is(200, "[\"hällo, wörld\",true,null]");
    w.get("/entry/env").is(200, "[\"hällo, wörld\",null]");
    w.get("/web/greeting/required").failed(500, "Internal Server Error");
}

pub(super) fn time_and_chance(w: &World) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let reply = w.quietly(&Request::get(format!("/web/time?before={}", now.as_millis())));
    reply.is(200, "[true,true,true,true]");
    w.get("/web/random").is(200, "[true,true]");
}

pub(super) fn entry_routes(w: &World) {
    w.get("/entry/").is(200, "entry\n");
    w.get("/entry/hello/w%C3%B6rld%2F").is(200, "hello wörld/\n");
    w.post("/entry/echo", "an echo").is(200, "an echo");
    w.send(&Request::new("PUT", "/entry/echo").body("12345")).is(200, "5");
    w.get("/entry/error").is(403, "not here\n");
    let reply = w.get("/entry/internal");
    reply.failed(500, "Internal Server Error");
    assert!(!reply.text().contains("secret"));
}
