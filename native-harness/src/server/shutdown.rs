//! The two steps of ending a server: let the running requests finish, then stop at once.

use std::io;
use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Running,
    /// Nothing new is accepted; running requests finish.
    Draining,
    /// Everything is dropped.
    Over,
}

/// What ends a server: signals, or a [`Trigger`].
#[derive(Debug)]
pub(crate) struct Shutdown {
    trigger: Trigger,
    signals: bool,
}

/// Ends a server by hand.
#[derive(Debug, Clone)]
pub(crate) struct Trigger(Arc<watch::Sender<Stage>>);

impl Shutdown {
    /// SIGINT or SIGTERM ends the server; a second one ends it at once.
    pub(crate) fn on_signals() -> Self {
        Self { trigger: Trigger::new(), signals: true }
    }

    /// Only the trigger ends the server.
    #[cfg(test)]
    pub(crate) fn by_hand() -> (Self, Trigger) {
        let trigger = Trigger::new();
        (Self { trigger: trigger.clone(), signals: false }, trigger)
    }

    pub(super) fn trigger(&self) -> &Trigger {
        &self.trigger
    }

    /// Starts to listen for signals if this shutdown is by signals. Must be called inside a local
    /// runtime.
    pub(super) fn watch_signals(&self) -> io::Result<()> {
        if !self.signals {
            return Ok(());
        }
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let trigger = self.trigger.clone();
        tokio::task::spawn_local(async move {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
                trigger.pull();
            }
        });
        Ok(())
    }
}

impl Trigger {
    fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Stage::Running)))
    }

    /// The first call lets running requests finish, the second ends the server at once.
    pub(crate) fn pull(&self) {
        self.0.send_modify(|stage| {
            *stage = if *stage == Stage::Running { Stage::Draining } else { Stage::Over };
        });
    }

    pub(super) fn end(&self) {
        self.0.send_replace(Stage::Over);
    }

    pub(super) fn watch(&self) -> Watch {
        Watch(self.0.subscribe())
    }
}

/// Waits for a [`Stage`].
#[derive(Debug, Clone)]
pub(super) struct Watch(watch::Receiver<Stage>);

impl Watch {
    /// Ends when `stage` or a later one has come; never when nobody is left who could bring it.
    pub(super) async fn reached(&mut self, stage: Stage) {
        if self.0.wait_for(|now| *now >= stage).await.is_err() {
            std::future::pending().await
        }
    }
}
