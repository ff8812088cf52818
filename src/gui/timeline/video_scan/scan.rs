//! The scan of all frames, on its thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Findings, ScanRequest, Shared};
use crate::gui::model::inspector::Sought;
use crate::gui::timeline::block_occurrences::{BlockCounts, Search};
use crate::media::{Limits, MediaError};
use crate::picture::Frame;
use crate::render::{BatchError, Footage, Opener, Parts, PreparedSet, Renderer};
use crate::runtime::pool::Pool;
use crate::scene::Scene;
use crate::units::FrameIndex;

/// How often the window is woken for new results.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// Up to this many frames, results are published after each frame: copying them is cheap.
const CHEAP_FRAMES: u64 = 2048;

/// A scan that is running.
pub(super) struct Scan {
    pub scene: Scene,
    pub opener: Arc<dyn Opener>,
    pub pool: Pool,
    pub shared: Arc<Shared>,
    pub findings: Findings,
    pub published_at: Instant,
}

/// What a scan reads and renders with.
struct ScanState {
    footage: Footage,
    renderer: Renderer,
    /// The block that is searched, and its ciphertexts.
    search: Option<(Sought, Option<Search>)>,
}

impl ScanState {
    /// The frame that is read next without a seek.
    fn next(&self) -> FrameIndex {
        self.footage.next().unwrap_or_default()
    }
}

impl Scan {
    pub(super) fn run(&mut self, wake: &dyn Fn()) {
        if let Err(problem) = self.scan_all(wake) {
            self.shared.publish(&self.findings);
            self.shared.fail(problem);
        }
        wake();
    }

    /// Scans until all requested results are known.
    fn scan_all(&mut self, wake: &dyn Fn()) -> Result<(), String> {
        let shared = Arc::clone(&self.shared);
        let schemes = super::schemes(&self.scene);
        if self.findings.curves.problem.take().is_some() {
            self.findings.curves.is_done = false;
        }
        if self.findings.curves.ciphertexts.is_empty() {
            let rows = vec![Vec::new(); self.scene.panels.len()];
            self.findings.curves.ciphertexts.clone_from(&self.scene.panels);
            (self.findings.curves.repeated, self.findings.curves.unchanged) = (rows.clone(), rows);
        }
        let mut state = self.open()?;
        loop {
            let (request, next) = {
                let mut orders = shared.orders();
                if orders.is_over {
                    return Ok(());
                }
                if let Some(index) = &orders.index {
                    self.findings.frames = Some(index.frames());
                    state.footage.set_index(index);
                }
                let occurrences = orders.request.occurrences;
                if self.findings.occurrences.as_ref().map(|counts| counts.sought) != occurrences {
                    self.findings.occurrences =
                        occurrences.map(|sought| BlockCounts::of(sought, schemes.clone()));
                }
                match self.lacking(orders.request, state.next()) {
                    Some(next) if !orders.request.stopped => (orders.request, next),
                    _ => {
                        shared.publish(&self.findings);
                        orders.is_alive = false;
                        return Ok(());
                    }
                }
            };
            self.read_frame(&mut state, request, next).map_err(|error| error.to_string())?;
            let is_time = self.published_at.elapsed() >= TOLD_EVERY;
            if is_time || state.next().0 < CHEAP_FRAMES {
                shared.publish(&self.findings);
            }
            if is_time {
                self.published_at = Instant::now();
                wake();
            }
        }
    }

    fn open(&self) -> Result<ScanState, String> {
        let renderer = Renderer::new(&self.scene, &self.pool).map_err(|error| error.to_string())?;
        let reader =
            self.opener.open(&self.scene.footage(), self.scene.layout).map_err(|error| error.to_string())?;
        self.scene.check_memory(reader.info().shape()).map_err(|error| error.to_string())?;
        Ok(ScanState {
            footage: Footage::new(reader, &self.scene, Limits::default(), &self.pool),
            renderer,
            search: None,
        })
    }

    /// The next frame with requested results that are not known; `here` is the frame that the reader gives next.
    fn lacking(&self, request: ScanRequest, here: FrameIndex) -> Option<FrameIndex> {
        if request.numbers && !self.findings.curves.is_done {
            return Some(FrameIndex(self.findings.curves.times_secs.len() as u64));
        }
        let counts = request.occurrences.and(self.findings.occurrences.as_ref())?;
        if counts.schemes.is_empty() {
            return None;
        }
        let from = |here: usize| {
            let unknown = counts.unknown_from(here) as u64;
            self.findings.frames.is_none_or(|frames| unknown < frames).then_some(FrameIndex(unknown))
        };
        from(usize::try_from(here.0).unwrap_or(0)).or_else(|| from(0))
    }

    /// Scans one frame.
    fn read_frame(
        &mut self,
        state: &mut ScanState,
        request: ScanRequest,
        at: FrameIndex,
    ) -> Result<(), BatchError> {
        if let Some(sought) = request.occurrences
            && state.search.as_ref().is_none_or(|(known, _)| *known != sought)
        {
            // The block's own frame is searched first, then the frames after it, then those before it.
            return self.search(state, sought);
        }
        let needs_numbers = request.numbers
            && !self.findings.curves.is_done
            && at.0 == self.findings.curves.times_secs.len() as u64;
        let needed = if needs_numbers { self.scene.frames_needed() } else { 1 };
        let Some(frame) = state.footage.read(at, needed, &self.scene, || true)? else {
            // The video ends here, whatever the index states.
            let end = state.next().0;
            self.findings.frames = Some(end);
            self.findings.curves.is_done = self.findings.curves.times_secs.len() as u64 == end;
            return Ok(());
        };
        if needs_numbers {
            self.number(state, &frame);
        }
        self.count(state, &frame);
        Ok(())
    }

    /// Sets up the search for a block, and searches its own frame.
    fn search(&mut self, state: &mut ScanState, sought: Sought) -> Result<(), BatchError> {
        state.search = Some((sought, None));
        let frame = match state.footage.read(sought.frame, 1, &self.scene, || true) {
            Err(BatchError::Media(MediaError::NoSuchFrame { .. })) => return Ok(()),
            read => read?,
        };
        let (Some(frame), Some(counts)) = (frame, &self.findings.occurrences) else { return Ok(()) };
        let search = Search::new(&self.scene, &counts.schemes, &frame, sought.block, &self.pool);
        state.search = Some((sought, search));
        self.count(state, &frame);
        Ok(())
    }

    /// Counts the searched block in a frame.
    fn count(&mut self, state: &ScanState, frame: &Frame) {
        let (Some(occurrences), Some((_, search))) = (&mut self.findings.occurrences, &state.search) else {
            return;
        };
        // Where the frame has no such block, it occurs nowhere.
        let none = || vec![0; occurrences.schemes.len()];
        let counts = search.as_ref().map_or_else(none, |search| search.count(frame));
        if let Ok(frame) = usize::try_from(frame.index.0) {
            occurrences.note(frame, &counts);
        }
    }

    /// Adds the numbers of the next frame.
    fn number(&mut self, state: &mut ScanState, frame: &Frame) {
        // Ciphertext without a lens needs nothing prepared.
        let nothing = PreparedSet::default();
        let Some(sheet) = state.renderer.render(state.footage.recent(), &nothing, Parts::COUNTS) else {
            return;
        };
        let curves = &mut self.findings.curves;
        curves.times_secs.push(frame.time_secs);
        for (at, rendered) in sheet.panels.iter().enumerate() {
            let leakage = &rendered.leakage;
            let blocks = leakage.blocks.max(1) as f64;
            #[expect(clippy::cast_possible_truncation, reason = "shares from 0 to 1")]
            let share = |count: u64| (count as f64 / blocks) as f32;
            curves.repeated[at].push(share(leakage.repeated));
            curves.unchanged[at].push(share(leakage.same_as_previous.unwrap_or(0)));
        }
        curves.is_done = self.findings.frames == Some(curves.times_secs.len() as u64);
    }
}
