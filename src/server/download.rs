//! What is taken along as a file: streamed, however long it is, and never held in memory whole.

use axum::{
    body::{Body, Bytes},
    extract::{Path, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use futures::stream;

use super::{House, pages::plainly, visitor::Caller};
use crate::{
    domain::{Error, audit::AuditQuery, job::Sort},
    rpc::asker::Asker,
    services::{Ctx, history, import::Format, jobs::Results},
    ui::links,
};

/// `GET /audit/export`: the entries that `/audit` shows with the same query, newest first, one JSON object a line.
pub async fn audit(State(house): State<House>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let pairs = links::pairs(request.uri().query().unwrap_or_default());
    let (asker, ctx) = match signed_in(&house, house.caller(&request)).await {
        Ok(both) => both,
        Err(error) => return plainly(&error),
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

/// `GET /jobs/{id}/export`: what became of a job's rooms; `format` is `csv` or `jsonl`, `outcome` one sort or nothing.
pub async fn job(State(house): State<House>, Path(id): Path<i64>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let pairs = links::pairs(request.uri().query().unwrap_or_default());
    let value = |asked: &str| pairs.iter().find(|(name, _)| name == asked).map_or("", |(_, value)| value.as_str());
    let (asker, ctx) = match signed_in(&house, house.caller(&request)).await {
        Ok(both) => both,
        Err(error) => return plainly(&error),
    };
    let (format, kind, end) = match value("format") {
        "" | "jsonl" => (Format::JsonLines, "application/x-ndjson; charset=utf-8", "jsonl"),
        "csv" => (Format::Csv, "text/csv; charset=utf-8", "csv"),
        _ => return plainly(&Error::invalid("format", "must be csv or jsonl")),
    };
    let sort = match value("outcome") {
        "" => None,
        word => match Sort::parse(word) {
            Some(sort) => Some(sort),
            None => return plainly(&Error::invalid("outcome", "must be changed, unchanged, skipped or failed")),
        },
    };
    let mut results = Results::new(id, sort, format);
    // The first part is read before the answer begins, so that a refusal still has its status.
    let first = match results.next(&ctx).await {
        Ok(first) => first,
        Err(error) => {
            house.note_refusal(&asker, &path, &error).await;
            return plainly(&error);
        }
    };
    let parts = stream::try_unfold((results, first), move |(mut results, part)| {
        let ctx = ctx.clone();
        async move {
            let Some(part) = part else { return Ok::<_, Error>(None) };
            let next = results.next(&ctx).await?;
            Ok(Some((Bytes::from(part), (results, next))))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"job-{id}.{end}\"")),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

/// Who asks, with a password of their own.
async fn signed_in(house: &House, caller: Caller) -> Result<(Asker, Ctx), Error> {
    let asker = house.asker(caller, None).await?;
    let is_settled = asker.staff.as_ref().is_some_and(|staff| !staff.must_change);
    let ctx = asker.ctx.clone().filter(|_| is_settled).ok_or(Error::Unauthenticated)?;
    Ok((asker, ctx))
}
