//! How long a call may last.

/// The longest call, in seconds.
pub const MOST_SECS: f64 = 600.0;

/// The longest call for a table, in seconds: its packets are kept in memory several times, and raw ones have 5 MB a second.
pub const MOST_TABLE_SECS: f64 = 60.0;

/// The shortest call, in seconds.
pub const LEAST_SECS: f64 = 0.5;
