//! Makes timestamps continuous where those of a file restart or jump, as the `ffmpeg` program does.
//!
//! Some formats may be cut and joined, such as transport streams and the parts of a DVD: timestamps then restart at
//! each joint, which FFmpeg calls a discontinuity. The program computes when each packet is due. If a packet comes
//! much earlier or later, the program assumes a discontinuity before it, and shifts its timestamps and all later ones
//! to continue the ones before. In other formats, a timestamp that is days off counts as missing.
//! for none.

use ffmpeg_next::{Packet, Rational, Rescale};

use super::track::Track;
use crate::units::TimeBase;

/// The tick of due times: a microsecond.
const MICROSECOND: Rational = Rational(1, 1_000_000);
/// The largest deviation from the due time, in formats with discontinuities: the program's default of
/// `-dts_delta_threshold`.
const MOST_OFF_MICROS: u64 = 10_000_000;
/// The largest deviation to earlier times, in formats with discontinuities. It is smaller, since packets are rarely
/// early without one.
const MOST_EARLY_MICROS: i64 = 100_000;
/// The largest deviation from the due time in other formats: the program's default of `-dts_error_threshold`.
const MOST_OFF_ELSEWHERE_MICROS: u64 = 30 * 3600 * 1_000_000;

/// Makes the timestamps of one stream continuous, packet by packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Continuity {
    tick: Rational,
    /// True if the format allows discontinuities.
    allows_discontinuities: bool,
    /// How long a packet without a stated duration lasts; 0 if that is unknown.
    packet_micros: i64,
    /// The shift that is added to timestamps.
    shift_micros: i64,
    /// When the next packet is due to be decoded.
    due_micros: Option<i64>,
}

impl Continuity {
    pub(super) fn new(track: &Track, allows_discontinuities: bool) -> Self {
        let TimeBase { numerator, denominator } = track.time_base;
        #[expect(clippy::cast_possible_truncation, reason = "saturates where a rate is absurd")]
        let packet_micros = track.frame_rate.map_or(0, |rate| (1e6 / rate).round() as i64);
        Self {
            tick: Rational(numerator, denominator),
            allows_discontinuities,
            packet_micros,
            shift_micros: 0,
            due_micros: None,
        }
    }

    /// The shift that was added to the timestamps of the last packet, in microseconds.
    pub(super) fn shift_micros(&self) -> i64 {
        self.shift_micros
    }

    /// Takes over the shift of another stream of the same file.
    pub(super) fn set_shift(&mut self, shift_micros: i64) {
        self.shift_micros = shift_micros;
    }

    /// Continues at another place of the file, where the shift is `shift_micros`.
    pub(super) fn resume(&mut self, shift_micros: i64) {
        (self.shift_micros, self.due_micros) = (shift_micros, None);
    }

    /// True if the format allows discontinuities.
    pub(super) const fn allows_discontinuities(&self) -> bool {
        self.allows_discontinuities
    }

    /// Corrects the timestamps of the next packet.
    pub(super) fn correct(&mut self, packet: &mut Packet) {
        let (pts, dts) = (packet.pts(), packet.dts());
        if self.allows_discontinuities {
            let off = dts.map_or(0, |dts| self.off_micros(self.shifted(dts)));
            if off.unsigned_abs() > MOST_OFF_MICROS || off < -MOST_EARLY_MICROS {
                self.shift_micros = self.shift_micros.saturating_sub(off);
            }
            if self.shift_micros != 0 {
                packet.set_dts(dts.map(|dts| self.shifted(dts)));
                packet.set_pts(pts.map(|pts| self.shifted(pts)));
            }
        } else {
            let is_believed =
                |stamp: &i64| self.off_micros(*stamp).unsigned_abs() <= MOST_OFF_ELSEWHERE_MICROS;
            let (pts, dts) = (pts.filter(is_believed), dts.filter(is_believed));
            packet.set_pts(pts);
            packet.set_dts(dts);
        }
        let decoded_micros = packet.dts().map(|dts| self.micros(dts)).or(self.due_micros);
        let lasts = if packet.duration() > 0 { self.micros(packet.duration()) } else { self.packet_micros };
        self.due_micros = decoded_micros.map(|at| at.saturating_add(lasts));
    }

    /// How much later than due a packet with this timestamp is; negative if it is early.
    fn off_micros(&self, stamp: i64) -> i64 {
        self.due_micros.map_or(0, |due| self.micros(stamp).saturating_sub(due))
    }

    fn shifted(&self, stamp: i64) -> i64 {
        stamp.saturating_add(self.shift_micros.rescale(MICROSECOND, self.tick))
    }

    fn micros(&self, stamp: i64) -> i64 {
        stamp.rescale(self.tick, MICROSECOND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The corrected times, in seconds, of packets that last 40 ms each and have the times `stated` in the file.
    fn corrected(allows_discontinuities: bool, stated: &[f64]) -> Vec<Option<f64>> {
        let mut continuity = Continuity {
            tick: Rational(1, 90_000),
            allows_discontinuities,
            packet_micros: 40_000,
            shift_micros: 0,
            due_micros: None,
        };
        let mut packet = Packet::empty();
        let correct = |secs: &f64| {
            #[expect(clippy::cast_possible_truncation, reason = "a few seconds in ticks")]
            let stamp = (secs * 90_000.0).round() as i64;
            packet.set_dts(Some(stamp));
            packet.set_pts(Some(stamp + 7200));
            continuity.correct(&mut packet);
            assert_eq!(packet.pts(), packet.dts().map(|dts| dts + 7200), "both have the same shift");
            #[expect(clippy::cast_precision_loss, reason = "a few seconds in ticks")]
            let secs = packet.dts().map(|stamp| stamp as f64 / 90_000.0);
            secs
        };
        stated.iter().map(correct).collect()
    }

    fn all(secs: &[f64]) -> Vec<Option<f64>> {
        secs.iter().copied().map(Some).collect()
    }

    #[test]
    fn timestamps_that_restart_or_jump_far_become_continuous() {
        let run_on = all(&[1.0, 1.04, 1.08, 1.12]);
        for second in [0.0, 0.5, 20.0, 5000.0] {
            assert_eq!(corrected(true, &[1.0, 1.04, second, second + 0.04]), run_on, "{second} s");
        }
        assert_eq!(corrected(true, &[1.0, 1.04, 0.0, 900.0]), run_on, "two discontinuities");
    }

    #[test]
    fn a_small_jump_is_a_gap() {
        for stated in [[1.0, 1.04, 11.0, 11.04], [1.0, 1.04, 1.0, 1.04]] {
            assert_eq!(corrected(true, &stated), all(&stated));
        }
    }

    #[test]
    fn in_other_formats_only_timestamps_days_off_are_dropped() {
        for stated in [[1.0, 1.04, 5000.0, 5000.04], [1.0, 1.04, 0.0, 0.04]] {
            assert_eq!(corrected(false, &stated), all(&stated));
        }
        assert_eq!(corrected(false, &[1.0, 200_000.0, 1.08]), [Some(1.0), None, Some(1.08)]);
    }
}
