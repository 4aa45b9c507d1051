//! A room's attributes, edited as a table.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Done;
use crate::domain::Error;

/// One row of the table. A check box that is not set is not sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AttributeRow {
    /// The key.
    #[serde(default)]
    pub key: String,
    /// The value.
    #[serde(default)]
    pub value: String,
    /// Set where the attribute goes when the client who set it leaves.
    #[serde(default)]
    pub auto_delete: Option<String>,
    /// Set where the attribute is to be deleted.
    #[serde(default)]
    pub delete: Option<String>,
}

/// Sets and deletes attributes; each row has its own result, and a refused one leaves the others done.
#[server(endpoint = "save_attributes")]
pub async fn save_attributes(
    id: String,
    version: i64,
    #[server(default)] rows: BTreeMap<String, AttributeRow>,
) -> Result<Done, Error> {
    use crate::{
        domain::{Violation, attribute::Edit},
        services::attributes,
    };
    let ctx = super::asker::ctx()?;
    let mut numbers = Vec::new();
    let mut edits = Vec::new();
    for (number, row) in rows {
        if row.key.trim().is_empty() && row.value.is_empty() {
            continue;
        }
        numbers.push(number);
        edits.push(match row.delete {
            Some(_) => Edit::Delete { key: row.key },
            None => Edit::Set { key: row.key, value: row.value, auto_delete: row.auto_delete.is_some() },
        });
    }
    let (saved, outcomes) = attributes::change(&ctx, &super::asker::room_id(&id)?, version, edits).await?;
    let done = saved.changes.len();
    let refused: Vec<Violation> = numbers
        .iter()
        .zip(outcomes)
        .filter_map(|(number, outcome)| {
            let why = outcome.refused?;
            let input = if why.starts_with("key ") { "key" } else { "value" };
            let why = why.strip_prefix("key ").or_else(|| why.strip_prefix("value ")).unwrap_or(&why);
            Some(Violation::new(format!("{input}.{number}"), why))
        })
        .collect();
    let many = if done == 1 { "1 change".to_owned() } else { format!("{done} changes") };
    if !refused.is_empty() {
        let mut all = refused;
        if done > 0 {
            all.push(Violation::new("", format!("The other rows were saved ({many}).")));
        }
        return Err(Error::Invalid(all));
    }
    Ok(Done::of(saved, format!("Saved {many}.")))
}
