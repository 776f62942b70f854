//! Alarms, as far as real time shows them; `support/alarm.rs` has the rest.

use super::SOON;
use crate::support::http::Request;
use crate::support::poll;
use crate::support::world::World;

pub(super) fn rings(w: &World, ledger: &str, note: &str) {
    poll::until(note, SOON, || {
        w.quietly(&Request::get(format!("/ledger/{ledger}/"))).text().contains(note).then_some(())
    });
}

pub(super) fn alarms(w: &World) {
    w.post("/ledger/rings/alarm/3600000", "").is(200, "balance 0, rows 0, memory 0, alarm set, notes []\n");
    w.post("/ledger/rings/alarm/30", "").has(200);
    rings(w, "rings", "alarm, try 0");
    let after = "balance 1, rows 1, memory 1, alarm none, notes [alarm, try 0, none meanwhile]\n";
    w.get("/ledger/rings/").is(200, after);
    w.post("/ledger/quiet/alarm/200", "").has(200);
    w.post("/ledger/quiet/alarm/-1", "").has(200);
    // By the time the other alarm, which is later, has rung, the cleared one would have.
    w.post("/ledger/later/alarm/400", "").has(200);
    rings(w, "later", "alarm, try 0");
    w.get("/ledger/quiet/").is(200, "balance 0, rows 0, memory 0, alarm none, notes []\n");
}

pub(super) fn an_alarm_that_fails_is_tried_again(w: &World) {
    w.post("/ledger/retried/add/quietly", "fail the alarm").has(200);
    w.post("/ledger/retried/alarm/10", "").has(200);
    // It ends with no trace; a second later the retry is still to come, and set.
    w.post("/ledger/beside/alarm/1000", "").has(200);
    rings(w, "beside", "alarm, try 0");
    let waiting = "balance 1, rows 1, memory 1, alarm set, notes [fail the alarm]\n";
    w.get("/ledger/retried/").is(200, waiting);
    rings(w, "retried", "alarm, try 1");
    // What the first try wrote is undone.
    w.get("/ledger/retried/").is(
        200,
        "balance 2, rows 2, memory 2, alarm none, notes [fail the alarm, alarm, try 1, none meanwhile]\n",
    );
}

pub(super) fn an_alarm_whose_effect_fails_is_not_tried_again(w: &World) {
    w.post("/peer/rings/alarm/10", "").has(200);
    // The retry of an alarm that failed at the same time shows that there was time for another.
    w.post("/ledger/other/add/quietly", "fail the alarm").has(200);
    w.post("/ledger/other/alarm/500", "").has(200);
    rings(w, "other", "alarm, try 1");
    w.get("/peer/rings/").is(200, "alarm, try 0, rung\n");
}
