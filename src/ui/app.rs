//! The page table, and the frame around every page: header, navigation, account menu, main.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use super::{
    components::{
        badge::Tone,
        dialogs::{Keys, Palette, pages},
        form::Carried,
        icon::{Icon, Shape},
        notice::Notice,
        unsaving::Unsaving,
    },
    pages::{account, apps, audit, jobs, missing, preferences, room, rooms, sign_in, staff, views},
    visit::Visit,
};
use crate::domain::staff::Staff;

/// The whole of what a person sees.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let visit = Visit::current();
    let path = visit.as_ref().map(|visit| visit.path.clone()).unwrap_or_default();
    let concern = visit.as_ref().and_then(|visit| visit.concern.clone());
    let staff = visit.and_then(|visit| visit.staff);
    let keys = staff.as_ref().map(|staff| staff.preferences.keys);
    let dialogs = staff.clone().map(|staff| {
        view! {
            <Palette staff=staff />
            <Keys are_on=keys == Some(true) />
        }
    });
    view! {
        <Title formatter=titled />
        <a class="skip" href="#main">
            "Skip to the content"
        </a>
        {staff.map(|staff| view! { <TopBar staff=staff path=path /> })}
        <main class="page" id="main" tabindex="-1" data-keys=(keys == Some(true)).then_some("")>
            {concern
                .map(|told| {
                    view! {
                        <Notice tone=Tone::Warn>
                            <p>
                                <strong>"Backups. "</strong>
                                {told}
                            </p>
                        </Notice>
                    }
                })}
            <Unsaving />
            <Router>
                <FlatRoutes fallback=missing::Missing>
                    <Route path=path!("/sign-in") view=sign_in::SignIn ssr=SsrMode::Async />
                    <Route path=path!("/sign-in/code") view=sign_in::code::Code ssr=SsrMode::Async />
                    <Route path=path!("/rooms") view=rooms::Rooms ssr=SsrMode::Async />
                    <Route path=path!("/rooms/new") view=rooms::new::NewRoom ssr=SsrMode::Async />
                    <Route path=path!("/rooms/:id") view=room::details::Details ssr=SsrMode::Async />
                    <Route path=path!("/rooms/:id/owner") view=room::owner::Owner ssr=SsrMode::Async />
                    <Route path=path!("/rooms/:id/members") view=room::members::Members ssr=SsrMode::Async />
                    <Route path=path!("/rooms/:id/attributes") view=room::attributes::Attributes ssr=SsrMode::Async />
                    <Route path=path!("/rooms/:id/history") view=room::history::History ssr=SsrMode::Async />
                    <Route path=path!("/rooms/:id/api") view=room::api::Api ssr=SsrMode::Async />
                    <Route path=path!("/rooms/:id/json") view=room::json::Json ssr=SsrMode::Async />
                    <Route path=path!("/jobs") view=jobs::Jobs ssr=SsrMode::Async />
                    <Route path=path!("/jobs/new") view=jobs::new::NewJob ssr=SsrMode::Async />
                    <Route path=path!("/jobs/offboard") view=jobs::offboard::Offboard ssr=SsrMode::Async />
                    <Route path=path!("/jobs/:id") view=jobs::job::JobPage ssr=SsrMode::Async />
                    <Route path=path!("/audit") view=audit::Audit ssr=SsrMode::Async />
                    <Route path=path!("/apps") view=apps::Apps ssr=SsrMode::Async />
                    <Route path=path!("/apps/:id") view=apps::app::AppPage ssr=SsrMode::Async />
                    <Route path=path!("/staff") view=staff::StaffPage ssr=SsrMode::Async />
                    <Route path=path!("/staff/:id") view=staff::person::Person ssr=SsrMode::Async />
                    <Route path=path!("/account") view=account::Account ssr=SsrMode::Async />
                    <Route path=path!("/account/totp") view=account::totp::TotpPage ssr=SsrMode::Async />
                    <Route path=path!("/confirm") view=account::confirm::Confirm ssr=SsrMode::Async />
                    <Route path=path!("/preferences") view=preferences::PreferencesPage ssr=SsrMode::Async />
                    <Route path=path!("/views/new") view=views::NewView ssr=SsrMode::Async />
                    <Route path=path!("/views/:id") view=views::ViewPage ssr=SsrMode::Async />
                </FlatRoutes>
            </Router>
        </main>
        <p class="unseen" id="announce" role="status"></p>
        {dialogs}
    }
}

/// The text of a page's `<title>`. leptos_meta 0.8.7 does not escape it: a room's name would be stored XSS.
fn titled(title: String) -> String {
    if title.is_empty() {
        return "Wardroom".to_owned();
    }
    let escaped = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("{escaped} · Wardroom")
}

#[component]
fn TopBar(staff: Staff, path: String) -> impl IntoView {
    let links = pages(&staff).into_iter().map(|(href, word)| {
        let below = path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let current = below.then_some(if path == href { "page" } else { "true" });
        view! {
            <li>
                <a href=href aria-current=current>
                    {word}
                </a>
            </li>
        }
    });
    view! {
        <header class="topbar">
            <a class="topbar-brand" href="/rooms">
                <Icon shape=Shape::Brand />
                "Wardroom"
            </a>
            <nav class="topbar-nav" aria-label="Main">
                <ul>{links.collect_view()}</ul>
            </nav>
            <AccountMenu staff=staff />
        </header>
    }
}

#[component]
fn AccountMenu(staff: Staff) -> impl IntoView {
    view! {
        <details class="menu" data-menu="">
            <summary class="button plain">
                <Icon shape=Shape::Person />
                <span>
                    <bdi>{staff.name}</bdi>
                    " "
                    <span class="quiet">{staff.role.key()}</span>
                </span>
                <Icon shape=Shape::Down />
            </summary>
            <div class="menu-panel">
                <a class="menu-item" href="/account">
                    "Account"
                </a>
                <a class="menu-item" href="/preferences">
                    "Preferences"
                </a>
                <button class="menu-item" type="button" data-opens="keys" hidden>
                    "Keys"
                </button>
                <form method="post" action="/api/sign_out">
                    <Carried back="/sign-in" />
                    <button class="menu-item" type="submit">
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
}
