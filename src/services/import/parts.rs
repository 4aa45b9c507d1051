//! What stands beside a room's fields: identity, attributes and newest message, before and after.

use crate::{
    domain::{
        Result,
        attribute::Attribute,
        room::{Change, Line, Message, Room, Value},
    },
    services::attributes::differences,
    store::Tx,
};

/// What a line asks of a known room that is settled once a room is made. Version and times are the house's own business
/// and differ after any change, so they are not worth a word.
pub(super) fn kept_as_made(room: &Room, line: &Line) -> Vec<String> {
    let number = line.number.filter(|number| *number != room.number);
    let app = line.app.as_ref().filter(|app| !app.is_empty() && **app != room.app);
    let number = number.map(|asked| format!("number {asked} was not taken: a room keeps its own, {}", room.number));
    number
        .into_iter()
        .chain(app.map(|asked| format!("app {asked:?} was not taken: a room keeps its own, {:?}", room.app)))
        .collect()
}

/// Gives every attribute without a number of its last change the next one; returns the last.
pub(super) fn counted(attributes: &mut [Attribute]) -> i64 {
    let mut count = attributes.iter().map(|attribute| attribute.seq).max().unwrap_or_default();
    for attribute in attributes.iter_mut().filter(|attribute| attribute.seq == 0) {
        count += 1;
        attribute.seq = count;
    }
    count
}

/// Makes these the attributes of a room. One whose value and `auto_delete` are the same is the same.
pub(super) async fn replace_attributes(tx: &mut Tx, room: &Room, attributes: Vec<Attribute>) -> Result<Vec<Change>> {
    let stood = tx.attributes(room.number).await?;
    let mut changes = Vec::new();
    for before in &stood {
        if !attributes.iter().any(|after| after.key == before.key) {
            tx.next_attribute_seq(room.number).await?;
            tx.delete_attribute(room.number, &before.key).await?;
            changes.extend(differences(&before.key, Some(before), None));
        }
    }
    for mut after in attributes {
        let before = stood.iter().find(|before| before.key == after.key);
        let differs = differences(&after.key, before, Some(&after));
        if !differs.is_empty() {
            after.seq = tx.next_attribute_seq(room.number).await?;
            tx.put_attribute(room.number, &after).await?;
            changes.extend(differs);
        }
    }
    Ok(changes)
}

/// The newest message, before and after; `None` if it is the same.
pub(super) fn message_changed(before: Option<&Message>, after: Option<&Message>) -> Option<Change> {
    let tell = |message: &Message| {
        let Message { id, kind, text, sender, sent_at } = message;
        Value::Text(format!("{sender}, {}: {text} [{kind} {id}]", sent_at.rfc3339()))
    };
    let change = || Change { field: "last_message".to_owned(), before: before.map(tell), after: after.map(tell) };
    (before != after).then(change)
}
