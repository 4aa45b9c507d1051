//! NetEase Yunxin. Limits are in characters, and ours are the same where the contract states one
//! (contract netease-update-chatroom: name 128, announcement 4,096, broadcasturl 1,024, ext 4,096).

use crate::domain::room::VendorLimit;

/// None narrower than ours.
pub(super) const LIMITS: &[VendorLimit] = &[];
