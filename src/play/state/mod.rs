//! The state of a session, which its threads and its owner share behind one lock.
//!
//! It is a plain value without threads. Every rule of playing, seeking, stepping and rendering again is a function
//! here, called with the lock held and tested without threads. The values that it exchanges are in
//! [`messages`](super::messages).

mod failures;
mod playback;
mod preparing;
mod seeking;
#[cfg(test)]
mod tests;
mod work;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::direction::Direction;
use super::preparation_queue::PreparationQueue;
use super::queue::Queue;
use crate::media::Kind;
use crate::payload::Target as Encrypted;
use crate::render::frame_snapshot::FrameSnapshot;
use crate::render::prepared::PreparationRequest;
use crate::scene::Scene;
use crate::units::{FrameIndex, Generation};

use playback::{Playback, Progress};

use super::messages::{Command, Decode, Prepare, Ready, Render, Scheduled, SheetSlot, Shown, Status, Target};

/// Decoded frames that may wait for the render thread: one of 2160p in `rgba32`, six of 1080p.
const FRAMES_BYTES: usize = 48 << 20;

/// Sheets that may wait until they are due, and the bytes of their frames: two sheets, or one of 2160p.
const SHEETS: usize = 2;
const SHEETS_BYTES: usize = 48 << 20;

/// Bytes that preparations may take before preparations that are not wanted at the moment are dropped.
const PREPARED_BYTES: usize = 256 << 20;

/// Upper bound of the reports of damage that are kept.
const PROBLEMS: usize = 50;

pub(super) struct State<T> {
    pub stop: bool,
    pub scene: Arc<Scene>,
    pub versions: Versions,
    seek: Option<Target>,
    playback: Playback,
    pub progress: Progress,
    frames: Queue<Scheduled>,
    sheets: Queue<Ready<T>>,
    display: Display<T>,
    preparation_queue: PreparationQueue,
    rendering: Rendering,
    /// Why the session cannot show anything any more.
    fatal_error: Option<String>,
    pub status: Status,
}

/// Counters by which the threads notice that something was replaced.
pub(super) struct Versions {
    /// Counts the scenes, so that the render thread sets up each new one.
    pub scene: u64,
    /// Counts the sources, so that the decode thread opens each new one.
    pub source: u64,
    /// Counts the seeks: frames of an older generation are dropped.
    pub generation: Generation,
}

/// The sheet on display, and sheets that are rendered again.
struct Display<T> {
    slot: Option<SheetSlot>,
    /// The preparations that the sheet on display is waiting for.
    pending: Vec<PreparationRequest>,
    /// The frame on display, rendered again and not fetched yet.
    replacement: Option<(T, Vec<PreparationRequest>)>,
    /// Sheets to be rendered again, the one on display first.
    rerender: VecDeque<SheetSlot>,
}

/// The work of the render thread.
#[derive(Default)]
struct Rendering {
    /// Frames that the render thread has taken and not delivered yet.
    frames: usize,
    /// The scene could not be set up: nothing is rendered, and the clock is stopped.
    is_stalled: bool,
    /// The last frame taken was skipped as late.
    has_skipped: bool,
}

impl<T> State<T> {
    pub fn new(scene: Scene) -> Self {
        let mut state = Self {
            stop: false,
            scene: Arc::new(scene),
            versions: Versions { scene: 1, source: 1, generation: Generation::default() },
            seek: None,
            playback: Playback { looped: true, ..Playback::default() },
            progress: Progress::default(),
            frames: Queue::new(FRAMES_BYTES),
            sheets: Queue::new(SHEETS),
            display: Display {
                slot: None,
                pending: Vec::new(),
                replacement: None,
                rerender: VecDeque::new(),
            },
            preparation_queue: PreparationQueue::new(PREPARED_BYTES),
            rendering: Rendering::default(),
            fatal_error: None,
            status: Status::default(),
        };
        state.seek_to(Target::Frame(FrameIndex(0)));
        state
    }

    /// Carries out a command.
    pub fn apply(&mut self, command: Command, now: Instant) {
        match command {
            Command::SetScene(scene) => self.set_scene(scene),
            Command::Reload => self.reload(),
            Command::Redraw => self.redraw(true),
            Command::Play => self.play(Direction::Forwards, now),
            Command::PlayBackwards => self.play(Direction::Backwards, now),
            Command::Pause => self.pause(now),
            Command::Seek(frame) => self.seek_to(Target::Frame(frame)),
            Command::SeekTime(secs) => self.seek_to(Target::Time(secs)),
            Command::StepForward => {
                self.pause(now);
                match self.playback.target {
                    Some(target) => self.seek_to(Target::Frame(target.next())),
                    None => self.playback.steps += 1,
                }
            }
            Command::StepBack => {
                self.pause(now);
                if let Some(frame) = self.playback.target.or(self.stepped_to()) {
                    self.seek_to(Target::Frame(frame.back(1)));
                }
            }
            Command::SetSpeed(speed) => {
                if speed.is_finite() && speed > 0.0 {
                    self.playback.clock.set_speed(speed, now);
                }
            }
            Command::SetLooped(looped) => self.playback.looped = looped,
            Command::StopPreparing => self.preparation_queue.stop(),
            Command::Prepare => self.preparation_queue.start(),
        }
        self.keep_fatal_error(now);
        self.update_status();
    }

    /// Updates the status.
    fn update_status(&mut self) {
        self.status.is_uncounted = self.progress.index_failed;
        self.status.playing = self.playback.playing;
        self.status.backwards = self.playback.direction == Direction::Backwards;
        self.update_preparing();
        self.status.stepping = self.playback.steps > 0;
    }

    fn set_scene(&mut self, scene: Scene) {
        let old = std::mem::replace(&mut self.scene, Arc::new(scene));
        if !self.has_same_frames(&old) {
            let kept = old.source.is_redrawn(&self.scene.source).then(|| self.status.clone());
            let here = self.status.shown.filter(|_| old.source == self.scene.source);
            self.reload();
            if let Some((_, secs)) = here {
                self.seek_to(Target::Time(secs));
            }
            if let Some(Status { info, index, shown, .. }) = kept {
                // A new mark changes neither the size nor the index of a drawing.
                self.status = Status { info, index, shown, ..self.status.clone() };
            }
            return;
        }
        if *old == *self.scene {
            return;
        }
        self.versions.scene += 1;
        if !old.encrypts_like(&self.scene) {
            self.preparation_queue.clear();
        }
        self.status.error.clone_from(&self.progress.error);
        if self.progress.unopened {
            return;
        }
        let is_reread = old.layout != self.scene.layout
            || old.frames_needed() != self.scene.frames_needed()
            || !self.scene.shows_messages_of(&old);
        if is_reread || !self.fits(&old) || !self.fits(&self.scene) {
            let here = self.playback.target.or(self.status.shown.map(|(frame, _)| frame));
            self.seek_to(self.seek.unwrap_or(Target::Frame(here.unwrap_or_default())));
            // The slot does not have the frames that the new scene needs.
            self.display.slot = None;
            return;
        }
        self.rerender_waiting();
        self.redraw(false);
    }

    /// True if the frames of the scene are those of another: of the same source and, if sound is encrypted, of the same
    /// waveform.
    fn has_same_frames(&self, other: &Scene) -> bool {
        let shows_video = self.status.info.as_ref().is_some_and(|info| info.kind != Kind::Sound);
        // A source whose video is open shows it whenever no other stream is chosen.
        let may_be_sound = |scene: &Scene| scene.stream.is_some() || scene.target == Encrypted::Samples;
        let is_video = |scene: &Scene| !scene.target.takes_sound() || (shows_video && !may_be_sound(scene));
        let is_same_source = self.scene.source == other.source;
        is_same_source
            && ((is_video(&self.scene) && is_video(other)) || self.scene.footage() == other.footage())
    }

    /// False if the source is open and the frames that a scene remembers do not fit in memory.
    fn fits(&self, scene: &Scene) -> bool {
        self.status.info.as_ref().is_none_or(|info| scene.check_memory(info.shape()).is_ok())
    }

    fn reload(&mut self) {
        self.versions.source += 1;
        self.versions.scene += 1;
        self.status = Status { playing: self.playback.playing, ..Status::default() };
        self.progress = Progress::default();
        self.preparation_queue.clear();
        self.preparation_queue.start();
        self.display.slot = None;
        self.playback.direction = Direction::Forwards;
        self.seek_to(Target::Frame(FrameIndex(0)));
    }

    /// A snapshot of the frame on display, with the present scene.
    pub fn snapshot(&self) -> Option<FrameSnapshot> {
        Some(FrameSnapshot {
            scene: Arc::clone(&self.scene),
            info: self.status.info.clone()?,
            index: self.status.index.clone(),
            recent: self.display.slot.as_ref()?.recent.clone(),
            prepared: self.prepared_set(),
        })
    }

    /// The newest sheet that is due.
    pub fn shown(&mut self, now: Instant) -> Shown<T> {
        let mut newest = self.display.replacement.take().map(|(sheet, pending)| {
            self.display.pending = pending;
            sheet
        });
        while let Some(front) = self.sheets.front() {
            let due_secs = front.slot.due_secs;
            let stepped = self.playback.steps > 0;
            let due = self.playback.playing && due_secs <= self.playback.clock.position_secs(now);
            if !stepped && !due {
                break;
            }
            if stepped
                && !self.playback.playing
                && front.slot.after_gap
                && let Some(frame) = self.stepped_to()
            {
                // A step goes to the next frame, even if that was skipped as late.
                self.seek_to(Target::Frame(frame));
                break;
            }
            if stepped {
                self.playback.steps -= 1;
                if self.playback.playing {
                    self.playback.clock.run_from(due_secs, now);
                }
            }
            let Some(Ready { sheet, slot, pending }) = self.sheets.pop() else { break };
            if let Some(frame) = slot.recent.current() {
                self.status.shown = Some((frame.index, frame.time_secs));
            }
            self.playback.target = None;
            self.status.loading = false;
            self.display.slot = Some(slot);
            self.display.pending = pending;
            newest = Some(sheet);
        }
        if self.finished() && !self.loops_at_end() {
            self.cancel_requests(now);
        }
        self.update_status();
        let next = self.sheets.front().and_then(|front| self.playback.clock.until(front.slot.due_secs, now));
        Shown { sheet: newest, next }
    }
}
