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
    domain::{Error, audit::AuditQuery, job::Sort, room::RoomQuery},
    rpc::asker::Asker,
    services::{Ctx, export::ListExport, history, import::Format, jobs::Results, views},
    ui::links,
};

/// `GET /rooms.csv` and `GET /rooms.jsonl`: every room that `/rooms` finds with the same query, in its order, with the
/// columns of its view or else the reader's own.
pub async fn rooms(State(house): State<House>, request: Request) -> Response {
    let is_csv = request.uri().path() == "/rooms.csv";
    let pairs = links::pairs(request.uri().query().unwrap_or_default());
    let asker = match house.asker(house.caller(&request), None).await {
        Ok(asker) => asker,
        Err(error) => return plainly(&error),
    };
    let is_settled = asker.duty().is_none();
    let (Some(ctx), Some(staff)) = (asker.ctx, asker.staff.filter(|_| is_settled)) else {
        return plainly(&Error::Unauthenticated);
    };
    let (query, wrong) = RoomQuery::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    if !wrong.is_empty() {
        return plainly(&Error::Invalid(wrong));
    }
    let columns = match query.view {
        Some(id) => views::get(&ctx, &staff, id).await.map(|view| view.columns),
        None => Ok(staff.preferences.columns),
    };
    let format = if is_csv { Format::Csv } else { Format::JsonLines };
    // The first part is read before the answer begins, so that a refusal still has its status.
    let begun = async {
        let mut export = ListExport::new(query, &columns?, format);
        let first = export.next(&ctx).await?;
        Ok((export, first))
    };
    let (export, first) = match begun.await {
        Ok(begun) => begun,
        Err(error) => return plainly(&error),
    };
    let parts = stream::try_unfold((export, first), move |(mut export, part)| {
        let ctx = ctx.clone();
        async move {
            let Some(part) = part else { return Ok::<_, Error>(None) };
            let next = export.next(&ctx).await?;
            Ok(Some((Bytes::from(part), (export, next))))
        }
    });
    let (kind, name) = if is_csv {
        ("text/csv; charset=utf-8", "attachment; filename=\"rooms.csv\"")
    } else {
        ("application/x-ndjson; charset=utf-8", "attachment; filename=\"rooms.jsonl\"")
    };
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], Body::from_stream(parts)).into_response()
}

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
    let is_settled = asker.duty().is_none();
    let ctx = asker.ctx.clone().filter(|_| is_settled).ok_or(Error::Unauthenticated)?;
    Ok((asker, ctx))
}
