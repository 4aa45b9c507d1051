//! One cell of the table of rooms: what a column shows of a room.

use leptos::prelude::*;

use crate::{
    domain::{
        page::grouped,
        room::{Column, Field, Kind, RoomRow, Value},
    },
    store::Extra,
    ui::components::{
        badge::{RoomBadges, State},
        client::OwnerLink,
        moment::{MaybeMoment, Moment},
    },
};

/// Tags shown in a row; the rest is a number.
const TAGS: usize = 2;
/// Characters of a text shown in a row.
const TEXT: usize = 80;

/// The class of a column's cells and head. Of the usual columns some make way where it is narrow.
pub fn class_of(column: Column, is_chosen: bool) -> &'static str {
    match column {
        Column::State => "col-state",
        Column::Field(Field::Owner) if !is_chosen => "col-owner middle-only",
        Column::Field(Field::Tags) if !is_chosen => "col-tags middle-only",
        Column::LastMessage | Column::Created if !is_chosen => "col-time wide-only",
        Column::LastMessage | Column::Created | Column::Updated => "col-time",
        Column::Members | Column::Number | Column::Version => "col-members number",
        Column::Field(field) if matches!(field.spec().kind, Kind::Number { .. }) => "col-members number",
        Column::Field(_) | Column::App => "col-text",
    }
}

/// A cell: what the column shows of a room, `extra` being what the list's own line lacks.
pub fn cell(column: Column, row: &RoomRow, extra: &Extra, is_chosen: bool) -> AnyView {
    let shown = match column {
        Column::State => view! { <RoomBadges state=State::from(row) /> }.into_any(),
        Column::Field(Field::Owner) => client(row.owner.clone()),
        Column::Field(Field::Tags) => words(row.tags.clone()),
        Column::Field(field) => value(field, extra.values.get(field)),
        Column::Members => grouped(row.member_count.unsigned_abs()).into_any(),
        Column::LastMessage => view! { <MaybeMoment at=row.last_message_at never="–" /> }.into_any(),
        Column::Updated => view! { <Moment at=row.updated_at /> }.into_any(),
        Column::Created => view! { <Moment at=row.created_at /> }.into_any(),
        Column::Number => row.number.to_string().into_any(),
        Column::Version => extra.version.to_string().into_any(),
        Column::App => text(&extra.app),
    };
    view! {
        <td class=class_of(column, is_chosen) data-label=column.label()>
            {shown}
        </td>
    }
    .into_any()
}

fn value(field: Field, value: Option<&Value>) -> AnyView {
    match (field.spec().kind, value) {
        (_, None) => none(),
        (Kind::Client, Some(value)) => client(Some(value.plain())),
        (_, Some(Value::Words(all))) => words(all.clone()),
        (_, Some(Value::Numbers(all))) => words(all.iter().map(i64::to_string).collect()),
        (Kind::Flag { .. }, Some(Value::Flag(flag))) => (if *flag { "Yes" } else { "No" }).into_any(),
        (kind, Some(value)) => text(&kind.show(value)),
    }
}

fn none() -> AnyView {
    view! { <span class="quiet">"–"</span> }.into_any()
}

/// The first of a text's lines, as much of it as a row takes.
fn text(whole: &str) -> AnyView {
    let line = whole.lines().next().unwrap_or_default();
    let mut cut: String = line.chars().take(TEXT).collect();
    if cut.is_empty() {
        return none();
    }
    if cut.len() < whole.len() {
        cut.push('…');
    }
    view! {
        <span class="clipped">
            <bdi dir="auto">{cut}</bdi>
        </span>
    }
    .into_any()
}

fn client(id: Option<String>) -> AnyView {
    let Some(id) = id else { return view! { <span class="clipped">{none()}</span> }.into_any() };
    view! {
        <span class="clipped">
            <OwnerLink id=id />
        </span>
    }
    .into_any()
}

fn words(mut all: Vec<String>) -> AnyView {
    if all.is_empty() {
        return none();
    }
    let more = all.len().saturating_sub(TAGS);
    all.truncate(TAGS);
    let shown = all.into_iter().map(|word| view! { <bdi class="tag" dir="auto">{word}</bdi> " " });
    view! {
        <span class="clipped">
            {shown.collect_view()}
            {(more > 0).then(|| view! { <span class="quiet">{format!("+{more}")}</span> })}
        </span>
    }
    .into_any()
}
