//! `/rooms/{id}/attributes`: set, change and delete several key-value pairs at once, each with its own outcome.

use leptos::prelude::*;

use super::{
    about_room,
    rows::{Row, rows},
};
use crate::{
    domain::{
        Right,
        attribute::{Attribute, AttributeLimits},
        room::Room,
    },
    services::attributes,
    ui::{
        components::{
            form::{Carried, Draft, Wrong, described, input_id},
            inputs::TextArea,
            notice::Empty,
            table::{Head, Table},
        },
        links::Section,
        visit::Visit,
    },
};

const ACTION: &str = "/api/save_attributes";

/// The attributes of a room.
#[component]
pub fn Attributes() -> impl IntoView {
    about_room(Section::Attributes, async |visit: Visit, room: Room| {
        let kept = attributes::of(visit.ctx()?, &room).await?;
        let limits = visit.ctx()?.settings.attributes;
        let count = format!("{} of {}", kept.len(), limits.per_room);
        let body = if visit.ctx()?.role.may(Right::Edit) {
            let draft = Draft::of(&visit, ACTION);
            view! { <Form room=room kept=kept draft=draft /> }.into_any()
        } else if kept.is_empty() {
            view! {
                <Empty title="No attributes">
                    <p class="quiet">"Back-ends and moderators set them."</p>
                </Empty>
            }
            .into_any()
        } else {
            view! { <ReadOnly kept=kept /> }.into_any()
        };
        Ok(view! {
            <section class="stack-tight" aria-label="Attributes">
                <p>
                    <strong>{count}</strong>
                    <span class="quiet">{limit_text(&limits)}</span>
                </p>
                {body}
            </section>
        }
        .into_any())
    })
}

fn limit_text(limits: &AttributeLimits) -> String {
    format!(
        " · a key takes {} bytes, a value {} bytes · auto-delete: goes when the client who set it leaves the room",
        limits.key_bytes, limits.value_bytes
    )
}

#[component]
fn Form(room: Room, kept: Vec<Attribute>, draft: Draft) -> impl IntoView {
    let draft = if draft.typed("id") == Some(room.id.as_str()) { draft } else { Draft::default() };
    let rows = rows(kept, &draft);
    let rows = rows.into_iter().map(|row| view! { <Edit row=row draft=draft.clone() /> });
    let rows = rows.collect_view();
    view! {
        <form class="card room-form" method="post" action=ACTION data-guard=if draft.is_refused() { "unsaved" } else { "" }>
            <input type="hidden" name="id" value=room.id.to_string() />
            <input type="hidden" name="version" value=room.version.to_string() />
            <Carried />
            <table class="table tall attributes">
                <thead>
                    <tr>
                        <th scope="col" class="col-key">
                            "Key"
                        </th>
                        <th scope="col">"Value"</th>
                        <th scope="col" class="col-flag">
                            "Auto-delete"
                        </th>
                        <th scope="col" class="col-flag">
                            "Delete"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <div class="savebar">
                <button class="button primary" type="submit">
                    "Save"
                </button>
                <span class="quiet" data-unsaved="" hidden>
                    "Unsaved changes"
                </span>
            </div>
        </form>
    }
}

#[component]
fn Edit(row: Row, draft: Draft) -> impl IntoView {
    let Row { n, sent, kept, key, value, auto_delete, delete } = row;
    let is_kept = kept.is_some();
    let name = |part: &str| format!("rows[{n}][{part}]");
    let (key_id, value_id) = (input_id(&format!("key.{sent}")), input_id(&format!("value.{sent}")));
    let key_wrong = draft.message(&format!("key.{sent}"), "The key");
    let value_wrong = draft.message(&format!("value.{sent}"), "The value");
    let value_described = described(&value_id, value_wrong.is_some(), false);
    let said = if key.is_empty() { format!("new attribute {}", n + 1) } else { format!("attribute {key}") };
    let value_label = format!("Value of {said}");
    let key_cell = match &kept {
        Some(attribute) => view! { <KeptKey attribute=attribute.clone() n=n id=key_id.clone() /> }.into_any(),
        None => view! {
            <input
                class="input"
                type="text"
                id=key_id.clone()
                name=name("key")
                value=key
                dir="auto"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder="New key"
                aria-label=format!("Key of {said}")
                aria-invalid=key_wrong.as_ref().map(|_| "true")
                aria-describedby=described(&key_id, key_wrong.is_some(), false)
            />
        }
        .into_any(),
    };
    view! {
        <tr>
            <td>
                {key_cell}
                <Wrong id=key_id.clone() error=key_wrong.clone() />
            </td>
            <td>
                <TextArea
                    id=value_id.clone()
                    name=name("value")
                    value=value
                    lines=1
                    label=value_label
                    is_wrong=value_wrong.is_some()
                    described=value_described
                />
                <Wrong id=value_id error=value_wrong />
            </td>
            <td data-label="Auto-delete">
                <label class="check">
                    <input type="checkbox" name=name("auto_delete") value="yes" checked=auto_delete />
                    <span class="unseen">{format!("Auto-delete {said}")}</span>
                </label>
            </td>
            <td data-label=is_kept.then_some("Delete")>
                {is_kept
                    .then(|| {
                        view! {
                            <label class="check">
                                <input type="checkbox" name=name("delete") value="yes" checked=delete />
                                <span class="unseen">{format!("Delete {said}")}</span>
                            </label>
                        }
                    })}
            </td>
        </tr>
    }
}

#[component]
fn KeptKey(attribute: Attribute, n: usize, id: String) -> impl IntoView {
    let name = |part: &str| format!("rows[{n}][{part}]");
    let setter = if attribute.set_by.is_empty() { "staff".to_owned() } else { attribute.set_by };
    let was_auto_delete = attribute.auto_delete.then(|| {
        view! { <input type="hidden" name=name("was_auto_delete") value="yes" /> }
    });
    view! {
        <input type="hidden" name=name("key") value=attribute.key.clone() />
        <input type="hidden" name=name("was") value=attribute.value.clone() />
        {was_auto_delete}
        <strong id=id tabindex="-1">
            <bdi dir="auto">{attribute.key}</bdi>
        </strong>
        <p class="quiet small">
            {format!("change {} by ", attribute.seq)} <bdi dir="auto">{setter}</bdi>
        </p>
    }
}

/// The columns where nothing can be changed.
const HEADS: [Head; 5] =
    [Head::Word("Key"), Head::Word("Value"), Head::Word("Auto-delete"), Head::Word("Set by"), Head::Number("Change")];

#[component]
fn ReadOnly(kept: Vec<Attribute>) -> impl IntoView {
    let rows = kept.into_iter().map(|attribute| {
        view! {
            <tr>
                <th scope="row">
                    <bdi dir="auto">{attribute.key}</bdi>
                </th>
                <td data-label="Value">
                    <span class="field-value">
                        <bdi dir="auto">{attribute.value}</bdi>
                    </span>
                </td>
                <td data-label="Auto-delete">{if attribute.auto_delete { "Yes" } else { "No" }}</td>
                <td data-label="Set by">
                    <bdi dir="auto">{if attribute.set_by.is_empty() { "staff".to_owned() } else { attribute.set_by }}</bdi>
                </td>
                <td class="number" data-label="Change">
                    {attribute.seq}
                </td>
            </tr>
        }
    });
    view! {
        <Table class="table tall" heads=HEADS>
            {rows.collect_view()}
        </Table>
    }
}
