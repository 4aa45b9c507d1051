//! Choosing a client: `data-suggests` is the address that knows clients whose id or nickname begins with what is typed
//! into an input. They are offered below it (the combobox pattern of the ARIA Authoring Practices); any id may be typed.

use std::{cell::Cell, rc::Rc, time::Duration};

use js_sys::{Array, Reflect, encode_uri_component};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Element, Event, HtmlElement, HtmlInputElement, InputEvent, KeyboardEvent, Response, ScrollIntoViewOptions,
    ScrollLogicalPosition,
};

use super::dom::{after, all, around, below, document, on, window};

/// How long to wait for the next key before asking.
const PAUSE: Duration = Duration::from_millis(120);
/// For how long a list that has just opened lets clicks through to what it covers: nobody can have aimed at it yet.
const SETTLING: Duration = Duration::from_millis(300);

/// Starts.
pub fn start() {
    for input in all::<HtmlInputElement>("input[data-suggests]") {
        if let Some(picker) = Picker::of(input) {
            picker.listen();
        }
    }
}

/// An input, and the list below it.
#[derive(Clone)]
struct Picker {
    input: HtmlInputElement,
    list: HtmlElement,
    /// Counts what was typed, so that only the newest question is answered.
    turn: Rc<Cell<u32>>,
}

/// A client that is offered.
struct Offer {
    id: String,
    nickname: String,
}

impl Picker {
    /// Makes a plain input a combobox.
    fn of(input: HtmlInputElement) -> Option<Self> {
        let id = input.id();
        let list = made("ul", "picker-list")?;
        list.set_id(&format!("{id}-list"));
        list.set_hidden(true);
        let _ = list.set_attribute("role", "listbox");
        let _ = list.set_attribute("aria-labelledby", &format!("{id}-label"));
        input.parent_element()?.append_child(&list).ok()?;
        let list_id = list.id();
        for (name, value) in [
            ("role", "combobox"),
            ("aria-autocomplete", "list"),
            ("aria-controls", list_id.as_str()),
            ("aria-expanded", "false"),
        ] {
            let _ = input.set_attribute(name, value);
        }
        Some(Self { input, list, turn: Rc::default() })
    }

    fn listen(self) {
        let picker = self.clone();
        on(&self.input, "input", move |event: Event| {
            // What an input method has not finished is nobody's name yet.
            if event.dyn_ref::<InputEvent>().is_some_and(InputEvent::is_composing) {
                picker.close();
            } else {
                picker.ask();
            }
        });
        let picker = self.clone();
        on(&self.input, "compositionend", move |_: Event| picker.ask());
        let picker = self.clone();
        on(&self.input, "keydown", move |event: KeyboardEvent| picker.press(&event));
        let picker = self.clone();
        on(&self.input, "blur", move |_: Event| picker.close());
        // The focus stays in the input, or the list would be gone before the click.
        on(&self.list, "mousedown", |event: Event| event.prevent_default());
        let list = self.list.clone();
        on(&list, "click", move |event: Event| {
            if let Some(option) = around::<Element>(&event, "[role=option]") {
                self.choose(&option);
            }
        });
    }

    /// Asks after a pause, unless something newer is typed before.
    fn ask(&self) {
        self.close();
        let (turn, typed) = (self.turn.get(), self.input.value());
        if typed.trim().is_empty() {
            return;
        }
        let _ = self.list.set_attribute("aria-busy", "true");
        let picker = self.clone();
        after(PAUSE, move || {
            if picker.turn.get() == turn {
                spawn_local(async move { picker.answer(&typed, turn).await });
            }
        });
    }

    /// Offers what is found, unless something newer was typed meanwhile. Without an answer nothing is offered.
    async fn answer(&self, typed: &str, turn: u32) {
        let address = self.input.get_attribute("data-suggests").unwrap_or_default();
        let found = fetch(&format!("{address}?prefix={}", encode_uri_component(typed))).await.unwrap_or_default();
        if self.turn.get() != turn {
            return;
        }
        let _ = self.list.remove_attribute("aria-busy");
        for (at, offer) in found.iter().enumerate() {
            if let Some(option) = self.option(at, offer) {
                let _ = self.list.append_child(&option);
            }
        }
        if self.options().is_empty() {
            return;
        }
        let _ = self.list.set_attribute("data-settling", "");
        self.list.set_hidden(false);
        let _ = self.input.set_attribute("aria-expanded", "true");
        let picker = self.clone();
        after(SETTLING, move || {
            if picker.turn.get() == turn {
                let _ = picker.list.remove_attribute("data-settling");
            }
        });
    }

    /// An option of the list. Ids and nicknames are anybody's: they become texts, never markup.
    fn option(&self, at: usize, offer: &Offer) -> Option<Element> {
        let option = made("li", "picker-option")?;
        option.set_id(&format!("{}-{at}", self.list.id()));
        let _ = option.set_attribute("role", "option");
        let _ = option.set_attribute("aria-selected", "false");
        let _ = option.set_attribute("data-client", &offer.id);
        let quiet = made("span", "quiet")?;
        for (place, text) in [(&option, &offer.nickname), (&quiet, &offer.id)] {
            let name = made("bdi", "")?;
            name.set_dir("auto");
            name.set_text_content(Some(text));
            place.append_child(&name).ok()?;
        }
        option.append_child(&quiet).ok()?;
        Some(option.into())
    }

    fn options(&self) -> Vec<Element> {
        below(&self.list, "[role=option]")
    }

    fn press(&self, event: &KeyboardEvent) {
        let options = self.options();
        let many = options.len();
        if many == 0 || event.is_composing() {
            return;
        }
        let active = options.iter().position(|option| option.get_attribute("aria-selected").as_deref() == Some("true"));
        match event.key().as_str() {
            "ArrowDown" => self.activate(&options, active.map_or(0, |at| (at + 1) % many)),
            "ArrowUp" => self.activate(&options, active.map_or(many - 1, |at| (at + many - 1) % many)),
            "Enter" => match active.and_then(|at| options.get(at)) {
                Some(option) => self.choose(option),
                // The form is sent.
                None => return self.close(),
            },
            "Escape" => self.close(),
            "Tab" => return self.close(),
            _ => return,
        }
        event.prevent_default();
    }

    fn activate(&self, options: &[Element], active: usize) {
        for (at, option) in options.iter().enumerate() {
            let _ = option.set_attribute("aria-selected", if at == active { "true" } else { "false" });
            if at == active {
                let _ = self.input.set_attribute("aria-activedescendant", &option.id());
                let nearest = ScrollIntoViewOptions::new();
                nearest.set_block(ScrollLogicalPosition::Nearest);
                option.scroll_into_view_with_scroll_into_view_options(&nearest);
            }
        }
    }

    fn choose(&self, option: &Element) {
        if let Some(id) = option.get_attribute("data-client") {
            self.input.set_value(&id);
        }
        self.close();
    }

    /// Takes the list away, and drops the answer that may still come.
    fn close(&self) {
        self.turn.set(self.turn.get().wrapping_add(1));
        self.list.set_hidden(true);
        self.list.set_text_content(None);
        let _ = self.list.remove_attribute("aria-busy");
        let _ = self.input.remove_attribute("aria-activedescendant");
        let _ = self.input.set_attribute("aria-expanded", "false");
    }
}

fn made(tag: &str, class: &str) -> Option<HtmlElement> {
    let element = document().create_element(tag).ok()?.dyn_into::<HtmlElement>().ok()?;
    if !class.is_empty() {
        element.set_class_name(class);
    }
    Some(element)
}

async fn fetch(address: &str) -> Option<Vec<Offer>> {
    let response = JsFuture::from(window().fetch_with_str(address)).await.ok()?.dyn_into::<Response>().ok()?;
    if !response.ok() {
        return None;
    }
    let clients = JsFuture::from(response.json().ok()?).await.ok()?.dyn_into::<Array>().ok()?;
    clients
        .iter()
        .map(|client| Some(Offer { id: text(&client, "id")?, nickname: text(&client, "nickname")? }))
        .collect()
}

fn text(client: &JsValue, key: &str) -> Option<String> {
    Reflect::get(client, &JsValue::from_str(key)).ok()?.as_string()
}
