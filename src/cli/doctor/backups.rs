//! Whether there is a way back.

use std::{fs, path::Path};

use super::Report;
use crate::{
    cli::Config,
    server::clock,
    services::backups::{newest, sized},
};

pub(super) fn look(report: &mut Report, config: &Config, database: &Path) {
    let Some(plan) = &config.backups else {
        report.warn(
            "backups",
            "none are made on a schedule: set --backups (WARDROOM_BACKUPS) to a folder on another disk, or see to it that \
             `wardroom backup` is run",
        );
        return;
    };
    let shown = plan.folder.display();
    match newest(&plan.folder) {
        Err(why) => report.fail("backups", why),
        Ok(None) => {
            report.warn("backups", format!("there is none in {shown} yet; the server makes one when it starts"))
        }
        Ok(Some((file, manifest))) => {
            let age = clock::now().0 - manifest.made_at.0;
            let told = format!(
                "the newest is {} of {}, {}",
                file.display(),
                manifest.made_at.rfc3339(),
                sized(manifest.bytes)
            );
            if age > plan.every.saturating_mul(2) {
                report
                    .fail("backups", format!("{told}: two were missed; the server's log says why, or it does not run"));
            } else {
                report.ok("backups", told);
            }
        }
    }
    if is_same_disk(&plan.folder, database) {
        report.warn("backups", format!("{shown} is on the database's own disk: copy them to another machine as well"));
    }
}

#[cfg(unix)]
fn is_same_disk(folder: &Path, database: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let disk = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    disk(folder).is_some() && disk(folder) == disk(database)
}

#[cfg(not(unix))]
fn is_same_disk(_: &Path, _: &Path) -> bool {
    false
}
