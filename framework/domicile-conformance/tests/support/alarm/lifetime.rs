//! Alarms that outlive their actor's value and their host.

use super::{AlarmCase, On};

pub(super) const CASES: &[AlarmCase] = &[
    AlarmCase {
        name: "it_outlives_a_restart",
        source: "server/alarm-scheduler.c++, loadAlarmsFromDb",
        on: On::Own,
        tale: "
            a plan get; events => planned
            a do set 5000; note => done
            stop
            begin
            a read noted => as noted
            pass 5000
            a rang 1 => alarm none, rang 1 [retry 0: none, 1]",
    },
    AlarmCase {
        name: "it_outlives_a_crash",
        source: "server/alarm-scheduler.c++, loadAlarmsFromDb",
        on: On::Own,
        tale: "
            a do set 5000; note => done
            kill
            begin
            a read noted => as noted
            pass 5000
            a rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "an_actor_that_its_alarm_wakes_knows_its_name_and_its_store",
        source: "api/tests/actor-alarms-name-test.js",
        on: On::Own,
        tale: "
            a plan name; events; get; scheduled => planned
            a do set 1000; note => done
            stop
            begin
            pass 1500
            a state => alarm none, rang 1 [retry 0: a, 1, none, as noted]",
    },
    AlarmCase {
        name: "one_whose_time_passed_meanwhile_rings_at_once",
        source: "server/alarm-scheduler.c++, loadAlarmsFromDb",
        on: On::Own,
        tale: "
            a plan get => planned
            a do set 400 => done
            b do set 3600000 => done
            stop
            pass 800
            begin
            pass 300
            a state => alarm none, rang 1 [retry 0: none]
            b state => alarm set, rang 0 []",
    },
    AlarmCase {
        name: "an_event_that_comes_before_an_overdue_one_does_not_stop_it",
        source: "io/actor-sqlite.c++, getAlarm, which gives none as soon as the platform begins to run one",
        on: On::Own,
        tale: "
            a do set 200 => done
            b do set 200 => done
            c do set 200 => done
            d do set 200 => done
            e do set 200 => done
            f do set 200 => done
            kill
            pass 300
            begin
            f read chance => random
            e read chance => random
            d read chance => random
            c read chance => random
            b read chance => random
            a read chance => random
            a rang 1 => alarm none, rang 1 [retry 0]
            b rang 1 => alarm none, rang 1 [retry 0]
            c rang 1 => alarm none, rang 1 [retry 0]
            d rang 1 => alarm none, rang 1 [retry 0]
            e rang 1 => alarm none, rang 1 [retry 0]
            f rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "the_first_event_of_an_actor_may_be_an_alarm_that_sets_the_next",
        source: "io/actor-sqlite.c++, armAlarmHandler",
        on: On::Own,
        tale: "
            a plan while 2 set 300; get; left => planned
            a do set 1000 => done
            stop
            begin
            pass 1600
            a rang 3 => alarm none, rang 3 [retry 0: set, 300 | retry 0: set, 300 | retry 0: none, none]",
    },
    AlarmCase {
        name: "the_first_event_of_an_actor_may_be_an_alarm_that_fails",
        source: "io/actor-sqlite.c++, armAlarmHandler",
        on: On::Own,
        tale: "
            a plan fail 1; get => planned
            a do set 800; note => done
            stop
            begin
            pass 1200
            a do noted; events => as noted, 1
            pass 2500
            a rang 1 => alarm none, rang 1 [retry 1: none]",
    },
    AlarmCase {
        name: "the_first_event_of_an_actor_may_be_an_alarm_that_panics",
        source: "io/actor-sqlite.c++, armAlarmHandler",
        on: On::Own,
        tale: "
            a plan panic 1; get => planned
            a do set 800; note => done
            kill
            begin
            pass 1200
            a do noted; events => as noted, 1
            pass 2500
            a rang 1 => alarm none, rang 1 [retry 1: none]",
    },
    AlarmCase {
        name: "a_restart_begins_the_tries_anew",
        source: "server/alarm-scheduler.c++, which stores no tries",
        on: On::Own,
        tale: "
            a plan fail 1 => planned
            a do set 20; note => done
            pass 300
            a do noted => as noted
            a plan get; scheduled => planned
            stop
            begin
            pass 300
            a rang 1 => alarm none, rang 1 [retry 0: none, as noted]
            pass 2600
            a state => alarm none, rang 1 [retry 0: none, as noted]",
    },
    AlarmCase {
        name: "one_that_is_over_does_not_ring_after_a_crash",
        source: "io/actor-sqlite.c++, maybeDeleteDeferredAlarm",
        on: On::Own,
        tale: "
            a do set 20 => done
            pass 20
            a rang 1 => alarm none, rang 1 [retry 0]
            kill
            begin
            pass 200
            a state => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "one_that_was_cleared_or_moved_stays_so_after_a_restart",
        source: "io/actor-sqlite.c++, scheduleLaterAlarm",
        on: On::Own,
        tale: "
            a do set 500 => done
            b do set 500 => done
            c do set 3600000 => done
            a do clear => done
            b do set 3600000; note => done
            c do set 500 => done
            kill
            begin
            pass 800
            a state => alarm none, rang 0 []
            b read noted => as noted
            b state => alarm set, rang 0 []
            c rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "one_that_first_migrates_the_store_rings",
        source: "Domicile: every event starts and migrates its actor",
        on: On::Own,
        tale: "
            timed:a plan fail => planned
            timed:a do set 1500 => done
            stop
            begin second
            pass 1700
            timed:a rang 1 => alarm none, rang 1 [retry 0: none, 1]
            timed:a do set 20 => done
            pass 20
            timed:a rang 2 => alarm none, rang 2 [retry 0: none, 1 | retry 0: none, 3]",
    },
    AlarmCase {
        name: "one_whose_actor_cannot_be_migrated_is_tried_again",
        source: "Domicile: every event starts and migrates its actor",
        on: On::Own,
        tale: "
            timed:a plan fail => planned
            timed:a do set 800 => done
            kill
            begin broken
            pass 1000
            timed:a state => 503
            kill
            begin second
            pass 300
            timed:a rang 1 => alarm none, rang 1 [retry 0: none, 1]",
    },
    AlarmCase {
        name: "one_that_a_later_version_does_not_handle_is_dropped",
        source: "api/global-scope.c++, runAlarm: SCRIPT_NOT_FOUND",
        on: On::Own,
        tale: "
            timed:a plan get => planned
            timed:a do set 800 => done
            stop
            begin edited
            pass 1000
            timed:a state => alarm none, rang 0 []
            timed:a do get; try set 20 => none, Unhandled: Timed sets an alarm and does not handle it: list `Alarm` in its `#[actor(handles(…))]` and implement `Handler<Alarm>`
            stop
            begin
            pass 300
            timed:a state => alarm none, rang 0 []
            timed:a do set 20 => done
            pass 20
            timed:a rang 1 => alarm none, rang 1 [retry 0: none]",
    },
    AlarmCase {
        name: "an_evicted_actor_is_woken_by_its_alarm",
        source: "api/tests/actor-alarms-name-test.js",
        on: On::Virtual,
        tale: "
            a plan name; events; late => planned
            a do set 5000 => done
            evict
            pass 4999
            evict
            pass 1
            a state => alarm none, rang 1 [retry 0: a, 1, 0]",
    },
    AlarmCase {
        name: "an_actor_that_rests_for_long_is_woken_by_its_alarm",
        source: "api/tests/actor-alarms-name-test.js; workerd evicts after 10 s",
        on: On::Long,
        tale: "
            a plan name; get; scheduled => planned
            a do set 13000; note => done
            pass 13500
            a rang 1 => alarm none, rang 1 [retry 0: a, none, as noted]",
    },
    AlarmCase {
        name: "an_evicted_actor_still_knows_its_alarm",
        source: "io/actor-sqlite.c++, getAlarm",
        on: On::Virtual,
        tale: "
            a do set 5000; note => done
            evict
            a read noted => as noted
            evict
            a do noted; set 9000; note => as noted
            evict
            a do noted; clear => as noted
            evict
            a read get => none
            pass 20000
            a state => alarm none, rang 0 []",
    },
];
