//! Chance that repeats: splitmix64, seeded by a number or by a text, so that a room keeps its luck whatever else is chosen.

/// A sequence of numbers fixed by its seed.
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to a text (FNV-1a of its bytes).
    pub fn of(text: &str) -> Self {
        let hash = |state: u64, byte| (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        Self(text.bytes().fold(0xCBF2_9CE4_8422_2325, hash))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A number from `first` to `last`.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of several; there must be at least one.
    pub fn pick<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        &several[self.below(several.len() as u64) as usize]
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_seed_fixes_the_sequence() {
        // The first three numbers of splitmix64 for seed 1234567, as its reference implementation prints them.
        let mut random = Random(1_234_567);
        let numbers = [random.next(), random.next(), random.next()];
        assert_eq!(numbers, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_text_fixes_the_sequence() {
        assert_eq!(Random::of("直播").next(), Random::of("直播").next());
        assert_ne!(Random::of("直播").next(), Random::of("直播間").next());
        assert_eq!(Random::of("").0, 0xCBF2_9CE4_8422_2325);
        assert_eq!(Random::of("a").0, 0xAF63_DC4C_8601_EC8C);
    }

    #[test]
    fn bounds_are_kept() {
        let mut random = Random(1);
        assert!((0..1000).all(|_| (3..=5).contains(&random.between(3, 5))));
        assert!((0..100).all(|_| random.percent(100) && !random.percent(0)));
        assert_eq!(random.below(0), 0);
    }
}
