//! Timestamps in the units of a file, as nanoseconds since 1970.

/// Nanoseconds in a second.
const SECOND: u64 = 1_000_000_000;

/// What the timestamps of an interface count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resolution {
    unit: Unit,
    /// Seconds that are added (`if_tsoffset`).
    offset_secs: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    /// 10^-n seconds.
    Decimal(u8),
    /// 2^-n seconds.
    Binary(u8),
}

impl Resolution {
    /// Microseconds, the default.
    pub(super) const MICROSECONDS: Self = Self { unit: Unit::Decimal(6), offset_secs: 0 };

    /// The unit that the option `if_tsresol` names.
    pub(super) const fn with_unit(self, option: u8) -> Self {
        let unit = if option & 0x80 == 0 { Unit::Decimal(option) } else { Unit::Binary(option & 0x7f) };
        Self { unit, ..self }
    }

    /// The offset that the option `if_tsoffset` names.
    pub(super) const fn with_offset(self, offset_secs: i64) -> Self {
        Self { offset_secs, ..self }
    }

    /// Nanoseconds since 1970, at most 2^64 − 1 and at least 0.
    pub(super) fn nanos(self, timestamp: u64) -> u64 {
        let nanos = match self.unit {
            Unit::Decimal(digits @ 0..=9) => u128::from(timestamp) * 10u128.pow(9 - u32::from(digits)),
            Unit::Decimal(digits) => {
                10u128.checked_pow(u32::from(digits) - 9).map_or(0, |unit| u128::from(timestamp) / unit)
            }
            Unit::Binary(bits) => (u128::from(timestamp) * u128::from(SECOND)) >> bits,
        };
        let nanos = i128::try_from(nanos).unwrap_or(i128::MAX);
        let offset = i128::from(self.offset_secs) * i128::from(SECOND);
        u64::try_from(nanos.saturating_add(offset).max(0)).unwrap_or(u64::MAX)
    }
}

/// Nanoseconds since 1970 of a timestamp in pcap: seconds, and nano- or microseconds.
pub(super) fn of_pcap(seconds: u32, fraction: u32, is_nanos: bool) -> u64 {
    u64::from(seconds) * SECOND + u64::from(fraction) * if is_nanos { 1 } else { 1000 }
}
