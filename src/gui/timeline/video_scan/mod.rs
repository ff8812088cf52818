//! Scans the whole video in the background for the timeline: numbers of each ciphertext for the graph, and the
//! occurrences of a block.
//!
//! ```text
//! window ──ScanRequest──▶ thread "video scan": one reader; for each frame what is requested and not known yet
//!        ◀───Findings───┘
//! ```
//!
//! The thread opens the source for itself. It ends when all is known, when another scan starts, when it is stopped,
//! and when its results are no longer needed. Results are kept, and the next scan continues from them.

mod scan;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::block_occurrences::BlockCounts;
use crate::crypto::Scheme;
use crate::gui::model::inspector::Sought;
use crate::lens::Lens;
use crate::media::Index;
use crate::render::Opener;
use crate::runtime::pool::Pool;
use crate::runtime::threads::{self, Panicked, Priority};
use crate::scene::{Panel, Scene};
use scan::Scan;

/// The numbers of the frames scanned so far: one curve per ciphertext.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curves {
    /// The ciphertext of each curve: a panel without its lens.
    pub ciphertexts: Vec<Panel>,
    /// Seconds from frame 0 to each frame.
    pub times_secs: Vec<f64>,
    /// The share of blocks that repeat, from 0 to 1, one row per ciphertext.
    pub repeated: Vec<Vec<f32>>,
    /// The share of blocks that equal those of the frame before, from 0 to 1, one row per ciphertext.
    pub unchanged: Vec<Vec<f32>>,
    /// All frames are scanned, or the scan failed.
    pub is_done: bool,
    /// Why the scan failed, in words.
    pub problem: Option<String>,
}

/// What a scan is to find out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanRequest {
    /// The numbers of every frame.
    pub numbers: bool,
    /// The occurrences of this block in every frame.
    pub occurrences: Option<Sought>,
    /// Stop: the results so far stay.
    pub stopped: bool,
}

/// The results of a scan so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The numbers of the frames, in their order.
    pub curves: Curves,
    /// The occurrences of a block.
    pub occurrences: Option<BlockCounts>,
    /// The number of frames, where it is known.
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
    pub fn occurrences_share(&self) -> Option<f64> {
        let counts = self.occurrences.as_ref()?;
        let searched = counts.tally(*counts.schemes.first()?)?.searched;
        self.frames.map(|frames| (searched as f64 / frames.max(1) as f64).min(1.0))
    }
}

/// The scan that is running, or none.
#[derive(Default)]
pub struct VideoScan {
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
    request: ScanRequest,
    /// The thread is running, and will read the request again before it ends.
    is_alive: bool,
    /// The results are no longer needed.
    is_over: bool,
    /// The index of the source, once it is known.
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

    /// Ends the scan with this reason.
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

impl VideoScan {
    /// Starts, continues or ends the scan of `scene` as requested. `wake` is called whenever there are new results.
    pub fn follow(
        &mut self,
        scene: Option<(&Scene, ScanRequest)>,
        index: Option<&Arc<Index>>,
        (opener, pool): (&Arc<dyn Opener>, &Pool),
        wake: impl Fn() + Send + Sync + 'static,
    ) {
        // Without an index, seeking to the frame of the block would read the whole file.
        let seekable = |request: ScanRequest| ScanRequest {
            occurrences: request.occurrences.filter(|_| index.is_some()),
            ..request
        };
        let scene = scene.map(|(scene, request)| (scene, seekable(request)));
        let scene = scene.filter(|(_, request)| request.numbers || request.occurrences.is_some());
        let Some((scene, request)) = scene.map(|(scene, request)| (scanned(scene), request)) else {
            self.running = None;
            return;
        };
        if self.running.as_ref().is_none_or(|running| running.scene != scene) {
            self.running = Some(Running { scene, shared: Arc::default() });
        }
        let Some(running) = &self.running else { return };
        {
            let mut orders = running.shared.orders();
            let is_new = orders.request != request;
            orders.request = request;
            if orders.index.is_none() {
                orders.index = index.cloned();
            }
            if orders.is_alive || request.stopped || !is_new {
                return;
            }
            orders.is_alive = true;
        }
        let (shared, failed) = (Arc::clone(&running.shared), Arc::clone(&running.shared));
        let mut scan = Scan {
            findings: (*shared.findings()).clone(),
            scene: running.scene.clone(),
            opener: Arc::clone(opener),
            pool: pool.clone(),
            shared,
            published_at: Instant::now(),
        };
        let wake = Arc::new(wake);
        let waker = Arc::clone(&wake);
        let report = move |panicked: Panicked| {
            failed.fail(panicked.to_string());
            waker();
        };
        let started = threads::start("video scan", Priority::Background, move || scan.run(&*wake), report);
        if let Err(error) = started {
            running.shared.fail(format!("no thread can be started to scan the video: {error}"));
        }
    }

    /// The results so far; `None` where there is no scan.
    #[must_use]
    pub fn findings(&self) -> Option<Arc<Findings>> {
        Some(self.running.as_ref()?.shared.findings())
    }
}

/// The scene with each ciphertext once, without lenses: they change no number.
fn scanned(scene: &Scene) -> Scene {
    let mut panels: Vec<Panel> = Vec::new();
    for panel in scene.panels.iter().filter(|panel| **panel != Panel::Plain) {
        let is_same = |other: &Panel| {
            other.scheme() == panel.scheme() && scene.target_of(*other) == scene.target_of(*panel)
        };
        if !panels.iter().any(is_same) {
            panels.push(panel.with_lens(Lens::Ciphertext));
        }
    }
    Scene { panels, ..scene.clone() }
}

/// The schemes under which a scene encrypts pixels, each once, in the order of its panels. Under these, a block is searched
/// in all frames.
#[must_use]
pub fn schemes(scene: &Scene) -> Vec<Scheme> {
    let mut schemes = Vec::new();
    let panels = scene.panels.iter().filter(|&&panel| scene.target_of(panel).target.is_pixels());
    for scheme in panels.filter_map(|panel| panel.scheme()) {
        if !schemes.contains(&scheme) {
            schemes.push(scheme);
        }
    }
    schemes
}
