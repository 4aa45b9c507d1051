//! `/apps/{id}`: one app: how it calls, what it may do, its secret, and what it was refused.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{State, about, may::MayInputs, rate, rooms, vendor_name};
use crate::{
    domain::{
        Timestamp,
        app::{About, App, Tally},
        page::grouped,
    },
    services::apps::{self, LONGEST_HOURS},
    ui::{
        components::{
            flash::Answer,
            form::{Carried, Draft, TextInput},
            icon::{Icon, Shape},
            moment::{MaybeMoment, Moment},
            page::page,
            table::{Head, Table},
        },
        links,
        visit::Visit,
    },
};

/// Most ends of calls that are listed.
const SHOWN: usize = 20;

/// One app.
#[component]
pub fn AppPage() -> impl IntoView {
    page(async |visit: Visit| {
        let ctx = visit.ctx()?;
        let used = apps::get(ctx, links::app_id(&visit.path)?).await?;
        let about = about(ctx.settings.vendors, &used.app);
        let (last, now) = (used.last_at(), ctx.now);
        let (id, app) = (used.app.id.to_string(), used.app);
        let (refused, accepted): (Vec<Tally>, Vec<Tally>) = used.tallies.into_iter().partition(|tally| tally.refused);
        Ok(view! {
            <Title text=app.name.clone() />
            <p>
                <a href="/apps">"All apps"</a>
            </p>
            <h1>
                <bdi dir="auto">{app.name.clone()}</bdi>
            </h1>
            <Answer />
            <div class="columns">
                <div class="stack">
                    <Facts app=app.clone() about=about origin=visit.origin.clone() last=last now=now />
                    <Calls title="Refused calls" id="refused" tallies=refused />
                    <Calls title="Accepted calls" id="accepted" tallies=accepted />
                </div>
                <div class="stack">
                    <Change app=app.clone() about=about draft=Draft::of_one(&visit, "/api/change_app", "id", &id) />
                    <Rotate app=app.clone() now=now draft=Draft::of_one(&visit, "/api/rotate_app", "id", &id) />
                    <Switch app=app />
                </div>
            </div>
        }
        .into_any())
    })
}

/// With what and where a back-end calls, and what came of it.
#[component]
fn Facts(
    app: App,
    about: Option<&'static About>,
    origin: String,
    last: Option<Timestamp>,
    now: Timestamp,
) -> impl IntoView {
    let key_label = about.map_or("Key", |about| about.key_label);
    let document = format!("/{}/openapi.json", app.vendor);
    let accounts = (!app.accounts.is_empty()).then(|| {
        let label = about.and_then(|about| about.accounts_label).unwrap_or("Accounts");
        view! {
            <dt>{label}</dt>
            <dd>
                <bdi>{app.accounts.join(", ")}</bdi>
            </dd>
        }
    });
    view! {
        <section class="card" aria-label="How it calls">
            <dl class="facts">
                <dt>"Vendor"</dt>
                <dd>{vendor_name(about, &app)}</dd>
                <dt>{key_label}</dt>
                <dd>
                    <code id="app-key">
                        <bdi>{app.key.clone()}</bdi>
                    </code>
                    " "
                    <CopyButton of="app-key" what="key" />
                </dd>
                <dt>"Address"</dt>
                <dd>
                    <code id="app-address">{format!("{origin}/{}", app.vendor)}</code>
                    " "
                    <CopyButton of="app-address" what="address" />
                </dd>
                {about
                    .map(|_| {
                        view! {
                            <dt>"Calls"</dt>
                            <dd>
                                <a href=document>"OpenAPI document"</a>
                            </dd>
                        }
                    })}
                <dt>"May do"</dt>
                <dd>{format!("{}: {}", app.scope.key(), app.scope.about())}</dd>
                <dt>"Application"</dt>
                <dd>{rooms(&app)}</dd>
                {accounts}
                <dt>"Rate"</dt>
                <dd>{rate(&app)}</dd>
                <dt>"State"</dt>
                <dd>
                    <State app=app.clone() now=now />
                </dd>
                <dt>"Added"</dt>
                <dd>
                    <Moment at=app.created_at />
                </dd>
                <dt>"Last use"</dt>
                <dd>
                    <MaybeMoment at=last never="Never" />
                </dd>
            </dl>
            <p>
                <a href=links::with_query("/audit", [("source", "api"), ("actor", app.name.as_str())])>"What it changed"</a>
            </p>
        </section>
    }
}

#[component]
fn CopyButton(of: &'static str, what: &'static str) -> impl IntoView {
    view! {
        <button class="button plain slim" type="button" data-copy=of hidden>
            <Icon shape=Shape::Copy />
            {format!("Copy {what}")}
        </button>
    }
}

/// Calls by what was called and how that ended, the last first; folded.
#[component]
fn Calls(title: &'static str, id: &'static str, tallies: Vec<Tally>) -> impl IntoView {
    let many: u64 = tallies.iter().map(|tally| tally.many.unsigned_abs()).sum();
    if tallies.is_empty() {
        return view! { <p class="quiet">{format!("{title}: none.")}</p> }.into_any();
    }
    let with_reasons = tallies.iter().any(|tally| tally.refused);
    let left = tallies.len().saturating_sub(SHOWN);
    let rows = tallies.into_iter().take(SHOWN).map(|tally| {
        let action = if tally.action.is_empty() { "unknown".to_owned() } else { tally.action };
        view! {
            <tr>
                <th scope="row">
                    <code>{action}</code>
                </th>
                <td data-label="Last">
                    <Moment at=tally.last_at />
                </td>
                <td data-label="Code">
                    <code>{tally.code}</code>
                </td>
                {with_reasons
                    .then(|| {
                        view! {
                            <td data-label="Message">
                                <bdi dir="auto">{tally.last_message}</bdi>
                            </td>
                        }
                    })}
                <td data-label="Times" class="number">
                    {grouped(tally.many.unsigned_abs())}
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let reasons = with_reasons.then_some(Head::Word("Message"));
    let heads = [Head::Word("Call"), Head::Word("Last"), Head::Word("Code")].into_iter().chain(reasons);
    let heads: Vec<Head> = heads.chain([Head::Number("Times")]).collect();
    view! {
        <details id=id>
            <summary>{format!("{title}: {}", grouped(many))}</summary>
            <div class="stack-tight folded">
                <Table class="table tall" heads=heads>
                    {rows}
                </Table>
                {(left > 0).then(|| view! { <p class="quiet small">{format!("{left} more ends of calls are older.")}</p> })}
            </div>
        </details>
    }
    .into_any()
}

/// What it may do, to be changed; nothing where its vendor is spoken no more.
#[component]
fn Change(app: App, about: Option<&'static About>, draft: Draft) -> impl IntoView {
    about.map(|about| {
        view! {
            <section class="card" aria-labelledby="change-title">
                <h2 id="change-title">"What it may do"</h2>
                <form class="stack" method="post" action="/api/change_app">
                    <Carried />
                    <input type="hidden" name="id" value=app.id.to_string() />
                    <MayInputs draft=draft kept=(&app).into() vendors=vec![about] />
                    <p>
                        <button class="button primary" type="submit">
                            "Save"
                        </button>
                    </p>
                </form>
            </section>
        }
    })
}

#[component]
fn Rotate(app: App, now: Timestamp, draft: Draft) -> impl IntoView {
    let still = app.old_secret_until.is_some_and(|until| until > now);
    let help = format!("So long both secrets count, at most {LONGEST_HOURS}; 0 ends the old one at once.");
    view! {
        <section class="card" aria-labelledby="rotate-title">
            <h2 id="rotate-title">"Secret"</h2>
            <form class="stack" method="post" action="/api/rotate_app">
                <Carried />
                <input type="hidden" name="id" value=app.id.to_string() />
                <p class="small">"A new secret is shown once. Give it to the back-end while the old one still counts."</p>
                {still
                    .then(|| {
                        view! { <p class="small">"The secret before the last rotation still counts; it ends with a new one."</p> }
                    })}
                <TextInput key="hours" label="Hours" value=draft.value("hours", "24") help=help draft=draft />
                <p>
                    <button class="button" type="submit">
                        "Rotate the secret"
                    </button>
                </p>
            </form>
        </section>
    }
}

/// The switch that keeps an app out.
#[component]
fn Switch(app: App) -> impl IntoView {
    let (action, word, class, why) = if app.disabled {
        ("/api/enable_app", "Enable", "button", "Every call of the app is refused.")
    } else {
        ("/api/disable_app", "Disable", "button danger", "The next call of the app is refused; nothing is lost.")
    };
    view! {
        <section class="card" aria-label="State">
            <p class="small">{why}</p>
            <form method="post" action=action>
                <Carried />
                <input type="hidden" name="id" value=app.id.to_string() />
                <button class=class type="submit">
                    {word}
                </button>
            </form>
        </section>
    }
}
