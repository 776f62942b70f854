//! Entry routes for everybody that `allow` can name, and those that ask a member in the name of who asks them.

use domicile::prelude::*;
use domicile_identity::csrf_field_at_entry;
use serde_json::Value as Plain;

use super::message::{Closed, Everything, Mine, Note, Open};
use super::{HOW, ROBOT, TEAM, cache, member, told};

/// Adds them.
pub(super) fn routes(app: App, env: &Env) -> App {
    // It has a word for each: that of one team, and that of several.
    let robot = if env.get(HOW) == Some("plain") { service(ROBOT) } else { service_of(TEAM, ROBOT) };
    let who = async |request: Request, _: Outside| who(&request);
    app.route(Method::GET, "/", async |_, _| "entry\n")
        .allow(anyone())
        .route(Method::GET, "/me/", who)
        .allow(signed_in())
        .route(Method::GET, "/open/", who)
        .allow(anyone())
        .route(Method::GET, "/staff/", who)
        .allow(staff())
        .route(Method::GET, "/robot/", who)
        .allow(robot)
        .route(Method::GET, "/nobody/", who)
        .route(Method::GET, "/other/", who)
        .allow(anyone())
        .route(Method::GET, "/otherwise/", who)
        .allow(anyone())
        .route(Method::GET, "/health/", who)
        .allow(anyone())
        .route(Method::GET, "/health/deep/", who)
        .allow(anyone())
        .route(Method::GET, "/health/closed/", who)
        .allow(signed_in())
        .route(Method::GET, "/healthadmin/", who)
        .allow(anyone())
        .route(Method::GET, "/form/", async |request: Request, outside: Outside| {
            let field = csrf_field_at_entry(&request, &outside)?;
            Ok::<_, Error>(Html(format!("<form method=\"post\">{field}<button>Send</button></form>")))
        })
        .allow(anyone())
        .route(Method::POST, "/form/", async |_, _| StatusCode::CREATED)
        .allow(anyone())
        .route(Method::GET, "/cache/{how}", async |request: Request, _| cache::answer(&request))
        .allow(anyone())
        .route(Method::GET, "/ask/{tenant}/{what}", ask)
        .allow(anyone())
}

/// Who asks, as the entry knows them.
fn who(request: &Request) -> Json<Plain> {
    Json(told(request.principal(), request.account()))
}

/// Asks a member in the name of who asks here.
async fn ask(request: Request, outside: Outside) -> Result<String> {
    let member = outside.address::<member::Member>(request.param::<String>("tenant")?);
    let what: String = request.param("what")?;
    Ok(match what.as_str() {
        "closed" => member.ask(Closed).await?,
        "mine" => member.ask(Mine).await?,
        "everything" => member.ask(Everything).await?,
        "open" => member.ask(Open).await?,
        "note" => {
            member.ask(Note).await?;
            "noted\n".to_owned()
        }
        _ => return Err(Error::not_found("message")),
    })
}
