//! The table of rooms: 50 rows, sorted by what its headers are links to.

use leptos::prelude::*;

use crate::{
    domain::{
        page::grouped,
        room::{RoomQuery, RoomRow, Sort},
    },
    ui::{
        components::{
            badge::{RoomBadges, State},
            client::OwnerLink,
            icon::{Icon, Shape},
            moment::{MaybeMoment, Moment},
        },
        links,
    },
};

/// Tags shown in a row; the rest is a number.
const TAGS: usize = 2;

/// The table, with links to sort by where the columns are hidden.
#[component]
pub fn Table(
    /// What was asked.
    query: RoomQuery,
    /// What was found.
    rows: Vec<RoomRow>,
) -> impl IntoView {
    let rows = rows.into_iter().map(|row| view! { <Row row=row /> });
    view! {
        <nav class="sorts" aria-label="Sort by">
            <ul>
                <li class="quiet">"Sort by"</li>
                {Sort::ALL
                    .into_iter()
                    .map(|sort| {
                        view! {
                            <li>
                                <SortLink query=query.clone() sort=sort />
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </nav>
        <div class="table-box">
            <table class="table rooms">
                <thead>
                    <tr>
                        <Head query=query.clone() sort=Sort::Name class="col-room" />
                        <th scope="col" class="col-state">
                            "State"
                        </th>
                        <th scope="col" class="col-owner middle-only">
                            "Owner"
                        </th>
                        <th scope="col" class="col-tags middle-only">
                            "Tags"
                        </th>
                        <Head query=query.clone() sort=Sort::Members class="col-members number" />
                        <Head query=query.clone() sort=Sort::LastMessage class="col-time wide-only" />
                        <Head query=query.clone() sort=Sort::Updated class="col-time" />
                        <Head query=query sort=Sort::Created class="col-time wide-only" />
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Head(query: RoomQuery, sort: Sort, class: &'static str) -> impl IntoView {
    let order = (query.sort == sort).then_some(if query.descending { "descending" } else { "ascending" });
    view! {
        <th scope="col" class=class aria-sort=order>
            <SortLink query=query sort=sort />
        </th>
    }
}

#[component]
fn SortLink(query: RoomQuery, sort: Sort) -> impl IntoView {
    let is_current = query.sort == sort;
    let arrow = is_current.then_some(if query.descending { Shape::Down } else { Shape::Up });
    view! {
        <a href=links::rooms(&query.sorted(sort)) aria-current=is_current.then_some("true")>
            {sort.label()}
            {arrow.map(|shape| view! { <Icon shape=shape /> })}
        </a>
    }
}

#[component]
fn Row(row: RoomRow) -> impl IntoView {
    let state = State::from(&row);
    let title = row.title().to_owned();
    let id = row.id.to_string();
    let more = row.tags.len().saturating_sub(TAGS);
    let tags: Vec<String> = row.tags.into_iter().take(TAGS).collect();
    view! {
        <tr>
            <th scope="row">
                <a class="room-name" href=links::room(&id)>
                    <bdi dir="auto">{title}</bdi>
                </a>
                <span class="room-id">
                    <bdi>{id}</bdi>
                </span>
            </th>
            <td data-label="State">
                <RoomBadges state=state />
            </td>
            <td class="middle-only" data-label="Owner">
                <span class="clipped">{row.owner.map_or_else(|| view! { <span class="quiet">"–"</span> }.into_any(), |id| view! { <OwnerLink id=id /> }.into_any())}</span>
            </td>
            <td class="middle-only" data-label="Tags">
                <Tags tags=tags more=more />
            </td>
            <td class="number" data-label="Members">
                {grouped(row.member_count.unsigned_abs())}
            </td>
            <td class="wide-only" data-label="Last message">
                <MaybeMoment at=row.last_message_at never="–" />
            </td>
            <td data-label="Updated">
                <Moment at=row.updated_at />
            </td>
            <td class="wide-only" data-label="Created">
                <Moment at=row.created_at />
            </td>
        </tr>
    }
}

#[component]
fn Tags(tags: Vec<String>, more: usize) -> impl IntoView {
    if tags.is_empty() {
        return view! { <span class="quiet">"–"</span> }.into_any();
    }
    let shown = tags.into_iter().map(|tag| view! { <bdi class="tag" dir="auto">{tag}</bdi> " " });
    view! {
        <span class="clipped">
            {shown.collect_view()}
            {(more > 0).then(|| view! { <span class="quiet">{format!("+{more}")}</span> })}
        </span>
    }
    .into_any()
}
