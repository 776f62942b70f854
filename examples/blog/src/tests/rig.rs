//! A blog on a native host in memory, and requests to it as a browser sends them.

use std::cell::Cell;

use domicile::http::{Request, StatusCode};
use domicile::{Env, Timestamp};
use native_harness::{Config, Host, Time};
use tokio::runtime::Runtime;

/// The morning of 3 November 2026.
const NOW: Timestamp = Timestamp::from_millis(1_793_694_600_000);

pub(super) struct Rig {
    host: Host,
    runtime: Runtime,
    authority: Cell<&'static str>,
}

/// What came back.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: String,
    headers: domicile::http::HeaderMap,
}

impl Reply {
    /// The header `name`; empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Rig {
    #[track_caller]
    pub(super) fn new(vars: &[(&str, &str)]) -> Self {
        Self::try_new(vars).unwrap()
    }

    pub(super) fn try_new(vars: &[(&str, &str)]) -> Result<Self, String> {
        let env = Env::new(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let config =
            Config { env, threads: 1, seed: Some([1; 32]), time: Time::manual(NOW), ..Config::memory() };
        let host = Host::start(config, crate::app).map_err(|error| error.to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Ok(Self { host, runtime, authority: Cell::new("localhost:8787") })
    }

    /// Asks by this name of the host from here on.
    pub(super) fn at(&self, authority: &'static str) -> &Self {
        self.authority.set(authority);
        self
    }

    pub(super) fn get(&self, path: &str) -> Reply {
        self.send("GET", path, "")
    }

    /// Publishes a post by the form.
    pub(super) fn post(&self, title: &str, content: &str) -> Reply {
        self.send("POST", "/blog/new/", &form(title, content))
    }

    pub(super) fn send(&self, method: &str, path: &str, form: &str) -> Reply {
        self.request(method, path, "application/x-www-form-urlencoded", form)
    }

    pub(super) fn request(&self, method: &str, path: &str, kind: &str, body: &str) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.authority.get())
            .header("content-type", kind)
            .body(body.to_owned().into())
            .unwrap();
        self.runtime.block_on(async {
            let (head, body) = self.host.request(request).await.unwrap().into_parts();
            let body = String::from_utf8(body.bytes().await.unwrap().to_vec()).unwrap();
            Reply { status: head.status, headers: head.headers, body }
        })
    }

    /// Lets the blogs forget what is in memory.
    pub(super) fn evict(&self) {
        self.runtime.block_on(self.host.evict());
    }
}

/// The form as a browser sends it.
pub(super) fn form(title: &str, content: &str) -> String {
    serde_urlencoded::to_string([("title", title), ("content", content)]).unwrap()
}

/// The addresses of the blog that a page leads to, each once.
pub(super) fn links(html: &str) -> Vec<String> {
    let starts = ["href=\"", "action=\""].map(|start| html.split(start).skip(1));
    let links = starts.into_iter().flatten().filter_map(|rest| rest.split('"').next());
    let mut all = Vec::new();
    for link in links.filter(|link| !link.starts_with("data:")) {
        if !all.iter().any(|known| known == link) {
            all.push(link.to_owned());
        }
    }
    all
}
