//! `wardroom serve`.

use super::{
    Config, Done, Failure, log,
    options::{Common, Serve},
};

pub(super) async fn run(common: &Common, serve: &Serve) -> Done {
    let config = Config::check(common, serve).map_err(Failure::Settings)?;
    log::start(&config.log, config.log_format);
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    crate::server::serve(config).await.map_err(Failure::Failed)
}
