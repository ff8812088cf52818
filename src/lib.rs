//! Afterimage shows what survives encryption: it decodes a video, encrypts the bytes of every frame with
//! AES-128-ECB and with other modes, and shows side by side and in motion what an eavesdropper sees who
//! holds only the ciphertext.
//!
//! # The pipeline in one picture
//!
//! ```text
//!  media ──Frame n──▶ queue ──▶ pipeline::Renderer ──Sheet n──▶ queue ──▶ gui, or export
//!  decode thread                render thread (+ rayon)                    window's thread
//!                               │ crypto   one encryption per distinct scheme              │ frame n + 1 is
//!                               │ leak     one census for all ciphertexts that tell alike  ┘ looked at while
//!                               └ lens     the numbers, and one picture per panel          ─ n is drawn
//!                               ▲
//!  media ──frames elsewhere──▶ pipeline::knowledge: what a recorded stream tells, prepared beside it
//! ```
//!
//! # The rooms
//!
//! | room | what it is for |
//! |---|---|
//! | [`units`] | frame numbers, timestamps, generations |
//! | [`text_file`] | keys, scenes and lessons, read up to a bound |
//! | [`printable`](mod@printable), [`suggest`] | text for a terminal; which name is meant by a wrong one |
//! | [`threads`] | how long a thread has worked, how it steps back behind the window, and how a panic in it is reported |
//! | [`frame`], [`pool`] | what travels: frames and pictures, in buffers that are used again |
//! | [`layout`] | pixels ↔ bytes ↔ blocks |
//! | [`drawing`] | what a hand draws in flat colours, as marks and as pixels |
//! | [`media`] | frames in, videos out: the only room that names FFmpeg, and the only one with `unsafe` |
//! | [`crypto`] | modes of operation, keys and nonces, one short file a mode |
//! | [`leak`] | what can be computed from ciphertext; pure, no pictures, no files |
//! | [`lens`] | from there to pixels |
//! | [`scene`] | all that is needed to make the same picture again, and its file |
//! | [`pipeline`] | the pure renderer, and the threads around it |
//! | [`export`] | figures, clips, posters and tables |
//! | [`cli`] | one file a subcommand |
//! | [`gui`] | the window: the only room that names egui; with the feature of that name, which is on by default |
//!
//! Arrows point down only: `gui` and `cli` use `export` and `pipeline`; these use `lens`, `scene`, `leak`,
//! `crypto`, `layout` and `media`; these use `drawing`, `frame`, `pool`, `printable`, `suggest`, `text_file`,
//! `threads` and `units`.
//!
//! # What always holds
//!
//! - **[`render`](pipeline::Renderer::render) is a pure function** of a scene and a frame (and the frames
//!   before it that the scene needs, and those elsewhere that follow from its number). How the frame was
//!   reached, whether frames were dropped on the way, how many threads there are: nothing of it changes a byte.
//! - **Nothing is drawn from chance or from the clock.** Nonces follow from the frame's number, palettes
//!   from counts.
//! - **Stride padding never reaches a cipher.** Rows are tightly packed before anything else happens.
//! - **The ciphertext shown is the ciphertext counted.** A panel shows, and a census counts, the whole
//!   16-byte blocks of the frame's own bytes: no padding, no tag.
//! - **Peak memory does not depend on the length of a video**, but for its index: a few bytes a frame.
//! - **What a scene asks for has a bound**, which is the same on every machine and tested before anything is
//!   allocated: panels, frames to remember ([`scene::MOST_REMEMBERED_BYTES`]), pixels of a source
//!   ([`media::Limits`]), bytes of the files that it names ([`text_file`]).
//! - **The window's thread never waits** for a file, a decoder, a cipher or another thread's work; where the
//!   system lets them, those that work for it step back behind it ([`threads`]).

pub mod cli;
pub mod crypto;
pub mod drawing;
pub mod export;
pub mod frame;
#[cfg(feature = "gui")]
pub mod gui;
pub mod layout;
pub mod leak;
pub mod lens;
pub mod media;
pub mod pipeline;
pub mod pool;
pub mod printable;
pub mod scene;
pub mod suggest;
pub mod text_file;
pub mod threads;
pub mod units;
