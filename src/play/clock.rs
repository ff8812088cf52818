//! The playback clock: which time of the video is due now.

use std::time::{Duration, Instant};

/// Maps wall time to a position in seconds. Methods take the wall time as an argument, so that tests can choose it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// Position at the anchor, in seconds.
    position_secs: f64,
    /// The wall time at which the clock was at this position; `None` while it is stopped.
    since: Option<Instant>,
    /// Seconds of video per second.
    speed: f64,
}

impl Default for Clock {
    /// Stopped at 0.
    fn default() -> Self {
        Self { position_secs: 0.0, since: None, speed: 1.0 }
    }
}

impl Clock {
    /// The position at `now`, in seconds.
    #[must_use]
    pub fn position_secs(&self, now: Instant) -> f64 {
        let running = self.since.map_or(0.0, |since| now.saturating_duration_since(since).as_secs_f64());
        self.position_secs + running * self.speed
    }

    /// True while it runs.
    #[must_use]
    pub const fn running(&self) -> bool {
        self.since.is_some()
    }

    /// Seconds of video per second.
    #[must_use]
    pub const fn speed(&self) -> f64 {
        self.speed
    }

    /// Runs on from `position_secs`.
    pub fn run_from(&mut self, position_secs: f64, now: Instant) {
        *self = Self { position_secs, since: Some(now), ..*self };
    }

    /// Stops at the present position.
    pub fn stop(&mut self, now: Instant) {
        *self = Self { position_secs: self.position_secs(now), since: None, ..*self };
    }

    /// Sets the speed, in seconds of video per second.
    pub fn set_speed(&mut self, speed: f64, now: Instant) {
        let position_secs = self.position_secs(now);
        *self = Self { position_secs, since: self.since.map(|_| now), speed };
    }

    /// The time from `now` until `position_secs` is due: zero if it is due, `None` while the clock is stopped.
    #[must_use]
    pub fn until(&self, position_secs: f64, now: Instant) -> Option<Duration> {
        self.since?;
        let wait = (position_secs - self.position_secs(now)) / self.speed;
        Some(Duration::try_from_secs_f64(wait.max(0.0)).unwrap_or(Duration::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_position_follows_wall_time_and_speed_without_a_jump() {
        let start = Instant::now();
        let after = |secs| start + Duration::from_secs_f64(secs);
        let mut clock = Clock::default();
        clock.run_from(5.0, start);
        assert!((clock.position_secs(after(2.0)) - 7.0).abs() < 1e-9);
        clock.set_speed(0.5, after(2.0));
        assert!((clock.position_secs(after(2.0)) - 7.0).abs() < 1e-9);
        assert!((clock.position_secs(after(4.0)) - 8.0).abs() < 1e-9);
        assert_eq!(clock.until(9.0, after(4.0)), Some(Duration::from_secs(2)));
        clock.stop(after(4.0));
        assert!((clock.position_secs(after(60.0)) - 8.0).abs() < 1e-9);
        assert_eq!(clock.until(9.0, after(60.0)), None);
    }
}
