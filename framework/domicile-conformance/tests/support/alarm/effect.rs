//! Alarms with effects, which come after the commit and are no part of the alarm.

use super::{AlarmCase, On};

pub(super) const CASES: &[AlarmCase] = &[
    AlarmCase {
        name: "an_effect_follows_the_alarm_once",
        source: "api/global-scope.c++, runAlarm",
        on: On::Own,
        tale: "
            echo:a plan effect ok; get => planned
            echo:a do set 20 => done
            pass 20
            echo:a rang 2 => alarm none, rang 2 [retry 0: none | effect of 0]
            pass 2700
            echo:a state => alarm none, rang 2 [retry 0: none | effect of 0]",
    },
    AlarmCase {
        name: "an_effect_that_fails_is_no_failure_of_the_alarm",
        source: "Domicile: an effect comes at most once",
        on: On::Own,
        tale: "
            echo:a plan effect fail => planned
            echo:a do set 20 => done
            pass 20
            echo:a rang 1 => alarm none, rang 1 [retry 0]
            pass 2700
            echo:a state => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "an_effect_that_panics_is_no_failure_of_the_alarm",
        source: "Domicile: an effect comes at most once",
        on: On::Own,
        tale: "
            echo:a plan effect panic => planned
            echo:a do set 20 => done
            pass 20
            echo:a rang 1 => alarm none, rang 1 [retry 0]
            pass 2700
            echo:a state => alarm none, rang 1 [retry 0]
            echo:a plan get => planned
            echo:a do set 20 => done
            pass 20
            echo:a rang 2 => alarm none, rang 2 [retry 0 | retry 0: none]",
    },
    AlarmCase {
        name: "a_failed_try_has_no_effect",
        source: "Domicile: an effect comes after the commit",
        on: On::Own,
        tale: "
            echo:a plan effect ok; fail 1 => planned
            echo:a do set 20; note => done
            pass 1000
            echo:a do noted => as noted
            echo:a state => alarm set, rang 0 []
            pass 1600
            echo:a rang 2 => alarm none, rang 2 [retry 1 | effect of 1]",
    },
    AlarmCase {
        name: "the_next_alarm_does_not_wait_for_an_effect",
        source: "Domicile: the actor takes other events while an effect runs",
        on: On::Own,
        tale: "
            echo:a plan while 1 set 50; effect slow => planned
            echo:a do set 20 => done
            pass 500
            echo:a rang 3 => alarm none, rang 3 [retry 0 | retry 0 | effect of 0]
            pass 600
            echo:a rang 4 => alarm none, rang 4 [retry 0 | retry 0 | effect of 0 | effect of 0]",
    },
    AlarmCase {
        name: "an_event_during_an_effect_finds_the_alarm_over_and_sets_the_next",
        source: "Domicile: the alarm is over with its handler's transaction",
        on: On::Own,
        tale: "
            echo:a plan effect slow => planned
            echo:a do set 20 => done
            pass 200
            echo:a rang 1 => alarm none, rang 1 [retry 0]
            echo:a do get; set 100; get => none, set
            pass 200
            echo:a rang 3 => alarm none, rang 3 [retry 0 | retry 0 | effect of 0]
            pass 800
            echo:a rang 4 => alarm none, rang 4 [retry 0 | retry 0 | effect of 0 | effect of 0]",
    },
    AlarmCase {
        name: "a_crash_during_an_effect_loses_it_and_not_what_was_decided",
        source: "Domicile: an effect comes at most once",
        on: On::Own,
        tale: "
            echo:a plan effect slow => planned
            echo:a do set 20 => done
            pass 200
            echo:a rang 1 => alarm none, rang 1 [retry 0]
            kill
            begin
            pass 1500
            echo:a state => alarm none, rang 1 [retry 0]",
    },
];
