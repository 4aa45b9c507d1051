//! `/rooms/{id}/api`: the room as a vendor's clients see it: in the vendor's words, what the vendor does not carry of
//! it, and, for admins, each possible call as a command for a shell.

use leptos::prelude::*;

use super::about_room;
use crate::{
    domain::{
        Error, Result, Right,
        app::{About, App, Command, Fit, View},
        page::PAGE,
        room::Room,
    },
    services::{
        apps,
        rooms::{Members, view},
    },
    ui::{
        components::{
            badge::Tone,
            icon::{Icon, Shape},
            notice::Notice,
            proof::AskFirst,
        },
        links::{self, Section},
        visit::Visit,
    },
};

/// The room's API section.
#[component]
pub fn Api() -> impl IntoView {
    about_room(Section::Api, async |visit: Visit, room: Room| {
        let ctx = visit.ctx()?;
        let may_call = ctx.role.may(Right::Apps);
        let apps = if may_call { apps::list(ctx).await? } else { Vec::new() };
        let apps: Vec<App> = apps.into_iter().map(|used| used.app).filter(|app| !app.disabled).collect();
        let asked = visit.asked("app").parse().ok().and_then(|id: i64| apps.iter().find(|app| app.id == id));
        let vendors = ctx.settings.vendors;
        let named = |key: &str| vendors.iter().copied().find(|about| about.key == key);
        let about = named(visit.asked("vendor")).or_else(|| named(&asked?.vendor)).or(vendors.first().copied());
        let Some(about) = about else {
            return Ok(view! { <p class="quiet">"This house speaks no vendor's API."</p> }.into_any());
        };
        let shown = view(ctx, &room.id, Members::Some).await?;
        let commands = if may_call {
            let of_vendor: Vec<App> = apps.iter().filter(|app| app.vendor == about.key).cloned().collect();
            let chosen = of_vendor.iter().find(|app| asked.is_some_and(|asked| asked.id == app.id)).cloned();
            let base = format!("{}/{}", visit.origin, about.key);
            let found = match &chosen {
                Some(app) => apps::commands(ctx, app.id, &base, &shown).await,
                None => Ok(Vec::new()),
            };
            if found == Err(Error::StepUp) {
                view! { <AskFirst why="The commands hold the app's secret, or what was made with it." next=links::here(&visit) /> }
                    .into_any()
            } else {
                let is_lost = chosen.is_none() && !visit.asked("app").is_empty();
                let (commands, room) = (found?, room.clone());
                view! { <Commands room=room about=about apps=of_vendor chosen=chosen is_lost=is_lost commands=commands /> }
                    .into_any()
            }
        } else {
            ().into_any()
        };
        let words = words(about, &shown)?;
        let id = room.id.to_string();
        Ok(view! {
            <Vendors id=id about=about vendors=vendors />
            <div class="stack">
                <Misfits about=about fit=Fit::of(about, &shown) />
                <section class="stack-tight" aria-labelledby="words-title">
                    <div class="line spread">
                        <h2 id="words-title">{format!("In the words of {}", about.name)}</h2>
                        <Copy of="words".to_owned() what="JSON" />
                    </div>
                    {(shown.members.len() == PAGE && room.member_count > 0)
                        .then(|| {
                            view! { <p class="quiet small">{format!("With the first {PAGE} members; a client gets all of them.")}</p> }
                        })}
                    <pre class="code bounded" id="words" dir="ltr" tabindex="0">
                        {words}
                    </pre>
                </section>
                {commands}
            </div>
        }
        .into_any())
    })
}

fn words(about: &About, shown: &View) -> Result<String> {
    let json = serde_json::to_string_pretty(&(about.words)(shown));
    json.map_err(|_| Error::Busy("The room cannot be written as JSON.".to_owned()))
}

/// The way from vendor to vendor; nothing where there is only one.
#[component]
fn Vendors(id: String, about: &'static About, vendors: &'static [&'static About]) -> impl IntoView {
    let path = Section::Api.of(&id);
    let items = vendors.iter().map(|each| {
        let current = (each.key == about.key).then_some("page");
        view! {
            <li>
                <a href=links::with_query(&path, [("vendor", each.key)]) aria-current=current>
                    {each.name}
                </a>
            </li>
        }
    });
    (vendors.len() > 1).then(|| {
        view! {
            <nav class="pills" aria-label="Vendor">
                <ul>{items.collect_view()}</ul>
            </nav>
        }
    })
}

/// What the vendor does not carry of the room.
#[component]
fn Misfits(about: &'static About, fit: Fit) -> impl IntoView {
    if fit.is_whole() {
        let text = format!("{} carries every value of this room.", about.name);
        return view! { <Notice tone=Tone::Ok><p>{text}</p></Notice> }.into_any();
    }
    let labels = fit.unspoken.iter().map(|field| field.label()).collect::<Vec<_>>().join(", ");
    let refused = fit.refused.into_iter().map(|(what, why)| {
        view! {
            <li>
                <bdi dir="auto">{what}</bdi>
                {format!(" {why}.")}
            </li>
        }
    });
    let refused = refused.collect_view();
    let refused = (!refused.is_empty()).then_some(refused);
    view! {
        <Notice tone=Tone::Warn>
            <h2>{format!("What {} does not carry", about.name)}</h2>
            {(!labels.is_empty()).then(|| view! { <p>{format!("It has no word for: {labels}.")}</p> })}
            {refused
                .map(|refused| {
                    view! {
                        <p>"It would cut or refuse:"</p>
                        <ul>{refused}</ul>
                    }
                })}
        </Notice>
    }
    .into_any()
}

/// The calls as commands, signed by an app that the reader chooses.
#[component]
fn Commands(
    room: Room,
    about: &'static About,
    apps: Vec<App>,
    chosen: Option<App>,
    is_lost: bool,
    commands: Vec<Command>,
) -> impl IntoView {
    let body = if apps.is_empty() {
        view! {
            <p class="quiet">
                {format!("There is no app for {} that may call. ", about.name)} <a href="/apps">"Add one"</a>
                " to get each call as a command for a shell."
            </p>
        }
        .into_any()
    } else {
        view! { <Choose room=room.clone() about=about apps=apps chosen=chosen.clone() /> }.into_any()
    };
    let is_mute = chosen.is_some() && commands.is_empty();
    let stranger = chosen.filter(|app| !app.application.is_empty() && app.application != room.app).map(|app| {
        view! {
            <Notice tone=Tone::Warn>
                <p>
                    "This app sees the rooms of " <bdi>{app.application}</bdi>
                    " only, and this is none of them: its calls will be refused."
                </p>
            </Notice>
        }
    });
    let seconds = commands.iter().map(|command| command.seconds).min();
    view! {
        <section class="stack" aria-labelledby="commands-title">
            <h2 id="commands-title">"Commands"</h2>
            {is_lost
                .then(|| {
                    view! {
                        <Notice tone=Tone::Warn>
                            <p>{format!("There is no such app for {}, or it is disabled.", about.name)}</p>
                        </Notice>
                    }
                })}
            {body}
            {stranger}
            {is_mute
                .then(|| {
                    view! {
                        <Notice tone=Tone::Warn>
                            <p>{format!("There is no way to write this room's id in a call of {}.", about.name)}</p>
                        </Notice>
                    }
                })}
            {seconds
                .map(|seconds| {
                    view! {
                        <p class="quiet">
                            {format!("Signed for you, good for {}; load the page again for fresh ones.", lasting(seconds))}
                        </p>
                    }
                })}
            {commands.into_iter().enumerate().map(|(n, command)| view! { <Shell n=n command=command /> }).collect_view()}
        </section>
    }
}

#[component]
fn Choose(room: Room, about: &'static About, apps: Vec<App>, chosen: Option<App>) -> impl IntoView {
    let options = apps.into_iter().map(|app| {
        let is_chosen = chosen.as_ref().is_some_and(|chosen| chosen.id == app.id);
        view! {
            <option value=app.id.to_string() selected=is_chosen>
                {format!("{} ({})", app.name, app.scope.key())}
            </option>
        }
    });
    let options = options.collect_view();
    view! {
        <form class="line app-choice" method="get" action=Section::Api.of(room.id.as_str())>
            <input type="hidden" name="vendor" value=about.key />
            <label class="field-label" for="app">
                "App"
            </label>
            <select class="input" id="app" name="app">
                {options}
            </select>
            <button class="button" type="submit">
                "Show commands"
            </button>
        </form>
    }
}

#[component]
fn Shell(n: usize, command: Command) -> impl IntoView {
    let id = format!("command-{n}");
    view! {
        <div class="stack-tight">
            <div class="line spread">
                <h3>{command.title}</h3>
                <Copy of=id.clone() what="command" />
            </div>
            <pre class="code" id=id dir="ltr">
                {command.shell}
            </pre>
        </div>
    }
}

#[component]
fn Copy(of: String, what: &'static str) -> impl IntoView {
    view! {
        <button class="button slim" type="button" data-copy=of hidden>
            <Icon shape=Shape::Copy />
            {format!("Copy {what}")}
        </button>
    }
}

/// So many seconds, for people.
fn lasting(seconds: u32) -> String {
    match seconds {
        0..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds / 60),
        _ => format!("{} hours", seconds / 3600),
    }
}
