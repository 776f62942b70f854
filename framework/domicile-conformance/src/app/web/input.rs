//! What a route can read of a request.

use std::collections::BTreeMap;

use domicile::prelude::*;

use super::Web;

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "its fields are shown by Debug alone")]
struct Search {
    text: String,
    page: Option<u32>,
}

pub(super) fn routes(r: &mut Routes<Web>) {
    r.get("/item/{id}", |_, request, _| Ok::<_, Error>(format!("{}\n", request.param::<u32>("id")?)));
    r.get("/word/{word}/", |_, request, _| {
        Ok::<_, Error>(format!("{:?}\n", request.param::<String>("word")?))
    });
    r.get("/files/{*rest}", |_, request, _| {
        Ok::<_, Error>(format!("{:?}\n", request.param::<String>("rest")?))
    });
    r.get("/missing/{id}", |_, request, _| Ok::<_, Error>(format!("{}\n", request.param::<u32>("other")?)));
    r.get("/search", |_, request, _| Ok::<_, Error>(format!("{:?}\n", request.query::<Search>()?)));
    r.get("/query", |_, request, _| {
        Ok::<_, Error>(format!("{:?}\n", request.query::<Vec<(String, String)>>()?))
    });
    r.get("/query/{name}", |_, request, _| {
        Ok::<_, Error>(format!("{:?}\n", request.query_value(&request.param::<String>("name")?)))
    });
    r.post("/form", |_, request, _| Ok::<_, Error>(format!("{:?}\n", request.form::<Search>()?)));
    r.post("/json", |_, request, _| Ok::<_, Error>(format!("{:?}\n", request.json::<Search>()?)));
    r.post("/json/echo", |_, request, _| {
        Ok::<_, Error>(Json(request.json::<BTreeMap<String, Option<f64>>>()?))
    });
    r.post("/text", |_, request, _| Ok::<_, Error>(format!("{:?}\n", request.text()?)));
    r.get("/cookies", |_, request, _| {
        request.cookies().map(|c| format!("{}={:?}\n", c.name(), c.value())).collect::<String>()
    });
    r.get("/cookie/{name}", |_, request, _| {
        Ok::<_, Error>(format!("{:?}\n", request.cookie(&request.param::<String>("name")?)))
    });
    r.get("/seen/{*rest}", seen);
    r.get("/header/{name}", |_, request, _| {
        let name: String = request.param("name")?;
        let values = request.headers().get_all(name.as_str()).into_iter();
        Ok::<_, Error>(
            values.map(|v| format!("{:?}\n", v.as_bytes().escape_ascii().to_string())).collect::<String>(),
        )
    });
    r.post("/size", |_, request, _| format!("{}\n", request.body().len()));
}

/// The request as the actor sees it, without the headers that each server adds.
fn seen(_: &Web, request: &Request, cx: &Cx) -> Result<String> {
    Ok(format!(
        "origin {}\nprefix {}\nuri {}\npath {}\nrest {:?}\nlink {}\n",
        request.origin(),
        request.prefix(),
        request.uri(),
        request.path(),
        request.param::<String>("rest")?,
        cx.path("/seen/me")
    ))
}
