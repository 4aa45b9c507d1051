//! The table of rooms: 50 rows with the columns that somebody chose, sorted by what its headers are links to.

use std::collections::HashMap;

use leptos::prelude::*;

use super::cell::{cell, class_of};
use crate::{
    domain::{
        desk::Density,
        room::{Column, Columns, RoomQuery, RoomRow, Sort},
    },
    store::Extra,
    ui::{
        components::icon::{Icon, Shape},
        links,
    },
};

/// How the table is to look, and whether rooms can be selected in it.
#[derive(Clone, Debug)]
pub struct Look {
    /// The columns behind the room itself.
    pub columns: Columns,
    /// How close the rows stand.
    pub density: Density,
    /// Whether each row has a check box.
    pub has_boxes: bool,
}

/// The table, with links to sort by where the columns are hidden.
#[component]
pub fn Table(
    /// What was asked.
    query: RoomQuery,
    /// What was found.
    rows: Vec<RoomRow>,
    /// What the rows lack for the columns, by number.
    extras: HashMap<i64, Extra>,
    /// How it is to look.
    look: Look,
) -> impl IntoView {
    // Columns that somebody chose are all shown, and scroll in their box where there are too many; of the usual ones the
    // less important are left out where it is narrow.
    let is_chosen = look.columns != Columns::default();
    let is_sortable =
        Sort::ALL.iter().all(|sort| *sort == Sort::Name || look.columns.iter().any(|c| c.sort() == Some(*sort)));
    let mut class = "table rooms".to_owned();
    if is_chosen {
        class.push_str(" chosen");
    }
    if look.density == Density::Compact {
        class.push_str(" compact");
    }
    let heads =
        look.columns.iter().map(|column| view! { <Head query=query.clone() column=column is_chosen=is_chosen /> });
    let heads = heads.collect_view();
    let mut extras = extras;
    let rows = rows.into_iter().map(|row| {
        let extra = extras.remove(&row.number).unwrap_or_default();
        view! { <Row row=row extra=extra look=look.clone() is_chosen=is_chosen /> }
    });
    let rows = rows.collect_view();
    let links = Sort::ALL.into_iter().map(|sort| {
        view! {
            <li>
                <SortLink query=query.clone() sort=sort />
            </li>
        }
    });
    let links = links.collect_view();
    view! {
        <nav class=if is_sortable { "sorts" } else { "sorts always" } aria-label="Sort by">
            <ul>
                <li class="quiet">"Sort by"</li>
                {links}
            </ul>
        </nav>
        <div class="table-box">
            <table class=class>
                <thead>
                    <tr>
                        {look
                            .has_boxes
                            .then(|| {
                                view! {
                                    <th scope="col" class="col-select">
                                        <span class="unseen">"Select"</span>
                                    </th>
                                }
                            })}
                        <th scope="col" class="col-room" aria-sort=order(&query, Sort::Name)>
                            <SortLink query=query.clone() sort=Sort::Name />
                        </th>
                        {heads}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Head(query: RoomQuery, column: Column, is_chosen: bool) -> impl IntoView {
    let class = class_of(column, is_chosen);
    match column.sort() {
        Some(sort) => view! {
            <th scope="col" class=class aria-sort=order(&query, sort)>
                <SortLink query=query.clone() sort=sort />
            </th>
        }
        .into_any(),
        None => view! {
            <th scope="col" class=class>
                {column.label()}
            </th>
        }
        .into_any(),
    }
}

fn order(query: &RoomQuery, sort: Sort) -> Option<&'static str> {
    (query.sort == sort).then_some(if query.descending { "descending" } else { "ascending" })
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
fn Row(row: RoomRow, extra: Extra, look: Look, is_chosen: bool) -> impl IntoView {
    let title = row.title().to_owned();
    let id = row.id.to_string();
    let tick = look.has_boxes.then(|| {
        view! {
            <td class="col-select">
                <label class="tick">
                    <input
                        type="checkbox"
                        name="ids"
                        value=id.clone()
                        form="selection"
                        aria-label=format!("Select {title}")
                    />
                </label>
            </td>
        }
    });
    let cells: Vec<AnyView> = look.columns.iter().map(|column| cell(column, &row, &extra, is_chosen)).collect();
    view! {
        <tr>
            {tick}
            <th scope="row">
                <a class="room-name" href=links::room(&id)>
                    <bdi dir="auto">{title}</bdi>
                </a>
                <span class="room-id">
                    <bdi>{id}</bdi>
                </span>
            </th>
            {cells}
        </tr>
    }
}
