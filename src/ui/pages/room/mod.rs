//! `/rooms/{id}` and below: one room. This file is what its pages have in common: the head and the tabs.

pub mod api;
pub mod attributes;
pub mod conflict;
pub mod details;
pub mod history;
pub mod json;
pub mod members;
pub mod owner;
pub mod people;
pub mod rows;

use std::future::Future;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Result,
        page::grouped,
        room::{Field, Room},
    },
    services::rooms,
    ui::{
        components::{
            badge::{RoomBadges, State},
            client::{OwnerLink, initial},
            flash::Answer,
            icon::{Icon, Shape},
            moment::Moment,
            page::page,
        },
        links::{self, Section},
        visit::Visit,
    },
};

/// A page about the room in the address: its head, its tabs, and what `load` makes of it.
pub fn about_room<F, Loading>(section: Section, load: F) -> AnyView
where
    F: FnOnce(Visit, Room) -> Loading + Send + 'static,
    Loading: Future<Output = Result<AnyView>> + Send + 'static,
{
    page(move |visit: Visit| async move {
        let id = links::room_id(&visit.path)?;
        let room = rooms::get(visit.ctx()?, &id).await?;
        let body = load(visit, room.clone()).await?;
        let title = match section {
            Section::Details => room.title().to_owned(),
            _ => format!("{} · {}", section.label(), room.title()),
        };
        Ok(view! {
            <Title text=title />
            <Head room=room.clone() />
            <Tabs id=room.id.to_string() section=section />
            <Answer />
            {body}
        }
        .into_any())
    })
}

/// Picture, name, id, states and facts of a room.
#[component]
fn Head(room: Room) -> impl IntoView {
    let state = State::from(&room);
    let id = room.id.to_string();
    let title = room.title().to_owned();
    let has_cover = room.values.get(Field::Cover).is_some();
    let owner = room.owner().map(str::to_owned);
    let members = match room.member_count {
        1 => "1 member".to_owned(),
        many => format!("{} members", grouped(many.unsigned_abs())),
    };
    view! {
        <div class="room-head">
            <div class="cover">
                <span aria-hidden="true">{initial(&title)}</span>
                {has_cover.then(|| view! { <img src=links::cover(&id) alt="" loading="lazy" decoding="async" data-cover="" /> })}
            </div>
            <div class="room-title">
                <h1>
                    <bdi dir="auto">{title}</bdi>
                </h1>
                <p class="line">
                    <code id="room-id">
                        <bdi>{id}</bdi>
                    </code>
                    <button class="button plain slim" type="button" data-copy="room-id" hidden>
                        <Icon shape=Shape::Copy />
                        "Copy id"
                    </button>
                    <RoomBadges state=state />
                </p>
                <p class="room-facts">
                    <span>
                        "Owner "
                        {owner.map_or_else(|| view! { "–" }.into_any(), |id| view! { <OwnerLink id=id /> }.into_any())}
                    </span>
                    <span>{members}</span>
                    <span>{format!("Number {}", room.number)}</span>
                    {(!room.app.is_empty())
                        .then(|| {
                            view! {
                                <span>
                                    "Application " <bdi>{room.app}</bdi>
                                </span>
                            }
                        })}
                    <span>{format!("Version {}", room.version)}</span>
                    <span>"Created " <Moment at=room.created_at /></span>
                    <span>"Updated " <Moment at=room.updated_at /></span>
                </p>
            </div>
        </div>
    }
}

#[component]
fn Tabs(id: String, section: Section) -> impl IntoView {
    let tabs = Section::ALL.into_iter().map(|tab| {
        view! {
            <li>
                <a href=tab.of(&id) aria-current=(tab == section).then_some("page")>
                    {tab.label()}
                </a>
            </li>
        }
    });
    view! {
        <nav class="tabs" aria-label="Room">
            <ul>{tabs.collect_view()}</ul>
        </nav>
    }
}
