//! `/rooms/new`: make a room. Only what it is called and whose it is; the rest is edited once it is there.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Right,
        room::{Field, RoomId},
    },
    ui::{
        components::{
            flash::Answer,
            form::{Carried, Draft, Labelled, TextInput, described, input_id},
            inputs::{ClientInput, FieldInput, sent_name},
            page::page,
        },
        visit::Visit,
    },
};

/// The fields that the form asks for; owner apart.
const ASKED: [Field; 4] = [Field::Name, Field::Cover, Field::Description, Field::Tags];

/// The form that makes a room.
#[component]
pub fn NewRoom() -> impl IntoView {
    page(async |visit: Visit| {
        visit.ctx()?.may(Right::Manage)?;
        let draft = Draft::of(&visit, "/api/create_room");
        let help = format!("Any text of up to {} bytes; it cannot be changed later.", RoomId::MAX_BYTES);
        // The owner's list of clients opens over what follows: the owner is not the last, above the buttons.
        let [name, rest @ ..] = ASKED.map(|field| {
            view! { <FieldInput field=field value=None draft=draft.clone() vendors=visit.limits /> }
        });
        Ok(view! {
            <Title text="New room" />
            <div class="stack narrow">
                <h1>"New room"</h1>
                <Answer />
                <form class="card room-form" method="post" action="/api/create_room" data-guard=if draft.is_refused() { "unsaved" } else { "" }>
                    <Carried />
                    <div class="group-fields">
                        <TextInput key="id" label="Id" value=draft.value("id", "") help=help draft=draft.clone() />
                        <TextInput
                            key="app"
                            label="Application"
                            value=draft.value("app", "")
                            help="The application it belongs to; empty where there is only one."
                            draft=draft.clone()
                        />
                        {name}
                        <OwnerInput draft=draft.clone() />
                        {rest.into_iter().collect_view()}
                    </div>
                    <div class="savebar">
                        <button class="button primary" type="submit">
                            "Create room"
                        </button>
                        <a class="button plain" href="/rooms">
                            "Cancel"
                        </a>
                    </div>
                </form>
            </div>
        }
        .into_any())
    })
}

#[component]
fn OwnerInput(draft: Draft) -> impl IntoView {
    let (id, name) = (input_id("owner"), sent_name(Field::Owner));
    let error = draft.message("owner", "Owner");
    let value = draft.value(&name, "");
    let describes = described(&id, error.is_some(), true);
    view! {
        <div class="wide">
            <Labelled id=id.clone() label="Owner" help="The client it belongs to: an id, or a known nickname to choose from." error=error.clone()>
                <ClientInput id=id name=name value=value described=describes is_wrong=error.is_some() />
            </Labelled>
        </div>
    }
}
