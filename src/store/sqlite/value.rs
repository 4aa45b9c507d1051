//! How a field's value stands in its column: texts and choices as text, flags and numbers as integers, lists as JSON.

use sqlx::{
    Arguments, Row,
    sqlite::{SqliteArguments, SqliteRow},
};

use crate::domain::room::{Field, Kind, Value};

/// Adds a value to a statement's arguments.
pub(super) fn bind(arguments: &mut SqliteArguments, value: Option<&Value>) {
    let added = match value {
        None => arguments.add(None::<String>),
        Some(Value::Flag(flag)) => arguments.add(i64::from(*flag)),
        Some(Value::Number(number)) => arguments.add(*number),
        Some(Value::Text(text)) => arguments.add(text.clone()),
        Some(Value::Numbers(numbers)) => arguments.add(serde_json::to_string(numbers).unwrap_or_default()),
        Some(Value::Words(words)) => arguments.add(serde_json::to_string(words).unwrap_or_default()),
    };
    if let Err(cause) = added {
        tracing::error!(%cause, "binding a value");
    }
}

/// The words of a list, as they are found.
pub(super) fn words(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Words(words)) => words.clone(),
        Some(Value::Numbers(numbers)) => numbers.iter().map(i64::to_string).collect(),
        _ => Vec::new(),
    }
}

/// Reads a field from its column.
pub(super) fn read(row: &SqliteRow, column: usize, field: Field) -> Result<Option<Value>, sqlx::Error> {
    Ok(match field.spec().kind {
        Kind::Flag { .. } => row.try_get::<Option<i64>, _>(column)?.map(|flag| Value::Flag(flag != 0)),
        Kind::Number { .. } => row.try_get::<Option<i64>, _>(column)?.map(Value::Number),
        Kind::Numbers { .. } => json(row, column)?.map(Value::Numbers),
        Kind::Words { .. } | Kind::Clients { .. } => json(row, column)?.map(Value::Words),
        _ => row.try_get::<Option<String>, _>(column)?.map(Value::Text),
    })
}

/// Reads a JSON column.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: usize) -> Result<Option<T>, sqlx::Error> {
    let Some(text) = row.try_get::<Option<String>, _>(column)? else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|cause| sqlx::Error::Decode(Box::new(cause)))
}
