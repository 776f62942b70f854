//! How often addresses try to log in at this instance of the entry, whatever the tenant. It is in memory, so that whoever
//! tries at many tenants is refused before any of them is woken; another instance counts anew.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use domicile::Timestamp;

use crate::login::{Limits, network};

/// How many addresses are remembered.
const MOST: usize = 4_096;

/// The addresses, by the network that they count as.
#[derive(Default)]
pub(crate) struct Visits(RefCell<HashMap<String, Visitor>>);

struct Visitor {
    since: Timestamp,
    times: usize,
}

impl Visits {
    /// Counts an attempt; `Some` where it is one too many, and how long to wait for the next.
    pub(crate) fn count(&self, address: &str, limits: &Limits, now: Timestamp) -> Option<Duration> {
        let mut visitors = self.0.borrow_mut();
        let network = network(address);
        if !visitors.contains_key(&network) && visitors.len() >= MOST {
            visitors.retain(|_, visitor| visitor.left(limits, now).is_some());
            // Whoever has many addresses pushes out those that tried least.
            while visitors.len() >= MOST {
                let least =
                    visitors.iter().min_by_key(|(_, visitor)| visitor.times).map(|(of, _)| of.clone())?;
                visitors.remove(&least);
            }
        }
        let visitor = visitors.entry(network).or_insert(Visitor { since: now, times: 0 });
        let left = visitor.left(limits, now);
        if left.is_none() {
            *visitor = Visitor { since: now, times: 0 };
        }
        if visitor.times >= limits.per_address_at_entry.max(1) {
            return left;
        }
        visitor.times += 1;
        None
    }

    /// Takes back an attempt that came of a login that succeeded.
    pub(crate) fn forget_one(&self, address: &str) {
        if let Some(visitor) = self.0.borrow_mut().get_mut(&network(address)) {
            visitor.times = visitor.times.saturating_sub(1);
        }
    }
}

impl Visitor {
    /// How long it is until nothing counts any more; `None` where that is so now.
    fn left(&self, limits: &Limits, now: Timestamp) -> Option<Duration> {
        let until = self.since.after(limits.window).as_millis().saturating_sub(now.as_millis());
        u64::try_from(until).ok().filter(|left| *left > 0).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: fn() -> Limits =
        || Limits { per_address_at_entry: 3, window: Duration::from_secs(100), ..Limits::default() };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn an_address_has_its_number_in_each_window() {
        let visits = Visits::default();
        let count = |address: &str, now| visits.count(address, &LIMITS(), at(now)).map(|wait| wait.as_secs());
        let all: Vec<_> = (0..4).map(|now| count("192.0.2.7", now)).collect();
        assert_eq!(all, [None, None, None, Some(97)]);
        visits.forget_one("192.0.2.7");
        assert_eq!((count("192.0.2.7", 3), count("192.0.2.7", 3)), (None, Some(97)));
        assert_eq!(count("192.0.2.8", 4), None, "another has its own");
        assert_eq!(count("192.0.2.7", 99), Some(1));
        assert_eq!(count("192.0.2.7", 100), None);
        assert_eq!(count("2001:db8:1:2::1", 100), None);
        assert_eq!((count("2001:db8:1:2::2", 100), count("2001:db8:1:2:3::", 100)), (None, None));
        assert_eq!(count("2001:db8:1:2:ffff::", 100), Some(100), "a network is one address");
    }

    #[test]
    fn it_is_bounded_and_forgets_who_tried_least() {
        let visits = Visits::default();
        for _ in 0..3 {
            visits.count("192.0.2.7", &LIMITS(), at(0));
        }
        for n in 0..(MOST + 100) {
            visits.count(&format!("name {n}"), &LIMITS(), at(1));
        }
        assert_eq!(visits.0.borrow().len(), MOST);
        assert!(visits.count("192.0.2.7", &LIMITS(), at(2)).is_some());
        visits.count("192.0.2.9", &LIMITS(), at(200));
        assert_eq!(visits.0.borrow().len(), 1, "those that are over go first");
    }
}
