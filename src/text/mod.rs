//! Text in input and output: files read up to a bound, suggestions for misspelt names, numbers in words, hex
//! digits, and characters that are safe for a terminal.

pub mod file;
pub mod hex_digits;
pub mod numbers;
pub mod printable;
pub mod suggest;
