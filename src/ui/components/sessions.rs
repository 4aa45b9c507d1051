//! Sessions as a table: one's own on the account page, those of others on theirs.

use leptos::prelude::*;

use super::{
    badge::{Badge, Tone},
    form::Carried,
    icon::Shape,
    moment::Moment,
    table::{Head, Table},
};
use crate::domain::staff::Session;

const HEADS: [Head; 5] =
    [Head::Word("Browser"), Head::Word("From"), Head::Word("Signed in"), Head::Word("Last seen"), Head::Unseen("End")];

/// Somebody's sessions, with buttons that end them.
#[component]
pub fn Sessions(
    /// The sessions.
    sessions: Vec<Session>,
    /// Whose they are, where they are not one's own.
    #[prop(optional_no_strip)]
    of: Option<i64>,
) -> impl IntoView {
    let (one, all) = match of {
        None => ("/api/end_session", "/api/end_other_sessions"),
        Some(_) => ("/api/end_staff_session", "/api/end_staff_sessions"),
    };
    let word =
        if of.is_none() || sessions.iter().any(|session| session.is_current) { "End all others" } else { "End all" };
    let has_others = sessions.iter().any(|session| !session.is_current);
    let is_empty = sessions.is_empty();
    let rows = sessions.into_iter().map(|session| view! { <Row session=session of=of action=one /> }).collect_view();
    view! {
        <section class="stack-tight" aria-labelledby="sessions-title">
            <div class="line spread">
                <h2 id="sessions-title">"Sessions"</h2>
                {has_others
                    .then(|| {
                        view! {
                            <form method="post" action=all>
                                <Carried />
                                <Whose of=of />
                                <button class="button" type="submit">
                                    {word}
                                </button>
                            </form>
                        }
                    })}
            </div>
            {if is_empty {
                view! { <p class="quiet">"None: nobody is signed in with this account."</p> }.into_any()
            } else {
                view! {
                    <Table class="table tall" heads=HEADS>
                        {rows}
                    </Table>
                }
                .into_any()
            }}
        </section>
    }
}

#[component]
fn Row(session: Session, of: Option<i64>, action: &'static str) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <bdi dir="auto">{if session.device.is_empty() { "Unknown browser".to_owned() } else { session.device }}</bdi>
            </th>
            <td data-label="From">{session.address}</td>
            <td data-label="Signed in">
                <Moment at=session.created_at />
            </td>
            <td data-label="Last seen">
                <Moment at=session.seen_at />
            </td>
            <td>
                {if session.is_current {
                    view! { <Badge tone=Tone::Ok shape=Shape::Check word="This one" /> }.into_any()
                } else {
                    view! {
                        <form method="post" action=action>
                            <Carried />
                            <Whose of=of />
                            <input type="hidden" name="handle" value=session.handle />
                            <button class="button slim" type="submit">
                                "End"
                            </button>
                        </form>
                    }
                    .into_any()
                }}
            </td>
        </tr>
    }
}

#[component]
fn Whose(of: Option<i64>) -> impl IntoView {
    of.map(|id| view! { <input type="hidden" name="id" value=id.to_string() /> })
}
