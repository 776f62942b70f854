//! What the derive macros make of a type.

use domicile::Schema;
use domicile::prelude::*;

const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_counter", sql: "CREATE TABLE counter (n INTEGER)" }];

#[derive(Debug, Refusal, Serialize, Deserialize, Schema)]
#[refusal(status = 429)]
struct LimitReached {
    limit: i64,
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = i64, error = LimitReached)]
struct Add {
    by: i64,
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Vec<(String, i64)>, name = "counter.Total")]
struct Total;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
enum Checkout {
    Now,
    Later { seconds: u32 },
}

#[derive(Actor, Default)]
#[actor(handles(Add, Alarm), reads(Total), defers(Checkout), routes = routes, migrations = MIGRATIONS)]
struct Counter {
    n: i64,
}

impl Handler<Add> for Counter {
    fn handle(&mut self, add: Add, _: &Cx) -> Result<i64, Failure<LimitReached>> {
        self.n += add.by;
        if self.n > 10 {
            return Err(LimitReached { limit: 10 }.into());
        }
        Ok(self.n)
    }
}

impl Handler<Alarm> for Counter {
    fn handle(&mut self, _: Alarm, _: &Cx) -> Result<(), Failure> {
        Ok(())
    }
}

impl Reader<Total> for Counter {
    fn read(&self, _: Total, _: &Cx) -> Result<Vec<(String, i64)>, Failure> {
        Ok(vec![("n".to_owned(), self.n)])
    }
}

impl Deferring<Checkout> for Counter {
    fn defer(&mut self, checkout: Checkout, cx: &Cx) -> Result<Effect<()>, Failure> {
        let seconds = match checkout {
            Checkout::Now => 0,
            Checkout::Later { seconds } => seconds,
        };
        Ok(cx.effect(async move |outside: Outside| {
            outside.sleep(std::time::Duration::from_secs(seconds.into())).await;
            Ok(())
        }))
    }
}

fn routes(r: &mut Routes<Counter>) {
    r.get("/", |counter, _, _| counter.n.to_string());
}

#[derive(Actor)]
#[actor(
    start = Shop::load,
    kind = "Store",
    class = "ShopClass",
    binding = "DO_STORAGE",
    location = "weur",
    jurisdiction = "eu"
)]
struct Shop {}

impl Shop {
    fn load(_: &Cx) -> Result<Self> {
        Ok(Self {})
    }
}

#[test]
fn an_actor_is_named_after_its_type() {
    assert_eq!((Counter::KIND, Counter::CLASS, Counter::BINDING), ("Counter", "CounterDO", "COUNTER_DO"));
    assert_eq!((Counter::LOCATION, Counter::JURISDICTION), (None, None));
    assert_eq!(Counter::MIGRATIONS, MIGRATIONS);
    assert_eq!(Counter::DISPATCH.len(), 4);
}

#[test]
fn an_actor_is_named_as_its_attribute_says() {
    assert_eq!((Shop::KIND, Shop::CLASS, Shop::BINDING), ("Store", "ShopClass", "DO_STORAGE"));
    assert_eq!((Shop::LOCATION, Shop::JURISDICTION), (Some("weur"), Some("eu")));
    assert!(Shop::DISPATCH.is_empty() && Shop::MIGRATIONS.is_empty());
}

#[test]
fn a_message_is_named_after_its_type_or_as_it_says() {
    assert_eq!((Add::NAME, Total::NAME), ("Add", "counter.Total"));
}

#[test]
fn a_refusal_has_the_status_of_its_variant_or_its_type() {
    #[derive(Debug, Refusal, Serialize, Deserialize, Schema)]
    #[refusal(status = 403)]
    enum Denied {
        Owner,
        #[refusal(status = 404)]
        Gone(u8),
        #[refusal(status = 404)]
        Never {
            at: u8,
        },
    }
    #[derive(Debug, Refusal, Serialize, Deserialize, Schema)]
    struct Plain;

    assert_eq!(LimitReached { limit: 1 }.status(), 429);
    assert_eq!(Denied::Owner.status(), 403);
    assert_eq!(Denied::Gone(0).status(), 404);
    assert_eq!(Denied::Never { at: 0 }.status(), 404);
    assert_eq!(Plain.status(), 409);
}

#[derive(FromRow)]
struct Post {
    id: i64,
    #[row(name = "caption")]
    title: Option<String>,
}

#[derive(FromRow)]
struct Pair(i64, String);
