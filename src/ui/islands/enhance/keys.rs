//! Keys: from row to row, selecting, searching, the palette and the list of keys. Single keys rest while somebody types,
//! while a dialog is open, and for whoever turned them off (`data-keys` is on `main` where they are on).

use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent, MouseEventInit,
};

use super::{
    dom::{all, around, below, document, first, on},
    palette,
};

/// Where somebody types; a check box takes no text.
const TYPING: &str = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/// Starts.
pub fn start() {
    on(&document(), "keydown", |event: KeyboardEvent| {
        // 229 is what some browsers send for a key that an input method takes.
        if event.is_composing() || event.key_code() == 229 || event.default_prevented() {
            return;
        }
        if press(&event) {
            event.prevent_default();
        }
    });
    for button in all::<HtmlElement>("[data-opens]") {
        button.set_hidden(false);
    }
    on(&document(), "click", |event: Event| {
        if let Some(id) =
            around::<Element>(&event, "[data-opens]").and_then(|button| button.get_attribute("data-opens"))
        {
            show(&id);
        }
    });
}

/// Does what a key stands for; whether it stands for anything.
fn press(event: &KeyboardEvent) -> bool {
    let key = event.key();
    let with = event.ctrl_key() || event.meta_key();
    if with && !event.alt_key() && !event.shift_key() && key.eq_ignore_ascii_case("k") {
        palette::toggle();
        return true;
    }
    let is_at_rest = with
        || event.alt_key()
        || around::<Element>(event, TYPING).is_some()
        || first::<Element>("dialog[open]").is_some()
        || first::<Element>("main[data-keys]").is_none();
    if is_at_rest {
        return false;
    }
    match key.as_str() {
        "j" => step(1),
        "k" => step(-1),
        "x" | "X" => tick(event.shift_key()),
        "/" => to_search(),
        "?" => show("keys"),
        _ => None,
    }
    .is_some()
}

/// Opens a dialog.
fn show(id: &str) -> Option<()> {
    document().get_element_by_id(id)?.dyn_into::<HtmlDialogElement>().ok()?.show_modal().ok()
}

/// The focus goes to the next row, or the one before; to the first where it is in none.
fn step(by: i32) -> Option<()> {
    let names = all::<HtmlElement>("#results .room-name");
    let at = row().and_then(|row| names.iter().position(|name| row.contains(Some(name))));
    let next = at.map_or(0, |at| i32::try_from(at).unwrap_or_default().saturating_add(by));
    names.get(usize::try_from(next).ok()?)?.focus().ok()
}

/// A click on the row's check box; with Shift one takes all from the one before to here (`select`).
fn tick(with_shift: bool) -> Option<()> {
    let click = MouseEventInit::new();
    click.set_bubbles(true);
    click.set_cancelable(true);
    click.set_shift_key(with_shift);
    let click = MouseEvent::new_with_mouse_event_init_dict("click", &click).ok()?;
    below::<HtmlElement>(&row()?, ".tick input").first()?.dispatch_event(&click).ok().map(|_| ())
}

/// The row that has the focus.
fn row() -> Option<Element> {
    document().active_element()?.closest("#results tbody tr").ok()?
}

fn to_search() -> Option<()> {
    let search = first::<HtmlInputElement>("#search")?;
    search.select();
    search.focus().ok()
}
