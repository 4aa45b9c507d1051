//! What is taken along as a file: streamed, however long it is, and never held in memory whole.

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures::stream;

use super::{House, pages::plainly};
use crate::{
    domain::{Error, audit::AuditQuery},
    services::history,
    ui::links,
};

/// `GET /audit/export`: the entries that `/audit` shows with the same query, newest first, one JSON object a line.
pub async fn audit(State(house): State<House>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let pairs = links::pairs(request.uri().query().unwrap_or_default());
    let asker = match house.asker(house.caller(&request), None).await {
        Ok(asker) => asker,
        Err(error) => return plainly(&error),
    };
    let Some(ctx) = asker.ctx.clone().filter(|_| asker.staff.as_ref().is_some_and(|staff| !staff.must_change)) else {
        return plainly(&Error::Unauthenticated);
    };
    let (query, wrong) = AuditQuery::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    if !wrong.is_empty() {
        return plainly(&Error::Invalid(wrong));
    }
    // The first part is read before the answer begins, so that a refusal still has its status.
    let first = match history::export(&ctx, &query, i64::MAX).await {
        Ok(first) => first,
        Err(error) => {
            house.note_refusal(&asker, &path, &error).await;
            return plainly(&error);
        }
    };
    let parts = stream::try_unfold(first, move |part| {
        let (ctx, query) = (ctx.clone(), query.clone());
        async move {
            let Some(last) = part.last() else { return Ok::<_, Error>(None) };
            let next = history::export(&ctx, &query, last.id).await?;
            let mut lines = Vec::new();
            for entry in &part {
                serde_json::to_writer(&mut lines, entry).unwrap_or_default();
                lines.push(b'\n');
            }
            Ok(Some((Bytes::from(lines), next)))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.jsonl\""),
    ];
    (headers, Body::from_stream(parts)).into_response()
}
