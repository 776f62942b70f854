//! Alarms whose handler fails, and what becomes of them.

use super::{AlarmCase, On};

pub(super) const CASES: &[AlarmCase] = &[
    AlarmCase {
        name: "it_is_tried_again_after_2_s",
        source: "server/alarm-scheduler.c++, makeAlarmTask",
        on: On::Shared,
        tale: "
            a plan get; fail 1 => planned
            a do set 20; note => done
            pass 1800
            a do noted => as noted
            a state => alarm set, rang 0 []
            pass 800
            a rang 1 => alarm none, rang 1 [retry 1: none]",
    },
    AlarmCase {
        name: "a_panic_is_tried_again",
        source: "api/global-scope.c++, runAlarm",
        on: On::Own,
        tale: "
            a plan set 3600000; get; panic 1; clear => planned
            a do set 20; note => done
            pass 1500
            a do noted => as noted
            a state => alarm set, rang 0 []
            pass 1100
            a rang 1 => alarm none, rang 1 [retry 1: set]",
    },
    AlarmCase {
        name: "a_retry_knows_that_it_is_one_and_its_first_time",
        source: "api/global-scope.h, AlarmInvocationInfo",
        on: On::Shared,
        tale: "
            a plan scheduled; retried; fail 1 => planned
            a do set 20; note => done
            pass 2600
            a rang 1 => alarm none, rang 1 [retry 1: as noted, true]",
    },
    AlarmCase {
        name: "a_failed_try_leaves_nothing_in_store_and_memory",
        source: "Domicile: an error undoes everything",
        on: On::Shared,
        tale: "
            a plan events; note; fail 1 => planned
            a do set 20; note; events => 2
            pass 300
            a do events; noted => 1, as noted
            pass 2300
            a rang 1 => alarm none, rang 1 [retry 1: 2]",
    },
    AlarmCase {
        name: "a_new_one_of_a_failed_handler_is_undone_and_the_retry_stays",
        source: "api/actor-state.c++, transactionSync; io/actor-sqlite.c++, cancelDeferredAlarmDeletion",
        on: On::Shared,
        tale: "
            a plan set 300; fail 1; set 3600000 => planned
            a do set 20; note => done
            pass 1200
            a do noted => as noted
            a state => alarm set, rang 0 []
            pass 1400
            a rang 1 => alarm set, rang 1 [retry 1]",
    },
    AlarmCase {
        name: "a_failed_handler_that_clears_it_is_tried_again",
        source: "api/actor-state.c++, transactionSync; io/actor-sqlite.c++, cancelDeferredAlarmDeletion",
        on: On::Shared,
        tale: "
            a plan clear; fail 1 => planned
            a do set 20; note => done
            pass 300
            a do noted => as noted
            pass 2300
            a rang 1 => alarm none, rang 1 [retry 1]",
    },
    AlarmCase {
        name: "a_new_one_between_tries_takes_the_place_of_the_retry",
        source: "server/alarm-scheduler.c++, setAlarm",
        on: On::Shared,
        tale: "
            a plan fail 1 => planned
            a do set 20; note => done
            pass 300
            a do noted => as noted
            a plan get => planned
            a do set 100 => done
            pass 2300
            a rang 1 => alarm none, rang 1 [retry 0: none]
            pass 2700
            a state => alarm none, rang 1 [retry 0: none]",
    },
    AlarmCase {
        name: "a_new_one_between_tries_rings_at_its_own_time",
        source: "cloudflare-docs#15685; workerd lets it wait for the time of the retry",
        on: On::Virtual,
        tale: "
            a plan fail 1 => planned
            a do set 20 => done
            pass 300
            a plan late => planned
            a do set 100 => done
            pass 99
            a state => alarm set, rang 0 []
            pass 1
            a state => alarm none, rang 1 [retry 0: 0]",
    },
    AlarmCase {
        name: "a_later_one_between_tries_takes_the_place_of_the_retry",
        source: "server/alarm-scheduler.c++, setAlarm",
        on: On::Shared,
        tale: "
            a plan fail 1 => planned
            a do set 20 => done
            pass 300
            a do set 3600000; note => done
            pass 2700
            a do noted => as noted
            a state => alarm set, rang 0 []",
    },
    AlarmCase {
        name: "clearing_it_between_tries_ends_it",
        source: "server/alarm-scheduler.c++, deleteAlarm",
        on: On::Shared,
        tale: "
            a plan fail 1 => planned
            a do set 20 => done
            pass 300
            a do get; clear; get => set, none
            pass 2700
            a state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "an_event_that_fails_between_tries_changes_nothing",
        source: "server/alarm-scheduler.c++, makeAlarmTask",
        on: On::Shared,
        tale: "
            a plan fail 1 => planned
            a do set 20; note => done
            pass 300
            a do set 3600000; fail => 500
            a do undo clear; noted => undone, as noted
            pass 2300
            a rang 1 => alarm none, rang 1 [retry 1]",
    },
    AlarmCase {
        name: "a_new_one_after_a_retry_has_retries_of_its_own",
        source: "server/alarm-scheduler.c++, scheduleAlarm",
        on: On::Virtual,
        tale: "
            a plan fail 3 => planned
            a do set 20 => done
            pass 7600
            a do get; set 20 => set
            pass 13999
            a state => alarm set, rang 0 []
            pass 4000
            a state => alarm none, rang 1 [retry 3]",
    },
    AlarmCase {
        name: "the_time_that_failed_set_again_changes_nothing",
        source: "io/actor-sqlite-test.c++, setting duplicate alarm is no-op",
        on: On::Virtual,
        tale: "
            a plan fail 1 => planned
            a do set 20; note => done
            pass 20
            a do set 0; noted; same; noted => as noted, as noted
            pass 1999
            a state => alarm set, rang 0 []
            pass 501
            a state => alarm none, rang 1 [retry 1]",
    },
    AlarmCase {
        name: "the_pauses_double",
        source: "server/alarm-scheduler.c++, makeAlarmTask",
        on: On::Virtual,
        tale: "
            a plan fail 1 => planned
            b plan fail 2 => planned
            c plan fail 3 => planned
            d plan fail 4 => planned
            e plan fail 5 => planned
            f plan fail 6 => planned
            a do set 1000 => done
            b do set 1000 => done
            c do set 1000 => done
            d do set 1000 => done
            e do set 1000 => done
            f do set 1000 => done
            pass 2999
            a state => alarm set, rang 0 []
            pass 501
            a state => alarm none, rang 1 [retry 1]
            pass 3499
            b state => alarm set, rang 0 []
            pass 1501
            b state => alarm none, rang 1 [retry 2]
            pass 6499
            c state => alarm set, rang 0 []
            pass 3501
            c state => alarm none, rang 1 [retry 3]
            pass 12499
            d state => alarm set, rang 0 []
            pass 7501
            d state => alarm none, rang 1 [retry 4]
            pass 24499
            e state => alarm set, rang 0 []
            pass 15501
            e state => alarm none, rang 1 [retry 5]
            pass 48499
            f state => alarm set, rang 0 []
            pass 31501
            f state => alarm none, rang 1 [retry 6]",
    },
    AlarmCase {
        name: "three_retries_in_a_row",
        source: "server/alarm-scheduler.c++, makeAlarmTask",
        on: On::Long,
        tale: "
            a plan fail 3; retried => planned
            a do set 20; note => done
            pass 13900
            a do noted => as noted
            a state => alarm set, rang 0 []
            pass 3900
            a rang 1 => alarm none, rang 1 [retry 3: true]",
    },
    AlarmCase {
        name: "after_six_retries_it_is_given_up",
        source: "server/alarm-scheduler.c++, abandonAlarm; io/actor-sqlite.c++, abandonAlarm",
        on: On::Virtual,
        tale: "
            a plan fail 7 => planned
            a do set 1000; note => done
            pass 126999
            a do noted => as noted
            a logged the alarm is given up => 0 times
            pass 31501
            a state => alarm none, rang 0 []
            a logged the alarm is given up => 1 times
            pass 3600000
            a state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "after_one_that_was_given_up_a_new_one_rings",
        source: "io/actor-sqlite-test.c++, ActorSqlite alarm cleared by abandonAlarm",
        on: On::Virtual,
        tale: "
            a plan fail => planned
            a do set 10 => done
            pass 160000
            a do get => none
            a plan fail 2 => planned
            a do set 10 => done
            pass 6009
            a state => alarm set, rang 0 []
            pass 1501
            a state => alarm none, rang 1 [retry 2]",
    },
    AlarmCase {
        name: "one_that_was_given_up_does_not_ring_after_a_restart",
        source: "server/alarm-scheduler.c++, abandonAlarm",
        on: On::Virtual,
        tale: "
            a plan fail 7 => planned
            a do set 10 => done
            b plan fail 7 => planned
            b do set 100000 => done
            pass 160000
            a do get => none
            stop
            begin
            a read get => none
            b read get => set
            pass 200000
            a state => alarm none, rang 0 []
            b read get => none",
    },
    AlarmCase {
        name: "retries_go_on_when_the_actor_is_evicted",
        source: "server/alarm-scheduler.c++, which outlives actors",
        on: On::Virtual,
        tale: "
            a plan fail 2; events => planned
            a do set 10; note => done
            pass 10
            evict
            pass 2500
            evict
            a do noted; get => as noted, set
            pass 3000
            evict
            pass 2000
            a state => alarm none, rang 1 [retry 2: 1]",
    },
    AlarmCase {
        name: "alarms_of_many_actors_fail_and_are_tried_each_in_its_own_way",
        source: "server/alarm-scheduler.h, ScheduledAlarm",
        on: On::Shared,
        tale: "
            a plan fail 1 => planned
            a do set 10 => done
            b do set 10 => done
            c plan fail 1 => planned
            c do set 600 => done
            pass 700
            b rang 1 => alarm none, rang 1 [retry 0]
            a state => alarm set, rang 0 []
            c state => alarm set, rang 0 []
            pass 2500
            a rang 1 => alarm none, rang 1 [retry 1]
            c rang 1 => alarm none, rang 1 [retry 1]",
    },
];
