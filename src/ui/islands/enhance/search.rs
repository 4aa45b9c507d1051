//! Search as you type: the form's own page is fetched and its `#results` put in place of ours. The address follows, an
//! answer that is not the newest is dropped, and without an answer the old results stay and say so.

use std::{cell::Cell, rc::Rc, time::Duration};

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AbortController, Document, DomParser, Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement,
    HtmlSelectElement, InputEvent, RequestInit, Response, SupportedType, UrlSearchParams,
};

use super::{
    dom::{after, announce, below, document, first, go, on, window},
    look::local_times,
    select,
};

/// How long to wait for the next key.
pub(super) const PAUSE: Duration = Duration::from_millis(120);

/// Counts the questions, so that only the newest is answered.
#[derive(Clone, Default)]
struct Turn {
    number: Rc<Cell<u32>>,
    running: Rc<Cell<Option<AbortController>>>,
}

/// Starts.
pub fn start() {
    on(&document(), "submit", |event: Event| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        if let Some(form) = form.filter(|form| form.method() == "get") {
            event.prevent_default();
            go(&address(&form));
        }
    });
    let Some(form) = first::<HtmlFormElement>("form[data-live-search]") else { return };
    let turn = Turn::default();
    let (typing, on_type) = (form.clone(), turn.clone());
    on(&form, "input", move |event: InputEvent| {
        let is_search =
            event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|e| e.id() == "search");
        if is_search && !event.is_composing() {
            on_type.ask(&typing, PAUSE);
        }
    });
    for kind in ["change", "compositionend", "search"] {
        let (changing, on_change) = (form.clone(), turn.clone());
        on(&form, kind, move |_: Event| on_change.ask(&changing, Duration::ZERO));
    }
}

impl Turn {
    /// Asks after a pause, unless something newer is asked before.
    fn ask(&self, form: &HtmlFormElement, pause: Duration) {
        let number = self.number.get().wrapping_add(1);
        self.number.set(number);
        let (turn, form) = (self.clone(), form.clone());
        after(pause, move || {
            if turn.number.get() == number {
                spawn_local(async move { turn.answer(&address(&form), number).await });
            }
        });
    }

    async fn answer(&self, address: &str, number: u32) {
        let here = window().location();
        let now = format!("{}{}", here.pathname().unwrap_or_default(), here.search().unwrap_or_default());
        if let Some(older) = self.running.take() {
            older.abort();
        }
        if now == address {
            return busy(false);
        }
        busy(true);
        let stop = AbortController::new().ok();
        self.running.set(stop.clone());
        let found = fetch(address, stop).await;
        if self.number.get() != number {
            return;
        }
        busy(false);
        match found {
            Some(Answer::Page(html)) if show(&html).is_some() => {
                if let Ok(history) = window().history() {
                    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
                }
            }
            Some(_) => go(address),
            None => offline(),
        }
    }
}

/// What came of fetching a page.
pub(super) enum Answer {
    /// The page.
    Page(String),
    /// Another page, or none for this reader.
    Elsewhere,
}

/// Fetches a page; `None` when the server cannot be reached.
pub(super) async fn fetch(address: &str, stop: Option<AbortController>) -> Option<Answer> {
    let options = RequestInit::new();
    if let Some(stop) = stop {
        options.set_signal(Some(&stop.signal()));
    }
    let response = JsFuture::from(window().fetch_with_str_and_init(address, &options)).await.ok()?;
    let response = response.dyn_into::<Response>().ok()?;
    if !response.ok() || response.redirected() {
        return Some(Answer::Elsewhere);
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?;
    text.as_string().map(Answer::Page)
}

/// A page of ours, read to be looked at.
pub(super) async fn page(address: &str) -> Option<Document> {
    match fetch(address, None).await? {
        Answer::Page(html) => read(&html),
        Answer::Elsewhere => None,
    }
}

fn read(html: &str) -> Option<Document> {
    DomParser::new().ok()?.parse_from_string(html, SupportedType::TextHtml).ok()
}

/// Puts the results of a fetched page in place of ours.
fn show(html: &str) -> Option<()> {
    let page = read(html)?;
    let fresh = page.query_selector("#results").ok()??;
    local_times(&below(&fresh, "time[datetime]"));
    first::<Element>("#results")?.replace_with_with_node_1(&fresh).ok()?;
    select::show();
    let count = page.query_selector("#filter-count").ok().flatten().and_then(|count| count.text_content());
    if let (Some(count), Some(ours)) = (count, first::<HtmlElement>("#filter-count")) {
        ours.set_text_content(Some(&count));
    }
    if let Some(total) = first::<HtmlElement>("[data-total]") {
        announce(&total.text_content().unwrap_or_default());
    }
    Some(())
}

fn busy(is_busy: bool) {
    if let Some(results) = first::<Element>("#results") {
        let _ = results.set_attribute("aria-busy", if is_busy { "true" } else { "false" });
    }
}

fn offline() {
    let text = "The server cannot be reached. These are the results of the search before.";
    announce(text);
    let Some(results) = first::<Element>("#results") else { return };
    if results.query_selector("#offline").ok().flatten().is_some() {
        return;
    }
    if let Ok(note) = document().create_element("p") {
        note.set_id("offline");
        note.set_class_name("notice bad");
        note.set_text_content(Some(text));
        let _ = results.prepend_with_node_1(&note);
    }
}

/// The address that a form asks for, without what is empty.
fn address(form: &HtmlFormElement) -> String {
    let path = form.get_attribute("action").unwrap_or_default();
    let Ok(query) = UrlSearchParams::new() else { return path };
    for n in 0..u32::try_from(form.length()).unwrap_or_default() {
        let Some(control) = form.get_with_index(n) else { continue };
        let (name, value) = if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
            let is_off = matches!(input.type_().as_str(), "checkbox" | "radio") && !input.checked();
            (input.name(), if is_off { String::new() } else { input.value() })
        } else if let Some(select) = control.dyn_ref::<HtmlSelectElement>() {
            (select.name(), select.value())
        } else {
            continue;
        };
        if !name.is_empty() && !value.trim().is_empty() {
            query.append(&name, &value);
        }
    }
    let query = query.to_string().as_string().unwrap_or_default();
    if query.is_empty() { path } else { format!("{path}?{query}") }
}
