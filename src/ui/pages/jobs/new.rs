//! `/jobs/new`: what is to be done with which rooms. The address chooses the rooms and says whether the change is for
//! good or for a while; nothing happens before the plan was looked at.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    chosen::{Choice, Selected},
    fields::{Answers, AttributeRows, BulkGroup},
};
use crate::{
    domain::{
        Right,
        job::{MODERATORS_MOST, SHIELD_MINUTES, SHIELDED},
        page::grouped,
        room::Group,
    },
    services::Ctx,
    ui::{
        components::{
            flash::Answer,
            form::{Carried, Draft, TextInput},
            page::page,
        },
        links,
        visit::Visit,
    },
};

const CHANGE: &str = "/api/plan_job";
const SHIELD: &str = "/api/plan_shield";

/// The form that plans a job.
#[component]
pub fn NewJob() -> impl IntoView {
    page(async |visit: Visit| {
        let ctx = visit.ctx()?.clone();
        ctx.may(Right::Edit)?;
        let selected = Selected::read(&visit).await?;
        let is_shield = visit.asked("tab") == "shield";
        let form = if is_shield {
            view! { <ForAWhile selected=selected ctx=ctx.clone() draft=Draft::of(&visit, SHIELD) /> }.into_any()
        } else {
            view! {
                <ForGood
                    selected=selected
                    ctx=ctx.clone()
                    draft=Draft::of(&visit, CHANGE)
                    visit=visit.clone()
                />
            }
            .into_any()
        };
        let title = if is_shield { "New job for a while" } else { "New job" };
        Ok(view! {
            <Title text=title />
            <div class="stack job-new">
                <div>
                    <p>
                        <a href="/jobs">"All jobs"</a>
                    </p>
                    <h1>"New job"</h1>
                </div>
                <Tabs visit=visit is_shield=is_shield may_hand_over=ctx.may(Right::Manage).is_ok() />
                <Answer />
                <Limits ctx=ctx />
                {form}
            </div>
        }
        .into_any())
    })
}

/// What the change is like, as links that keep the selection.
#[component]
fn Tabs(visit: Visit, is_shield: bool, may_hand_over: bool) -> impl IntoView {
    let kept =
        visit.query.iter().filter(|(name, _)| name != "tab").map(|(name, value)| (name.as_str(), value.as_str()));
    let kept: Vec<(&str, &str)> = kept.collect();
    let change = links::with_query("/jobs/new", kept.iter().copied());
    let shield = links::with_query("/jobs/new", kept.iter().copied().chain([("tab", "shield")]));
    view! {
        <nav class="pills" aria-label="What to do">
            <ul>
                <li>
                    <a href=change aria-current=(!is_shield).then_some("page")>
                        "Change"
                    </a>
                </li>
                <li>
                    <a href=shield aria-current=is_shield.then_some("page")>
                        "For a while"
                    </a>
                </li>
                {may_hand_over
                    .then(|| {
                        view! {
                            <li>
                                <a href="/jobs/offboard">"Off-board an owner"</a>
                            </li>
                        }
                    })}
            </ul>
        </nav>
    }
}

/// What more than one person has to agree to.
#[component]
fn Limits(ctx: Ctx) -> impl IntoView {
    let above = grouped(ctx.settings.bulk.approval_above);
    let said = if ctx.may(Right::Manage).is_ok() {
        format!("More than {above} rooms at once, or another owner, needs a second admin's approval.")
    } else {
        format!("You can change up to {MODERATORS_MOST} rooms at once; more needs an admin.")
    };
    view! { <p class="quiet">"First the job is planned, and you see what will change. " {said}</p> }
}

#[component]
fn ForGood(selected: Selected, ctx: Ctx, draft: Draft, visit: Visit) -> impl IntoView {
    let groups = [Group::Access, Group::Presentation, Group::People].map(|group| {
        view! { <BulkGroup group=group ctx=ctx.clone() draft=draft.clone() vendors=visit.limits /> }
    });
    view! {
        <form class="card room-form" method="post" action=CHANGE enctype="multipart/form-data" data-guard=guard(&draft)>
            <Carried />
            <Choice selected=selected draft=draft.clone() />
            {groups.into_iter().collect_view()}
            <AttributeRows draft=draft.clone() />
            <Foot />
        </form>
    }
}

#[component]
fn ForAWhile(selected: Selected, ctx: Ctx, draft: Draft) -> impl IntoView {
    let fields = SHIELDED.into_iter().filter(|field| ctx.may(field.spec().right).is_ok());
    let fields = fields.map(|field| view! { <Answers field=field draft=draft.clone() /> }).collect_view();
    let help = format!(
        "From the moment the job is run; at most {} (thirty days). 60 is an hour, 1440 a day.",
        grouped(SHIELD_MINUTES.unsigned_abs())
    );
    view! {
        <form class="card room-form" method="post" action=SHIELD enctype="multipart/form-data" data-guard=guard(&draft)>
            <Carried />
            <Choice selected=selected draft=draft.clone() />
            <fieldset class="group">
                <legend>"For a while"</legend>
                <p class="quiet small">
                    "At the end each room goes back to what it was. What people change meanwhile stays. All shields stand on the page of jobs, where each can be ended."
                </p>
                <div class="group-fields">
                    {fields}
                    <TextInput key="minutes" label="Minutes" value=draft.value("minutes", "60") help=help draft=draft.clone() />
                </div>
            </fieldset>
            <Foot />
        </form>
    }
}

#[component]
fn Foot() -> impl IntoView {
    view! {
        <div class="savebar">
            <button class="button primary" type="submit">
                "Plan"
            </button>
            <a class="button plain" href="/rooms">
                "Cancel"
            </a>
            <span class="quiet">"Nothing is changed yet."</span>
        </div>
    }
}

fn guard(draft: &Draft) -> &'static str {
    if draft.is_refused() { "unsaved" } else { "" }
}
