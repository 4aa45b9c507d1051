//! `/audit`: everything that was changed, by whom, through what, before and after.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Right,
        audit::{AuditQuery, Source},
        page::Total,
        room::Field,
    },
    services::{history, trail},
    ui::{
        components::{
            badge::Tone,
            choose::Choose,
            entries::{Entries, Older, source},
            flash::Answer,
            form::subject,
            notice::{Empty, Notice},
            page::page,
            pager::Pager,
        },
        links,
        visit::Visit,
    },
};

/// The audit trail.
#[component]
pub fn Audit() -> impl IntoView {
    page(async |visit: Visit| {
        let pairs = visit.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let (query, wrong) = AuditQuery::parse(pairs);
        let found = history::find(visit.ctx()?, &query).await?;
        let previous = found.previous.as_ref().map(|cursor| links::turned(&visit, "before", cursor));
        let next = found.next.as_ref().map(|cursor| links::turned(&visit, "after", cursor));
        let ends = trail::ends(visit.ctx()?).await?;
        let older = ends.and_then(|ends| ends.removed).filter(|_| next.is_none());
        let sealed = ends.filter(|_| visit.ctx().is_ok_and(|ctx| ctx.role.may(Right::Audit))).map(|ends| {
            view! {
                <p class="quiet">
                    {format!("Each entry up to number {} is sealed with the one before it; ", ends.head)}
                    <code>"wardroom audit verify"</code> " tells whether any was changed since."
                </p>
            }
        });
        let total =
            if found.total == Total::Exactly(1) { "1 entry".to_owned() } else { format!("{} entries", found.total) };
        let list = if found.rows.is_empty() {
            view! {
                <Empty title="No entries">
                    <p class="quiet">"Nothing was changed that fits these filters."</p>
                    <p>
                        <a class="button" href="/audit">
                            "Clear filters"
                        </a>
                    </p>
                </Empty>
            }
            .into_any()
        } else {
            view! { <Entries entries=found.rows role=visit.ctx()?.role /> }.into_any()
        };
        let wrong = (!wrong.is_empty()).then(|| {
            let items = wrong.into_iter().map(|violation| {
                view! { <li>{format!("{} {}.", subject(&violation.field), violation.message)}</li> }
            });
            view! {
                <Notice tone=Tone::Warn>
                    <p>"The address asks for something that cannot be read. It was left out:"</p>
                    <ul>{items.collect_view()}</ul>
                </Notice>
            }
        });
        let export = visit.ctx()?.role.may(Right::Audit).then(|| {
            let filters = visit.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let kept = filters.filter(|(name, value)| !value.is_empty() && !matches!(*name, "after" | "before"));
            view! {
                <a class="button" href=links::with_query("/audit/export", kept) download="">
                    "Export as JSON lines"
                </a>
            }
        });
        Ok(view! {
            <Title text="Audit" />
            <div class="page-head">
                <h1>"Audit"</h1>
                {export}
            </div>
            <Answer />
            <Filters visit=visit />
            {wrong}
            <p>
                <strong>{total}</strong>
            </p>
            {list}
            {older.map(|removed| view! { <Older removed=removed /> })}
            <Pager previous=previous next=next />
            {sealed}
        }
        .into_any())
    })
}

#[component]
fn Filters(visit: Visit) -> impl IntoView {
    let text = |name: &'static str, label: &'static str, kind: &'static str| {
        let value = visit.asked(name).to_owned();
        view! {
            <div class="field">
                <label class="field-label" for=format!("filter-{name}")>
                    {label}
                </label>
                <input
                    class="input"
                    type=kind
                    id=format!("filter-{name}")
                    name=name
                    value=value
                    dir=(kind == "text").then_some("auto")
                    autocomplete="off"
                    autocapitalize=(kind == "text").then_some("none")
                />
            </div>
        }
    };
    let sources = Source::ALL.map(|each| (each.key().to_owned(), source(each).to_owned()));
    let asked_field = visit.asked("field").to_owned();
    let mut fields: Vec<(String, String)> =
        Field::ALL.iter().map(|field| (field.key().to_owned(), field.label().to_owned())).collect();
    if !asked_field.is_empty() && !fields.iter().any(|(key, _)| *key == asked_field) {
        fields.push((asked_field.clone(), asked_field.clone()));
    }
    let has_any = visit.query.iter().any(|(_, value)| !value.is_empty());
    view! {
        <form class="card audit-filters" method="get" action="/audit" data-lean="">
            {text("room", "Room id", "text")}
            {text("actor", "By", "text")}
            <Choose name="source" label="Through" chosen=visit.asked("source").to_owned() options=sources.to_vec() />
            <Choose name="field" label="Field" chosen=asked_field options=fields />
            {text("job", "Job", "text")}
            {text("from", "From", "date")}
            {text("to", "To", "date")}
            <div class="line filters-foot">
                <button class="button primary" type="submit">
                    "Filter"
                </button>
                {has_any
                    .then(|| {
                        view! {
                            <a class="button plain" href="/audit">
                                "Clear"
                            </a>
                        }
                    })}
            </div>
        </form>
    }
}
