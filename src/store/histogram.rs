//! A histogram without a lock, for what is measured at every request and every commit. The library's own has one.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::MetricType,
};

/// How often something was of which size. What is written down while it is read may be counted in one place and not
/// yet in another; the next reading has it.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// What a 1 is worth in the unit that is told.
    scale: f64,
    /// One more than bounds: the last is for what is beyond them.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    /// Of numbers, by bounds in rising order.
    pub fn of_numbers(bounds: &'static [u64]) -> Self {
        Self::new(bounds, 1.0)
    }

    /// Of durations, by bounds in microseconds in rising order; told in seconds.
    pub fn of_durations(bounds: &'static [u64]) -> Self {
        Self::new(bounds, 1e-6)
    }

    fn new(bounds: &'static [u64], scale: f64) -> Self {
        Self { bounds, scale, counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(), sum: AtomicU64::new(0) }
    }

    /// Counts a number.
    pub fn observe(&self, number: u64) {
        let place = self.bounds.partition_point(|bound| *bound < number);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Relaxed);
        }
        self.sum.fetch_add(number, Relaxed);
    }

    /// Counts a duration.
    pub fn took(&self, duration: Duration) {
        self.observe(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|count| count.load(Relaxed)).sum()
    }
}

impl EncodeMetric for Histogram {
    #[expect(clippy::cast_precision_loss, reason = "what is told is a float; 52 bits are plenty")]
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        let bounds = self.bounds.iter().map(|bound| *bound as f64 * self.scale).chain([f64::INFINITY]);
        let counts = self.counts.iter().map(|count| count.load(Relaxed));
        let buckets: Vec<(f64, u64)> = bounds.zip(counts).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        let sum = self.sum.load(Relaxed) as f64 * self.scale;
        encoder.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::{encoding::prometheus_text, registry::Registry};

    use super::*;

    #[test]
    fn each_is_counted_in_the_first_bucket_that_holds_it() {
        let histogram = Histogram::of_durations(&[500, 1_000]);
        for micros in [1, 500, 501, 1_000, 2_000_000] {
            histogram.took(Duration::from_micros(micros));
        }
        assert_eq!(histogram.count(), 5);
        let mut registry = Registry::default();
        registry.register("x_seconds", "X", histogram);
        let mut told = String::new();
        prometheus_text::encode(&mut told, &registry).unwrap();
        for line in [
            "x_seconds_bucket{le=\"0.0005\"} 2",
            "x_seconds_bucket{le=\"0.001\"} 4",
            "x_seconds_bucket{le=\"+Inf\"} 5",
            "x_seconds_sum 2.002002",
            "x_seconds_count 5",
        ] {
            assert!(told.contains(line), "{line} is not in\n{told}");
        }
    }
}
