//! What is known of every frame, along the timeline: a number of each ciphertext for the graph, and how often
//! a block occurs. A pass over the whole video in the background fills both in.
//!
//! ```text
//! window ──Wanted──▶ survey thread: one reader; of each frame what is wanted of it and not known yet
//!        ◀─Findings─┘
//! ```
//!
//! The thread opens the source for itself. It ends when all is known, when another pass is started, when it is
//! stopped, and when its results are no longer needed. What was found is kept, and the next pass goes on from there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::block_occurrences::{Course, Search};
use crate::crypto::Scheme;
use crate::gui::model::inspector::Sought;
use crate::media::{Frames, Index, MediaError};
use crate::picture::Frame;
use crate::render::{Opener, Parts, PreparedSet, Recent, Renderer};
use crate::runtime::pool::Pool;
use crate::runtime::threads::{self, Panicked, Priority};
use crate::scene::{Panel, Scene};
use crate::units::FrameIndex;

/// How often the window is told how far it has come.
const TOLD_EVERY: Duration = Duration::from_millis(100);

/// Findings of so few frames are copied for the window after each of them.
const CHEAP_FRAMES: u64 = 2048;

/// The numbers of a video so far: a curve for each ciphertext.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// Whose curves they are.
    pub schemes: Vec<Scheme>,
    /// Seconds from frame 0 to each frame.
    pub times_secs: Vec<f64>,
    /// The share of blocks that repeat, from 0 to 1, a row for each scheme.
    pub repeated: Vec<Vec<f32>>,
    /// The share of blocks that stay the same since the frame before, a row for each scheme.
    pub unchanged: Vec<Vec<f32>>,
    /// All frames are there.
    pub is_done: bool,
    /// Why there are no more, in words.
    pub problem: Option<String>,
}

/// What a pass is to find out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The numbers of every frame.
    pub numbers: bool,
    /// How often this block occurs in every frame.
    pub twins: Option<Sought>,
    /// Nothing more for now: what is found stays.
    pub stopped: bool,
}

/// What a pass has found so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The numbers of the frames, in their order.
    pub curves: Curves,
    /// How often a block occurs.
    pub twins: Option<Course>,
    /// How many frames there are, where that is known.
    pub frames: Option<u64>,
}

impl Findings {
    /// The share of the frames whose numbers are known, from 0 to 1; `None` while their number is
    /// unknown.
    #[must_use]
    pub fn numbers_share(&self) -> Option<f64> {
        if self.curves.is_done {
            return Some(1.0);
        }
        self.frames.map(|frames| self.curves.times_secs.len() as f64 / frames.max(1) as f64)
    }

    /// The share of the frames that were searched for the block, from 0 to 1.
    #[must_use]
    pub fn twins_share(&self) -> Option<f64> {
        let course = self.twins.as_ref()?;
        let searched = course.tally(*course.schemes.first()?)?.searched;
        self.frames.map(|frames| (searched as f64 / frames.max(1) as f64).min(1.0))
    }
}

/// A pass, or none.
#[derive(Default)]
pub struct Survey {
    running: Option<Running>,
}

struct Running {
    scene: Scene,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    orders: Mutex<Orders>,
    findings: Mutex<Arc<Findings>>,
}

#[derive(Default)]
struct Orders {
    wanted: Wanted,
    /// The thread is at work, and will look at what is wanted again before it ends.
    is_alive: bool,
    /// Nobody listens any more.
    is_over: bool,
    /// The index of the source, once it is made.
    index: Option<Arc<Index>>,
}

impl Shared {
    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn findings(&self) -> Arc<Findings> {
        Arc::clone(&self.findings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn publish(&self, findings: &Findings) {
        *self.findings.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(findings.clone());
    }

    /// There will be no more of it, and this is why.
    fn fail(&self, problem: String) {
        let mut findings = (*self.findings()).clone();
        findings.curves.problem = Some(problem);
        findings.curves.is_done = true;
        self.publish(&findings);
        self.orders().is_alive = false;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.orders().is_over = true;
    }
}

impl Survey {
    /// Sees to it that what is wanted of `scene` is found out, or that there is no pass where there is no
    /// scene. `wake` is called whenever there is something new.
    pub fn follow(
        &mut self,
        scene: Option<(&Scene, Wanted)>,
        index: Option<&Arc<Index>>,
        (opener, pool): (&Arc<dyn Opener>, &Pool),
        wake: impl Fn() + Send + Sync + 'static,
    ) {
        // Without an index a reader would have to go through the whole file to find the block.
        let seekable = |wanted: Wanted| Wanted { twins: wanted.twins.filter(|_| index.is_some()), ..wanted };
        let scene = scene.map(|(scene, wanted)| (scene, seekable(wanted)));
        let scene = scene.filter(|(_, wanted)| wanted.numbers || wanted.twins.is_some());
        let Some((scene, wanted)) = scene.map(|(scene, wanted)| (surveyed(scene), wanted)) else {
            self.running = None;
            return;
        };
        if self.running.as_ref().is_none_or(|running| running.scene != scene) {
            self.running = Some(Running { scene, shared: Arc::default() });
        }
        let Some(running) = &self.running else { return };
        {
            let mut orders = running.shared.orders();
            let is_new = orders.wanted != wanted;
            orders.wanted = wanted;
            if orders.index.is_none() {
                orders.index = index.cloned();
            }
            if orders.is_alive || wanted.stopped || !is_new {
                return;
            }
            orders.is_alive = true;
        }
        let (shared, failed) = (Arc::clone(&running.shared), Arc::clone(&running.shared));
        let mut pass = Pass {
            findings: (*shared.findings()).clone(),
            scene: running.scene.clone(),
            opener: Arc::clone(opener),
            pool: pool.clone(),
            shared,
            told: Instant::now(),
        };
        let wake = Arc::new(wake);
        let waker = Arc::clone(&wake);
        let report = move |panicked: Panicked| {
            failed.fail(panicked.to_string());
            waker();
        };
        let started = threads::start("survey", Priority::Background, move || pass.run(&*wake), report);
        if let Err(error) = started {
            running.shared.fail(format!("no thread can be started for this: {error}"));
        }
    }

    /// What is found so far; nothing where there is no pass.
    #[must_use]
    pub fn findings(&self) -> Option<Arc<Findings>> {
        Some(self.running.as_ref()?.shared.findings())
    }
}

/// The scene with each ciphertext once: its lenses change no number.
fn surveyed(scene: &Scene) -> Scene {
    Scene { panels: schemes(scene).into_iter().map(Panel::of).collect(), ..scene.clone() }
}

/// The schemes of a scene, each once, in the order of its panels.
#[must_use]
pub fn schemes(scene: &Scene) -> Vec<Scheme> {
    let mut schemes = Vec::new();
    for scheme in scene.panels.iter().filter_map(|panel| panel.scheme()) {
        if !schemes.contains(&scheme) {
            schemes.push(scheme);
        }
    }
    schemes
}

/// The pass itself.
struct Pass {
    scene: Scene,
    opener: Arc<dyn Opener>,
    pool: Pool,
    shared: Arc<Shared>,
    findings: Findings,
    told: Instant,
}

/// Where a pass stands in the video.
struct Stand {
    reader: Box<dyn Frames>,
    renderer: Renderer,
    recent: Recent,
    /// The frame that the reader gives next.
    next: FrameIndex,
    /// How many frames before that one were read without a gap.
    run: u64,
    /// What is looked for, and with what.
    search: Option<(Sought, Option<Search>)>,
}

impl Stand {
    /// Goes to a frame.
    fn go(&mut self, to: FrameIndex) -> Result<(), MediaError> {
        if to != self.next {
            self.reader.seek(to)?;
        }
        (self.next, self.run) = (to, 0);
        self.recent.clear();
        Ok(())
    }

    /// The next frame.
    fn read(&mut self) -> Result<Option<Frame>, MediaError> {
        let frame = self.reader.next_frame()?;
        if let Some(frame) = &frame {
            self.next = frame.index.next();
            self.run += 1;
        }
        Ok(frame)
    }
}

impl Pass {
    fn run(&mut self, wake: &dyn Fn()) {
        if let Err(problem) = self.survey(wake) {
            self.shared.publish(&self.findings);
            self.shared.fail(problem);
        }
        wake();
    }

    /// Goes on until all that is wanted is known.
    fn survey(&mut self, wake: &dyn Fn()) -> Result<(), String> {
        let shared = Arc::clone(&self.shared);
        let schemes: Vec<Scheme> = self.scene.panels.iter().filter_map(|panel| panel.scheme()).collect();
        if self.findings.curves.problem.take().is_some() {
            self.findings.curves.is_done = false;
        }
        if self.findings.curves.schemes.is_empty() {
            let rows = vec![Vec::new(); schemes.len()];
            self.findings.curves.schemes.clone_from(&schemes);
            (self.findings.curves.repeated, self.findings.curves.unchanged) = (rows.clone(), rows);
        }
        let mut stand = self.open()?;
        loop {
            let (wanted, next) = {
                let mut orders = shared.orders();
                if orders.is_over {
                    return Ok(());
                }
                if let (Some(index), None) = (&orders.index, stand.reader.index()) {
                    self.findings.frames = Some(index.frames());
                    stand.reader.set_index(Arc::clone(index));
                }
                let twins = orders.wanted.twins;
                if self.findings.twins.as_ref().map(|course| course.sought) != twins {
                    self.findings.twins = twins.map(|sought| Course::of(sought, schemes.clone()));
                }
                match self.lacking(orders.wanted, stand.next) {
                    Some(next) if !orders.wanted.stopped => (orders.wanted, next),
                    _ => {
                        shared.publish(&self.findings);
                        orders.is_alive = false;
                        return Ok(());
                    }
                }
            };
            self.look(&mut stand, wanted, next).map_err(|error| error.to_string())?;
            let is_time = self.told.elapsed() >= TOLD_EVERY;
            if is_time || stand.next.0 < CHEAP_FRAMES {
                shared.publish(&self.findings);
            }
            if is_time {
                self.told = Instant::now();
                wake();
            }
        }
    }

    fn open(&self) -> Result<Stand, String> {
        let Scene { source, layout, .. } = &self.scene;
        let renderer = Renderer::new(&self.scene, &self.pool).map_err(|error| error.to_string())?;
        let reader = self.opener.open(source, *layout).map_err(|error| error.to_string())?;
        self.scene.check_memory(reader.info().shape()).map_err(|error| error.to_string())?;
        Ok(Stand { reader, renderer, recent: Recent::default(), next: FrameIndex(0), run: 0, search: None })
    }

    /// The next frame of which something is wanted that is not known; the reader stands at `here`.
    fn lacking(&self, wanted: Wanted, here: FrameIndex) -> Option<FrameIndex> {
        if wanted.numbers && !self.findings.curves.is_done {
            return Some(FrameIndex(self.findings.curves.times_secs.len() as u64));
        }
        let course = wanted.twins.and(self.findings.twins.as_ref())?;
        if course.schemes.is_empty() {
            return None;
        }
        let from = |here: usize| {
            let unknown = course.unknown_from(here) as u64;
            self.findings.frames.is_none_or(|frames| unknown < frames).then_some(FrameIndex(unknown))
        };
        from(usize::try_from(here.0).unwrap_or(0)).or_else(|| from(0))
    }

    /// Finds out what is wanted of a frame.
    fn look(&mut self, stand: &mut Stand, wanted: Wanted, at: FrameIndex) -> Result<(), MediaError> {
        if let Some(sought) = wanted.twins
            && stand.search.as_ref().is_none_or(|(known, _)| *known != sought)
        {
            // Its own frame is searched first, and those after it before those before it.
            return self.search(stand, sought);
        }
        let needs_numbers = wanted.numbers
            && !self.findings.curves.is_done
            && at.0 == self.findings.curves.times_secs.len() as u64;
        let needed = self.scene.frames_needed();
        let context = if needs_numbers { (needed as u64).saturating_sub(1).min(at.0) } else { 0 };
        if stand.next != at || stand.run < context {
            stand.go(at.back(context))?;
        }
        while stand.next <= at {
            let Some(frame) = stand.read()? else {
                // It ends here, whatever was foretold.
                self.findings.frames = Some(stand.next.0);
                self.findings.curves.is_done = self.findings.curves.times_secs.len() as u64 == stand.next.0;
                return Ok(());
            };
            stand.recent.push(Arc::new(frame), needed);
        }
        let Some(frame) = stand.recent.current().cloned() else { return Ok(()) };
        if needs_numbers {
            self.number(stand, &frame);
        }
        self.count(stand, &frame);
        Ok(())
    }

    /// Sets up the search for a block, and searches its own frame.
    fn search(&mut self, stand: &mut Stand, sought: Sought) -> Result<(), MediaError> {
        stand.search = Some((sought, None));
        match stand.go(sought.frame) {
            Err(MediaError::NoSuchFrame { .. }) => return Ok(()),
            there => there?,
        }
        let (Some(frame), Some(course)) = (stand.read()?, &self.findings.twins) else { return Ok(()) };
        // It is not kept for those that follow.
        stand.run = 0;
        let search = Search::new(&self.scene, &course.schemes, &frame, sought.block, &self.pool);
        stand.search = Some((sought, search));
        self.count(stand, &frame);
        Ok(())
    }

    /// Counts the block that is looked for in a frame.
    fn count(&mut self, stand: &Stand, frame: &Frame) {
        let (Some(course), Some((_, search))) = (&mut self.findings.twins, &stand.search) else { return };
        // Where there is no such block, it occurs nowhere.
        let none = || vec![0; course.schemes.len()];
        let counts = search.as_ref().map_or_else(none, |search| search.count(frame));
        if let Ok(frame) = usize::try_from(frame.index.0) {
            course.note(frame, &counts);
        }
    }

    /// Adds the numbers of the next frame.
    fn number(&mut self, stand: &mut Stand, frame: &Frame) {
        // Ciphertext as it is needs nothing prepared.
        let nothing = PreparedSet::default();
        let Some(sheet) = stand.renderer.render(&stand.recent, &nothing, Parts::COUNTS) else { return };
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
