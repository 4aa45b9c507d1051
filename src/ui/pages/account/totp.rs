//! `/account/totp`: two-step sign-in: setting it up, its recovery codes, turning it off.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Error,
        staff::{Duty, Staff},
    },
    services::account::{Enrolment, Standing, enrolment, standing},
    ui::{
        components::{
            badge::{Badge, Tone},
            flash::Answer,
            form::{Carried, Draft, TextInput},
            icon::{Icon, Shape},
            moment::Moment,
            notice::Notice,
            page::page,
            qr::Qr,
        },
        visit::Visit,
    },
};

const TURN_ON: &str = "/api/turn_on_totp";

/// One's own second step.
#[component]
pub fn TotpPage() -> impl IntoView {
    page(async |visit: Visit| {
        let staff = visit.staff.clone().ok_or(Error::Unauthenticated)?;
        let ctx = visit.ctx()?;
        let is_needed = ctx.settings.policy.two_steps.contains(&staff.role);
        let is_duty = staff.duty(&ctx.settings.policy.two_steps) == Some(Duty::Totp);
        let body = match standing(ctx, &staff).await? {
            Some(standing) => view! { <On standing=standing is_needed=is_needed /> }.into_any(),
            None => {
                let draft = Draft::of(&visit, TURN_ON);
                let house = visit.origin.split_once("://").map_or(visit.origin.as_str(), |(_, host)| host);
                let enrolment = enrolment(ctx, &staff, house, draft.typed("key"));
                view! { <SetUp staff=staff enrolment=enrolment draft=draft /> }.into_any()
            }
        };
        Ok(view! {
            <Title text="Two-step sign-in" />
            <div class="stack narrow">
                <div>
                    <p>
                        <a href="/account">"Account"</a>
                    </p>
                    <h1>"Two-step sign-in"</h1>
                </div>
                <Answer />
                {is_duty
                    .then(|| {
                        view! {
                            <Notice tone=Tone::Warn>
                                <p>
                                    <strong>"Your role needs two steps to sign in."</strong>
                                    " Set the second one up; everything else opens up then."
                                </p>
                            </Notice>
                        }
                    })}
                {body}
            </div>
        }
        .into_any())
    })
}

/// The key, to be scanned or typed, and the code that shows that it arrived.
#[component]
fn SetUp(staff: Staff, enrolment: Enrolment, draft: Draft) -> impl IntoView {
    let Enrolment { sealed, key, address } = enrolment;
    let groups: Vec<String> = key.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    view! {
        <section class="card" aria-labelledby="set-up-title">
            <h2 id="set-up-title">"Set it up"</h2>
            <p>
                "From then on signing in takes your password and a code that an app on your phone shows: any authenticator app will do."
            </p>
            <h3>"1. Take the key into your app"</h3>
            <div class="enrolment">
                <Qr text=address label="QR code of the key; the same key stands beside it as text" />
                <div class="stack-tight">
                    <p>"Scan the picture with the app, or type the key:"</p>
                    <p class="line">
                        <code class="secret" id="totp-key">
                            {groups.join(" ")}
                        </code>
                        <button class="button" type="button" data-copy="totp-key" hidden>
                            <Icon shape=Shape::Copy />
                            "Copy"
                        </button>
                    </p>
                    <p class="quiet small">"By time, SHA-1, six digits, 30 seconds: what apps take if nothing is said."</p>
                </div>
            </div>
            <h3>"2. Type the code that it shows"</h3>
            <form class="stack" method="post" action=TURN_ON>
                <Carried />
                <input type="hidden" name="key" value=sealed />
                <input type="text" autocomplete="username" value=staff.name readonly hidden />
                <TextInput
                    key="digits"
                    label="Code"
                    autocomplete="one-time-code"
                    inputmode="numeric"
                    help="Six digits."
                    draft=draft
                />
                <p class="quiet small">
                    "You are shown recovery codes then, for the day when the phone is not there. Your other sessions end."
                </p>
                <p>
                    <button class="button primary" type="submit">
                        "Turn on"
                    </button>
                </p>
            </form>
        </section>
    }
}

/// How it stands, and what can be done about it.
#[component]
fn On(standing: Standing, is_needed: bool) -> impl IntoView {
    let few = standing.codes < 4;
    view! {
        <section class="card" aria-labelledby="on-title">
            <h2 id="on-title">"It is on"</h2>
            <dl class="facts">
                <dt>"Since"</dt>
                <dd>
                    <Moment at=standing.since />
                </dd>
                <dt>"Recovery codes left"</dt>
                <dd>
                    {standing.codes.to_string()} " "
                    {few.then(|| view! { <Badge tone=Tone::Warn shape=Shape::Warning word="Few left" /> })}
                </dd>
            </dl>
            <p>
                <a href="/rooms">"Go on to the rooms"</a>
            </p>
        </section>
        <section class="card" aria-labelledby="codes-title">
            <h2 id="codes-title">"Recovery codes"</h2>
            <p>"Each signs you in once in place of the app's code. New ones end the old ones."</p>
            <form method="post" action="/api/renew_recovery_codes">
                <Carried />
                <button class="button" type="submit">
                    "Make new recovery codes"
                </button>
            </form>
        </section>
        <section class="card" aria-labelledby="off-title">
            <h2 id="off-title">"Turn it off"</h2>
            {if is_needed {
                view! { <p>"Your role needs it. On a new phone: ask an admin to reset it, and set it up again."</p> }.into_any()
            } else {
                view! {
                    <p>"The password alone signs you in then. Your other sessions end. For a new phone, turn it off and set it up again."</p>
                    <form method="post" action="/api/turn_off_totp">
                        <Carried />
                        <button class="button danger" type="submit">
                            "Turn off"
                        </button>
                    </form>
                }
                .into_any()
            }}
        </section>
    }
}
