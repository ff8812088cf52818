//! A number of every frame, for the graph along the timeline: a pass over the whole video in the background.
//!
//! The thread opens the source for itself and renders numbers alone. It ends with the last frame, when
//! another pass is started, and when nobody wants one any more.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::crypto::Scheme;
use crate::pipeline::{Knowledge, Opener, Parts, Recent, Renderer};
use crate::pool::Pool;
use crate::scene::{Panel, Scene};

/// Frames after which the window is told how far it has come.
const TOLD_EVERY: usize = 8;

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

/// A pass, or none.
#[derive(Default)]
pub struct Survey {
    running: Option<Running>,
}

struct Running {
    scene: Scene,
    curves: Arc<Mutex<Arc<Curves>>>,
    stop: Arc<AtomicBool>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

impl Survey {
    /// Sees to it that a pass over `scene` is under way or done, or that there is none where there is no
    /// scene. `wake` is called whenever there is something new.
    pub fn follow(
        &mut self,
        scene: Option<&Scene>,
        opener: &Arc<dyn Opener>,
        pool: &Pool,
        wake: impl Fn() + Send + 'static,
    ) {
        let Some(scene) = scene.map(surveyed) else {
            self.running = None;
            return;
        };
        if self.running.as_ref().is_some_and(|running| running.scene == scene) {
            return;
        }
        let running = Running { scene, curves: Arc::default(), stop: Arc::default() };
        let (scene, curves, stop) =
            (running.scene.clone(), Arc::clone(&running.curves), Arc::clone(&running.stop));
        let (opener, pool) = (Arc::clone(opener), pool.clone());
        let publish = move |new: &Curves| {
            *curves.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(new.clone());
            wake();
        };
        let pass = move || run(&scene, &*opener, &pool, &stop, publish);
        // Without a thread there is no graph, and the video plays on.
        let started = thread::Builder::new().name("survey".into()).spawn(pass);
        self.running = started.ok().map(|_| running);
    }

    /// The numbers so far; none where there is no pass.
    #[must_use]
    pub fn curves(&self) -> Option<Arc<Curves>> {
        let running = self.running.as_ref()?;
        Some(Arc::clone(&running.curves.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// The scene with each ciphertext once: its lenses change no number.
fn surveyed(scene: &Scene) -> Scene {
    let mut panels: Vec<Panel> = Vec::new();
    for scheme in scene.panels.iter().filter_map(|panel| panel.scheme()) {
        if !panels.contains(&Panel::of(scheme)) {
            panels.push(Panel::of(scheme));
        }
    }
    Scene { panels, ..scene.clone() }
}

/// The pass itself.
fn run(scene: &Scene, opener: &dyn Opener, pool: &Pool, stop: &AtomicBool, publish: impl Fn(&Curves)) {
    let schemes: Vec<Scheme> = scene.panels.iter().filter_map(|panel| panel.scheme()).collect();
    let rows = vec![Vec::new(); schemes.len()];
    let mut curves = Curves { schemes, repeated: rows.clone(), unchanged: rows, ..Curves::default() };
    if let Err(problem) = follow_frames(scene, opener, pool, stop, &mut curves, &publish) {
        curves.problem = Some(problem);
    }
    curves.is_done = true;
    if !stop.load(Ordering::Relaxed) {
        publish(&curves);
    }
}

fn follow_frames(
    scene: &Scene,
    opener: &dyn Opener,
    pool: &Pool,
    stop: &AtomicBool,
    curves: &mut Curves,
    publish: &impl Fn(&Curves),
) -> Result<(), String> {
    let mut renderer = Renderer::new(scene, pool).map_err(|error| error.to_string())?;
    let mut frames = opener.open(&scene.source, scene.layout).map_err(|error| error.to_string())?;
    // Ciphertext as it is needs nothing prepared.
    let nothing = Knowledge::default();
    let mut recent = Recent::default();
    while !stop.load(Ordering::Relaxed) {
        let Some(frame) = frames.next_frame().map_err(|error| error.to_string())? else { break };
        let time_secs = frame.time_secs;
        recent.push(Arc::new(frame), scene.frames_needed());
        let Some(sheet) = renderer.render(&recent, &nothing, Parts::NUMBERS) else { continue };
        curves.times_secs.push(time_secs);
        for (at, rendered) in sheet.panels.iter().enumerate() {
            let leakage = &rendered.leakage;
            let blocks = leakage.blocks.max(1) as f64;
            #[expect(clippy::cast_possible_truncation, reason = "shares from 0 to 1")]
            let share = |count: u64| (count as f64 / blocks) as f32;
            curves.repeated[at].push(share(leakage.repeated));
            curves.unchanged[at].push(share(leakage.same_as_previous.unwrap_or(0)));
        }
        if curves.times_secs.len().is_multiple_of(TOLD_EVERY) {
            publish(curves);
        }
    }
    Ok(())
}
