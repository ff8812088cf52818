//! Afterimage shows what survives encryption: it decodes a video, encrypts the bytes of every frame with
//! AES-128-ECB and with other modes, and shows side by side, in motion, what an eavesdropper sees in
//! the ciphertext.
//!
//! # The pipeline in one picture
//!
//! ```text
//!  media ──Frame n──▶ queue ──▶ render::Renderer ──Sheet n──▶ queue ──▶ gui, or export
//!  decode thread                render thread (+ rayon)                  window's thread
//!                               │ crypto   one encryption for each distinct scheme             │ frame n + 1 is
//!                               │ leak     one census for all ciphertexts with equal blocks    ┘ analyzed while
//!                               └ lens     the numbers, and one picture for each panel         ─ n is painted
//!                               ▲
//!  media ──other frames──▶ render::prepared: what an attacker knows from recorded frames
//! ```
//!
//! # The rooms
//!
//! | room | what it is for |
//! |---|---|
//! | [`units`] | frame numbers, timestamps, generations |
//! | [`text`] | text files with a bound, hex digits, text for a terminal, names that are nearly right |
//! | [`runtime`] | threads, their priority and their panics; buffers that are used again |
//! | [`picture`] | frames and pictures; [`layout`](picture::layout): pixels ↔ bytes ↔ blocks; [`drawing`](picture::drawing) |
//! | [`media`] | frames, packets, sound and captured streams in, videos out: the only room that names FFmpeg, and the only one with `unsafe` |
//! | [`payload`] | what is encrypted: messages, cut into pieces |
//! | [`crypto`] | modes of operation, keys and nonces, one short file for each mode |
//! | [`wire`] | media packets on a network: RTP, SRTP, `SFrame`, captures, keys files; it uses no other room |
//! | [`leak`] | numbers from ciphertext; pure, no pictures, no files |
//! | [`lens`] | from these numbers to pixels |
//! | [`scene`] | all data from which the same picture can be made again, and its file |
//! | [`render`] | the pure renderer: a scene and a frame give a sheet |
//! | [`batch`], [`play`] | ranges of frames in order; frames in time, on threads |
//! | [`call`] | a simulated conference: parties, protection, network, observers |
//! | [`export`] | figures, clips, posters, tables and encrypted films |
//! | [`cli`] | one file for each subcommand |
//! | [`gui`] | the window: the only room that names egui; with the feature of that name, which is on by default |
//!
//! Arrows point down only: `gui` and `cli` use `export`, `call`, `batch` and `play`; `call` uses `media`, `wire`, `crypto`
//! and `leak`; the others use `render`, which uses `lens`, `scene`, `leak`, `crypto`, `payload` and `media`; these use
//! `picture`, `runtime`, `text`, `units` and `wire`.
//!
//! # What always holds
//!
//! - **[`render`](render::Renderer::render) is a pure function** of a scene and a frame (and the frames
//!   before it that the scene needs, and other frames that its number determines). It does not matter how the frame was
//!   reached, whether frames were dropped on the way, or how many threads there are.
//! - **Nothing depends on chance or on the clock.** Nonces are derived from the frame's number, palettes
//!   from counts.
//! - **Stride padding never reaches a cipher.** Rows are tightly packed before anything else happens.
//! - **The ciphertext shown is the ciphertext counted.** A panel shows, and a census counts, the whole
//!   16-byte blocks of the frame's own bytes: no padding, no tag.
//! - **Peak memory does not depend on the length of a video**, except for its index, a few bytes per frame, and for
//!   videos that are encoded anew and streams of a call, which are kept in memory up to [`media::MOST_ENCODED_BYTES`] each.
//! - **What a scene requests has a bound**, which is the same on every machine and checked before anything is
//!   allocated: panels, frames to remember ([`scene::MOST_REMEMBERED_BYTES`]), pixels of a source
//!   ([`media::Limits`]), bytes of the files that it names ([`text::file`]) and of encodings.
//! - **The window's thread never waits** for a file, a decoder, a cipher or another thread's work; where the
//!   system allows it, background threads run at a lower priority ([`runtime::threads`]).

pub mod batch;
pub mod call;
pub mod cli;
pub mod crypto;
pub mod export;
#[cfg(feature = "gui")]
pub mod gui;
pub mod leak;
pub mod lens;
pub mod media;
pub mod payload;
pub mod picture;
pub mod play;
pub mod render;
pub mod runtime;
pub mod scene;
pub mod text;
pub mod units;
pub mod wire;
