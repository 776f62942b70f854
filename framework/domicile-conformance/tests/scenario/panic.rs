//! Panics: on servers of their own, as a trap ends the effects of others on workerd.

use crate::support::world::World;

pub(super) fn a_panic_undoes_everything(w: &World) {
    w.post("/ledger/panics/add/ok", "kept").has(200);
    let kept = "balance 1, rows 1, memory 1, alarm set, notes [kept]\n";
    for how in ["panic", "out-of-bounds", "nested-panic"] {
        w.post(format!("/ledger/panics/add/{how}"), "lost").failed(500, "Internal Server Error");
        w.get("/ledger/panics/").is(200, kept);
        w.post(format!("/ledger/new-{how}/add/{how}"), "lost").failed(500, "Internal Server Error");
        w.get(format!("/ledger/new-{how}/")).is(200, "balance 0, rows 0, memory 0, alarm none, notes []\n");
    }
    w.get("/ledger/panics/read/panic").failed(500, "Internal Server Error");
    w.post("/ask/panics/explode", "")
        .is(200, "Failed(Panic): the actor's handler panicked, safe to retry: true\n");
    w.get("/ledger/panics/").is(200, kept);
    let log = w.server.log();
    assert!(
        w.is_native() == log.contains("the secret of the panic") || !w.is_native(),
        "the log tells: {log}"
    );
}

pub(super) fn panics_everywhere(w: &World) {
    w.get("/entry/panic").failed(500, "Internal Server Error");
    w.get("/entry/panic-later").failed(500, "Internal Server Error");
    w.get("/entry/").is(200, "entry\n");
    w.post("/peer/panics/effect/panic/0/9000", "").failed(500, "Internal Server Error");
    w.post("/peer/panics/effect/panic/20/9000", "").failed(500, "Internal Server Error");
    w.get("/peer/panics/").is(200, "decided, decided\n");
    assert!(w.get("/site/panics/pages/panic").broken);
    w.get("/site/panics/pages/few").has(200);
}
