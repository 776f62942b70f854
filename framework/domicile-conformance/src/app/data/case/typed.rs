//! Columns of decimals, days, times of day, UUIDs and JSON.

use domicile::model::{Decimal, Json};
use domicile::prelude::{Aggregate, Error, Model, Result, Term, Times};
use domicile::query::{Executor, Statement};
use jiff::civil::{Date, Time, date, time};
use uuid::Uuid;

use super::super::model::{State, Typed};
use super::world::keys;
use super::{refused, same};

fn money(text: &str) -> Result<Decimal<9, 2>> {
    text.parse().map_err(|error: domicile::model::DecimalError| Error::internal(error.to_string()))
}

fn large(text: &str) -> Result<Decimal<24, 4>> {
    text.parse().map_err(|error: domicile::model::DecimalError| Error::internal(error.to_string()))
}

fn row(id: u32) -> Typed {
    Typed {
        id,
        day: date(2026, 11, 3),
        time: time(9, 30, 0, 0),
        uuid: Uuid::from_u128(u128::from(id)),
        money: Decimal::ZERO,
        large: Decimal::ZERO,
        json: Json(serde_json::Value::Null),
        maybe: None,
        state: None,
    }
}

async fn all(on: &dyn Executor, make: impl Fn(u32) -> Result<Typed>, count: u32) -> Result<()> {
    for id in 1..=count {
        make(id)?.insert(on).await?;
    }
    Ok(())
}

pub(super) async fn decimals_come_back_and_sort(on: &dyn Executor) -> Result<()> {
    let all = ["-9999999.99", "-0.01", "0", "0.1", "10", "9", "9999999.99"];
    for (id, text) in (1..).zip(all) {
        Typed { money: money(text)?, maybe: Some(money(text)?), ..row(id) }.insert(on).await?;
    }
    let sorted = Typed::objects().order_by(Typed::money).select(Typed::money).all(on).await?;
    let sorted: Vec<String> = sorted.iter().map(ToString::to_string).collect();
    same(sorted.join(" "), "-9999999.99 -0.01 0.00 0.10 9.00 10.00 9999999.99".to_owned())
}

pub(super) async fn decimals_are_found(on: &dyn Executor) -> Result<()> {
    let make = |id| Ok(Typed { money: money(&format!("{id}.50"))?, ..row(id) });
    all(on, make, 12).await?;
    same(keys(on, Typed::money.eq(money("9.5")?)).await?, vec![9])?;
    same(keys(on, Typed::money.gt(money("10.49")?)).await?, vec![10, 11, 12])?;
    same(keys(on, Typed::money.between(money("2")?, money("4.50")?)).await?, vec![2, 3, 4])?;
    let many = (0..30).map(|n| money(&format!("{n}.50"))).collect::<Result<Vec<_>>>()?;
    same(keys(on, Typed::money.is_in(many)).await?.len(), 12)?;
    same(keys(on, Typed::maybe.is_null()).await?.len(), 12)?;
    same(keys(on, Typed::maybe.or(money("3")?).eq(money("3")?)).await?.len(), 12)
}

pub(super) async fn decimals_have_a_smallest_and_a_largest(on: &dyn Executor) -> Result<()> {
    all(on, |id| Ok(Typed { money: money(&format!("{id}.25"))?, ..row(id) }), 3).await?;
    let ends = Typed::objects().select((Typed::money.min(), Typed::money.max(), Typed::maybe.max()));
    same(ends.get(on).await?, (Some(money("1.25")?), Some(money("3.25")?), None))
}

pub(super) async fn decimals_add_up_exactly(on: &dyn Executor) -> Result<()> {
    all(
        on,
        |id| {
            Ok(Typed {
                money: money("0.10")?,
                maybe: (id > 1).then(|| money("9999999.99")).transpose()?,
                ..row(id)
            })
        },
        3,
    )
    .await?;
    let sums = Typed::objects().select((Typed::money.sum(), Typed::maybe.sum(), Typed::money.avg()));
    let (sum, most, mean) = sums.get(on).await?;
    let text = |sum: Option<Decimal<15, 2>>| sum.map(|sum| sum.to_string());
    same(
        (text(sum), text(most), mean),
        (Some("0.30".to_owned()), Some("19999999.98".to_owned()), Some(0.1)),
    )?;
    let none = Typed::objects().filter(Typed::id.gt(9)).select(Typed::money.sum());
    same(none.get(on).await?, None)
}

pub(super) async fn decimals_are_calculated_with(on: &dyn Executor) -> Result<()> {
    all(on, |id| Ok(Typed { money: money("1.25")?, ..row(id) }), 2).await?;
    let products = Typed::objects().order_by(Typed::id).select(Typed::money.times(Typed::id));
    let products: Vec<String> = products.all(on).await?.iter().map(ToString::to_string).collect();
    same(products, vec!["1.25".to_owned(), "2.50".to_owned()])?;
    let whole = Typed::objects().select(Typed::money.times(Typed::id).sum()).get(on).await?;
    same(whole.map(|sum| sum.to_string()), Some("3.75".to_owned()))?;
    let update = Typed::by_key(1_u32).update().set(Typed::money, Typed::money + money("0.05")?);
    same(update.run(on).await?, 1)?;
    same(Typed::by_key(1_u32).get(on).await?.money, money("1.30")?)
}

pub(super) async fn large_decimals_sort_as_numbers(on: &dyn Executor) -> Result<()> {
    let all =
        ["99999999999999999999.9999", "-99999999999999999999.9999", "-2", "-10", "0", "0.0001", "10", "9"];
    for (id, text) in (1..).zip(all) {
        Typed { large: large(text)?, ..row(id) }.insert(on).await?;
    }
    let sorted = Typed::objects().order_by(Typed::large).select(Typed::id).all(on).await?;
    same(sorted, vec![2, 4, 3, 5, 6, 8, 7, 1])?;
    same(Typed::by_key(1_u32).get(on).await?.large, large("99999999999999999999.9999")?)?;
    same(keys(on, Typed::large.lt(large("-1")?)).await?, vec![2, 3, 4])?;
    same(keys(on, Typed::large.eq(large("10.0000")?)).await?, vec![7])
}

pub(super) async fn days_are_found_and_sorted(on: &dyn Executor) -> Result<()> {
    let days = [date(2026, 1, 31), date(2026, 2, 1), date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29)];
    all(on, |id| Ok(Typed { day: days.get(id as usize - 1).copied().unwrap_or(Date::MIN), ..row(id) }), 5)
        .await?;
    same(Typed::objects().order_by(Typed::day).select(Typed::id).all(on).await?, vec![3, 5, 1, 2, 4])?;
    same(keys(on, Typed::day.eq(date(2024, 2, 29))).await?, vec![5])?;
    same(keys(on, Typed::day.between(date(2026, 1, 1), date(2026, 1, 31))).await?, vec![1])?;
    same(Typed::objects().select(Typed::day.max()).get(on).await?, Some(date(9999, 12, 31)))
}

pub(super) async fn times_of_day_are_found_and_sorted(on: &dyn Executor) -> Result<()> {
    let times =
        [time(9, 30, 0, 0), time(9, 30, 0, 250_000_000), Time::MAX, Time::midnight(), time(9, 30, 1, 0)];
    all(on, |id| Ok(Typed { time: times.get(id as usize - 1).copied().unwrap_or_default(), ..row(id) }), 5)
        .await?;
    same(Typed::objects().order_by(Typed::time).select(Typed::id).all(on).await?, vec![4, 1, 2, 5, 3])?;
    same(keys(on, Typed::time.gt(time(9, 30, 0, 0))).await?, vec![2, 3, 5])?;
    same(Typed::by_key(3_u32).get(on).await?.time, Time::MAX)
}

pub(super) async fn uuids_are_found(on: &dyn Executor) -> Result<()> {
    all(on, |id| Ok(row(id)), 3).await?;
    same(keys(on, Typed::uuid.eq(Uuid::from_u128(2))).await?, vec![2])?;
    same(keys(on, Typed::uuid.is_in((2..40).map(Uuid::from_u128))).await?, vec![2, 3])?;
    same(Typed::by_key(3_u32).select(Typed::uuid).get(on).await?, Uuid::from_u128(3))?;
    let plan = Typed::objects().filter(Typed::uuid.eq(Uuid::from_u128(2))).explain(on).await?;
    same(plan.full_scans(), vec![])
}

pub(super) async fn json_comes_back_whole(on: &dyn Executor) -> Result<()> {
    let json = serde_json::json!({"a": [1, 2.5, null, true], "ü\"'\u{0}": {"deep": "🙂"}, "n": 9_007_199_254_740_993_u64});
    Typed { json: Json(json.clone()), ..row(1) }.insert(on).await?;
    same(Typed::by_key(1_u32).get(on).await?.json, Json(json.clone()))?;
    same(keys(on, Typed::json.eq(Json(json))).await?, vec![1])?;
    let emptied = Typed::by_key(1_u32).update().set(Typed::json, Json(serde_json::json!([])));
    same(emptied.run(on).await?, 1)?;
    same(Typed::by_key(1_u32).select(Typed::json).get(on).await?.0, serde_json::json!([]))
}

pub(super) async fn typed_columns_are_updated_and_paged(on: &dyn Executor) -> Result<()> {
    all(on, |id| Ok(Typed { large: large(&format!("{}", 5 - i64::from(id)))?, ..row(id) }), 4).await?;
    let first = Typed::objects().order_by(Typed::large).select(Typed::id).page_after(None, 3, on).await?;
    same(first.items, vec![4, 3, 2])?;
    let rest = Typed::objects()
        .order_by(Typed::large)
        .select(Typed::id)
        .page_after(first.next.as_ref(), 3, on)
        .await?;
    same(rest.items, vec![1])?;
    let update = Typed::objects().filter(Typed::id.gt(2)).update().set(Typed::money, money("7.77")?);
    same(update.set(Typed::day, date(2000, 1, 1)).set(Typed::maybe, Some(money("1")?)).run(on).await?, 2)?;
    let row = Typed::by_key(3_u32).get(on).await?;
    same((row.money, row.day, row.maybe), (money("7.77")?, date(2000, 1, 1), Some(money("1")?)))
}

pub(super) async fn choices_are_found(on: &dyn Executor) -> Result<()> {
    let states = [Some(State::Draft), Some(State::Published), None, Some(State::InReview)];
    all(on, |id| Ok(Typed { state: states.get(id as usize - 1).copied().flatten(), ..row(id) }), 4).await?;
    same(keys(on, Typed::state.eq(State::Published)).await?, vec![2])?;
    same(keys(on, Typed::state.ne(State::Published)).await?, vec![1, 3, 4])?;
    same(keys(on, Typed::state.is_in([State::Draft, State::InReview])).await?, vec![1, 4])?;
    same(keys(on, Typed::state.is_null()).await?, vec![3])?;
    let update = Typed::objects().filter(Typed::state.eq(State::Draft)).update();
    same(update.set(Typed::state, State::InReview).run(on).await?, 1)?;
    let read = Typed::objects().order_by(Typed::id).select(Typed::state).all(on).await?;
    same(read, vec![Some(State::InReview), Some(State::Published), None, Some(State::InReview)])
}

pub(super) async fn a_stored_value_of_another_type_is_a_decode_error(on: &dyn Executor) -> Result<()> {
    all(on, |id| Ok(row(id)), 1).await?;
    for (set, says) in
        [("state = 'gone'", "none of the choices"), ("day = '2026-02-30'", "day"), ("json = '{'", "json")]
    {
        let sql = format!("UPDATE typed SET {set}");
        on.rows(Statement::new(sql, vec![])).await?;
        refused(Typed::objects().get(on).await, domicile::Kind::Decode, says)?;
        same(Typed::objects().select(Typed::id).get(on).await?, 1)?;
        Typed::objects().delete(on).await?;
        row(1).insert(on).await?;
    }
    Ok(())
}

pub(super) async fn an_update_stays_within_a_decimals_digits(on: &dyn Executor) -> Result<()> {
    all(on, |id| Ok(Typed { money: money("9999999.98")?, ..row(id) }), 2).await?;
    let more = |money| Typed::objects().update().set(Typed::money, Typed::money + money);
    same(more(money("0.01")?).run(on).await?, 2)?;
    refused(
        more(money("0.01")?).run(on).await,
        domicile::Kind::Invalid,
        "money: The result has more than 9 digits.",
    )?;
    let money: Vec<String> =
        Typed::objects().select(Typed::money).all(on).await?.iter().map(ToString::to_string).collect();
    same(money, vec!["9999999.99".to_owned(); 2])
}
