//! [`Pair`]: each message writes two rows in two tables, so that half of a message would show.

use domicile::prelude::*;

const MIGRATIONS: &[Migration] = &[Migration::sql(
    "0001_pair",
    "CREATE TABLE credit (n INTEGER PRIMARY KEY, amount INTEGER NOT NULL) STRICT;
          CREATE TABLE debit (n INTEGER PRIMARY KEY, amount INTEGER NOT NULL) STRICT;",
)];

/// Two tables that must agree.
#[derive(Actor, Default)]
#[actor(handles(Book), reads(Books), routes = routes, migrations = MIGRATIONS)]
pub(crate) struct Pair {
    // How many messages this value has handled.
    handled: u64,
}

/// Books `n` in both tables.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = u64)]
pub(crate) struct Book {
    /// The number, which is booked once.
    pub n: i64,
}

/// The numbers that are booked on each side.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (Vec<i64>, Vec<i64>))]
pub(crate) struct Books;

impl Handler<Book> for Pair {
    fn handle(&mut self, book: Book, cx: &Cx) -> Result<u64, Failure> {
        self.book(book.n, cx)?;
        Ok(self.handled)
    }
}

impl Reader<Books> for Pair {
    fn read(&self, _: Books, cx: &Cx) -> Result<(Vec<i64>, Vec<i64>), Failure> {
        let side = |table: &str| {
            cx.store().query_all::<i64>(&format!("SELECT n FROM {table} WHERE amount = n * 3 ORDER BY n"), ())
        };
        Ok((side("credit")?, side("debit")?))
    }
}

impl Pair {
    fn book(&mut self, n: i64, cx: &Cx) -> Result<()> {
        self.handled += 1;
        cx.store().execute("INSERT INTO credit (n, amount) VALUES (?, ?)", (n, n * 3))?;
        cx.store().execute("INSERT INTO debit (n, amount) VALUES (?, ?)", (n, n * 3))?;
        Ok(())
    }
}

fn routes(r: &mut Routes<Pair>) {
    r.post("/{n}", |pair, request, cx| {
        pair.book(request.param("n")?, cx)?;
        Ok::<_, Error>(format!("{}\n", request.param::<String>("n")?))
    });
    r.get("/", |pair, _, cx| {
        let (credit, debit) = pair.read(Books, cx)?;
        Ok::<_, Failure>(Json((credit, debit)))
    });
    r.post("/{n}/panic", |pair: &mut Pair, request: &Request, cx: &Cx| -> Result<()> {
        pair.book(request.param("n")?, cx)?;
        panic!("the secret of {}", cx.name())
    });
}
