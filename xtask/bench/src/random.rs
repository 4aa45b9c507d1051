//! Chance that is the same at every run (SplitMix64), with the skews of real life.

/// A source of numbers.
pub struct Random(u64);

impl Random {
    /// A source of its own for the thing of this number.
    pub fn of(number: u64) -> Self {
        Self(number.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// Whether something happens that happens so many times in a hundred.
    pub fn percent(&mut self, many: u64) -> bool {
        self.below(100) < many
    }

    /// A number below `end`, small ones far more often: half of all are among the first few in a hundred.
    pub fn skewed(&mut self, end: u64) -> u64 {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((end as f64) * unit.powi(4)) as u64
    }
}
