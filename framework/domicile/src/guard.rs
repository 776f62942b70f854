//! [`Guard`]: what stands at the two doors of an app with identity. `domicile-identity` has the one that apps use.
//!
//! The entry's door checks what a token alone proves and wakes nobody. The actor's door looks into the store, for a session
//! and an account, before the handler runs.

use futures_util::future::LocalBoxFuture;
use http::Method;

use crate::allow::Allow;
use crate::cx::{Cx, Known};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::model::Schema;
use crate::outside::Outside;
use crate::platform::{Call, Target};
use crate::principal::Credential;
use crate::web::{Request, Response};
use crate::wire::{ActorRef, Event, Reply, What};

/// What stands at the doors.
pub trait Guard {
    /// Why an app cannot start with it.
    fn mistakes(&self, env: &Env) -> Vec<String>;

    /// Why an app cannot start with what its routes and messages say of who may: each with where that stands.
    fn unclear(&self, said: &[(String, Allow)]) -> Vec<String>;

    /// The variables that it looks at.
    fn vars(&self) -> Vec<&'static str>;

    /// Says who asks, from the head of a request alone.
    fn enter<'a>(&'a self, request: &'a Request, outside: &'a Outside) -> Entering<'a>;

    /// The secret of the session that a request has with this actor, or at the entry, and that this app has given.
    fn session(&self, request: &Request, actor: Option<&ActorRef>, env: &Env) -> Option<String>;

    /// The answer to somebody whom no account could let in, so that no actor is woken for them.
    fn turn_away(&self, request: &Request, prefix: &str, allow: Option<&Allow>) -> Option<Response>;

    /// Lets somebody in to an entry route, with their account where there is one outside of actors.
    fn admit_at_entry<'a>(
        &'a self,
        request: &'a Request,
        outside: &'a Outside,
        allow: Option<&'a Allow>,
    ) -> LocalBoxFuture<'a, Result<Known, Response>>;

    /// Whether it answers this itself.
    fn page(&self, method: &Method, seat: &Seat) -> bool;

    /// Answers it.
    fn serve<'a>(
        &'a self,
        request: Request,
        outside: Outside,
        seat: Seat,
    ) -> LocalBoxFuture<'a, Result<Response>>;

    /// Lets somebody in to an actor: in its transaction, and before its handler.
    ///
    /// # Errors
    /// The store's.
    fn admit(&self, cx: &Cx, asked: Asked<'_>) -> Result<Admission>;

    /// How it handles the message `name` in an actor; `None` where it is the actor's own.
    fn takes(&self, name: &str) -> Option<Access>;

    /// Answers a message of its own.
    ///
    /// # Errors
    /// The store's, or a payload that is none.
    fn answer(&self, cx: &Cx, name: &str, payload: &[u8]) -> Result<Answer>;

    /// Adds to the response of a route what its page has asked for: the secret cookie that was `issued` for a form.
    fn dress(&self, request: &Request, issued: &str, response: &mut Response);
}

/// What the entry's door says.
pub enum Entering<'a> {
    /// Who asks, or the answer to them.
    Now(Result<Credential, Box<Response>>),
    /// It has to wait for something.
    Later(LocalBoxFuture<'a, Result<Credential, Box<Response>>>),
}

/// What is asked of an actor.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The request, if it is one and no message.
    pub request: Option<&'a Request>,
    /// What the route or the message says of who may.
    pub allow: Option<&'a Allow>,
}

/// What the actor's door says.
pub enum Admission {
    /// Come in. [`Cx::know`] has been told who it is.
    Admitted,
    /// Something was written that is to be kept, whatever comes of the event: deliver it again.
    Written,
    /// The answer to somebody who may not.
    Refused(Box<Response>),
}

/// How a message of the guard's is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It only reads.
    Reads,
    /// It may write.
    Writes,
}

/// The answer to a message of the guard's.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What is answered.
    pub payload: Vec<u8>,
    /// Whether a store that is not there yet is made for it. Whoever guesses names of tenants must not make any.
    pub makes: bool,
}

/// Where accounts are kept that a page is about.
#[derive(Debug, Clone)]
pub struct Seat {
    /// The actor; `None` at the entry, where they are in D1 or nowhere.
    pub actor: Option<Target>,
    /// What stands before the paths of the seat: a mount, a tenant.
    pub prefix: String,
    /// The path below the prefix, without its encoding.
    pub path: String,
    /// The models of the actor.
    pub models: &'static [&'static Schema],
    /// Whether whoever asks is brought to this actor by its naming; else it is there for whoever manages the app alone.
    pub admitted: bool,
}

impl Outside {
    /// Sends a message of the guard's to an actor, which takes it from the entry alone.
    #[doc(hidden)]
    pub async fn ask_guard(&self, target: &Target, name: &str, payload: Vec<u8>) -> Result<Vec<u8>> {
        let what = What::Message { name: name.to_owned(), shape: 0, payload };
        let (credential, chain) = (self.credential().clone(), self.chain().to_vec());
        let event = Event { credential, chain, ..Event::new(self.request_id(), what) };
        let call = Call { target: target.clone(), event, body: bytes::Bytes::new() };
        let delivered = self
            .platform()
            .call(call)
            .await
            .map_err(|failure| Error::from(crate::CallError::<crate::Never>::from(failure)))?;
        match delivered.reply {
            Reply::Message(bytes) => Ok(bytes),
            Reply::Failed(fault) => Err(crate::CallError::<crate::Never>::from(fault).into()),
            Reply::Refused(_) | Reply::Http { .. } | Reply::Alarm => {
                Err(crate::CallError::<crate::Never>::Codec.into())
            }
        }
    }
}
