//! `/account`: one's own password, second step and sessions.

pub mod confirm;
pub mod totp;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Error,
        staff::{PASSWORD_MIN, Staff},
    },
    services::account,
    ui::{
        components::{
            badge::{Badge, Tone},
            flash::Answer,
            form::{Carried, Draft, TextInput},
            icon::Shape,
            notice::Notice,
            page::page,
            proof::AskFirst,
            sessions::Sessions,
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
        let is_sure = visit.ctx()?.sure().is_ok();
        let draft = Draft::of(&visit, "/api/change_password");
        Ok(view! {
            <Title text="Account" />
            <div class="stack narrow">
                <h1>"Account"</h1>
                <Answer />
                {staff
                    .must_change()
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
                {if staff.totp_since.is_some() && !is_sure {
                    view! {
                        <section class="stack-tight" aria-labelledby="password-title">
                            <h2 id="password-title">"Change password"</h2>
                            <AskFirst why="With two steps the password alone does not change the password." next="/account".to_owned() />
                        </section>
                    }
                    .into_any()
                } else {
                    view! { <Password staff=staff.clone() draft=draft /> }.into_any()
                }}
                <TwoSteps staff=staff />
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
fn TwoSteps(staff: Staff) -> impl IntoView {
    let is_on = staff.totp_since.is_some();
    view! {
        <section class="card" aria-labelledby="totp-title">
            <div class="line spread">
                <h2 id="totp-title">"Two-step sign-in"</h2>
                {if is_on {
                    view! { <Badge tone=Tone::Ok shape=Shape::Check word="On" /> }
                } else {
                    view! { <Badge tone=Tone::Warn shape=Shape::Warning word="Off" /> }
                }}
            </div>
            <p>"Beside your password, a code that an app on your phone shows: a password that leaked opens nothing then."</p>
            <p>
                <a class="button" href="/account/totp">
                    {if is_on { "Recovery codes and turning it off" } else { "Set it up" }}
                </a>
            </p>
        </section>
    }
}
