//! What another platform's client sees: one folder a vendor.
//!
//! So far each folder holds what the console needs of its vendor: where the vendor's limits are narrower than ours.
//! A vendor's words appear nowhere outside its folder.

mod imkit;
mod netease;
mod tencent;
mod zego;

use std::sync::LazyLock;

use crate::domain::room::VendorLimit;

/// Every vendor's narrower limits, for hints beside the fields.
pub fn limits() -> &'static [VendorLimit] {
    static ALL: LazyLock<Vec<VendorLimit>> =
        LazyLock::new(|| [imkit::LIMITS, netease::LIMITS, zego::LIMITS, tencent::LIMITS].concat());
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::room::{Kind, limits::Measure};

    #[test]
    fn every_vendor_limit_is_narrower_than_ours() {
        for limit in limits() {
            let (Kind::Text { max, .. } | Kind::Link { max } | Kind::Pairs { max }) = limit.field.spec().kind else {
                panic!("{limit:?} limits no text");
            };
            let reachable = if limit.measure == Measure::Bytes { max * 4 } else { max };
            assert!(limit.max < reachable, "{limit:?} can never be exceeded");
        }
    }
}
