//! The app that knows its users, in the place of the others where `IDENTITY` says how: who comes in, and what they may do.
//!
//! It shows what an outside test can see of the doors; how an app uses them well, the example `tenants` shows.

mod absent;
mod cache;
mod entry;
mod late;
mod manage;
mod member;
mod message;

use std::time::Duration;

use domicile::D1Binding;
use domicile::prelude::*;
use domicile::principal::Claims;
use domicile_identity::Identity;
use domicile_identity::access::{
    ALLOWED_TEAMS, ANY_AUDIENCE, AUD, Application, CACHE_TIMEOUT, CERTS_URL, EXEMPT_PATHS, Settings,
    TEAM_NAME,
};
use domicile_identity::account::NewUser;
use domicile_identity::login::Limits;
use serde_json::{Value as Plain, json};

/// What says how people come in.
const HOW: &str = "IDENTITY";

/// The D1 database of the accounts, where they are there.
const DATABASE: &str = "MEMBERS_DB";

/// The tables of accounts are those of the tests of accounts.
const MIGRATIONS: &[Migration] = &[
    Migration::sql("0001_accounts", include_str!("../../../domicile-identity/tests/accounts/tables.sql")),
    Migration::sql("0002_note", "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"),
];

/// The team whose programs may come.
const TEAM: &str = "https://acme.cloudflareaccess.com";

/// The service token that a program of the team may have here.
const ROBOT: &str = "robot.access";

/// The audience of the application at `/other`.
const OTHER_AUDIENCE: &str = "0123cafe";

/// What the guard looks at. An app without one does not name these itself.
const VARS: [&str; 11] = [
    HOW,
    "DOMICILE_SECRET",
    "DOMICILE_MANAGEMENT_SECRET",
    "DOMICILE_DEV",
    AUD,
    TEAM_NAME,
    EXEMPT_PATHS,
    CACHE_TIMEOUT,
    ALLOWED_TEAMS,
    ANY_AUDIENCE,
    CERTS_URL,
];

/// The app that knows its users: `access`, `passwords`, `both`, `d1` (both, with the accounts of entry routes in D1),
/// `linking` (`access`, and local accounts are linked), `linking-one` (those of the team's people) or `plain` (`access`, and
/// a service token is let in whoever issued it).
pub(super) fn instead(env: &Env) -> Option<App> {
    let how = env.get(HOW)?;
    let access = || {
        let other = Application::new().audience(OTHER_AUDIENCE);
        let teams = [TEAM_NAME, ALLOWED_TEAMS].into_iter().filter_map(|name| env.get(name));
        // It has the team of the site's, so that there is none where the site has none.
        let settings = match teams.into_iter().any(|teams| !teams.is_empty()) {
            true => Settings::new().application("/other", other),
            false => Settings::new(),
        };
        Identity::access(settings.or_env(env)).on_new_user(welcome)
    };
    let identity = match how {
        "passwords" => Identity::passwords(),
        "passwords at once" => Identity::passwords(),
        "no time" => Identity::passwords().session_lifetime(Duration::ZERO),
        "both" => access().or_passwords(),
        "d1" => access().or_passwords().in_d1(DATABASE),
        "linking" => access().link_local_accounts(),
        "linking-one" => access().link_local_accounts_of(TEAM),
        _ => access(),
    };
    let database = D1Binding::new(DATABASE);
    let database = match how {
        "d1" => database.with_models(domicile_identity::MODELS).with_migrations(MIGRATIONS),
        _ => database,
    };
    let window = if how == "no time" { Duration::ZERO } else { Limits::default().window };
    let answer_after = if how == "passwords at once" { Duration::ZERO } else { REFUSAL };
    let limits = Limits { per_user: 3, window, answer_after, ..Limits::default() };
    let app = App::new().guarded(identity.limits(limits)).d1(database);
    let app = VARS.into_iter().fold(app, App::takes);
    let app = entry::routes(app, env)
        .mount::<member::Member>("/own", tenant::path("").only(is_of))
        .mount::<member::Member>("/mine", tenant::identity(|who| who.user()?.email_domain()))
        .actor::<member::Member>(tenant::path("/t"));
    Some(late::mount(app, env))
}

/// How long a refused login takes: less than by default, since tests refuse many.
const REFUSAL: Duration = Duration::from_millis(300);

/// Adds to the app that knows nobody what a build has to know of this one.
pub(super) fn add(app: App) -> App {
    VARS.into_iter().fold(app, App::takes).d1(DATABASE).hosts::<absent::Member>().hosts::<absent::Late>()
}

/// Whether somebody is of the company `name`, by their e-mail address.
fn is_of(who: &Principal, name: &str) -> bool {
    who.user().and_then(Claims::email_domain).is_some_and(|domain| domain == name)
}

/// Staff by the domain, superusers and editors by the name, and nobody from `refused.example`.
fn welcome(claims: &Claims, user: &mut NewUser) -> Result<()> {
    let domain = claims.email_domain().unwrap_or_default();
    if domain == "refused.example" {
        return Err(Error::forbidden("Nobody comes in from there."));
    }
    user.staff = domain == "staff.example";
    user.superuser = claims.email == "root@staff.example";
    if claims.email.starts_with("editor@") {
        user.groups.push("editors".to_owned());
    }
    if claims.email.starts_with("reader@") {
        user.permissions.push("member.read".to_owned());
    }
    Ok(())
}

/// Who asks, as JSON that a test can look at.
fn told(principal: &Principal, account: Option<&domicile::Account>) -> Plain {
    let who = match principal {
        Principal::Anonymous => json!("anonymous"),
        Principal::User(user) => json!({
            "issuer": user.issuer, "subject": user.subject, "email": user.email, "name": user.name,
        }),
        Principal::Service(service) => json!({ "issuer": service.issuer, "program": service.client_id }),
    };
    let account = account.map(|account| {
        json!({
            "id": account.id, "username": account.username, "email": account.email,
            "first": account.first_name, "last": account.last_name,
            "staff": account.staff, "superuser": account.superuser,
            "groups": account.groups, "permissions": account.permissions,
        })
    });
    json!({ "who": who, "account": account })
}
