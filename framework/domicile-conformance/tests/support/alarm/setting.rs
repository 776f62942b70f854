//! Setting an alarm, moving it and clearing it.

use super::{AlarmCase, On};

pub(super) const CASES: &[AlarmCase] = &[
    AlarmCase {
        name: "an_alarm_rings_once",
        source: "api/tests/actor-alarms-test.js",
        on: On::Shared,
        tale: "
            a state => alarm none, rang 0 []
            a do set 30; get => set
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0]
            pass 300
            a state => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "it_rings_at_its_time_and_not_before",
        source: "server/alarm-scheduler.c++, checkTimestamp",
        on: On::Virtual,
        tale: "
            a plan late => planned
            a do set 1000; left => 1000
            pass 999
            a state => alarm set, rang 0 []
            a do left => 1
            pass 1
            a state => alarm none, rang 1 [retry 0: 0]",
    },
    AlarmCase {
        name: "it_does_not_ring_before_its_time",
        source: "api/tests/actor-alarms-test.js, waitForAlarm",
        on: On::Shared,
        tale: "
            a plan early => planned
            a do set 50 => done
            pass 50
            a rang 1 => alarm none, rang 1 [retry 0: not early]",
    },
    AlarmCase {
        name: "a_time_that_has_passed_means_now",
        source: "api/actor-state.c++, setAlarm",
        on: On::Shared,
        tale: "
            a do set -100000; left => 0
            a rang 1 => alarm none, rang 1 [retry 0]
            b do at 1; left => 0
            b rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "a_time_that_has_passed_is_not_the_time_that_the_alarm_is_told",
        source: "api/actor-state.c++, setAlarm",
        on: On::Virtual,
        tale: "
            a plan late => planned
            a do set -100000 => done
            a state => alarm none, rang 1 [retry 0: 0]",
    },
    AlarmCase {
        name: "the_time_of_the_event_means_now",
        source: "api/actor-state.c++, setAlarm",
        on: On::Shared,
        tale: "
            a do set 0; get => set
            a rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "a_time_that_is_not_after_1970_is_refused",
        source: "api/actor-state.c++, setAlarm",
        on: On::Shared,
        tale: "
            a do at 0 => 422 setAlarm() cannot be called with an alarm time <= 0
            a do at -1 => 422 setAlarm() cannot be called with an alarm time <= 0
            a do at -9223372036854775808 => 422 setAlarm() cannot be called with an alarm time <= 0
            a state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "a_time_that_the_platform_cannot_hold_is_refused",
        source: "jsg/value.h, toKjDate",
        on: On::Shared,
        tale: "
            a do at 9223372036855 => 422 This API doesn't support dates after 2189.
            a do at 9223372036854775807 => 422 This API doesn't support dates after 2189.
            a state => alarm none, rang 0 []
            a do at 9223372036854; get => set
            a state => alarm set, rang 0 []
            a do clear; get => none",
    },
    AlarmCase {
        name: "a_refused_time_leaves_the_alarm_as_it_was",
        source: "api/actor-state.c++, setAlarm",
        on: On::Shared,
        tale: "
            a do set 3600000; try at 0; left => Invalid: setAlarm() cannot be called with an alarm time <= 0, 3600000
            a state => alarm set, rang 0 []",
    },
    AlarmCase {
        name: "the_same_time_again_changes_nothing",
        source: "io/actor-sqlite-test.c++, setting duplicate alarm is no-op",
        on: On::Shared,
        tale: "
            a do set 2000; note; same; noted => as noted
            a do same; noted => as noted
            pass 2000
            a rang 1 => alarm none, rang 1 [retry 0]
            pass 300
            a state => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "the_time_is_kept_to_the_millisecond",
        source: "io/actor-sqlite-test.c++, can set and get alarm",
        on: On::Shared,
        tale: "
            a do set 3600001; note; left => 3600001
            a do noted => as noted
            a read noted => as noted",
    },
    AlarmCase {
        name: "a_later_time_takes_the_place_of_an_earlier_one",
        source: "io/actor-sqlite-test.c++, can set alarm twice",
        on: On::Shared,
        tale: "
            a do set 800 => done
            a do set 3600000 => done
            pass 1000
            a state => alarm set, rang 0 []",
    },
    AlarmCase {
        name: "an_earlier_time_takes_the_place_of_a_later_one",
        source: "io/actor-sqlite-test.c++, can set alarm twice",
        on: On::Shared,
        tale: "
            a do set 3600000 => done
            a do set 30 => done
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "of_two_times_in_one_event_the_last_holds",
        source: "io/actor-sqlite-test.c++, can set alarm twice",
        on: On::Shared,
        tale: "
            a do set 20; set 3600000; left => 3600000
            b do set 3600000; set 20; left => 20
            pass 200
            b rang 1 => alarm none, rang 1 [retry 0]
            a state => alarm set, rang 0 []",
    },
    AlarmCase {
        name: "a_cleared_alarm_does_not_ring",
        source: "api/tests/actor-alarms-delete-test.js",
        on: On::Shared,
        tale: "
            a do set 800 => done
            a do clear; get => none
            pass 1000
            a state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "an_alarm_that_is_set_and_cleared_in_one_event_does_not_ring",
        source: "api/tests/actor-alarms-delete-test.js",
        on: On::Shared,
        tale: "
            a do set 20; clear; get => none
            pass 200
            a state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "an_alarm_that_is_cleared_and_set_again_rings",
        source: "io/actor-sqlite-test.c++, can clear alarm",
        on: On::Shared,
        tale: "
            a do set 300; note; clear => done
            a do set 30 => done
            pass 400
            a rang 1 => alarm none, rang 1 [retry 0]
            b do set 3600000; note => done
            b do same; clear; set 20 => done
            pass 20
            b rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "clearing_none_is_nothing",
        source: "io/actor-sqlite-test.c++, can clear alarm",
        on: On::Shared,
        tale: "
            a do clear; get => none
            a do clear => done
            a state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "actors_have_alarms_of_their_own",
        source: "server/alarm-scheduler.h, ActorKey",
        on: On::Shared,
        tale: "
            a do set 30 => done
            b do set 3600000 => done
            c do get => none
            echo:a do get => none
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0]
            b state => alarm set, rang 0 []
            c state => alarm none, rang 0 []
            echo:a state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "a_read_sees_the_alarm_and_cannot_set_it",
        source: "Domicile: a read writes nothing",
        on: On::Shared,
        tale: "
            a do set 3600000 => done
            a read get => set
            a read set 10 => 500
            a read clear => 500
            a state => alarm set, rang 0 []
            b read set 10 => 500
            pass 100
            b state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "an_actor_without_a_handler_cannot_set_one",
        source: "io/worker.c++, assertCanSetAlarm",
        on: On::Shared,
        tale: "
            mute:a do set 10 => 500
            mute:a do try set 10; get => Unhandled: Mute sets an alarm and does not handle it: list `Alarm` in its `#[actor(handles(…))]` and implement `Handler<Alarm>`, none
            mute:a do clear => done
            mute:a state => alarm none, rang 0 []",
    },
];
