//! `/rooms/{id}/members`: who is in the room, and the last thing that was said.

use leptos::prelude::*;

use super::about_room;
use crate::{
    domain::{
        client::Member,
        page::{Total, grouped},
        room::{Message, Room},
    },
    services::members,
    ui::{
        components::{
            badge::{Badge, Tone},
            client::{ClientName, Monogram},
            icon::Shape,
            moment::{MaybeMoment, Moment},
            notice::Empty,
            pager::Pager,
            table::{Head, Table},
        },
        links::{self, Section},
        visit::Visit,
    },
};

const HEADS: [Head; 5] = [
    Head::Word("Client"),
    Head::Word("Role"),
    Head::Word("Last signed in"),
    Head::Number("Unread"),
    Head::Word("Last read"),
];

/// The members of a room.
#[component]
pub fn Members() -> impl IntoView {
    about_room(Section::Members, async |visit: Visit, room: Room| {
        let found = members::page(visit.ctx()?, &room, &links::page(&visit)).await?;
        let previous = found.previous.as_ref().map(|cursor| links::turned(&visit, "before", cursor));
        let next = found.next.as_ref().map(|cursor| links::turned(&visit, "after", cursor));
        let total =
            if found.total == Total::Exactly(1) { "1 member".to_owned() } else { format!("{} members", found.total) };
        let is_empty = found.rows.is_empty();
        let rows = found.rows.into_iter().map(|member| {
            let role = badge(&room, member.client.id.as_str());
            view! { <Row member=member role=role /> }
        });
        let rows = rows.collect_view();
        let list = if is_empty {
            view! {
                <Empty title="No members">
                    <p class="quiet">"Nobody is in this room, or nobody has been imported with it."</p>
                </Empty>
            }
            .into_any()
        } else {
            view! {
                <Table class="table" heads=HEADS>
                    {rows}
                </Table>
            }
            .into_any()
        };
        Ok(view! {
            <div class="columns">
                <section class="stack-tight" aria-label="Members">
                    <p>
                        <strong>{total}</strong>
                    </p>
                    {list}
                    <Pager previous=previous next=next />
                </section>
                <LastMessage message=room.last_message />
            </div>
        }
        .into_any())
    })
}

fn badge(room: &Room, client: &str) -> Option<(&'static str, Tone)> {
    if room.owner() == Some(client) {
        Some(("Owner", Tone::Ok))
    } else {
        room.managers().iter().any(|manager| manager == client).then_some(("Manager", Tone::Plain))
    }
}

#[component]
fn Row(member: Member, role: Option<(&'static str, Tone)>) -> impl IntoView {
    let Member { client, unread, last_read } = member;
    let name = if client.nickname.is_empty() { client.id.to_string() } else { client.nickname.clone() };
    view! {
        <tr>
            <th scope="row">
                <span class="line">
                    <Monogram name=name />
                    <ClientName client=client.clone() />
                </span>
            </th>
            <td data-label="Role">{role.map(|(word, tone)| view! { <Badge tone=tone shape=Shape::Person word=word /> })}</td>
            <td data-label="Last signed in">
                <MaybeMoment at=client.last_login_at never="Never" />
            </td>
            <td class="number" data-label="Unread">
                {grouped(unread.unsigned_abs())}
            </td>
            <td data-label="Last read">
                <bdi>{if last_read.is_empty() { "–".to_owned() } else { last_read }}</bdi>
            </td>
        </tr>
    }
}

#[component]
fn LastMessage(message: Option<Message>) -> impl IntoView {
    let body = match message {
        None => view! { <p class="quiet">"Nothing has been said here."</p> }.into_any(),
        Some(message) => {
            let text = if message.text.is_empty() { format!("({} without text)", message.kind) } else { message.text };
            let sender = message.sender.to_string();
            view! {
                <p class="message">
                    <bdi dir="auto">{text}</bdi>
                </p>
                <dl class="facts small">
                    <dt>"From"</dt>
                    <dd>
                        <bdi dir="auto">{sender}</bdi>
                    </dd>
                    <dt>"Sent"</dt>
                    <dd>
                        <Moment at=message.sent_at />
                    </dd>
                    <dt>"Kind"</dt>
                    <dd>{message.kind}</dd>
                    <dt>"Id"</dt>
                    <dd>
                        <bdi>{message.id}</bdi>
                    </dd>
                </dl>
            }
            .into_any()
        }
    };
    view! {
        <section class="card" aria-labelledby="message-title">
            <h2 id="message-title">"Last message"</h2>
            {body}
        </section>
    }
}
