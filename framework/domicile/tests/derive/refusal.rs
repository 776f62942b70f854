//! `#[derive(Refusal)]`: the status of each refusal.

use domicile::prelude::*;

#[derive(Debug, Refusal, Serialize, Deserialize, Schema)]
struct Plain;

#[derive(Debug, Refusal, Serialize, Deserialize, Schema)]
#[refusal(status = 429)]
struct TooMany {
    limit: i64,
}

#[derive(Debug, Refusal, Serialize, Deserialize, Schema)]
#[refusal(status = 403)]
enum Denied {
    Owner,
    #[refusal(status = 404)]
    Gone(u8),
    #[refusal(status = 404)]
    Moved {
        to: u8,
    },
    #[refusal(status = 503)]
    Closed,
}

#[derive(Debug, Refusal, Serialize, Deserialize, Schema)]
enum Partly {
    #[refusal(status = 451)]
    Law,
    Else,
}

#[track_caller]
fn check(refusal: impl Refusal, status: u16) {
    assert_eq!(refusal.status().as_u16(), status);
}

#[test]
fn without_a_status_it_is_a_conflict() {
    check(Plain, 409);
    check(Partly::Else, 409);
}

#[test]
fn the_type_has_a_status() {
    check(TooMany { limit: 1 }, 429);
    check(Denied::Owner, 403);
}

#[test]
fn a_variant_goes_before_its_type() {
    check(Denied::Gone(0), 404);
    check(Denied::Moved { to: 0 }, 404);
    check(Denied::Closed, 503);
    check(Partly::Law, 451);
}
