//! What happens at the same time happens in an order that the seed decides.

use std::cell::RefCell;
use std::collections::BTreeSet;

use domicile_host::test::{AsyncHost, Plan};

use crate::app::{Put, Sum, Till, app};

#[test]
fn seeds_explore_the_orders_of_calls() {
    let seen = RefCell::new(BTreeSet::new());
    let test = async |host: AsyncHost| {
        let till = host.actor::<Till>("a");
        let (a, b, c) = tokio::join!(till.ask(Put(1)), till.ask(Put(10)), till.ask(Put(100)));
        seen.borrow_mut().insert([a, b, c].map(|sum| sum.expect("a sum")));
        assert_eq!(till.ask(Sum).await, Ok(111));
    };
    Plan::new("orders", app).explore_async(test).expect("no assertion");
    assert_eq!(seen.borrow().len(), 1, "without seeds the order is that of the calls");
    let explored = Plan::new("orders", app).seeds(64).explore_async(test).expect("no assertion");
    assert_eq!(explored.runs, 64);
    assert_eq!(seen.borrow().len(), 6, "all orders of three calls: {:?}", seen.borrow());
}

#[test]
fn a_seed_gives_the_same_order_each_time() {
    let orders = || {
        let seen = RefCell::new(Vec::new());
        let test = async |host: AsyncHost| {
            let till = host.actor::<Till>("a");
            let (a, b) = tokio::join!(till.ask(Put(1)), till.ask(Put(10)));
            seen.borrow_mut().push((a.expect("a sum"), b.expect("a sum")));
        };
        Plan::new("orders", app).seeds(32).explore_async(test).expect("no assertion");
        seen.into_inner()
    };
    assert_eq!(orders(), orders());
}
