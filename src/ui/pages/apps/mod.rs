//! `/apps`: the apps through which back-ends call, for admins: all of them at a glance, and the form that adds one.

mod add;
pub mod app;
mod may;

use leptos::prelude::*;
use leptos_meta::Title;

use self::add::Add;
use crate::{
    domain::{
        Timestamp,
        app::{About, App},
        page::grouped,
    },
    services::apps::{self, Used},
    ui::{
        components::{
            badge::{Badge, Tone},
            flash::Answer,
            form::Draft,
            icon::Shape,
            moment::{MaybeMoment, Moment},
            notice::Empty,
            page::page,
            table::{Head, Table},
        },
        links,
        visit::Visit,
    },
};

const HEADS: [Head; 7] = [
    Head::Word("App"),
    Head::Word("Key"),
    Head::Word("May do"),
    Head::Word("State"),
    Head::Word("Last use"),
    Head::Number("Accepted"),
    Head::Number("Refused"),
];

/// All apps.
#[component]
pub fn Apps() -> impl IntoView {
    page(async |visit: Visit| {
        let ctx = visit.ctx()?;
        let all = apps::list(ctx).await?;
        let (vendors, now) = (ctx.settings.vendors, ctx.now);
        let draft = Draft::of(&visit, "/api/add_app");
        let list = if all.is_empty() {
            view! {
                <Empty title="No apps yet">
                    <p class="quiet">
                        "A back-end that speaks a vendor's API calls through an app: a key and a secret with rights of their own. Add the first below."
                    </p>
                </Empty>
            }
            .into_any()
        } else {
            let rows = all.into_iter().map(move |used| {
                let about = about(vendors, &used.app);
                view! { <Row used=used about=about now=now /> }
            });
            view! {
                <Table class="table tall apps" heads=HEADS>
                    {rows.collect_view()}
                </Table>
            }
            .into_any()
        };
        Ok(view! {
            <Title text="Apps" />
            <h1>"Apps"</h1>
            <Answer />
            {list}
            <Add draft=draft vendors=vendors />
        }
        .into_any())
    })
}

#[component]
fn Row(used: Used, about: Option<&'static About>, now: Timestamp) -> impl IntoView {
    let (accepted, refused, last) = (used.many(false), used.many(true), used.last_at());
    let app = used.app;
    let key_label = about.map_or("Key", |about| about.key_label);
    view! {
        <tr>
            <th scope="row">
                <a href=links::app(app.id)>
                    <strong>
                        <bdi>{app.name.clone()}</bdi>
                    </strong>
                </a>
                <p class="quiet">{vendor_name(about, &app)}</p>
            </th>
            <td data-label="Key">
                <div>
                    <p class="quiet">{key_label}</p>
                    <code>
                        <bdi>{app.key.clone()}</bdi>
                    </code>
                </div>
            </td>
            <td data-label="May do">
                <div>
                    <p>{app.scope.key()}</p>
                    <p class="quiet">{rooms(&app)}</p>
                    <p class="quiet">{rate(&app)}</p>
                </div>
            </td>
            <td data-label="State">
                <State app=app now=now />
            </td>
            <td data-label="Last use">
                <MaybeMoment at=last never="Never" />
            </td>
            <td data-label="Accepted" class="number">
                {grouped(accepted)}
            </td>
            <td data-label="Refused" class="number">
                {grouped(refused)}
            </td>
        </tr>
    }
}

/// Whether an app may call at all, and whether the secret before the last rotation still counts.
#[component]
fn State(app: App, now: Timestamp) -> impl IntoView {
    let until = app.old_secret_until.filter(|until| *until > now);
    view! {
        <div class="stack-tight">
            <span>
                {if app.disabled {
                    view! { <Badge tone=Tone::Bad shape=Shape::Stop word="Disabled" /> }
                } else {
                    view! { <Badge tone=Tone::Ok shape=Shape::Check word="Enabled" /> }
                }}
            </span>
            {until
                .map(|until| {
                    view! {
                        <span>
                            <span class="quiet">"Old secret counts until "</span>
                            <Moment at=until />
                        </span>
                    }
                })}
        </div>
    }
}

/// The vendor whose API an app speaks; `None` where this house speaks it no more.
fn about(vendors: &[&'static About], app: &App) -> Option<&'static About> {
    vendors.iter().copied().find(|about| about.key == app.vendor)
}

fn vendor_name(about: Option<&'static About>, app: &App) -> String {
    about.map_or_else(|| app.vendor.clone(), |about| about.name.to_owned())
}

fn rooms(app: &App) -> AnyView {
    if app.application.is_empty() {
        return view! { "All rooms" }.into_any();
    }
    view! {
        "Rooms of "
        <bdi>{app.application.clone()}</bdi>
    }
    .into_any()
}

fn rate(app: &App) -> String {
    app.rate.map_or_else(|| "Vendor's own rate".to_owned(), |rate| format!("{} calls a second", grouped(rate.into())))
}
