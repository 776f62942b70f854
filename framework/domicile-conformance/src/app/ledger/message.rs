//! The messages of a ledger, and the routes that send them.

use domicile::prelude::*;

use super::Ledger;

/// Puts money in.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
pub(crate) struct Deposit {
    /// How much.
    pub amount: i64,
    /// Its note, which is unique.
    pub note: Option<String>,
}

/// Takes money out.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64, error = Overdrawn)]
pub(crate) struct Withdraw {
    /// How much.
    pub amount: i64,
}

/// There is not enough money.
#[derive(Refusal, Serialize, Deserialize, Schema, Debug, PartialEq, Eq)]
#[refusal(status = 402)]
pub(crate) struct Overdrawn {
    /// What there is.
    pub balance: i64,
    /// What there is too little of.
    pub asked: i64,
}

/// What there is.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64)]
pub(crate) struct Balance;

/// Writes and panics.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
pub(crate) struct Explode;

/// The actor that asks this.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Option<String>)]
pub(crate) struct WhoAsks;

/// Takes money out and deposits it in another ledger after the commit.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (i64, i64), error = Overdrawn)]
pub(crate) struct Transfer {
    /// The other ledger.
    pub to: String,
    /// How much.
    pub amount: i64,
}

impl Handler<Deposit> for Ledger {
    fn handle(&mut self, deposit: Deposit, cx: &Cx) -> Result<i64, Failure> {
        Ok(self.enter(deposit.amount, deposit.note.as_deref(), cx)?)
    }
}

impl Handler<Withdraw> for Ledger {
    fn handle(&mut self, withdraw: Withdraw, cx: &Cx) -> Result<i64, Failure<Overdrawn>> {
        // It is written first, so that the refusal has something to undo.
        let asked = withdraw.amount;
        let balance = self.balance(cx)?;
        self.entries += 1;
        cx.store().execute(
            "INSERT INTO entry (amount, note) VALUES (?, ?)",
            (-asked, (asked == 5).then_some("out")),
        )?;
        cx.alarm().set(cx.now().after(std::time::Duration::from_hours(1)))?;
        if asked > balance {
            return Err(Overdrawn { balance, asked }.into());
        }
        cx.alarm().clear()?;
        cx.store().execute("UPDATE balance SET amount = amount - ?", (asked,))?;
        Ok(balance - asked)
    }
}

impl Handler<Explode> for Ledger {
    fn handle(&mut self, _: Explode, cx: &Cx) -> Result<(), Failure> {
        self.enter(1000, Some("exploded"), cx)?;
        panic!("the secret of the ledger")
    }
}

impl Handler<Alarm> for Ledger {
    /// The alarm's second try succeeds where the first was told to fail.
    fn handle(&mut self, alarm: Alarm, cx: &Cx) -> Result<(), Failure> {
        let set = if cx.alarm().get().is_some() { "set" } else { "none" };
        self.enter(1, Some(&format!("alarm, try {}, {set} meanwhile", alarm.retry)), cx)?;
        let fail: bool =
            cx.store().query_one("SELECT EXISTS (SELECT 1 FROM entry WHERE note = 'fail the alarm')", ())?;
        if fail && alarm.retry == 0 {
            return Err(Error::internal("the alarm fails on purpose").into());
        }
        Ok(())
    }
}

impl Reader<Balance> for Ledger {
    fn read(&self, _: Balance, cx: &Cx) -> Result<i64, Failure> {
        Ok(self.balance(cx)?)
    }
}

impl Reader<WhoAsks> for Ledger {
    fn read(&self, _: WhoAsks, cx: &Cx) -> Result<Option<String>, Failure> {
        Ok(cx.caller().map(ToString::to_string))
    }
}

impl Deferring<Transfer> for Ledger {
    fn defer(
        &mut self,
        transfer: Transfer,
        cx: &Cx,
    ) -> Result<Effect<(i64, i64), Overdrawn>, Failure<Overdrawn>> {
        let left = self.handle(Withdraw { amount: transfer.amount }, cx)?;
        let note = Some(format!("from {}", cx.name()));
        Ok(cx.effect(async move |outside: Outside| {
            let other = outside.address::<Ledger>(&transfer.to);
            Ok((left, other.ask(Deposit { amount: transfer.amount, note }).await?))
        }))
    }
}

impl Ledger {
    fn balance(&self, cx: &Cx) -> Result<i64> {
        cx.store().query_one("SELECT amount FROM balance", ())
    }
}

/// A message handled by a route of the actor's own, and an effect of a route that asks.
pub(super) fn routes(r: &mut Routes<Ledger>) {
    r.post("/withdraw/{amount}", |ledger, request, cx| {
        let left = ledger.handle(Withdraw { amount: request.param("amount")? }, cx)?;
        Ok::<_, Failure<Overdrawn>>(format!("{left} left\n"))
    });
    r.get("/ask/{other}", |_, request, cx| {
        let other: String = request.param("other")?;
        Ok::<_, Error>(cx.effect(async move |outside: Outside| {
            let who = outside.address::<Ledger>(&other).ask(WhoAsks).await?;
            Ok(format!("{who:?}\n").response()?)
        }))
    });
}
