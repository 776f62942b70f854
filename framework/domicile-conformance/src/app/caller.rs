//! Entry routes that ask a ledger as nobody in particular: who it sees, and what it passes on.

use domicile::prelude::*;

use super::ledger::{Ledger, Transfer, WhoAsks};

/// Who a ledger sees when the entry asks it.
pub(super) async fn who(request: Request, outside: Outside) -> Result<String> {
    let ledger = outside.address::<Ledger>(request.param::<String>("ledger")?);
    Ok(format!("{:?}\n", ledger.ask(WhoAsks).await?))
}

/// A transfer: the effect of one ledger asks another.
pub(super) async fn transfer(request: Request, outside: Outside) -> Result<String> {
    let ledger = outside.address::<Ledger>(request.param::<String>("ledger")?);
    let asked = ledger.ask(Transfer { to: request.param("to")?, amount: request.param("amount")? }).await;
    Ok(format!("{asked:?}\n"))
}
