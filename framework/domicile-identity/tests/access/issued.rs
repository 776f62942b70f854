//! With several teams, what one of them may say as well as another: an app that takes it for a proof does not start.

use domicile::prelude::*;
use domicile::site::Site;
use domicile_identity::Identity;
use domicile_identity::access::{Application, Settings};

const ACME: &str = "https://acme.cloudflareaccess.com";

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (), allow = staff() | service("robot"))]
struct Import;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (), allow = service_of("https://acme.cloudflareaccess.com", "robot"))]
struct Export;

#[derive(Actor, Default)]
#[actor(handles(Import, Export), routes = routes)]
struct Desk;

impl Handler<Import> for Desk {
    fn handle(&mut self, _: Import, _: &Cx) -> Result<(), Failure> {
        Ok(())
    }
}

impl Handler<Export> for Desk {
    fn handle(&mut self, _: Export, _: &Cx) -> Result<(), Failure> {
        Ok(())
    }
}

fn routes(r: &mut Routes<Desk>) {
    r.get("/robot/", |_, _, _| "robot").allow(signed_in() & (staff() | service("robot")));
    r.get("/own/", |_, _, _| "own").allow(service_of("acme", "robot"));
    r.get("/", |_, _, _| "all").allow(anyone());
}

fn one() -> Settings {
    Settings::new().audience("f00d").team("acme")
}

fn several() -> Settings {
    Settings::new().audience("f00d").allowed_teams(["acme", "beta"])
}

#[track_caller]
fn check(app: App, expect: &[&str]) {
    let mistakes = Site::mistakes(&app);
    assert_eq!(mistakes.len(), expect.len(), "{mistakes:#?}");
    for (mistake, part) in mistakes.iter().zip(expect) {
        assert!(mistake.contains(part), "{mistake}");
    }
}

#[test]
fn a14_a_program_is_of_one_team_where_there_are_several() {
    let app = |settings| {
        App::new().guarded(Identity::access(Ok(settings))).hosts::<Desk>().actor::<Desk>(singleton("desk"))
    };
    let misspelled =
        "`service_of` of GET /own/ of Desk: no token is of the issuer \"acme\": write \"https://acme.";
    check(app(one()), &[misspelled]);
    let route = "`service(\"robot\")` of GET /robot/ of Desk does not say who issued the token";
    let message = "write `service_of(\"https://acme.cloudflareaccess.com\", \"robot\")`";
    check(app(several()), &[route, misspelled, message]);
    // A team of one application alone is one more.
    let admin = Application::new().audience("cafe").team("beta");
    check(app(one().application("/admin", admin)), &[route, misspelled, "the message Import of Desk"]);
    let entry = App::new()
        .guarded(Identity::access(Ok(several())))
        .route(Method::GET, "/", async |_, _| "fine")
        .allow(service("robot"));
    check(entry, &["of GET / does"]);
}

#[test]
fn a6_accounts_are_linked_to_one_team_where_there_are_several() {
    let app = |identity: Identity| App::new().guarded(identity);
    check(app(Identity::access(Ok(one())).link_local_accounts()), &[]);
    let linking = |settings| Identity::access(Ok(settings)).link_local_accounts();
    check(
        app(linking(several())),
        &["write `link_local_accounts_of(\"https://acme.cloudflareaccess.com\")`"],
    );
    check(app(Identity::access(Ok(several())).link_local_accounts_of(ACME)), &[]);
    for wrong in ["acme", "https://acme.cloudflareaccess.com/", "https://evil.example", ""] {
        let identity = Identity::access(Ok(several())).link_local_accounts_of(wrong);
        check(app(identity), &["no token is of the issuer"]);
    }
}
