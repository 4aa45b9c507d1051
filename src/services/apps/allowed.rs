//! What an app may do: read as it was typed, and compared for the audit trail.

use super::refuse;
use crate::domain::{
    Violation,
    app::{self, About, Allowed, App, Scope},
    client::ClientId,
    room::{Change, Value},
};

/// Writes what an app may do, where it can be read.
pub(super) fn allow(vendor: &About, app: &mut App, may: &Allowed, wrong: &mut Vec<Violation>) {
    match Scope::parse(&may.scope) {
        Some(scope) => app.scope = scope,
        None => wrong.push(Violation::new("scope", "is not one that we know")),
    }
    app.application = app::check_application(&may.application).unwrap_or_else(|why| refuse(wrong, "application", why));
    match app::parse_rate(&may.rate) {
        Ok(rate) => app.rate = rate,
        Err(why) => wrong.push(Violation::new("rate", why)),
    }
    app.accounts.clear();
    for account in may.accounts.split([',', '，', '、']).map(str::trim).filter(|account| !account.is_empty()) {
        match ClientId::parse(account) {
            Ok(account) if app.accounts.contains(&account.to_string()) => {}
            Ok(account) => app.accounts.push(account.to_string()),
            Err(why) => wrong.push(Violation::new("accounts", format!("has {account:?}, which {why}"))),
        }
    }
    match vendor.accounts_label {
        None if !app.accounts.is_empty() => {
            wrong.push(Violation::new("accounts", format!("mean nothing to {}; leave them out", vendor.name)));
        }
        Some(_) if app.accounts.is_empty() => app.accounts.push(DEFAULT_ACCOUNT.to_owned()),
        _ => {}
    }
    if app.accounts.len() > 20 {
        wrong.push(Violation::new("accounts", "are too many: at most 20"));
    }
}

/// Who may act where a vendor asks for accounts and none was named.
pub const DEFAULT_ACCOUNT: &str = "administrator";

/// What differs between an app before and after; its secret is no part of it.
pub(super) fn differences(before: Option<&App>, after: &App) -> Vec<Change> {
    let text = |text: &str| (!text.is_empty()).then(|| Value::Text(text.to_owned()));
    let words = |words: &[String]| (!words.is_empty()).then(|| Value::Words(words.to_vec()));
    let parts = |app: &App| {
        [
            ("vendor", text(&app.vendor)),
            ("key", text(&app.key)),
            ("scope", text(app.scope.key())),
            ("application", text(&app.application)),
            ("accounts", words(&app.accounts)),
            ("rate", app.rate.map(|rate| Value::Number(i64::from(rate)))),
            ("app", text(if app.disabled { "disabled" } else { "enabled" })),
        ]
    };
    let before = before.map(parts);
    let mut changes = Vec::new();
    for (n, (field, after)) in parts(after).into_iter().enumerate() {
        let before = before.as_ref().and_then(|before| before.get(n)).and_then(|(_, value)| value.clone());
        if before != after {
            changes.push(Change { field: field.to_owned(), before, after });
        }
    }
    changes
}
