//! Figures that are read where they are kept, at the moment somebody asks for them.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};

use crate::{
    server::listen::Listeners,
    store::{Figures, Measured, panics},
};

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

fn counter(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    ConstCounter::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)
}

/// What concerns no route: the writer, connections, panics.
#[derive(Debug)]
pub(super) struct Whole {
    measured: Arc<Measured>,
    in_flight: Arc<AtomicU64>,
    listeners: Listeners,
}

impl Whole {
    pub(super) const fn new(measured: Arc<Measured>, in_flight: Arc<AtomicU64>, listeners: Listeners) -> Self {
        Self { measured, in_flight, listeners }
    }
}

impl Collector for Whole {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        let (name, help) = ("wardroom_writer_group_units", "Units of work that were written in one transaction");
        self.measured.groups.encode(encoder.encode_descriptor(name, help, None, MetricType::Histogram)?)?;
        let (name, help) = ("wardroom_writer_commit_seconds", "Time that a commit took, to the disk");
        self.measured.commits.encode(encoder.encode_descriptor(name, help, None, MetricType::Histogram)?)?;
        let (name, help) = ("wardroom_writer_failures", "Transactions that the database could not take");
        counter(encoder, name, help, self.measured.failed.load(Relaxed))?;
        let help = "Requests that are being answered";
        gauge(encoder, "wardroom_http_requests_in_flight", help, self.in_flight.load(Relaxed))?;
        let counts = self.listeners.counts();
        gauge(encoder, "wardroom_connections_open", "Connections that are open", counts.open)?;
        let help = "Connections that were refused because too many were open";
        counter(encoder, "wardroom_connections_refused", help, counts.refused)?;
        let help = "Idle connections that were closed to make room for others";
        counter(encoder, "wardroom_connections_evicted", help, counts.evicted)?;
        counter(encoder, "wardroom_panics", "Panics, whoever caught them", panics())
    }
}

/// The process, under the names that every exporter uses. Told where there is a `/proc`.
#[derive(Debug)]
pub(super) struct Process {
    /// In seconds since 1970.
    began: u64,
}

impl Process {
    pub(super) fn now() -> Self {
        Self { began: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() }
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        gauge(encoder, "process_start_time_seconds", "When it was started, in seconds since 1970", self.began)?;
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        for (line, name, help) in [
            ("VmRSS:", "process_resident_memory_bytes", "Memory that it takes"),
            ("VmSize:", "process_virtual_memory_bytes", "Memory that it has addresses for"),
        ] {
            if let Some(bytes) = kibibytes(&status, line).map(|kibi| kibi * 1024) {
                gauge(encoder, name, help, bytes)?;
            }
        }
        if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
            gauge(encoder, "process_open_fds", "Files and connections that it holds open", open.count() as u64)?;
        }
        Ok(())
    }
}

/// The number in a line such as "VmRSS:     5124 kB".
fn kibibytes(status: &str, line: &str) -> Option<u64> {
    let rest = status.lines().find_map(|found| found.strip_prefix(line))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What was counted in the database.
#[derive(Debug)]
pub(super) struct There(pub Figures);

impl Collector for There {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        let Figures { waiting, database, log, jobs, rooms, sessions } = &self.0;
        gauge(encoder, "wardroom_writer_queue", "Units of work that wait for the writer", *waiting)?;
        gauge(encoder, "wardroom_database_bytes", "Size of the database's file", *database)?;
        gauge(encoder, "wardroom_wal_bytes", "Size of the database's write-ahead log", *log)?;
        gauge(encoder, "wardroom_sessions_open", "Sessions of people who are signed in", *sessions)?;
        let help = "Rooms of all jobs that are kept, by what became of them";
        let mut families = encoder.encode_descriptor("wardroom_job_rooms", help, None, MetricType::Gauge)?;
        for (outcome, many) in ["changed", "unchanged", "skipped", "failed"].iter().zip(rooms) {
            ConstGauge::new(*many).encode(families.encode_family(&[("outcome", *outcome)])?)?;
        }
        let mut families =
            encoder.encode_descriptor("wardroom_jobs", "Jobs that are kept, by state", None, MetricType::Gauge)?;
        for (state, many) in jobs {
            ConstGauge::new(*many).encode(families.encode_family(&[("state", state.as_str())])?)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_status_is_read() {
        assert_eq!(kibibytes("VmSize:\t  9 kB\nVmRSS:\t    5124 kB\n", "VmRSS:"), Some(5124));
        assert_eq!(kibibytes("VmRSS:", "VmRSS:"), None);
    }
}
