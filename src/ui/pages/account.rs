//! `/account`: one's own password and sessions.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Error,
        staff::{PASSWORD_MIN, Session, Staff},
    },
    services::account,
    ui::{
        components::{
            badge::{Badge, Tone},
            flash::Answer,
            form::{Carried, Draft, TextInput},
            icon::Shape,
            moment::Moment,
            notice::Notice,
            page::page,
        },
        visit::Visit,
    },
};

/// One's own account.
#[component]
pub fn Account() -> impl IntoView {
    page(async |visit: Visit| {
        let staff = visit.staff.clone().ok_or(Error::Unauthenticated)?;
        let sessions = account::sessions(visit.ctx()?, &staff, &visit.session).await?;
        let draft = Draft::of(&visit, "/api/change_password");
        Ok(view! {
            <Title text="Account" />
            <div class="stack narrow">
                <h1>"Account"</h1>
                <Answer />
                {staff
                    .must_change
                    .then(|| {
                        view! {
                            <Notice tone=Tone::Warn>
                                <p>
                                    <strong>"Your password is a one-time one."</strong>
                                    " Choose your own first; everything else opens up then."
                                </p>
                            </Notice>
                        }
                    })}
                <Password staff=staff draft=draft />
                <Sessions sessions=sessions />
            </div>
        }
        .into_any())
    })
}

#[component]
fn Password(staff: Staff, draft: Draft) -> impl IntoView {
    let help = format!("At least {PASSWORD_MIN} characters, without your name. Several words are good.");
    view! {
        <section class="card" aria-labelledby="password-title">
            <h2 id="password-title">"Change password"</h2>
            <form class="stack" method="post" action="/api/change_password">
                <Carried />
                <input type="text" autocomplete="username" value=staff.name readonly hidden />
                <TextInput
                    key="current"
                    label="Current password"
                    kind="password"
                    autocomplete="current-password"
                    draft=draft.clone()
                />
                <TextInput
                    key="new"
                    label="New password"
                    kind="password"
                    autocomplete="new-password"
                    help=help
                    draft=draft.clone()
                />
                <TextInput
                    key="again"
                    label="New password, once more"
                    kind="password"
                    autocomplete="new-password"
                    draft=draft
                />
                <p class="quiet small">"All your other sessions end when the password changes."</p>
                <p>
                    <button class="button primary" type="submit">
                        "Change password"
                    </button>
                </p>
            </form>
        </section>
    }
}

#[component]
fn Sessions(sessions: Vec<Session>) -> impl IntoView {
    let has_others = sessions.iter().any(|session| !session.is_current);
    let rows = sessions.into_iter().map(|session| {
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
                            <form method="post" action="/api/end_session">
                                <Carried />
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
    });
    view! {
        <section class="stack-tight" aria-labelledby="sessions-title">
            <div class="line spread">
                <h2 id="sessions-title">"Sessions"</h2>
                {has_others
                    .then(|| {
                        view! {
                            <form method="post" action="/api/end_other_sessions">
                                <Carried />
                                <button class="button" type="submit">
                                    "End all others"
                                </button>
                            </form>
                        }
                    })}
            </div>
            <div class="table-box">
                <table class="table tall">
                    <thead>
                        <tr>
                            <th scope="col">"Browser"</th>
                            <th scope="col">"From"</th>
                            <th scope="col">"Signed in"</th>
                            <th scope="col">"Last seen"</th>
                            <th scope="col">
                                <span class="unseen">"End"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}
