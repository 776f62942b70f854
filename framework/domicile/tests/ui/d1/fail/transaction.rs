//! D1 is asked for a transaction, as a store has one.

use domicile::prelude::*;

async fn transfer(db: &D1) -> Result<()> {
    db.transaction(async |tx| {
        tx.execute("UPDATE account SET n = n - 5 WHERE id = 'a'", ()).await?;
        tx.execute("UPDATE account SET n = n + 5 WHERE id = 'b'", ()).await?;
        Ok(())
    })
    .await
}

fn main() {}
