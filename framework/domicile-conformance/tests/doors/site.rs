//! [`Site`]: a host whose app knows its users, with the key endpoint that it asks; and [`Browser`], which keeps cookies.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use domicile::Timestamp;
use domicile_identity::access::test::{self, KeyPair};
use serde_json::{Value, json};

use super::certs::Certs;
use crate::support::host::{Kind, Process};
use crate::support::http::{Connection, Reply, Request};
use crate::support::world::Server;

pub const TEAM: &str = "acme";
pub const ISSUER: &str = "https://acme.cloudflareaccess.com";
pub const AUDIENCE: &str = "f00df00d";
/// The audience of the application at `/other`.
pub const OTHER_AUDIENCE: &str = "0123cafe";
pub const SECRET: &str = "the sites own secret: 0123456789abcdef";
pub const MANAGEMENT: &str = "a secret to manage with: fedcba9876543210";
/// The one service token that has a route of its own.
pub const ROBOT: &str = "robot.access";

pub const REQUIRED: &str = r#"{"error": "Cloudflare Access authentication required"}"#;
pub const NO_KEYS: &str = r#"{"error": "Authentication error"}"#;

/// A host, and what it asks for keys.
pub struct Site {
    pub server: Server,
    pub certs: Certs,
    connection: Mutex<Connection>,
}

/// The variables of a site: those that each has, then those of this one. An empty one is not set.
fn vars(how: &str, certs: &Certs, own: &[(&str, &str)]) -> Vec<(String, String)> {
    let url = certs.url();
    let mut vars = BTreeMap::from([
        ("IDENTITY", how),
        ("DOMICILE_SECRET", SECRET),
        ("DOMICILE_MANAGEMENT_SECRET", MANAGEMENT),
        ("CLOUDFLARE_ACCESS_AUD", AUDIENCE),
        ("CLOUDFLARE_ACCESS_TEAM_NAME", TEAM),
        ("CLOUDFLARE_ACCESS_CERTS_URL", &url),
        ("CLOUDFLARE_ACCESS_EXEMPT_PATHS", "/health,/t/exempt/"),
    ]);
    vars.extend(own.iter().copied());
    vars.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn borrowed(vars: &[(String, String)]) -> Vec<(&str, &str)> {
    vars.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

impl Site {
    /// A site whose people come in as `how` says.
    pub fn start(kind: &Kind, how: &str, own: &[(&str, &str)]) -> Self {
        let certs = Certs::start();
        let server = Server::start(kind, &borrowed(&vars(how, &certs, own)));
        let connection = Mutex::new(Connection::new(server.address()));
        Self { server, certs, connection }
    }

    /// Starts it again on what it has stored, and with other variables.
    pub fn begin_again(&mut self, how: &str, own: &[(&str, &str)]) {
        self.server.stop();
        self.server.begin(&borrowed(&vars(how, &self.certs, own)));
        self.connection = Mutex::new(Connection::new(self.server.address()));
    }

    /// What is logged by one that cannot start. Natively it ends at once, and on workerd each request is 500.
    pub fn refuses(kind: &Kind, how: &str, own: &[(&str, &str)]) -> String {
        let certs = Certs::start();
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("a folder");
        let started = Process::start(kind, &data, &borrowed(&vars(how, &certs, own)));
        match started {
            Err(_) => {}
            Ok(process) => {
                assert!(*kind != Kind::Native, "it started with {own:?}");
                let reply = Connection::new(process.address()).send(&Request::get("/")).expect("a reply");
                assert_eq!(reply.status, 500, "{own:?}: {}", reply.text());
                process.stop();
            }
        }
        assert_eq!(certs.count(), 0, "nothing is fetched");
        String::from_utf8_lossy(&fs::read(data.with_extension("log")).unwrap_or_default()).into_owned()
    }

    pub fn is_native(&self) -> bool {
        self.server.kind == Kind::Native
    }

    /// Sends a request over the site's one connection: natively each thread of the server has keys of its own, and a
    /// connection stays on one.
    #[track_caller]
    pub fn send(&self, request: &Request) -> Reply {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = match connection.send(request) {
            // The host has ended a connection that rested.
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => connection.send(request),
            reply => reply,
        };
        reply.unwrap_or_else(|e| {
            panic!(
                "{} {}: {e}\n{}",
                request.method,
                String::from_utf8_lossy(&request.target),
                self.server.log()
            )
        })
    }

    /// What a request without anything else gets.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send(&Request::get(path))
    }

    /// What a request with this token gets.
    #[track_caller]
    pub fn get_with(&self, path: &str, token: &str) -> Reply {
        self.send(&Request::get(path).header("Cf-Access-Jwt-Assertion", token))
    }

    /// Sends JSON with this token.
    #[track_caller]
    pub fn post_with(&self, path: &str, token: &str, body: &Value) -> Reply {
        let request = Request::post(path, body.to_string()).header("Content-Type", "application/json");
        self.send(&request.header("Cf-Access-Jwt-Assertion", token))
    }

    /// How many fetches `ask` costs.
    pub fn fetches<T>(&self, ask: impl FnOnce() -> T) -> (usize, T) {
        let before = self.certs.count();
        let given = ask();
        (self.certs.count() - before, given)
    }

    /// How many rows an actor has of each kind.
    #[track_caller]
    pub fn rows(&self, tenant: &str, token: &str) -> Value {
        json_of(self.get_with(&format!("{tenant}rows/"), token).has(200))
    }

    /// All bytes that the host has stored, so that two of these are the same where nothing was written between them.
    pub fn bytes(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        add(&self.server.data(), &mut found);
        found
    }
}

fn add(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.display().to_string();
        if path.is_dir() {
            add(&path, found);
        } else if !name.ends_with("-shm") {
            // What stands in a `-shm` is who reads.
            found.insert(name, fs::read(&path).unwrap_or_default());
        }
    }
}

#[track_caller]
pub fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_else(|e| panic!("{e}: {} {}", reply.status, reply.text()))
}

/// Now, by the clock that the hosts have too.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    Timestamp::from_millis(i64::try_from(since.as_millis()).expect("a time"))
}

/// Now, in seconds.
pub fn seconds() -> i64 {
    now().as_millis() / 1_000
}

/// The claims of somebody's token.
pub fn claims(email: &str) -> Value {
    test::user(TEAM, AUDIENCE, email, now())
}

/// The claims with some of them changed; null takes one away.
pub fn claims_with(email: &str, changes: &Value) -> Value {
    let mut claims = claims(email);
    for (name, value) in changes.as_object().expect("an object") {
        if value.is_null() {
            claims.as_object_mut().expect("an object").remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

/// A token that is right in all.
pub fn token(email: &str) -> String {
    KeyPair::first().token(&claims(email))
}

/// A token by the right key, with some claims changed.
pub fn token_with(email: &str, changes: &Value) -> String {
    KeyPair::first().token(&claims_with(email, changes))
}

/// The token of a program.
pub fn program(client_id: &str) -> String {
    KeyPair::first().token(&test::service(TEAM, AUDIENCE, client_id, now()))
}

/// Somebody's browser.
pub struct Browser<'a> {
    site: &'a Site,
    host: String,
    token: Option<String>,
    pub cookies: Mutex<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    pub fn new(site: &'a Site) -> Self {
        Self { site, host: "app.test".to_owned(), token: None, cookies: Mutex::default() }
    }

    /// One that Access lets in.
    pub fn of(site: &'a Site, email: &str) -> Self {
        Self { token: Some(token(email)), ..Self::new(site) }
    }

    pub fn at(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }

    /// `request` with what a browser adds to it by itself.
    pub fn dressed(&self, request: Request) -> Request {
        let mut request = request.host(&self.host);
        let cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !line.is_empty() {
            request = request.header("Cookie", line.join("; "));
        }
        match &self.token {
            Some(token) => request.header("Cf-Access-Jwt-Assertion", token),
            None => request,
        }
    }

    #[track_caller]
    pub fn send(&self, request: Request) -> Reply {
        let reply = self.site.send(&self.dressed(request));
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        for line in reply.all("set-cookie") {
            let (name, value) =
                line.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            match value {
                "" => cookies.remove(name),
                value => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        reply
    }

    /// A page, as a browser asks for it.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).header("Accept", "text/html,application/xhtml+xml"))
    }

    /// The token of the form on the page at `path`.
    #[track_caller]
    pub fn form(&self, path: &str) -> String {
        let page = self.get(path);
        page.has(200);
        let text = page.text();
        let field =
            text.split("name=\"csrfmiddlewaretoken\" value=\"").nth(1).unwrap_or_else(|| panic!("{text}"));
        field.split('"').next().expect("a value").to_owned()
    }

    /// Sends a form with these fields, as they are.
    #[track_caller]
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(form(path, fields))
    }

    /// Logs in on the page of the seat at `seat`.
    #[track_caller]
    pub fn log_in(&self, seat: &str, name: &str, password: &str) -> Reply {
        let page = format!("{seat}accounts/login/");
        let csrf = self.form(&page);
        self.post(&page, &[("csrfmiddlewaretoken", &csrf), ("username", name), ("password", password)])
    }

    /// Who the app says asks at `path`.
    #[track_caller]
    pub fn who(&self, path: &str) -> Value {
        json_of(self.send(Request::get(path)).has(200))
    }
}

/// A form.
pub fn form(path: &str, fields: &[(&str, &str)]) -> Request {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    Request::post(path, body.join("&")).header("Content-Type", "application/x-www-form-urlencoded")
}

fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Asks for management.
pub fn manage(path: &str, bearer: &str) -> Request {
    Request::post(path, "").header("Authorization", format!("Bearer {bearer}"))
}

/// Asks for an administrator.
pub fn create_admin(seat: &str, username: &str, password: &str) -> Request {
    let body =
        json!({ "username": username, "email": format!("{username}@example.com"), "password": password });
    manage(&format!("{seat}__create_admin__/"), MANAGEMENT)
        .body(body.to_string())
        .header("Content-Type", "application/json")
}
