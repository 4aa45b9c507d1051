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
        domain::{
            Violation,
            attribute::{Edit, Why},
        },
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
    let rules = attributes::Rules::house(&ctx);
    let changed = attributes::change(&ctx, &super::asker::room_id(&id)?, version, edits, rules).await?;
    let done = changed.saved.changes.len();
    let refused: Vec<Violation> = numbers
        .iter()
        .zip(changed.outcomes)
        .filter_map(|(number, outcome)| {
            let refused = outcome.refused?;
            let input = if refused.why == Why::Key { "key" } else { "value" };
            Some(Violation::new(format!("{input}.{number}"), refused.message))
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
    Ok(Done::of(changed.saved, format!("Saved {many}.")))
}
