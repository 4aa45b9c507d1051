//! Watching a job: while its part `data-watch` is there, the page is fetched every second and the part put in place of
//! ours; when the job is over, so are the parts `data-watched`. Nothing else of the page is touched, and the focus stays.

use std::{cell::Cell, rc::Rc, time::Duration};

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, DomParser, Element, Event, HtmlElement, SupportedType};

use super::{
    dom::{after, all, announce, below, document, first, go, on, window},
    look::local_times,
    search::{Answer, fetch},
};

const WATCHED: &str = "[data-watch]";
/// From one look to the next.
const PAUSE: Duration = Duration::from_secs(1);
/// The same where the server cannot be reached.
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// Starts.
pub fn start() {
    if first::<Element>(WATCHED).is_none() {
        return;
    }
    // A form that is under way leads to a page of its own.
    let is_leaving = Rc::new(Cell::new(false));
    let submitted = is_leaving.clone();
    on(&document(), "submit", move |event: Event| submitted.set(!event.default_prevented()));
    let shown_again = is_leaving.clone();
    on(&window(), "pageshow", move |_: Event| shown_again.set(false));
    again(PAUSE, is_leaving);
}

fn again(pause: Duration, is_leaving: Rc<Cell<bool>>) {
    after(pause, move || {
        spawn_local(async move {
            if let Some(pause) = look(&is_leaving).await {
                again(pause, is_leaving);
            }
        });
    });
}

/// Looks once; says after what pause to look again, if at all.
async fn look(is_leaving: &Cell<bool>) -> Option<Duration> {
    let ours = first::<Element>(WATCHED)?;
    if document().hidden() || is_leaving.get() {
        return Some(PAUSE);
    }
    let here = window().location();
    let address = format!("{}{}", here.pathname().unwrap_or_default(), here.search().unwrap_or_default());
    let answer = fetch(&address, None).await;
    if is_leaving.get() {
        return Some(PAUSE);
    }
    for lost in all::<HtmlElement>("[data-watch-lost]") {
        lost.set_hidden(answer.is_some());
    }
    let html = match answer {
        Some(Answer::Page(html)) => html,
        // Signed out, or the job is gone: the page says so itself.
        Some(Answer::Elsewhere) => {
            go(&address);
            return None;
        }
        None => return Some(LONG_PAUSE),
    };
    let page = DomParser::new().ok()?.parse_from_string(&html, SupportedType::TextHtml).ok()?;
    // It has become another page: a plan that waits for somebody.
    if page.get_element_by_id(&ours.id()).is_none() {
        go(&address);
        return None;
    }
    let before = quarter(&ours);
    put(&page, &ours);
    let is_over = first::<Element>(WATCHED).is_none();
    if is_over {
        for part in all::<Element>("[data-watched]") {
            put(&page, &part);
        }
    }
    let now = document().get_element_by_id(&ours.id())?;
    // Not every second: a quarter of the way is worth saying.
    if is_over || quarter(&now) != before {
        let said = below::<HtmlElement>(&now, "[data-said]").into_iter().filter_map(|said| said.text_content()).next();
        let over = if is_over { "The job is not running any more. " } else { "" };
        announce(&format!("{over}{}", said.unwrap_or_default()));
    }
    (!is_over).then_some(PAUSE)
}

/// Puts a part of a fetched page in place of ours, if it is another. Where the focus was in it, the part takes it.
fn put(page: &Document, ours: &Element) {
    let Some(fresh) = page.get_element_by_id(&ours.id()) else { return };
    local_times(&below(&fresh, "time[datetime]"));
    let had_focus = document().active_element().is_some_and(|focused| ours.contains(Some(&focused)));
    if ours.replace_with_with_node_1(&fresh).is_ok()
        && had_focus
        && let Ok(fresh) = fresh.dyn_into::<HtmlElement>()
    {
        let _ = fresh.focus();
    }
}

/// How many quarters of the way are gone.
fn quarter(part: &Element) -> u32 {
    let Some(bar) = below::<Element>(part, "progress").into_iter().next() else { return 0 };
    let number = |name: &str| bar.get_attribute(name).and_then(|value| value.parse::<f64>().ok()).unwrap_or_default();
    (number("value") * 4.0 / number("max").max(1.0)) as u32
}
