//! Watching the house: whether it is well, its figures, its log, and the limits that keep it so.

mod figures;
mod ids;
mod limits;
mod logs;
mod well;
