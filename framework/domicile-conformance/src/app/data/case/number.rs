//! Columns of numbers, bytes and moments at their bounds: stored, read back, found, ordered and added up.

use domicile::Kind;
use domicile::prelude::*;
use domicile::query::{Executor, create_all};

use super::super::model::{Everything, Exact, Instant, Number, Snow};
use super::world::keys;
use super::{refused, same};

const SAFE: i64 = (1 << 53) - 1;
const BOUNDS: [i64; 7] = [i64::MIN, i64::MIN + 1, -1, 0, 1 << 53, i64::MAX - 1, i64::MAX];

fn smallest() -> Number {
    let (i8, i16, i32, i64) = (i8::MIN, i16::MIN, i32::MIN, -SAFE);
    Number { id: 1, i8, i16, i32, i64, u8: 0, u16: 0, u32: 0, u64: 0 }
}

fn largest() -> Number {
    let (i8, i16, i32, i64) = (i8::MAX, i16::MAX, i32::MAX, SAFE);
    let (u8, u16, u32, u64) = (u8::MAX, u16::MAX, u32::MAX, SAFE.unsigned_abs());
    Number { id: 2, i8, i16, i32, i64, u8, u16, u32, u64 }
}

async fn exacts(on: &dyn Executor, numbers: &[i64]) -> Result<()> {
    let rows = numbers.iter().map(|n| Exact::create().set(Exact::n, Exact64::new(*n))).collect();
    create_all(rows, on).await?;
    Ok(())
}

pub(super) async fn integers_of_each_width_come_back(on: &dyn Executor) -> Result<()> {
    smallest().insert(on).await?;
    largest().insert(on).await?;
    same(Number::objects().order_by(Number::id).all(on).await?, vec![smallest(), largest()])
}

pub(super) async fn integers_of_each_width_are_found_at_their_bounds(on: &dyn Executor) -> Result<()> {
    smallest().insert(on).await?;
    largest().insert(on).await?;
    same(keys(on, Number::i8.eq(i8::MIN) & Number::i16.eq(i16::MIN)).await?, vec![1])?;
    same(keys(on, Number::i32.le(i32::MIN) & Number::i64.le(-SAFE)).await?, vec![1])?;
    same(keys(on, Number::u8.ge(u8::MAX) & Number::u16.eq(u16::MAX)).await?, vec![2])?;
    same(keys(on, Number::u32.eq(u32::MAX) & Number::u64.eq(SAFE.unsigned_abs())).await?, vec![2])?;
    same(keys(on, Number::i64.between(-SAFE, SAFE)).await?, vec![1, 2])?;
    same(keys(on, Number::i64.is_in((0..30).map(|n| SAFE - n))).await?, vec![2])
}

pub(super) async fn integers_beyond_2_53_are_refused_where_they_are_set(on: &dyn Executor) -> Result<()> {
    for beyond in [SAFE + 1, -SAFE - 1, i64::MAX, i64::MIN] {
        refused(Number { i64: beyond, ..largest() }.insert(on).await, Kind::Invalid, "")?;
    }
    refused(Number { u64: u64::MAX, ..largest() }.insert(on).await, Kind::Invalid, "")?;
    same(Number::objects().count(on).await?, 0)
}

pub(super) async fn exact64_comes_back_digit_by_digit(on: &dyn Executor) -> Result<()> {
    exacts(on, &BOUNDS).await?;
    let all = Exact::objects().order_by(Exact::id).select(Exact::n).all(on).await?;
    same(all, BOUNDS.map(Exact64::new).to_vec())
}

pub(super) async fn exact64_is_found_to_the_last_digit(on: &dyn Executor) -> Result<()> {
    exacts(on, &BOUNDS).await?;
    for (id, n) in (1_u32..).zip(BOUNDS) {
        same(keys(on, Exact::n.eq(Exact64::new(n))).await?, vec![id])?;
        same(keys(on, Exact::n.is_in([Exact64::new(n)])).await?, vec![id])?;
        let many = (0..30).map(|n| Exact64::new(1_000 + n)).chain([Exact64::new(n)]);
        same(keys(on, Exact::n.is_in(many)).await?, vec![id])?;
    }
    same(keys(on, Exact::n.eq(Exact64::new((1 << 53) + 1))).await?, vec![])
}

pub(super) async fn exact64_is_compared_as_a_number(on: &dyn Executor) -> Result<()> {
    exacts(on, &BOUNDS).await?;
    same(keys(on, Exact::n.gt(Exact64::new(i64::MAX - 1))).await?, vec![7])?;
    same(keys(on, Exact::n.lt(Exact64::new(i64::MIN + 1))).await?, vec![1])?;
    same(keys(on, Exact::n.lt(Exact64::new(9))).await?, vec![1, 2, 3, 4])?;
    same(keys(on, Exact::n.between(Exact64::new(-5), Exact64::new(1 << 53))).await?, vec![3, 4, 5])?;
    same(keys(on, Exact::n.ne(Exact64::new(i64::MAX))).await?, vec![1, 2, 3, 4, 5, 6])
}

pub(super) async fn exact64_sorts_as_a_number(on: &dyn Executor) -> Result<()> {
    let mixed = [9, -10, i64::MAX, 100, i64::MIN, -9];
    exacts(on, &mixed).await?;
    let sorted = Exact::objects().order_by(Exact::n).select(Exact::n).all(on).await?;
    same(sorted, [i64::MIN, -10, -9, 9, 100, i64::MAX].map(Exact64::new).to_vec())?;
    let last = Exact::objects().order_by(-Exact::n).select(Exact::n).first(on).await?;
    same(last, Some(Exact64::new(i64::MAX)))
}

pub(super) async fn exact64_has_a_smallest_and_a_largest(on: &dyn Executor) -> Result<()> {
    let ends = || Exact::objects().select((Exact::n.min(), Exact::n.max()));
    same(ends().get(on).await?, (None, None))?;
    exacts(on, &BOUNDS).await?;
    same(ends().get(on).await?, (Some(Exact64::new(i64::MIN)), Some(Exact64::new(i64::MAX))))
}

pub(super) async fn exact64_adds_up_exactly(on: &dyn Executor) -> Result<()> {
    exacts(on, &[i64::MAX - 3, 1, 1]).await?;
    let sum = || Exact::objects().select(Exact::n.sum());
    same(sum().get(on).await?, Some(Exact64::new(i64::MAX - 1)))?;
    exacts(on, &[2]).await?;
    refused(sum().get(on).await, Kind::Sql(domicile::SqlKind::Other), "overflow")
}

pub(super) async fn expressions_of_exact64_are_numbers(on: &dyn Executor) -> Result<()> {
    for (id, exact) in [(1, Some(5)), (2, None), (3, Some(i64::MAX))] {
        let exact = exact.map(Exact64::new);
        Everything::create().set(Everything::id, id).set(Everything::exact, exact).run(on).await?;
    }
    let or = || Everything::exact.or(Exact64::new(10));
    same(keys(on, or().gt(Exact64::new(9))).await?, vec![2, 3])?;
    same(keys(on, or().eq(Exact64::new(10))).await?, vec![2])?;
    same(keys(on, or().is_in([Exact64::new(5), Exact64::new(10)])).await?, vec![1, 2])?;
    same(keys(on, or().is_in((0..30).map(Exact64::new))).await?, vec![1, 2])?;
    let sorted = Everything::objects().order_by(or()).select(or()).all(on).await?;
    same(sorted, [5, 10, i64::MAX].map(Exact64::new).to_vec())?;
    let large = Everything::objects().group_by(Everything::id).order_by(Everything::id);
    let large = large.having(Everything::exact.max().gt(Exact64::new(9))).select(Everything::id);
    same(large.all(on).await?, vec![3])
}

pub(super) async fn exact64_calculates_exactly(on: &dyn Executor) -> Result<()> {
    exacts(on, &[i64::MAX - 1, (1 << 53) + 1]).await?;
    let more = Exact::objects().order_by(Exact::id).select(Exact::n + Exact64::new(1)).all(on).await?;
    same(more, vec![Exact64::new(i64::MAX), Exact64::new((1 << 53) + 2)])?;
    same(Exact::objects().update().set(Exact::n, Exact::n - Exact64::new(1)).run(on).await?, 2)?;
    let less = Exact::objects().order_by(Exact::id).select(Exact::n).all(on).await?;
    same(less, vec![Exact64::new(i64::MAX - 2), Exact64::new(1 << 53)])
}

pub(super) async fn keys_of_exact64_point_to_each_other(on: &dyn Executor) -> Result<()> {
    let top = Snow { id: Exact64::new(i64::MAX), name: "top".to_owned(), parent: None };
    let parent = Some(ForeignKey::from(&top));
    let inner = Snow { id: Exact64::new(i64::MAX - 1), name: "inner".to_owned(), parent };
    top.insert(on).await?;
    inner.insert(on).await?;
    same(Snow::by_key(i64::MAX - 1).get(on).await?, inner.clone())?;
    same(Snow::parent.of(&top).all(on).await?, vec![inner.clone()])?;
    let names = Snow::objects().filter(Snow::parent.to(Snow::name).eq("top")).select(Snow::name);
    same(names.all(on).await?, vec!["inner".to_owned()])?;
    let parents = Snow::objects().filter(Snow::parent.any(Snow::name.eq("inner")));
    same(parents.all(on).await?, vec![top.clone()])?;
    let inside = Snow::objects()
        .filter(Snow::id.is_in_query(Snow::objects().filter(Snow::name.eq("top")).select(Snow::id)));
    same(inside.all(on).await?, vec![top.clone()])?;
    let renamed = Snow { name: "other".to_owned(), ..inner };
    renamed.save(on).await?;
    same(Snow::by_key(i64::MAX - 1).get(on).await?, renamed)?;
    same(top.delete(on).await?.total(), 2)
}

async fn floats(on: &dyn Executor, floats: &[f64]) -> Result<()> {
    let rows = (1_i64..).zip(floats);
    let rows = rows.map(|(id, f)| Everything::create().set(Everything::id, id).set(Everything::float, *f));
    create_all(rows.collect(), on).await?;
    Ok(())
}

pub(super) async fn floats_come_back_to_the_last_bit(on: &dyn Executor) -> Result<()> {
    let all =
        [0.1, 1.0 / 3.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e15 + 0.3, 2_f64.powi(63), 1e300];
    floats(on, &all).await?;
    let read = Everything::objects().order_by(Everything::id).select(Everything::float).all(on).await?;
    same(read, all.map(Some).to_vec())?;
    for (id, float) in (1..).zip(all) {
        same(keys(on, Everything::float.eq(float)).await?, vec![id])?;
        let many = (0..30).map(|n| f64::from(n) + 0.5).chain([float]);
        same(keys(on, Everything::float.is_in(many)).await?, vec![id])?;
    }
    Ok(())
}

pub(super) async fn floats_of_any_digits_are_found_in_long_lists(on: &dyn Executor) -> Result<()> {
    let mut state = 4_u64;
    let mut any = || loop {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let float = f64::from_bits(state ^ (state >> 29));
        if float.is_finite() {
            return float;
        }
    };
    let all: Vec<f64> = (0..400).map(|_| any()).collect();
    floats(on, &all).await?;
    same(Everything::objects().filter(Everything::float.is_in(all)).count(on).await?, 400)
}

pub(super) async fn minus_zero_is_zero(on: &dyn Executor) -> Result<()> {
    floats(on, &[-0.0, 0.0]).await?;
    same(keys(on, Everything::float.eq(0.0)).await?, vec![1, 2])?;
    same(keys(on, Everything::float.eq(-0.0)).await?, vec![1, 2])?;
    same(keys(on, Everything::float.lt(0.0)).await?, vec![])?;
    let read = Everything::objects().distinct().select(Everything::float).all(on).await?;
    same(read, vec![Some(0.0)])
}

pub(super) async fn nan_is_null(on: &dyn Executor) -> Result<()> {
    floats(on, &[f64::NAN, 1.0]).await?;
    same(keys(on, Everything::float.is_null()).await?, vec![1])?;
    same(Everything::by_key(1_i64).get(on).await?.float, None)
}

pub(super) async fn whole_floats_stay_floats(on: &dyn Executor) -> Result<()> {
    floats(on, &[3.0, 7.0, 1e15]).await?;
    same(keys(on, Everything::float.is_in((0..30).map(f64::from))).await?, vec![1, 2])?;
    let halves = Everything::objects().order_by(Everything::id).select(Everything::float / 2.0);
    same(halves.all(on).await?, vec![Some(1.5), Some(3.5), Some(5e14)])?;
    same(Everything::objects().select(Everything::float.sum()).get(on).await?, Some(1e15 + 10.0))
}

async fn blobs(on: &dyn Executor) -> Result<()> {
    let all: [Option<&[u8]>; 5] = [Some(b""), Some(b"\0"), Some(b"ab\xff"), None, Some(b"b")];
    let rows = (1_i64..).zip(all).map(|(id, bytes)| {
        Everything::create().set(Everything::id, id).set(Everything::bytes, bytes.map(<[u8]>::to_vec))
    });
    create_all(rows.collect(), on).await?;
    Ok(())
}

pub(super) async fn bytes_come_back_empty_or_not(on: &dyn Executor) -> Result<()> {
    blobs(on).await?;
    let read = Everything::objects().order_by(Everything::id).select(Everything::bytes).all(on).await?;
    same(read, vec![Some(vec![]), Some(vec![0]), Some(b"ab\xff".to_vec()), None, Some(b"b".to_vec())])?;
    same(Everything::by_key(1_i64).get(on).await?.bytes, Some(vec![]))
}

pub(super) async fn bytes_are_found_and_sorted(on: &dyn Executor) -> Result<()> {
    blobs(on).await?;
    same(keys(on, Everything::bytes.eq(vec![])).await?, vec![1])?;
    same(keys(on, Everything::bytes.eq(b"ab\xff".to_vec())).await?, vec![3])?;
    same(keys(on, Everything::bytes.ne(vec![])).await?, vec![2, 3, 4, 5])?;
    same(keys(on, Everything::bytes.is_null()).await?, vec![4])?;
    same(keys(on, Everything::bytes.gt(b"a".to_vec())).await?, vec![3, 5])?;
    let sorted = Everything::objects().order_by(-Everything::bytes).select(Everything::id).all(on).await?;
    same(sorted, vec![5, 3, 2, 1, 4])
}

pub(super) async fn bytes_are_found_in_long_lists(on: &dyn Executor) -> Result<()> {
    blobs(on).await?;
    let many = (1_u8..30).map(|n| vec![n, n]).chain([vec![], b"ab\xff".to_vec()]);
    same(keys(on, Everything::bytes.is_in(many)).await?, vec![1, 3])
}

pub(super) async fn moments_before_1970_sort_and_are_found(on: &dyn Executor) -> Result<()> {
    let moments = [-1, 0, -62_135_596_800_000, 1, 253_402_300_799_999];
    let rows =
        moments.map(|ms| Instant::create().set(Instant::at, Timestamp::from_millis(ms)).set(Instant::n, ms));
    create_all(rows.into(), on).await?;
    let sorted = Instant::objects().order_by(Instant::at).select(Instant::id).all(on).await?;
    same(sorted, vec![3, 1, 2, 4, 5])?;
    same(keys(on, Instant::at.lt(Timestamp::from_millis(0))).await?, vec![1, 3])?;
    same(keys(on, Instant::at.eq(Timestamp::from_millis(-1))).await?, vec![1])?;
    same(Instant::by_key(3_u32).get(on).await?.at.to_string(), "0001-01-01T00:00:00Z".to_owned())
}

pub(super) async fn a_row_of_nothing_but_null(on: &dyn Executor) -> Result<()> {
    let made = Everything::create().run(on).await?;
    let Everything { id, small, exact, float, yes, text, bytes, moment } = made;
    same((id, small, exact, float), (1, None, None, None))?;
    same((yes, text, bytes, moment), (None, None, None, None))
}
