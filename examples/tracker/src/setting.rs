//! The settings: the labels, and the time zone in which the team's days begin.

use askama::Template;
use domicile::prelude::*;

use crate::actor::Tracker;
use crate::form::{Field, Form, Input};
use crate::model::{Label, Setting};
use crate::page::{View, show};

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings<'a> {
    view: &'a View<'a>,
    labels: Vec<Label>,
    form: &'a Form,
    fields: Vec<Field>,
    zone: Vec<Field>,
}

fn show_with(view: &View, form: &Form) -> Result<Response> {
    let labels = Label::objects().all(view.cx)?;
    let fields = vec![form.field(Label::name), form.field(Label::colour)];
    let zone = vec![form.field(Setting::zone).or(view.zone.value())];
    show(form.status(), &Settings { view, labels, form, fields, zone })
}

pub(crate) fn detail(view: &View) -> Result<Response> {
    show_with(view, &Form::default())
}

/// Moves the team to another time zone.
pub(crate) fn change(tracker: &mut Tracker, request: &Request, cx: &Cx) -> Result<Response> {
    let mut form = Form::of(request)?;
    let Some(zone) = form.read(Setting::zone) else { return show_with(&View::new(cx, tracker.zone), &form) };
    Setting::create().set(Setting::id, 1).set(Setting::zone, zone).upsert(Setting::id, cx)?;
    tracker.zone = zone;
    View::new(cx, zone).go("/settings/")
}

pub(crate) fn create_label(view: &View, request: &Request) -> Result<Response> {
    let mut form = Form::of(request)?;
    let (name, colour) = (form.read(Label::name), form.read(Label::colour));
    let (Some(name), Some(colour)) = (name, colour) else { return show_with(view, &form) };
    let new = Label::create().set(Label::name, name).set(Label::colour, colour);
    match form.stored(new.run(view.cx))? {
        Some(_) => view.go("/settings/"),
        None => show_with(view, &form),
    }
}
