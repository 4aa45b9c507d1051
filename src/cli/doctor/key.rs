//! The master key, without which nothing that is sealed in the database can be read: whether it is there, whose it is, and
//! whether it is the one.

use std::fs;

use super::Report;
use crate::{
    cli::config::Basics,
    store::{Look, OpenError, key::KeyPlace, volume::is_open_to_others},
};

pub(super) async fn look(report: &mut Report, basics: &Basics) {
    let database = basics.file();
    let place = basics.key.clone().unwrap_or_else(|| KeyPlace::beside(&database));
    let file = if let KeyPlace::File(path) = &place { Some(path) } else { None };
    let found = file.and_then(|path| fs::metadata(path).ok());
    if let Some(path) = file.filter(|_| found.as_ref().is_some_and(is_open_to_others)) {
        let shown = path.display();
        report.fail("key", format!("{shown} can be read by others: chmod 600 {shown}"));
        return;
    }
    // What else is wrong with the database is not the key's fault, and is told of elsewhere.
    if database.exists()
        && let Ok(mut look) = Look::at(&database).await
    {
        let opened = look.opens_with(&place).await;
        look.close().await;
        if let Err(OpenError::Key(why)) = opened {
            report.fail("key", why.to_string());
            return;
        }
    }
    match file.filter(|_| found.is_none()) {
        Some(path) => report.ok("key", format!("{} is made with the database", path.display())),
        None => report.ok("key", format!("{}; keep a copy of it, and not with the backups", place.name())),
    }
}
