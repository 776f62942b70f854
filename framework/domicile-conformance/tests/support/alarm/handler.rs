//! What an alarm's handler sees and sets.

use super::{AlarmCase, On};

pub(super) const CASES: &[AlarmCase] = &[
    AlarmCase {
        name: "it_is_not_set_while_its_handler_runs",
        source: "api/tests/actor-alarms-test.js, alarm",
        on: On::Shared,
        tale: "
            a plan get => planned
            a do set 30; get => set
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0: none]",
    },
    AlarmCase {
        name: "a_new_one_rings_next",
        source: "io/actor-sqlite-test.c++, alarm deleter does not clear alarm when dropped with writes",
        on: On::Shared,
        tale: "
            a plan while 3 set 40; get => planned
            a do set 40 => done
            pass 160
            a rang 4 => alarm none, rang 4 [retry 0: set | retry 0: set | retry 0: set | retry 0: none]",
    },
    AlarmCase {
        name: "a_new_one_at_the_same_moment_rings_too",
        source: "server/alarm-scheduler.c++, queuedAlarm",
        on: On::Shared,
        tale: "
            a plan while 20 set 0 => planned
            a do set 0 => done
            pass 30
            a rang 21 => alarm none, rang 21 [retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0 | retry 0]",
    },
    AlarmCase {
        name: "a_new_one_is_later_than_the_one_that_sets_it",
        source: "Domicile: the platform drops an alarm of the same millisecond with the one that set it",
        on: On::Virtual,
        tale: "
            a plan while 1 set 0; left; late => planned
            a do set 10 => done
            pass 10
            a state => alarm set, rang 1 [retry 0: 1, 0]
            pass 1
            a state => alarm none, rang 2 [retry 0: 1, 0 | retry 0: none, 0]",
    },
    AlarmCase {
        name: "one_that_is_set_and_cleared_again_does_not_ring",
        source: "api/tests/actor-alarms-delete-test.js, alarm",
        on: On::Shared,
        tale: "
            a plan clear; set 50; clear; get => planned
            a do set 30 => done
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0: none]
            pass 300
            a state => alarm none, rang 1 [retry 0: none]",
    },
    AlarmCase {
        name: "clearing_it_is_nothing",
        source: "api/tests/actor-alarms-delete-test.js, alarm",
        on: On::Shared,
        tale: "
            a plan clear => planned
            a do set 30 => done
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0]
            a do set 30 => done
            pass 30
            a rang 2 => alarm none, rang 2 [retry 0 | retry 0]",
    },
    AlarmCase {
        name: "it_is_over_although_one_was_set_in_a_nested_transaction",
        source: "io/actor-sqlite-test.c++, rolling back nested transaction leaves deferred alarm deletion",
        on: On::Own,
        tale: "
            a plan undo set 50; get => planned
            a do set 30 => done
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0: undone, none]
            a do get => none
            pass 200
            a state => alarm none, rang 1 [retry 0: undone, none]
            stop
            begin
            a read get => none
            pass 200
            a state => alarm none, rang 1 [retry 0: undone, none]",
    },
    AlarmCase {
        name: "it_is_over_although_it_was_cleared_in_a_nested_transaction",
        source: "io/actor-sqlite-test.c++, rolling back nested transaction leaves deferred alarm deletion",
        on: On::Own,
        tale: "
            a plan undo clear; get => planned
            a do set 30 => done
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0: undone, none]
            kill
            begin
            a read get => none
            pass 200
            a state => alarm none, rang 1 [retry 0: undone, none]",
    },
    AlarmCase {
        name: "a_new_one_in_a_nested_transaction",
        source: "io/actor-sqlite-test.c++, committing transaction leaves deferred alarm deletion",
        on: On::Shared,
        tale: "
            a plan while 1 keep set 40; undo clear; get => planned
            a do set 30 => done
            pass 70
            a rang 2 => alarm none, rang 2 [retry 0: undone, set | retry 0: undone, none]",
    },
    AlarmCase {
        name: "it_knows_its_time",
        source: "api/global-scope.h, AlarmInvocationInfo",
        on: On::Shared,
        tale: "
            a plan scheduled; retried => planned
            a do set 30; note => done
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0: as noted, false]",
    },
    AlarmCase {
        name: "a_late_one_knows_how_late_it_is",
        source: "api/global-scope.h, AlarmInvocationInfo",
        on: On::Own,
        tale: "
            a plan scheduled; early => planned
            a do set 50; note => done
            stop
            pass 300
            begin
            a rang 1 => alarm none, rang 1 [retry 0: as noted, not early]",
    },
    AlarmCase {
        name: "time_stands_still_and_chance_does_not",
        source: "api/tests/actor-alarms-test.js; Domicile: time comes from the event",
        on: On::Shared,
        tale: "
            a plan still; chance => planned
            a do set 10 => done
            pass 10
            a rang 1 => alarm none, rang 1 [retry 0: still, random]",
    },
    AlarmCase {
        name: "it_comes_from_nobody_to_the_actor_of_its_name",
        source: "api/tests/actor-alarms-name-test.js",
        on: On::Shared,
        tale: "
            a plan name; caller => planned
            a do set 10 => done
            pass 10
            a rang 1 => alarm none, rang 1 [retry 0: a, nobody]",
    },
    AlarmCase {
        name: "it_is_an_event_of_the_same_actor_value",
        source: "Domicile: an alarm is an ordinary event",
        on: On::Shared,
        tale: "
            a plan events => planned
            a do events; set 30 => 2
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0: 3]
            a do events => 4",
    },
    AlarmCase {
        name: "events_after_it_set_the_next_one",
        source: "io/actor-sqlite-test.c++, alarm handler handle clears alarm when dropped with no writes",
        on: On::Shared,
        tale: "
            a do set 20 => done
            pass 20
            a rang 1 => alarm none, rang 1 [retry 0]
            a do set 20; get => set
            pass 20
            a rang 2 => alarm none, rang 2 [retry 0 | retry 0]",
    },
];
