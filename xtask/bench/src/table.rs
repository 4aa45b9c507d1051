//! What was measured, beside what it may cost, as a table and as JSON.

use std::time::Duration;

use serde_json::{Value as Json, json};

/// What a row may cost.
#[derive(Clone, Copy, Default)]
pub struct Budget {
    /// The median, in milliseconds.
    pub median: Option<f64>,
    /// The 99th of a hundred, in milliseconds.
    pub p99: Option<f64>,
    /// At least so many a second.
    pub a_second: Option<f64>,
}

impl Budget {
    /// A median and a 99th of a hundred, in milliseconds.
    pub const fn of(median: f64, p99: f64) -> Self {
        Self { median: Some(median), p99: Some(p99), a_second: None }
    }

    /// A 99th of a hundred, in milliseconds.
    pub const fn p99(most: f64) -> Self {
        Self { median: None, p99: Some(most), a_second: None }
    }

    /// At least so many a second, the 99th of a hundred within so many milliseconds.
    pub const fn rate(a_second: f64, p99: f64) -> Self {
        Self { median: None, p99: Some(p99), a_second: Some(a_second) }
    }
}

/// One row.
pub struct Row {
    /// What was asked.
    pub name: String,
    /// How long each took.
    pub took: Vec<Duration>,
    /// Over how long, all together.
    pub over: Duration,
    /// What the same costs at least: milliseconds, or answers a second where the budget is a rate.
    pub floor: Option<f64>,
    /// What it may cost.
    pub budget: Budget,
    /// Bytes of one answer.
    pub bytes: usize,
}

impl Row {
    fn at(&self, part: f64) -> f64 {
        let mut sorted: Vec<Duration> = self.took.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        let at = ((last as f64) * part).ceil() as usize;
        sorted.get(at.min(last)).map_or(f64::NAN, |took| took.as_secs_f64() * 1000.0)
    }

    /// The median in milliseconds.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// Answers a second.
    pub fn a_second(&self) -> f64 {
        self.took.len() as f64 / self.over.as_secs_f64()
    }

    /// Whether it keeps within its budget.
    pub fn passes(&self) -> bool {
        let within = |most: Option<f64>, is: f64| most.is_none_or(|most| is <= most);
        within(self.budget.median, self.median())
            && within(self.budget.p99, self.at(0.99))
            && self.budget.a_second.is_none_or(|least| self.a_second() >= least)
    }

    fn ratio(&self) -> Option<f64> {
        let floor = self.floor?;
        Some(if self.budget.a_second.is_some() { self.a_second() / floor } else { self.median() / floor })
    }

    fn line(&self) -> String {
        let shown = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |n| format!("{n:.2}"));
        let budget = match (self.budget.median, self.budget.p99, self.budget.a_second) {
            (Some(median), Some(p99), _) => format!("{median} / {p99} ms"),
            (None, Some(p99), Some(rate)) => format!("{rate:.0}/s, {p99} ms"),
            (None, Some(p99), None) => format!("{p99} ms"),
            _ => "-".to_owned(),
        };
        format!(
            "| {:<46} | {:>8.2} | {:>8.2} | {:>8.2} | {:>7.0} | {:>8} | {:>6} | {:>6} | {budget:<15} | {} |",
            self.name,
            self.median(),
            self.at(0.99),
            self.at(1.0),
            self.a_second(),
            shown(self.floor),
            shown(self.ratio()),
            self.bytes,
            if self.passes() { "pass" } else { "MISS" }
        )
    }

    fn json(&self) -> Json {
        json!({
            "name": self.name, "median_ms": self.median(), "p99_ms": self.at(0.99), "worst_ms": self.at(1.0),
            "a_second": self.a_second(), "floor": self.floor, "ratio": self.ratio(), "bytes": self.bytes,
            "samples": self.took.len(), "pass": self.passes(),
        })
    }
}

/// One figure that is no row of times: name, what it is, what it may be, the unit.
pub struct Figure {
    /// What it is.
    pub name: &'static str,
    /// The figure.
    pub is: f64,
    /// At most.
    pub most: f64,
    /// Its unit.
    pub unit: &'static str,
}

/// Prints all; gives it as JSON as well.
pub fn print(rows: &[Row], figures: &[Figure]) -> Json {
    println!(
        "\n| {:<46} | {:>8} | {:>8} | {:>8} | {:>7} | {:>8} | {:>6} | {:>6} | {:<15} |      |",
        "what", "median", "p99", "worst", "a sec", "floor", "ratio", "bytes", "budget"
    );
    println!(
        "|{}|",
        [
            "-".repeat(48),
            vec!["-".repeat(10); 3].join("|"),
            "-".repeat(9),
            "-".repeat(10),
            "-".repeat(8),
            "-".repeat(8),
            "-".repeat(17),
            "-".repeat(6)
        ]
        .join("|")
    );
    rows.iter().for_each(|row| println!("{}", row.line()));
    println!();
    for Figure { name, is, most, unit } in figures {
        println!(
            "{name:<40} {is:>10.1} {unit:<4} budget {most:>8.1} {unit:<4} {}",
            if is <= most { "pass" } else { "MISS" }
        );
    }
    let figure =
        |f: &Figure| json!({"name": f.name, "is": f.is, "most": f.most, "unit": f.unit, "pass": f.is <= f.most});
    json!({"rows": rows.iter().map(Row::json).collect::<Vec<_>>(), "figures": figures.iter().map(figure).collect::<Vec<_>>()})
}
