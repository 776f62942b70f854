//! The envelope: events and replies, as they travel between an entry and an actor.

use std::fmt::Debug;

use domicile::wire::{Event, Reply, VERSION, WireError, decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Reads `data` as an event and as a reply, as they are and behind the version.
pub fn run(data: &[u8]) {
    let versioned = [&[VERSION], data].concat();
    for bytes in [data, &versioned] {
        check::<Event>(bytes);
        check::<Reply>(bytes);
    }
}

fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    let read = decode::<T>(bytes);
    match bytes.first() {
        None => assert_eq!(read, Err(WireError::Malformed)),
        Some(version) if *version != VERSION => assert_eq!(read, Err(WireError::Version(*version))),
        Some(_) => {}
    }
    let Ok(value) = read else { return };
    let written = encode(&value);
    // A number may be written longer than it must be, which is all that there is in two ways.
    assert!(written == bytes || written.len() < bytes.len(), "{value:?} is written as other bytes");
    assert_eq!(decode::<T>(&written), Ok(value), "what was written is read as something else");
    let longer = [bytes, &[0]].concat();
    assert_eq!(decode::<T>(&longer), Err(WireError::Malformed), "bytes behind the end are read over");
}
