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
        attribute::Attribute,
        audit::Action,
        client::{Client, Member},
        room::{Change, Field, Line, Room, Values},
    },
    services::{
        Ctx,
        attributes::{differences, go_with},
    },
    store::{NewEntry, Tx},
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

/// A room that is to be made.
struct Made {
    room: Room,
    members: Vec<Member>,
    attributes: Vec<Attribute>,
    attribute_seq: i64,
    entry: NewEntry,
}

/// What is known before anything is written.
struct Batch {
    ctx: Ctx,
    rooms: HashMap<String, Room>,
    members: HashMap<i64, Vec<Member>>,
    clients: Clients,
    numbers: HashSet<i64>,
    /// The greatest number that a room ever had.
    last_number: i64,
    /// Rooms that are to be made, in the order of their lines.
    made: Vec<Made>,
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
            last_number: tx.last_number().await?,
            made: Vec::new(),
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
                    adjusted.extend(self.make(line));
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
        self.write_made(tx).await?;
        let people: Vec<&str> = self.people.iter().map(String::as_str).collect();
        tx.put_client_ids(&people).await?;
        Ok(applied)
    }

    fn would_lose_its_owner(&self, line: &Line) -> bool {
        let clears = line.patch.iter().any(|(field, value)| field == Field::Owner && value.is_none());
        clears && self.rooms.get(line.id.as_str()).is_some_and(|room| room.owner().is_some())
    }

    /// Makes a room, to be written with the others; says what of the line it did not take to the letter.
    fn make(&mut self, line: Line) -> Vec<String> {
        let mut adjusted = Vec::new();
        let number = line.number.filter(|number| !self.numbers.contains(number)).unwrap_or(self.last_number + 1);
        if let Some(wanted) = line.number.filter(|wanted| *wanted != number) {
            adjusted.push(format!("number {wanted} is another room's; it became {number}"));
        }
        self.numbers.insert(number);
        self.last_number = self.last_number.max(number);
        let mut attributes = line.attributes.unwrap_or_default();
        let attribute_seq = counted(&mut attributes).max(line.attribute_seq.unwrap_or_default());
        if line.attribute_seq.is_some_and(|given| given < attribute_seq) {
            adjusted.push(format!("attribute_seq is less than an attribute's own seq; it became {attribute_seq}"));
        }
        let members = line.members.unwrap_or_default();
        let mut values = Values::defaults();
        line.patch.apply(&mut values);
        let room = Room {
            id: line.id,
            number,
            app: line.app.unwrap_or_default(),
            version: line.version.unwrap_or(1),
            created_at: line.created_at.unwrap_or(self.ctx.now),
            updated_at: line.updated_at.unwrap_or(self.ctx.now),
            member_count: i64::try_from(members.len()).unwrap_or(i64::MAX),
            values,
            last_message: line.last_message,
        };
        let mut changes = line.patch.against(&Values::defaults());
        changes.extend(attributes.iter().flat_map(|attribute| differences(&attribute.key, None, Some(attribute))));
        changes.extend(members_changed(&[], &members));
        changes.extend(message_changed(None, room.last_message.as_ref()));
        let entry = self.ctx.entry(Action::RoomCreated, Some(&room), changes);
        self.know_people(&room);
        self.made.push(Made { room, members, attributes, attribute_seq, entry });
        adjusted
    }

    async fn write_made(&mut self, tx: &mut Tx) -> Result<()> {
        let mut made = std::mem::take(&mut self.made);
        let rooms: Vec<(&Room, i64)> = made.iter().map(|one| (&one.room, one.attribute_seq)).collect();
        tx.insert_rooms(&rooms).await?;
        let members = made.iter().flat_map(|one| one.members.iter().map(|member| (one.room.number, member)));
        tx.insert_members(&members.collect::<Vec<_>>()).await?;
        let attributes = made.iter().flat_map(|one| one.attributes.iter().map(|each| (one.room.number, each)));
        tx.insert_attributes(&attributes.collect::<Vec<_>>()).await?;
        let entries: Vec<NewEntry> = made.drain(..).map(|one| one.entry).collect();
        tx.append_all(&entries).await
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
            let before = room.values.clone();
            line.patch.apply(&mut room.values);
            self.record(tx, &mut room, Some(&before), Action::RoomUpdated, changes).await?;
            self.know_people(&room);
        }
        if let Some(attributes) = line.attributes {
            let changes = replace_attributes(tx, &room, attributes).await?;
            self.record(tx, &mut room, None, Action::AttributesChanged, changes).await?;
        }
        let mut changes: Vec<Change> = clients_changed(news).into_iter().collect();
        if let Some(members) = line.members {
            let before = self.members.remove(&room.number).unwrap_or_default();
            if let Some(change) = members_changed(&before, &members) {
                let stays = |one: &&Member| members.iter().any(|member| member.client.id == one.client.id);
                let gone = before.iter().filter(|one| !stays(one)).map(|one| one.client.id.to_string()).collect();
                changes.extend(go_with(tx, &room, &gone).await?);
                tx.delete_members(room.number).await?;
                tx.insert_members(&members.iter().map(|member| (room.number, member)).collect::<Vec<_>>()).await?;
                tx.put_member_count(room.number, members.len()).await?;
                changes.push(change);
            }
        }
        let before = room.last_message.clone();
        if let Some(change) = line.last_message.as_ref().and_then(|new| message_changed(before.as_ref(), Some(new))) {
            room.last_message = line.last_message;
            tx.put_last_message(&room).await?;
            changes.push(change);
        }
        self.record(tx, &mut room, None, Action::MembersChanged, changes).await?;
        Ok(room.version > version)
    }

    /// Writes a room and the entry of what changed: its values, which were others before, or what belongs to it.
    async fn record(
        &self,
        tx: &mut Tx,
        room: &mut Room,
        before: Option<&Values>,
        action: Action,
        changes: Vec<Change>,
    ) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        room.version += 1;
        room.updated_at = self.ctx.now;
        let fields: Vec<Field> = match before {
            Some(_) => changes.iter().filter_map(|change| Field::parse(&change.field)).collect(),
            None => Vec::new(),
        };
        tx.update_room(room, before.unwrap_or(&room.values), &fields).await?;
        tx.append(&self.ctx.entry(action, Some(room), changes)).await.map(drop)
    }

    fn know_people(&mut self, room: &Room) {
        self.people.extend(room.owner().map(str::to_owned));
        self.people.extend(room.managers().iter().cloned());
    }
}
