//! The alarm in the transaction of an event, and in those inside it.

use super::{AlarmCase, On};

pub(super) const CASES: &[AlarmCase] = &[
    AlarmCase {
        name: "an_error_restores_that_none_was_set",
        source: "io/actor-sqlite-test.c++, rolling back transaction leaves alarm in expected state",
        on: On::Shared,
        tale: "
            a do set 20; fail => 500
            a do get => none
            pass 200
            a state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "an_error_restores_the_alarm_that_was_cleared",
        source: "io/actor-sqlite-test.c++, rolling back transaction leaves alarm in expected state",
        on: On::Shared,
        tale: "
            a do set 500; note => done
            a do clear; fail => 500
            a do noted => as noted
            pass 500
            a rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "an_error_restores_the_alarm_that_was_moved",
        source: "io/actor-sqlite-test.c++, rolling back transaction leaves alarm in expected state",
        on: On::Shared,
        tale: "
            a do set 500; note => done
            a do set 3600000; conflict => 409 refused on purpose
            a read noted => as noted
            pass 500
            a rang 1 => alarm none, rang 1 [retry 0]
            b do set 3600000; note => done
            b do set 20; fail => 500
            b do noted => as noted
            pass 200
            b state => alarm set, rang 0 []",
    },
    AlarmCase {
        name: "a_panic_restores_the_alarm",
        source: "api/actor-state.c++, transactionSync",
        on: On::Own,
        tale: "
            a do set 500; note => done
            a do set 3600000; panic => 500
            a do noted => as noted
            b do set 20; panic => 500
            b do get => none
            pass 500
            a rang 1 => alarm none, rang 1 [retry 0]
            b state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "a_panic_in_a_nested_transaction_restores_the_alarm",
        source: "api/actor-state.c++, transactionSync",
        on: On::Own,
        tale: "
            a do set 500; note => done
            a do keep set 3600000; keep panic => 500
            a do noted => as noted
            pass 500
            a rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "a_nested_rollback_restores_that_none_was_set",
        source: "io/actor-sqlite-test.c++, rolling back nested transaction",
        on: On::Shared,
        tale: "
            a do undo set 20; get => undone, none
            a do get => none
            pass 200
            a state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "a_nested_rollback_restores_the_alarm_of_an_earlier_event",
        source: "io/actor-sqlite-test.c++, rolling back nested transaction",
        on: On::Shared,
        tale: "
            a do set 500; note => done
            a do undo clear; noted; undo set 3600000; noted => undone, as noted, undone, as noted
            a read noted => as noted
            pass 500
            a rang 1 => alarm none, rang 1 [retry 0]",
    },
    AlarmCase {
        name: "a_nested_rollback_restores_the_alarm_of_the_same_event",
        source: "io/actor-sqlite-test.c++, rolling back nested transaction",
        on: On::Shared,
        tale: "
            a do set 3600000; undo set 20; left => undone, 3600000
            a do undo undo clear; get => undone, set
            pass 200
            a state => alarm set, rang 0 []",
    },
    AlarmCase {
        name: "a_nested_commit_keeps_the_alarm",
        source: "api/actor-state.c++, transactionSync",
        on: On::Shared,
        tale: "
            a do keep keep set 30; get => set
            pass 30
            a rang 1 => alarm none, rang 1 [retry 0]
            b do set 20; keep clear; get => none
            pass 100
            b state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "an_outer_rollback_undoes_a_nested_commit",
        source: "api/actor-state.c++, transactionSync",
        on: On::Shared,
        tale: "
            a do undo keep set 20; get => undone, none
            b do keep set 20; fail => 500
            b do get => none
            pass 200
            a state => alarm none, rang 0 []
            b state => alarm none, rang 0 []",
    },
    AlarmCase {
        name: "the_alarm_and_the_store_are_one_transaction",
        source: "io/actor-sqlite-test.c++, alarm write happens transactionally with storage ops",
        on: On::Shared,
        tale: "
            a do set 3600000; note => done
            a do set 7200000; note; fail => 500
            a do noted; set 7200000; noted; note; noted => as noted, not as noted, as noted
            a read noted => as noted",
    },
];
