//! The board of a session: all that its threads and its owner share, behind one lock.
//!
//! A plain value without threads or waiting: every rule of playing, seeking, stepping and rendering again
//! is a function here, called with the lock held and tested without threads. What goes to and fro stands in
//! [`messages`](super::messages).

mod failures;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::clock::Clock;
use super::direction::Way;
use super::preparation_queue::Preparation;
use super::queue::{Pushed, Queue};
use crate::render::pending_frame::Held;
use crate::render::prepared::Request;
use crate::scene::Scene;
use crate::units::{FrameIndex, Generation};

use super::messages::{Command, Decode, Place, Prepare, Ready, Render, Scheduled, Shown, Status, Target};

/// Decoded frames that may wait for the render thread: one of 2160p in `rgba32`, six of 1080p.
const FRAMES_BYTES: usize = 48 << 20;

/// What a small frame counts at least: nobody needs more than 16 frames ahead, least of all after each of
/// many seeks.
const LEAST_FRAME_BYTES: usize = 4 << 20;

/// Sheets that may wait for their time, and the bytes of the frames that they keep: two, but one of 2160p.
const SHEETS: usize = 2;
const SHEETS_BYTES: usize = 48 << 20;

/// A delay past which the clock gives in: where decoding cannot keep up, the video slows down and every
/// frame that was decoded is shown, since a picture that jumps ahead twice a second shows nothing.
const SLIP_SECS: f64 = 0.25;

/// What was prepared may take so much, for what is not wanted at the moment.
const PREPARED_BYTES: usize = 256 << 20;

/// How many reports of damage are kept.
const PROBLEMS: usize = 50;

/// How the video is played.
#[derive(Debug, Default)]
struct Playback {
    playing: bool,
    /// Backwards only while it plays.
    way: Way,
    looped: bool,
    clock: Clock,
    /// Sheets to be shown as soon as they are there, whatever the clock says.
    steps: usize,
    /// The frame asked for and not yet shown.
    target: Option<FrameIndex>,
}

/// What the decode thread has reached.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, of which most may hold at once")]
pub(super) struct Progress {
    /// All frames are in the queue.
    pub ended: bool,
    /// The source is a single frame.
    pub single: bool,
    /// It ended with an error: starting again would fail again.
    failed: bool,
    /// What went wrong with the source last.
    error: Option<String>,
    /// The index cannot be made; the reader will say why.
    pub index_failed: bool,
    /// The source could not be opened: there is nothing to play, and the error stays.
    pub unopened: bool,
}

pub(super) struct Board<T> {
    pub stop: bool,
    pub scene: Arc<Scene>,
    /// Counts the scenes; the render thread follows.
    pub scene_version: u64,
    /// Counts the openings; the decode thread follows.
    pub source_version: u64,
    pub generation: Generation,
    seek: Option<Target>,
    playback: Playback,
    pub progress: Progress,
    frames: Queue<Scheduled>,
    sheets: Queue<Ready<T>>,
    /// Sheets to be rendered again, those on display first.
    again: VecDeque<Place>,
    /// The frame on display, in another scene.
    replacement: Option<(T, Vec<Request>)>,
    shown: Option<Place>,
    /// What was missing for the sheet on display.
    shown_pending: Vec<Request>,
    preparation: Preparation,
    /// Frames that the render thread has taken and not delivered.
    rendering: usize,
    /// The scene could not be set up: nothing is rendered, and the clock stands.
    stalled: bool,
    /// The frame that was taken last came too late.
    gap: bool,
    /// Why nothing can be shown any more, whatever is asked for.
    broken: Option<String>,
    pub status: Status,
}

impl<T> Board<T> {
    pub fn new(scene: Scene) -> Self {
        let mut board = Self {
            stop: false,
            scene: Arc::new(scene),
            scene_version: 1,
            source_version: 1,
            generation: Generation::default(),
            seek: None,
            playback: Playback { looped: true, ..Playback::default() },
            progress: Progress::default(),
            frames: Queue::new(FRAMES_BYTES),
            sheets: Queue::new(SHEETS),
            again: VecDeque::new(),
            replacement: None,
            shown: None,
            shown_pending: Vec::new(),
            preparation: Preparation::new(PREPARED_BYTES),
            rendering: 0,
            stalled: false,
            gap: false,
            broken: None,
            status: Status::default(),
        };
        board.seek_to(Target::Frame(FrameIndex(0)));
        board
    }

    /// Carries out a command.
    pub fn apply(&mut self, command: Command, now: Instant) {
        match command {
            Command::SetScene(scene) => self.set_scene(scene),
            Command::Reload => self.reload(),
            Command::Redraw => self.redraw(true),
            Command::Play => self.play(Way::Forwards, now),
            Command::PlayBackwards => self.play(Way::Backwards, now),
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
            Command::StopPreparing => self.preparation.stop(),
            Command::Prepare => self.preparation.start(),
        }
        self.stay_broken(now);
        self.tell();
    }

    /// Brings the status up to date with what is played.
    fn tell(&mut self) {
        self.status.playing = self.playback.playing;
        self.status.backwards = self.playback.way == Way::Backwards;
        self.tell_preparing();
        self.status.stepping = self.playback.steps > 0;
    }

    /// The frame that the steps asked for lead to.
    fn stepped_to(&self) -> Option<FrameIndex> {
        self.status.shown.map(|(shown, _)| FrameIndex(shown.0.saturating_add(self.playback.steps as u64)))
    }

    fn set_scene(&mut self, scene: Scene) {
        let old = std::mem::replace(&mut self.scene, Arc::new(scene));
        if old.source != self.scene.source {
            let known = old.source.is_redrawn(&self.scene.source).then(|| self.status.clone());
            self.reload();
            if let Some(Status { info, index, shown, .. }) = known {
                // What is known of a drawing does not change with every mark.
                self.status = Status { info, index, shown, ..self.status.clone() };
            }
            return;
        }
        if *old == *self.scene {
            return;
        }
        self.scene_version += 1;
        if !old.encrypts_like(&self.scene) {
            self.preparation.clear();
        }
        self.status.error.clone_from(&self.progress.error);
        if self.progress.unopened {
            return;
        }
        let is_reread = old.layout != self.scene.layout || old.frames_needed() != self.scene.frames_needed();
        if is_reread || !self.fits(&old) || !self.fits(&self.scene) {
            let held = self.playback.target.or(self.status.shown.map(|(frame, _)| frame));
            self.seek_to(self.seek.unwrap_or(Target::Frame(held.unwrap_or_default())));
            // Its frames are not those that the scene needs.
            self.shown = None;
            return;
        }
        self.render_ahead_again();
        self.redraw(false);
    }

    /// True unless the frames that a scene remembers are known to be more than fit.
    fn fits(&self, scene: &Scene) -> bool {
        self.status.info.as_ref().is_none_or(|info| scene.check_memory(info.shape()).is_ok())
    }

    /// What was rendered ahead is to be rendered again.
    fn render_ahead_again(&mut self) {
        let mut places: Vec<Place> = self.sheets.drain().into_iter().map(|ready| ready.place).collect();
        places.extend(self.again.drain(..).filter(|place| !place.replaces));
        self.again = places.into();
    }

    /// Has the frame on display rendered again, or only its sheet finished again.
    fn redraw(&mut self, same_sheet: bool) {
        if let Some(shown) = &self.shown {
            let stale = self.again.iter().any(|place| place.replaces && !place.same_sheet);
            let place = Place { replaces: true, same_sheet: same_sheet && !stale, ..shown.clone() };
            self.again.retain(|place| !place.replaces);
            self.again.push_front(place);
        }
    }

    fn reload(&mut self) {
        self.source_version += 1;
        self.scene_version += 1;
        self.status = Status { playing: self.playback.playing, ..Status::default() };
        self.progress = Progress::default();
        self.preparation.clear();
        self.preparation.start();
        self.shown = None;
        self.playback.way = Way::Forwards;
        self.seek_to(Target::Frame(FrameIndex(0)));
    }

    fn seek_to(&mut self, target: Target) {
        if self.progress.unopened {
            return;
        }
        self.generation = self.generation.next();
        self.frames.start(self.generation);
        self.sheets.start(self.generation);
        self.again.clear();
        self.replacement = None;
        self.gap = false;
        self.preparation.outrun = false;
        self.progress.ended = false;
        self.progress.failed = false;
        self.status.loading = true;
        self.playback.steps = 1;
        self.playback.target = match target {
            Target::Frame(frame) => Some(frame),
            Target::Time(secs) => self.status.index.as_ref().map(|index| index.frame_at(secs)),
        };
        self.seek = Some(target);
    }

    fn play(&mut self, way: Way, now: Instant) {
        if (self.playback.playing && self.playback.way == way) || self.progress.unopened {
            return;
        }
        if self.playback.way != way {
            self.turn(way);
        } else if self.finished() {
            self.seek_to(Target::Frame(FrameIndex(0)));
        }
        self.playback.playing = true;
        if let Some(shown) = &self.shown
            && self.playback.steps == 0
        {
            self.playback.clock.run_from(shown.due_secs, now);
        }
    }

    /// Holds the frame shown. What comes next is then the frame after it, whichever way it was reached.
    fn pause(&mut self, now: Instant) {
        self.playback.playing = false;
        self.playback.clock.stop(now);
        if self.playback.way == Way::Backwards {
            self.turn(Way::Forwards);
        }
    }

    /// Goes the other way from the frame shown, or asked for.
    fn turn(&mut self, way: Way) {
        self.playback.way = way;
        let here = self.playback.target.or(self.status.shown.map(|(frame, _)| frame));
        self.seek_to(self.seek.unwrap_or(Target::Frame(here.unwrap_or_default())));
    }

    /// The frame on display, in the scene as it is set now.
    pub fn held(&self) -> Option<Held> {
        Some(Held {
            scene: Arc::clone(&self.scene),
            info: self.status.info.clone()?,
            index: self.status.index.clone(),
            recent: self.shown.as_ref()?.recent.clone(),
            knowledge: self.knowledge(),
        })
    }

    /// Seconds of video a second.
    pub fn speed(&self) -> f64 {
        self.playback.clock.speed()
    }

    /// Gives up what was asked for and did not come.
    fn settle(&mut self, now: Instant) {
        self.playback.steps = 0;
        self.playback.target = None;
        self.status.loading = false;
        self.pause(now);
        self.tell();
    }

    /// Nothing more will come.
    fn finished(&self) -> bool {
        self.progress.ended
            && self.frames.len() == 0
            && self.sheets.len() == 0
            && self.again.is_empty()
            && self.rendering == 0
    }

    /// After the end comes the start.
    fn rewinds(&self) -> bool {
        self.playback.looped && !self.progress.single && !self.progress.failed
    }

    /// The newest sheet whose time has come.
    pub fn shown(&mut self, now: Instant) -> Shown<T> {
        let mut newest = self.replacement.take().map(|(sheet, pending)| {
            self.shown_pending = pending;
            sheet
        });
        while let Some(front) = self.sheets.front() {
            let due_secs = front.place.due_secs;
            let stepped = self.playback.steps > 0;
            let due = self.playback.playing && due_secs <= self.playback.clock.position_secs(now);
            if !stepped && !due {
                break;
            }
            if stepped
                && !self.playback.playing
                && front.place.after_gap
                && let Some(frame) = self.stepped_to()
            {
                // A step leads to the next frame, not to the next that came in time.
                self.seek_to(Target::Frame(frame));
                break;
            }
            if stepped {
                self.playback.steps -= 1;
                if self.playback.playing {
                    self.playback.clock.run_from(due_secs, now);
                }
            }
            let Some(Ready { sheet, place, pending }) = self.sheets.pop() else { break };
            if let Some(frame) = place.recent.current() {
                self.status.shown = Some((frame.index, frame.time_secs));
            }
            self.playback.target = None;
            self.status.loading = false;
            self.shown = Some(place);
            self.shown_pending = pending;
            newest = Some(sheet);
        }
        if self.finished() && !self.rewinds() {
            self.settle(now);
        }
        self.tell();
        let next = self.sheets.front().and_then(|front| self.playback.clock.until(front.place.due_secs, now));
        Shown { sheet: newest, next }
    }

    /// What the decode thread, which has opened `opened`, is to do now.
    pub fn next_decode(&mut self, opened: u64, flowing: bool) -> Option<Decode> {
        if opened != self.source_version {
            return Some(Decode::Open(Arc::clone(&self.scene), self.source_version));
        }
        let findable = self.status.index.is_some() || self.progress.index_failed;
        match self.seek {
            Some(target) if findable || target == Target::Frame(FrameIndex(0)) => {
                self.seek = None;
                if let (Target::Time(secs), Some(index)) = (target, &self.status.index) {
                    self.playback.target = Some(index.frame_at(secs));
                }
                let (scene, way) = (Arc::clone(&self.scene), self.playback.way);
                return Some(Decode::Seek(target, scene, self.generation, way));
            }
            Some(_) => return None,
            None => {}
        }
        // Not before the queue is empty: until then, somebody may want to stop at the end after all.
        let wanted = if self.playback.playing {
            self.frames.len() == 0
        } else {
            self.playback.steps > 0 && self.finished()
        };
        match (flowing, self.progress.ended && self.rewinds() && wanted) {
            // Not before there is room for it: a frame in hand takes as much memory as one that waits.
            (true, _) => self.frames.has_room().then_some(Decode::Frame),
            (false, true) => {
                self.progress.ended = false;
                Some(Decode::Rewind)
            }
            (false, false) => None,
        }
    }

    /// Takes a decoded frame, or gives it back where there is no room.
    pub fn push_frame(&mut self, generation: Generation, item: Scheduled) -> Option<Scheduled> {
        match self.frames.push(generation, item.frame.bytes.len().max(LEAST_FRAME_BYTES), item) {
            Pushed::Full(item) => Some(item),
            Pushed::Yes | Pushed::Stale => None,
        }
    }

    /// How many sheets may wait, given the size of the frame that comes next.
    fn sheets_ahead(&self) -> usize {
        let frame_bytes = self.frames.front().map_or(1, |item| item.frame.bytes.len().max(1));
        (SHEETS_BYTES / frame_bytes).clamp(1, SHEETS)
    }

    /// What the render thread, which has set up scene `version`, is to do now. `able` is false where the
    /// scene could not be set up.
    pub fn next_render(&mut self, version: u64, able: bool, now: Instant) -> Option<Render> {
        if version != self.scene_version {
            return Some(Render::Scene(Arc::clone(&self.scene), self.scene_version));
        }
        if !able {
            return None;
        }
        let held = (self.rendering > 0).then_some(Render::Held);
        let next = self.next_frame(now);
        self.rendering += usize::from(next.is_some());
        next.or(held)
    }

    /// The next frame to be rendered, or rendered again.
    fn next_frame(&mut self, now: Instant) -> Option<Render> {
        if let Some(place) = self.again.pop_front() {
            return Some(Render::Again(place, self.generation));
        }
        let room = if self.playback.playing { self.sheets_ahead() } else { self.playback.steps.min(SHEETS) };
        if self.sheets.len() + self.rendering >= room {
            return None;
        }
        let item = self.frames.pop()?;
        let over_secs = item.due_secs + item.lasts_secs;
        let late = self.playback.playing
            && self.playback.steps == 0
            && over_secs < self.playback.clock.position_secs(now)
            && self.frames.len() > 0;
        self.status.dropped += u64::from(late && item.show) + item.passed_over;
        let after_gap = std::mem::replace(&mut self.gap, late);
        Some(Render::Next { item, late, after_gap, generation: self.generation })
    }

    /// Takes what the render thread made: a sheet of scene `version`, or nothing where the frame was passed
    /// over.
    pub fn rendered(&mut self, made: Option<Ready<T>>, version: u64, generation: Generation, now: Instant) {
        self.rendering = self.rendering.saturating_sub(1);
        let Some(ready) = made else { return };
        if generation != self.generation {
            return;
        }
        let is_known = self.is_known(&ready.pending, &ready.place);
        if is_known && ready.place.replaces {
            return self.redraw(false);
        }
        if version != self.scene_version || is_known {
            // The scene changed meanwhile, or what was missing has come: again, in its turn. What is on
            // display is in the list already.
            if !ready.place.replaces {
                let at = self
                    .again
                    .iter()
                    .position(|place| !place.replaces && place.due_secs > ready.place.due_secs)
                    .unwrap_or(self.again.len());
                self.again.insert(at, ready.place);
            }
            return;
        }
        if ready.place.replaces {
            // Another frame may be on display by now.
            let frame = |place: &Place| place.recent.current().map(|frame| frame.index);
            if self.shown.as_ref().and_then(frame) == frame(&ready.place) {
                self.replacement = Some((ready.sheet, ready.pending));
            }
            return;
        }
        let clock = &mut self.playback.clock;
        if clock.running() && ready.place.due_secs < clock.position_secs(now) - SLIP_SECS {
            clock.run_from(ready.place.due_secs, now);
        }
        // Room was made sure of before; a scene's sheets to be rendered again may exceed it.
        let _ = self.sheets.push(generation, 0, ready);
    }
}

mod preparing;
#[cfg(test)]
mod tests;
