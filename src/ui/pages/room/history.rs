//! `/rooms/{id}/history`: what was changed in the room, by whom, and the way back.

use leptos::prelude::*;

use super::about_room;
use crate::{
    domain::{audit::AuditQuery, room::Room},
    services::{history, trail},
    ui::{
        components::{
            entries::{Entries, Older},
            notice::Empty,
            pager::Pager,
        },
        links::{self, Section},
        visit::Visit,
    },
};

/// The history of a room.
#[component]
pub fn History() -> impl IntoView {
    about_room(Section::History, async |visit: Visit, room: Room| {
        let query = AuditQuery { room: Some(room.id.to_string()), page: links::page(&visit), ..AuditQuery::default() };
        let found = history::find(visit.ctx()?, &query).await?;
        let previous = found.previous.as_ref().map(|cursor| links::turned(&visit, "before", cursor));
        let next = found.next.as_ref().map(|cursor| links::turned(&visit, "after", cursor));
        let removed = trail::ends(visit.ctx()?).await?.and_then(|ends| ends.removed);
        let older = removed.filter(|_| next.is_none()).map(|removed| view! { <Older removed=removed /> });
        if found.rows.is_empty() {
            return Ok(view! {
                <Empty title="No changes yet">
                    <p class="quiet">"Every change of this room will stand here, with who made it and a way to undo it."</p>
                </Empty>
                {older}
            }
            .into_any());
        }
        Ok(view! {
            <Entries entries=found.rows role=visit.ctx()?.role one_room=true />
            {older}
            <Pager previous=previous next=next />
        }
        .into_any())
    })
}
