//! Clients as lists show them: a letter instead of a stranger's picture, the nickname, the id.

use leptos::prelude::*;

use crate::{domain::client::Client, ui::links};

/// The first letter of a name, in a circle or a box.
#[component]
pub fn Monogram(
    /// The name.
    name: String,
) -> impl IntoView {
    view! { <span class="monogram" aria-hidden="true">{initial(&name)}</span> }
}

/// The first letter or digit of a name, as a capital; a dot where there is none.
pub fn initial(name: &str) -> String {
    let first = name.chars().find(|c| c.is_alphanumeric());
    first.map_or_else(|| "·".to_owned(), |c| c.to_uppercase().collect())
}

/// A client's nickname with the id after it, or the id alone.
#[component]
pub fn ClientName(
    /// Who.
    client: Client,
) -> impl IntoView {
    let id = client.id.to_string();
    if client.nickname.is_empty() {
        view! { <bdi dir="auto">{id}</bdi> }.into_any()
    } else {
        view! {
            <span>
                <bdi dir="auto">{client.nickname}</bdi>
                " "
                <span class="quiet">
                    <bdi dir="auto">{id}</bdi>
                </span>
            </span>
        }
        .into_any()
    }
}

/// A link to the rooms that a client owns.
#[component]
pub fn OwnerLink(
    /// The client's id.
    id: String,
) -> impl IntoView {
    let href = links::rooms_with("owner", &id);
    view! {
        <a href=href>
            <bdi dir="auto">{id}</bdi>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_found_in_any_script() {
        assert_eq!(initial("★ straße"), "S");
        assert_eq!(initial("直播"), "直");
        assert_eq!(initial("♥♥"), "·");
        assert_eq!(initial("ßx"), "SS");
    }
}
