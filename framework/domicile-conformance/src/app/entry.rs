//! Entry routes: async, stateless, and before any actor.

use domicile::Kind;
use domicile::prelude::*;

use super::caller;
use super::cases;
use super::d1;
use super::data;
use super::ledger::{Balance, Deposit, Explode, Ledger, Overdrawn, Withdraw};
use super::peer::{Lost, Peer, Relay};

/// Adds the entry's routes.
pub(super) fn routes(app: App) -> App {
    app.route(Method::GET, "/entry/", async |_, _| "entry\n")
        .route(Method::GET, "/entry/hello/{name}", async |request: Request, outside: Outside| {
            outside.sleep(std::time::Duration::from_millis(1)).await;
            Ok::<_, Error>(format!("hello {}\n", request.param::<String>("name")?))
        })
        .route(Method::POST, "/entry/echo", async |request: Request, _| request.body().clone())
        .route(Method::PUT, "/entry/echo", async |request: Request, _| Json(request.body().len()))
        .route(Method::GET, "/entry/env", async |_, outside: Outside| {
            Json((
                outside.env().get("GREETING").map(str::to_owned),
                outside.env().get("NOT_SET").map(str::to_owned),
            ))
        })
        .route(Method::GET, "/entry/cookies", async |_, _| {
            "cookies\n".with_cookie(Cookie::new("a", "1"))?.with_cookie(Cookie::new("b", "2"))
        })
        .route(Method::GET, "/entry/error", async |_, _| Err::<(), _>(Error::forbidden("not here")))
        .route(Method::GET, "/entry/internal", async |_, _| {
            Err::<(), _>(Error::internal("the secret of the entry"))
        })
        .route(Method::GET, "/entry/panic", async |_, _| -> String { panic!("the secret of the entry") })
        .route(Method::GET, "/entry/panic-later", async |_, outside: Outside| -> String {
            outside.sleep(std::time::Duration::from_millis(5)).await;
            panic!("the secret of the entry")
        })
        .route(Method::GET, "/entry/slow/{ms}", async |request: Request, outside: Outside| {
            outside.sleep(std::time::Duration::from_millis(request.param("ms")?)).await;
            Ok::<_, Error>("slow\n")
        })
        .route(Method::GET, "/entry/caller/{ledger}", caller::who)
        .route(Method::POST, "/ask/{ledger}/deposit/{amount}", deposit)
        .route(Method::POST, "/ask/{ledger}/withdraw/{amount}", withdraw)
        .route(Method::POST, "/ask/{ledger}/transfer/{to}/{amount}", caller::transfer)
        .route(Method::POST, "/ask/{ledger}/explode", explode)
        .route(Method::GET, "/ask/{ledger}/balance", balance)
        .route(Method::POST, "/relay", relay)
        .route(Method::POST, "/play", cases::play)
        .route(Method::POST, "/d1/play", d1::play)
        .route(Method::POST, "/data-d1/{case}", data::on_d1)
}

fn ledger(request: &Request, outside: &Outside) -> Result<Address<Ledger>> {
    Ok(outside.address(request.param::<String>("ledger")?))
}

async fn deposit(request: Request, outside: Outside) -> Result<String> {
    let note = request.query_value("note");
    let asked = ledger(&request, &outside)?.ask(Deposit { amount: request.param("amount")?, note }).await;
    Ok(format!("{asked:?}\n"))
}

/// The error in its own type where it is the message's, and as a status where it is not.
async fn withdraw(request: Request, outside: Outside) -> Result<(StatusCode, String)> {
    match ledger(&request, &outside)?.ask(Withdraw { amount: request.param("amount")? }).await {
        Ok(left) => Ok((StatusCode::OK, format!("{left} left\n"))),
        Err(CallError::Handler(Overdrawn { balance, asked })) if asked < 1000 => {
            Ok((StatusCode::OK, format!("{asked} of {balance}: not enough\n")))
        }
        Err(error) => {
            let safe = error.is_safe_to_retry();
            Err(Error::from(error).context(format!("safe to retry: {safe}")))
        }
    }
}

async fn explode(request: Request, outside: Outside) -> Result<String> {
    let error = ledger(&request, &outside)?
        .ask(Explode)
        .await
        .err()
        .ok_or_else(|| Error::internal("it did not explode"))?;
    Ok(format!("{error:?}: {error}, safe to retry: {}\n", error.is_safe_to_retry()))
}

async fn balance(request: Request, outside: Outside) -> Result<String> {
    Ok(format!("{:?}\n", ledger(&request, &outside)?.ask(Balance).await))
}

/// Sends a relay on the way that the body lists.
async fn relay(request: Request, outside: Outside) -> Result<(StatusCode, String)> {
    let mut way: Vec<String> = request.text()?.lines().map(str::to_owned).collect();
    if way.is_empty() {
        return Err(Error::new(Kind::Invalid, "an empty way"));
    }
    let first = way.remove(0);
    match outside.address::<Peer>(first).ask(Relay(way)).await {
        Ok(reached) => Ok((StatusCode::OK, format!("{}: {}\n", reached.len(), reached.join(" ")))),
        Err(CallError::Handler(Lost { at, why })) => {
            Ok((StatusCode::LOOP_DETECTED, format!("lost at {at}: {why}\n")))
        }
        Err(error) => Err(error.into()),
    }
}
