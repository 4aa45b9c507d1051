//! Admission: which app calls, how often it may, and with what rights it goes to the services.

use std::sync::Arc;

use super::{call::Call, rates::Rates, usage::Usage};
use crate::{
    domain::{
        Result,
        app::{About, Action, App},
        attribute::AttributeLimits,
        audit::{self, Actor, Notify, Source},
    },
    services::{Caller, Ctx, Seat, Settings},
    store::{AppSecrets, Store},
};

/// What all calls share. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    /// Where everything is kept.
    pub store: Store,
    /// What is set.
    pub settings: Arc<Settings>,
    /// Counts calls.
    pub usage: Arc<Usage>,
    rates: Arc<Rates>,
}

/// Whose key came with a call.
pub enum Known {
    /// Nobody's.
    Unknown,
    /// An app's that is kept out.
    Disabled,
    /// An app's, with the secrets that count now.
    Active(AppSecrets),
}

/// On whose behalf an app calls.
#[derive(Clone, Debug)]
pub struct Behalf {
    /// The client; empty where the app asks for itself.
    pub client: String,
    /// Whose rights count.
    pub seat: Seat,
    /// Whether the change is to be told to members, where the vendor lets its caller say so.
    pub notify: Option<Notify>,
}

impl Behalf {
    /// The app for itself, or for a client that it names.
    pub fn app(client: impl Into<String>) -> Self {
        Self { client: client.into(), seat: Seat::App, notify: None }
    }
}

impl Api {
    /// Admission over a store.
    pub fn new(store: Store, settings: Arc<Settings>) -> Self {
        Self { store, settings, usage: Arc::default(), rates: Arc::default() }
    }

    /// A vendor's app by the public half of its credential. From here on the call is counted as the app's, so that an
    /// admin sees what a back-end with a wrong secret is told.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app(&self, about: &About, key: &str, call: &Call) -> Result<Known> {
        Ok(known(call, self.store.app_of(about.key, key, call.now).await?))
    }

    /// A vendor's app by its secret, for a vendor that sends it along.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app_with_secret(&self, about: &About, given: &str, call: &Call) -> Result<Known> {
        Ok(known(call, self.store.app_with_secret(about.key, given, call.now).await?))
    }

    /// Lets an identified app in to call an action.
    ///
    /// # Errors
    /// [`Error::Limit`](crate::domain::Error::Limit) where it calls too often,
    /// [`Error::Forbidden`](crate::domain::Error::Forbidden) where the app may not do that.
    pub fn admit(&self, call: &Call, app: &App, action: &'static Action, behalf: Behalf) -> Result<Ctx> {
        let _ = call.action.set(action);
        self.rates.pass(&self.settings, app, action)?;
        let ctx = Ctx {
            store: self.store.clone(),
            settings: self.settings.clone(),
            actor: Actor::App(app.name.clone()),
            role: app.scope.role(),
            source: Source::Api,
            address: call.address.clone(),
            now: call.now,
            proved_at: None,
            operation: None,
            caller: Some(Caller {
                app: app.id,
                application: app.application.clone(),
                call: audit::Call {
                    vendor: app.vendor.clone(),
                    action: action.name.to_owned(),
                    client: behalf.client,
                    notify: behalf.notify,
                },
                seat: behalf.seat,
            }),
            job: None,
        };
        ctx.may(action.right)?;
        Ok(ctx)
    }

    /// Whether one more call of an action about this subject (a room, say) is within a rate of its own, beside the app's.
    pub fn admits_about(&self, app: &App, action: &'static Action, subject: &str, a_second: u32) -> bool {
        self.rates.pass_about(app, action, subject, a_second)
    }

    /// A vendor's limits on attributes, with the house's own number of attributes a room.
    pub fn attribute_limits(&self, about: &About) -> AttributeLimits {
        let limits = about.attributes.unwrap_or(self.settings.attributes);
        AttributeLimits { per_room: self.settings.attributes.per_room, ..limits }
    }
}

fn known(call: &Call, found: Option<AppSecrets>) -> Known {
    if let Some(found) = &found {
        let _ = call.app.set((found.app.id, found.app.name.clone()));
    }
    match found {
        None => Known::Unknown,
        Some(found) if found.app.disabled => Known::Disabled,
        Some(found) => Known::Active(found),
    }
}
