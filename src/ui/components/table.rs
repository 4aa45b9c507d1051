//! A table of what a page lists, in a box that scrolls sideways by itself. With the class `tall` each row becomes a block
//! where there is little room; then cells say with `data-label` what their column is.

use leptos::prelude::*;

/// The head of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// Above words.
    Word(&'static str),
    /// Above numbers.
    Number(&'static str),
    /// Above buttons: for who hears the page.
    Unseen(&'static str),
}

/// A table.
#[component]
pub fn Table(
    /// Its classes in `style/components.css`.
    class: &'static str,
    /// The heads of its columns.
    #[prop(into)]
    heads: Vec<Head>,
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let heads = heads.into_iter().map(|head| match head {
        Head::Word(word) => view! { <th scope="col">{word}</th> }.into_any(),
        Head::Number(word) => view! {
            <th scope="col" class="number">
                {word}
            </th>
        }
        .into_any(),
        Head::Unseen(word) => view! {
            <th scope="col">
                <span class="unseen">{word}</span>
            </th>
        }
        .into_any(),
    });
    view! {
        <div class="table-box">
            <table class=class>
                <thead>
                    <tr>{heads.collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}
