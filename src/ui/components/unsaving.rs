//! What every page says while nothing can be saved.

use leptos::prelude::*;

use super::{badge::Tone, moment::Moment, notice::Notice};
use crate::{
    domain::Role,
    store::{Reason, State},
    ui::visit::Visit,
};

/// Why nothing can be saved, since when, what works all the same, and, for admins, what to do. Nothing where all is well.
#[component]
pub fn Unsaving() -> impl IntoView {
    let visit = Visit::current()?;
    let State::ReadOnly { since, reason } = visit.state else { return None };
    let staff = visit.staff?;
    let is_for_good = reason == Reason::Corrupt;
    let head = if is_for_good { "Wardroom can't save any more:" } else { "Wardroom can't save at the moment:" };
    let on = if is_for_good { "Jobs stand still." } else { "Jobs wait and go on by themselves." };
    let advice = if staff.role == Role::Admin { reason.advice() } else { "Please tell whoever runs this house." };
    Some(view! {
        <Notice tone=Tone::Bad>
            <p data-unsaving=reason.key()>
                <strong>{head}</strong>
                {format!(" {}, since ", reason.says())}
                <Moment at=since />
                {format!(". Reading works. What you send is refused, and comes back to its form. {on}")}
            </p>
            <p>{advice}</p>
        </Notice>
    })
}
