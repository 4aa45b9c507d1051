//! `/rooms/{id}`: one form over all fields, in their groups, beside the people who run the room.

use leptos::prelude::*;

use super::{about_room, conflict, people::People};
use crate::{
    domain::{
        Role,
        room::{Field, Group, Room, VendorLimit},
    },
    ui::{
        components::{
            form::{Carried, Draft},
            inputs::{FieldInput, FieldValue},
        },
        links::Section,
        visit::Visit,
    },
};

const ACTION: &str = "/api/save_room";

/// The details of a room.
#[component]
pub fn Details() -> impl IntoView {
    about_room(Section::Details, async |visit: Visit, room: Room| {
        let draft = Draft::of(&visit, ACTION);
        let resumed = conflict::resume(&visit, &room, draft).await?;
        let adding = Draft::of(&visit, "/api/add_manager");
        let role = visit.ctx()?.role;
        Ok(view! {
            <div class="columns details">
                <Form room=room.clone() resumed=resumed role=role vendors=visit.limits />
                <People room=room role=role draft=adding />
            </div>
        }
        .into_any())
    })
}

#[component]
fn Form(room: Room, resumed: conflict::Resumed, role: Role, vendors: &'static [VendorLimit]) -> impl IntoView {
    let conflict::Resumed { draft, version } = resumed;
    let may_any = Group::FORM.into_iter().flat_map(Field::of).any(|field| role.may(field.spec().right));
    let groups = Group::FORM.into_iter().map(|group| {
        let fields = Field::of(group).map(|field| {
            let value = room.values.get(field).cloned();
            if role.may(field.spec().right) {
                view! { <FieldInput field=field value=value draft=draft.clone() vendors=vendors /> }.into_any()
            } else {
                view! { <FieldValue field=field value=value /> }.into_any()
            }
        });
        view! {
            <fieldset class="group">
                <legend>{group.label()}</legend>
                <div class="group-fields">{fields.collect_view()}</div>
            </fieldset>
        }
    });
    let groups = groups.collect_view();
    if !may_any {
        return view! { <section class="card room-form read-only" aria-label="Details">{groups}</section> }.into_any();
    }
    view! {
        <form class="card room-form" method="post" action=ACTION data-guard=if draft.is_refused() { "unsaved" } else { "" }>
            <input type="hidden" name="id" value=room.id.to_string() />
            <input type="hidden" name="version" value=version.to_string() />
            <Carried />
            {groups}
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
    .into_any()
}
