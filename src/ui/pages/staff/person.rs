//! `/staff/{id}`: one account: what it may do, its second step, its sessions; for admins.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Act, Standing};
use crate::{
    domain::{Timestamp, staff::Staff},
    services::staff,
    ui::{
        components::{
            flash::Answer,
            moment::{MaybeMoment, Moment},
            page::page,
            sessions::Sessions,
        },
        links,
        visit::Visit,
    },
};

/// One account.
#[component]
pub fn Person() -> impl IntoView {
    page(async |visit: Visit| {
        let ctx = visit.ctx()?;
        let staff = staff::get(ctx, links::staff_id(&visit.path)?).await?;
        let sessions = staff::sessions(ctx, &staff, &visit.session).await?;
        let (id, now) = (staff.id, ctx.now);
        Ok(view! {
            <Title text=staff.name.clone() />
            <div>
                <p>
                    <a href="/staff">"Staff"</a>
                </p>
                <h1>
                    <bdi>{staff.name.clone()}</bdi>
                </h1>
            </div>
            <Answer />
            <div class="stack narrow">
                <Facts staff=staff now=now />
                <Sessions sessions=sessions of=Some(id) />
            </div>
        }
        .into_any())
    })
}

#[component]
fn Facts(staff: Staff, now: Timestamp) -> impl IntoView {
    let (id, name) = (staff.id, staff.name.clone());
    let second = staff.totp_since;
    view! {
        <section class="card" aria-label="Account">
            <dl class="facts">
                <dt>"Role"</dt>
                <dd>{format!("{}: {}", staff.role.key(), staff.role.about())}</dd>
                <dt>"State"</dt>
                <dd>
                    <Standing staff=staff.clone() now=now />
                </dd>
                <dt>"Added"</dt>
                <dd>
                    <Moment at=staff.created_at />
                </dd>
                <dt>"Last signed in"</dt>
                <dd>
                    <MaybeMoment at=staff.signed_in_at never="Never" />
                </dd>
                <dt>"Two-step sign-in"</dt>
                <dd>
                    <MaybeMoment at=second never="Not set up" />
                </dd>
            </dl>
            {second
                .map(|_| {
                    view! {
                        <p class="small">
                            "Is the phone lost? Make sure that it is really they who ask. Then a reset takes the second step away, ends their sessions, and lets them set it up anew."
                        </p>
                        <Act action="/api/reset_totp" id=id word="Reset two-step sign-in" name=name />
                    }
                })}
        </section>
    }
}
