//! What apps called: how often, when last, and what they were refused.

use std::collections::BTreeMap;

use super::no_app;
use crate::{
    domain::{
        Result, Right, Timestamp,
        app::{App, Tally},
    },
    services::Ctx,
};

/// An app and what it called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The app.
    pub app: App,
    /// Its calls by their end, the last first.
    pub tallies: Vec<Tally>,
}

impl Used {
    /// How many calls were refused, or were not.
    pub fn many(&self, refused: bool) -> u64 {
        let of_that_end = self.tallies.iter().filter(|tally| tally.refused == refused);
        of_that_end.map(|tally| tally.many.unsigned_abs()).sum()
    }

    /// When it last called. What came with its key but was not let in may be anybody's, and names no action.
    pub fn last_at(&self) -> Option<Timestamp> {
        self.tallies.iter().filter(|tally| !tally.action.is_empty()).map(|tally| tally.last_at).max()
    }
}

/// All apps, by vendor and name, with what they called; what nobody's app called is not there.
///
/// # Errors
/// Not allowed.
pub async fn list(ctx: &Ctx) -> Result<Vec<Used>> {
    ctx.may(Right::Apps)?;
    let mut calls: BTreeMap<i64, Vec<Tally>> = BTreeMap::new();
    for (app, tally) in ctx.store.calls().await? {
        calls.entry(app).or_default().push(tally);
    }
    let apps = ctx.store.apps().await?.into_iter();
    Ok(apps.map(|app| Used { tallies: calls.remove(&app.id).unwrap_or_default(), app }).collect())
}

/// One app and what it called.
///
/// # Errors
/// Not allowed, or no such app.
pub async fn get(ctx: &Ctx, id: i64) -> Result<Used> {
    list(ctx).await?.into_iter().find(|used| used.app.id == id).ok_or_else(no_app)
}
