//! Staff accounts.

use sqlx::{Row, sqlite::SqliteRow};

use super::{Store, Tx, value};
use crate::{
    domain::{Result, Role, Timestamp, staff::Staff},
    store::fold::fold,
};

/// An account with the hash of its password, which stays between the store and the sign-in.
#[derive(Clone)]
pub struct Account {
    /// What may be shown.
    pub staff: Staff,
    /// The password's hash, in PHC form.
    pub password_hash: String,
}

/// An account to be made. Its password is a one-time one.
#[derive(Clone)]
pub struct NewStaff {
    /// What they sign in with.
    pub name: String,
    /// What they are trusted with.
    pub role: Role,
    /// The password's hash, in PHC form.
    pub password_hash: String,
    /// Until when it signs in.
    pub one_time_until: Timestamp,
    /// Now.
    pub now: Timestamp,
}

macro_rules! accounts {
    ($end:literal) => {
        concat!(
            "SELECT id, name, role, one_time_until, disabled, created_at, signed_in_at, password_hash, preferences, since
             FROM staff LEFT JOIN totp ON totp.staff = staff.id ",
            $end
        )
    };
}

const BY_ID: &str = accounts!("WHERE id = $1");
const BY_NAME: &str = accounts!("WHERE name_fold = $1");
const ALL: &str = accounts!("ORDER BY name_fold");

impl Store {
    /// All accounts, by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn staff(&self) -> Result<Vec<Staff>> {
        let rows = sqlx::query(ALL).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| account(row).map(|account| account.staff)).collect::<Result<_, _>>()?)
    }

    /// An account by its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account(&self, id: i64) -> Result<Option<Account>> {
        let row = sqlx::query(BY_ID).bind(id).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(account).transpose()?)
    }

    /// An account by its name, whatever its case.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account_named(&self, name: &str) -> Result<Option<Account>> {
        let row = sqlx::query(BY_NAME).bind(fold(name)).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(account).transpose()?)
    }
}

impl Tx {
    /// An account by its number, as this transaction sees it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account(&mut self, id: i64) -> Result<Option<Account>> {
        let row = sqlx::query(BY_ID).bind(id).fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(account).transpose()?)
    }

    /// An account by its name, as this transaction sees it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account_named(&mut self, name: &str) -> Result<Option<Account>> {
        let row = sqlx::query(BY_NAME).bind(fold(name)).fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(account).transpose()?)
    }

    /// Makes an account; returns its number.
    ///
    /// # Errors
    /// The database failed, or the name is taken: look first.
    pub async fn insert_staff(&mut self, new: &NewStaff) -> Result<i64> {
        let query = sqlx::query_scalar(
            "INSERT INTO staff (name, name_fold, role, password_hash, one_time_until, created_at)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        );
        let query = query.bind(&new.name).bind(fold(&new.name)).bind(new.role.key()).bind(&new.password_hash);
        Ok(query.bind(new.one_time_until.0).bind(new.now.0).fetch_one(&mut self.conn).await?)
    }

    /// Writes an account's role and whether it is disabled.
    ///
    /// # Errors
    /// The database failed.
    pub async fn update_staff(&mut self, staff: &Staff) -> Result<()> {
        let query = sqlx::query("UPDATE staff SET role = $1, disabled = $2 WHERE id = $3");
        query.bind(staff.role.key()).bind(staff.disabled).bind(staff.id).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Writes an account's password, and until when it signs in if it is a one-time one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_password(&mut self, staff: i64, hash: &str, one_time_until: Option<Timestamp>) -> Result<()> {
        let query = sqlx::query("UPDATE staff SET password_hash = $1, one_time_until = $2 WHERE id = $3");
        query.bind(hash).bind(one_time_until.map(|until| until.0)).bind(staff).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Notes that somebody signed in.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_signed_in(&mut self, staff: i64, at: Timestamp) -> Result<()> {
        let query = sqlx::query("UPDATE staff SET signed_in_at = $1 WHERE id = $2");
        query.bind(at.0).bind(staff).execute(&mut self.conn).await?;
        Ok(())
    }

    /// How many admins are not disabled.
    ///
    /// # Errors
    /// The database failed.
    pub async fn active_admins(&mut self) -> Result<i64> {
        let query = sqlx::query_scalar("SELECT count(*) FROM staff WHERE role = 'admin' AND disabled = 0");
        Ok(query.fetch_one(&mut self.conn).await?)
    }
}

fn account(row: &SqliteRow) -> Result<Account, sqlx::Error> {
    let role: String = row.try_get(2)?;
    Ok(Account {
        staff: Staff {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            role: Role::parse(&role).ok_or_else(|| sqlx::Error::Decode(format!("unknown role {role:?}").into()))?,
            one_time_until: row.try_get::<Option<i64>, _>(3)?.map(Timestamp),
            disabled: row.try_get(4)?,
            created_at: Timestamp(row.try_get(5)?),
            signed_in_at: row.try_get::<Option<i64>, _>(6)?.map(Timestamp),
            preferences: value::json(row, 8)?.unwrap_or_default(),
            totp_since: row.try_get::<Option<i64>, _>(9)?.map(Timestamp),
        },
        password_hash: row.try_get(7)?,
    })
}
