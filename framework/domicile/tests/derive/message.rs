//! `#[derive(Message)]`: the name, the reply and the error.

use std::any::TypeId;

use domicile::prelude::*;

#[derive(Refusal, Debug, Serialize, Deserialize, Schema)]
struct Full;

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = Vec<(i64, String)>, error = Full)]
struct List {
    limit: u8,
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (), name = "blog.Empty")]
enum Empty {
    All,
}

#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = ())]
#[expect(non_camel_case_types, reason = "a raw identifier is a keyword")]
struct r#move(u8);

fn types<M: Message>() -> (TypeId, TypeId) {
    (TypeId::of::<M::Reply>(), TypeId::of::<M::Error>())
}

#[test]
fn a_message_is_named_after_its_type_or_as_it_says() {
    assert_eq!((List::NAME, Empty::NAME, <r#move as Message>::NAME), ("List", "blog.Empty", "move"));
}

#[test]
fn the_reply_and_the_error_are_those_that_it_says() {
    assert_eq!(types::<List>(), (TypeId::of::<Vec<(i64, String)>>(), TypeId::of::<Full>()));
    assert_eq!(types::<Empty>(), (TypeId::of::<()>(), TypeId::of::<Never>()));
}

#[test]
fn the_shape_tells_messages_apart_by_their_types() {
    mod other {
        use domicile::prelude::*;

        #[derive(Message, Serialize, Deserialize, Schema)]
        #[message(reply = Vec<(i64, String)>, error = super::Full)]
        pub(super) struct List {
            pub(super) limit: u8,
        }

        #[derive(Message, Serialize, Deserialize, Schema)]
        #[message(reply = Vec<(i64, Option<String>)>, error = super::Full, name = "List")]
        pub(super) struct AnotherReply {
            pub(super) limit: u8,
        }
    }
    assert_eq!(List::SHAPE, other::List::SHAPE);
    assert_ne!(List::SHAPE, other::AnotherReply::SHAPE);
}
