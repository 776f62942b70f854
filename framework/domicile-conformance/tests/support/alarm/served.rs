//! [`Served`]: a host as a process of its own, over HTTP and in real time.

use std::time::{Duration, Instant};

use super::World;
use crate::support::http::{self, Request};
use crate::support::world::Server;

/// How long a host may take for what it does by itself.
const SOON: Duration = Duration::from_secs(20);

/// A host over HTTP.
pub struct Served<'a> {
    server: &'a Server,
    deadline: Instant,
}

impl<'a> Served<'a> {
    pub fn new(server: &'a Server) -> Self {
        Self { server, deadline: Instant::now() + SOON }
    }
}

impl World for Served<'_> {
    fn send(&mut self, method: &str, target: &str, body: &str) -> (u16, String) {
        let request = Request::new(method, target);
        let request = if body.is_empty() { request } else { request.body(body) };
        let reply = http::send(self.server.address(), &request)
            .unwrap_or_else(|error| panic!("{method} {target}: {error}"));
        (reply.status, reply.text())
    }

    fn pass(&mut self, time: Duration) {
        // It is time itself that is to pass: this waits for nothing that the host does.
        std::thread::sleep(time);
        self.deadline = Instant::now() + SOON;
    }

    fn wait(&mut self) -> bool {
        std::thread::sleep(Duration::from_millis(5));
        Instant::now() < self.deadline
    }

    fn log(&self) -> String {
        self.server.log()
    }

    fn evict(&mut self) {
        panic!("no host evicts because it is asked over HTTP");
    }

    fn end(&mut self, in_order: bool) {
        if in_order { self.server.stop() } else { self.server.kill9() }
    }

    fn begin(&mut self, vars: &[(&str, &str)]) {
        self.server.begin(vars);
    }
}
