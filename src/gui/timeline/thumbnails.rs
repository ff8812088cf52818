//! Thumbnails of the video for the timeline: a few dozen, made once by a thread with a reader of its own.
//!
//! They are taken at keyframes, where a decoder decodes a single frame, or in order where there are too few
//! keyframes. While the pointer is on the timeline, those near it come first. The thread pauses after each, longer
//! while the video plays, so that playback is hardly slowed down. On the GPU one texture holds all thumbnails of one
//! size, so that the strip is one draw call.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eframe::egui::load::SizedTexture;
use eframe::egui::{ColorImage, Context, Image, Rect, TextureId};
use image::{ImageBuffer, Rgba};

use super::thumbnail_atlas::{MOST, ThumbnailAtlas};
use crate::media::{Index, MediaError, Source};
use crate::picture::Frame;
use crate::picture::layout::Layout;
use crate::render::Opener;
use crate::runtime::threads::{self, Panicked, Priority};
use crate::units::FrameIndex;

/// Where there are fewer keyframes than this, other frames are taken as well.
const LEAST_KEYS: usize = 24;

/// Width and height at most, in pixels, of the thumbnail under the pointer and of those in the strip.
const LARGE: [f64; 2] = [192.0, 108.0];
const SMALL: [f64; 2] = [128.0, 56.0];

/// The longest pause after a thumbnail.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A thumbnail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thumbnail {
    /// The frame that it shows.
    pub frame: FrameIndex,
    /// The time of that frame, in seconds.
    pub time_secs: f64,
    /// Its number in the textures.
    cell: usize,
}

/// A thumbnail that the thread sends to the window.
struct NewThumbnail {
    frame: FrameIndex,
    time_secs: f64,
    large: ColorImage,
    small: ColorImage,
}

/// The thumbnails of one source.
#[derive(Default)]
pub struct Thumbnails {
    running: Option<Running>,
    /// In the order of the video.
    made: Vec<Thumbnail>,
    /// The textures of both sizes, the larger one first.
    atlases: Option<[ThumbnailAtlas; 2]>,
    /// What the thread is to consider.
    request: Arc<Mutex<ThumbnailRequest>>,
    /// Why there are no thumbnails.
    problem: Option<String>,
}

/// What the window sets and the thread reads.
#[derive(Clone, Copy, Debug, Default)]
struct ThumbnailRequest {
    /// The time under the pointer, in seconds, while it is on the timeline.
    near_secs: Option<f64>,
    /// The video plays.
    is_playing: bool,
}

impl ThumbnailRequest {
    /// How long to pause after a thumbnail that took this long. The pause is short for a thumbnail that the user
    /// waits for; otherwise the cores are left to the video that plays.
    fn pause(self, took: Duration) -> Duration {
        let times = match (self.near_secs, self.is_playing) {
            (None, true) => 5,
            (Some(_), true) => 3,
            (_, false) => 1,
        };
        (took * times).min(LONGEST_PAUSE)
    }
}

struct Running {
    source: Source,
    /// The index by which the frames were chosen.
    index: Arc<Index>,
    /// The times of all thumbnails, ready or not, in seconds and ascending.
    times_secs: Vec<f64>,
    news: Receiver<NewThumbnail>,
    /// Why the thread ended early, where that is a bug of the program.
    failure: Receiver<String>,
    /// Nothing is ever sent: dropping the sender stops the thread.
    _stop: Sender<()>,
}

impl Thumbnails {
    /// Starts the thread for `source` once its index is known and the strip is shown, or the pointer is on the
    /// timeline. `wake` is called for each new thumbnail.
    pub fn follow(
        &mut self,
        (source, index): (&Source, Option<&Arc<Index>>),
        opener: &Arc<dyn Opener>,
        (is_wanted, is_playing): (bool, bool),
        wake: impl Fn() + Send + Sync + 'static,
    ) {
        // A still has no timeline.
        let Some(index) = index.filter(|index| index.frames() > 1) else {
            (self.running, self.atlases) = (None, None);
            self.made.clear();
            return;
        };
        let is_asked = {
            let mut request = self.request.lock().unwrap_or_else(PoisonError::into_inner);
            request.is_playing = is_playing;
            request.near_secs.is_some()
        };
        let is_same = |running: &Running| running.source == *source && Arc::ptr_eq(&running.index, index);
        if self.running.as_ref().is_some_and(is_same) {
            return;
        }
        // The thumbnails belong to another source.
        (self.running, self.atlases) = (None, None);
        self.made.clear();
        if !is_wanted && !is_asked {
            return;
        }
        let (to_window, news) = sync_channel(4);
        let (stop, stopped) = channel();
        let mut frames = frames(index);
        let times_secs = frames.iter().filter_map(|&frame| index.time_secs(frame)).collect();
        if index.keyframes().len() >= LEAST_KEYS {
            // From coarse to fine, so that the strip is soon filled everywhere.
            frames = spread_out(&frames);
        }
        let (failed, failure) = channel();
        let (source_here, index_here) = (source.clone(), Arc::clone(index));
        let running =
            Running { source: source_here, index: index_here, times_secs, news, failure, _stop: stop };
        let wake = Arc::new(wake);
        let waker = Arc::clone(&wake);
        let (source, opener) = (source.clone(), Arc::clone(opener));
        let (index, request) = (Arc::clone(index), Arc::clone(&self.request));
        let work = move || {
            // Errors of the file are ignored here: the session reports them, and the timeline works without
            // thumbnails.
            let _ = take(&source, &*opener, (&index, frames), &request, (&to_window, &stopped), &*wake);
        };
        let lacking = |why: &str| format!("the timeline has no thumbnails: {why}");
        let report = move |panicked: Panicked| {
            // The channel is closed once the window shows another source.
            let _ = failed.send(lacking(&panicked.to_string()));
            waker();
        };
        if let Err(error) = threads::start("thumbnails", Priority::Background, work, report) {
            self.problem = Some(lacking(&format!("no thread can be started ({error})")));
        }
        self.running = Some(running);
    }

    /// The reason why the thread ended early, once.
    pub fn take_problem(&mut self) -> Option<String> {
        let told = self.running.as_ref().and_then(|running| running.failure.try_recv().ok());
        self.problem.take().or(told)
    }

    /// Takes new thumbnails.
    pub fn take_news(&mut self, ctx: &Context) {
        let Some(running) = &self.running else { return };
        loop {
            match running.news.try_recv() {
                Ok(NewThumbnail { frame, time_secs, large, small }) => {
                    let atlases = self.atlases.get_or_insert_with(|| {
                        [large.size, small.size].map(|cell| ThumbnailAtlas::new(ctx, cell))
                    });
                    let cell = self.made.len();
                    for (atlas, image) in atlases.iter_mut().zip([large, small]) {
                        atlas.put(cell, image);
                    }
                    let at = self.made.partition_point(|thumbnail| thumbnail.frame < frame);
                    self.made.insert(at, Thumbnail { frame, time_secs, cell });
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    /// Records the time under the pointer; `None` if the pointer is not on the timeline. True where the pointer has just
    /// entered.
    pub fn ask(&self, near_secs: Option<f64>) -> bool {
        let mut request = self.request.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut request.near_secs, near_secs).is_none() && near_secs.is_some()
    }

    /// The thumbnail nearest to a time, unless a nearer one is still to be made.
    #[must_use]
    pub fn nearest(&self, secs: f64) -> Option<Thumbnail> {
        let off = |time_secs: f64| (time_secs - secs).abs();
        let nearest =
            self.made.iter().min_by(|one, other| off(one.time_secs).total_cmp(&off(other.time_secs)))?;
        let chosen = self.running.as_ref()?.times_secs.iter().copied().map(off);
        (off(nearest.time_secs) <= chosen.fold(f64::INFINITY, f64::min) + 1e-9).then_some(*nearest)
    }

    /// A thumbnail at its full size.
    #[must_use]
    pub fn image(&self, thumbnail: Thumbnail) -> Option<Image<'static>> {
        let [large, _] = self.atlases.as_ref()?;
        let texture = SizedTexture::new(large.texture.id(), large.size());
        Some(Image::from_texture(texture).uv(large.uv(thumbnail.cell)).fit_to_exact_size(large.size()))
    }

    /// The texture of the smaller thumbnails, and their aspect ratio; `None` before the first one is ready.
    #[must_use]
    pub fn strip(&self) -> Option<(TextureId, f32)> {
        let [_, small] = self.atlases.as_ref()?;
        Some((small.texture.id(), small.size().x / small.size().y))
    }

    /// The area of a thumbnail in the texture of the smaller ones.
    #[must_use]
    pub fn uv(&self, thumbnail: Thumbnail) -> Option<Rect> {
        let [_, small] = self.atlases.as_ref()?;
        Some(small.uv(thumbnail.cell))
    }

    /// The number of thumbnails that are ready, and of all.
    #[must_use]
    pub fn count(&self) -> [usize; 2] {
        [self.made.len(), self.running.as_ref().map_or(0, |running| running.times_secs.len())]
    }
}

/// The frames of the thumbnails, ascending: spread over the video, at keyframes where there are enough.
fn frames(index: &Index) -> Vec<FrameIndex> {
    let keys = index.keyframes();
    let spread = |of: usize, most: usize| {
        let count = of.min(most);
        (0..count).map(move |n| n * of / count.max(1))
    };
    if keys.len() >= LEAST_KEYS {
        return spread(keys.len(), MOST).map(|n| keys[n]).collect();
    }
    let frames = usize::try_from(index.frames()).unwrap_or(usize::MAX);
    spread(frames, LEAST_KEYS).map(|n| FrameIndex(n as u64)).collect()
}

/// These frames with every eighth first, then those halfway between, and so on.
fn spread_out(frames: &[FrameIndex]) -> Vec<FrameIndex> {
    let mut order: Vec<usize> = (0..frames.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(at.trailing_zeros().min(3)));
    order.into_iter().map(|at| frames[at]).collect()
}

/// Makes thumbnails one after the other; while the pointer is on the timeline, the nearest one first.
fn take(
    source: &Source,
    opener: &dyn Opener,
    (index, mut frames): (&Arc<Index>, Vec<FrameIndex>),
    request: &Mutex<ThumbnailRequest>,
    (to_window, stopped): (&SyncSender<NewThumbnail>, &Receiver<()>),
    wake: &impl Fn(),
) -> Result<(), MediaError> {
    let mut reader = opener.open_single_threaded(source, Layout::RGBA32)?;
    reader.set_index(Arc::clone(index));
    let aspect = reader.info().sample_aspect_ratio;
    let request = || *request.lock().unwrap_or_else(PoisonError::into_inner);
    while !frames.is_empty() {
        let begun = Instant::now();
        let next = request().near_secs.map_or(0, |near_secs| nearest(&frames, index, near_secs));
        reader.seek(frames.remove(next))?;
        let Some(frame) = reader.next_frame()? else { return Ok(()) };
        let [Some(large), Some(small)] = [LARGE, SMALL].map(|size| reduced(&frame, aspect, size)) else {
            return Ok(());
        };
        let taken = NewThumbnail { frame: frame.index, time_secs: frame.time_secs, large, small };
        // Returns the frame's buffer to the pool before the pause.
        drop(frame);
        if to_window.send(taken).is_err() {
            return Ok(());
        }
        wake();
        let pause = request().pause(begun.elapsed());
        if stopped.recv_timeout(pause) == Err(RecvTimeoutError::Disconnected) {
            return Ok(());
        }
    }
    Ok(())
}

/// The number of the frame that is nearest to a time.
fn nearest(frames: &[FrameIndex], index: &Index, near_secs: f64) -> usize {
    let off =
        |frame: &FrameIndex| index.time_secs(*frame).map_or(f64::INFINITY, |secs| (secs - near_secs).abs());
    let nearest = frames.iter().enumerate().min_by(|(_, one), (_, other)| off(one).total_cmp(&off(other)));
    nearest.map_or(0, |(at, _)| at)
}

/// A frame in `rgba32`, scaled down, with square pixels.
fn reduced(frame: &Frame, (wide, high): (u32, u32), most: [f64; 2]) -> Option<ColorImage> {
    let [width, height] = [frame.shape.width, frame.shape.height].map(f64::from);
    let width = width * f64::from(wide.max(1)) / f64::from(high.max(1));
    let scale = (most[0] / width).min(most[1] / height).min(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no more than `most`")]
    let [width, height] = [width, height].map(|side| ((side * scale).round() as u32).max(1));
    let picture =
        ImageBuffer::<Rgba<u8>, _>::from_raw(frame.shape.width, frame.shape.height, &frame.bytes[..])?;
    let picture = image::imageops::thumbnail(&picture, width, height);
    Some(ColorImage::from_rgba_unmultiplied([width as usize, height as usize], picture.as_raw()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(frames: u64, every: usize) -> Index {
        let times = (0..frames).map(|n| n as f64 / 10.0).collect();
        Index::new(times, frames as f64 / 10.0, (0..frames).step_by(every).map(FrameIndex).collect())
    }

    #[test]
    fn thumbnails_are_taken_at_keyframes_spread_over_the_video() {
        let chosen = |count, every| frames(&index(count, every));
        assert_eq!(chosen(6000, 10).len(), MOST);
        assert!(chosen(6000, 10).iter().all(|frame| frame.0 % 10 == 0));
        assert!(chosen(6000, 10).windows(2).all(|pair| (120..=130).contains(&(pair[1].0 - pair[0].0))));
        let few = chosen(240, 240);
        assert_eq!((few.len(), few[1]), (LEAST_KEYS, FrameIndex(10)), "one keyframe says too little");
        assert_eq!(chosen(3, 1).len(), 3);
    }

    #[test]
    fn thumbnails_at_keyframes_are_made_from_coarse_to_fine() {
        let frames: Vec<_> = (0..48).map(FrameIndex).collect();
        let mut order = spread_out(&frames);
        assert_eq!(order[..7].iter().map(|frame| frame.0).collect::<Vec<_>>(), [0, 8, 16, 24, 32, 40, 4]);
        order.sort_unstable();
        assert_eq!(order, frames);
    }

    #[test]
    fn thumbnails_pause_longer_while_the_video_plays() {
        let took = Duration::from_millis(60);
        let pause = |near_secs, is_playing| ThumbnailRequest { near_secs, is_playing }.pause(took);
        assert!(pause(None, true) >= 5 * took, "a sixth of one core at most");
        assert!(pause(Some(1.0), true) < pause(None, true) && pause(None, false) <= took);
        assert_eq!(
            ThumbnailRequest { near_secs: None, is_playing: true }.pause(Duration::from_secs(9)),
            LONGEST_PAUSE
        );
    }
}
