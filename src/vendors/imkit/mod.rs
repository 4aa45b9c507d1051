//! IMKIT. Its contract states no length limits (facts.md 1b: undocumented), so it cuts nothing of ours.

use crate::domain::room::VendorLimit;

/// None.
pub(super) const LIMITS: &[VendorLimit] = &[];
