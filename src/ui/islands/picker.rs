//! Choosing a client: an input that takes any id, and offers the known clients whose id or nickname begins with what
//! is typed (the combobox pattern of the ARIA Authoring Practices). Without JavaScript it is a plain input.

use std::time::Duration;

use leptos::{
    ev::{Event, KeyboardEvent},
    html::Input,
    prelude::*,
    task::spawn_local,
};

use crate::rpc::{self, Suggestion};

/// How long to wait for the next key before asking.
const PAUSE: Duration = Duration::from_millis(120);

/// An input for a client's id, with suggestions.
#[island]
pub fn ClientPicker(
    /// The input's id.
    id: String,
    /// The name it is sent under.
    name: String,
    /// What it shows first.
    value: String,
    /// The ids of what describes it.
    described: Option<String>,
    /// Whether what it shows was refused.
    is_wrong: bool,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    let is_awake = RwSignal::new(false);
    let offered = RwSignal::new(Vec::<Suggestion>::new());
    let active = RwSignal::new(None::<usize>);
    let asked = StoredValue::new(0_u32);
    Effect::new(move || is_awake.set(true));

    let close = move || {
        asked.update_value(|number| *number = number.wrapping_add(1));
        offered.set(Vec::new());
        active.set(None);
    };
    let choose = move |at: usize| {
        let chosen = offered.with_untracked(|clients| clients.get(at).map(|client| client.id.clone()));
        if let (Some(id), Some(input)) = (chosen, input.get_untracked()) {
            input.set_value(&id);
        }
        close();
    };
    let ask = move |prefix: String| {
        close();
        let number = asked.get_value();
        if prefix.trim().is_empty() {
            return;
        }
        set_timeout(
            move || {
                spawn_local(async move {
                    if asked.try_get_value() != Some(number) {
                        return;
                    }
                    let found = rpc::suggest_clients(prefix).await.unwrap_or_default();
                    if asked.try_get_value() == Some(number) {
                        offered.set(found);
                    }
                });
            },
            PAUSE,
        );
    };
    let typed = move |event: Event| ask(event_target_value(&event));
    let pressed = move |event: KeyboardEvent| {
        let many = offered.with_untracked(Vec::len);
        if many == 0 || event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" => active.update(|at| *at = Some(at.map_or(0, |at| (at + 1) % many))),
            "ArrowUp" => active.update(|at| *at = Some(at.map_or(many - 1, |at| (at + many - 1) % many))),
            "Enter" => match active.get_untracked() {
                Some(at) => choose(at),
                None => return close(),
            },
            "Escape" => close(),
            "Tab" => return close(),
            _ => return,
        }
        event.prevent_default();
    };

    let list_id = format!("{id}-list");
    let is_open = move || offered.with(|clients| !clients.is_empty());
    let controls = list_id.clone();
    let current = list_id.clone();
    let label = format!("{id}-label");
    view! {
        <div class="picker">
            <input
                node_ref=input
                class="input"
                type="text"
                id=id
                name=name
                value=value
                dir="auto"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=is_wrong.then_some("true")
                aria-describedby=described
                role=move || is_awake.get().then_some("combobox")
                aria-autocomplete=move || is_awake.get().then_some("list")
                aria-expanded=move || is_awake.get().then(|| is_open().to_string())
                aria-controls=move || is_open().then(|| controls.clone())
                aria-activedescendant=move || active.get().map(|at| format!("{current}-{at}"))
                on:input=typed
                on:keydown=pressed
                on:blur=move |_| close()
            />
            {move || {
                is_open()
                    .then(|| {
                        view! {
                            <ul class="picker-list" role="listbox" id=list_id.clone() aria-labelledby=label.clone()>
                                <Options list_id=list_id.clone() offered=offered active=active choose=choose />
                            </ul>
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Options(
    list_id: String,
    offered: RwSignal<Vec<Suggestion>>,
    active: RwSignal<Option<usize>>,
    choose: impl Fn(usize) + Copy + Send + 'static,
) -> impl IntoView {
    let option = move |(at, client): (usize, Suggestion)| {
        view! {
            <li
                class="picker-option"
                role="option"
                id=format!("{list_id}-{at}")
                aria-selected=move || (active.get() == Some(at)).to_string()
                on:mousedown=|event| event.prevent_default()
                on:click=move |_| choose(at)
            >
                <bdi dir="auto">{client.nickname}</bdi>
                <span class="quiet">
                    <bdi dir="auto">{client.id}</bdi>
                </span>
            </li>
        }
    };
    offered.get().into_iter().enumerate().map(option).collect_view()
}
