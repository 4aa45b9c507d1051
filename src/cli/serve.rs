//! `wardroom serve`.

use super::{
    Config, Done, Failure,
    options::{Common, Serve},
    terminal,
};

pub(super) async fn run(common: &Common, serve: &Serve) -> Done {
    let config = Config::check(common, serve).map_err(Failure::Settings)?;
    terminal::log(&config.log);
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    crate::server::serve(config).await.map_err(Failure::Failed)
}
