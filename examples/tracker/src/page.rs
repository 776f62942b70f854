//! What all pages share: the team's address and clock, 404, and how a template becomes a reply.

use askama::Template;
use domicile::http::header::CONTENT_SECURITY_POLICY;
use domicile::prelude::*;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::model::Zone;

/// Nothing is loaded and no script runs, so that text which were not escaped could do little.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// What every page knows: whose it is, and what the team's clock shows.
pub(crate) struct View<'a> {
    pub(crate) cx: &'a Cx,
    pub(crate) zone: Zone,
    pub(crate) clock: TimeZone,
}

impl<'a> View<'a> {
    pub(crate) fn new(cx: &'a Cx, zone: Zone) -> Self {
        Self { cx, zone, clock: zone.clock() }
    }

    /// The address of a page of this team.
    pub(crate) fn path(&self, path: &str) -> String {
        self.cx.path(path)
    }

    /// The team's name, as its address has it.
    pub(crate) fn team(&self) -> String {
        self.cx.name().to_string()
    }

    /// The day on the team's clock.
    pub(crate) fn date(&self, moment: &Timestamp) -> Date {
        let moment = jiff::Timestamp::try_from(*moment).unwrap_or_default();
        moment.to_zoned(self.clock.clone()).date()
    }

    pub(crate) fn today(&self) -> Date {
        self.date(&self.cx.now())
    }

    /// A moment as people write it, `3 Nov 2026, 09:30`.
    pub(crate) fn moment(&self, moment: &Timestamp) -> String {
        let moment = jiff::Timestamp::try_from(*moment).unwrap_or_default();
        moment.to_zoned(self.clock.clone()).strftime("%-d %b %Y, %H:%M").to_string()
    }

    pub(crate) fn go(&self, path: &str) -> Result<Response> {
        Redirect::to(self.path(path)).response()
    }
}

/// A day as people write it, `3 Nov`, with the year where it is another one.
pub(crate) fn day(day: &Date, today: &Date) -> String {
    day.strftime(if day.year() == today.year() { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing<'a> {
    view: &'a View<'a>,
}

/// 404 in the tracker's own style.
pub(crate) fn missing(view: &View) -> Result<Response> {
    show(StatusCode::NOT_FOUND, &Missing { view })
}

pub(crate) fn show(status: StatusCode, page: &impl Template) -> Result<Response> {
    let html = page.render().map_err(|error| Error::internal("a page was not rendered").caused_by(error))?;
    (status, Html(html)).with_header(CONTENT_SECURITY_POLICY, POLICY)
}

/// The letter that stands for somebody.
pub(crate) fn initial(name: &str) -> String {
    name.chars().next().into_iter().flat_map(char::to_uppercase).collect()
}

/// How much of `most` it is.
pub(crate) fn percent(part: &u64, most: &u64) -> u64 {
    (part * 100).checked_div(*most).unwrap_or_default()
}
