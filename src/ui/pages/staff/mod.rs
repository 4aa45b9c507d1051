//! `/staff`: who may sign in, with which role; for admins.

pub mod person;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Role, Timestamp,
        staff::{ONE_TIME_HOURS, Staff},
    },
    services::staff,
    ui::{
        components::{
            badge::{Badge, Tone},
            flash::Answer,
            form::{Carried, Draft, TextInput},
            icon::{Icon, Shape},
            moment::MaybeMoment,
            page::page,
            table::{Head, Table},
        },
        links,
        visit::Visit,
    },
};

const HEADS: [Head; 5] = [
    Head::Word("Name"),
    Head::Word("State"),
    Head::Word("Last signed in"),
    Head::Word("Role"),
    Head::Unseen("Actions"),
];

/// All accounts.
#[component]
pub fn StaffPage() -> impl IntoView {
    page(async |visit: Visit| {
        let accounts = staff::list(visit.ctx()?).await?;
        let (me, now) = (visit.staff.as_ref().map(|staff| staff.id), visit.ctx()?.now);
        let draft = Draft::of(&visit, "/api/add_staff");
        let rows = accounts.into_iter().map(move |staff| {
            let is_me = me == Some(staff.id);
            view! { <Row staff=staff is_me=is_me now=now /> }
        });
        Ok(view! {
            <Title text="Staff" />
            <h1>"Staff"</h1>
            <Answer />
            <div class="columns">
                <Table class="table tall" heads=HEADS>
                    {rows.collect_view()}
                </Table>
                <Add draft=draft />
            </div>
        }
        .into_any())
    })
}

#[component]
fn Row(staff: Staff, is_me: bool, now: Timestamp) -> impl IntoView {
    let Staff { id, name, role, disabled, signed_in_at, .. } = staff.clone();
    view! {
        <tr>
            <th scope="row">
                <a href=links::staff(id)>
                    <strong>
                        <bdi>{name.clone()}</bdi>
                    </strong>
                </a>
                {is_me.then(|| view! { <span class="quiet">" (you)"</span> })}
            </th>
            <td data-label="State">
                <Standing staff=staff now=now />
            </td>
            <td data-label="Last signed in">
                <MaybeMoment at=signed_in_at never="Never" />
            </td>
            <td data-label="Role">
                <form class="line" method="post" action="/api/change_role">
                    <Carried />
                    <input type="hidden" name="id" value=id.to_string() />
                    <RoleSelect id=format!("role-{id}") chosen=role label=format!("Role of {name}") />
                    <button class="button slim" type="submit">
                        "Change"
                        <span class="unseen">{format!(" role of {name}")}</span>
                    </button>
                </form>
            </td>
            <td>
                <div class="line">
                    <Act action="/api/reset_password" id=id word="Reset password" name=name.clone() />
                    {if disabled {
                        view! { <Act action="/api/enable_staff" id=id word="Enable" name=name /> }.into_any()
                    } else {
                        (!is_me).then(|| view! { <Act action="/api/disable_staff" id=id word="Disable" name=name /> }).into_any()
                    }}
                </div>
            </td>
        </tr>
    }
}

/// How an account stands, as badges.
#[component]
fn Standing(staff: Staff, now: Timestamp) -> impl IntoView {
    let one_time = if staff.has_expired(now) {
        Some((Tone::Bad, "One-time password expired"))
    } else {
        staff.must_change().then_some((Tone::Warn, "One-time password"))
    };
    view! {
        <span class="line">
            {if staff.disabled {
                view! { <Badge tone=Tone::Bad shape=Shape::Stop word="Disabled" /> }
            } else {
                view! { <Badge tone=Tone::Ok shape=Shape::Check word="Enabled" /> }
            }}
            {one_time.map(|(tone, word)| view! { <Badge tone=tone shape=Shape::Warning word=word /> })}
            {staff.totp_since.map(|_| view! { <Badge shape=Shape::Check word="Two steps" /> })}
        </span>
    }
}

#[component]
fn Act(action: &'static str, id: i64, word: &'static str, name: String) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <Carried />
            <input type="hidden" name="id" value=id.to_string() />
            <button class="button slim" type="submit">
                {word}
                <span class="unseen">{format!(": {name}")}</span>
            </button>
        </form>
    }
}

#[component]
fn RoleSelect(id: String, chosen: Role, #[prop(optional, into)] label: Option<String>) -> impl IntoView {
    let options = Role::ALL.into_iter().map(|role| {
        view! {
            <option value=role.key() selected=role == chosen>
                {role.key()}
            </option>
        }
    });
    view! {
        <select class="input" id=id name="role" aria-label=label>
            {options.collect_view()}
        </select>
    }
}

#[component]
fn Add(draft: Draft) -> impl IntoView {
    let chosen = draft.typed("role").and_then(Role::parse).unwrap_or(Role::Viewer);
    let name = draft.value("name", "");
    let about = Role::ALL.into_iter().map(|role| view! { <dt>{role.key()}</dt> <dd>{role.about()}</dd> });
    view! {
        <section class="card" aria-labelledby="add-title">
            <h2 id="add-title">"Add an account"</h2>
            <form class="stack" method="post" action="/api/add_staff">
                <Carried />
                <TextInput key="name" label="Name" value=name draft=draft />
                <div class="field">
                    <label class="field-label" for="field-role">
                        "Role"
                    </label>
                    <RoleSelect id="field-role".to_owned() chosen=chosen />
                </div>
                <p class="quiet small">
                    {format!("You are shown a one-time password to hand over. It signs in for {ONE_TIME_HOURS} hours.")}
                </p>
                <p>
                    <button class="button primary" type="submit">
                        <Icon shape=Shape::Plus />
                        "Add"
                    </button>
                </p>
            </form>
            <h3>"What roles may do"</h3>
            <dl class="facts small">{about.collect_view()}</dl>
        </section>
    }
}
