//! The people who run a room: owner and managers, each changed by a step of its own.

use leptos::prelude::*;

use crate::{
    domain::{
        Right, Role,
        room::{Field, Room},
    },
    ui::{
        components::{
            client::{Monogram, OwnerLink},
            form::{Carried, Draft, Labelled, described, input_id},
            inputs::ClientInput,
        },
        links,
    },
};

/// Owner and managers, with what may be done about them.
#[component]
pub fn People(
    /// The room.
    room: Room,
    /// Who looks.
    role: Role,
    /// The form that adds a manager, as it came back.
    draft: Draft,
) -> impl IntoView {
    let may = role.may(Right::Manage);
    let id = room.id.to_string();
    let managers = room.managers().to_vec();
    let has_none = managers.is_empty();
    let items = managers.into_iter().map(|client| view! { <Manager room=id.clone() client=client may=may /> });
    let items = items.collect_view();
    view! {
        <section class="card" aria-labelledby="people-title">
            <h2 id="people-title">"People"</h2>
            <div class="stack-tight">
                <h3>"Owner"</h3>
                <ul class="people">
                    <Owner room=room may=may />
                </ul>
            </div>
            <div class="stack-tight">
                <h3>"Managers"</h3>
                {if has_none {
                    view! { <p class="quiet">"No managers."</p> }.into_any()
                } else {
                    view! { <ul class="people">{items}</ul> }.into_any()
                }}
                <p class="field-help">{Field::Managers.help()}</p>
            </div>
            {may.then(|| view! { <AddManager room=id draft=draft /> })}
        </section>
    }
}

#[component]
fn Owner(room: Room, may: bool) -> impl IntoView {
    let id = room.id.to_string();
    let owner = room.owner().unwrap_or_default().to_owned();
    view! {
        <li>
            <Monogram name=owner.clone() />
            {if owner.is_empty() {
                view! { <span class="quiet">"No owner"</span> }.into_any()
            } else {
                view! { <OwnerLink id=owner /> }.into_any()
            }}
            {may
                .then(|| {
                    view! {
                        <a class="button slim" href=links::owner(&id, None)>
                            "Transfer…"
                        </a>
                    }
                })}
        </li>
    }
}

#[component]
fn Manager(room: String, client: String, may: bool) -> impl IntoView {
    view! {
        <li>
            <Monogram name=client.clone() />
            <a href=links::rooms_with("managers", &client)>
                <bdi dir="auto">{client.clone()}</bdi>
            </a>
            {may
                .then(|| {
                    view! {
                        <form method="post" action="/api/remove_manager">
                            <input type="hidden" name="id" value=room />
                            <input type="hidden" name="client" value=client.clone() />
                            <Carried />
                            <button class="button slim" type="submit">
                                "Remove"
                                <span class="unseen">{format!(" manager {client}")}</span>
                            </button>
                        </form>
                    }
                })}
        </li>
    }
}

#[component]
fn AddManager(room: String, draft: Draft) -> impl IntoView {
    let id = input_id("client");
    let error = draft.message("client", "Client");
    let describes = described(&id, error.is_some(), false);
    let value = draft.value("client", "");
    view! {
        <form class="stack-tight" method="post" action="/api/add_manager">
            <input type="hidden" name="id" value=room />
            <Carried />
            <Labelled id=id.clone() label="Add a manager" error=error.clone()>
                <div class="line">
                    <ClientInput id=id name="client" value=value described=describes is_wrong=error.is_some() />
                    <button class="button" type="submit">
                        "Add"
                        <span class="unseen">" manager"</span>
                    </button>
                </div>
            </Labelled>
        </form>
    }
}
