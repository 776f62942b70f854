//! [`Late`](second::Late): an actor with accounts whose store is behind once `VERSION` is `second`.

use domicile::prelude::*;

use super::{MIGRATIONS, member::who};

macro_rules! version {
    ($module:ident, $migrations:expr) => {
        mod $module {
            use domicile::prelude::*;

            const MIGRATIONS: &[Migration] = $migrations;

            #[derive(Actor, Default)]
            #[actor(models(..domicile_identity::MODELS), routes = routes, migrations = MIGRATIONS)]
            pub(super) struct Late {}

            fn routes(r: &mut Routes<Late>) {
                r.get("/", |_, _, cx| super::who(cx)).allow(signed_in());
                r.post("/", |_, _, _| StatusCode::CREATED).allow(signed_in());
            }
        }
    };
}

version!(first, &[super::MIGRATIONS[0]]);
version!(second, super::MIGRATIONS);

/// Mounts the version that `VERSION` names, the first without it.
pub(super) fn mount(app: App, env: &Env) -> App {
    let naming = tenant::path("");
    match env.get("VERSION") {
        Some("second") => app.mount::<second::Late>("/late", naming),
        _ => app.mount::<first::Late>("/late", naming),
    }
}
