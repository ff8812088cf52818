//! Encoding the source anew, which takes a while: until it is done, the scene before stays on screen.

use crate::media::{Encoding, Source};
use crate::play;
use crate::scene::{Panel, Scene};

/// The most jobs whose encodings are held in memory and noted as made. An older one is asked for again, and found at once if it is still kept.
pub const MOST_MADE: usize = 2;

/// What is being encoded, and what has been.
#[derive(Clone, Debug, Default)]
pub struct EncodingState {
    /// What is being encoded.
    pub pending: Option<Pending>,
    /// The last jobs that were done, the latest last.
    made: Vec<EncodingJob>,
}

/// A source that is being encoded for the scene.
#[derive(Clone, Debug)]
pub struct Pending {
    /// What is encoded how.
    pub job: EncodingJob,
    /// The scene that is on screen meanwhile, and to which the window returns if nothing comes of it.
    pub shown: Box<Scene>,
    /// What the session does once the scene is shown.
    pub then: Vec<play::Command>,
    /// False until the job is started, as when the window opens.
    pub is_started: bool,
}

/// A source, and the encodings that are made of it.
#[derive(Clone, Debug, PartialEq)]
pub struct EncodingJob {
    /// The source.
    pub source: Source,
    /// The encodings, in order.
    pub encodings: Vec<Encoding>,
}

/// What background tasks and users report of an encoding.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Start what the scene of the start needs.
    Start,
    /// It is made.
    Made(EncodingJob),
    /// It is not made, for this reason.
    Failed(EncodingJob, String),
    /// Stop it, and return to the scene on screen.
    Cancel,
}

impl EncodingState {
    /// What has to be encoded before a scene can be shown; `None` if nothing has to be.
    #[must_use]
    pub fn job_for(&self, scene: &Scene) -> Option<EncodingJob> {
        let is_new = |encoding: &Encoding| {
            !self.made.iter().any(|job| job.encodings.contains(encoding) && job.source == scene.source)
        };
        let encodings: Vec<Encoding> = scene.encodings().into_iter().filter(is_new).collect();
        (!encodings.is_empty()).then(|| EncodingJob { source: scene.source.clone(), encodings })
    }

    /// Notes what has been made.
    pub fn note_made(&mut self, job: &EncodingJob) {
        self.made.push(job.clone());
        let excess = self.made.len().saturating_sub(MOST_MADE);
        self.made.drain(..excess);
    }
}

/// What is shown of a scene before its source is encoded: the source alone.
#[must_use]
pub fn without_encodings(scene: &Scene) -> Scene {
    Scene {
        panels: vec![Panel::Plain],
        target: crate::payload::Target::Pixels,
        encode: None,
        ..scene.clone()
    }
}
