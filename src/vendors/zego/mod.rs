//! ZEGOCLOUD ZIM. Limits are in bytes (facts.md 3b).

use crate::domain::room::{Field, VendorLimit, limits::Measure};

/// `RoomName` of CreateRoom: at most 64 bytes.
pub(super) const LIMITS: &[VendorLimit] =
    &[VendorLimit { vendor: "ZEGOCLOUD", field: Field::Name, max: 64, measure: Measure::Bytes }];
