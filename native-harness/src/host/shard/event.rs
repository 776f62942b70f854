//! How one event runs: wake the actor, begin, deliver, commit or roll back, and only then let anything leave.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use domicile::platform::CallFailure;
use domicile::resident::{Done, Then, Verdict};
use domicile::web::{Body as Answered, Pages};
use domicile::wire::{Event, Reply};
use domicile::{Error, Kind};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

use super::Shard;
use crate::host::cell::{Cell, Delivery, Home, Paged, Work};
use crate::host::pieces::{Body, Pieces};
use crate::host::router::{Answer, Carried, Pass, failure, nothing_kept};
use crate::host::watch::Ended;
use crate::tooth::{self, Tooth};

/// How often one event is delivered: it may migrate the store first, and then make the account of who asks.
pub(super) const DELIVERIES: usize = 3;

impl Shard {
    /// Does one thing that waits for an actor.
    pub(super) async fn work(self: &Rc<Self>, cell: &Rc<Cell>, home: &mut Option<Home>, work: Work) {
        let around = self.begin_watched(cell, work.doing());
        if around.stop {
            return std::future::pending().await;
        }
        if around.evict {
            Box::pin(self.close(cell, home)).await;
        }
        let mut asker = None;
        match work {
            Work::Event(delivery) => {
                let Delivery { event, body, reply, pass } = *delivery;
                asker = event.chain.last().cloned();
                let again = around.again.then(|| (event.clone(), body.clone(), pass.clone()));
                match self.event(cell, home, &event, body).await {
                    Ok(then) => self.follow(cell, event, then, Some(reply), pass),
                    // Who asked may have gone.
                    Err(failure) => drop(reply.send(Err(failure))),
                }
                if let Some((event, body, pass)) = again
                    && let Ok(then) = Box::pin(self.event(cell, home, &event, body)).await
                {
                    self.follow(cell, event, then, None, pass);
                }
            }
            Work::Page { pages, pull } => {
                let piece = Box::pin(self.page(cell, home, &pages)).await;
                let _ = pull.send(piece);
            }
            Work::Alarm { ring, pass } => {
                Box::pin(self.alarm(cell, home, ring, pass)).await;
                if around.again {
                    Box::pin(self.repeat_alarm(cell, home)).await;
                }
            }
        }
        self.end_watched(cell, Ended::Failed);
        self.tidy(home);
        self.settle_fate(cell, home, asker.as_ref());
    }

    async fn event(
        self: &Rc<Self>,
        cell: &Cell,
        home: &mut Option<Home>,
        event: &Event,
        body: Bytes,
    ) -> Result<Then, CallFailure> {
        let home = self.wake(cell, home, true).await.map_err(nothing_kept)?;
        self.deliver(cell, home, |home| home.residence.deliver(event, body.clone())).await
    }

    /// Runs an event in a transaction, as often as its verdict says.
    async fn deliver(
        self: &Rc<Self>,
        cell: &Cell,
        home: &mut Home,
        mut run: impl FnMut(&mut Home) -> Done,
    ) -> Result<Then, CallFailure> {
        for _ in 0..DELIVERIES {
            self.begin(cell, home).map_err(nothing_kept)?;
            let mut done = self.at_event_time(|| run(home));
            if tooth::bites(Tooth::KeepsWritesAfterPanic)
                && matches!(done.then, Then::Reply(Reply::Failed(_), _))
            {
                done.verdict = Verdict::Commit;
            }
            self.end(cell, home, done.verdict, done.cost).await?;
            if done.verdict != Verdict::Again {
                return Ok(done.then);
            }
        }
        Err(failure("the actor asked to be given the event again and again"))
    }

    /// Reads one piece of a body, as an event of its own.
    async fn page(
        self: &Rc<Self>,
        cell: &Cell,
        home: &mut Option<Home>,
        paged: &Paged,
    ) -> Option<Result<Bytes, Error>> {
        let unavailable = |failure: CallFailure| Some(Err(Error::new(Kind::Unavailable, failure.message)));
        let home = match self.wake(cell, home, true).await {
            Ok(home) => home,
            Err(failure) => return unavailable(failure),
        };
        for _ in 0..DELIVERIES {
            if let Err(failure) = self.begin(cell, home) {
                return unavailable(failure);
            }
            let (verdict, cost, piece) =
                self.at_event_time(|| home.residence.page(&paged.event, &mut paged.pages.borrow_mut()));
            if let Err(failure) = self.end(cell, home, verdict, cost).await {
                return unavailable(failure);
            }
            if verdict != Verdict::Again {
                return piece.transpose();
            }
        }
        unavailable(failure("the actor asked to be given the event again and again"))
    }

    /// Lets what comes of an event leave, now that it is committed or undone.
    pub(super) fn follow(
        self: &Rc<Self>,
        cell: &Rc<Cell>,
        event: Event,
        then: Then,
        reply: Option<oneshot::Sender<Answer>>,
        pass: Pass,
    ) {
        let send = move |carried: Carried| {
            // Who asked may have gone.
            let _ = reply.map(|reply| reply.send(Ok(carried)));
        };
        match then {
            Then::Reply(reply, Answered::Whole(bytes)) => send(Carried { reply, body: Body::Whole(bytes) }),
            Then::Reply(reply, Answered::Pages(pages)) => {
                send(Carried { reply, body: Body::Pieces(self.lend(cell, event, pages, pass)) });
            }
            Then::Effect(effect) => {
                // A task of its own: the actor goes on with what waits for it, and this with or without its caller.
                let effect = self.clone().run_effect(cell.actor.clone(), event, effect);
                let effect = spawn_local(async move {
                    let (reply, body) = effect.await;
                    let body = match body {
                        Answered::Whole(bytes) => bytes,
                        Answered::Pages(_) => {
                            tracing::error!("an effect cannot return pages: they are reads of the store");
                            Bytes::new()
                        }
                    };
                    send(Carried { reply, body: Body::Whole(body) });
                    drop(pass);
                });
                self.watch_effect(cell, &effect.abort_handle());
            }
        }
    }

    /// Keeps pages here, and gives what pulls them from anywhere.
    fn lend(self: &Rc<Self>, cell: &Rc<Cell>, event: Event, pages: Pages, pass: Pass) -> Pieces {
        let (pieces, mut pulled) = Pieces::new();
        let pages = Rc::new(Paged { event, pages: RefCell::new(pages) });
        let (shard, actor) = (self.clone(), cell.actor.clone());
        spawn_local(async move {
            while let Some(pull) = pulled.recv().await {
                shard.put(actor.clone(), Work::Page { pages: pages.clone(), pull });
            }
            drop(pass);
        });
        pieces
    }
}
