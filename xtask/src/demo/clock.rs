//! The demo's time: seconds since 1970, written as RFC 3339; its present never moves.

/// The demo's present: 2026-11-20T12:00:00Z.
pub const NOW: u64 = 1_795_176_000;

/// Seconds in a day.
pub const DAY: u64 = 86_400;

/// Writes a moment as `2026-11-20T12:00:00Z`.
pub fn written(moment: u64) -> String {
    let (mut days, second) = (moment / DAY, moment % DAY);
    let mut year = 1970;
    while days >= days_in(year) {
        days -= days_in(year);
        year += 1;
    }
    let february = if days_in(year) == 366 { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
}

fn days_in(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if leap { 366 } else { 365 }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn moments_are_written_right() {
        assert_eq!(written(0), "1970-01-01T00:00:00Z");
        assert_eq!(written(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(written(1_709_251_199), "2024-02-29T23:59:59Z");
        assert_eq!(written(1_735_689_599), "2024-12-31T23:59:59Z");
        assert_eq!(written(NOW), "2026-11-20T12:00:00Z");
    }
}
