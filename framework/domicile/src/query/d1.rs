//! D1 as what a query runs on: futures, one statement at a time or a batch.

use super::failure::told;
use super::source::{Applied, Collect, Executor, LocalFuture, Source, give};
use super::statement::Statement;
use crate::d1::{self, D1, ResultSet};
use crate::error::{Error, Result};
use crate::model::Schema;
use crate::timestamp::Timestamp;
use crate::value::Value;

impl<'a> Source for &'a D1 {
    type Output<T: 'static> = LocalFuture<'a, T>;

    fn read<C: Collect>(self, statement: Result<Statement>, mut collect: C) -> LocalFuture<'a, C::Out> {
        Box::pin(async move {
            give(&Executor::rows(self, statement?).await?, &mut collect)?;
            collect.end()
        })
    }

    fn write(self, statement: Result<Statement>) -> LocalFuture<'a, u64> {
        Box::pin(async move {
            Ok(self.apply(vec![statement?]).await?.first().map_or(0, |applied| applied.changes))
        })
    }

    fn run<T: 'static, P>(self, program: P) -> LocalFuture<'a, T>
    where
        P: for<'b> FnOnce(&'b dyn Executor) -> LocalFuture<'b, T> + 'static,
    {
        program(self)
    }

    fn now(&self) -> Timestamp {
        D1::now(self)
    }

    fn random(&self, bytes: &mut [u8]) {
        self.fill(bytes);
    }
}

impl Executor for D1 {
    fn rows(&self, statement: Statement) -> LocalFuture<'_, Vec<Vec<Value>>> {
        Box::pin(async move { Ok(rows(&self.run(checked(statement)?).await?)) })
    }

    fn apply(&self, statements: Vec<Statement>) -> LocalFuture<'_, Vec<Applied>> {
        Box::pin(async move {
            // What D1 tells of changes counts those of triggers too, such as those that keep a search index.
            let mut batch = Vec::with_capacity(statements.len() * 2);
            for statement in statements {
                batch.push(checked(statement)?);
                batch.push(d1::Statement::new("SELECT changes() AS n", ())?);
            }
            let results = self.batch(batch).await.map_err(told)?;
            let pairs = results.chunks_exact(2);
            pairs
                .map(|pair| match pair {
                    [result, count] => Ok(Applied { changes: count.one()?, rows: rows(result) }),
                    _ => Err(Error::internal("a batch gave no count")),
                })
                .collect()
        })
    }

    fn now(&self) -> Timestamp {
        D1::now(self)
    }

    fn random(&self, bytes: &mut [u8]) {
        self.fill(bytes);
    }

    fn models(&self) -> &[&'static Schema] {
        D1::models(self)
    }

    fn reads_hold(&self) -> bool {
        false
    }
}

fn checked(statement: Statement) -> Result<d1::Statement> {
    d1::Statement::new(statement.sql, statement.params)
}

fn rows(result: &ResultSet) -> Vec<Vec<Value>> {
    result.rows().map(<[Value]>::to_vec).collect()
}
