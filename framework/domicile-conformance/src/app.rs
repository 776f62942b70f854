//! The app itself: which actors there are, and how requests find them.

mod bell;
mod caller;
mod cases;
mod d1;
pub mod data;
mod entry;
mod fragile;
mod heavy;
mod hook;
mod identity;
mod idle;
mod ledger;
mod pair;
mod peer;
mod rebuilt;
mod room;
mod versioned;
mod web;

use domicile::prelude::*;

/// The proving app.
///
/// `VERSION` chooses the version of the migrations of `/versioned/`, `/rebuilt/` and `/timed/`, `HOOKS` switches the hooks on, and `GREETING` is
/// there to be read. With `IDENTITY` it is another app, which knows its users.
#[must_use]
pub fn app(env: &Env) -> App {
    if let Some(app) = identity::instead(env) {
        return app;
    }
    let app = App::new()
        .takes("GREETING")
        .takes("HOOKS")
        .takes("VERSION")
        .d1("DB")
        .d1("OTHER_DB")
        .d1(data::DATABASE)
        .mount::<web::Web>("/web", singleton("main"))
        .mount::<web::Web>("/site", tenant::path(""))
        .mount::<ledger::Ledger>("/ledger", tenant::path(""))
        .mount::<peer::Peer>("/peer", tenant::path(""))
        .mount::<pair::Pair>("/pair", tenant::path(""))
        .mount::<cases::Cases>("/cases", tenant::path(""))
        .mount::<data::Data>("/data", tenant::path(""))
        .mount::<bell::Bell>("/bell", tenant::path(""))
        .mount::<bell::Echo>("/echo", tenant::path(""))
        .mount::<bell::Mute>("/mute", tenant::path(""))
        .mount::<idle::Idle>("/idle", tenant::path(""))
        .mount::<heavy::Heavy>("/heavy", tenant::path(""))
        .mount::<fragile::Fragile>("/fragile", tenant::path(""))
        .mount::<fragile::Unlucky>("/unlucky", tenant::path(""))
        .mount::<room::Room>("/by-path", tenant::path("/t"))
        .mount::<room::Room>("/by-header", tenant::header("X-Tenant"))
        .mount::<room::Room>("/by-query", tenant::by(|request| request.query_value("room")))
        .actor::<room::Room>(tenant::subdomain("rooms.test"));
    let app = versioned::mount(app, env);
    let app = rebuilt::mount(app, env);
    let app = bell::mount(app, env);
    let app = entry::routes(app);
    let app = identity::add(app);
    if env.get("HOOKS") == Some("on") { hook::add(app) } else { app }
}
