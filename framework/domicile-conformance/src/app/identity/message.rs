//! The messages of a member, with and without a word of who may send them.

use domicile::prelude::*;

use super::member::{Member, who, write};

/// Of which nothing is said.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = String)]
pub(super) struct Closed;

/// For everybody who is known.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = String, allow = signed_in())]
pub(super) struct Mine;

/// For staff.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = String, allow = staff())]
pub(super) struct Everything;

/// For everybody.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = String, allow = anyone())]
pub(super) struct Open;

/// A note, for everybody who is known.
#[derive(Message, Serialize, Deserialize, Schema)]
#[message(reply = (), allow = signed_in())]
pub(super) struct Note;

macro_rules! tells_who {
    ($($message:ident)+) => {$(
        impl Reader<$message> for Member {
            fn read(&self, _: $message, cx: &Cx) -> Result<String, Failure> {
                Ok(who(cx).0.to_string())
            }
        }
    )+};
}

tells_who!(Closed Mine Everything Open);

impl Handler<Note> for Member {
    fn handle(&mut self, _: Note, cx: &Cx) -> Result<(), Failure> {
        write("by a message", cx)?;
        Ok(())
    }
}
