//! `/jobs/offboard`: all that a client owns and manages goes to another client, as one planned job.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Result, Right,
        client::ClientId,
        page::Total,
        room::{Field, Filter, RoomQuery},
    },
    services::{Ctx, rooms},
    ui::{
        components::{
            flash::Answer,
            form::{Carried, Draft, TextInput},
            page::page,
        },
        links,
        visit::Visit,
    },
};

const ACTION: &str = "/api/plan_offboarding";

/// The form that plans an off-boarding; `?from=` says whose rooms.
#[component]
pub fn Offboard() -> impl IntoView {
    page(async |visit: Visit| {
        let ctx = visit.ctx()?;
        ctx.may(Right::Manage)?;
        let draft = Draft::of(&visit, ACTION);
        let from = draft.value("from", visit.asked("from"));
        let seats = match ClientId::parse(&from) {
            Ok(client) => Some((client.to_string(), Seats::of(ctx, &client).await?)),
            Err(_) => None,
        };
        let seats = seats.map(|(client, seats)| view! { <Now client=client seats=seats /> });
        let to = draft.value("to", visit.asked("to"));
        Ok(view! {
            <Title text="Off-board an owner" />
            <div class="stack narrow">
                <div>
                    <p>
                        <a href="/jobs">"All jobs"</a>
                    </p>
                    <h1>"Off-board an owner"</h1>
                </div>
                <Answer />
                <form class="card" method="post" action=ACTION>
                    <Carried />
                    <p>
                        "Every room that one client owns goes to another, and so does every seat as manager. No room is left without an owner, and nobody gets two seats in a room. It is a job: you see the plan first, a second admin approves it, and it can be undone."
                    </p>
                    <TextInput key="from" label="From" value=from help="The id of the client who leaves." draft=draft.clone() />
                    {seats}
                    <TextInput key="to" label="New owner" value=to help="The id of the client who gets the rooms." draft=draft />
                    <p class="line">
                        <button class="button primary" type="submit">
                            "Plan"
                        </button>
                        <a class="button plain" href="/jobs">
                            "Cancel"
                        </a>
                        <span class="quiet">"Nothing is changed yet."</span>
                    </p>
                </form>
            </div>
        }
        .into_any())
    })
}

/// How many rooms a client has a seat in.
struct Seats {
    owned: Total,
    managed: Total,
}

impl Seats {
    async fn of(ctx: &Ctx, client: &ClientId) -> Result<Self> {
        let count = async |field| {
            let filters = vec![Filter::Field(field, client.to_string())];
            rooms::find(ctx, &RoomQuery { filters, ..RoomQuery::default() }).await.map(|found| found.total)
        };
        Ok(Self { owned: count(Field::Owner).await?, managed: count(Field::Managers).await? })
    }
}

#[component]
fn Now(client: String, seats: Seats) -> impl IntoView {
    let many = |total: Total| if total == Total::Exactly(1) { "1 room".to_owned() } else { format!("{total} rooms") };
    view! {
        <p class="small">
            <bdi dir="auto">{client.clone()}</bdi>
            " owns "
            <a href=links::rooms_with("owner", &client)>{many(seats.owned)}</a>
            " and is a manager of "
            <a href=links::rooms_with("managers", &client)>{many(seats.managed)}</a>
            "."
        </p>
    }
}

/// The way here from a list of one owner's rooms; nothing where the list is another, or for those who may not.
#[component]
pub fn OffboardLink(
    /// What the list shows.
    query: RoomQuery,
    /// Whether the reader may.
    may: bool,
) -> impl IntoView {
    let owner = query.filters.into_iter().find_map(|filter| match filter {
        Filter::Field(Field::Owner, owner) => Some(owner),
        _ => None,
    });
    owner.filter(|_| may).map(|owner| {
        view! {
            <a class="button slim" href=links::with_query("/jobs/offboard", [("from", owner.as_str())])>
                "Off-board this owner"
            </a>
        }
    })
}
