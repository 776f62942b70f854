//! [`Timed`](first::Timed), an actor with alarms in several versions: `VERSION` chooses one, as for `/versioned/`.

use domicile::prelude::*;

use super::{Alarm, PLAN, event, plan, ring, state};

macro_rules! version {
    ($(#[$doc:meta])* $module:ident, [$($handled:ident)?], $migrations:expr) => {
        $(#[$doc])*
        mod $module {
            use domicile::prelude::*;

            const MIGRATIONS: &[Migration] = $migrations;

            #[derive(Actor, Default)]
            #[actor(handles($($handled)?), routes = routes, migrations = MIGRATIONS)]
            pub(super) struct Timed {
                pub(super) events: i64,
            }

            fn routes(r: &mut Routes<Timed>) {
                r.get("/", |timed, _, cx| super::state(timed.events, cx));
                r.post("/plan", |timed, request, cx| super::plan(&mut timed.events, request, cx));
                r.post("/do", |timed, request, cx| super::event(&mut timed.events, request, cx));
            }
        }

        $(impl Handler<$handled> for $module::Timed {
            fn handle(&mut self, alarm: Alarm, cx: &Cx) -> Result<(), Failure> {
                Ok(ring(&mut self.events, alarm, cx)?)
            }
        })?
    };
}

version!(first, [Alarm], &[super::PLAN]);
version!(
    /// Its migration makes another plan, so that it shows whether the alarm came before or after it.
    second,
    [Alarm],
    &[super::PLAN, Migration::sql("0002_plan", "UPDATE plan SET steps = 'get; events';")]
);
version!(
    /// Its migration fails.
    broken,
    [Alarm],
    &[super::PLAN, Migration::sql("0002_plan", "UPDATE nothing SET steps = 'get; events';")]
);
version!(
    /// It does not handle alarms any more.
    deaf,
    [],
    &[super::PLAN]
);

/// Mounts the version that `VERSION` names; `edited` is the one that handles no alarm.
pub(in crate::app) fn mount(app: App, env: &Env) -> App {
    let naming = tenant::path("");
    match env.get("VERSION") {
        Some("second") => app.mount::<second::Timed>("/timed", naming),
        Some("broken") => app.mount::<broken::Timed>("/timed", naming),
        Some("edited") => app.mount::<deaf::Timed>("/timed", naming),
        _ => app.mount::<first::Timed>("/timed", naming),
    }
}
