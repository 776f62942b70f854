//! Asking other actors, and effects.

use std::time::{Duration, Instant};

use super::SOON;
use crate::support::http::{self, Request};
use crate::support::poll;
use crate::support::world::World;

pub(super) fn typed_errors_across_ask(w: &World) {
    w.post("/ask/typed/withdraw/5", "").is(200, "5 of 0: not enough\n");
    w.post("/ask/typed/withdraw/5000", "").is(402, "Overdrawn { balance: 0, asked: 5000 }\n");
    w.get("/ledger/typed/").is(200, "balance 0, rows 0, memory 0, alarm none, notes []\n");
    w.post("/ask/typed/deposit/20?note=a", "").is(200, "Ok(20)\n");
    w.post("/ask/typed/deposit/1?note=a", "").is(200, "Err(Failed(Error))\n");
    w.post("/ask/typed/withdraw/5", "").is(200, "15 left\n");
    w.get("/ask/typed/balance").is(200, "Ok(15)\n");
    w.post("/ledger/typed/withdraw/16", "").is(402, "Overdrawn { balance: 15, asked: 16 }\n");
    w.get("/ledger/typed/").is(200, "balance 15, rows 2, memory 2, alarm none, notes [a, out]\n");
    for bad in ["%00", &"x".repeat(1025)] {
        w.get(format!("/ask/{bad}/balance")).has(200);
        w.post(format!("/ask/{bad}/withdraw/1"), "").has(404);
    }
}

pub(super) fn an_effect_that_asks_another_actor(w: &World) {
    w.post("/ask/payer/deposit/10", "").is(200, "Ok(10)\n");
    w.post("/ask/payer/transfer/payee/4", "").is(200, "Ok((6, 4))\n");
    w.get("/ledger/payee/").is(200, "balance 4, rows 1, memory 1, alarm none, notes [from payer]\n");
    w.post("/ask/payer/transfer/payee/40", "").is(200, "Err(Handler(Overdrawn { balance: 6, asked: 40 }))\n");
    // The second deposit's note is not unique: what was committed before the effect stays, and the caller is told so.
    w.quietly(&Request::post("/ledger/payer/sql", "UPDATE entry SET note = NULL")).has(200);
    w.post("/ask/payer/transfer/payee/1", "").is(200, "Err(Failed(Effect))\n");
    w.get("/ask/payer/balance").is(200, "Ok(5)\n");
    w.get("/ask/payee/balance").is(200, "Ok(4)\n");
}

pub(super) fn way(names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().collect::<Vec<_>>().join("\n")
}

pub(super) fn a_cycle(w: &World) {
    w.post("/relay", "a-1\nb-1\na-1").is(200, "3: a-1 b-1 a-1\n");
    w.post("/relay", "self\nself\nself\nself").is(200, "4: self self self self\n");
    w.post("/peer/a-2/relay", "b-2\na-2").is(200, "a-2 b-2 a-2\n");
    w.get("/peer/a-2/").is(200, "asked by Peer/a-2, asked by Peer/b-2\n");
    w.get("/peer/b-2/").is(200, "asked by Peer/a-2\n");
}

pub(super) fn a_chain_that_is_too_long(w: &World) {
    let names = |n: u32| way((1..=n).map(|i| format!("deep-{i}")));
    let reached = (1..=17).map(|i| format!("deep-{i}")).collect::<Vec<_>>().join(" ");
    w.post("/relay", names(17)).is(200, &format!("17: {reached}\n"));
    let lost = "more than 16 actors ask one another: is there a cycle?\n";
    w.post("/relay", names(18)).is(508, &format!("lost at deep-17: {lost}"));
    w.get("/peer/deep-18/").is(200, "\n");
    let forever = way((0..40).map(|i| format!("round-{}", i % 2)));
    w.post("/relay", forever).is(508, &format!("lost at round-0: {lost}"));
}

pub(super) fn the_caller_is_known(w: &World) {
    w.get("/entry/caller/callee").is(200, "None\n");
    w.get("/ledger/caller/ask/callee").is(200, "Some(\"Ledger/caller\")\n");
    // Nothing that a client sends makes it an actor.
    let forged = Request::get("/entry/caller/callee").header("X-Domicile-Caller", "Ledger/boss");
    w.send(&forged).is(200, "None\n");
}

pub(super) fn effects_end_in_every_way(w: &World) {
    let peer = |name: &str, path: &str| format!("/peer/ends-{name}{path}");
    w.post(peer("ok", "/effect/ok/1/9000"), "").is(200, "note 2\n");
    w.get(peer("ok", "/")).is(200, "decided, done\n");
    for (end, status) in [("error", 500), ("forbidden", 403), ("refuse", 508), ("other", 422)] {
        let reply = w.post(peer(end, &format!("/effect/{end}/0/9000")), "");
        reply.has(status);
        assert!(!reply.text().contains("secret"));
        w.get(peer(end, "/")).is(200, "decided\n");
        w.post(peer(end, &format!("/defer/{end}/1/9000")), "").has(200);
        w.get(peer(end, "/")).is(200, "decided, decided\n");
    }
    w.post(peer("ok", "/undecided"), "").is(409, "undecided\n");
    w.get(peer("ok", "/")).is(200, "decided, done\n");
    w.get(peer("ok", "/slow/10")).is(200, "slow\n");
}

pub(super) fn an_effect_that_uses_d1(w: &World) {
    w.post("/peer/in-d1/d1", "").is(200, "2 of 2\n");
    w.post("/peer/in-d1/d1", "").is(200, "2 of 4\n");
    w.post("/peer/in-d1-too/d1", "").is(200, "2 of 2\n");
}

pub(super) fn an_effect_that_takes_too_long(w: &World) {
    let began = Instant::now();
    w.post("/peer/late/effect/ok/30000/50", "").failed(504, "Gateway Timeout");
    w.post("/peer/late/defer/ok/30000/50", "").is(200, "TimedOut\n");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    w.get("/peer/late/").is(200, "decided, decided\n");
}

pub(super) fn an_effect_lets_others_in(w: &World) {
    std::thread::scope(|scope| {
        let slow = scope.spawn(|| w.quietly(&Request::post("/peer/busy/effect/ok/700/9000", "")));
        poll::until("the effect's decision", SOON, || {
            (w.quietly(&Request::get("/peer/busy/")).text() == "decided\n").then_some(())
        });
        w.post("/peer/busy/effect/ok/0/9000", "").is(200, "note 3\n");
        assert!(!slow.is_finished(), "the slow effect still runs");
        slow.join().expect("it does not panic").is(200, "note 4\n");
    });
    w.get("/peer/busy/").is(200, "decided, decided, done, done\n");
}

pub(super) fn an_effect_outlives_its_caller(w: &World) {
    http::abandon(w.server.address(), &Request::post("/peer/alone/effect/ok/300/9000", ""))
        .expect("it is sent");
    poll::until("the effect", SOON, || {
        (w.quietly(&Request::get("/peer/alone/")).text() == "decided, done\n").then_some(())
    });
}

pub(super) fn a_fetch(w: &World) {
    let own = format!("http://{}", w.server.address());
    let fetch = |url: &str| w.quietly(&Request::get(format!("/peer/fetcher/fetch?url={url}")));
    fetch(&format!("{own}/entry/echo")).is(200, "200: a body");
    fetch(&format!("{own}/entry/nothing")).is(200, "404: page not found\n");
    fetch("http://127.0.0.1:1/").failed(502, "Bad Gateway");
    fetch("no-url").failed(502, "Bad Gateway");
}
