//! Selecting rooms: ranges with Shift, the whole page, and a selection that stays while the list is turned, sorted and
//! searched. It is kept for as long as the browser's tab, and goes along in the form as the check boxes themselves do.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement, MouseEvent, Storage};

use super::dom::{all, around, below, document, first, on, window};

/// Most bytes of ids that an address carries.
const ROOM_FOR: usize = 6000;
/// The check boxes of the rows; what the form holds of other pages is not among them.
const BOXES: &str = "#results .tick input";

/// Starts.
pub fn start() {
    show();
    // Coming back, the browser puts its own ticks in place, after us.
    on(&window(), "pageshow", |_: Event| show());
    let last = Rc::new(RefCell::new(None::<HtmlInputElement>));
    on(&document(), "click", move |event: MouseEvent| {
        if around::<Element>(&event, "[data-select-none]").is_some() {
            for ticked in all::<HtmlInputElement>(BOXES) {
                ticked.set_checked(false);
            }
            keep(&[]);
        } else if let Some(ticked) = around::<HtmlInputElement>(&event, BOXES) {
            if event.shift_key()
                && let Some(from) = last.borrow().as_ref()
            {
                tick_between(from, &ticked);
            }
            keep(&stored());
            last.replace(Some(ticked));
        }
    });
    on(&document(), "change", |event: Event| {
        if let Some(page) = around::<HtmlInputElement>(&event, "[data-select-page] input") {
            for ticked in all::<HtmlInputElement>(BOXES) {
                ticked.set_checked(page.checked());
            }
            keep(&stored());
        }
    });
}

/// Shows what is selected in the rows that stand there now.
pub fn show() {
    let Some(form) = form() else { return };
    let before = stored();
    for ticked in all::<HtmlInputElement>(BOXES) {
        ticked.set_checked(before.contains(&ticked.value()));
    }
    for page in all::<HtmlElement>("[data-select-page]") {
        page.set_hidden(false);
    }
    say(&form, &before, false);
}

fn form() -> Option<HtmlFormElement> {
    first("form[data-select]")
}

fn place() -> Option<(Storage, String)> {
    let storage = window().session_storage().ok()??;
    Some((storage, format!("selected {}", form()?.get_attribute("data-select")?)))
}

/// The ids that were selected before; no id holds a line end.
fn stored() -> Vec<String> {
    let text = place().and_then(|(storage, key)| storage.get_item(&key).ok()?).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn tick_between(from: &HtmlInputElement, to: &HtmlInputElement) {
    let boxes = all::<HtmlInputElement>(BOXES);
    let place = |wanted: &HtmlInputElement| boxes.iter().position(|ticked| ticked == wanted);
    let (Some(one), Some(other)) = (place(from), place(to)) else { return };
    for between in boxes.iter().take(one.max(other) + 1).skip(one.min(other)) {
        between.set_checked(to.checked());
    }
}

/// Keeps what was selected elsewhere together with what is ticked here, as far as an address can carry it; ticks that
/// do not fit go off again.
fn keep(before: &[String]) {
    let Some(form) = form() else { return };
    let boxes = all::<HtmlInputElement>(BOXES);
    let mut kept: Vec<String> =
        before.iter().filter(|id| !boxes.iter().any(|ticked| ticked.value() == **id)).cloned().collect();
    let weight = |id: &String| String::from(js_sys::encode_uri_component(id)).len() + "&ids=".len();
    let mut room: usize = ROOM_FOR.saturating_sub(kept.iter().map(weight).sum());
    let mut is_full = false;
    for ticked in boxes.iter().filter(|ticked| ticked.checked()) {
        let id = ticked.value();
        match room.checked_sub(weight(&id)) {
            Some(rest) => {
                room = rest;
                kept.push(id);
            }
            None => {
                is_full = true;
                ticked.set_checked(false);
            }
        }
    }
    if let Some((storage, key)) = place() {
        let _ = storage.set_item(&key, &kept.join("\n"));
    }
    say(&form, &kept, is_full);
}

/// Says how many are selected, and puts those of other pages into the form.
fn say(form: &HtmlFormElement, kept: &[String], is_full: bool) {
    let boxes = all::<HtmlInputElement>(BOXES);
    for hidden in below::<Element>(form, "input[type=hidden]") {
        hidden.remove();
    }
    let elsewhere: Vec<&String> = kept.iter().filter(|id| !boxes.iter().any(|b| b.value() == **id)).collect();
    for id in &elsewhere {
        let made = document().create_element("input").ok().and_then(|made| made.dyn_into::<HtmlInputElement>().ok());
        if let Some(hidden) = made {
            hidden.set_type("hidden");
            hidden.set_name("ids");
            hidden.set_value(id);
            let _ = form.append_with_node_1(&hidden);
        }
    }
    let _ = form.toggle_attribute_with_force("data-some", !kept.is_empty());
    for none in below::<HtmlElement>(form, "[data-select-none]") {
        none.set_hidden(kept.is_empty());
    }
    let mut text = match (kept.len(), elsewhere.len()) {
        (0, _) => "Tick rooms to change several at once.".to_owned(),
        (many, 0) => format!("{many} selected"),
        (many, other) => format!("{many} selected, {other} of them not on this page"),
    };
    if is_full {
        text.push_str(". No more can be carried: take all that match, or paste a list of ids on the next page");
    }
    for count in below::<HtmlElement>(form, "[data-count]") {
        count.set_text_content(Some(&text));
    }
    for page in all::<HtmlInputElement>("[data-select-page] input") {
        let here = kept.len() - elsewhere.len();
        page.set_checked(here > 0 && here == boxes.len());
        page.set_indeterminate(here > 0 && here < boxes.len());
    }
}
