//! `#[message(allow = …)]`, and `models(…)` with those of another crate.

use domicile::model::Schema;
use domicile::prelude::*;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (), allow = staff() | permission("desk.close"))]
struct Close;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
struct Look;

#[derive(Model)]
struct Note {
    id: u32,
}

#[derive(Model)]
struct Page {
    id: u32,
}

#[derive(Model)]
struct Word {
    id: u32,
}

const MORE: &[&Schema] = &[Page::SCHEMA, Word::SCHEMA];
const NONE: &[&Schema] = &[];

#[derive(Actor, Default)]
#[actor(models(..NONE, Note, ..MORE))]
struct Desk;

#[test]
fn a_message_says_who_may_send_it() {
    assert_eq!(Close::allow(), Some(staff() | permission("desk.close")));
    assert_eq!(Look::allow(), None);
}

#[test]
fn models_of_another_crate_are_beside_ones_own() {
    let names: Vec<_> = Desk::MODELS.iter().map(|model| model.name).collect();
    assert_eq!(names, ["Note", "Page", "Word"]);
}

#[test]
fn a_route_that_keeps_somebody_out_needs_to_know_who_asks() {
    let open = App::new().route(Method::GET, "/", async |_, _| "fine").allow(anyone());
    assert!(domicile::site::Site::mistakes(&open).is_empty());
    let closed = App::new().route(Method::GET, "/", async |_, _| "fine").allow(signed_in());
    let mistakes = domicile::site::Site::mistakes(&closed);
    assert!(
        mistakes[0].contains("the app does not know who asks") && mistakes[0].contains("GET /"),
        "{mistakes:?}"
    );
    let nothing = App::new().allow(anyone());
    assert!(domicile::site::Site::mistakes(&nothing)[0].contains("there is none"));
}
