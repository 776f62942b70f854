//! How many attempts to log in are let through.

use std::net::IpAddr;
use std::time::Duration;

use domicile::query::{Executor, Order, Statement, Term as _};
use domicile::{Model as _, Result, Timestamp};

use crate::account::LoginAttempt;
use crate::secret::digest;
use crate::sweep;

/// How many attempts may be made in which time. Fewer than one each is taken for one.
///
/// A name is one name in large and small letters, whether anybody has it or not. An address of IPv6 counts by its first 64
/// bits, which one household has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// By one name from one address; a login from there that succeeds resets it. Whoever guesses keeps nobody out who comes
    /// from another address.
    pub per_user: usize,
    /// By one name from everywhere, against those who guess from many addresses.
    pub per_user_anywhere: usize,
    /// From one address where the accounts are, which is one tenant; those of a login that succeeds are no longer counted.
    pub per_address: usize,
    /// From one address to all tenants, as far as one instance of the entry has seen them; a login that succeeds is no longer
    /// counted. It is counted in memory: no actor is asked about what is over it.
    pub per_address_at_entry: usize,
    /// How long an attempt counts.
    pub window: Duration,
    /// How long it takes at least to say that a login is refused, so that the time tells neither whether somebody has the
    /// name nor how their password is hashed.
    pub answer_after: Duration,
}

impl Default for Limits {
    /// In fifteen minutes ten by a name from an address, a hundred by a name, fifty from an address to a tenant, and two
    /// hundred from an address to all. A refusal takes a second.
    fn default() -> Self {
        Self {
            per_user: 10,
            per_user_anywhere: 100,
            per_address: 50,
            per_address_at_entry: 200,
            window: Duration::from_mins(15),
            answer_after: Duration::from_secs(1),
        }
    }
}

impl Limits {
    /// What removes the attempts that count no more.
    pub(super) fn over(&self, now: Timestamp) -> Result<Statement> {
        sweep::attempts_until(since(now, self))
    }
}

/// Counts an attempt; `Some` where it is one too many, and how long to wait for the next.
pub(super) async fn count(
    on: &dyn Executor,
    who: &str,
    address: &str,
    limits: &Limits,
) -> Result<Option<Duration>> {
    let address = network(address);
    let before = attempts(on, who, &address, limits).await?;
    // Whoever is refused writes nothing, so that a flood costs reads alone, and the wait grows no longer.
    if let Some(wait) = wait(&before, who, &address, limits, on.now()) {
        return Ok(Some(wait));
    }
    let own = LoginAttempt::create()
        .set(LoginAttempt::who, who)
        .set(LoginAttempt::address, &address)
        .set(LoginAttempt::at, on.now());
    let own = own.run(on).await?;
    if on.reads_hold() {
        return Ok(None);
    }
    // On D1 others may have counted theirs at the same time: those that came before this one decide.
    let mut earlier = attempts(on, who, &address, limits).await?;
    let id = own.id;
    earlier.retain(|attempt| attempt.id < id);
    let wait = wait(&earlier, who, &address, limits, on.now());
    if wait.is_some() {
        // Else many at once would use up what others have left.
        own.delete(on).await?;
    }
    Ok(wait)
}

/// The attempts that count, oldest first.
async fn attempts(on: &dyn Executor, who: &str, address: &str, limits: &Limits) -> Result<Vec<LoginAttempt>> {
    let of = LoginAttempt::who.eq(who) | LoginAttempt::address.eq(address);
    let counting = LoginAttempt::objects().filter(of).filter(LoginAttempt::at.gt(since(on.now(), limits)));
    counting.order_by(oldest_first()).all(on).await
}

fn oldest_first() -> Vec<Order<LoginAttempt>> {
    vec![LoginAttempt::at.asc(), LoginAttempt::id.asc()]
}

/// How long it is until fewer count than may be made; `None` where that is so now.
fn wait(
    attempts: &[LoginAttempt],
    who: &str,
    address: &str,
    limits: &Limits,
    now: Timestamp,
) -> Option<Duration> {
    let over = |of: Vec<&LoginAttempt>, most: usize| {
        // This is the last that must count no more. Of a limit of none nobody would ever come in again.
        let blocking = of.get(of.len().checked_sub(most.max(1))?)?;
        let until = blocking.at.after(limits.window).as_millis().saturating_sub(now.as_millis());
        Some(Duration::from_millis(u64::try_from(until).unwrap_or_default()))
    };
    let (by, from) = (|attempt: &&LoginAttempt| attempt.who == who, |a: &&LoginAttempt| a.address == address);
    let here = over(attempts.iter().filter(by).filter(from).collect(), limits.per_user);
    let anywhere = over(attempts.iter().filter(by).collect(), limits.per_user_anywhere);
    here.max(anywhere).max(over(attempts.iter().filter(from).collect(), limits.per_address))
}

fn since(now: Timestamp, limits: &Limits) -> Timestamp {
    let window = i64::try_from(limits.window.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(now.as_millis().saturating_sub(window))
}

/// What is counted of an address: all of one of IPv4, and of one of IPv6 the first 64 bits, since who has one has them all.
pub(crate) fn network(address: &str) -> String {
    match address.trim().parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        Err(_) => digest(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_by_its_network() {
        for (address, expect) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("", &digest("")),
        ] {
            assert_eq!(network(address), expect);
        }
        assert_eq!(network(&"x".repeat(10_000)).len(), 64);
    }

    #[test]
    fn the_wait_ends_when_enough_count_no_more() {
        let limits = Limits {
            per_user: 2,
            per_user_anywhere: 3,
            per_address: 3,
            window: Duration::from_secs(100),
            ..Limits::default()
        };
        let from = |address: &str, id: u32, who: &str, at: i64| LoginAttempt {
            id,
            who: who.to_owned(),
            address: address.to_owned(),
            at: Timestamp::from_millis(at * 1000),
        };
        let attempt = |id, who, at| from("x", id, who, at);
        let wait = |attempts: &[LoginAttempt], who: &str| {
            wait(attempts, who, "x", &limits, Timestamp::from_millis(50_000)).map(|wait| wait.as_secs())
        };
        let two = [attempt(1, "a", 0), attempt(2, "a", 20)];
        assert_eq!((wait(&two, "a"), wait(&two, "b"), wait(&[], "a")), (Some(50), None, None));
        let more = [attempt(1, "a", 0), attempt(2, "a", 20), attempt(3, "b", 30), attempt(4, "b", 40)];
        assert_eq!(wait(&more, "c"), Some(70), "two of four from the address must go");
        assert_eq!(wait(&more, "b"), Some(80), "the longer wait counts");
        let far = [from("y", 1, "a", 0), from("y", 2, "a", 10)];
        assert_eq!(wait(&far, "a"), None, "who guesses elsewhere keeps nobody out here");
        let many = [from("y", 1, "a", 0), from("z", 2, "a", 10), from("q", 3, "a", 20)];
        assert_eq!(wait(&many, "a"), Some(50), "but not from everywhere");
    }
}
