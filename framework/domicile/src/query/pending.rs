//! Stands in until the models' side has it.
use crate::error::Error;
use crate::model::schema::{Column, Kind};
use crate::timestamp::Timestamp;
use crate::value::{Value, ValueRef};

#[derive(Debug)]
pub struct Problem {
    pub field: &'static str,
    pub message: String,
}
impl Problem {
    pub fn new(field: &'static str, message: &str) -> Self {
        Self { field, message: message.into() }
    }
}
pub fn invalid(problems: Vec<Problem>) -> Error {
    Error::new(
        crate::Kind::Invalid,
        problems.iter().map(|p| format!("{}: {}", p.field, p.message)).collect::<Vec<_>>().join("; "),
    )
}
pub fn check(_: &Column, _: ValueRef<'_>) -> Option<Problem> {
    None
}
pub fn uuid_v7(now: Timestamp, random: [u8; 16]) -> uuid::Uuid {
    uuid::Builder::from_unix_timestamp_millis(now.as_millis() as u64, random[..10].try_into().unwrap())
        .into_uuid()
}
pub fn moment(kind: Kind, now: Timestamp) -> Value {
    match kind {
        Kind::Date => Value::Text(
            jiff::Timestamp::from_millisecond(now.as_millis())
                .unwrap()
                .to_zoned(jiff::tz::TimeZone::UTC)
                .date()
                .to_string(),
        ),
        _ => Value::Number(now.as_millis() as f64),
    }
}
pub fn url_safe(b: &[u8]) -> String {
    b.iter().map(|b| format!("{b:02x}")).collect()
}
pub fn from_url_safe(t: &str) -> Option<Vec<u8>> {
    (0..t.len()).step_by(2).map(|i| u8::from_str_radix(t.get(i..i + 2)?, 16).ok()).collect()
}
impl crate::value::ToValue for jiff::civil::DateTime {
    fn to_value(&self) -> crate::Result<crate::value::Param<'_>> {
        Ok(crate::value::Param::Text(self.to_string().into()))
    }
}
impl crate::value::FromValue for jiff::civil::DateTime {
    fn from_value(v: ValueRef<'_>) -> crate::Result<Self> {
        String::from_value(v)?
            .parse()
            .map_err(|e: jiff::Error| Error::new(crate::Kind::Decode, e.to_string()))
    }
}
impl crate::model::Field for jiff::civil::DateTime {
    const KIND: Kind = Kind::Text;
    type Base = Self;
}
