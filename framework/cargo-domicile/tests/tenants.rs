//! The notebooks of `examples/tenants` on workerd, and the same natively in its own tests: with Access played on a loopback port,
//! nobody reaches another company's, whatever the route.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot do has failed")]

#[path = "support/example.rs"]
mod example;
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the client is that of the conformance tests, and has more than is asked here"
)]
#[path = "../../domicile-conformance/tests/support/http.rs"]
mod http;

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use cargo_domicile::workerd::Server;
use domicile::site::Site;
use domicile::{Env, Timestamp};
use domicile_identity::access::test::{KeyPair, key_set, user};
use http::{Reply, Request};

/// Serves the keys of the test key pair for as long as the test runs.
fn certs() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let keys = key_set(&[&KeyPair::first()]);
        for mut stream in listener.incoming().map_while(Result::ok) {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", keys.len());
            stream.write_all((head + &keys).as_bytes()).unwrap();
        }
    });
    address
}

/// A browser that Access has let in.
struct Browser {
    to: SocketAddr,
    token: String,
    cookie: std::cell::RefCell<String>,
}

impl Browser {
    fn of(to: SocketAddr, email: &str) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let now = Timestamp::from_millis(i64::try_from(now).unwrap());
        let token = KeyPair::first().token(&user("acme", "f00d", email, now));
        Self { to, token, cookie: std::cell::RefCell::default() }
    }

    fn send(&self, request: Request) -> Reply {
        let request = request
            .host("localhost")
            .header("cf-access-jwt-assertion", &self.token)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &*self.cookie.borrow());
        let reply = http::send(self.to, &request).unwrap();
        if let Some(cookie) = reply.all("set-cookie").first() {
            *self.cookie.borrow_mut() = cookie.split(';').next().unwrap().to_owned();
        }
        reply
    }

    /// Sends a form with the token that the page of one's own company has.
    fn form(&self, own: &str, path: &str, form: &str) -> Reply {
        let page = self.send(Request::get(own)).text();
        let token = page.split("name=\"csrfmiddlewaretoken\" value=\"").nth(1).unwrap_or_default();
        let token = token.split('"').next().unwrap_or_default();
        self.send(Request::post(path, format!("csrfmiddlewaretoken={token}&{form}")))
    }
}

/// The app, with Access played for it.
fn start(build: &Path, data: &Path) -> Server {
    let url = format!("http://{}/certs", certs());
    let vars = [
        ("CLOUDFLARE_ACCESS_TEAM_NAME", "acme"),
        ("CLOUDFLARE_ACCESS_AUD", "f00d"),
        ("CLOUDFLARE_ACCESS_CERTS_URL", &url),
        ("DOMICILE_SECRET", "a secret for tests, of 32 bytes or more"),
    ];
    Server::start(build, data, &vars).unwrap()
}

#[test]
fn on_workerd() {
    let Some(build) = example::build("tenants") else { return };
    nobody_reaches_another_companys(&build);
    the_platform_may_say_who_asks(&build);
}

/// What plain workerd never gives, `ctx.access`, is put there by a script around the app's own.
fn the_platform_may_say_who_asks(build: &Path) {
    const ENTRY: &str = "export default host.entry;";
    const PLAYED: &str = r#"
        export default {
          fetch(request, env, ctx) {
            const said = request.headers.get("x-test-access");
            const access = said === null ? undefined : { aud: said.split(" ")[0], getIdentity: async () => JSON.parse(said.slice(said.indexOf(" "))) };
            return host.entry.fetch(request, env, { waitUntil: (promise) => ctx.waitUntil(promise), access });
          },
        };"#;
    let played = tempfile::tempdir().unwrap();
    let copied = Command::new("cp").arg("-r").arg(build.join(".")).arg(played.path()).status().unwrap();
    assert!(copied.success());
    let script = played.path().join("entry.js");
    let text = std::fs::read_to_string(&script).unwrap();
    assert!(text.contains(ENTRY), "{text}");
    std::fs::write(&script, text.replace(ENTRY, PLAYED)).unwrap();
    let data = tempfile::tempdir().unwrap();
    let server = start(played.path(), data.path());
    let get = |said: Option<&str>| {
        let request = Request::get("/t/acme.example/").host("localhost");
        let request = said.map_or(request.clone(), |said| request.header("x-test-access", said));
        http::send(server.address(), &request).unwrap()
    };
    let ada = r#"{"email":"ada@acme.example","user_uuid":"sub-of-ada@acme.example"}"#;
    assert!(get(Some(&format!("f00d {ada}"))).has(200).text().contains("ada@acme.example"));
    get(Some(&format!("beef {ada}"))).has(401);
    get(Some("f00d null")).has(401);
    get(None).has(401);
    // It is who their token says: one account, that of the same subject.
    let browser = Browser::of(server.address(), "ada@acme.example");
    browser.form("/t/acme.example/", "/t/acme.example/notes/", "text=Hello").has(303);
    assert!(get(Some(&format!("f00d {ada}"))).has(200).text().contains("Hello"));
    let admin = Browser::of(server.address(), "admin@acme.example");
    let people = admin.send(Request::get("/t/acme.example/people/")).has(200).text();
    assert_eq!(people.matches("<tr><td>ada@acme.example").count(), 1, "{people}");
}

fn nobody_reaches_another_companys(build: &Path) {
    let data = tempfile::tempdir().unwrap();
    let server = start(build, data.path());
    let to = server.address();
    let (ada, spy) = (Browser::of(to, "ada@acme.example"), Browser::of(to, "admin@beta.example"));
    ada.form("/t/acme.example/", "/t/acme.example/notes/", "text=Secret").has(303);
    spy.form("/t/beta.example/", "/t/beta.example/notes/", "text=Own").has(303);
    assert!(ada.send(Request::get("/t/acme.example/")).has(200).text().contains("Secret"));
    spy.send(Request::get("/t/beta.example/people/")).has(200);
    ada.send(Request::get("/t/acme.example/people/")).has(403);

    let routes = Site::routes(&tenants::app(&Env::new([])));
    let mut walked = 0;
    for route in routes.iter().filter(|route| route.actor.is_some()) {
        let path = route.path.replace("{id}", "1");
        for tenant in ["acme.example", "ACME.example", "%61cme.example", "acme.example%2F", "nobody.example"]
        {
            let target = format!("/t/{tenant}{path}");
            let replies = [
                spy.send(Request::new(route.method.as_str(), &target)),
                spy.form("/t/beta.example/", &target, "text=x"),
            ];
            for reply in replies {
                assert!(
                    [403, 404, 405].contains(&reply.status),
                    "{} {target}: {}",
                    route.method,
                    reply.status
                );
                assert!(!reply.text().contains("Secret"), "{target}");
                walked += 1;
            }
        }
    }
    assert_eq!(walked, 6 * 5 * 2);
    assert_eq!(ada.send(Request::get("/t/acme.example/")).text().matches("<article>").count(), 1);
    // And without a token nobody reaches anything.
    http::send(to, &Request::get("/t/acme.example/").host("localhost"))
        .unwrap()
        .is(401, "{\"error\": \"Cloudflare Access authentication required\"}");
}
