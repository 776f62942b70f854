//! [`Table`]: paths and methods, and what stands behind them. Actors' routes and the entry's are both one of these.

use http::Method;

/// What stands behind paths and methods; a mistake in it is kept until the app starts.
pub(crate) struct Table<R> {
    paths: matchit::Router<usize>,
    entries: Vec<Entry<R>>,
    mistakes: Vec<String>,
}

struct Entry<R> {
    pattern: String,
    methods: Vec<(Method, R)>,
}

/// What a path and method lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// A route: its place in the table, and the parameters of the path.
    Route { path: usize, method: usize, params: Vec<(String, String)> },
    /// The path is there with a slash at its end.
    AddSlash,
    /// The path is there, and these methods are.
    OtherMethods(String),
    /// No such path.
    Nothing,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self { paths: matchit::Router::new(), entries: Vec::new(), mistakes: Vec::new() }
    }
}

impl<R> Table<R> {
    /// Adds `route`, and gives it back where it could be added.
    pub(crate) fn add(&mut self, method: Method, pattern: &str, route: R) -> Option<&mut R> {
        let path = match self.entries.iter().position(|e| e.pattern == pattern) {
            Some(path) => path,
            None if !pattern.starts_with('/') => {
                self.mistakes.push(format!("route `{method} {pattern}` must begin with a slash"));
                return None;
            }
            None => {
                if let Err(why) = self.paths.insert(pattern, self.entries.len()) {
                    self.mistakes.push(format!("route `{method} {pattern}`: {why}"));
                    return None;
                }
                self.entries.push(Entry { pattern: pattern.to_owned(), methods: Vec::new() });
                self.entries.len() - 1
            }
        };
        let methods = &mut self.entries.get_mut(path)?.methods;
        if methods.iter().any(|(m, _)| *m == method) {
            self.mistakes.push(format!("route `{method} {pattern}` is there twice"));
            return None;
        }
        methods.push((method, route));
        methods.last_mut().map(|(_, route)| route)
    }

    /// Routes that cannot be: patterns that `matchit` refuses, and duplicates.
    pub(crate) fn mistakes(&self) -> &[String] {
        &self.mistakes
    }

    /// What a normalised path and a method lead to.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Found {
        let Ok(found) = self.paths.at(path) else {
            let slashed = !path.ends_with('/') && self.paths.at(&format!("{path}/")).is_ok();
            return if slashed { Found::AddSlash } else { Found::Nothing };
        };
        let Some(entry) = self.entries.get(*found.value) else { return Found::Nothing };
        // HEAD is GET without a body; the hosts leave the body out.
        let wanted = if *method == Method::HEAD { &Method::GET } else { method };
        match entry.methods.iter().position(|(m, _)| m == wanted) {
            Some(place) => Found::Route {
                path: *found.value,
                method: place,
                params: found.params.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            },
            None => Found::OtherMethods(entry.allowed()),
        }
    }

    /// All routes, each with its method and pattern.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Method, &str, &R)> {
        self.entries.iter().flat_map(|entry| {
            entry.methods.iter().map(move |(method, route)| (method, entry.pattern.as_str(), route))
        })
    }

    /// The route with this method and pattern.
    pub(crate) fn named_mut(&mut self, method: &Method, pattern: &str) -> Option<&mut R> {
        let entry = self.entries.iter_mut().find(|entry| entry.pattern == pattern)?;
        entry.methods.iter_mut().find(|(known, _)| known == method).map(|(_, route)| route)
    }

    pub(crate) fn get(&self, path: usize, method: usize) -> Option<&R> {
        self.entries.get(path)?.methods.get(method).map(|(_, route)| route)
    }
}

impl<R> Entry<R> {
    /// The value of an `Allow` header.
    fn allowed(&self) -> String {
        let mut names = Vec::new();
        for (method, _) in &self.methods {
            names.push(method.as_str());
            if *method == Method::GET {
                names.push("HEAD");
            }
        }
        names.join(", ")
    }
}
