//! Timestamps that run on where those of a file start again or jump, as the `ffmpeg` program has it.
//!
//! Some formats are meant to be cut and joined: of two transport streams one after the other, or of the parts
//! of a DVD, the second counts from a start of its own. The program reckons when each packet is due, and takes
//! one that comes at another time, by more than it allows, for the next one after a joint: its timestamps and
//! all that follow are shifted so that they run on. In other formats a timestamp that lies days ahead is taken
//! for none.

use ffmpeg_next::{Packet, Rational, Rescale};

use super::track::Track;
use crate::units::TimeBase;

/// The tick in which the program reckons here: a microsecond.
const MICROSECOND: Rational = Rational(1, 1_000_000);
/// How far from when it is due a packet of a format with joints may come: the program's default for
/// `-dts_delta_threshold`.
const MOST_OFF_MICROS: u64 = 10_000_000;
/// How far before it is due it may come, since a joint leads back much more often than far back.
const MOST_BACK_MICROS: i64 = 100_000;
/// How far from when it is due a packet of another format may come: the program's default for
/// `-dts_error_threshold`.
const MOST_BELIEVED_MICROS: u64 = 30 * 3600 * 1_000_000;

/// Keeps the timestamps of the packets of one stream running on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Continuity {
    tick: Rational,
    /// True where the format is known to have joints.
    has_joints: bool,
    /// How long a packet lasts that does not say so; 0 where nothing is known.
    packet_micros: i64,
    /// What is added to timestamps.
    shift_micros: i64,
    /// When the next packet is to be decoded, if it follows the last.
    due_micros: Option<i64>,
}

impl Continuity {
    pub(super) fn new(track: &Track, has_joints: bool) -> Self {
        let TimeBase { numerator, denominator } = track.time_base;
        #[expect(clippy::cast_possible_truncation, reason = "saturates where a rate is absurd")]
        let packet_micros = track.frame_rate.map_or(0, |rate| (1e6 / rate).round() as i64);
        Self {
            tick: Rational(numerator, denominator),
            has_joints,
            packet_micros,
            shift_micros: 0,
            due_micros: None,
        }
    }

    /// What is added to the timestamps of the last packet, in microseconds.
    pub(super) fn shift_micros(&self) -> i64 {
        self.shift_micros
    }

    /// Takes over what is added to the timestamps of another stream of the same file.
    pub(super) fn set_shift(&mut self, shift_micros: i64) {
        self.shift_micros = shift_micros;
    }

    /// Goes on at another place, where `shift_micros` is added to timestamps.
    pub(super) fn resume(&mut self, shift_micros: i64) {
        (self.shift_micros, self.due_micros) = (shift_micros, None);
    }

    /// True where the format is known to have joints.
    pub(super) const fn has_joints(&self) -> bool {
        self.has_joints
    }

    /// Corrects the timestamps of the next packet.
    pub(super) fn correct(&mut self, packet: &mut Packet) {
        let (pts, dts) = (packet.pts(), packet.dts());
        if self.has_joints {
            let off = dts.map_or(0, |dts| self.off_micros(self.shifted(dts)));
            if off.unsigned_abs() > MOST_OFF_MICROS || off < -MOST_BACK_MICROS {
                self.shift_micros = self.shift_micros.saturating_sub(off);
            }
            if self.shift_micros != 0 {
                packet.set_dts(dts.map(|dts| self.shifted(dts)));
                packet.set_pts(pts.map(|pts| self.shifted(pts)));
            }
        } else {
            let is_believed = |stamp: &i64| self.off_micros(*stamp).unsigned_abs() <= MOST_BELIEVED_MICROS;
            let (pts, dts) = (pts.filter(is_believed), dts.filter(is_believed));
            packet.set_pts(pts);
            packet.set_dts(dts);
        }
        let decoded_micros = packet.dts().map(|dts| self.micros(dts)).or(self.due_micros);
        let lasts = if packet.duration() > 0 { self.micros(packet.duration()) } else { self.packet_micros };
        self.due_micros = decoded_micros.map(|at| at.saturating_add(lasts));
    }

    /// How much later than the next packet is due it comes with this timestamp.
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

    /// When packets come, in seconds, that the file says come at `stated` and last 40 ms each.
    fn corrected(has_joints: bool, stated: &[f64]) -> Vec<Option<f64>> {
        let mut continuity = Continuity {
            tick: Rational(1, 90_000),
            has_joints,
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
            assert_eq!(packet.pts(), packet.dts().map(|dts| dts + 7200), "both are shifted by as much");
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
    fn what_starts_again_or_jumps_far_runs_on() {
        let run_on = all(&[1.0, 1.04, 1.08, 1.12]);
        for second in [0.0, 0.5, 20.0, 5000.0] {
            assert_eq!(corrected(true, &[1.0, 1.04, second, second + 0.04]), run_on, "{second} s");
        }
        assert_eq!(corrected(true, &[1.0, 1.04, 0.0, 900.0]), run_on, "joint after joint");
    }

    #[test]
    fn what_jumps_less_far_is_a_gap() {
        for stated in [[1.0, 1.04, 11.0, 11.04], [1.0, 1.04, 1.0, 1.04]] {
            assert_eq!(corrected(true, &stated), all(&stated));
        }
    }

    #[test]
    fn formats_without_joints_are_believed_but_for_days() {
        for stated in [[1.0, 1.04, 5000.0, 5000.04], [1.0, 1.04, 0.0, 0.04]] {
            assert_eq!(corrected(false, &stated), all(&stated));
        }
        assert_eq!(corrected(false, &[1.0, 200_000.0, 1.08]), [Some(1.0), None, Some(1.08)]);
    }
}
