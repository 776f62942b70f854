//! Bodies that are read piece by piece.

use domicile::http::HeaderValue;
use domicile::http::header::CONTENT_TYPE;
use domicile::prelude::*;

use super::Web;

pub(super) fn routes(r: &mut Routes<Web>) {
    r.get("/pages/few", |_, _, _| {
        let mut response = Response::new(Body::pages(0, |_, at: u32| {
            Ok(Page { bytes: format!("piece {at}\n").into(), next: (at < 4).then_some(at + 1) })
        }));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/csv"));
        response
    });
    // 160 pieces of 64 KiB, each of one byte's value: 10 MiB.
    r.get("/pages/big", |_, _, _| {
        Body::pages(0_u8, |_, at| {
            Ok(Page { bytes: vec![at; 65536].into(), next: (at < 159).then_some(at + 1) })
        })
    });
    r.get("/pages/empty", |_, _, _| {
        Body::pages(0, |_, at: u32| {
            let bytes = if at.is_multiple_of(2) { String::new() } else { format!("piece {at}\n") };
            Ok(Page { bytes: bytes.into(), next: (at < 6).then_some(at + 1) })
        })
    });
    r.get("/pages/none", |_, _, _| Body::pages((), |_, ()| Ok(Page { bytes: "".into(), next: None })));
    r.get("/pages/{end}", broken);
    r.get("/rows", |_, _, _| Body::pages(0, rows));
    r.post("/rows", |_, request, cx| {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                   INSERT INTO blob (bytes) SELECT CAST('row ' || i AS BLOB) FROM n";
        cx.store().execute(
            sql,
            (request.text()?.parse::<i64>().map_err(|e| Error::bad_request(e.to_string()))?,),
        )?;
        Ok::<_, Error>(StatusCode::CREATED)
    });
}

/// A body whose third piece does not come: the client must not take the part for the whole.
fn broken(_: &Web, request: &Request, _: &Cx) -> Result<Body> {
    let end: String = request.param("end")?;
    if !["error", "panic", "write"].contains(&end.as_str()) {
        return Err(Error::not_found("way to end"));
    }
    Ok(Body::pages(0, move |cx, at: u32| {
        if at == 2 {
            match end.as_str() {
                "panic" => panic!("the secret of the page"),
                "write" => cx.store().execute("INSERT INTO blob (bytes) VALUES (x'00')", ()).map(|_| ())?,
                _ => return Err(Error::internal("the secret of the page")),
            }
        }
        Ok(Page { bytes: format!("piece {at}\n").into(), next: (at < 9).then_some(at + 1) })
    }))
}

/// A hundred rows a piece, continued by key.
fn rows(cx: &Cx, after: i64) -> Result<Page<i64>> {
    let rows: Vec<(i64, Vec<u8>)> =
        cx.store().query_all("SELECT id, bytes FROM blob WHERE id > ? ORDER BY id LIMIT 100", (after,))?;
    let next = rows.last().map(|(id, _)| *id);
    let mut bytes = Vec::new();
    for (_, row) in rows {
        bytes.extend(row);
        bytes.push(b'\n');
    }
    Ok(Page { bytes: bytes.into(), next })
}
