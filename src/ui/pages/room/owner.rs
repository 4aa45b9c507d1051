//! `/rooms/{id}/owner`: a room goes to another owner, as a guarded step. Without `?to=` it asks for the client; with
//! it, it shows what will happen and asks for the confirmation.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{Error, Right, client::ClientId, page::grouped, room::Room},
    services::rooms::{self, TransferPreview},
    ui::{
        components::{
            badge::Tone,
            client::ClientName,
            flash::Answer,
            form::{Carried, Labelled, described, input_id},
            icon::{Icon, Shape},
            inputs::ClientInput,
            notice::Notice,
            page::page,
        },
        links,
        visit::Visit,
    },
};

/// Transferring a room.
#[component]
pub fn Owner() -> impl IntoView {
    page(async |visit: Visit| {
        visit.ctx()?.may(Right::Manage)?;
        let id = links::room_id(&visit.path)?;
        let room = rooms::get(visit.ctx()?, &id).await?;
        let to = visit.asked("to").to_owned();
        let preview = if to.is_empty() { Ok(None) } else { preview(&visit, &room, &to).await };
        let body = match preview {
            Ok(Some(preview)) => view! { <Confirm preview=preview /> }.into_any(),
            Ok(None) => view! { <Choose room=room.clone() to=to wrong=None /> }.into_any(),
            Err(Error::Invalid(violations)) => {
                let wrong = violations.into_iter().next().map(|violation| format!("New owner {}.", violation.message));
                view! { <Choose room=room.clone() to=to wrong=wrong /> }.into_any()
            }
            Err(other) => return Err(other),
        };
        let title = room.title().to_owned();
        Ok(view! {
            <Title text=format!("Transfer · {title}") />
            <div class="stack narrow">
                <div>
                    <p>
                        <a href=links::room(room.id.as_str())>"Back to the room"</a>
                    </p>
                    <h1>
                        "Transfer " <bdi dir="auto">{title}</bdi>
                    </h1>
                </div>
                <Answer />
                {body}
            </div>
        }
        .into_any())
    })
}

async fn preview(visit: &Visit, room: &Room, to: &str) -> crate::domain::Result<Option<TransferPreview>> {
    let to = ClientId::parse(to).map_err(|why| Error::invalid("to", why))?;
    rooms::preview_transfer(visit.ctx()?, &room.id, &to).await.map(Some)
}

/// The first step: to whom?
#[component]
fn Choose(room: Room, to: String, wrong: Option<String>) -> impl IntoView {
    let id = input_id("to");
    let describes = described(&id, wrong.is_some(), true);
    let is_wrong = wrong.is_some();
    view! {
        <form class="card" method="get" action=links::owner(room.id.as_str(), None)>
            <p>"Owner now: " <NowOwner room=room.clone() /></p>
            <Labelled id=id.clone() label="New owner" help="A client's id, or a known nickname to choose from. Nothing happens yet." error=wrong>
                <div class="line">
                    <ClientInput id=id name="to" value=to described=describes is_wrong=is_wrong />
                    <button class="button primary" type="submit">
                        "Continue"
                    </button>
                </div>
            </Labelled>
            <p>
                <a class="button plain" href=links::room(room.id.as_str())>
                    "Cancel"
                </a>
            </p>
        </form>
    }
}

#[component]
fn NowOwner(room: Room) -> impl IntoView {
    match room.owner() {
        Some(owner) => view! {
            <strong>
                <bdi dir="auto">{owner.to_owned()}</bdi>
            </strong>
        }
        .into_any(),
        None => view! { <span class="quiet">"nobody"</span> }.into_any(),
    }
}

/// The second step: what will happen, and the confirmation.
#[component]
fn Confirm(preview: TransferPreview) -> impl IntoView {
    let TransferPreview { room, to, known, is_member, is_manager, owns } = preview;
    let id = room.id.to_string();
    let old = room.owner().map(str::to_owned);
    let new = to.id.to_string();
    let facts = [
        is_member.then_some("The new owner is a member of the room."),
        (!is_member).then_some("The new owner is not a member of the room."),
        is_manager.then_some("The new owner is a manager now and will stop being one."),
    ];
    let owns = match owns {
        0 => "They own no other room.".to_owned(),
        1 => "They own one other room already.".to_owned(),
        many => format!("They own {} other rooms already.", grouped(many)),
    };
    view! {
        <form class="card" method="post" action="/api/transfer_room">
            <h2>"What will happen"</h2>
            <div class="handover">
                <div class="handover-side">
                    <span class="quiet small">"From"</span>
                    <NowOwner room=room.clone() />
                </div>
                <Icon shape=Shape::Right />
                <div class="handover-side">
                    <span class="quiet small">"To"</span>
                    <strong>
                        <ClientName client=to />
                    </strong>
                </div>
            </div>
            {(!known)
                .then(|| {
                    view! {
                        <Notice tone=Tone::Warn>
                            <p>"No room here knows this client yet. Check the id before you confirm."</p>
                        </Notice>
                    }
                })}
            <ul>
                {facts.into_iter().flatten().map(|fact| view! { <li>{fact}</li> }).collect_view()}
                <li>{owns}</li>
                <li>"It is written to the history and can be undone there."</li>
            </ul>
            <input type="hidden" name="id" value=id.clone() />
            <input type="hidden" name="version" value=room.version.to_string() />
            <input type="hidden" name="to" value=new />
            <Carried back=links::room(&id) />
            {old
                .map(|old| {
                    view! {
                        <label class="check">
                            <input type="checkbox" name="keep" value="yes" checked=true />
                            <span>
                                "Keep " <bdi dir="auto">{old}</bdi> " as manager"
                            </span>
                        </label>
                    }
                })}
            <p class="line">
                <button class="button primary" type="submit">
                    "Transfer the room"
                </button>
                <a class="button" href=links::owner(&id, None)>
                    "Choose somebody else"
                </a>
                <a class="button plain" href=links::room(&id)>
                    "Cancel"
                </a>
            </p>
        </form>
    }
}
