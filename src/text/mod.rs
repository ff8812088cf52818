//! Text that comes in and goes out: files read up to a bound, names that are nearly right, and characters that a
//! terminal shows.

pub mod file;
pub mod numbers;
pub mod printable;
pub mod suggest;
