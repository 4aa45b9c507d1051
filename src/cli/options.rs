//! The options as they are typed or found in the environment; what they must be is [`super::config`]'s business.

use clap::Args;

const SERVED: &str = "\
Example:
  wardroom serve --public-url https://rooms.example --trusted-proxies 127.0.0.1";

/// What every command takes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of every command")]
pub struct Common {
    /// Where everything is kept; the file and its folder are made where they are missing
    #[arg(long, env = "WARDROOM_DATABASE_URL", value_name = "URL", default_value = "sqlite:data/wardroom.db")]
    #[arg(global = true, hide_env_values = true)]
    pub database_url: String,

    /// The file with the master key, which seals secrets and the audit trail; made at the first start. The key itself may
    /// be given in WARDROOM_KEY instead. [default: beside the database: data/wardroom.key]
    #[arg(long, env = "WARDROOM_KEY_FILE", value_name = "FILE", default_value = "", hide_default_value = true)]
    #[arg(global = true, hide_env_values = true)]
    pub key_file: String,

    /// What is logged to standard error: error, warn, info, debug or trace, also by module (warn,wardroom=debug)
    #[arg(long, env = "WARDROOM_LOG", value_name = "FILTER", default_value = "info")]
    #[arg(global = true, hide_env_values = true)]
    pub log: String,

    /// How the log is written: text, or json (one object a line)
    #[arg(long, env = "WARDROOM_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    #[arg(global = true, hide_env_values = true)]
    pub log_format: String,

    /// Most attributes of a room
    #[arg(long, env = "WARDROOM_ATTRIBUTES_PER_ROOM", value_name = "NUMBER", default_value = "20")]
    #[arg(global = true, hide_env_values = true)]
    pub attributes_per_room: String,

    /// Longest key of an attribute, in bytes
    #[arg(long, env = "WARDROOM_ATTRIBUTE_KEY_BYTES", value_name = "BYTES", default_value = "16")]
    #[arg(global = true, hide_env_values = true)]
    pub attribute_key_bytes: String,

    /// Longest value of an attribute, in bytes
    #[arg(long, env = "WARDROOM_ATTRIBUTE_VALUE_BYTES", value_name = "BYTES", default_value = "1024")]
    #[arg(global = true, hide_env_values = true)]
    pub attribute_value_bytes: String,
}

/// Serve the console until Ctrl+C
///
/// The database is made or brought up to date at start. Ctrl+C (or SIGTERM) finishes what is in flight. Wardroom speaks
/// plain http: in front of it belongs a reverse proxy with https, told of by --public-url and --trusted-proxies.
#[derive(Args, Clone, Debug)]
#[command(after_help = SERVED)]
pub struct Serve {
    /// Where to listen: an IP address and a port
    #[arg(long, env = "WARDROOM_ADDR", value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    #[arg(hide_env_values = true)]
    pub addr: String,

    /// Where browsers find it: scheme, host and port. Requests for any other host are refused; with https cookies are
    /// Secure. [default: http:// and the address it listens on]
    #[arg(long, env = "WARDROOM_PUBLIC_URL", value_name = "ORIGIN", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub public_url: String,

    /// The reverse proxies in front of it, commas between: only they are believed about where a request comes from
    #[arg(long, env = "WARDROOM_TRUSTED_PROXIES", value_name = "IPS", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub trusted_proxies: String,

    /// Whether the server fetches cover pictures for the pages: off, public (from public addresses only) or any (from
    /// private networks as well)
    #[arg(long, env = "WARDROOM_COVERS", value_name = "WHICH", default_value = "public")]
    #[arg(hide_env_values = true)]
    pub covers: String,

    /// The hosts that covers come from, commas between (img.example,*.cdn.example); of any other host none is fetched.
    /// [default: any host that --covers allows]
    #[arg(long, env = "WARDROOM_COVERS_FROM", value_name = "HOSTS", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub covers_from: String,

    /// Most rooms that may be changed at once without a second admin's approval
    #[arg(long, env = "WARDROOM_BULK_APPROVAL_ABOVE", value_name = "NUMBER", default_value = "1000")]
    #[arg(hide_env_values = true)]
    pub bulk_approval_above: String,

    /// A folder in which the server writes a checkpoint of the audit trail once an hour, where entries came. It belongs where
    /// nobody who reaches the database can change it
    #[arg(long, env = "WARDROOM_CHECKPOINTS", value_name = "FOLDER", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub checkpoints: String,

    /// Days for which audit entries are kept (30 and more); older ones are removed once a day. [default: for ever]
    #[arg(long, env = "WARDROOM_AUDIT_KEEP", value_name = "DAYS", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub audit_keep: String,

    /// The folder for backups, which are then made while it serves, each checked before it counts; best on another disk
    #[arg(long, env = "WARDROOM_BACKUPS", value_name = "FOLDER", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub backups: String,

    /// How often one is made: minutes, hours or days (30m, 24h, 7d)
    #[arg(long, env = "WARDROOM_BACKUP_EVERY", value_name = "TIME", default_value = "24h")]
    #[arg(hide_env_values = true)]
    pub backup_every: String,

    /// Which are kept: the newest so many (14), or the last of each of so many days, weeks, months and years (7d,4w,6m)
    #[arg(long, env = "WARDROOM_BACKUP_KEEP", value_name = "RULES", default_value = "14")]
    #[arg(hide_env_values = true)]
    pub backup_keep: String,

    /// Calls a second that each app may make, where it is not the vendor's own limit: for all actions of a vendor or for
    /// one, commas between (zego=50,tencent.get_room_list=5). An app's own rate beats both
    #[arg(long, env = "WARDROOM_VENDOR_RATES", value_name = "RATES", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub vendor_rates: String,

    /// Host names at whose root a vendor's API lives, for clients that cannot keep a path; commas between
    /// (zego=zim.example,imkit=im.example)
    #[arg(long, env = "WARDROOM_VENDOR_HOSTS", value_name = "HOSTS", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub vendor_hosts: String,

    /// Addresses of their own at whose root a vendor's API is served; commas between (zego=127.0.0.1:3001)
    #[arg(long, env = "WARDROOM_VENDOR_ADDRS", value_name = "ADDRS", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub vendor_addrs: String,

    /// An address of its own for those who watch the house: /metrics (Prometheus), /healthz and /readyz. Keep it where
    /// only they reach it; the console's own address has the last two, and never the first. Off if not given
    #[arg(long, env = "WARDROOM_OPS_ADDR", value_name = "IP:PORT", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub ops_addr: String,

    /// Most connections that are open at a time; no address but a trusted proxy's holds more than half of them
    #[arg(long, env = "WARDROOM_CONNECTIONS", value_name = "NUMBER", default_value = "1024")]
    #[arg(hide_env_values = true)]
    pub connections: String,

    /// The roles that need two steps to sign in, commas between (admin,auditor): without a second step they are led to
    /// its setting up, and nothing else opens for them
    #[arg(long, env = "WARDROOM_REQUIRE_TOTP", value_name = "ROLES", default_value = "", hide_default_value = true)]
    #[arg(hide_env_values = true)]
    pub require_totp: String,

    /// How long after signing in, or after the last such proof, staff have to show once more that it is them before they
    /// change accounts or apps, see secrets or approve a job
    #[arg(long, env = "WARDROOM_STEP_UP_AFTER", value_name = "TIME", default_value = "10m")]
    #[arg(hide_env_values = true)]
    pub step_up_after: String,

    /// A session that was not used for so long has ended
    #[arg(long, env = "WARDROOM_SESSION_IDLE", value_name = "TIME", default_value = "8h")]
    #[arg(hide_env_values = true)]
    pub session_idle: String,

    /// A session that began so long ago has ended, however much it is used
    #[arg(long, env = "WARDROOM_SESSION_LONGEST", value_name = "TIME", default_value = "7d")]
    #[arg(hide_env_values = true)]
    pub session_longest: String,
}
