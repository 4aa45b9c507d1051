//! Tencent RTC / Chat. Limits are in bytes (facts.md 4b).

use crate::domain::room::{Field, VendorLimit, limits::Measure};

/// `RoomName` 100 bytes, `CoverURL` 200, `Notice` (since 2026) 100.
pub(super) const LIMITS: &[VendorLimit] =
    &[limit(Field::Name, 100), limit(Field::Cover, 200), limit(Field::Announcement, 100)];

const fn limit(field: Field, max: usize) -> VendorLimit {
    VendorLimit { vendor: "Tencent", field, max, measure: Measure::Bytes }
}
