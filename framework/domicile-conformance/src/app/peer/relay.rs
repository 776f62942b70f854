//! A message that is passed from one actor to the next: chains, and cycles.

use domicile::prelude::*;

use super::Peer;

/// Asks the first of these with the rest, and so on.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Vec<String>, error = Lost)]
pub(crate) struct Relay(pub Vec<String>);

/// The message did not reach the end.
#[derive(Refusal, Serialize, Deserialize, Schema, Debug, Clone, PartialEq, Eq)]
#[refusal(status = 508)]
pub(crate) struct Lost {
    /// The last actor that it reached.
    pub at: String,
    /// Why it went no further.
    pub why: String,
}

impl Deferring<Relay> for Peer {
    fn defer(&mut self, Relay(mut rest): Relay, cx: &Cx) -> Result<Effect<Vec<String>, Lost>, Failure<Lost>> {
        let me = cx.name().to_string();
        let caller = cx.caller().map_or_else(|| "outside".to_owned(), ToString::to_string);
        cx.store().execute("INSERT INTO note (text) VALUES (?)", (format!("asked by {caller}"),))?;
        Ok(cx.effect(async move |outside: Outside| {
            if rest.is_empty() {
                return Ok(vec![me]);
            }
            let next = rest.remove(0);
            match outside.address::<Peer>(&next).ask(Relay(rest)).await {
                Ok(mut reached) => {
                    reached.insert(0, me);
                    Ok(reached)
                }
                Err(CallError::Handler(lost)) => Err(lost.into()),
                Err(error) => Err(Lost { at: me, why: error.to_string() }.into()),
            }
        }))
    }
}

/// Sends the message on a way that the body lists, one name to a line; this actor is the first on it.
pub(super) fn route(_: &mut Peer, request: &Request, cx: &Cx) -> Result<Effect<Response>> {
    let way: Vec<String> = request.text()?.lines().map(str::to_owned).collect();
    let me = cx.name().to_string();
    Ok(cx.effect(async move |outside: Outside| {
        let reached = outside.address::<Peer>(me).ask(Relay(way)).await?;
        Ok(format!("{}\n", reached.join(" ")).response()?)
    }))
}
