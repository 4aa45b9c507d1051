//! The writing side: one batch, one transaction. What is needed to decide is read with one statement for all lines.

use std::collections::{BTreeSet, HashMap, HashSet};

use futures::FutureExt;

use super::{
    Note, What,
    parts::{counted, kept_as_made, message_changed, replace_attributes},
    people::{Clients, clients_changed, members_changed},
    reader::Ready,
};
use crate::{
    domain::{
        Result,
        audit::Action,
        client::{Client, Member},
        room::{Change, Field, Line, Room, Values},
    },
    services::{Ctx, attributes::differences},
    store::Tx,
};

/// What a batch came to.
#[derive(Debug, Default)]
pub(super) struct Applied {
    pub created: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub notes: Vec<Note>,
}

/// Writes the lines of a batch, or, if the database fails, none of them.
pub(super) async fn apply(ctx: &Ctx, lines: Vec<Ready>) -> Result<Applied> {
    if lines.is_empty() {
        return Ok(Applied::default());
    }
    let ctx = ctx.clone();
    let store = ctx.store.clone();
    store.write(move |tx| async move { Batch::read(tx, ctx, &lines).await?.write(tx, lines).await }.boxed()).await
}

/// What is known before anything is written.
struct Batch {
    ctx: Ctx,
    rooms: HashMap<String, Room>,
    members: HashMap<i64, Vec<Member>>,
    clients: Clients,
    numbers: HashSet<i64>,
    /// Owners and managers of rooms that were written.
    people: BTreeSet<String>,
}

impl Batch {
    async fn read(tx: &mut Tx, ctx: Ctx, lines: &[Ready]) -> Result<Self> {
        let ids: Vec<&str> = lines.iter().map(|ready| ready.line.id.as_str()).collect();
        let numbers: Vec<i64> = lines.iter().filter_map(|ready| ready.line.number).collect();
        let told = lines.iter().flat_map(|ready| ready.line.members.iter().flatten());
        let clients: BTreeSet<&str> = told.map(|member| member.client.id.as_str()).collect();
        let rooms = tx.rooms_of(&ids).await?;
        let mut members = HashMap::new();
        for ready in lines.iter().filter(|ready| ready.line.members.is_some()) {
            if let Some(room) = rooms.get(ready.line.id.as_str()) {
                members.insert(room.number, tx.all_members(room.number).await?);
            }
        }
        Ok(Self {
            numbers: tx.numbers_taken(&numbers).await?,
            clients: Clients::new(tx.clients_of(&clients.into_iter().collect::<Vec<_>>()).await?),
            people: BTreeSet::new(),
            ctx,
            rooms,
            members,
        })
    }

    async fn write(mut self, tx: &mut Tx, lines: Vec<Ready>) -> Result<Applied> {
        let mut applied = Applied::default();
        // A line that will be refused teaches nothing.
        let (lines, refused): (Vec<Ready>, Vec<Ready>) =
            lines.into_iter().partition(|ready| !self.would_lose_its_owner(&ready.line));
        for ready in refused {
            let why = "owner cannot be empty in a room that has one; leave it out, or name the new owner".to_owned();
            applied.notes.push(Note::new(ready.number, Some(ready.line.id.as_str()), What::Refused, vec![why]));
        }
        let mut learnt = Vec::with_capacity(lines.len());
        for ready in &lines {
            learnt.push(self.clients.learn(ready.line.members.as_deref().unwrap_or_default()));
        }
        tx.put_clients(&self.clients.news()).await?;
        for (ready, (news, kept)) in lines.into_iter().zip(learnt) {
            let Ready { number, line, mut adjusted } = ready;
            let id = line.id.to_string();
            adjusted.extend(kept);
            match self.rooms.remove(&id) {
                None => {
                    adjusted.extend(self.create(tx, line).await?);
                    applied.created += 1;
                }
                Some(room) => {
                    adjusted.extend(kept_as_made(&room, &line));
                    match self.update(tx, room, line, &news).await? {
                        true => applied.changed += 1,
                        false => applied.unchanged += 1,
                    }
                }
            }
            if !adjusted.is_empty() {
                applied.notes.push(Note::new(number, Some(&id), What::Adjusted, adjusted));
            }
        }
        let people: Vec<&str> = self.people.iter().map(String::as_str).collect();
        tx.put_client_ids(&people).await?;
        Ok(applied)
    }

    fn would_lose_its_owner(&self, line: &Line) -> bool {
        let clears = line.patch.iter().any(|(field, value)| field == Field::Owner && value.is_none());
        clears && self.rooms.get(line.id.as_str()).is_some_and(|room| room.owner().is_some())
    }

    /// Makes a room; says what of the line it did not take to the letter.
    async fn create(&mut self, tx: &mut Tx, line: Line) -> Result<Vec<String>> {
        let mut adjusted = Vec::new();
        let mut values = Values::defaults();
        line.patch.apply(&mut values);
        let mut room = Room {
            id: line.id,
            number: line.number.filter(|number| !self.numbers.contains(number)).unwrap_or_default(),
            app: line.app.unwrap_or_default(),
            version: line.version.unwrap_or(1),
            created_at: line.created_at.unwrap_or(self.ctx.now),
            updated_at: line.updated_at.unwrap_or(self.ctx.now),
            member_count: 0,
            values,
            last_message: line.last_message,
        };
        let mut attributes = line.attributes.unwrap_or_default();
        let count = counted(&mut attributes).max(line.attribute_seq.unwrap_or_default());
        if line.attribute_seq.is_some_and(|given| given < count) {
            adjusted.push(format!("attribute_seq is less than an attribute's own seq; it became {count}"));
        }
        room.number = tx.insert_room(&room, count).await?;
        self.numbers.insert(room.number);
        if let Some(wanted) = line.number.filter(|wanted| *wanted != room.number) {
            adjusted.push(format!("number {wanted} is another room's; it became {}", room.number));
        }
        let mut changes = line.patch.against(&Values::defaults());
        for attribute in &attributes {
            tx.put_attribute(room.number, attribute).await?;
            changes.extend(differences(&attribute.key, None, Some(attribute)));
        }
        let members = line.members.unwrap_or_default();
        if !members.is_empty() {
            tx.insert_members(room.number, &members).await?;
        }
        changes.extend(members_changed(&[], &members));
        changes.extend(message_changed(None, room.last_message.as_ref()));
        tx.append(&self.ctx.entry(Action::RoomCreated, Some(&room), changes)).await?;
        self.know_people(&room);
        Ok(adjusted)
    }

    /// Writes what differs: fields, attributes, and members with the newest message, each an entry of its own, so that
    /// the first two can be undone. Says whether anything differed.
    async fn update(
        &mut self,
        tx: &mut Tx,
        mut room: Room,
        line: Line,
        news: &[(Option<Client>, Client)],
    ) -> Result<bool> {
        let version = room.version;
        let changes = line.patch.against(&room.values);
        if !changes.is_empty() {
            line.patch.apply(&mut room.values);
            let fields: Vec<Field> = changes.iter().filter_map(|change| Field::parse(&change.field)).collect();
            self.record(tx, &mut room, &fields, Action::RoomUpdated, changes).await?;
            self.know_people(&room);
        }
        if let Some(attributes) = line.attributes {
            let changes = replace_attributes(tx, &room, attributes).await?;
            self.record(tx, &mut room, &[], Action::AttributesChanged, changes).await?;
        }
        let mut changes: Vec<Change> = clients_changed(news).into_iter().collect();
        if let Some(members) = line.members {
            let before = self.members.remove(&room.number).unwrap_or_default();
            if let Some(change) = members_changed(&before, &members) {
                tx.delete_members(room.number).await?;
                tx.insert_members(room.number, &members).await?;
                changes.push(change);
            }
        }
        let before = room.last_message.clone();
        if let Some(change) = line.last_message.as_ref().and_then(|new| message_changed(before.as_ref(), Some(new))) {
            room.last_message = line.last_message;
            tx.put_last_message(&room).await?;
            changes.push(change);
        }
        self.record(tx, &mut room, &[], Action::MembersChanged, changes).await?;
        Ok(room.version > version)
    }

    async fn record(
        &self,
        tx: &mut Tx,
        room: &mut Room,
        fields: &[Field],
        action: Action,
        changes: Vec<Change>,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        room.version += 1;
        room.updated_at = self.ctx.now;
        tx.update_room(room, fields).await?;
        tx.append(&self.ctx.entry(action, Some(room), changes)).await.map(drop)
    }

    fn know_people(&mut self, room: &Room) {
        self.people.extend(room.owner().map(str::to_owned));
        self.people.extend(room.managers().iter().cloned());
    }
}
