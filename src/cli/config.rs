//! The configuration: every setting checked once at start. What is wrong is told with its flag, its variable and a
//! value that would be right; nothing behind this file checks a setting again.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use super::{
    PublicUrl, environment,
    log::LogFormat,
    options::{Common, Serve},
    policy::policy,
    values::{
        backups, bounded, checkpoints, covers, covers_from, database_url, days, file, filter, format, keep, key,
        listen, ops, proxies, say,
    },
    vendors,
};
use crate::{
    domain::attribute::AttributeLimits,
    server::listen::Limits,
    services::{Bulk, Settings, account::Policy, backups::Plan},
    store::key::KeyPlace,
    vendors::abouts,
};

/// What `wardroom serve` goes by.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept: `sqlite:PATH`.
    pub database_url: String,
    /// Where the master key is; beside the database if `None`.
    pub key: Option<KeyPlace>,
    /// Where to listen.
    pub addr: SocketAddr,
    /// Where people's browsers find it.
    pub public_url: PublicUrl,
    /// The reverse proxies whose word about a client's address is taken.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether the server fetches cover pictures.
    pub covers: Covers,
    /// The hosts that covers come from, `*.` before a name for all below it; any if there are none.
    pub covers_from: Vec<String>,
    /// Host names at whose root a vendor's API lives: the vendor's key and the host in lower case.
    pub vendor_hosts: Vec<(&'static str, String)>,
    /// Addresses at whose root a vendor's API is served.
    pub vendor_addrs: Vec<(&'static str, SocketAddr)>,
    /// The folder for checkpoints of the audit trail.
    pub checkpoints: Option<PathBuf>,
    /// For how many days audit entries are kept; for ever if `None`.
    pub audit_keep: Option<i64>,
    /// When and where backups are made; `None` if the server makes none.
    pub backups: Option<Plan>,
    /// Limits that whoever runs the house may set.
    pub settings: Settings,
    /// Where those who watch the house ask, if anywhere.
    pub ops_addr: Option<SocketAddr>,
    /// The bounds of connections.
    pub limits: Limits,
    /// What is logged, as `tracing_subscriber::EnvFilter` reads it.
    pub log: String,
    /// How it is written.
    pub log_format: LogFormat,
}

/// Whether the server fetches cover pictures for the pages, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// Never: pages show the address only.
    Off,
    /// From public addresses.
    Public,
    /// From private networks as well.
    Any,
}

/// What every command goes by.
#[derive(Clone, Debug)]
pub struct Basics {
    /// See [`Config::database_url`].
    pub database_url: String,
    /// See [`Config::key`].
    pub key: Option<KeyPlace>,
    /// See [`Config::settings`].
    pub settings: Settings,
    /// See [`Config::log`].
    pub log: String,
    /// See [`Config::log_format`].
    pub log_format: LogFormat,
}

impl Basics {
    /// Checks what every command goes by.
    ///
    /// # Errors
    /// Everything that is wrong, one sentence each.
    pub fn check(given: &Common) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let limit = |name, text: &str, most| bounded(name, text, most);
        let default = AttributeLimits::default();
        let attributes = AttributeLimits {
            per_room: keep(
                limit("attributes-per-room", &given.attributes_per_room, 1_000),
                default.per_room,
                &mut wrong,
            ),
            key_bytes: keep(
                limit("attribute-key-bytes", &given.attribute_key_bytes, 1_024),
                default.key_bytes,
                &mut wrong,
            ),
            value_bytes: keep(
                limit("attribute-value-bytes", &given.attribute_value_bytes, 65_536),
                default.value_bytes,
                &mut wrong,
            ),
            ..default
        };
        let database_url = keep(database_url(&given.database_url), String::new(), &mut wrong);
        let key = keep(key(&given.key_file, std::env::var(environment::KEY).ok()), None, &mut wrong);
        let log = keep(filter(&given.log), String::new(), &mut wrong);
        let log_format = keep(format(&given.log_format), LogFormat::Text, &mut wrong);
        if wrong.is_empty() {
            let settings = Settings { attributes, vendors: abouts(), ..Settings::default() };
            Ok(Self { database_url, key, settings, log, log_format })
        } else {
            Err(wrong)
        }
    }

    /// The database's file.
    pub fn file(&self) -> PathBuf {
        file(&self.database_url)
    }
}

impl Config {
    /// A house on this machine where nothing but the database is set, and that fetches no covers: what is served without
    /// the command line begins with it.
    pub fn of(database_url: String) -> Self {
        let addr = SocketAddr::from(([127, 0, 0, 1], 3000));
        let public_url = PublicUrl { origin: format!("http://{addr}"), host: addr.to_string(), secure: false };
        Self {
            database_url,
            key: None,
            addr,
            public_url,
            trusted_proxies: Vec::new(),
            covers: Covers::Off,
            covers_from: Vec::new(),
            vendor_hosts: Vec::new(),
            vendor_addrs: Vec::new(),
            checkpoints: None,
            audit_keep: None,
            backups: None,
            settings: Settings { vendors: abouts(), ..Settings::default() },
            ops_addr: None,
            limits: Limits::default(),
            log: "info".to_owned(),
            log_format: LogFormat::Text,
        }
    }

    /// Checks what `serve` goes by.
    ///
    /// # Errors
    /// Everything that is wrong, one sentence each.
    pub fn check(common: &Common, given: &Serve) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let basics = Basics::check(common).map_err(|more| wrong.extend(more)).ok();
        let addr = listen(&given.addr).map_err(|why| wrong.push(why)).ok();
        let public_url = match (given.public_url.trim(), addr) {
            ("", Some(addr)) => PublicUrl::of(addr),
            ("", None) => None,
            (text, _) => PublicUrl::parse(text).map_err(|why| wrong.push(why)).ok(),
        };
        let trusted_proxies = keep(proxies(&given.trusted_proxies), Vec::new(), &mut wrong);
        let covers = keep(covers(&given.covers), Covers::Off, &mut wrong);
        let covers_from = keep(covers_from(&given.covers_from), Vec::new(), &mut wrong);
        let rates = keep(vendors::rates(&given.vendor_rates), Vec::new(), &mut wrong);
        let approval = bounded("bulk-approval-above", &given.bulk_approval_above, 100_000_000);
        let bulk = Bulk { approval_above: keep(approval, 1_000, &mut wrong) as u64 };
        let policy = policy(given).unwrap_or_else(|more| {
            wrong.extend(more);
            Policy::default()
        });
        let checkpoints = keep(checkpoints(&given.checkpoints), None, &mut wrong);
        let audit_keep = keep(days(&given.audit_keep), None, &mut wrong);
        let backups = keep(backups(given), None, &mut wrong);
        let vendor_hosts = keep(vendors::hosts(&given.vendor_hosts), Vec::new(), &mut wrong);
        let vendor_addrs = keep(vendors::addrs(&given.vendor_addrs), Vec::new(), &mut wrong);
        let ops_addr = keep(ops(&given.ops_addr), None, &mut wrong);
        let connections = keep(bounded("connections", &given.connections, 100_000), 1, &mut wrong);
        match (basics, addr, public_url) {
            (Some(Basics { database_url, key, settings, log, log_format }), Some(addr), Some(public_url))
                if wrong.is_empty() =>
            {
                let settings = Settings { rates, bulk, policy, ..settings };
                Ok(Self {
                    database_url,
                    key,
                    addr,
                    public_url,
                    trusted_proxies,
                    covers,
                    covers_from,
                    vendor_hosts,
                    vendor_addrs,
                    checkpoints,
                    audit_keep,
                    backups,
                    settings,
                    ops_addr,
                    limits: Limits { connections, ..Limits::default() },
                    log,
                    log_format,
                })
            }
            // The port was left to the system.
            _ if wrong.is_empty() => {
                Err(vec![say("public-url", "", "is needed where the port is 0", "http://127.0.0.1:3000")])
            }
            _ => Err(wrong),
        }
    }

    /// The database's file.
    pub fn database(&self) -> PathBuf {
        file(&self.database_url)
    }

    /// What may be meant so, but is worth a second look.
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        let name = self.public_url.host.rsplit_once(':').map_or(self.public_url.host.as_str(), |(name, _)| name);
        if !self.public_url.secure && !matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
            warnings.push("the public URL is plain http: passwords and cookies cross the network unprotected");
        }
        if self.addr.ip().is_unspecified() && matches!(name, "127.0.0.1" | "[::1]" | "localhost") {
            warnings.push(
                "listening everywhere, while the public URL is this machine's own: set --public-url \
                 (WARDROOM_PUBLIC_URL) to the address that people type",
            );
        }
        if self.ops_addr.is_some_and(|addr| addr.ip().is_unspecified()) {
            warnings
                .push("the figures are open on every network of this machine: --ops-addr 127.0.0.1:PORT keeps them in");
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_wrong_setting_is_named_with_a_right_one() {
        let common = Common {
            database_url: "postgres://x".to_owned(),
            key_file: "/tmp".to_owned(),
            log: "wardroom=loud".to_owned(),
            log_format: "xml".to_owned(),
            attributes_per_room: "0".to_owned(),
            attribute_key_bytes: "16".to_owned(),
            attribute_value_bytes: "lots".to_owned(),
        };
        let serve = Serve {
            addr: "localhost".to_owned(),
            public_url: "wardroom".to_owned(),
            trusted_proxies: "127.0.0.1, proxy".to_owned(),
            covers: "yes".to_owned(),
            covers_from: "img.example:8080".to_owned(),
            bulk_approval_above: "0".to_owned(),
            checkpoints: "/no/such/folder".to_owned(),
            audit_keep: "7".to_owned(),
            vendor_rates: "nobody=5".to_owned(),
            vendor_hosts: "imkit=https://im.example".to_owned(),
            vendor_addrs: "imkit=3001".to_owned(),
            ops_addr: "3009".to_owned(),
            connections: "0".to_owned(),
            require_totp: "king".to_owned(),
            step_up_after: "soon".to_owned(),
            session_idle: "8".to_owned(),
            session_longest: "100d".to_owned(),
            backups: String::new(),
            backup_every: "24".to_owned(),
            backup_keep: "14".to_owned(),
        };
        let wrong = Config::check(&common, &serve).err().unwrap_or_default();
        assert_eq!(wrong.len(), 24, "{wrong:#?}");
        for variable in [
            "DATABASE_URL",
            "KEY_FILE",
            "LOG",
            "ATTRIBUTES_PER_ROOM",
            "ADDR",
            "PUBLIC_URL",
            "TRUSTED_PROXIES",
            "COVERS",
            "COVERS_FROM",
            "BULK_APPROVAL_ABOVE",
            "CHECKPOINTS",
            "AUDIT_KEEP",
            "VENDOR_RATES",
            "VENDOR_HOSTS",
            "VENDOR_ADDRS",
            "OPS_ADDR",
            "CONNECTIONS",
            "LOG_FORMAT",
            "REQUIRE_TOTP",
            "STEP_UP_AFTER",
            "SESSION_IDLE",
            "SESSION_LONGEST",
            "BACKUP_EVERY",
        ] {
            let named =
                |why: &&String| why.contains(&format!("(WARDROOM_{variable})")) && why.contains("for example: ");
            assert_eq!(wrong.iter().filter(named).count(), 1, "{variable}");
        }
    }

    #[test]
    fn the_file_is_what_the_address_names() {
        let basics = |url: &str| Basics {
            database_url: url.to_owned(),
            key: None,
            settings: Settings::default(),
            log: String::new(),
            log_format: LogFormat::Text,
        };
        assert_eq!(basics("sqlite://data/w.db").file(), Path::new("data/w.db"));
        assert_eq!(basics("sqlite:///tmp/w.db").file(), Path::new("/tmp/w.db"));
    }
}
