//! [`Tracker`]: the actor that keeps a team's issues, and its routes.

use domicile::prelude::*;

use crate::migrations::MIGRATIONS;
use crate::model::{Comment, Issue, Label, Person, Project, Setting, Tag, Zone};
use crate::page::{self, View};
use crate::{board, example, issue, person, project, report, setting};

/// The issues of a team. In memory is only the time zone, which every page needs.
#[derive(Actor)]
#[actor(
    models(Project, Person, Label, Issue, Comment, Tag, Setting),
    start = Tracker::start,
    routes = routes,
    migrations = MIGRATIONS
)]
pub struct Tracker {
    pub(crate) zone: Zone,
}

impl Tracker {
    fn start(cx: &Cx) -> Result<Self> {
        let zone = Setting::objects().select(Setting::zone).first(cx)?;
        Ok(Self { zone: zone.unwrap_or_default() })
    }

    fn view<'a>(&self, cx: &'a Cx) -> View<'a> {
        View::new(cx, self.zone)
    }
}

fn routes(r: &mut Routes<Tracker>) {
    r.get("/", |t, _, cx| board::board(&t.view(cx)));
    r.get("/issues/", |t, request, cx| board::list(&t.view(cx), request));
    r.get("/issue/new/", |t, request, cx| issue::new(&t.view(cx), request));
    r.post("/issue/new/", |t, request, cx| issue::create(&t.view(cx), request));
    r.get("/issue/{id}/", |t, request, cx| issue::detail(&t.view(cx), request));
    r.get("/issue/{id}/edit/", |t, request, cx| issue::edit(&t.view(cx), request));
    r.post("/issue/{id}/edit/", |t, request, cx| issue::change(&t.view(cx), request));
    r.post("/issue/{id}/state/", |t, request, cx| issue::turn(&t.view(cx), request));
    r.post("/issue/{id}/comment/", |t, request, cx| issue::comment(&t.view(cx), request));
    r.get("/projects/", |t, _, cx| project::list(&t.view(cx)));
    r.post("/projects/", |t, request, cx| project::create(&t.view(cx), request));
    r.get("/project/{id}/delete/", |t, request, cx| project::ask(&t.view(cx), request));
    r.post("/project/{id}/delete/", |t, request, cx| project::delete(&t.view(cx), request));
    r.get("/people/", |t, _, cx| person::list(&t.view(cx)));
    r.post("/people/", |t, request, cx| person::create(&t.view(cx), request));
    r.post("/person/{id}/delete/", |t, request, cx| person::delete(&t.view(cx), request));
    r.get("/report/", |t, _, cx| report::report(&t.view(cx)));
    r.get("/settings/", |t, _, cx| setting::detail(&t.view(cx)));
    r.post("/settings/", setting::change);
    r.post("/labels/", |t, request, cx| setting::create_label(&t.view(cx), request));
    r.post("/example/", |t, _, cx| example::load(&t.view(cx)));
    r.get("/{*rest}", |t, _, cx| page::missing(&t.view(cx)));
}
