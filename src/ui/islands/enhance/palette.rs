//! The palette: a dialog in which typing narrows links to pages, and adds views and rooms out of the list's own page.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, InputEvent, KeyboardEvent};

use super::{
    dom::{after, below, document, first, on},
    search::{PAUSE, page},
};

/// Most rooms that are offered.
const ROOMS: usize = 8;
/// Counts the questions, so that only the newest is answered.
static TURN: AtomicU32 = AtomicU32::new(0);

/// Opens the palette, or closes it.
pub fn toggle() {
    let Some(dialog) = first::<HtmlDialogElement>("#palette") else { return };
    if dialog.open() {
        dialog.close();
    } else if dialog.show_modal().is_ok()
        && let Some(input) = first::<HtmlInputElement>("#palette-search")
    {
        input.set_value("");
        typed();
    }
}

/// Starts.
pub fn start() {
    let Some(dialog) = first::<HtmlDialogElement>("#palette") else { return };
    for kind in ["input", "compositionend"] {
        on(&dialog, kind, |event: Event| {
            use wasm_bindgen::JsCast;
            if !event.dyn_ref::<InputEvent>().is_some_and(InputEvent::is_composing) {
                typed();
            }
        });
    }
    on(&dialog, "keydown", |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        if !event.is_composing() && step(by).is_some() {
            event.prevent_default();
        }
    });
    // The first link is what Enter means; the form's own way, a search, where there is none.
    on(&dialog, "submit", |event: Event| {
        if let Some(link) = links().into_iter().next() {
            event.prevent_default();
            event.stop_propagation();
            link.click();
        }
    });
    let around = dialog.clone();
    on(&dialog, "click", move |event: Event| {
        if event.target().as_ref() == Some(around.as_ref()) {
            around.close();
        }
    });
}

fn list() -> Option<Element> {
    first("#palette .palette-list")
}

/// The links that can be seen, in order.
fn links() -> Vec<HtmlElement> {
    list().map(|list| below(&list, "li:not([hidden]) a")).unwrap_or_default()
}

/// Focus goes from the input to the first link and so on, and back.
fn step(by: i32) -> Option<()> {
    let links = links();
    let here = document().active_element();
    let at = links.iter().position(|link| here.as_ref() == Some(link.as_ref()));
    match at.map_or(-1, |at| i32::try_from(at).unwrap_or_default()).saturating_add(by) {
        -1 => first::<HtmlElement>("#palette-search")?.focus().ok(),
        next => links.get(usize::try_from(next).ok()?)?.focus().ok(),
    }
}

/// Narrows what is there already, and asks for the rest after a pause.
fn typed() {
    let (Some(list), Some(input)) = (list(), first::<HtmlInputElement>("#palette-search")) else { return };
    let text = input.value().trim().to_owned();
    for found in below::<Element>(&list, "[data-found]") {
        found.remove();
    }
    for item in below::<HtmlElement>(&list, "li") {
        item.set_hidden(!holds(&item, &text));
    }
    let number = TURN.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
    let is_newest = move || TURN.load(Ordering::Relaxed) == number;
    let pause = if input.value().is_empty() { Duration::ZERO } else { PAUSE };
    after(pause, move || {
        if is_newest() {
            spawn_local(async move {
                let address = format!("/rooms?q={}", js_sys::encode_uri_component(&text));
                let found = page(&address).await;
                if is_newest()
                    && let Some(found) = found
                {
                    offer(&list, &found, &text);
                }
            });
        }
    });
}

/// Views that hold the text, and the first rooms that the list's page found.
fn offer(list: &Element, found: &Document, text: &str) {
    let Some(root) = found.document_element() else { return };
    let views = below::<HtmlElement>(&root, ".views li + li a").into_iter().filter(|link| holds(link, text));
    let rooms = below::<HtmlElement>(&root, "#results .room-name").into_iter();
    for link in views.chain(rooms.filter(|_| !text.is_empty()).take(ROOMS)) {
        let Ok(item) = document().create_element("li") else { return };
        let _ = item.set_attribute("data-found", "");
        // A room's id follows its name.
        let id = link.next_element_sibling();
        let _ = link.remove_attribute("aria-current");
        let _ = item.append_with_node_1(&link);
        if let Some(id) = id {
            let _ = item.append_with_node_1(&id);
        }
        let _ = list.append_with_node_1(&item);
    }
    if let Some(status) = first::<HtmlElement>("#palette [role=status]") {
        let many = links().len();
        status.set_text_content(Some(&format!("{many} to choose from")));
    }
}

/// Compared by the browser: the tables of letters that Rust would bring along weigh more than all of this.
fn holds(element: &HtmlElement, text: &str) -> bool {
    let folded = |text: &str| js_sys::JsString::from(text).to_lower_case();
    folded(&element.text_content().unwrap_or_default()).includes(&String::from(folded(text)), 0)
}
