//! Saved views of the room list, and what people have set for themselves.

use sqlx::{Row, sqlite::SqliteRow};

use super::{Store, Tx};
use crate::{
    domain::{
        Result, Timestamp,
        desk::{Preferences, SavedView},
        room::Columns,
    },
    store::fold::fold,
};

const SEEN_BY: &str = "SELECT v.id, v.staff, s.name, v.name, v.shared, v.query, v.columns
     FROM views v JOIN staff s ON s.id = v.staff WHERE v.staff = $1 OR v.shared = 1
     ORDER BY v.staff <> $1, v.name_fold, v.id";
const BY_ID: &str = "SELECT v.id, v.staff, s.name, v.name, v.shared, v.query, v.columns
     FROM views v JOIN staff s ON s.id = v.staff WHERE v.id = $1";
const NAMED: &str = "SELECT v.id, v.staff, s.name, v.name, v.shared, v.query, v.columns
     FROM views v JOIN staff s ON s.id = v.staff
     WHERE v.name_fold = $2 AND v.id <> $3 AND (v.staff = $1 OR ($4 AND v.shared = 1)) LIMIT 1";

impl Store {
    /// The views that a person sees: their own by name, then those that others share.
    ///
    /// # Errors
    /// The database failed.
    pub async fn views(&self, staff: i64) -> Result<Vec<SavedView>> {
        let rows = sqlx::query(SEEN_BY).bind(staff).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(view).collect::<Result<_, _>>()?)
    }
}

impl Tx {
    /// A view by its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn view(&mut self, id: i64) -> Result<Option<SavedView>> {
        let row = sqlx::query(BY_ID).bind(id).fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(view).transpose()?)
    }

    /// Another view that has the name of this one: of the same person's, or, if this one is shared, a shared one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn view_of_same_name(&mut self, like: &SavedView) -> Result<Option<SavedView>> {
        let query = sqlx::query(NAMED).bind(like.staff).bind(fold(&like.name)).bind(like.id).bind(like.shared);
        Ok(query.fetch_optional(&mut self.conn).await?.as_ref().map(view).transpose()?)
    }

    /// How many views a person has, and how many are shared in all.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_views(&mut self, staff: i64) -> Result<(i64, i64)> {
        let query = sqlx::query("SELECT coalesce(sum(staff = $1), 0), coalesce(sum(shared), 0) FROM views");
        let row = query.bind(staff).fetch_one(&mut self.conn).await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }

    /// Writes a new view; returns its number.
    ///
    /// # Errors
    /// The database failed, or the name is taken: look first.
    pub async fn insert_view(&mut self, view: &SavedView, now: Timestamp) -> Result<i64> {
        let query = sqlx::query_scalar(
            "INSERT INTO views (staff, name, name_fold, shared, query, columns, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        );
        let query = query.bind(view.staff).bind(&view.name).bind(fold(&view.name)).bind(view.shared);
        let query = query.bind(&view.query).bind(String::from(view.columns.clone())).bind(now.0);
        Ok(query.fetch_one(&mut self.conn).await?)
    }

    /// Writes everything of a view but whose it is.
    ///
    /// # Errors
    /// The database failed, or the name is taken: look first.
    pub async fn put_view(&mut self, view: &SavedView) -> Result<()> {
        let query = sqlx::query(
            "UPDATE views SET name = $1, name_fold = $2, shared = $3, query = $4, columns = $5 WHERE id = $6",
        );
        let query = query.bind(&view.name).bind(fold(&view.name)).bind(view.shared).bind(&view.query);
        query.bind(String::from(view.columns.clone())).bind(view.id).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Deletes a view.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_view(&mut self, id: i64) -> Result<()> {
        sqlx::query("DELETE FROM views WHERE id = $1").bind(id).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Writes what a person has set for themselves.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_preferences(&mut self, staff: i64, preferences: &Preferences) -> Result<()> {
        let text = serde_json::to_string(preferences).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))?;
        let query = sqlx::query("UPDATE staff SET preferences = $1 WHERE id = $2");
        query.bind(text).bind(staff).execute(&mut self.conn).await?;
        Ok(())
    }
}

fn view(row: &SqliteRow) -> Result<SavedView, sqlx::Error> {
    Ok(SavedView {
        id: row.try_get(0)?,
        staff: row.try_get(1)?,
        owner: row.try_get(2)?,
        name: row.try_get(3)?,
        shared: row.try_get(4)?,
        query: row.try_get(5)?,
        columns: Columns::from(row.try_get::<String, _>(6)?),
    })
}
