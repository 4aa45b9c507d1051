//! Saved views of the room list, and what somebody has set for themselves.

use leptos::prelude::*;

use super::Done;
use crate::domain::{Error, room::column::Arranged};

/// Saves a question (the list's address, as a query) as a view.
#[server(endpoint = "save_view")]
pub async fn save_view(
    name: String,
    #[server(default)] shared: Option<String>,
    #[server(default)] query: String,
    #[server(default)] columns: Arranged,
) -> Result<Done, Error> {
    let (ctx, staff) = super::asker::ctx_of()?;
    let wanted = wanted(name, shared, &columns)?;
    let view = crate::services::views::save(&ctx, &staff, wanted, &question(&query)?).await?;
    Ok(Done::saying(format!("Saved the view {}.", view.name)).at(view.address()))
}

/// Changes a view's name, its columns, and whether it is shared.
#[server(endpoint = "change_view")]
pub async fn change_view(
    id: i64,
    name: String,
    #[server(default)] shared: Option<String>,
    #[server(default)] columns: Arranged,
) -> Result<Done, Error> {
    let (ctx, staff) = super::asker::ctx_of()?;
    let view = crate::services::views::change(&ctx, &staff, id, wanted(name, shared, &columns)?).await?;
    Ok(Done::saying(format!("Saved the view {}.", view.name)).at(view.address()))
}

/// Makes a view ask what the list asks now.
#[server(endpoint = "update_view")]
pub async fn update_view(id: i64, #[server(default)] query: String) -> Result<Done, Error> {
    let (ctx, staff) = super::asker::ctx_of()?;
    let view = crate::services::views::ask_otherwise(&ctx, &staff, id, &question(&query)?).await?;
    Ok(Done::saying(format!("{} shows this from now on.", view.name)).at(view.address()))
}

/// Deletes a view.
#[server(endpoint = "delete_view")]
pub async fn delete_view(id: i64) -> Result<Done, Error> {
    let (ctx, staff) = super::asker::ctx_of()?;
    let view = crate::services::views::delete(&ctx, &staff, id).await?;
    Ok(Done::saying(format!("Deleted the view {}.", view.name)).at("/rooms"))
}

/// Keeps one's own columns, how close rows stand, and whether single keys do something.
#[server(endpoint = "save_preferences")]
pub async fn save_preferences(
    density: String,
    #[server(default)] keys: Option<String>,
    #[server(default)] columns: Arranged,
) -> Result<Done, Error> {
    use crate::domain::desk::{Density, Preferences};
    let (ctx, staff) = super::asker::ctx_of()?;
    let density = Density::parse(&density).ok_or_else(|| Error::invalid("density", "is not one we know"));
    let wanted = Preferences { columns: chosen(&columns)?, density: density?, keys: keys.is_some() };
    let is_changed = crate::services::account::set_preferences(&ctx, &staff, wanted).await?;
    Ok(Done::saying(if is_changed { "Saved your preferences." } else { "Nothing to save: everything was already so." }))
}

#[cfg(feature = "ssr")]
fn chosen(columns: &Arranged) -> Result<crate::domain::room::Columns, Error> {
    columns.columns().map_err(|violation| Error::Invalid(vec![violation]))
}

/// What a form says of a view, or everything that is wrong with it.
#[cfg(feature = "ssr")]
fn wanted(name: String, shared: Option<String>, columns: &Arranged) -> Result<crate::services::views::Wanted, Error> {
    use crate::domain::{Violation, desk::check_name};
    let wrong = check_name(&name).err().map(|why| Violation::new("name", why));
    match columns.columns() {
        Ok(columns) if wrong.is_none() => {
            Ok(crate::services::views::Wanted { name, shared: shared.is_some(), columns })
        }
        columns => Err(Error::Invalid(wrong.into_iter().chain(columns.err()).collect())),
    }
}

#[cfg(feature = "ssr")]
fn question(query: &str) -> Result<crate::domain::room::RoomQuery, Error> {
    let pairs = crate::domain::address::pairs(query);
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let (query, wrong) = crate::domain::room::RoomQuery::parse(pairs);
    if wrong.is_empty() { Ok(query) } else { Err(Error::Invalid(wrong)) }
}
