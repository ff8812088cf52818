//! Small pictures of the video, for the timeline: a few dozen, made once, on a thread of its own with a reader
//! of its own.
//!
//! They are taken once the pointer is on the timeline, those near it first; at keyframes, where a decoder has
//! nothing to decode on the way; and with pauses, so that they cost the playback next to nothing.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};
use image::{ImageBuffer, Rgba};

use crate::frame::Frame;
use crate::layout::Layout;
use crate::media::{Index, MediaError, Source};
use crate::pipeline::Opener;
use crate::units::FrameIndex;

/// How many there are at most.
const MOST: usize = 48;

/// Where there are fewer keyframes than this, other frames are taken.
const LEAST_KEYS: usize = 12;

/// The largest they are, in pixels.
const SIZE: [f64; 2] = [192.0, 108.0];

/// The pause after each of them.
const PAUSE: Duration = Duration::from_millis(40);

/// A small picture.
pub struct Thumb {
    /// The frame that it shows.
    pub frame: FrameIndex,
    /// When that is shown, in seconds.
    pub time_secs: f64,
    /// The picture.
    pub texture: TextureHandle,
}

/// A picture on its way to the window.
struct Taken {
    frame: FrameIndex,
    time_secs: f64,
    image: ColorImage,
}

/// The small pictures of one source.
#[derive(Default)]
pub struct Thumbs {
    running: Option<Running>,
    /// In the order of the video.
    made: Vec<Thumb>,
    /// Where the pointer was on the timeline last.
    near: Near,
}

/// A time in seconds, where there is one, that the window sets and the thread reads.
type Near = Arc<Mutex<Option<f64>>>;

fn time_near(near: &Near) -> Option<f64> {
    *near.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Running {
    source: Source,
    /// The index by which the places were chosen.
    index: Arc<Index>,
    news: Receiver<Taken>,
    /// Nothing is ever sent: it closes when nobody wants the pictures any more.
    _stop: Sender<()>,
}

impl Thumbs {
    /// Sees to it that the pictures of `source` are made, once its index is there and somebody looks for one.
    /// `wake` is called whenever there is a new one.
    pub fn follow(
        &mut self,
        source: &Source,
        index: Option<&Arc<Index>>,
        opener: &Arc<dyn Opener>,
        wake: impl Fn() + Send + 'static,
    ) {
        // A still has no timeline.
        let Some(index) = index.filter(|index| index.frames() > 1) else {
            (self.running, self.made) = (None, Vec::new());
            return;
        };
        if time_near(&self.near).is_none() {
            return;
        }
        let is_same = |running: &Running| running.source == *source && Arc::ptr_eq(&running.index, index);
        if self.running.as_ref().is_some_and(is_same) {
            return;
        }
        self.made.clear();
        let (to_window, news) = sync_channel(4);
        let (stop, stopped) = channel();
        let running = Running { source: source.clone(), index: Arc::clone(index), news, _stop: stop };
        let (source, opener) = (source.clone(), Arc::clone(opener));
        let (index, near) = (Arc::clone(index), Arc::clone(&self.near));
        let work = move || {
            // Without pictures the timeline is as good as before; the session says what is wrong with a file.
            let _ = take(&source, &*opener, &index, &near, (&to_window, &stopped), &wake);
        };
        // Nor does it matter where no thread can be started.
        let _ = thread::Builder::new().name("thumbs".into()).spawn(work);
        self.running = Some(running);
    }

    /// Takes in what is new.
    pub fn take_news(&mut self, ctx: &Context) {
        let Some(running) = &self.running else { return };
        loop {
            match running.news.try_recv() {
                Ok(Taken { frame, time_secs, image }) => {
                    let texture = ctx.load_texture(format!("thumb {frame}"), image, TextureOptions::LINEAR);
                    let at = self.made.partition_point(|thumb| thumb.frame < frame);
                    self.made.insert(at, Thumb { frame, time_secs, texture });
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    /// The pointer is at this time. True where nobody has asked before.
    pub fn ask(&self, secs: f64) -> bool {
        self.near.lock().unwrap_or_else(PoisonError::into_inner).replace(secs).is_none()
    }

    /// The picture nearest to a time, unless a nearer one is still to come.
    #[must_use]
    pub fn nearest(&self, secs: f64) -> Option<&Thumb> {
        let off = |thumb: &Thumb| (thumb.time_secs - secs).abs();
        let nearest = self.made.iter().min_by(|one, other| off(one).total_cmp(&off(other)))?;
        let index = &self.running.as_ref()?.index;
        let chosen = places(index).into_iter().filter_map(|frame| index.time_secs(frame));
        let nearer = chosen.map(|time_secs| (time_secs - secs).abs()).fold(f64::INFINITY, f64::min);
        (off(nearest) <= nearer + 1e-9).then_some(nearest)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.made.len()
    }
}

/// The frames of which pictures are taken: spread over the video, at keyframes where there are enough.
fn places(index: &Index) -> Vec<FrameIndex> {
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

/// Takes the pictures one after the other, the one next to the pointer first.
fn take(
    source: &Source,
    opener: &dyn Opener,
    index: &Arc<Index>,
    near: &Near,
    (to_window, stopped): (&SyncSender<Taken>, &Receiver<()>),
    wake: &impl Fn(),
) -> Result<(), MediaError> {
    let mut reader = opener.open(source, Layout::RGBA32)?;
    reader.set_index(Arc::clone(index));
    let aspect = reader.info().sample_aspect_ratio;
    let mut places = places(index);
    let off = |place: &FrameIndex| {
        let near_secs = time_near(near).unwrap_or(0.0);
        index.time_secs(*place).map_or(f64::INFINITY, |secs| (secs - near_secs).abs())
    };
    loop {
        let next = (0..places.len()).min_by(|&one, &other| off(&places[one]).total_cmp(&off(&places[other])));
        let Some(next) = next else { return Ok(()) };
        reader.seek(places.swap_remove(next))?;
        let Some(frame) = reader.next_frame()? else { return Ok(()) };
        let Some(image) = small(&frame, aspect) else { return Ok(()) };
        let taken = Taken { frame: frame.index, time_secs: frame.time_secs, image };
        if to_window.send(taken).is_err() {
            return Ok(());
        }
        wake();
        if stopped.recv_timeout(PAUSE) == Err(RecvTimeoutError::Disconnected) {
            return Ok(());
        }
    }
}

/// A frame in `rgba32`, made small, its pixels square.
fn small(frame: &Frame, (wide, high): (u32, u32)) -> Option<ColorImage> {
    let [width, height] = [frame.shape.width, frame.shape.height].map(f64::from);
    let width = width * f64::from(wide.max(1)) / f64::from(high.max(1));
    let scale = (SIZE[0] / width).min(SIZE[1] / height).min(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most SIZE")]
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
    fn pictures_are_taken_at_keyframes_spread_over_the_video() {
        let places = |frames, every| places(&index(frames, every));
        assert_eq!(places(6000, 10).len(), MOST);
        assert!(places(6000, 10).iter().all(|place| place.0 % 10 == 0));
        assert!(places(6000, 10).windows(2).all(|pair| (120..=130).contains(&(pair[1].0 - pair[0].0))));
        let few = places(240, 240);
        assert_eq!((few.len(), few[1]), (LEAST_KEYS, FrameIndex(20)), "one keyframe says too little");
        assert_eq!(places(3, 1).len(), 3);
    }
}
