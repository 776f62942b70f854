//! [`Portable`]: what can travel between actors.

use postcard_schema::Schema;
use postcard_schema::schema::NamedType;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What can travel between actors: every type that derives `Serialize`, `Deserialize` and `Schema`.
///
/// It does not have these as supertraits: the compiler would ask for each on its own, and name no fix.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel between actors",
    label = "not all of `Serialize`, `Deserialize` and `Schema`",
    note = "add `#[derive(Serialize, Deserialize, Schema)]` to `{Self}`; where it belongs to another crate, send what \
            it is made of instead"
)]
pub trait Portable: Sized + 'static {
    /// The description of the type and of those that it holds.
    const SCHEMA: &'static NamedType;

    /// Writes it in postcard's format.
    ///
    /// # Errors
    /// Something in it cannot be written, such as a sequence of unknown length.
    fn encode(&self) -> postcard::Result<Vec<u8>>;

    /// Reads it from postcard's format.
    ///
    /// # Errors
    /// The bytes are not of this type.
    fn decode(bytes: &[u8]) -> postcard::Result<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Schema + 'static> Portable for T {
    const SCHEMA: &'static NamedType = <T as Schema>::SCHEMA;

    fn encode(&self) -> postcard::Result<Vec<u8>> {
        postcard::to_allocvec(self)
    }

    fn decode(bytes: &[u8]) -> postcard::Result<Self> {
        postcard::from_bytes(bytes)
    }
}
