//! Clients and who is a member where.

use std::collections::BTreeSet;

use sqlx::{Row, sqlite::SqliteRow};

use super::{Store, Tx};
use crate::{
    domain::{
        Result, Timestamp,
        client::{Client, ClientId, Member},
        page::{Cursor, Found, PAGE, Page, Total},
        room::{Field, Room},
    },
    store::fold,
};

/// Most clients that a picker is offered.
const SUGGESTED: i64 = 8;

impl Store {
    /// A client by id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Client>> {
        let query = sqlx::query("SELECT id, nickname, avatar, last_login_at FROM clients WHERE id = $1");
        let row = query.bind(id.as_str()).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(client).transpose()?)
    }

    /// Clients whose id or nickname begins with `start`, ids first; found by index, however many there are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn clients_like(&self, start: &str) -> Result<Vec<Client>> {
        let end = |start: &str| format!("{start}\u{10FFFF}");
        let folded = fold::fold(start);
        let rows = sqlx::query(
            "SELECT * FROM (SELECT id, nickname, avatar, last_login_at FROM clients
                 WHERE id >= $1 AND id < $2 ORDER BY id LIMIT $5)
             UNION
             SELECT * FROM (SELECT id, nickname, avatar, last_login_at FROM clients
                 WHERE nickname_fold <> '' AND nickname_fold >= $3 AND nickname_fold < $4 ORDER BY nickname_fold LIMIT $5)
             LIMIT $5",
        )
        .bind(start)
        .bind(end(start))
        .bind(&folded)
        .bind(end(&folded))
        .bind(SUGGESTED)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.iter().map(client).collect::<Result<_, _>>()?)
    }

    /// A page of a room's members, by client id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn members(&self, room: &Room, page: &Page) -> Result<Found<Member>> {
        let (after, before) = match page {
            Page::First => (String::new(), None),
            Page::After(cursor) => (cursor.key.clone(), None),
            Page::Before(cursor) => (String::new(), Some(cursor.key.clone())),
        };
        let direction = if before.is_some() { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT c.id, c.nickname, c.avatar, c.last_login_at, m.unread, m.last_read
             FROM members m JOIN clients c ON c.id = m.client
             WHERE m.room = $1 AND m.client > $2 AND ($3 IS NULL OR m.client < $3)
             ORDER BY m.client {direction} LIMIT $4"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(room.number).bind(after).bind(before);
        let rows = query.bind(PAGE as i64 + 1).fetch_all(&self.readers).await?;
        let members = rows.iter().map(member).collect::<Result<Vec<_>, sqlx::Error>>()?;
        let total = Total::Exactly(room.member_count.unsigned_abs());
        let key = |member: &Member| Cursor { number: room.number, key: member.client.id.to_string() };
        Ok(Found::cut(members, page, total, key))
    }

    /// All members of a room, by client id: for export and for vendors that answer with all of them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn all_members(&self, room: i64) -> Result<Vec<Member>> {
        let rows = sqlx::query(ALL_MEMBERS).bind(room).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(member).collect::<Result<_, _>>()?)
    }

    /// Those of these clients that are known, in no order.
    ///
    /// # Errors
    /// The database failed.
    pub async fn clients_of(&self, ids: &[&str]) -> Result<Vec<Client>> {
        let query = sqlx::query(CLIENTS_OF).bind(super::bulk::json(ids)?);
        let rows = query.fetch_all(&self.readers).await?;
        Ok(rows.iter().map(client).collect::<Result<_, _>>()?)
    }

    /// Those of these clients that are members of a room, by client id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn members_of(&self, room: i64, ids: &[&str]) -> Result<Vec<Member>> {
        let query = sqlx::query(
            "SELECT c.id, c.nickname, c.avatar, c.last_login_at, m.unread, m.last_read
             FROM members m JOIN clients c ON c.id = m.client
             WHERE m.room = $1 AND m.client IN (SELECT value FROM json_each($2)) ORDER BY m.client",
        );
        let rows = query.bind(room).bind(super::bulk::json(ids)?).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(member).collect::<Result<_, _>>()?)
    }

    /// Whether a client is a member of a room.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_member(&self, room: i64, client: &ClientId) -> Result<bool> {
        let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM members WHERE room = $1 AND client = $2)");
        Ok(query.bind(room).bind(client.as_str()).fetch_one(&self.readers).await?)
    }
}

pub(super) const CLIENTS_OF: &str = "SELECT id, nickname, avatar, last_login_at FROM clients
     WHERE id IN (SELECT value FROM json_each($1))";
const ALL_MEMBERS: &str = "SELECT c.id, c.nickname, c.avatar, c.last_login_at, m.unread, m.last_read
     FROM members m JOIN clients c ON c.id = m.client WHERE m.room = $1 ORDER BY m.client";

impl Tx {
    /// All members of a room, as this transaction sees them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn all_members(&mut self, room: i64) -> Result<Vec<Member>> {
        let rows = sqlx::query(ALL_MEMBERS).bind(room).fetch_all(&mut self.conn).await?;
        Ok(rows.iter().map(member).collect::<Result<_, _>>()?)
    }

    /// Makes these the members of a room, and keeps what is new of the clients.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_members(&mut self, room: i64, members: &[Member]) -> Result<()> {
        sqlx::query("DELETE FROM members WHERE room = $1").bind(room).execute(&mut self.conn).await?;
        for member in members {
            self.put_client(&member.client).await?;
            sqlx::query("INSERT OR REPLACE INTO members (room, client, unread, last_read) VALUES ($1, $2, $3, $4)")
                .bind(room)
                .bind(member.client.id.as_str())
                .bind(member.unread)
                .bind(&member.last_read)
                .execute(&mut self.conn)
                .await?;
        }
        self.count_members(room).await
    }

    /// Which of these clients are members of a room.
    ///
    /// # Errors
    /// The database failed.
    pub async fn members_among(&mut self, room: i64, ids: &[&str]) -> Result<BTreeSet<String>> {
        let query =
            sqlx::query("SELECT client FROM members WHERE room = $1 AND client IN (SELECT value FROM json_each($2))");
        let rows = query.bind(room).bind(super::bulk::json(ids)?).fetch_all(&mut self.conn).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// Makes known clients members of a room that does not have them; the room's count follows.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_members(&mut self, room: i64, ids: &[&str]) -> Result<()> {
        let query = sqlx::query("INSERT OR IGNORE INTO members (room, client) SELECT $1, value FROM json_each($2)");
        query.bind(room).bind(super::bulk::json(ids)?).execute(&mut self.conn).await?;
        self.count_members(room).await
    }

    /// Takes clients out of a room; the room's count follows.
    ///
    /// # Errors
    /// The database failed.
    pub async fn remove_members(&mut self, room: i64, ids: &[&str]) -> Result<()> {
        let query = sqlx::query("DELETE FROM members WHERE room = $1 AND client IN (SELECT value FROM json_each($2))");
        query.bind(room).bind(super::bulk::json(ids)?).execute(&mut self.conn).await?;
        self.count_members(room).await
    }

    async fn count_members(&mut self, room: i64) -> Result<()> {
        sqlx::query("UPDATE rooms SET member_count = (SELECT count(*) FROM members WHERE room = $1) WHERE number = $1")
            .bind(room)
            .execute(&mut self.conn)
            .await?;
        self.touch(room);
        Ok(())
    }

    /// Keeps a client; what is empty leaves what is known.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_client(&mut self, client: &Client) -> Result<()> {
        sqlx::query(
            "INSERT INTO clients (id, nickname, nickname_fold, avatar, last_login_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET
                 nickname = iif(excluded.nickname = '', nickname, excluded.nickname),
                 nickname_fold = iif(excluded.nickname = '', nickname_fold, excluded.nickname_fold),
                 avatar = iif(excluded.avatar = '', avatar, excluded.avatar),
                 last_login_at = coalesce(excluded.last_login_at, last_login_at)",
        )
        .bind(client.id.as_str())
        .bind(&client.nickname)
        .bind(fold::fold(&client.nickname))
        .bind(&client.avatar)
        .bind(client.last_login_at.map(|at| at.0))
        .execute(&mut self.conn)
        .await?;
        Ok(())
    }

    /// Makes the owner and the managers of a room known as clients, so that pickers offer them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_people(&mut self, room: &Room) -> Result<()> {
        for id in room.values.text(Field::Owner).into_iter().chain(room.managers().iter().map(String::as_str)) {
            let query = sqlx::query("INSERT OR IGNORE INTO clients (id) VALUES ($1)");
            query.bind(id).execute(&mut self.conn).await?;
        }
        Ok(())
    }
}

pub(super) fn client(row: &SqliteRow) -> Result<Client, sqlx::Error> {
    let id: String = row.try_get(0)?;
    Ok(Client {
        id: ClientId::parse(&id).map_err(|why| sqlx::Error::Decode(why.into()))?,
        nickname: row.try_get(1)?,
        avatar: row.try_get(2)?,
        last_login_at: row.try_get::<Option<i64>, _>(3)?.map(Timestamp),
    })
}

pub(super) fn member(row: &SqliteRow) -> Result<Member, sqlx::Error> {
    Ok(Member { client: client(row)?, unread: row.try_get(4)?, last_read: row.try_get(5)? })
}
